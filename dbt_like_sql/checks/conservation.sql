-- checks.conservation: landed files in which rows read are not rows loaded plus rows quarantined, or that were never loaded.
-- @about     marts.indicator_vintages
-- @severity  ERROR
-- @why       Nothing is lost: every row of a landed file is either in the warehouse or in quarantine with a reason.
-- @who       team:data-engineering
select files.file_id, files.name, files.rows, loads.rows_read, loads.rows_loaded, loads.rows_quarantined
from landing.files as files
left join landing.loads as loads on files.file_id = loads.file_id
where
    files.is_loaded
    and (
        files.rows is distinct from loads.rows_read
        or loads.rows_read is distinct from loads.rows_loaded + loads.rows_quarantined
    )
