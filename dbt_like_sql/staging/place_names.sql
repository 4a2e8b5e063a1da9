-- staging.place_names: every spelling a publisher uses for a place, as one lower-case key.
-- @column name_key   The spelling, trimmed, lower case.
-- @column area_code  GSS code of the place; empty for what is not a place (airports, unknown).
-- @column area_name  The name this project prints.
-- @column kind       borough, district or not_a_place.
-- @check unique name_key
select distinct
    lower(trim(spelling.name)) as name_key,
    places.area_code,
    places.area_name,
    places.kind
from reference.places as places
cross join
    unnest(list_append(string_split(coalesce(places.names, ''), '|'), places.area_name)) as spelling (name)
where trim(spelling.name) <> ''
