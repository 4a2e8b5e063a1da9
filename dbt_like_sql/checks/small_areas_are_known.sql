-- checks.small_areas_are_known: wards of an eligible file that stand under no borough, and LSOAs of the board's own area that no lookup has.
-- @about     marts.small_area_months
-- @severity  WARN
-- @why       Such a ward is on no borough's map, and such an LSOA cannot be followed from 2011 to 2021: land the newest ONS lookup.
-- @who       team:analysis
select ward_rows.file_id, ward_rows.ward_code as code, sum(ward_rows.offences) as offences
from staging.mps_ward as ward_rows
inner join marts.eligible_files as files on ward_rows.file_id = files.file_id
left join staging.ward_places as places on ward_rows.ward_code = places.ward_code
where ward_rows.ward_code is not null and places.ward_code is null
group by ward_rows.file_id, ward_rows.ward_code
having count(ward_rows.area_code) = 0
union all
select months.file_id, months.unit_code as code, sum(months.offences) as offences
from marts.small_area_months as months
left join staging.lsoa_units as units on months.unit_code = units.unit_code
where units.unit_code is null
group by months.file_id, months.unit_code
