-- staging.mps_dashboard_neighbourhoods: Met monthly crime dashboard, its Safer Neighbourhood Team (ward) rows only.
-- @column file_id           First 12 hex digits of the landed file's sha256.
-- @column row_number        Data row in the file, 1 is the first after the header.
-- @column scheme            Category scheme of the file.
-- @column area_code         GSS code of the borough; empty where the row names none.
-- @column ward_code         Ward code as published; empty where the publisher could not place the record.
-- @column ward_name         Neighbourhood name as published.
-- @column offence_group     Group or crime type as published.
-- @column offence_subgroup  Sub-group or crime sub-type as published.
-- @column pair_key          Key of the pair in staging.offence_pairs.
-- @column measure           Offences or Positive Outcomes.
-- @column month             First day of the month.
-- @column records           Offences or outcomes, as measure says.
-- @column refresh_date      When the publisher made the row.
-- @view
select
    raw_rows.file_id,
    raw_rows.row_number,
    files.scheme,
    names.area_code,
    raw_rows.area_code as ward_code,
    raw_rows.area_name as ward_name,
    raw_rows.offence_group,
    raw_rows.offence_subgroup,
    lower(trim(raw_rows.offence_group)) || '|' || lower(trim(coalesce(raw_rows.offence_subgroup, ''))) as pair_key,
    raw_rows.measure,
    raw_rows.month,
    raw_rows.records,
    raw_rows.refresh_date
from raw.mps_dashboard as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
left join staging.place_names as names on lower(trim(raw_rows.borough)) = names.name_key
where lower(raw_rows.area_type) <> 'borough'
