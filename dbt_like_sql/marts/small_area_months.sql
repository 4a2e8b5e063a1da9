-- marts.small_area_months: one row per source, indicator, small area of the board's own area and month.
-- Sources stand side by side and are never mixed: the Met's LSOA file counts every crime it could place, street files
-- count crimes moved to a nearby point. Compare months of one unit_code: where LSOAs were split or merged between 2011 and
-- 2021 only the unit is the same ground throughout. A file of the LSOAs of 2021 gives every LSOA of 2021 its own row; a
-- file of those of 2011 gives a row a unit, and lsoa21_code is empty where the unit is several. Add up to units before
-- comparing. A small area without a row in a month that the file speaks for had none.
-- @column source       Feed: mps_lsoa or police_uk_street.
-- @column indicator    Indicator slug.
-- @column lsoa21_code  LSOA of 2021; empty where the file cannot tell which part of a unit it was.
-- @column unit_code    Unit of staging.lsoa_units; the file's own code where no lookup has it.
-- @column area_code    GSS code of the board's own area.
-- @column month        First day of the month.
-- @column offences     Recorded offences or incidents.
-- @column after_break  Last comparability break of small areas at or before the month, empty for none; months on two sides of one do not compare.
-- @column scheme       Category scheme.
-- @column vintage      Last month in the file it comes from.
-- @column file_id      First 12 hex digits of that file's sha256.
-- @check unique source, indicator, unit_code, lsoa21_code, month
with lsoa_rows as (
    select lsoa_rows.file_id, lsoa_rows.lsoa_code, lsoa_rows.month, pairs.indicator, sum(lsoa_rows.offences) as offences
    from staging.mps_lsoa as lsoa_rows
    inner join
        staging.offence_pairs as pairs
        on lsoa_rows.scheme = pairs.scheme and lsoa_rows.pair_key = pairs.pair_key
    inner join marts.eligible_files as files on lsoa_rows.file_id = files.file_id
    inner join reference.partnership as partnership on lsoa_rows.area_code = partnership.area_code
    group by all
),

street_rows as (
    select street.file_id, street.lsoa_code, street.month, pairs.indicator, count(*) as offences
    from staging.street_crime as street
    inner join
        reference.partnership as partnership
        on street.area_code = partnership.area_code and street.falls_within = partnership.force
    inner join marts.eligible_files as files on street.file_id = files.file_id
    inner join staging.offence_pairs as pairs on files.scheme = pairs.scheme and street.pair_key = pairs.pair_key
    where street.lsoa_code is not null
    group by all
),

own_rows as (
    select * from lsoa_rows
    union all by name
    select * from street_rows
),

-- What each file speaks for; of a street file, what marts.indicator_vintages takes from it.
spans as (
    select spoken.file_id, files.feed as source, spoken.indicator, spoken.month, files.scheme, files.vintage
    from
        (
            select file_id, indicator, month from staging.mps_small_area_spans
            union all
            select vintages.file_id, vintages.indicator, vintages.month
            from marts.indicator_vintages as vintages
            inner join reference.partnership as partnership on vintages.area_code = partnership.area_code
            where vintages.feed = 'police_uk_street'
        ) as spoken
    inner join marts.eligible_files as files on spoken.file_id = files.file_id
    where files.feed in ('mps_lsoa', 'police_uk_street')
    qualify
        row_number() over (partition by files.feed, spoken.indicator, spoken.month order by files.newest_rank) = 1
),

-- A file is of the LSOAs of 2021 when it has one that is new then, and none that is gone then.
coded as (
    select
        seen.file_id,
        coalesce(bool_or(units.is_2021 and not units.is_2011), false)
        and not coalesce(bool_or(units.is_2011 and not units.is_2021), false) as is_2021
    from
        (
            select file_id, lsoa_code from staging.mps_lsoa
            union
            select file_id, lsoa_code from staging.street_crime
        ) as seen
    inner join marts.eligible_files as files on seen.file_id = files.file_id
    left join staging.lsoa_units as units on seen.lsoa_code = units.lsoa_code
    group by seen.file_id
),

-- The small areas of each file: LSOAs of 2021, or units; and what it names that no lookup has.
placed as (
    select
        coded.file_id,
        units.unit_code,
        case when coded.is_2021 then units.lsoa_code else units.lsoa21_code end as lsoa21_code
    from coded
    cross join staging.lsoa_units as units
    inner join reference.partnership as partnership on units.area_code = partnership.area_code
    where units.is_2021 or not coded.is_2021
    union
    select own_rows.file_id, own_rows.lsoa_code as unit_code, cast(null as varchar) as lsoa21_code
    from own_rows
    where own_rows.lsoa_code not in (select units.lsoa_code from staging.lsoa_units as units)
),

sums as (
    select
        own_rows.file_id,
        own_rows.indicator,
        own_rows.month,
        coalesce(units.unit_code, own_rows.lsoa_code) as unit_code,
        case when coded.is_2021 then units.lsoa_code else units.lsoa21_code end as lsoa21_code,
        sum(own_rows.offences) as offences
    from own_rows
    inner join coded on own_rows.file_id = coded.file_id
    left join staging.lsoa_units as units on own_rows.lsoa_code = units.lsoa_code
    group by all
),

breaks as (
    select
        spans.source,
        spans.indicator,
        spans.month,
        arg_max(entry.break, (entry.first_month, entry.break)) as after_break
    from (select distinct source, indicator, month from spans) as spans
    inner join
        reference.comparability_breaks as entry
        on
            entry.first_month <= spans.month
            and entry.geography in ('all', 'small_area')
            and list_contains(string_split(entry.indicators, ' '), spans.indicator)
            and (coalesce(entry.feeds, '') = '' or list_contains(string_split(entry.feeds, ' '), spans.source))
    group by all
)

select
    spans.source,
    spans.indicator,
    placed.lsoa21_code,
    placed.unit_code,
    partnership.area_code,
    spans.month,
    cast(coalesce(sums.offences, 0) as bigint) as offences,
    coalesce(breaks.after_break, '') as after_break,
    spans.scheme,
    spans.vintage,
    spans.file_id
from spans
inner join placed on spans.file_id = placed.file_id
cross join reference.partnership as partnership
left join
    sums
    on
        spans.file_id = sums.file_id
        and spans.indicator = sums.indicator
        and spans.month = sums.month
        and placed.unit_code = sums.unit_code
        and placed.lsoa21_code is not distinct from sums.lsoa21_code
left join
    breaks
    on spans.source = breaks.source and spans.indicator = breaks.indicator and spans.month = breaks.month
