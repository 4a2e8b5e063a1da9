-- checks.comparators_add_up: an area and the rest of its group are together the group's own figure.
-- @about marts.comparators
-- @severity ERROR
-- @why A rest that counts an area twice, or leaves a member out, puts every comparison with the group wrong.
-- @who team:data-engineering
select
    comparators.indicator,
    comparators.group_code,
    comparators.area_code,
    comparators.value,
    comparators.rest_value,
    figures.value as group_value
from marts.comparators as comparators
inner join
    reference.group_members as members
    on comparators.group_code = members.group_code and comparators.area_code = members.area_code
inner join
    marts.figures as figures
    on
        comparators.indicator = figures.indicator
        and comparators.group_code = figures.area_code
        and comparators.end_month = figures.end_month
        and figures."window" = 'r12'
where comparators.value + comparators.rest_value is distinct from figures.value and comparators.rest_value is not null
