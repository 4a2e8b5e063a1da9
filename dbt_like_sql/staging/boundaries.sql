-- staging.boundaries: the outline of every ward, LSOA and district, from the newest landed map that has it.
-- Areas of several editions stand side by side: codes change when borders do.
-- @column kind           What the area is: ward, lsoa11, lsoa21 or borough (any district).
-- @column code           GSS code.
-- @column name           Name as published; empty where the map has codes alone.
-- @column geometry       Outline as well-known binary, in metres of the British National Grid (EPSG:27700), valid.
-- @column area_hectares  Area of that outline in hectares.
-- @column file_id        First 12 hex digits of the landed file's sha256.
-- @check unique kind, code
-- @check not_null geometry
select
    raw_rows.kind,
    raw_rows.code,
    raw_rows.name,
    raw_rows.geometry,
    raw_rows.area_hectares,
    raw_rows.file_id
from raw.boundaries as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
qualify
    row_number() over (
        partition by raw_rows.kind, raw_rows.code
        order by files.landed_at desc, raw_rows.file_id
    ) = 1
