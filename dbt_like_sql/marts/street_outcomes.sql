-- marts.street_outcomes: what became of street-level crimes in the board's own area, by crime type and group of outcomes.
-- The twelve months that end a year before the newest street month: an outcome takes time, and of crimes less than ten
-- months old many are still under investigation only because they are young. Each month comes from the newest eligible
-- file that speaks for the crime type, and an outcome is the newest that was known when that file was made. Anti-social
-- behaviour has no outcomes and is left out; a crime without one counts as such. No rows of a crime type unless all its
-- twelve months are there.
-- @column area_code     GSS code of the board's own area.
-- @column crime_type    data.police.uk category.
-- @column outcome       Group of outcomes in plain words (reference.outcome_groups); a name that is not listed there is 'Not grouped yet'.
-- @column start_month   First month of the crimes.
-- @column end_month     Last month of the crimes.
-- @column crimes        Crimes of the force in the area with an outcome of this group; a group without any has no row.
-- @column share         crimes as a share of all of this type, from 0 to 1.
-- @column source        Feed it comes from.
-- @column scheme        Category scheme of its files.
-- @column newest_month  Newest month of the street files, a year after end_month.
-- @check unique crime_type, outcome
-- @check not_null area_code, crime_type, outcome, crimes, share
with newest as (
    select max(street_months.month) as month
    from marts.street_months as street_months
    cross join reference.meeting as meeting
    where street_months.month <= meeting.data_month
),

spans as (
    select
        month as newest_month,
        cast(month - interval 23 month as date) as start_month,
        cast(month - interval 12 month as date) as end_month
    from newest
),

files as (
    select street_months.*, spans.*
    from marts.street_months as street_months
    inner join spans on street_months.month between spans.start_month and spans.end_month
    qualify count(*) over (partition by street_months.pair_key) = 12
),

counted as (
    select
        street.area_code,
        street.crime_type,
        coalesce(groups.outcome_group, 'Not grouped yet') as outcome,
        files.start_month,
        files.end_month,
        files.feed as source,
        max(files.scheme) as scheme,
        files.newest_month,
        count(*) as crimes
    from staging.street_crime as street
    inner join
        files
        on street.file_id = files.file_id and street.month = files.month and street.pair_key = files.pair_key
    inner join
        reference.partnership as partnership
        on street.falls_within = partnership.force and street.area_code = partnership.area_code
    left join
        reference.outcome_groups as groups
        on lower(coalesce(nullif(trim(street.last_outcome), ''), 'Under investigation')) = lower(groups.outcome)
    where
        street.pair_key not in (
            select pairs.pair_key from staging.offence_pairs as pairs
            where pairs.family = 'police_uk' and pairs.indicator = 'asb_incidents'
        )
    group by all
)

select
    area_code,
    crime_type,
    outcome,
    start_month,
    end_month,
    crimes,
    cast(crimes as double) / cast(sum(crimes) over (partition by crime_type) as double) as share,
    source,
    scheme,
    newest_month
from counted
