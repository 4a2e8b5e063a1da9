-- marts.indicator_vintages: every indicator as every loaded file gives it, one row per indicator, area, month and file.
-- A Met file speaks for every month it spans and every borough it names, so a borough without a row for a pair had none.
-- A street file speaks for the districts it has rows in; for every category when at least 7 of the 14 occur in it, else only for those that do
-- (a file cut to burglary says nothing about robbery).
-- @column indicator  Indicator slug.
-- @column area_code  GSS code of a borough or district.
-- @column month      First day of the month.
-- @column offences   Recorded offences or incidents.
-- @column feed       Feed of the file.
-- @column scheme     Category scheme of the file.
-- @column vintage    Last month in the file.
-- @column file_id    First 12 hex digits of the landed file's sha256.
-- @check unique indicator, area_code, month, file_id
with met_rows as (
    select file_id, scheme, area_code, pair_key, month, offences from staging.mps_borough
    union all
    select file_id, scheme, area_code, pair_key, month, records as offences
    from staging.mps_dashboard_boroughs
    where measure = 'Offences'
),

met_sums as (
    select met_rows.file_id, pairs.indicator, met_rows.area_code, met_rows.month, sum(met_rows.offences) as offences
    from met_rows
    inner join staging.offence_pairs as pairs on met_rows.scheme = pairs.scheme and met_rows.pair_key = pairs.pair_key
    group by all
),

-- From the first month in which the indicator occurs anywhere to the file's last: a quiet month in all boroughs is zero.
met_spans as (
    select firsts.file_id, firsts.indicator, cast(months.month as date) as month
    from (select file_id, indicator, min(month) as first_month from met_sums group by all) as firsts
    inner join landing.files as files on firsts.file_id = files.file_id
    cross join
        lateral (
            select unnest(generate_series(firsts.first_month::timestamp, files.vintage::timestamp, interval 1 month)) as month
        ) as months
),

met_dense as (
    select spans.file_id, spans.indicator, areas.area_code, spans.month, coalesce(sums.offences, 0) as offences
    from met_spans as spans
    inner join
        (select distinct file_id, area_code from met_rows where area_code is not null) as areas
        on spans.file_id = areas.file_id
    left join
        met_sums as sums
        on
            spans.file_id = sums.file_id
            and spans.indicator = sums.indicator
            and spans.month = sums.month
            and areas.area_code = sums.area_code
),

-- Every call counts, whatever its opening codes say: the publisher has chosen which calls are in the file.
asb_dense as (
    select
        areas.file_id,
        'asb_incidents' as indicator,
        areas.area_code,
        cast(months.month as date) as month,
        coalesce(sums.incidents, 0) as offences
    from (select distinct file_id, area_code from staging.mps_asb where area_code is not null) as areas
    inner join landing.files as files on areas.file_id = files.file_id
    cross join
        lateral (
            select unnest(
                generate_series(files.first_month::timestamp, files.vintage::timestamp, interval 1 month)
            ) as month
        ) as months
    left join
        (
            select file_id, area_code, month, sum(incidents) as incidents
            from staging.mps_asb
            group by all
        ) as sums
        on areas.file_id = sums.file_id and areas.area_code = sums.area_code and months.month = sums.month
),

-- Every row of the file counts: the publisher has chosen which offences are in it.
vawg_dense as (
    select
        areas.file_id,
        'vawg_offences' as indicator,
        areas.area_code,
        cast(months.month as date) as month,
        coalesce(sums.offences, 0) as offences
    from (select distinct file_id, area_code from staging.mps_vawg where area_code is not null) as areas
    inner join landing.files as files on areas.file_id = files.file_id
    cross join
        lateral (
            select unnest(
                generate_series(files.first_month::timestamp, files.vintage::timestamp, interval 1 month)
            ) as month
        ) as months
    left join
        (
            select file_id, area_code, month, sum(offences) as offences
            from staging.mps_vawg
            group by all
        ) as sums
        on areas.file_id = sums.file_id and areas.area_code = sums.area_code and months.month = sums.month
),

street_rows as (
    select street.file_id, street.area_code, street.month, street.pair_key, count(*) as offences
    from staging.street_crime as street
    cross join reference.partnership as partnership
    where street.falls_within = partnership.force and street.area_code is not null
    group by all
),

street_spans as (
    select file_id, month, count(distinct pair_key) >= 7 as speaks_for_all
    from street_rows
    group by all
),

street_dense as (
    select
        places.file_id,
        pairs.indicator,
        places.area_code,
        places.month,
        coalesce(sum(street_rows.offences), 0) as offences
    from (select distinct file_id, area_code, month from street_rows) as places
    inner join street_spans as spans on places.file_id = spans.file_id and places.month = spans.month
    inner join staging.offence_pairs as pairs on pairs.family = 'police_uk'
    left join
        street_rows
        on
            places.file_id = street_rows.file_id
            and places.area_code = street_rows.area_code
            and places.month = street_rows.month
            and pairs.pair_key = street_rows.pair_key
    where
        spans.speaks_for_all
        or exists (
            select 1
            from street_rows as seen
            where seen.file_id = places.file_id and seen.month = places.month and seen.pair_key = pairs.pair_key
        )
    group by all
)

select
    dense.indicator,
    dense.area_code,
    dense.month,
    cast(dense.offences as bigint) as offences,
    files.feed,
    files.scheme,
    files.vintage,
    dense.file_id
from (
    select * from met_dense
    union all by name
    select * from asb_dense
    union all by name
    select * from vawg_dense
    union all by name
    select * from street_dense
) as dense
inner join landing.files as files on dense.file_id = files.file_id
inner join reference.areas as areas on dense.area_code = areas.area_code
