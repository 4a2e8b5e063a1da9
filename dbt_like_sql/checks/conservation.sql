-- checks.conservation: files in which rows read are not rows loaded plus rows quarantined.
-- @about     marts.indicator_vintages
-- @severity  ERROR
-- @why       Nothing is lost: every row of a landed file is either in the warehouse or in quarantine with a reason.
-- @who       team:data-engineering
select loads.file_id, files.name, loads.rows_read, loads.rows_loaded, loads.rows_quarantined
from landing.loads as loads
inner join landing.files as files on loads.file_id = files.file_id
where loads.rows_read <> loads.rows_loaded + loads.rows_quarantined
