-- checks.window_identity: twelve-month figures whose three months do not fit between them and their comparator.
-- With one file for all: r12(t) - r12(t - 12 months) is the sum of the monthly changes, so a twelve-month value is never
-- less than the three months it contains, and a comparator never less than theirs.
-- @about     marts.figures
-- @severity  ERROR
-- @why       A window that does not contain its own last months was summed over the wrong months or files.
-- @who       team:data-engineering
select long.indicator, long.area_code, long.end_month, long.value, short.value as last_three_months
from marts.figures as long
inner join
    marts.figures as short
    on
        long.indicator = short.indicator
        and long.area_code = short.area_code
        and long.end_month = short.end_month
where
    long."window" = 'r12'
    and short."window" = 'r3'
    and long.vintage = short.vintage
    and (long.value < short.value or long.prior_value < short.prior_value)
