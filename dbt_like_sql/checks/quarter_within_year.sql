-- checks.quarter_within_year: twelve-month figures that are smaller than the three months they contain, of one vintage.
-- @about     marts.figures
-- @severity  ERROR
-- @why       A window that does not contain its own last months was summed over the wrong months or files.
-- @who       team:data-engineering
select
    years.indicator,
    years.area_code,
    years.end_month,
    years.value,
    years.prior_value,
    quarters.value as last_three_months,
    quarters.prior_value as prior_last_three_months
from marts.figures as years
inner join
    marts.figures as quarters
    on
        years.indicator = quarters.indicator
        and years.area_code = quarters.area_code
        and years.end_month = quarters.end_month
        and years.file_ids = quarters.file_ids
where
    years."window" = 'r12'
    and quarters."window" = 'r3'
    and (years.value < quarters.value or years.prior_value < quarters.prior_value)
