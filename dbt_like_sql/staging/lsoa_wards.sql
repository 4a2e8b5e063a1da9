-- staging.lsoa_wards: the ward of every LSOA of 2021, by best fit, from the newest landed ONS lookup that has it.
-- @column lsoa21_code  LSOA of 2021.
-- @column ward_code    Ward that most of its people live in.
-- @column ward_name    Name of the ward.
-- @column area_code    GSS code of the district.
-- @check unique lsoa21_code
select raw_rows.lsoa21_code, raw_rows.ward_code, raw_rows.ward_name, raw_rows.lad_code as area_code
from raw.ons_lookup as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
where raw_rows.lsoa21_code is not null and raw_rows.ward_code is not null
qualify
    row_number() over (
        partition by raw_rows.lsoa21_code order by files.landed_at desc, files.file_id, raw_rows.ward_code
    ) = 1
