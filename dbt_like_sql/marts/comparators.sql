-- marts.comparators: where each area stands in each comparator group by its rate of the last twelve months.
-- A group is compared with an area as the rest of its members, without the area itself; its total exists only where
-- every one of them has the figure. The board's own area is compared with every group, also one that it is not in, and
-- with the areas most like it (group 'similar'). A rank, a funnel and a position exist only where every member has the
-- figure and a population, all of one year. Twelve months that contain a comparability break have no position.
-- @through comparators
-- @column indicator        Indicator slug.
-- @column group_code       The group's own code; 'similar' for the areas of marts.similar_areas.
-- @column area_code        GSS code of the area that stands in the group.
-- @column end_month        Last of the twelve months.
-- @column value            Offences or incidents in the twelve months.
-- @column population       Residents (marts.populations).
-- @column mid_year         Year of the estimate.
-- @column rate             1,000 x value / population.
-- @column rate_low         Lower end of its 95 % interval by chance alone: Byar, exact for a count below 10.
-- @column rate_high        Upper end.
-- @column dispersion       How much more its months vary than chance (1), from 36 or 24 months since the last break.
-- @column widened_low      Lower end of the interval for crimes that cluster so.
-- @column widened_high     Upper end.
-- @column areas            Areas of the group that are ranked, this one with them.
-- @column rank             1 is the highest rate; equal rates share a rank; empty where not every member has one.
-- @column rank_low         Best claim to the top: 1 + the areas that are clearly higher.
-- @column rank_high        The other end: all less the areas that are clearly lower.
-- @column common_rate      Rate of the members together.
-- @column funnel_low       Lower 95 % limit at this population, widened by tau2; empty for fewer than 10 areas.
-- @column funnel_high      Upper 95 % limit.
-- @column funnel_low_998   Lower 99.8 % limit.
-- @column funnel_high_998  Upper 99.8 % limit.
-- @column phi              How much more areas differ than chance (1), after winsorising 10 % a side.
-- @column tau2             Variance between areas of the rate per 1,000, beyond chance.
-- @column outside          high or low where the rate is outside the 99.8 % limits, else empty.
-- @column rest_value       Offences in the rest of the group, without this area.
-- @column rest_population  Its residents.
-- @column rest_rate        Its rate per 1,000.
-- @column rest_rr          Ratio of the rates, area to rest.
-- @column rest_low         Lower end of its exact 95 % interval: how well the ratio is known, not how unusual it is.
-- @column rest_high        Upper end.
-- @column usual_low        Lower end of the 95 % range in which a rate is usual beside this rest, as areas differ.
-- @column usual_high       Upper end.
-- @column rest_position    higher, lower or similar: the rate outside or inside that range; empty where it is not known.
-- @column reason           Why there is no position, or with what in mind to read it; empty where nothing needs saying.
-- @check unique indicator, group_code, area_code
with recent_breaks as (
    select slug.indicator, max(comparability.first_month) as first_month
    from reference.comparability_breaks as comparability
    cross join unnest(string_split(comparability.indicators, ' ')) as slug (indicator)
    cross join reference.meeting as meeting
    left join marts.indicator_feeds as feeds on slug.indicator = feeds.indicator
    where
        comparability.geography = 'all' and comparability.first_month <= meeting.data_month
        and (
            coalesce(comparability.feeds, '') = ''
            or list_contains(string_split(comparability.feeds, ' '), feeds.feed)
        )
    group by slug.indicator
),

-- Whole years back from the data month, on one side of any break.
monthly as (
    select
        months.indicator,
        months.area_code,
        list(months.offences order by months.month) as three_years,
        list(months.offences order by months.month) filter (
            where months.month > meeting.data_month - interval 24 month
        ) as two_years
    from marts.indicator_months as months
    cross join reference.meeting as meeting
    left join recent_breaks on months.indicator = recent_breaks.indicator
    where
        months.month > meeting.data_month - interval 36 month and months.month <= meeting.data_month
        and (recent_breaks.first_month is null or months.month >= recent_breaks.first_month)
    group by months.indicator, months.area_code
),

members as (
    select group_code, area_code, true as member, true as shown
    from reference.group_members
    union all
    select 'similar', similar_code, true, false
    from marts.similar_areas
),

sets as (
    select group_code, area_code, member, shown
    from members
    union all
    select groups.group_code, partnership.area_code, false, true
    from (select distinct group_code from members) as groups
    cross join reference.partnership as partnership
    where (groups.group_code, partnership.area_code) not in (select (group_code, area_code) from members)
)

select
    figures.indicator,
    sets.group_code,
    sets.area_code,
    sets.member,
    sets.shown,
    figures.end_month,
    figures.value,
    populations.population,
    populations.mid_year,
    figures.quality,
    case
        when len(monthly.three_years) = 36 then monthly.three_years
        when len(monthly.two_years) = 24 then monthly.two_years
    end as months
from sets
inner join marts.figures as figures on sets.area_code = figures.area_code
inner join reference.meeting as meeting on figures.end_month = meeting.data_month
left join marts.populations as populations on sets.area_code = populations.area_code
left join monthly on figures.indicator = monthly.indicator and figures.area_code = monthly.area_code
where figures."window" = 'r12'
order by figures.indicator, sets.group_code, sets.area_code
