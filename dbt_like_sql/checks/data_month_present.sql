-- checks.data_month_present: indicators of the board's own area that have no figure for the data month.
-- @about     marts.figures
-- @severity  WARN
-- @why       The pack prints a reason in place of these; a late or missing feed is worth chasing before the papers go out.
-- @who       team:analysis
select figures.indicator, figures.quality
from marts.figures as figures
inner join reference.partnership as partnership on figures.area_code = partnership.area_code
inner join reference.meeting as meeting on figures.end_month = meeting.data_month
where figures."window" = 'month' and figures.value is null
