-- staging.population: ONS mid-year population, one row per source row, with the day each estimate was out.
-- @column file_id         First 12 hex digits of the landed file's sha256.
-- @column row_number      Data row in the file, 1 is the first after the header.
-- @column area_code       GSS code.
-- @column mid_year        The estimate is for 30 June of this year.
-- @column population      Residents, all ages.
-- @column available_from  18 months after mid-year, so a paper of May 2023 uses mid-2021; later where a sidecar dates the file later.
-- @view
select
    raw_rows.file_id,
    raw_rows.row_number,
    raw_rows.area_code,
    raw_rows.mid_year,
    raw_rows.population,
    greatest(make_date(raw_rows.mid_year + 1, 12, 31), files.available_from) as available_from
from raw.ons_population as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
