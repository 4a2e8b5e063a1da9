-- staging.mps_lsoa: Met recorded crime by LSOA, one row per source cell, with the borough it stands under.
-- @column file_id           First 12 hex digits of the landed file's sha256.
-- @column row_number        Data row in the file, 1 is the first after the header.
-- @column scheme            Category scheme of the file.
-- @column lsoa_code         LSOA, of 2011 or 2021, as the file has it.
-- @column area_code         GSS code of the borough the row stands under, which the file gives as a code or a name.
-- @column offence_group     Group as published.
-- @column offence_subgroup  Sub-group as published.
-- @column pair_key          Key of the pair in staging.offence_pairs.
-- @column month             First day of the month.
-- @column offences          Recorded offences. Most cells of 0 are not here: absent means none.
-- @view
select
    raw_rows.file_id,
    raw_rows.row_number,
    files.scheme,
    trim(raw_rows.lsoa_code) as lsoa_code,
    nullif(coalesce(places.area_code, names.area_code), '') as area_code,
    raw_rows.offence_group,
    raw_rows.offence_subgroup,
    lower(trim(raw_rows.offence_group)) || '|' || lower(trim(raw_rows.offence_subgroup)) as pair_key,
    raw_rows.month,
    raw_rows.offences
from raw.mps_lsoa as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
left join reference.places as places on upper(trim(raw_rows.borough)) = places.area_code and places.area_code <> ''
left join staging.place_names as names on lower(trim(raw_rows.borough)) = names.name_key
