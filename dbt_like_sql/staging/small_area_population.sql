-- staging.small_area_population: ONS mid-year population of LSOAs, one row per source row, with the day each was out.
-- @column file_id         First 12 hex digits of the landed file's sha256.
-- @column row_number      Data row in the file, 1 is the first after the header.
-- @column lsoa21_code     GSS code of the LSOA of 2021.
-- @column mid_year        The estimate is for 30 June of this year.
-- @column population      Residents, all ages.
-- @column available_from  18 months after mid-year, as for districts, so that a ward's rate and its borough's use one year; later where a sidecar dates the file later.
-- @view
select
    raw_rows.file_id,
    raw_rows.row_number,
    raw_rows.lsoa21_code,
    raw_rows.mid_year,
    raw_rows.population,
    greatest(make_date(raw_rows.mid_year + 1, 12, 31), files.available_from) as available_from
from raw.ons_population_lsoa as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
