-- marts.control_points: control charts (XmR, by the NHS "Making Data Count" rules) of the board's own area and its
-- groups: each of up to 48 months with the limits of its segment and what rule it breaks.
-- Monthly counts only. Limits, trends and runs are of one segment; after a comparability break they begin anew.
-- @through control_points
-- @column indicator     Indicator slug.
-- @column area_code     GSS code of the own area, or a group's own code.
-- @column month         First day of the month.
-- @column offences      Recorded offences or incidents.
-- @column plotted       The point: the count over its calendar month's index where the segment has 36 months, else the count.
-- @column adjusted      Whether the season was taken out.
-- @column mean          Mean of the segment's points.
-- @column lower         Lower limit, mean - 2.66 x the mean moving range; 0 at least.
-- @column upper         Upper limit.
-- @column near_lower    Two thirds of the way to the lower limit; 0 at least.
-- @column near_upper    Two thirds of the way to the upper limit.
-- @column floored       Whether the lower limit would be below 0, and is set to 0.
-- @column signal        Rule that the point breaks: above limits, rising trend, two of three low, high shift and their opposites; empty for none.
-- @column segment       0 for the first segment with a month, one more after each comparability break.
-- @column trial         Whether the limits come from fewer than 13 points.
-- @column break_before  Name of the break, on the first point after it; else empty.
-- @check unique indicator, area_code, month
-- @check not_null indicator, area_code, month, offences, plotted, adjusted, floored, signal, segment, trial, break_before
select series.indicator, series.area_code, meeting.data_month, series.offences, series.segments, series.breaks
from marts.indicator_series as series
cross join reference.meeting as meeting
where
    series.area_code in (
        select area_code from reference.partnership
        union all
        select group_code from reference.group_members
    )
order by series.indicator, series.area_code
