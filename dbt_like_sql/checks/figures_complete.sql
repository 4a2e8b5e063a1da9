-- checks.figures_complete: indicators, areas and windows that have no row in the figures, not even one that says why.
-- @about     marts.figures
-- @severity  ERROR
-- @why       What cannot be had is a row with an empty value and a reason; a figure never just disappears.
-- @who       team:data-engineering
select indicators.indicator, areas.area_code, windows.time_window, windows.end_month
from reference.indicators as indicators
inner join marts.windows as windows on indicators.comparator = windows.comparator
cross join (
    select area_code from reference.areas
    union
    select group_code from reference.group_members
) as areas
left join
    marts.figures as figures
    on
        indicators.indicator = figures.indicator
        and areas.area_code = figures.area_code
        and windows.time_window = figures."window"
        and windows.end_month = figures.end_month
where windows.every_area and figures.indicator is null
