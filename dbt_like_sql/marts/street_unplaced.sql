-- marts.street_unplaced: by month, what the force's street rows cannot tell of the board's area, beside what they can.
-- Counted in the newest eligible file that has the force's rows of the month.
-- @column month           First day of the month.
-- @column file_id         First 12 hex digits of the file's sha256.
-- @column own_rows        Rows of the force placed in the board's area: these are counted.
-- @column unplaced_rows   Rows of the force without a place: not counted anywhere.
-- @column stray_rows      Rows of the force placed in another district: not counted for the board's area.
-- @column other_force     Rows of another force in the same file: not counted.
-- @column unplaced_share  unplaced_rows as a share of the force's rows, printed beside every small-area figure.
-- @check unique month
with counted as (
    select
        street.month,
        street.file_id,
        files.newest_rank,
        count(*) filter (where street.falls_within = partnership.force) as force_rows,
        count(*) filter (where street.falls_within = partnership.force and street.area_code = partnership.area_code)
            as own_rows,
        count(*) filter (where street.falls_within = partnership.force and street.area_code is null) as unplaced_rows,
        count(*) filter (where street.falls_within = partnership.force and street.area_code <> partnership.area_code)
            as stray_rows,
        count(*) filter (where street.falls_within <> partnership.force) as other_force
    from staging.street_crime as street
    inner join marts.eligible_files as files on street.file_id = files.file_id
    cross join reference.partnership as partnership
    group by street.month, street.file_id, files.newest_rank
)

select
    month,
    file_id,
    own_rows,
    unplaced_rows,
    stray_rows,
    other_force,
    cast(unplaced_rows as double) / cast(force_rows as double) as unplaced_share
from counted
where force_rows > 0
qualify row_number() over (partition by month order by newest_rank) = 1
