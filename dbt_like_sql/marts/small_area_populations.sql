-- marts.small_area_populations: the mid-year population each rate below the borough stands on in this meeting.
-- The estimate of the year that holds the middle of the twelve months; where that was not out yet, the newest before it.
-- Of two files with one year's estimate the newest landed vintage counts. A ward is the sum of its LSOAs, which follow
-- its edge closely and not always, and has no row where one of them has no estimate of the same year.
-- @column kind        ward or lsoa21.
-- @column code        GSS code.
-- @column mid_year    Year of the estimate, printed under every chart of rates.
-- @column population  Residents, all ages.
-- @check unique kind, code
with wanted as (
    select
        year(data_month - interval 5 month) as middle_year,
        case when basis = 'latest' then date '9999-12-31' else cut_day end as known_on
    from reference.meeting
),

newest as (
    select population.lsoa21_code, population.mid_year, population.population
    from staging.small_area_population as population
    cross join wanted
    inner join landing.files as files on population.file_id = files.file_id
    where population.mid_year <= wanted.middle_year and population.available_from <= wanted.known_on
    qualify
        row_number() over (
            partition by population.lsoa21_code
            order by
                population.mid_year desc,
                files.vintage desc nulls last,
                files.landed_at desc,
                population.file_id
        ) = 1
)

select 'lsoa21' as kind, lsoa21_code as code, mid_year, population
from newest
union all
select
    'ward' as kind,
    lookup.ward_code as code,
    min(newest.mid_year) as mid_year,
    sum(newest.population)::bigint as population
from staging.lsoa_wards as lookup
left join newest on lookup.lsoa21_code = newest.lsoa21_code
group by lookup.ward_code
having count(*) = count(newest.population) and count(distinct newest.mid_year) = 1
