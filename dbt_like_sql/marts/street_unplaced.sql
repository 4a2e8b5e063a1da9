-- marts.street_unplaced: by month, what the force's street rows cannot tell of the board's area, beside what they can.
-- Counts the rows of the newest eligible file that has the force's rows of the month, quarantined ones among them; a file
-- cut to some categories (fewer than 7 of the 14) only where there is no whole one.
-- @column month             First day of the month.
-- @column file_id           First 12 hex digits of the file's sha256.
-- @column own_rows          Rows of the force placed in the board's area.
-- @column unplaced_rows     Rows of the force without a place: not counted anywhere.
-- @column stray_rows        Rows of the force placed in another district: not counted for the board's area.
-- @column other_force       Rows of another force in the same file: not counted.
-- @column quarantined_rows  How many of all these are in quarantine, and so not counted either.
-- @column unplaced_share    unplaced_rows as a share of the force's rows; a check warns where it is unusual.
-- @check unique month
with every_row as (
    select file_id, month, falls_within, area_code, pair_key, false as is_quarantined from staging.street_crime
    union all
    select
        quarantined.file_id,
        files.vintage as month,
        json_extract_string(quarantined.row_text, '$.falls_within') as falls_within,
        coalesce(lookup.area_code, names.area_code) as area_code,
        cast(null as varchar) as pair_key,
        true as is_quarantined
    from quarantine.police_uk_street as quarantined
    inner join landing.files as files on quarantined.file_id = files.file_id
    left join
        staging.lsoa_places as lookup
        on json_extract_string(quarantined.row_text, '$.lsoa_code') = lookup.lsoa_code
    left join
        staging.place_names as names
        on
            lower(regexp_replace(json_extract_string(quarantined.row_text, '$.lsoa_name'), ' [0-9]{3}[A-Z]$', ''))
            = names.name_key
),

counted as (
    select
        every_row.month,
        every_row.file_id,
        files.newest_rank,
        count(distinct every_row.pair_key) >= 7 as is_whole,
        count(*) filter (where every_row.falls_within = partnership.force) as force_rows,
        count(*) filter (
            where every_row.falls_within = partnership.force and every_row.area_code = partnership.area_code
        ) as own_rows,
        count(*) filter (where every_row.falls_within = partnership.force and every_row.area_code is null)
            as unplaced_rows,
        count(*) filter (
            where every_row.falls_within = partnership.force and every_row.area_code <> partnership.area_code
        ) as stray_rows,
        count(*) filter (where every_row.falls_within <> partnership.force) as other_force,
        count(*) filter (where every_row.is_quarantined) as quarantined_rows
    from every_row
    inner join marts.eligible_files as files on every_row.file_id = files.file_id
    cross join reference.partnership as partnership
    group by every_row.month, every_row.file_id, files.newest_rank
)

select
    month,
    file_id,
    own_rows,
    unplaced_rows,
    stray_rows,
    other_force,
    quarantined_rows,
    cast(unplaced_rows as double) / cast(force_rows as double) as unplaced_share
from counted
where force_rows > 0
qualify row_number() over (partition by month order by is_whole desc, newest_rank) = 1
