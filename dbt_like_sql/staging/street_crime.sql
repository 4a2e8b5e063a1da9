-- staging.street_crime: data.police.uk street rows, one row per source row, with the district each was placed in.
-- The ONS lookup gives the district; without a lookup the name of the LSOA does ('Camden 027C' lies in Camden).
-- @column file_id       First 12 hex digits of the landed file's sha256.
-- @column row_number    Data row in the file, 1 is the first after the header.
-- @column crime_key     The Crime ID, stored as 16 bytes; empty for ASB and British Transport Police.
-- @column month         First day of the month.
-- @column reported_by   Force that recorded it.
-- @column falls_within  Force area it is published under.
-- @column area_code     GSS code of the district; empty for a row without a place.
-- @column longitude     WGS 84 degrees of the snap point that stands for the place; empty for a row without one.
-- @column latitude      WGS 84 degrees of the snap point that stands for the place; empty for a row without one.
-- @column location      Name of the snap point, such as 'On or near High Street'.
-- @column lsoa_code     LSOA code, of 2011 or 2021 by file.
-- @column crime_type    data.police.uk category.
-- @column pair_key      Key of the category in staging.offence_pairs.
-- @column last_outcome  Last outcome category at publication.
-- @view
select
    raw_rows.file_id,
    raw_rows.row_number,
    raw_rows.crime_key,
    raw_rows.month,
    raw_rows.reported_by,
    raw_rows.falls_within,
    coalesce(lookup.area_code, names.area_code) as area_code,
    raw_rows.longitude,
    raw_rows.latitude,
    raw_rows.location,
    raw_rows.lsoa_code,
    raw_rows.crime_type,
    lower(trim(raw_rows.crime_type)) || '|' as pair_key,
    raw_rows.last_outcome
from raw.police_uk_street as raw_rows
left join staging.lsoa_places as lookup on raw_rows.lsoa_code = lookup.lsoa_code
left join
    staging.place_names as names
    on lower(regexp_replace(raw_rows.lsoa_name, ' [0-9]{3}[A-Z]$', '')) = names.name_key
