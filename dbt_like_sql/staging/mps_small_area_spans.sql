-- staging.mps_small_area_spans: the indicators and months that each Met file of small areas speaks for; absent means none within.
-- Small areas are in ward and LSOA files, and in the neighbourhood rows of the dashboard.
-- A file speaks for an indicator that occurs in it, from the first month in which it does, unless a part of it is left
-- out: the LSOA file has no sexual offences, so it has no total either. A month with less than half of the file's usual
-- count is not whole (an LSOA file to 2026-02 begins with 2 days of 2024-02) and nothing is said of it.
-- @column file_id    First 12 hex digits of the landed file's sha256.
-- @column indicator  Indicator slug.
-- @column month      First day of the month.
-- @check unique file_id, indicator, month
with cells as (
    select file_id, scheme, pair_key, month, sum(offences) as offences
    from staging.mps_ward
    group by all
    union all
    select file_id, scheme, pair_key, month, sum(offences) as offences
    from staging.mps_lsoa
    group by all
    union all
    select file_id, scheme, pair_key, month, sum(records) as offences
    from staging.mps_dashboard_neighbourhoods
    where measure = 'Offences'
    group by all
),

whole_months as (
    select file_id, month
    from (select file_id, month, sum(offences) as offences from cells group by file_id, month) as months
    qualify offences >= 0.5 * median(offences) over (partition by file_id)
),

seen as (
    select cells.file_id, cells.scheme, pairs.indicator, min(cells.month) as first_month
    from cells
    inner join staging.offence_pairs as pairs on cells.scheme = pairs.scheme and cells.pair_key = pairs.pair_key
    where cells.offences > 0
    group by all
),

sizes as (
    select scheme, indicator, count(*) as pairs
    from staging.offence_pairs
    group by scheme, indicator
),

-- An indicator is a part of another when every pair of it counts towards that one too.
parts as (
    select part.scheme, part.indicator as part, whole.indicator as whole
    from staging.offence_pairs as part
    inner join staging.offence_pairs as whole on part.scheme = whole.scheme and part.pair_key = whole.pair_key
    inner join sizes on part.scheme = sizes.scheme and part.indicator = sizes.indicator
    where part.indicator <> whole.indicator
    group by part.scheme, part.indicator, whole.indicator, sizes.pairs
    having count(*) = sizes.pairs
),

left_out as (
    select files.file_id, parts.whole
    from (select distinct file_id, scheme from seen) as files
    inner join parts on files.scheme = parts.scheme
    left join seen on files.file_id = seen.file_id and parts.part = seen.indicator
    where seen.indicator is null
)

select seen.file_id, seen.indicator, whole_months.month
from seen
inner join whole_months on seen.file_id = whole_months.file_id and seen.first_month <= whole_months.month
left join left_out on seen.file_id = left_out.file_id and seen.indicator = left_out.whole
where left_out.whole is null
