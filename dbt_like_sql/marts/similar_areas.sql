-- marts.similar_areas: the areas of the largest group that are most like the board's own, by residents and never by crime.
-- Nearest by number of residents, their growth over up to ten years and, where maps are landed, density, distance from the
-- centre of the group's residents, and the share who live in its densest small areas. Deprivation, age and daytime
-- population are in no landed feed, so areas that are alike here may differ in all three.
-- @through similar_areas
-- @column area_code     The board's own area.
-- @column similar_code  GSS code of an area like it.
-- @column similar_name  Its name.
-- @column position      1 is the most like.
-- @column distance      Root mean square of the differences of the features, in standard deviations between the areas.
-- @column why           The features in which the two are closest and furthest.
-- @check unique similar_code
-- @check unique position
with largest as (
    select group_code
    from reference.group_members
    group by group_code, group_size
    order by group_size desc, group_code asc
    limit 1
),

candidates as (
    select areas.area_code, areas.area_name, areas.area_code = partnership.area_code as home
    from reference.areas as areas
    cross join reference.partnership as partnership
    where
        exists (select group_code from largest)
        and (
            areas.area_code = partnership.area_code
            or areas.area_code in (
                select members.area_code from reference.group_members as members inner join largest using (group_code)
            )
        )
),

-- Of two files with one year's estimate the newest landed vintage counts, as in marts.populations.
estimates as (
    select population.area_code, population.mid_year, population.population
    from staging.population as population
    inner join candidates on population.area_code = candidates.area_code
    inner join landing.files as files on population.file_id = files.file_id
    cross join reference.meeting as meeting
    where population.available_from <= case when meeting.basis = 'latest' then date '9999-12-31' else meeting.cut_day end
    qualify
        row_number() over (
            partition by population.area_code, population.mid_year
            order by files.vintage desc nulls last, files.landed_at desc, population.file_id
        ) = 1
),

now as (
    select candidates.*, populations.mid_year, populations.population
    from candidates
    left join marts.populations as populations on candidates.area_code = populations.area_code
),

-- The first year, five to ten before, that every area has.
base as (
    select min(years.mid_year) as mid_year
    from (
        select estimates.mid_year
        from estimates
        cross join (select min(mid_year) as mid_year from now) as newest
        where estimates.mid_year between newest.mid_year - 10 and newest.mid_year - 5
        group by estimates.mid_year
        having count(*) = (select count(*) from candidates)
    ) as years
),

-- Small areas (LSOAs) of the candidates, with how densely each is lived in.
small_areas as (
    select places.area_code, population.population, population.population / outline.area_hectares as density
    from marts.small_area_populations as population
    inner join staging.boundaries as outline on population.kind = outline.kind and population.code = outline.code
    inner join staging.lsoa_places as places on population.code = places.lsoa_code
    inner join candidates on places.area_code = candidates.area_code
    where population.kind = 'lsoa21' and outline.area_hectares > 0
    qualify row_number() over (partition by population.code order by population.mid_year desc) = 1
),

-- A quarter of the small areas are denser than the limit. An area whose small areas are not all there has no share.
crowded as (
    select
        small_areas.area_code,
        sum(small_areas.population) as residents,
        100.0 * sum(small_areas.population) filter (where small_areas.density >= limits.density)
        / sum(small_areas.population) as share
    from small_areas
    cross join (select quantile_cont(density, 0.75) as density from small_areas) as limits
    group by small_areas.area_code
)

select
    now.area_code,
    now.area_name,
    now.home,
    now.population,
    100
    * (
        power(cast(now.population as double) / nullif(earlier.population, 0), 1.0 / (now.mid_year - earlier.mid_year)) - 1
    ) as growth_pct,
    now.population / nullif(outline.area_hectares, 0) as residents_per_hectare,
    case
        when abs(crowded.residents - now.population) <= 0.02 * now.population then coalesce(crowded.share, 0)
    end as crowded_pct,
    outline.geometry
from now
cross join base
left join estimates as earlier on now.area_code = earlier.area_code and base.mid_year = earlier.mid_year
left join staging.boundaries as outline on now.area_code = outline.code and outline.kind = 'borough'
left join crowded on now.area_code = crowded.area_code
order by now.area_code
