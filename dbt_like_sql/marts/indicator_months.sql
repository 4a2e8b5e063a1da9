-- marts.indicator_months: one row per indicator, area and month, from the newest eligible file that has the month.
-- A group's month exists only where every member has it.
-- @column indicator  Indicator slug.
-- @column area_code  GSS code of an area, or a group's own code.
-- @column month      First day of the month.
-- @column offences   Recorded offences or incidents.
-- @column source     Feed it comes from.
-- @column scheme     Category scheme.
-- @column vintage    Last month in the file it comes from.
-- @column file_id    First 12 hex digits of that file's sha256.
-- @check unique indicator, area_code, month
with newest as (
    select
        vintages.indicator,
        vintages.area_code,
        vintages.month,
        vintages.offences,
        vintages.feed as source,
        vintages.scheme,
        vintages.vintage,
        vintages.file_id
    from marts.indicator_vintages as vintages
    inner join marts.eligible_files as files on vintages.file_id = files.file_id
    inner join
        marts.indicator_feeds as feeds
        on vintages.indicator = feeds.indicator and vintages.feed = feeds.feed
    qualify
        row_number() over (
            partition by vintages.indicator, vintages.area_code, vintages.month order by files.newest_rank
        ) = 1
),

group_months as (
    select
        newest.indicator,
        members.group_code as area_code,
        newest.month,
        cast(sum(newest.offences) as bigint) as offences,
        min(newest.source) as source,
        min(newest.scheme) as scheme,
        max(newest.vintage) as vintage,
        arg_max(newest.file_id, newest.vintage) as file_id
    from newest
    inner join reference.group_members as members on newest.area_code = members.area_code
    group by newest.indicator, members.group_code, newest.month, members.group_size
    having count(*) = members.group_size
)

select * from newest
union all by name
select * from group_months
