-- staging.mps_borough: Met recorded crime by borough, one row per source cell, with the place it is about.
-- @column file_id           First 12 hex digits of the landed file's sha256.
-- @column row_number        Data row in the file, 1 is the first after the header.
-- @column scheme            Category scheme of the file.
-- @column area_code         GSS code; empty for the Met's rows that are not places.
-- @column offence_group     Group as published.
-- @column offence_subgroup  Sub-group as published.
-- @column pair_key          Key of the pair in staging.offence_pairs.
-- @column month             First day of the month.
-- @column offences          Recorded offences. A borough without a row for a pair had none.
-- @view
select
    raw_rows.file_id,
    raw_rows.row_number,
    files.scheme,
    names.area_code,
    raw_rows.offence_group,
    raw_rows.offence_subgroup,
    lower(trim(raw_rows.offence_group)) || '|' || lower(trim(raw_rows.offence_subgroup)) as pair_key,
    raw_rows.month,
    raw_rows.offences
from raw.mps_borough as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
left join staging.place_names as names on lower(trim(raw_rows.borough)) = names.name_key
