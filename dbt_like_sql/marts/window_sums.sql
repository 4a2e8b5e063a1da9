-- marts.window_sums: value and comparator of every indicator, area and window, before they are judged.
-- Both come from the newest eligible file that covers both windows; where none does, each is joined month by month from
-- the newest eligible file that has the month. Counts of quarters fill windows made of whole quarters and no others.
-- A group's exist only where every member has them.
-- @column indicator      Indicator slug.
-- @column area_code      GSS code of an area, or a group's own code.
-- @column time_window    month, r3, r12, fyq or fytd.
-- @column end_month      Last month of the window.
-- @column comparator     year_earlier or previous_period.
-- @column value          Offences or incidents in the window; empty where a month is missing.
-- @column prior_value    The same in the comparator window.
-- @column vintages       Last months of the files used, newest first.
-- @column file_ids       The files used.
-- @check unique indicator, area_code, time_window, end_month, comparator
with slots as (
    select
        indicators.indicator,
        areas.area_code,
        windows.*
    from reference.indicators as indicators
    inner join marts.windows as windows on indicators.comparator = windows.comparator
    cross join reference.areas as areas
),

-- A count of a month or of a quarter, with the months it stands for.
counts as (
    select indicator, area_code, month as start_month, month as end_month, 1 as months, offences, file_id
    from marts.indicator_vintages
    union all by name
    select indicator, area_code, start_month, end_month, months, offences, file_id
    from marts.indicator_quarters
),

-- Of several files that have a month or quarter, the newest.
series as (
    select
        indicator,
        area_code,
        month as start_month,
        month as end_month,
        1 as months,
        offences,
        vintage,
        file_id
    from marts.indicator_months
    union all by name
    select
        quarters.indicator,
        quarters.area_code,
        quarters.start_month,
        quarters.end_month,
        quarters.months,
        quarters.offences,
        quarters.vintage,
        quarters.file_id
    from marts.indicator_quarters as quarters
    inner join marts.eligible_files as files on quarters.file_id = files.file_id
    inner join
        marts.indicator_feeds as feeds
        on quarters.indicator = feeds.indicator and quarters.feed = feeds.feed
    qualify
        row_number() over (
            partition by quarters.indicator, quarters.area_code, quarters.start_month order by files.newest_rank
        ) = 1
),

candidate_sums as (
    select
        slots.indicator,
        slots.area_code,
        slots.time_window,
        slots.end_month,
        slots.comparator,
        files.newest_rank,
        files.file_id,
        files.vintage,
        sum(counts.offences) filter (where counts.start_month >= slots.start_month) as value,
        sum(counts.offences) filter (where counts.end_month <= slots.prior_end_month) as prior_value,
        sum(counts.months) filter (where counts.start_month >= slots.start_month) as value_months,
        sum(counts.months) filter (where counts.end_month <= slots.prior_end_month) as prior_months,
        slots.months
    from slots
    inner join marts.indicator_feeds as feeds on slots.indicator = feeds.indicator
    inner join marts.eligible_files as files on feeds.feed = files.feed
    inner join
        counts
        on
            slots.indicator = counts.indicator
            and slots.area_code = counts.area_code
            and files.file_id = counts.file_id
            and counts.start_month >= slots.prior_start_month
            and counts.end_month <= slots.end_month
    group by all
),

one_file as (
    select
        indicator,
        area_code,
        time_window,
        end_month,
        comparator,
        value,
        prior_value,
        [vintage] as vintages,
        [file_id] as file_ids
    from candidate_sums
    where value_months = months and prior_months = months
    qualify
        row_number() over (
            partition by indicator, area_code, time_window, end_month, comparator order by newest_rank
        ) = 1
),

-- What of the series lies wholly within a window, and what within its comparator.
within as (
    select
        slots.indicator,
        slots.area_code,
        slots.time_window,
        slots.end_month,
        slots.comparator,
        slots.months,
        series.offences,
        series.vintage,
        series.file_id,
        series.months as counted_months,
        series.start_month >= slots.start_month as in_value,
        series.end_month <= slots.prior_end_month as in_prior
    from slots
    inner join
        series
        on
            slots.indicator = series.indicator
            and slots.area_code = series.area_code
            and series.start_month >= slots.prior_start_month
            and series.end_month <= slots.end_month
),

month_by_month as (
    select
        indicator,
        area_code,
        time_window,
        end_month,
        comparator,
        case when sum(counted_months) filter (where in_value) = months then sum(offences) filter (where in_value) end
            as value,
        case when sum(counted_months) filter (where in_prior) = months then sum(offences) filter (where in_prior) end
            as prior_value,
        list_distinct(list(vintage) filter (where in_value)) as value_vintages,
        list_distinct(list(vintage) filter (where in_prior)) as prior_vintages,
        list_distinct(list(file_id) filter (where in_value)) as value_files,
        list_distinct(list(file_id) filter (where in_prior)) as prior_files
    from within
    group by indicator, area_code, time_window, end_month, comparator, months
),

area_sums as (
    select
        slots.indicator,
        slots.area_code,
        slots.time_window,
        slots.end_month,
        slots.comparator,
        slots.every_area,
        coalesce(one_file.value, month_by_month.value) as value,
        coalesce(one_file.prior_value, month_by_month.prior_value) as prior_value,
        coalesce(
            one_file.vintages,
            list_concat(
                case when month_by_month.value is not null then month_by_month.value_vintages else [] end,
                case when month_by_month.prior_value is not null then month_by_month.prior_vintages else [] end
            )
        ) as vintages,
        coalesce(
            one_file.file_ids,
            list_concat(
                case when month_by_month.value is not null then month_by_month.value_files else [] end,
                case when month_by_month.prior_value is not null then month_by_month.prior_files else [] end
            )
        ) as file_ids
    from slots
    left join one_file using (indicator, area_code, time_window, end_month, comparator)
    left join month_by_month using (indicator, area_code, time_window, end_month, comparator)
),

group_sums as (
    select
        sums.indicator,
        members.group_code as area_code,
        sums.time_window,
        sums.end_month,
        sums.comparator,
        case when count(sums.value) = members.group_size then sum(sums.value) end as value,
        case when count(sums.prior_value) = members.group_size then sum(sums.prior_value) end as prior_value,
        flatten(list(sums.vintages)) as vintages,
        flatten(list(sums.file_ids)) as file_ids
    from area_sums as sums
    inner join reference.group_members as members on sums.area_code = members.area_code
    group by
        sums.indicator, members.group_code, members.group_size, sums.time_window, sums.end_month, sums.comparator
),

kept as (
    select sums.* exclude (every_area)
    from area_sums as sums
    cross join reference.partnership as partnership
    where sums.every_area or sums.area_code = partnership.area_code
    union all by name
    select * from group_sums
)

select
    indicator,
    area_code,
    time_window,
    end_month,
    comparator,
    cast(value as bigint) as value,
    cast(prior_value as bigint) as prior_value,
    list_reverse_sort(list_distinct(vintages)) as vintages,
    list_sort(list_distinct(file_ids)) as file_ids
from kept
