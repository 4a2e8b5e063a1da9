-- marts.eligible_files: the loaded files this meeting's figures may come from, newest first within a feed.
-- As-at keeps what was available on the cut day; latest keeps everything landed. Either way only the meeting's scheme
-- stays: the one asked for, else the one in force in the newest file at the data cut, else the newest landed.
-- @column file_id      First 12 hex digits of the landed file's sha256.
-- @column feed         Feed the file belongs to.
-- @column scheme       Category scheme, the same for every row of a feed.
-- @column vintage      Last month in the file.
-- @column newest_rank  1 is the newest: later refresh date in the file, later vintage, 24-month before historical file, later publication, later landing.
-- @check unique file_id
-- @check unique feed, newest_rank
with loaded as (
    select
        files.file_id,
        files.feed,
        files.scheme,
        files.vintage,
        meeting.scheme_asked,
        coalesce(files.available_from <= meeting.cut_day, false) as available_at_cut,
        meeting.basis = 'latest' as takes_all,
        row_number() over (
            partition by files.feed
            order by
                files.refreshed desc nulls last,
                files.vintage desc nulls last,
                files.historical,
                files.available_from desc nulls last,
                files.landed_at desc,
                files.file_id
        ) as landed_rank
    from landing.files as files
    inner join landing.loads as loads on files.file_id = loads.file_id and not loads.held
    cross join reference.meeting as meeting
),

families as (
    select distinct family, scheme from reference.offence_aliases
),

in_force as (
    select
        loaded.feed,
        case
            -- A scheme that was asked for binds the feeds of its publisher, also where none of their files has it.
            when bool_or(asked.family = own.family) then max(loaded.scheme_asked)
            else
                coalesce(
                    arg_min(loaded.scheme, loaded.landed_rank) filter (where loaded.available_at_cut),
                    arg_min(loaded.scheme, loaded.landed_rank)
                )
        end as scheme
    from loaded
    left join families as own on loaded.scheme = own.scheme
    left join families as asked on loaded.scheme_asked = asked.scheme
    group by loaded.feed
)

select
    loaded.file_id,
    loaded.feed,
    loaded.scheme,
    loaded.vintage,
    row_number() over (partition by loaded.feed order by loaded.landed_rank) as newest_rank
from loaded
inner join in_force on loaded.feed = in_force.feed and loaded.scheme is not distinct from in_force.scheme
where loaded.takes_all or loaded.available_at_cut
