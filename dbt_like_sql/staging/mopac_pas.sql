-- staging.mopac_pas: MOPAC Public Attitude Survey by borough, one row a source row, with the place it is about.
-- Values of neighbouring quarters share people: the survey asks about 100 a borough and quarter, and is published for the
-- twelve months to each quarter's end.
-- @column file_id       First 12 hex digits of the landed file's sha256.
-- @column row_number    Data row in the file, 1 is the first after the header.
-- @column area_code     GSS code of the borough.
-- @column quarter_end   Last day of the quarter that the value is published for.
-- @column measure       What people were asked about, as published.
-- @column share         Share of people who agree, from 0 to 1. A quarter without a row is missing, never zero.
-- @column london_share  The same for all of London.
-- @view
select
    raw_rows.file_id,
    raw_rows.row_number,
    names.area_code,
    raw_rows.quarter_end,
    trim(raw_rows.measure) as measure,
    raw_rows.share,
    raw_rows.london_share
from raw.mopac_pas as raw_rows
left join staging.place_names as names on lower(trim(raw_rows.borough)) = names.name_key
