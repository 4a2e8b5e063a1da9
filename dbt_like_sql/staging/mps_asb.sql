-- staging.mps_asb: calls to the Met about anti-social behaviour, one row a source row, with the borough each is in.
-- Months at the ends of a file that are not whole are left out: the file says nothing about the rest of them.
-- @column file_id         First 12 hex digits of the landed file's sha256.
-- @column row_number      Data row in the file, 1 is the first after the header.
-- @column area_code       GSS code of the borough; empty for a call without a place.
-- @column month           First day of the month of the call.
-- @column incident_day    Day of the call.
-- @column opening_type_1  First opening code in words, as a rule the qualifier: personal, nuisance or environmental.
-- @column opening_type_2  Second opening code in words, as a rule one of the 13 headings.
-- @column ward_code       Code of the ward; empty for a call without a place.
-- @column incidents       What the publisher counts the row as.
-- @view
select
    raw_rows.file_id,
    raw_rows.row_number,
    names.area_code,
    cast(date_trunc('month', raw_rows.incident_day) as date) as month,
    raw_rows.incident_day,
    raw_rows.opening_type_1,
    raw_rows.opening_type_2,
    raw_rows.ward_code,
    raw_rows.incidents
from raw.mps_asb as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
left join staging.place_names as names on lower(trim(raw_rows.borough)) = names.name_key
where date_trunc('month', raw_rows.incident_day) between files.first_month and files.vintage
