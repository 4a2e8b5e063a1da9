-- marts.small_area_unplaced: by source, indicator, area and month, how much of the count has no small area.
-- Ward and LSOA files leave out crimes that have a borough and no place in it: the difference to the eligible borough file
-- of the nearest vintage that has the month. It is below 0 where that file counts fewer: vintages differ by a few, and until
-- 2024-02 the borough files kept the airports apart from the borough that their ward is in. Street files have rows without any place: those of the whole force, since nobody can tell which are the area's.
-- The dashboard's neighbourhoods are taken from its own borough rows.
-- @column source     Feed: mps_ward, mps_lsoa, mps_dashboard or police_uk_street.
-- @column indicator  Indicator slug.
-- @column area_code  GSS code of the borough; the board's own for LSOAs and street files.
-- @column month      First day of the month.
-- @column unplaced   Offences without a small area.
-- @column total      What they are a part of: the borough's offences, or the force's street rows.
-- @column share      unplaced as a share of total; empty where total is 0.
-- @check unique source, indicator, area_code, month
with placed as (
    select source, indicator, area_code, month, scheme, vintage, sum(offences) as offences
    from marts.ward_months
    group by all
    union all
    select source, indicator, area_code, month, scheme, vintage, sum(offences) as offences
    from marts.small_area_months
    where source = 'mps_lsoa'
    group by all
),

met as (
    select
        placed.source,
        placed.indicator,
        placed.area_code,
        placed.month,
        borough.offences - placed.offences as unplaced,
        borough.offences as total
    from placed
    inner join
        marts.indicator_vintages as borough
        on
            placed.indicator = borough.indicator
            and placed.area_code = borough.area_code
            and placed.month = borough.month
            and placed.scheme = borough.scheme
            and borough.feed = case when placed.source = 'mps_dashboard' then 'mps_dashboard' else 'mps_borough' end
    inner join marts.eligible_files as files on borough.file_id = files.file_id
    qualify
        row_number() over (
            partition by placed.source, placed.indicator, placed.area_code, placed.month
            order by abs(date_diff('month', borough.vintage, placed.vintage)), files.newest_rank
        ) = 1
),

street as (
    select
        chosen.source,
        chosen.indicator,
        chosen.area_code,
        chosen.month,
        count(*) filter (where rows_of.area_code is null or rows_of.lsoa_code is null) as unplaced,
        count(*) as total
    from
        (
            select distinct source, indicator, area_code, month, file_id, scheme
            from marts.small_area_months
            where source = 'police_uk_street'
        ) as chosen
    inner join staging.offence_pairs as pairs on chosen.scheme = pairs.scheme and chosen.indicator = pairs.indicator
    inner join
        staging.street_crime as rows_of
        on
            chosen.file_id = rows_of.file_id
            and chosen.month = rows_of.month
            and pairs.pair_key = rows_of.pair_key
    inner join reference.partnership as partnership on rows_of.falls_within = partnership.force
    group by chosen.source, chosen.indicator, chosen.area_code, chosen.month
)

select
    counted.source,
    counted.indicator,
    counted.area_code,
    counted.month,
    cast(counted.unplaced as bigint) as unplaced,
    cast(counted.total as bigint) as total,
    case when counted.total > 0 then cast(counted.unplaced as double) / cast(counted.total as double) end as share
from (select * from met union all by name select * from street) as counted
