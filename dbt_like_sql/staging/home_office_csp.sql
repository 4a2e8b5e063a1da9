-- staging.home_office_csp: Home Office recorded crime by partnership, one row a source row.
-- @column file_id           First 12 hex digits of the landed file's sha256.
-- @column row_number        Data row in the file, counted through its year sheets.
-- @column scheme            Category scheme of the file.
-- @column force             Police force.
-- @column csp_key           Partnership, trimmed, lower case: the key of staging.csp_places.
-- @column is_unassigned     Whether the force could not say which partnership; such rows belong to nobody.
-- @column quarter           First month of the quarter.
-- @column offence_group     Group as published.
-- @column offence_subgroup  Sub-group as published.
-- @column pair_key          Key of the pair in staging.offence_pairs.
-- @column offences          Recorded offences; below 0 where earlier records were cancelled or moved.
-- @view
select
    raw_rows.file_id,
    raw_rows.row_number,
    files.scheme,
    raw_rows.force,
    lower(trim(raw_rows.csp_name)) as csp_key,
    lower(trim(raw_rows.csp_name)) like 'unassigned %' as is_unassigned,
    raw_rows.quarter,
    raw_rows.offence_group,
    raw_rows.offence_subgroup,
    lower(trim(raw_rows.offence_group)) || '|' || lower(trim(coalesce(raw_rows.offence_subgroup, ''))) as pair_key,
    raw_rows.offences
from raw.home_office_csp as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
