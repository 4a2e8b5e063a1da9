-- marts.small_area_populations: the mid-year populations that a rate below the borough may stand on in this meeting.
-- Every year up to the one that holds the middle of the meeting's twelve months, as far as it was out. A rate takes the
-- year nearest to the middle of its own months, because its source may end before the data month. Of two files with one
-- year's estimate the newest landed vintage counts. A ward is the sum of its LSOAs, which follow its edge closely and not
-- always, and has no row of a year in which one of them has no estimate.
-- @column kind        ward or lsoa21.
-- @column code        GSS code.
-- @column mid_year    Year of the estimate, printed under every chart of rates.
-- @column population  Residents, all ages.
-- @check unique kind, code, mid_year
with wanted as (
    select
        year(data_month - interval 5 month) as middle_year,
        case when basis = 'latest' then date '9999-12-31' else cut_day end as known_on
    from reference.meeting
),

estimates as (
    select population.lsoa21_code, population.mid_year, population.population
    from staging.small_area_population as population
    cross join wanted
    inner join landing.files as files on population.file_id = files.file_id
    where population.mid_year <= wanted.middle_year and population.available_from <= wanted.known_on
    qualify
        row_number() over (
            partition by population.lsoa21_code, population.mid_year
            order by
                files.vintage desc nulls last,
                files.landed_at desc,
                population.file_id
        ) = 1
),

sizes as (
    select ward_code, count(*) as parts
    from staging.lsoa_wards
    group by ward_code
)

select 'lsoa21' as kind, lsoa21_code as code, mid_year, population
from estimates
union all
select
    'ward' as kind,
    lookup.ward_code as code,
    estimates.mid_year,
    sum(estimates.population)::bigint as population
from staging.lsoa_wards as lookup
inner join sizes on lookup.ward_code = sizes.ward_code
inner join estimates on lookup.lsoa21_code = estimates.lsoa21_code
group by lookup.ward_code, estimates.mid_year, sizes.parts
having count(estimates.population) = sizes.parts
