-- checks.home_office_unassigned: quarters in which a force of the figures' areas could not say where more than a twentieth of its crimes were.
-- The newest four quarters of the newest file. Such crimes belong to no partnership, so the counts of some are too low.
-- @about     staging.home_office_csp
-- @severity  WARN
-- @why       A force whose records lost their place counts too few crimes in some districts; the Home Office's notes say which.
-- @who       team:analysis
with forces as (
    select distinct counted.force
    from staging.home_office_csp as counted
    inner join staging.csp_places as places on counted.csp_key = places.csp_key
    inner join reference.areas as areas on places.area_code = areas.area_code
),

shares as (
    select
        counted.force,
        counted.quarter,
        sum(counted.offences) as offences,
        coalesce(sum(counted.offences) filter (where counted.is_unassigned), 0) as unassigned_offences,
        row_number() over (partition by counted.force order by counted.quarter desc) as quarters_back
    from staging.home_office_csp as counted
    inner join forces on counted.force = forces.force
    inner join marts.eligible_files as files on counted.file_id = files.file_id and files.newest_rank = 1
    group by counted.force, counted.quarter
)

select shares.force, strftime(shares.quarter, '%Y-%m') as start_month, offences, unassigned_offences
from shares
where quarters_back <= 4 and unassigned_offences > 0.05 * offences
