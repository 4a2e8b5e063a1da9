-- marts.indicator_quarters: every indicator as the Home Office files give it, one row per indicator, area, quarter and file.
-- A district has a quarter only where the partnerships that cover it cover nothing else, all of them are in the file, the
-- publisher does not call its count incomplete, and every offence in it is known. An indicator of which no partnership
-- has a record in a quarter was not counted then; where others have one, an area without had none.
-- @column indicator    Indicator slug.
-- @column area_code    GSS code of a district.
-- @column start_month  First month of the quarter.
-- @column end_month    Last month of the quarter.
-- @column months       Months in it: 3.
-- @column offences     Recorded offences in the quarter.
-- @column feed         Feed of the file.
-- @column scheme       Category scheme of the file.
-- @column vintage      Last month in the file.
-- @column file_id      First 12 hex digits of the landed file's sha256.
-- @check unique indicator, area_code, start_month, file_id
with counted as (
    select file_id, scheme, csp_key, quarter, pair_key, sum(offences) as offences
    from staging.home_office_csp
    group by all
),

placed as (
    select counted.*, places.area_code, places.is_listed, places.parts, places.incomplete_from
    from counted
    inner join staging.csp_places as places on counted.csp_key = places.csp_key and places.is_whole
    inner join reference.areas as areas on places.area_code = areas.area_code
),

known as (
    select distinct
        scheme,
        lower(trim(offence_group)) || '|' || lower(trim(coalesce(offence_subgroup, ''))) as pair_key
    from reference.offence_aliases
),

whole as (
    select placed.file_id, placed.scheme, placed.area_code, placed.quarter
    from placed
    left join known on placed.scheme = known.scheme and placed.pair_key = known.pair_key
    group by all
    having
        count(*) = count(known.pair_key)
        and count(distinct placed.csp_key) filter (where placed.is_listed)
        = case when bool_or(not placed.is_listed) then 0 else max(placed.parts) end
        and coalesce(max(placed.incomplete_from) > placed.quarter + interval 2 month, true)
),

in_use as (
    select distinct counted.file_id, counted.quarter, pairs.indicator
    from counted
    inner join staging.offence_pairs as pairs on counted.scheme = pairs.scheme and counted.pair_key = pairs.pair_key
),

sums as (
    select placed.file_id, placed.area_code, placed.quarter, pairs.indicator, sum(placed.offences) as offences
    from placed
    inner join staging.offence_pairs as pairs on placed.scheme = pairs.scheme and placed.pair_key = pairs.pair_key
    group by all
)

select
    in_use.indicator,
    whole.area_code,
    whole.quarter as start_month,
    cast(whole.quarter + interval 2 month as date) as end_month,
    cast(3 as bigint) as months,
    cast(coalesce(sums.offences, 0) as bigint) as offences,
    files.feed,
    files.scheme,
    files.vintage,
    whole.file_id
from whole
inner join in_use on whole.file_id = in_use.file_id and whole.quarter = in_use.quarter
inner join landing.files as files on whole.file_id = files.file_id
left join
    sums
    on
        whole.file_id = sums.file_id
        and whole.area_code = sums.area_code
        and whole.quarter = sums.quarter
        and in_use.indicator = sums.indicator
