-- checks.small_areas_conserved: months in which the small areas of the board's own area do not add up to what was placed in it.
-- Street rows to the area's own count of the same file, but for rows that name an LSOA and have no code of one; LSOA rows to
-- the file's rows of the area. Splits and merges lose none.
-- @about     marts.small_area_months
-- @severity  ERROR
-- @why       A crime that was placed stands in exactly one small area; the rest is in marts.small_area_unplaced.
-- @who       team:data-engineering
with summed as (
    select source, indicator, area_code, month, file_id, scheme, sum(offences) as offences
    from marts.small_area_months
    group by all
),

no_code as (
    select street.file_id, street.month, street.area_code, pairs.scheme, pairs.indicator, count(*) as offences
    from staging.street_crime as street
    inner join staging.offence_pairs as pairs on street.pair_key = pairs.pair_key
    cross join reference.partnership as partnership
    where street.lsoa_code is null and street.falls_within = partnership.force
    group by all
),

street as (
    select
        summed.source,
        summed.indicator,
        summed.month,
        summed.offences,
        vintages.offences - coalesce(no_code.offences, 0) as placed
    from summed
    left join
        marts.indicator_vintages as vintages
        on
            summed.indicator = vintages.indicator
            and summed.area_code = vintages.area_code
            and summed.month = vintages.month
            and summed.file_id = vintages.file_id
    left join
        no_code
        on
            summed.indicator = no_code.indicator
            and summed.area_code = no_code.area_code
            and summed.month = no_code.month
            and summed.file_id = no_code.file_id
            and summed.scheme = no_code.scheme
    where summed.source = 'police_uk_street'
),

lsoa as (
    select summed.source, summed.indicator, summed.month, summed.offences, sum(lsoa_rows.offences) as placed
    from summed
    inner join staging.offence_pairs as pairs on summed.scheme = pairs.scheme and summed.indicator = pairs.indicator
    left join
        staging.mps_lsoa as lsoa_rows
        on
            summed.file_id = lsoa_rows.file_id
            and summed.area_code = lsoa_rows.area_code
            and summed.month = lsoa_rows.month
            and pairs.pair_key = lsoa_rows.pair_key
    where summed.source = 'mps_lsoa'
    group by summed.source, summed.indicator, summed.month, summed.offences
)

select * from (select * from street union all by name select * from lsoa) as counted
where offences is distinct from placed
