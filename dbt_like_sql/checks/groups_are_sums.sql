-- checks.groups_are_sums: group months that are not the sum of all their members.
-- @about     marts.indicator_months
-- @severity  ERROR
-- @why       A group total exists only where every member has the figure, and is their sum.
-- @who       team:data-engineering
with members as (
    select member.indicator, groups.group_code, member.month, sum(member.offences) as offences, count(*) as members
    from marts.indicator_months as member
    inner join reference.group_members as groups on member.area_code = groups.area_code
    group by member.indicator, groups.group_code, member.month
)

select months.indicator, months.area_code, months.month, months.offences, members.offences as member_offences
from marts.indicator_months as months
inner join (select distinct group_code, group_size from reference.group_members) as sizes
    on months.area_code = sizes.group_code
left join
    members
    on
        months.indicator = members.indicator
        and months.area_code = members.group_code
        and months.month = members.month
where members.members is distinct from sizes.group_size or members.offences is distinct from months.offences
