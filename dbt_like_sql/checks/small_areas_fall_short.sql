-- checks.small_areas_fall_short: sources that could place much less, or more, than the borough's count in the 12 months to the data month.
-- In 2024 and 2025 the wards of 31 of the 32 London boroughs fell short by 0.7 to 2.6 %; the limit is the partnership's own.
-- @about     marts.small_area_unplaced
-- @severity  WARN
-- @why       A small-area figure is too low by the share that has no place, or comes from a file that does not fit the borough's.
-- @who       team:analysis
select
    unplaced.source,
    unplaced.indicator,
    sum(unplaced.unplaced) as unplaced,
    sum(unplaced.total) as total,
    round(sum(unplaced.unplaced) / sum(unplaced.total), 4) as share
from marts.small_area_unplaced as unplaced
inner join reference.partnership as partnership on unplaced.area_code = partnership.area_code
cross join reference.meeting as meeting
where
    unplaced.source in ('mps_ward', 'mps_lsoa', 'mps_dashboard')
    and unplaced.month between meeting.data_month - interval 11 month and meeting.data_month
group by unplaced.source, unplaced.indicator, partnership.unplaced_share_limit
having sum(unplaced.total) > 0 and abs(sum(unplaced.unplaced)) > partnership.unplaced_share_limit * sum(unplaced.total)
