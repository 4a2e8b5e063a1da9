-- checks.home_office_agrees: quarters in which the board's own area and the Home Office's count of it differ by more than 5 % and 10 offences.
-- The newest four quarters up to the data month that both have; each side from its newest file. Between two vintages of
-- the Met's own files, 99.4 % of 30,240 quarters of boroughs and indicators differ by less: beyond it is no revision.
-- @about     marts.indicator_quarters
-- @severity  WARN
-- @why       The force sends the same records to both; a difference means other categories, another area, or a file that is not whole.
-- @who       team:analysis
with own as (
    select
        months.indicator,
        months.area_code,
        cast(date_trunc('quarter', months.month) as date) as start_month,
        sum(months.offences) as offences,
        max(months.source) as source
    from marts.indicator_months as months
    inner join reference.partnership as partnership on months.area_code = partnership.area_code
    group by all
    having count(*) = 3
),

home_office as (
    select
        quarters.indicator,
        quarters.area_code,
        quarters.start_month,
        quarters.end_month,
        quarters.offences,
        quarters.vintage
    from marts.indicator_quarters as quarters
    inner join marts.eligible_files as files on quarters.file_id = files.file_id
    qualify
        row_number() over (
            partition by quarters.indicator, quarters.area_code, quarters.start_month order by files.newest_rank
        ) = 1
),

newest as (
    select own.indicator, own.start_month, home_office.end_month, own.offences, own.source, home_office.offences as home_office_offences
    from own
    inner join home_office using (indicator, area_code, start_month)
    cross join reference.meeting as meeting
    where home_office.end_month <= meeting.data_month
    qualify row_number() over (partition by own.indicator order by own.start_month desc) <= 4
)

select
    indicator,
    strftime(start_month, '%Y-%m') as start_month,
    strftime(end_month, '%Y-%m') as end_month,
    offences,
    source,
    home_office_offences
from newest
where abs(offences - home_office_offences) > greatest(0.05 * abs(home_office_offences), 10)
