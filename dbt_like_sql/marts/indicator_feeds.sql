-- marts.indicator_feeds: the one feed each indicator is taken from at this meeting.
-- The first of the indicator's feeds, in order of preference, that has the data month; where none has it, the first that
-- has any month. No row: no feed has it at all. A feed of quarters counts as having no month, so months come before it.
-- @column indicator    Indicator slug.
-- @column feed         Feed its figures come from.
-- @column first_month  First month the feed's eligible files have for it.
-- @column last_month   Last such month.
-- @column period       Months that one count of the feed stands for: 1, or 3 where it counts quarters.
-- @check unique indicator
with preferences as (
    select indicators.indicator, choice.feed, choice.preference
    from reference.indicators as indicators
    cross join unnest(string_split(indicators.feeds, ' ')) with ordinality as choice (feed, preference)
),

spans as (
    select
        vintages.indicator,
        vintages.feed,
        min(vintages.month) as first_month,
        max(vintages.month) as last_month,
        1 as period,
        bool_or(vintages.month = meeting.data_month and vintages.area_code = partnership.area_code) as has_data_month
    from marts.indicator_vintages as vintages
    inner join marts.eligible_files as files on vintages.file_id = files.file_id
    cross join reference.meeting as meeting
    cross join reference.partnership as partnership
    where vintages.month <= meeting.data_month
    group by vintages.indicator, vintages.feed
    union all
    select
        quarters.indicator,
        quarters.feed,
        min(quarters.start_month) as first_month,
        max(quarters.end_month) as last_month,
        3 as period,
        false as has_data_month
    from marts.indicator_quarters as quarters
    inner join marts.eligible_files as files on quarters.file_id = files.file_id
    cross join reference.meeting as meeting
    where quarters.end_month <= meeting.data_month
    group by quarters.indicator, quarters.feed
)

select spans.indicator, spans.feed, spans.first_month, spans.last_month, spans.period
from spans
inner join preferences on spans.indicator = preferences.indicator and spans.feed = preferences.feed
qualify
    row_number() over (
        partition by spans.indicator order by spans.has_data_month desc, preferences.preference
    ) = 1
