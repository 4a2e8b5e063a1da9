-- staging.ward_places: the district of every ward in a landed ONS lookup.
-- @column ward_code  Ward, of any year.
-- @column area_code  GSS code of the district it lies in, by the newest lookup that has the ward.
-- @check unique ward_code
select raw_rows.ward_code, arg_max(raw_rows.lad_code, (files.landed_at, raw_rows.lad_code)) as area_code
from raw.ons_lookup as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
where raw_rows.ward_code is not null and raw_rows.lad_code is not null
group by raw_rows.ward_code
