-- marts.eligible_files: the loaded files this meeting's figures may come from, newest first within a feed.
-- As-at keeps what was available on the as-at day; latest keeps everything landed. Either way only the meeting's scheme
-- stays: the one asked for, else the one in force in the newest file at the data cut, else the newest landed.
-- @column file_id      First 12 hex digits of the landed file's sha256.
-- @column feed         Feed the file belongs to.
-- @column scheme       Category scheme, the same for every row of a feed.
-- @column vintage      Last month in the file.
-- @column newest_rank  1 is the newest: later vintage, then 24-month before historical file, then later refresh, then later landing.
-- @check unique file_id
-- @check unique feed, newest_rank
with loaded as (
    select
        files.file_id,
        files.feed,
        files.scheme,
        files.vintage,
        files.historical,
        files.refreshed,
        files.landed_at,
        meeting.scheme_asked,
        coalesce(files.available_from <= meeting.cut_day, false) as available_at_cut,
        meeting.basis = 'latest' as takes_all
    from landing.files as files
    inner join landing.loads as loads on files.file_id = loads.file_id and not loads.held
    cross join reference.meeting as meeting
),

in_force as (
    select
        feed,
        coalesce(
            max(scheme) filter (where scheme = scheme_asked),
            arg_max(scheme, (vintage, not historical, landed_at)) filter (where available_at_cut),
            arg_max(scheme, (vintage, not historical, landed_at))
        ) as scheme
    from loaded
    group by feed
)

select
    loaded.file_id,
    loaded.feed,
    loaded.scheme,
    loaded.vintage,
    row_number() over (
        partition by loaded.feed
        order by
            loaded.vintage desc nulls last,
            loaded.historical,
            loaded.refreshed desc nulls last,
            loaded.landed_at desc,
            loaded.file_id
    ) as newest_rank
from loaded
inner join in_force on loaded.feed = in_force.feed and loaded.scheme is not distinct from in_force.scheme
where loaded.takes_all or loaded.available_at_cut
