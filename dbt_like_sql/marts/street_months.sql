-- marts.street_months: by category and month, the street file that the month is taken from: the newest that speaks for it.
-- As in marts.indicator_vintages a file speaks for every category when at least 7 of the 14 occur in it, else only for
-- those that do: a newer file cut to burglary takes no other category's month from an older whole one.
-- @column pair_key    Key of the category in staging.offence_pairs.
-- @column crime_type  data.police.uk category.
-- @column month       First day of the month.
-- @column file_id     First 12 hex digits of the file's sha256.
-- @column feed        Feed of the file.
-- @column scheme      Category scheme of the file.
-- @check unique pair_key, month
with seen as (
    select street.file_id, street.month, street.pair_key, min(street.crime_type) as crime_type
    from staging.street_crime as street
    inner join reference.partnership as partnership on street.falls_within = partnership.force
    where street.area_code is not null
    group by street.file_id, street.month, street.pair_key
),

spans as (
    select file_id, month, count(*) >= 7 as speaks_for_all
    from seen
    group by file_id, month
),

categories as (
    select pair_key, min(crime_type) as crime_type
    from seen
    group by pair_key
)

select categories.pair_key, categories.crime_type, spans.month, spans.file_id, files.feed, files.scheme
from spans
inner join marts.eligible_files as files on spans.file_id = files.file_id
cross join categories
left join
    seen
    on spans.file_id = seen.file_id and spans.month = seen.month and categories.pair_key = seen.pair_key
where spans.speaks_for_all or seen.pair_key is not null
qualify row_number() over (partition by categories.pair_key, spans.month order by files.newest_rank) = 1
