-- marts.small_area_rates: twelve months of each source and indicator in each small area of the own area, with residents.
-- The twelve months end with the newest month of the source up to the data month. A small area is an LSOA of 2021, or a
-- unit of several where the source cannot tell which of them it was.
-- @column source      Feed: mps_lsoa or police_uk_street; never mixed.
-- @column indicator   Indicator slug.
-- @column code        LSOA of 2021, or unit of staging.lsoa_units.
-- @column name        Name of the LSOA (of a unit, of its first) from the landed map, with its ward; the code without one.
-- @column offences    Recorded offences or incidents in the twelve months.
-- @column months      How many of the twelve months the source has.
-- @column end_month   Last of the twelve months.
-- @column population  Residents at mid-year; empty without an estimate of every part.
-- @column mid_year    Year of the estimate: of those at hand the nearest to the middle of the twelve months.
-- @column scheme      Category scheme.
-- @column vintage     Vintage of the file, 'YYYY-MM'; of several, the first and the last of them with '..' between.
-- @check unique source, indicator, code
with spans as (
    select months.source, months.indicator, max(months.month) as end_month
    from marts.small_area_months as months
    cross join reference.meeting as meeting
    where months.month <= meeting.data_month
    group by months.source, months.indicator
),

counted as (
    select
        months.source,
        months.indicator,
        coalesce(months.lsoa21_code, months.unit_code) as code,
        sum(months.offences)::bigint as offences,
        count(*) as months,
        spans.end_month,
        min(months.scheme) as scheme,
        min(months.vintage) as first_vintage,
        max(months.vintage) as last_vintage
    from marts.small_area_months as months
    inner join
        spans
        on months.source = spans.source
        and months.indicator = spans.indicator
        and months.month between spans.end_month - interval 11 month and spans.end_month
    group by months.source, months.indicator, coalesce(months.lsoa21_code, months.unit_code), spans.end_month
),

-- The LSOAs of 2021 that each code stands for.
parts as (
    select lsoa_code as code, lsoa_code as lsoa21_code
    from staging.lsoa_units
    where is_2021
    union
    select unit_code as code, lsoa_code as lsoa21_code
    from staging.lsoa_units
    where is_2021
),

known as (
    select
        parts.code,
        count(*) as parts,
        min(shapes.name) || case when count(*) > 1 then ' and others' else '' end as name,
        min(wards.ward_name) as ward_name
    from parts
    left join staging.boundaries as shapes on shapes.kind = 'lsoa21' and parts.lsoa21_code = shapes.code
    left join staging.lsoa_wards as wards on parts.lsoa21_code = wards.lsoa21_code
    group by parts.code
),

-- Only years in which every part has an estimate.
residents as (
    select parts.code, population.mid_year, sum(population.population)::bigint as population
    from parts
    inner join known on parts.code = known.code
    inner join
        marts.small_area_populations as population
        on population.kind = 'lsoa21' and parts.lsoa21_code = population.code
    group by parts.code, population.mid_year, known.parts
    having count(population.population) = known.parts
)

select
    counted.source,
    counted.indicator,
    counted.code,
    coalesce(known.name, counted.code) || coalesce(' (' || known.ward_name || ')', '') as name,
    counted.offences,
    counted.months,
    counted.end_month,
    residents.population,
    residents.mid_year,
    counted.scheme,
    strftime(counted.first_vintage, '%Y-%m') || case
        when counted.first_vintage < counted.last_vintage then '..' || strftime(counted.last_vintage, '%Y-%m')
        else ''
    end as vintage
from counted
left join known on counted.code = known.code
left join residents on counted.code = residents.code
qualify
    row_number() over (
        partition by counted.source, counted.indicator, counted.code
        order by abs(residents.mid_year - year(counted.end_month - interval 5 month)), residents.mid_year
    ) = 1
