-- marts.street_points: what was recorded at each snap point of the board's own area, twelve months of street files.
-- The twelve months that end with the newest street month; each comes from the newest eligible file that speaks for the
-- category, and a category counts only where all its twelve months are there. A snap point stands for every address near
-- it, so a point is a place and never a house. Anti-social behaviour stands beside crimes and is not one of them.
-- @column longitude     WGS 84 degrees.
-- @column latitude      WGS 84 degrees.
-- @column location      Name of the point, such as 'On or near High Street'.
-- @column crimes        Crimes of the force placed there.
-- @column asb_incidents Incidents of anti-social behaviour placed there; 0 at all points where not all its months are there.
-- @column start_month   First month.
-- @column end_month     Last month.
-- @column crime_types   How many categories of crime the twelve months have in the area: 13, or fewer where files were cut to some.
-- @column only_type     The category, where there is one only.
-- @column source        Feed it comes from.
-- @column vintage       First and last vintage of the files, 'YYYY-MM..YYYY-MM'.
-- @check unique longitude, latitude
-- @check not_null longitude, latitude, crimes, asb_incidents
with newest as (
    select max(street_months.month) as end_month
    from marts.street_months as street_months
    cross join reference.meeting as meeting
    where street_months.month <= meeting.data_month
),

files as (
    select street_months.*, newest.end_month
    from marts.street_months as street_months
    cross join newest
    where street_months.month between newest.end_month - interval 11 month and newest.end_month
    qualify count(*) over (partition by street_months.pair_key) = 12
),

placed as (
    select
        street.longitude,
        street.latitude,
        street.location,
        street.crime_type,
        files.end_month,
        street.pair_key in (
            select pairs.pair_key
            from staging.offence_pairs as pairs
            where pairs.family = 'police_uk' and pairs.indicator = 'asb_incidents'
        ) as is_asb
    from staging.street_crime as street
    inner join
        files
        on street.file_id = files.file_id and street.month = files.month and street.pair_key = files.pair_key
    inner join
        reference.partnership as partnership
        on street.falls_within = partnership.force and street.area_code = partnership.area_code
    where street.longitude is not null and street.latitude is not null
),

whole as (
    select
        count(distinct crime_type) filter (where not is_asb) as crime_types,
        case when count(distinct crime_type) filter (where not is_asb) = 1 then max(crime_type) filter (where not is_asb) end
            as only_type
    from placed
)

select
    placed.longitude,
    placed.latitude,
    min(placed.location) as location,
    count(*) filter (where not placed.is_asb) as crimes,
    count(*) filter (where placed.is_asb) as asb_incidents,
    cast(placed.end_month - interval 11 month as date) as start_month,
    placed.end_month,
    whole.crime_types,
    whole.only_type,
    'police_uk_street' as source,
    strftime(placed.end_month - interval 11 month, '%Y-%m') || '..' || strftime(placed.end_month, '%Y-%m') as vintage
from placed
cross join whole
group by placed.longitude, placed.latitude, placed.end_month, whole.crime_types, whole.only_type
