-- staging.population: ONS mid-year population, the newest landed estimate of each year.
-- @column area_code       GSS code.
-- @column mid_year        The estimate is for 30 June of this year.
-- @column population      Residents, all ages.
-- @column available_from  Day it was out: 18 months after mid-year, so a paper of May 2023 uses mid-2021.
-- @column file_id         First 12 hex digits of the landed file's sha256.
-- @check unique area_code, mid_year
select
    raw_rows.area_code,
    raw_rows.mid_year,
    raw_rows.population,
    make_date(raw_rows.mid_year + 1, 12, 31) as available_from,
    raw_rows.file_id
from raw.ons_population as raw_rows
inner join landing.files as files on raw_rows.file_id = files.file_id
qualify
    row_number() over (
        partition by raw_rows.area_code, raw_rows.mid_year
        order by files.vintage desc nulls last, files.landed_at desc, raw_rows.file_id
    ) = 1
