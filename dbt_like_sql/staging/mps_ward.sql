-- staging.mps_ward: Met recorded crime by ward, one row per source cell, with the borough it stands under.
-- The Met books crimes at the airports by their own command, so a ward can stand under its borough and under none.
-- @column file_id           First 12 hex digits of the landed file's sha256.
-- @column row_number        Data row in the file, 1 is the first after the header.
-- @column scheme            Category scheme of the file.
-- @column ward_code         Ward as the file has it, of old or new boundaries; empty where it gives none.
-- @column ward_name         Its name as published.
-- @column area_code         GSS code of the borough the row stands under; empty for what is not a place.
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
    trim(raw_rows.ward_code) as ward_code,
    trim(raw_rows.ward_name) as ward_name,
    nullif(names.area_code, '') as area_code,
    raw_rows.offence_group,
    raw_rows.offence_subgroup,
    lower(trim(raw_rows.offence_group)) || '|' || lower(trim(raw_rows.offence_subgroup)) as pair_key,
    raw_rows.month,
    raw_rows.offences
from raw.mps_ward as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
left join staging.place_names as names on lower(trim(raw_rows.borough)) = names.name_key
