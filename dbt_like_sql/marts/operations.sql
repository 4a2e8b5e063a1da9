-- marts.operations: the fair test of each operation: counts, intervals calibrated by placebos, and what may be said.
-- One row per operation, offence, source and test: the operation's own months, and as many from 6 and 12 months after its
-- end, each against the same calendar months before the operation. A claim rests on calibrated intervals alone, those of
-- the difference and of the ratio together, and what stands in place of one is in `refusal`. Where nothing can be counted there is one row, with the reason.
-- @through operations
-- @column operation_id           Key of the operation.
-- @column position               Order of operations on a page.
-- @column name                   Name of the operation.
-- @column indicator              Slug of the offence.
-- @column offence_position       Order of offences on a page.
-- @column source                 Feed; empty where none counts the offence below the borough.
-- @column unit_kind              ward or small_area.
-- @column test                   operation, plus_6 or plus_12.
-- @column verdict                fell more, rose more or not told from chance; empty where nothing may be claimed.
-- @column refusal                Why there is no claim; empty where there is one.
-- @column can_say                Paragraph of what the counts show; on rows of test operation.
-- @column cannot_say             Paragraph of what must not be concluded; on rows of test operation.
-- @column claim                  What was claimed in public; else empty.
-- @column claim_source           Who claimed it, and what the claim left out.
-- @column assumed                What of the entry is assumed; empty for nothing.
-- @column claim_change_pct       The change that the claim states, in per cent.
-- @column before_start           First month of the window before.
-- @column before_end             Last month of the window before.
-- @column after_start            First month of the window after: the operation's own, or that of a later test.
-- @column after_end              Last month of the window after.
-- @column response_before        Offences in the response area before.
-- @column response_after         Offences in the response area after.
-- @column control_before         Offences in the matched areas before.
-- @column control_after          Offences in the matched areas after.
-- @column buffer_before          Offences next to the response area before.
-- @column buffer_after           Offences next to the response area after.
-- @column buffer_control_before  Offences in the areas matched to the buffer before.
-- @column buffer_control_after   Offences in the areas matched to the buffer after.
-- @column change_pct             Change in the response area in per cent; empty below the minimum base.
-- @column units                  Units of the response area, separated by blanks.
-- @column control_units          Units of its matched areas.
-- @column buffer_units           Units of the buffer.
-- @column fit                    What area and units share, as a share of both together.
-- @column local                  Change in the response area less that in the matched areas: the claim, where the ratio shows it too.
-- @column local_z                Its plain z.
-- @column local_low              Lower end of its plain 95 % interval.
-- @column local_high             Upper end.
-- @column local_calibrated_low   Lower end of the interval that placebos justify.
-- @column local_calibrated_high  Upper end.
-- @column local_p                Share of placebos at least as far from nothing.
-- @column wdd                    Weighted displacement difference: response area and buffer less their matched areas.
-- @column wdd_z                  Its plain z.
-- @column wdd_low                Lower end of its plain 95 % interval.
-- @column wdd_high               Upper end.
-- @column wdd_calibrated_low     Lower end of the interval that placebos justify.
-- @column wdd_calibrated_high    Upper end.
-- @column wdd_p                  Share of placebos at least as far from nothing.
-- @column ratio                  Difference in differences as a ratio; 1 is no difference.
-- @column ratio_z                Its plain z, of the log.
-- @column ratio_low              Lower end of its plain 95 % interval.
-- @column ratio_high             Upper end.
-- @column ratio_calibrated_low   Lower end of the interval that placebos justify.
-- @column ratio_calibrated_high  Upper end.
-- @column ratio_p                Share of placebos at least as far from nothing.
-- @column wdd_per_hectare        The difference with each area's counts over its hectares.
-- @column wdd_per_hectare_low    Lower end of its plain 95 % interval.
-- @column wdd_per_hectare_high   Upper end.
-- @column wdq                    Weighted displacement quotient; empty where it cannot be interpreted.
-- @column wdq_reason             Why it cannot be interpreted; else empty.
-- @column net_effect             Offences prevented in response area and buffer together; empty with the quotient.
-- @column placebos               How many placebo operations were made.
-- @column independent            How many independent ones they are worth: they share areas and months.
-- @column detectable_pct         Least fall in per cent that the test would claim in most placebos.
-- @column false_alarms           Share of the placebos that the plain interval of the claim calls an effect.
-- @column usual_before           Offences in the response area before at its usual share of all units' crime, that of other months.
-- @column spike                  The months before were far above that: a fall was to be expected without an operation.
-- @column windows                Windows that a claimed change may stand for, as the source holds them; empty without one.
-- @column windows_as_claimed     How many of them changed as much as the claim states.
-- @check unique operation_id, indicator, source, test
with sources as (
    select distinct
        'ward' as unit_kind,
        source,
        indicator
    from marts.ward_months
    inner join reference.partnership using (area_code)
    union all
    select distinct
        'small_area' as unit_kind,
        source,
        indicator
    from marts.small_area_months
),

