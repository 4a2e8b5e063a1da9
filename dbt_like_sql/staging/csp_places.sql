-- staging.csp_places: the districts of each Community Safety Partnership that the Home Office counts.
-- A partnership is the district of its name, unless reference.csp_areas says otherwise.
-- @column csp_key          Partnership, trimmed, lower case.
-- @column area_code        GSS code of a district it covers, wholly or in part.
-- @column is_listed        Whether reference.csp_areas says so; else the name does.
-- @column is_whole         Whether every partnership that covers the district covers nothing else.
-- @column parts            Listed partnerships that make up the district together; 0 where its name does.
-- @column incomplete_from  Month from which the count of the district is not whole, by the publisher's notes.
-- @check unique csp_key, area_code
with listed as (
    select lower(trim(areas.csp_name)) as csp_key, covered.area_code, areas.incomplete_from
    from reference.csp_areas as areas
    cross join unnest(string_split(areas.area_codes, ' ')) as covered (area_code)
),

pairs as (
    select
        csp_key,
        area_code,
        incomplete_from,
        area_code <> '' as is_listed,
        count(*) over (partition by csp_key) as districts
    from listed
    union all
    select
        names.name_key as csp_key,
        names.area_code,
        cast(null as date) as incomplete_from,
        false as is_listed,
        1 as districts
    from staging.place_names as names
    where names.kind <> 'not_a_place' and names.name_key not in (select listed.csp_key from listed)
)

select
    csp_key,
    area_code,
    is_listed,
    max(districts) over (partition by area_code) = 1 as is_whole,
    count(*) filter (where is_listed) over (partition by area_code) as parts,
    min(incomplete_from) over (partition by area_code) as incomplete_from
from pairs
where area_code <> ''
