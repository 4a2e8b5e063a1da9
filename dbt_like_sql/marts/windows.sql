-- marts.windows: every window figures are made for, with its comparator, as explicit months.
-- All five windows end at the data month (fyq: the last complete financial-year quarter at or before it; fytd: April to
-- it). The single months of the 36 before are made as well, for the board's own area and its groups.
-- @column time_window          month, r3, r12, fyq or fytd.
-- @column start_month          First month of the window.
-- @column end_month            Last month of the window.
-- @column comparator           year_earlier or previous_period.
-- @column prior_start_month    First month of the comparator window.
-- @column prior_end_month      Last month of the comparator window.
-- @column months               Months in the window.
-- @column every_area           False for the earlier single months, which are kept for the board's own area and groups.
-- @check unique time_window, end_month, comparator
with meeting as (
    select
        data_month,
        -- Financial-year quarters end in June, September, December and March: months divisible by three.
        cast(data_month - to_months(cast(month(data_month) % 3 as integer)) as date) as quarter_end,
        make_date(year(data_month) - cast(month(data_month) < 4 as integer), 4, 1) as april
    from reference.meeting
),

spans as (
    select 'month' as time_window, data_month as start_month, data_month as end_month, true as every_area
    from meeting
    union all
    select 'r3', cast(data_month - interval 2 month as date), data_month, true
    from meeting
    union all
    select 'r12', cast(data_month - interval 11 month as date), data_month, true
    from meeting
    union all
    select 'fyq', cast(quarter_end - interval 2 month as date), quarter_end, true
    from meeting
    union all
    select 'fytd', april, data_month, true
    from meeting
    union all
    select
        'month',
        cast(meeting.data_month - to_months(cast(back.months as integer)) as date),
        cast(meeting.data_month - to_months(cast(back.months as integer)) as date),
        false
    from meeting
    cross join range(1, 37) as back (months)
),

measured as (
    select
        time_window,
        start_month,
        end_month,
        every_area,
        date_diff('month', start_month, end_month) + 1 as months
    from spans
)

select
    measured.time_window,
    measured.start_month,
    measured.end_month,
    shift.comparator,
    cast(measured.start_month - to_months(cast(shift.months as integer)) as date) as prior_start_month,
    cast(measured.end_month - to_months(cast(shift.months as integer)) as date) as prior_end_month,
    measured.months,
    measured.every_area
from measured
cross join
    lateral (
        select 'year_earlier' as comparator, 12 as months
        union all
        select 'previous_period' as comparator, measured.months as months
    ) as shift
