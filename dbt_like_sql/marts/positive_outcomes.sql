-- marts.positive_outcomes: positive outcomes a year beside the offences of the same twelve months, by indicator and area.
-- Both from one file of the Met's dashboard, the newest eligible that has all twelve months. An outcome is counted in the
-- month it was reached and belongs to an offence recorded earlier, often before the window: share is outcomes per offence
-- of the same twelve months, no proportion of those offences that was followed up, and outcomes can be more than offences.
-- A borough without a row had none. A group's exist only where every member has them.
-- @through positive_outcomes
-- @column indicator    Indicator slug.
-- @column area_code    GSS code of an area, or a group's own code.
-- @column window       Always r12, the twelve months to the data month.
-- @column start_month  First month of the window.
-- @column end_month    Last month of the window, the data month.
-- @column offences     Recorded offences in the window, by the dashboard; empty where no file has all its months.
-- @column outcomes     Positive outcomes in the window, whenever the offence was recorded.
-- @column share        outcomes / offences, from 0 to 1; empty where there are no offences, or more outcomes than offences.
-- @column low          Lower end of Wilson's 95 % interval of share.
-- @column high         Upper end of it.
-- @column source       Feed both counts come from.
-- @column scheme       Category scheme of the file.
-- @column vintage      Last month in the file.
-- @column file_id      First 12 hex digits of the file's sha256.
-- @column quality      Empty, or in words what must be said beside share or in place of it.
-- @check unique indicator, area_code
with spans as (
    select
        data_month as end_month,
        cast(data_month - interval 11 month as date) as start_month
    from reference.meeting
),

counted as (
    select
        rows_of.file_id,
        pairs.indicator,
        rows_of.area_code,
        rows_of.month,
        rows_of.measure = 'Offences' as is_offences,
        sum(rows_of.records) as records
    from staging.mps_dashboard_boroughs as rows_of
    inner join
        staging.offence_pairs as pairs
        on rows_of.scheme = pairs.scheme and rows_of.pair_key = pairs.pair_key
    where rows_of.area_code is not null
    group by all
),

-- A file speaks of an indicator's outcomes only if it has any, and from the first month in which both offence and outcome
-- occur anywhere.
carried as (
    select
        counted.indicator,
        counted.file_id,
        eligible.newest_rank,
        eligible.vintage,
        eligible.feed,
        eligible.scheme,
        greatest(
            min(counted.month) filter (where counted.is_offences),
            min(counted.month) filter (where not counted.is_offences)
        ) as first_month
    from counted
    inner join marts.eligible_files as eligible on counted.file_id = eligible.file_id
    group by all
    having bool_or(counted.is_offences) and not bool_and(counted.is_offences)
),

chosen as (
    select carried.*, carried.first_month <= spans.start_month and carried.vintage >= spans.end_month as covers, spans.*
    from carried
    cross join spans
    qualify row_number() over (partition by carried.indicator order by covers desc, carried.newest_rank) = 1
),

areas as (
    select distinct counted.file_id, counted.area_code
    from counted
    inner join reference.areas as wanted on counted.area_code = wanted.area_code
),

area_sums as (
    select
        chosen.indicator,
        areas.area_code,
        chosen.file_id,
        case when chosen.covers then coalesce(sum(counted.records) filter (where counted.is_offences), 0) end as offences,
        case when chosen.covers then coalesce(sum(counted.records) filter (where not counted.is_offences), 0) end
            as outcomes
    from chosen
    inner join areas on chosen.file_id = areas.file_id
    left join
        counted
        on
            chosen.file_id = counted.file_id
            and chosen.indicator = counted.indicator
            and areas.area_code = counted.area_code
            and counted.month between chosen.start_month and chosen.end_month
    group by chosen.indicator, areas.area_code, chosen.file_id, chosen.covers
),

sums as (
    select indicator, area_code, file_id, offences, outcomes from area_sums
    union all by name
    select
        area_sums.indicator,
        members.group_code as area_code,
        area_sums.file_id,
        sum(area_sums.offences) as offences,
        sum(area_sums.outcomes) as outcomes
    from area_sums
    inner join reference.group_members as members on area_sums.area_code = members.area_code
    group by area_sums.indicator, members.group_code, area_sums.file_id, members.group_size
    having count(*) = members.group_size
),

breaks as (
    select slug.indicator, min(comparability.break) as break_name
    from reference.comparability_breaks as comparability
    cross join unnest(string_split(comparability.indicators, ' ')) as slug (indicator)
    cross join spans
    where
        comparability.geography = 'all'
        and (coalesce(comparability.feeds, '') = '' or list_contains(string_split(comparability.feeds, ' '), 'mps_dashboard'))
        and spans.start_month < comparability.first_month
        and comparability.first_month <= spans.end_month
    group by slug.indicator
)

select
    sums.indicator,
    sums.area_code,
    'r12' as "window",
    chosen.start_month,
    chosen.end_month,
    cast(sums.offences as bigint) as offences,
    cast(sums.outcomes as bigint) as outcomes,
    chosen.feed as source,
    chosen.scheme,
    chosen.vintage,
    sums.file_id,
    concat_ws(
        '; ',
        case
            when sums.offences is null and chosen.vintage < chosen.end_month
                then 'missing feed: figures end ' || strftime(chosen.vintage, '%Y-%m')
            when sums.offences is null
                then 'missing feed: figures start ' || strftime(chosen.first_month, '%Y-%m')
            when sums.offences = 0 then 'no offences'
            when sums.outcomes > sums.offences
                then 'more outcomes than offences: some belong to offences of earlier months'
            when sums.offences < partnership.minimum_base
                then 'small base: fewer than ' || partnership.minimum_base || ' offences'
        end,
        case when sums.offences is not null then 'contains break: ' || breaks.break_name end
    ) as quality
from sums
inner join chosen on sums.indicator = chosen.indicator
cross join reference.partnership as partnership
left join breaks on sums.indicator = breaks.indicator
order by sums.indicator, sums.area_code
