-- marts.ward_months: one row per indicator, ward and month, from the newest eligible file of its feed that has the month.
-- The Met's ward files come first. What they do not count in a borough (knife crime, gun crime, domestic abuse, hate
-- crime) is counted from the neighbourhood rows of its dashboard; an indicator never comes from both.
-- A ward's series never mixes two sets of wards: beside the newest file of a borough, only files with exactly the same
-- wards for it are used. That is how the ward boundary breaks of reference.comparability_breaks are obeyed: a file of the
-- old wards has other codes, and a file restated onto the new ones has the same. A ward without a row had none in the months that the
-- file speaks for (staging.mps_small_area_spans).
-- Wards are never summed to a borough: some crimes have a borough and no ward (marts.small_area_unplaced).
-- @column indicator  Indicator slug.
-- @column ward_code  Ward, as the files have it.
-- @column ward_name  Its name.
-- @column area_code  GSS code of its borough; all its rows count for it, those booked by the airports' command too.
-- @column month      First day of the month.
-- @column offences   Recorded offences.
-- @column source     Feed it comes from: mps_ward or mps_dashboard.
-- @column scheme     Category scheme.
-- @column vintage    Last month in the file it comes from.
-- @column file_id    First 12 hex digits of that file's sha256.
-- @check unique indicator, ward_code, month
with ward_rows as (
    select 'mps_ward' as feed, file_id, scheme, area_code, ward_code, ward_name, pair_key, month, offences
    from staging.mps_ward
    union all by name
    select
        'mps_dashboard' as feed,
        file_id,
        scheme,
        area_code,
        ward_code,
        ward_name,
        pair_key,
        month,
        records as offences
    from staging.mps_dashboard_neighbourhoods
    where measure = 'Offences'
),

wards as (
    select
        ward_rows.feed,
        ward_rows.file_id,
        files.newest_rank,
        ward_rows.ward_code,
        max(ward_rows.ward_name) as ward_name,
        coalesce(max(ward_rows.area_code), max(places.area_code)) as area_code
    from ward_rows
    inner join marts.eligible_files as files on ward_rows.file_id = files.file_id
    left join staging.ward_places as places on ward_rows.ward_code = places.ward_code
    where ward_rows.ward_code <> ''
    group by ward_rows.feed, ward_rows.file_id, files.newest_rank, ward_rows.ward_code
),

ward_sets as (
    select feed, file_id, newest_rank, area_code, list(ward_code order by ward_code) as ward_codes
    from wards
    where area_code in (select areas.area_code from reference.areas as areas)
    group by feed, file_id, newest_rank, area_code
),

usable as (
    select ward_sets.feed, ward_sets.file_id, ward_sets.newest_rank, ward_sets.area_code
    from ward_sets
    inner join
        (
            select feed, area_code, arg_min(ward_codes, newest_rank) as ward_codes
            from ward_sets
            group by feed, area_code
        ) as newest
        on
            ward_sets.feed = newest.feed
            and ward_sets.area_code = newest.area_code
            and ward_sets.ward_codes = newest.ward_codes
),

sums as (
    select ward_rows.file_id, pairs.indicator, ward_rows.ward_code, ward_rows.month, sum(ward_rows.offences) as offences
    from ward_rows
    inner join
        staging.offence_pairs as pairs
        on ward_rows.scheme = pairs.scheme and ward_rows.pair_key = pairs.pair_key
    where ward_rows.file_id in (select usable.file_id from usable)
    group by all
),

-- One file a borough and month, so that all its wards are of one vintage.
newest_spans as (
    select usable.feed, spans.file_id, spans.indicator, spans.month, usable.area_code
    from staging.mps_small_area_spans as spans
    inner join usable on spans.file_id = usable.file_id
    qualify
        row_number() over (
            partition by usable.feed, spans.indicator, spans.month, usable.area_code order by usable.newest_rank
        ) = 1
),

chosen_feeds as (
    select indicator, area_code, arg_max(feed, feed = 'mps_ward') as feed
    from newest_spans
    group by indicator, area_code
)

select
    spans.indicator,
    wards.ward_code,
    wards.ward_name,
    wards.area_code,
    spans.month,
    cast(coalesce(sums.offences, 0) as bigint) as offences,
    spans.feed as source,
    files.scheme,
    files.vintage,
    spans.file_id
from newest_spans as spans
inner join
    chosen_feeds
    on
        spans.indicator = chosen_feeds.indicator
        and spans.area_code = chosen_feeds.area_code
        and spans.feed = chosen_feeds.feed
inner join wards on spans.file_id = wards.file_id and spans.area_code = wards.area_code
inner join landing.files as files on spans.file_id = files.file_id
left join
    sums
    on
        spans.file_id = sums.file_id
        and spans.indicator = sums.indicator
        and spans.month = sums.month
        and wards.ward_code = sums.ward_code
