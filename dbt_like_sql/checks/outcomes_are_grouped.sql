-- checks.outcomes_are_grouped: outcomes of street crimes that reference/outcome_groups.csv does not have.
-- @about     marts.street_outcomes
-- @severity  WARN
-- @why       Such crimes stand under 'Not grouped yet' and in no group that means anything; add the name to the file.
-- @who       team:analysis
select raw_rows.last_outcome, count(*) as crimes
from raw.police_uk_street as raw_rows
inner join marts.eligible_files as files on raw_rows.file_id = files.file_id
left join reference.outcome_groups as groups on lower(trim(raw_rows.last_outcome)) = lower(groups.outcome)
where coalesce(trim(raw_rows.last_outcome), '') <> '' and groups.outcome is null
group by raw_rows.last_outcome
