-- marts.indicator_series: the 48 months to the data month of every indicator and area as lists, oldest first, with
-- what breaks them. Months of two segments are counted in two ways: no limit, trend or dispersion is taken across.
-- @column indicator  Indicator slug.
-- @column area_code  GSS code of an area, or a group's own code.
-- @column offences   48 counts; not a number where a month is missing.
-- @column segments   48 numbers: how many comparability breaks lie between the first month and this one.
-- @column breaks     48 names: the newest break at or before the month; empty before the first.
-- @check unique indicator, area_code
with span as (
    select cast(data_month - to_months(cast(47 - slots.slot as integer)) as date) as month, slots.slot
    from reference.meeting
    cross join range(48) as slots (slot)
),

months as (
    select months.indicator, months.area_code, months.source, months.offences, span.slot
    from marts.indicator_months as months
    inner join span on months.month = span.month
),

series as (
    select indicator, area_code, min(source) as feed
    from months
    group by indicator, area_code
),

breaks as (
    select comparability.break as break_name, comparability.first_month, slug.indicator, comparability.feeds
    from reference.comparability_breaks as comparability
    cross join unnest(string_split(comparability.indicators, ' ')) as slug (indicator)
    where comparability.geography = 'all'
),

-- Breaks are those of an indicator and its feed, so that all its areas have the same.
segments as (
    select
        kinds.indicator,
        kinds.feed,
        span.slot,
        count(distinct breaks.first_month) as segment,
        coalesce(arg_max(breaks.break_name, (breaks.first_month, breaks.break_name)), '') as break_name
    from (select distinct indicator, feed from series) as kinds
    cross join span
    cross join (select min(month) as first_month from span) as start
    left join
        breaks
        on
            kinds.indicator = breaks.indicator
            and breaks.first_month > start.first_month
            and breaks.first_month <= span.month
            and (coalesce(breaks.feeds, '') = '' or list_contains(string_split(breaks.feeds, ' '), kinds.feed))
    group by kinds.indicator, kinds.feed, span.slot
)

select
    series.indicator,
    series.area_code,
    list(coalesce(cast(months.offences as double), cast('nan' as double)) order by segments.slot) as offences,
    list(cast(segments.segment as bigint) order by segments.slot) as segments,
    list(segments.break_name order by segments.slot) as breaks
from series
inner join segments on series.indicator = segments.indicator and series.feed = segments.feed
left join
    months
    on
        series.indicator = months.indicator
        and series.area_code = months.area_code
        and segments.slot = months.slot
group by series.indicator, series.area_code
