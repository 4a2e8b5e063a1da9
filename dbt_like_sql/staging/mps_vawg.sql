-- staging.mps_vawg: Met violence against women and girls, one row a source row, with the place it is about.
-- A borough and month stand in several rows, by ward and month committed: sum them.
-- @column file_id          First 12 hex digits of the landed file's sha256.
-- @column row_number       Data row in the file, 1 is the first after the header.
-- @column area_code        GSS code of the borough; empty for the Met's rows that are not places.
-- @column ward_name        Ward as published; empty where the publisher could not place it.
-- @column month            First day of the month in which the offences were recorded.
-- @column month_committed  First day of the month in which they were committed; empty where it is not known.
-- @column offences         Recorded offences. A borough without a row in a month had none.
-- @view
select
    raw_rows.file_id,
    raw_rows.row_number,
    names.area_code,
    raw_rows.ward_name,
    raw_rows.month,
    raw_rows.month_committed,
    raw_rows.offences
from raw.mps_vawg as raw_rows
left join staging.place_names as names on lower(trim(raw_rows.borough)) = names.name_key
