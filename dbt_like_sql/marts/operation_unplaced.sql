-- marts.operation_unplaced: how much of what an operation's counts are a part of has no ward or small area, before and after.
-- One row per count of marts.operations and marts.operation_other_crimes, in its own windows. A change of this share is a
-- change of the counts without any crime. Empty where a month of the window is not known (marts.small_area_unplaced).
-- @column operation_id     Key of the operation.
-- @column source           Feed: mps_ward, mps_dashboard, mps_lsoa or police_uk_street.
-- @column indicator        Slug of the offence.
-- @column test             operation, plus_6 or plus_12.
-- @column unplaced_before  Offences without a ward or small area in the window before.
-- @column total_before     What they are a part of: the borough's offences, or the force's street rows.
-- @column unplaced_after   Offences without one in the window after.
-- @column total_after      What these are a part of.
-- @check unique operation_id, source, indicator, test
with counts as (
    select
        operation_id,
        source,
        indicator,
        test,
        before_start,
        before_end,
        after_start,
        after_end
    from marts.operations
    where response_before is not null
    union all
    select
        operation_id,
        source,
        indicator,
        'operation' as test,
        before_start,
        before_end,
        after_start,
        after_end
    from marts.operation_other_crimes
),

own as (
    select
        unplaced.source,
        unplaced.indicator,
        unplaced.month,
        unplaced.unplaced,
        unplaced.total
    from marts.small_area_unplaced as unplaced
    inner join reference.partnership using (area_code)
),

summed as (
    select
        counts.operation_id,
        counts.source,
        counts.indicator,
        counts.test,
        count(own.month) filter (where own.month <= counts.before_end)
        = date_diff('month', counts.before_start, counts.before_end) + 1 as is_before_known,
        count(own.month) filter (where own.month >= counts.after_start)
        = date_diff('month', counts.after_start, counts.after_end) + 1 as is_after_known,
        sum(own.unplaced) filter (where own.month <= counts.before_end) as unplaced_before,
        sum(own.total) filter (where own.month <= counts.before_end) as total_before,
        sum(own.unplaced) filter (where own.month >= counts.after_start) as unplaced_after,
        sum(own.total) filter (where own.month >= counts.after_start) as total_after
    from counts
    left join
        own
        on
            counts.source = own.source
            and counts.indicator = own.indicator
            and (
                own.month between counts.before_start and counts.before_end
                or own.month between counts.after_start and counts.after_end
            )
    group by
        counts.operation_id,
        counts.source,
        counts.indicator,
        counts.test,
        counts.before_start,
        counts.before_end,
        counts.after_start,
        counts.after_end
)

select
    operation_id,
    source,
    indicator,
    test,
    case when is_before_known then unplaced_before end::bigint as unplaced_before,
    case when is_before_known then total_before end::bigint as total_before,
    case when is_after_known then unplaced_after end::bigint as unplaced_after,
    case when is_after_known then total_after end::bigint as total_after
from summed
