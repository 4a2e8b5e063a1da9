-- marts.populations: the mid-year population each rate of this meeting stands on, for areas and groups.
-- The estimate of the year that holds the middle of the twelve months; where that was not out yet, the newest before it.
-- Of two files with one year's estimate the newest landed vintage counts.
-- @column area_code   GSS code of an area, or a group's own code.
-- @column mid_year    Year of the estimate, printed under every chart of rates and in the pack's sources.
-- @column population  Residents, all ages; a group's is the sum of its members' and exists only where all have one.
-- @check unique area_code
with wanted as (
    select
        year(data_month - interval 5 month) as middle_year,
        case when basis = 'latest' then date '9999-12-31' else cut_day end as known_on
    from reference.meeting
),

newest as (
    select population.area_code, population.mid_year, population.population
    from staging.population as population
    cross join wanted
    inner join landing.files as files on population.file_id = files.file_id
    where population.mid_year <= wanted.middle_year and population.available_from <= wanted.known_on
    qualify
        row_number() over (
            partition by population.area_code
            order by
                population.mid_year desc,
                files.vintage desc nulls last,
                files.landed_at desc,
                population.file_id
        ) = 1
)

select newest.area_code, newest.mid_year, newest.population
from newest
inner join reference.areas as areas on newest.area_code = areas.area_code
union all
select members.group_code as area_code, min(newest.mid_year) as mid_year, sum(newest.population)::bigint as population
from newest
inner join reference.group_members as members on newest.area_code = members.area_code
group by members.group_code, members.group_size
having count(*) = members.group_size and count(distinct newest.mid_year) = 1
