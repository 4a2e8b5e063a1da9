-- marts.evidence: what every figure at the data month may be said to show, one row per indicator, area and window.
-- Two counts are told apart by the exact conditional test; the grade uses the one widened by over-dispersion. Rules and
-- thresholds are those of docs/evidence.md. No column says whether a change is good: that is the indicator's direction.
-- @through grade
-- @column indicator          Indicator slug.
-- @column area_code          GSS code of an area, or a group's own code.
-- @column area_name          Name of the area or group.
-- @column window             month, r3, r12, fyq or fytd.
-- @column start_month        First month of the window.
-- @column end_month          Last month of the window.
-- @column value              Offences or incidents in the window.
-- @column prior_start_month  First month of the comparator window.
-- @column prior_end_month    Last month of the comparator window.
-- @column prior_value        Offences or incidents in the comparator window; empty where the two do not compare.
-- @column change_abs         value - prior_value.
-- @column change_pct         Per cent, unrounded; empty below the minimum base.
-- @column p_value            Exact conditional binomial test of the two counts, two-sided, before over-dispersion.
-- @column rate_ratio         value / prior_value; empty where prior_value is 0.
-- @column rr_low             Lower end of its exact 95 % interval.
-- @column rr_high            Upper end; infinite where prior_value is 0.
-- @column dispersion         How much more the series' months vary than chance (1); empty where it is not known.
-- @column p_widened          The p-value with standard errors times the root of the dispersion (5 where it is not known).
-- @column widened_low        Lower end of the 95 % interval of the ratio, widened likewise.
-- @column widened_high       Upper end.
-- @column spc_signal         Rule of the control chart that the window's last month breaks; none for none, empty without limits.
-- @column spc_trial          Whether that chart's limits come from fewer than 13 points.
-- @column bcu_position       higher, similar or lower: rate of the twelve months to the data month, whatever the row's window, against the rest of the smallest group that holds the area; empty where not known.
-- @column london_position    The same against the rest of the largest group.
-- @column london_reason      The rates behind london_position, or why there is none.
-- @column grade              The plain words: clear rise, clear fall, probable rise, probable fall, no clear change, too few to say; not comparable and no figure are no grades.
-- @column direction          up, down or none: which way the count went, not whether that is good.
-- @column reason             The rule and the numbers that gave the grade, in a sentence.
-- @column quality            Empty, or in words why the value or its comparator is missing.
-- @check unique indicator, area_code, window, end_month
-- @check not_null indicator, area_code, area_name, window, start_month, end_month, spc_signal, spc_trial, bcu_position, london_position, london_reason, grade, direction, reason, quality
with sizes as (
    select group_code, group_name, group_size
    from reference.group_members
    group by group_code, group_name, group_size
),

largest as (
    select group_code, group_name
    from sizes
    order by group_size desc, group_code
    limit 1
),

-- The smallest group that an area is in; one that is the largest of all is no nearer comparator.
nearest as (
    select members.area_code, members.group_code
    from reference.group_members as members
    where members.group_code not in (select group_code from largest)
    qualify row_number() over (partition by members.area_code order by members.group_size, members.group_code) = 1
)

select
    figures.indicator,
    figures.area_code,
    figures.area_name,
    figures."window",
    figures.start_month,
    figures.end_month,
    figures.value,
    figures.prior_start_month,
    figures.prior_end_month,
    figures.prior_value,
    figures.change_abs,
    figures.change_pct,
    figures.quality,
    meeting.data_month,
    series.offences,
    series.segments,
    series.breaks,
    coalesce(beside_nearest.rest_position, '') as bcu_position,
    coalesce(beside_largest.rest_position, '') as london_position,
    coalesce(largest.group_name, '') as london_name,
    beside_largest.rate as london_own_rate,
    beside_largest.rest_rate as london_rest_rate,
    beside_largest.usual_low as london_usual_low,
    beside_largest.usual_high as london_usual_high,
    coalesce(beside_largest.reason, '') as london_why
from marts.figures as figures
cross join reference.meeting as meeting
inner join
    marts.windows as windows
    on
        figures."window" = windows.time_window
        and figures.end_month = windows.end_month
        and figures.comparator = windows.comparator
        and windows.every_area
left join marts.indicator_series as series
    on figures.indicator = series.indicator and figures.area_code = series.area_code
left join largest on true
left join nearest on figures.area_code = nearest.area_code
left join
    marts.comparators as beside_nearest
    on
        figures.indicator = beside_nearest.indicator
        and figures.area_code = beside_nearest.area_code
        and nearest.group_code = beside_nearest.group_code
left join
    marts.comparators as beside_largest
    on
        figures.indicator = beside_largest.indicator
        and figures.area_code = beside_largest.area_code
        and largest.group_code = beside_largest.group_code
order by figures.indicator, figures.area_code, figures."window", figures.end_month
