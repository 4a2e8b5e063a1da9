-- marts.operation_counts: the series of each operation: its offences by unit and month, each source for itself.
-- Sources are never mixed: a ward file, an LSOA file and a street file count the same crimes in three ways.
-- @column operation_id  Key of the operation.
-- @column indicator     Slug of the offence.
-- @column source        Feed it comes from.
-- @column unit_kind     ward or small_area.
-- @column unit_code     Ward code or unit of small areas.
-- @column month         First day of the month.
-- @column offences      Count; a month that a source has and that names no crime of the unit is 0.
-- @column scheme        Category scheme of the month's file.
-- @column vintage       Last month in the month's file.
-- @check unique operation_id, indicator, source, unit_code, month
with counted as (
    select
        'ward' as unit_kind,
        source,
        indicator,
        ward_code as unit_code,
        month,
        sum(offences)::bigint as offences,
        max(scheme) as scheme,
        max(vintage) as vintage
    from marts.ward_months
    -- Other boroughs' files can have other months, in which these wards are not known rather than 0.
    inner join reference.partnership using (area_code)
    group by all
    union all
    select
        'small_area' as unit_kind,
        source,
        indicator,
        unit_code,
        month,
        sum(offences)::bigint as offences,
        max(scheme) as scheme,
        max(vintage) as vintage
    from marts.small_area_months
    group by all
),

months as (
    select
        unit_kind,
        source,
        indicator,
        month,
        max(scheme) as scheme,
        max(vintage) as vintage
    from counted
    group by all
)

select
    units.operation_id,
    months.indicator,
    months.source,
    units.unit_kind,
    units.unit_code,
    months.month,
    coalesce(counted.offences, 0) as offences,
    months.scheme,
    months.vintage
from marts.operation_units as units
inner join reference.operation_offences as offences on units.operation_id = offences.operation_id
inner join months on units.unit_kind = months.unit_kind and offences.indicator = months.indicator
left join
    counted
    on
        months.unit_kind = counted.unit_kind
        and months.source = counted.source
        and months.indicator = counted.indicator
        and months.month = counted.month
        and units.unit_code = counted.unit_code
where units.unit_code <> ''
