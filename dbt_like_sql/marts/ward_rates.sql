-- marts.ward_rates: twelve months of each indicator in each ward of the board's own area, with its residents.
-- The twelve months end with the newest month of the ward files up to the data month. Wards are never added up.
-- @column indicator   Indicator slug.
-- @column code        Code of the ward.
-- @column name        Name of the ward.
-- @column offences    Recorded offences in the twelve months.
-- @column months      How many of the twelve months the files have.
-- @column end_month   Last of the twelve months.
-- @column population  Residents at mid-year; empty without an estimate of every part of the ward.
-- @column mid_year    Year of the estimate: of those at hand the nearest to the middle of the twelve months.
-- @column source      Feed it comes from: mps_ward or mps_dashboard.
-- @column scheme      Category scheme.
-- @column vintage     Vintage of the file, 'YYYY-MM'; of several, the first and the last of them with '..' between.
-- @check unique indicator, code
with spans as (
    select months.indicator, max(months.month) as end_month
    from marts.ward_months as months
    inner join reference.partnership as own on months.area_code = own.area_code
    cross join reference.meeting as meeting
    where months.month <= meeting.data_month
    group by months.indicator
),

counted as (
    select
        months.indicator,
        months.ward_code as code,
        max(months.ward_name) as name,
        sum(months.offences)::bigint as offences,
        count(*) as months,
        spans.end_month,
        min(months.source) as source,
        min(months.scheme) as scheme,
        min(months.vintage) as first_vintage,
        max(months.vintage) as last_vintage
    from marts.ward_months as months
    inner join reference.partnership as own on months.area_code = own.area_code
    inner join
        spans
        on months.indicator = spans.indicator
        and months.month between spans.end_month - interval 11 month and spans.end_month
    group by months.indicator, months.ward_code, spans.end_month
)

select
    counted.indicator,
    counted.code,
    counted.name,
    counted.offences,
    counted.months,
    counted.end_month,
    population.population,
    population.mid_year,
    counted.source,
    counted.scheme,
    strftime(counted.first_vintage, '%Y-%m') || case
        when counted.first_vintage < counted.last_vintage then '..' || strftime(counted.last_vintage, '%Y-%m')
        else ''
    end as vintage
from counted
left join marts.small_area_populations as population on population.kind = 'ward' and counted.code = population.code
qualify
    row_number() over (
        partition by counted.indicator, counted.code
        order by abs(population.mid_year - year(counted.end_month - interval 5 month)), population.mid_year
    ) = 1
