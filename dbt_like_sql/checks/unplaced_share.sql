-- checks.unplaced_share: months of the last 24 in which more street rows than usual have no place.
-- @about     marts.street_unplaced
-- @severity  WARN
-- @why       Nationally 1.4 to 2.6 % of rows have no place; far more makes a small-area figure too low.
-- @who       team:analysis
select unplaced.month, unplaced.unplaced_rows, unplaced.own_rows, unplaced.unplaced_share
from marts.street_unplaced as unplaced
cross join reference.partnership as partnership
cross join reference.meeting as meeting
where
    unplaced.unplaced_share > partnership.unplaced_share_limit
    and unplaced.month between meeting.data_month - interval 23 month and meeting.data_month