wanted as (
    select
        operations.*,
        offences.indicator,
        offences.offence_position,
        offences.claim,
        offences.claim_source,
        offences.claim_change_pct,
        coalesce(sources.source, '') as source,
        coalesce(sources.unit_kind, '') as unit_kind
    from reference.operations as operations
    inner join reference.operation_offences as offences on operations.operation_id = offences.operation_id
    left join sources on offences.indicator = sources.indicator
),

dated as (
    select
        counts.*,
        counts.month - to_months(
            cast(
                dense_rank() over (
                    partition by counts.operation_id, counts.indicator, counts.source order by counts.month
                ) as integer
            )
        ) as run
    from marts.operation_counts as counts
),

-- Of a series with gaps the run of months that the operation lies in counts, else the last.
runs as (
    select
        dated.operation_id,
        dated.indicator,
        dated.source,
        dated.run
    from dated
    inner join reference.operations as operations on dated.operation_id = operations.operation_id
    group by dated.operation_id, dated.indicator, dated.source, dated.run
    qualify
        row_number() over (
            partition by dated.operation_id, dated.indicator, dated.source
            order by count(*) filter (where dated.month = operations.first_month) > 0 desc, dated.run desc
        ) = 1
),

series as (
    select
        dated.operation_id,
        dated.indicator,
        dated.source,
        dated.unit_code,
        min(dated.month) as series_start,
        list(dated.offences order by dated.month) as counts
    from dated
    inner join runs using (operation_id, indicator, source, run)
    group by all
),

-- The months of every operation by the units that it was in, those that it was in for some days with them.
present as (
    select
        units.operation_id,
        units.unit_kind,
        units.unit_code,
        unnest(
            range(
                date_trunc('month', operations.start_day)::timestamp,
                operations.end_day + interval 1 day,
                interval 1 month
            )
        )::date as month
    from marts.operation_units as units
    inner join reference.operations as operations on units.operation_id = operations.operation_id
    where units.part = 'response'
),

others as (
    select
        units.operation_id,
        units.unit_kind,
        units.unit_code,
        list(distinct present.month order by present.month) as other_months
    from marts.operation_units as units
    inner join
        present
        on
            units.operation_id <> present.operation_id
            and units.unit_kind = present.unit_kind
            and units.unit_code = present.unit_code
    group by all
),

touched as (
    select
        wanted.operation_id,
        wanted.indicator,
        wanted.source,
        list(distinct breaks.first_month order by breaks.first_month) as breaks
    from wanted
    inner join
        reference.comparability_breaks as breaks
        on
            list_contains(string_split(breaks.indicators, ' '), wanted.indicator)
            and (breaks.feeds = '' or list_contains(string_split(breaks.feeds, ' '), wanted.source))
            -- marts.ward_months never mixes two sets of wards, so that their break is inside no series.
            and (breaks.geography = 'all' or breaks.geography = 'small_area' and wanted.unit_kind = 'small_area')
    group by all
)

select
    wanted.operation_id,
    wanted.position,
    wanted.name,
    wanted.indicator,
    wanted.offence_position,
    wanted.source,
    wanted.unit_kind,
    wanted.start_day,
    wanted.first_month,
    wanted.months,
    wanted.end_day,
    wanted.registered_on,
    wanted.assumed,
    wanted.claim,
    wanted.claim_source,
    wanted.claim_change_pct,
    partnership.minimum_base,
    indicators.counted,
    case
        when regexp_matches(indicators.name, '^.[A-Z]') then indicators.name
        else lower(indicators.name[1]) || indicators.name[2:]
    end as offence,
    case
        when wanted.source = '' then ''
        when units.operation_id is null then 'No map of them is landed: land one.'
        else units.reason
    end as reason,
    case when wanted.source = '' then '' else coalesce(units.unit_code, '') end as unit_code,
    coalesce(units.part, '') as part,
    units.hectares,
    coalesce(units.near, '') as near,
    coalesce(units.touches, '') as touches,
    units.fit,
    coalesce(others.other_months, cast([] as date [])) as other_months,
    series.series_start,
    series.counts,
    coalesce(touched.breaks, cast([] as date [])) as breaks
from wanted
inner join reference.indicators as indicators on wanted.indicator = indicators.indicator
cross join reference.partnership as partnership
left join
    marts.operation_units as units
    on wanted.operation_id = units.operation_id and units.unit_kind in (wanted.unit_kind, '')
left join
    others
    on
        units.operation_id = others.operation_id
        and units.unit_kind = others.unit_kind
        and units.unit_code = others.unit_code
left join
    series
    on
        wanted.operation_id = series.operation_id
        and wanted.indicator = series.indicator
        and wanted.source = series.source
        and units.unit_code = series.unit_code
left join
    touched
    on
        wanted.operation_id = touched.operation_id
        and wanted.indicator = touched.indicator
        and wanted.source = touched.source
order by wanted.position, wanted.offence_position, wanted.source, units.unit_code
