-- marts.operation_other_crimes: what else was counted where an operation was, before and after: counts side by side.
-- Crime of another type can stand in for the one that an operation was against. Counts alone: nothing is claimed.
-- @column operation_id  Key of the operation.
-- @column source        Feed it comes from.
-- @column unit_kind     ward or small_area.
-- @column indicator     Slug; none that the operation was meant to lower, and no total.
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

windows as (
    select
        operation_id,
        first_month as after_start,
        cast(first_month + to_months(months - 1) as date) as after_end,
        cast(first_month - to_months(12 * cast(ceil(months / 12) as integer)) as date) as before_start,
        cast(first_month + to_months(months - 1 - 12 * cast(ceil(months / 12) as integer)) as date) as before_end
    from reference.operations
),

spans as (
    select
        source,
        indicator,
        min(month) as first_month,
        max(month) as last_month
    from counted
    group by source, indicator
)

select
    windows.operation_id,
    counted.source,
    units.unit_kind,
    counted.indicator,
    coalesce(sum(counted.offences) filter (where counted.month between windows.before_start and windows.before_end), 0)::bigint as before,
    coalesce(sum(counted.offences) filter (where counted.month between windows.after_start and windows.after_end), 0)::bigint as after
from windows
inner join marts.operation_units as units on windows.operation_id = units.operation_id and units.part = 'response'
inner join counted on units.unit_kind = counted.unit_kind and units.unit_code = counted.unit_code
inner join spans on counted.source = spans.source and counted.indicator = spans.indicator
where
    counted.indicator <> 'total_notifiable_offences'
    and spans.first_month <= windows.before_start
    and spans.last_month >= windows.after_end
    and counted.indicator not in (
        select offences.indicator
        from reference.operation_offences as offences
        where offences.operation_id = windows.operation_id
    )
group by all
