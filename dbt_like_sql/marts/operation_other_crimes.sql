-- marts.operation_other_crimes: what else was counted where an operation was, before and after: counts side by side.
-- Crime of another type can stand in for the one that an operation was against. Counts alone: nothing is claimed. Only
-- what has every month of both windows, and no comparability break between the first and the last of them.
-- @column operation_id  Key of the operation.
-- @column source        Feed it comes from.
-- @column unit_kind     ward or small_area.
-- @column indicator     Slug; none that the operation was meant to lower, and no total.
-- @column before_start  First month of the window before.
-- @column before_end    Last month of the window before.
-- @column after_start   First month of the window after: the operation's own.
-- @column after_end     Last month of the window after.
-- @column before        Count in the response area in the window before.
-- @column after         Count in the response area in the operation's own months.
-- @check unique operation_id, source, indicator
with counted as (
    select
        'ward' as unit_kind,
        source,
        indicator,
        ward_code as unit_code,
        month,
        offences
    from marts.ward_months
    inner join reference.partnership using (area_code)
    union all
    select
        'small_area' as unit_kind,
        source,
        indicator,
        unit_code,
        month,
        offences
    from marts.small_area_months
),

-- Whole years back from the window after, so that no day of the operation is in the window before.
dated as (
    select
        operation_id,
        first_month,
        months,
        12 * cast(ceil((months + date_diff('month', start_day, first_month)) / 12) as integer) as back
    from reference.operations
),

windows as (
    select
        operation_id,
        months,
        first_month as after_start,
        cast(first_month + to_months(months - 1) as date) as after_end,
        cast(first_month - to_months(back) as date) as before_start,
        cast(first_month + to_months(months - 1 - back) as date) as before_end
    from dated
),

known as (
    select distinct
        source,
        unit_kind,
        indicator,
        month
    from counted
),

whole as (
    select
        windows.operation_id,
        known.source,
        known.unit_kind,
        known.indicator
    from windows
    inner join
        known
        on
            known.month between windows.before_start and windows.before_end
            or known.month between windows.after_start and windows.after_end
    where
        not exists (
            select 1
            from reference.comparability_breaks as breaks
            where
                list_contains(string_split(breaks.indicators, ' '), known.indicator)
                and (breaks.feeds = '' or list_contains(string_split(breaks.feeds, ' '), known.source))
                -- As in marts.operations: the break between two sets of wards is inside no series.
                and (breaks.geography = 'all' or breaks.geography = 'small_area' and known.unit_kind = 'small_area')
                and breaks.first_month > windows.before_start
                and breaks.first_month <= windows.after_end
        )
    group by windows.operation_id, windows.months, known.source, known.unit_kind, known.indicator
    having count(*) = 2 * windows.months
)

select
    windows.operation_id,
    counted.source,
    units.unit_kind,
    counted.indicator,
    windows.before_start,
    windows.before_end,
    windows.after_start,
    windows.after_end,
    coalesce(sum(counted.offences) filter (where counted.month between windows.before_start and windows.before_end), 0)::bigint as before,
    coalesce(sum(counted.offences) filter (where counted.month between windows.after_start and windows.after_end), 0)::bigint as after
from windows
inner join marts.operation_units as units on windows.operation_id = units.operation_id and units.part = 'response'
inner join counted on units.unit_kind = counted.unit_kind and units.unit_code = counted.unit_code
inner join
    whole
    on
        windows.operation_id = whole.operation_id
        and counted.source = whole.source
        and counted.unit_kind = whole.unit_kind
        and counted.indicator = whole.indicator
where
    counted.indicator <> 'total_notifiable_offences'
    and counted.indicator not in (
        select offences.indicator
        from reference.operation_offences as offences
        where offences.operation_id = windows.operation_id
    )
group by all
