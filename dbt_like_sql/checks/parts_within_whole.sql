-- checks.parts_within_whole: months in which a part is larger than the whole it belongs to.
-- @about     marts.indicator_months
-- @severity  ERROR
-- @why       A sub-group larger than its group means that a category was read under the wrong name.
-- @who       team:analysis
with nested (part, whole) as (
    values
    ('residential_burglary', 'burglary'),
    ('non_residential_burglary', 'burglary'),
    ('personal_robbery', 'robbery'),
    ('violence_with_injury', 'violence_against_the_person'),
    ('burglary', 'total_notifiable_offences'),
    ('robbery', 'total_notifiable_offences'),
    ('theft', 'total_notifiable_offences'),
    ('vehicle_offences', 'total_notifiable_offences'),
    ('violence_against_the_person', 'total_notifiable_offences'),
    ('knife_crime_with_injury', 'knife_crime'),
    ('lethal_barrelled_discharge', 'gun_crime'),
    ('domestic_abuse_violence_with_injury', 'domestic_abuse_offences')
)

select nested.part, nested.whole, parts.area_code, parts.month, parts.offences, wholes.offences as whole_offences
from nested
inner join marts.indicator_months as parts on nested.part = parts.indicator
inner join
    marts.indicator_months as wholes
    on
        nested.whole = wholes.indicator
        and parts.area_code = wholes.area_code
        and parts.month = wholes.month
        and parts.file_id = wholes.file_id
where parts.offences > wholes.offences
