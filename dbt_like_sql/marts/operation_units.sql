-- marts.operation_units: the ground of each operation: every unit of the board's area, and whether the operation was there.
-- Units are wards, or the small areas that files of both LSOA vintages can be counted by. A unit of which more than half
-- lies in the operation's area is its response area.
-- @through operation_units
-- @column operation_id  Key of the operation.
-- @column unit_kind     ward or small_area; empty where no map of either is landed.
-- @column unit_code     Ward code or unit of small areas; empty in the one row that says why there is none.
-- @column part          response, buffer (within the buffer distance of it) or elsewhere.
-- @column hectares      Area of the unit.
-- @column near          Units within the buffer distance, separated by blanks.
-- @column touches       Units that share a border with it, separated by blanks.
-- @column fit           What the operation's area and its response units share, as a share of both together.
-- @column reason        Why the operation's area is made of no units of this kind; else empty.
-- @check unique operation_id, unit_kind, unit_code
with units as (
    select distinct
        'ward' as unit_kind,
        wards.ward_code as unit_code,
        'ward' as shape_kind,
        wards.ward_code as code
    from marts.ward_months as wards
    inner join reference.partnership as partnership on wards.area_code = partnership.area_code
    union all
    select
        'small_area' as unit_kind,
        lsoas.unit_code,
        case when lsoas.is_2021 then 'lsoa21' else 'lsoa11' end as shape_kind,
        lsoas.lsoa_code as code
    from staging.lsoa_units as lsoas
    inner join reference.partnership as partnership on lsoas.area_code = partnership.area_code
),

-- The outlines of one unit are of one edition, the newest that is landed.
shaped as (
    select
        units.unit_kind,
        units.unit_code,
        shapes.geometry
    from units
    inner join staging.boundaries as shapes on units.shape_kind = shapes.kind and units.code = shapes.code
    qualify rank() over (partition by units.unit_kind, units.unit_code order by shapes.kind desc) = 1
),

named as (
    select
        areas.operation_id,
        areas.code,
        shapes.geometry
    from reference.operation_areas as areas
    left join
        staging.boundaries as shapes
        on areas.code = shapes.code and shapes.kind in (areas.kind, areas.kind || '11', areas.kind || '21')
    qualify row_number() over (partition by areas.operation_id, areas.code order by shapes.kind desc) = 1
)

select
    operations.operation_id,
    places.area_name,
    operations.buffer_metres,
    'area' as role,
    '' as unit_kind,
    named.code,
    named.geometry,
    '' as outline
from named
inner join reference.operations as operations on named.operation_id = operations.operation_id
cross join reference.partnership as partnership
inner join reference.areas as places on partnership.area_code = places.area_code
union all
select
    operations.operation_id,
    places.area_name,
    operations.buffer_metres,
    'area' as role,
    '' as unit_kind,
    'outline' as code,
    null as geometry,
    operations.polygon as outline
from reference.operations as operations
cross join reference.partnership as partnership
inner join reference.areas as places on partnership.area_code = places.area_code
where operations.polygon <> ''
union all
select
    operations.operation_id,
    places.area_name,
    operations.buffer_metres,
    'unit' as role,
    shaped.unit_kind,
    shaped.unit_code as code,
    shaped.geometry,
    '' as outline
from shaped
cross join reference.operations as operations
cross join reference.partnership as partnership
inner join reference.areas as places on partnership.area_code = places.area_code
