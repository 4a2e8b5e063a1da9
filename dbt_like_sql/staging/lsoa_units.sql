-- staging.lsoa_units: the unit of every LSOA, of 2011 and of 2021: the smallest ground that is whole in both years.
-- From the ONS exact-fit lookup. Unchanged: the LSOA itself. Merged: the one LSOA of 2021 that several became. Split: all
-- parts together, since what was counted in the old LSOA cannot be divided among them. Irregular (parts of several went
-- into several): all that share ground, together.
-- @column lsoa_code    LSOA code, either year.
-- @column unit_code    Its unit: the one LSOA of 2021 it is, or the (first) LSOA of 2011 that was split.
-- @column change       unchanged, merged, split or irregular.
-- @column lsoa21_code  The LSOA of 2021 that is the whole unit; empty where the unit is several.
-- @column is_2011      Whether the code is one of 2011.
-- @column is_2021      Whether the code is one of 2021.
-- @column area_code    GSS code of the district it lies in.
-- @check unique lsoa_code
with recursive pairs as (
    select distinct lookup.lsoa11_code, lookup.lsoa21_code
    from
        (
            select raw_rows.lsoa11_code, raw_rows.lsoa21_code
            from raw.ons_lookup as raw_rows
            inner join landing.files as files on raw_rows.file_id = files.file_id
            where raw_rows.lsoa11_code is not null and raw_rows.lsoa21_code is not null
            -- A newer lookup speaks for the LSOAs it has, and for no others.
            qualify
                dense_rank() over (partition by raw_rows.lsoa11_code order by files.landed_at desc, files.file_id) = 1
        ) as lookup
),

-- Few LSOAs of 2021 have more than one origin; only they can tie LSOAs of 2011 together.
tied as (
    select lsoa11_code, lsoa21_code
    from pairs
    qualify count(*) over (partition by lsoa21_code) > 1
),

reached as (
    select lsoa11_code as start_code, lsoa11_code as end_code
    from tied
    union
    select reached.start_code, onward.lsoa11_code as end_code
    from reached
    inner join tied as step on reached.end_code = step.lsoa11_code
    inner join tied as onward on step.lsoa21_code = onward.lsoa21_code
),

firsts as (
    select start_code, min(end_code) as first_code
    from reached
    group by start_code
),

grouped as (
    select pairs.lsoa11_code, pairs.lsoa21_code, coalesce(firsts.first_code, pairs.lsoa11_code) as first_code
    from pairs
    left join firsts on pairs.lsoa11_code = firsts.start_code
),

units as (
    select
        first_code,
        case when count(distinct lsoa21_code) = 1 then min(lsoa21_code) else first_code end as unit_code,
        case when count(distinct lsoa21_code) = 1 then min(lsoa21_code) end as lsoa21_code,
        case
            when count(*) = 1 then 'unchanged'
            when count(distinct lsoa21_code) = 1 then 'merged'
            when count(distinct lsoa11_code) = 1 then 'split'
            else 'irregular'
        end as change
    from grouped
    group by first_code
),

codes as (
    select lsoa11_code as lsoa_code, first_code, true as is_2011, false as is_2021 from grouped
    union all
    select lsoa21_code as lsoa_code, first_code, false as is_2011, true as is_2021 from grouped
)

select
    codes.lsoa_code,
    units.unit_code,
    units.change,
    units.lsoa21_code,
    bool_or(codes.is_2011) as is_2011,
    bool_or(codes.is_2021) as is_2021,
    any_value(places.area_code) as area_code
from codes
inner join units on codes.first_code = units.first_code
left join staging.lsoa_places as places on codes.lsoa_code = places.lsoa_code
group by codes.lsoa_code, units.unit_code, units.change, units.lsoa21_code
