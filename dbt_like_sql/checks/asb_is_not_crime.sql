-- checks.asb_is_not_crime: published pairs that count both as anti-social behaviour and towards a crime indicator.
-- @about     staging.offence_pairs
-- @severity  ERROR
-- @why       Anti-social behaviour is incidents, not offences: it is never part of a crime total.
-- @who       team:analysis
select asb.scheme, asb.pair_key, crime.indicator
from staging.offence_pairs as asb
inner join staging.offence_pairs as crime on asb.scheme = crime.scheme and asb.pair_key = crime.pair_key
where asb.indicator = 'asb_incidents' and crime.indicator <> 'asb_incidents'
