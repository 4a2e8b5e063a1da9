-- staging.lsoa_places: the district of every LSOA, of 2011 and of 2021, from the newest landed ONS lookup.
-- @column lsoa_code  LSOA code, either vintage.
-- @column area_code  GSS code of the district it lies in.
-- @check unique lsoa_code
with codes as (
    select lsoa11_code as lsoa_code, lad_code, file_id from raw.ons_lookup
    union all
    select lsoa21_code as lsoa_code, lad_code, file_id from raw.ons_lookup
)

select
    codes.lsoa_code,
    arg_max(codes.lad_code, (files.landed_at, codes.lad_code)) as area_code
from codes
inner join landing.files as files on codes.file_id = files.file_id
where codes.lsoa_code is not null and codes.lad_code is not null
group by codes.lsoa_code
