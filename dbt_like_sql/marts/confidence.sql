-- marts.confidence: trust and confidence in the police by area and quarter, from a survey: context beside the figures.
-- From the newest eligible file of the survey. The file does not say how many people were asked, so no interval can be
-- given and nothing is said to have changed. Quarters up to the data month; one that is not there is a gap, never zero.
-- @column measure       What people were asked about, as published.
-- @column area_code     GSS code of the area.
-- @column quarter_end   Last day of the quarter that the value is published for.
-- @column share         Share of people who agree, from 0 to 1.
-- @column london_share  The same for all of London, the area among it.
-- @column source        Feed it comes from.
-- @column vintage       Last month in the file it comes from.
-- @column file_id       First 12 hex digits of that file's sha256.
-- @check unique measure, area_code, quarter_end
select
    survey.measure,
    survey.area_code,
    survey.quarter_end,
    survey.share,
    survey.london_share,
    files.feed as source,
    files.vintage,
    survey.file_id
from staging.mopac_pas as survey
inner join marts.eligible_files as files on survey.file_id = files.file_id and files.newest_rank = 1
inner join reference.areas as areas on survey.area_code = areas.area_code
cross join reference.meeting as meeting
where survey.quarter_end < meeting.data_month + interval 1 month
