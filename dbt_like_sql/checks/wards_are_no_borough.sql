-- checks.wards_are_no_borough: figures of a borough that were added up from wards or LSOAs.
-- @about     marts.ward_months
-- @severity  ERROR
-- @why       Some crimes have a borough and no ward: the sum of wards is not the borough's count and never stands in for it.
-- @who       team:data-engineering
select indicator, area_code, month, source
from marts.indicator_months
where source in ('mps_ward', 'mps_lsoa')
union all
select indicator, ward_code as area_code, month, source
from marts.ward_months
where ward_code in (select places.area_code from reference.places as places)
