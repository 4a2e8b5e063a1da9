-- marts.figures: the pack's figures, one row a figure, judged: what may be compared, and why a value is missing.
-- Windows on two sides of a comparability break are not compared; a window that holds the first month after a break
-- mixes two methods, keeps its value and gets no change. The columns to quality are the contract of figures.csv.
-- @column indicator          Indicator slug.
-- @column area_code          GSS code, or a group's own code.
-- @column area_name          Name of the area or group.
-- @column window             month, r3, r12, fyq or fytd.
-- @column start_month        First month of the window.
-- @column end_month          Last month of the window.
-- @column value              Offences or incidents in the window; empty where it may not or cannot be shown.
-- @column comparator         year_earlier or previous_period.
-- @column prior_start_month  First month of the comparator window.
-- @column prior_end_month    Last month of the comparator window.
-- @column prior_value        Offences or incidents in the comparator window.
-- @column change_abs         value - prior_value.
-- @column change_pct         100 (value - prior_value) / prior_value, unrounded; empty below the minimum base.
-- @column rate_per_1000      r12 rows only: 1,000 x value / mid-year population (marts.populations), unrounded.
-- @column source             Feed; empty where no feed has the indicator.
-- @column scheme             Category scheme of the files used.
-- @column vintage            Last month of the file used; several are joined with '+', newest first, or given as a span.
-- @column as_at              Day the figures are as at.
-- @column quality            Empty, or in words why the value or its comparator is missing.
-- @column file_ids           First 12 hex digits of the sha256 of every file that value and comparator come from.
-- @check unique indicator, area_code, window, end_month
-- @check not_null indicator, area_code, area_name, window, start_month, end_month, comparator, as_at, quality
with placed as (
    select
        sums.indicator,
        sums.area_code,
        areas.area_name,
        sums.time_window,
        windows.start_month,
        sums.end_month,
        sums.comparator,
        windows.prior_start_month,
        windows.prior_end_month,
        sums.value,
        sums.prior_value,
        sums.vintages,
        sums.file_ids,
        feeds.feed,
        feeds.first_month,
        feeds.last_month,
        feeds.period = 3 and (month(windows.start_month) % 3 <> 1 or month(windows.end_month) % 3 <> 0)
            as splits_quarters,
        schemes.scheme,
        indicators.percent = 'yes' as takes_percent
    from marts.window_sums as sums
    inner join marts.windows as windows using (time_window, end_month, comparator)
    inner join reference.indicators as indicators on sums.indicator = indicators.indicator
    inner join (
        select area_code, area_name from reference.areas
        union all
        select distinct group_code as area_code, group_name as area_name from reference.group_members
    ) as areas on sums.area_code = areas.area_code
    left join marts.indicator_feeds as feeds on sums.indicator = feeds.indicator
    left join (select distinct feed, scheme from marts.eligible_files) as schemes on feeds.feed = schemes.feed
),

breaks as (
    select
        comparability.break as break_name,
        comparability.first_month,
        slug.indicator,
        comparability.feeds
    from reference.comparability_breaks as comparability
    cross join unnest(string_split(comparability.indicators, ' ')) as slug (indicator)
    where comparability.geography = 'all'
),

judged as (
    select
        placed.*,
        min(breaks.break_name) filter (
            where placed.start_month < breaks.first_month and breaks.first_month <= placed.end_month
        ) as break_inside,
        min(breaks.break_name) filter (
            where placed.prior_start_month < breaks.first_month and breaks.first_month <= placed.start_month
        ) as break_between
    from placed
    left join
        breaks
        on
            placed.indicator = breaks.indicator
            and (coalesce(breaks.feeds, '') = '' or list_contains(string_split(breaks.feeds, ' '), placed.feed))
    group by all
),

compared as (
    select
        *,
        case when break_inside is null and break_between is null and value is not null then prior_value end
            as comparable_value
    from judged
)

select
    compared.indicator,
    compared.area_code,
    compared.area_name,
    compared.time_window as "window",
    compared.start_month,
    compared.end_month,
    compared.value,
    compared.comparator,
    compared.prior_start_month,
    compared.prior_end_month,
    compared.comparable_value as prior_value,
    compared.value - compared.comparable_value as change_abs,
    case
        when compared.takes_percent and compared.comparable_value >= partnership.minimum_base
            then
                cast(100.0 as double)
                * cast(compared.value - compared.comparable_value as double)
                / cast(compared.comparable_value as double)
    end as change_pct,
    case
        when compared.time_window = 'r12'
            then cast(1000.0 as double) * cast(compared.value as double) / cast(populations.population as double)
    end as rate_per_1000,
    coalesce(compared.feed, '') as source,
    coalesce(compared.scheme, '') as scheme,
    case
        when compared.value is null then ''
        when len(compared.vintages) <= 3
            then array_to_string(list_transform(compared.vintages, lambda v: strftime(v, '%Y-%m')), '+')
        else strftime(compared.vintages[-1], '%Y-%m') || '..' || strftime(compared.vintages[1], '%Y-%m')
    end as vintage,
    meeting.as_at,
    case
        when compared.feed is null then 'missing feed'
        when compared.value is null
            then
                'missing feed: '
                || case
                    when compared.splits_quarters then 'figures are of whole quarters'
                    when compared.last_month < compared.end_month
                        then 'figures end ' || strftime(compared.last_month, '%Y-%m')
                    when compared.first_month > compared.start_month
                        then 'figures start ' || strftime(compared.first_month, '%Y-%m')
                    else
                        'a month of ' || strftime(compared.start_month, '%Y-%m') || ' to '
                        || strftime(compared.end_month, '%Y-%m') || ' is not there'
                end
        when compared.break_inside is not null then 'contains break: ' || compared.break_inside
        when compared.break_between is not null then 'not comparable: ' || compared.break_between
        when compared.prior_value is null and compared.first_month > compared.prior_start_month
            then 'no comparator: figures start ' || strftime(compared.first_month, '%Y-%m')
        when compared.prior_value is null
            then
                'no comparator: a month of ' || strftime(compared.prior_start_month, '%Y-%m') || ' to '
                || strftime(compared.prior_end_month, '%Y-%m') || ' is not there'
        else ''
    end as quality,
    compared.file_ids
from compared
cross join reference.meeting as meeting
cross join reference.partnership as partnership
left join marts.populations as populations on compared.area_code = populations.area_code
