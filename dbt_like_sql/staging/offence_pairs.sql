-- staging.offence_pairs: which published (group, sub-group) pairs an indicator is the sum of.
-- @column family            Whose categories these are: mps_recorded, mps_dashboard or police_uk.
-- @column scheme            The publisher's category scheme; pairs of two schemes never meet.
-- @column offence_group     Group as published.
-- @column offence_subgroup  Sub-group as published; empty where the publisher has none.
-- @column pair_key          Group and sub-group in lower case, the key that rows are joined on within a scheme.
-- @column indicator         Indicator that the pair counts towards.
-- @check unique scheme, pair_key, indicator
select distinct
    aliases.family,
    aliases.scheme,
    lower(trim(aliases.offence_group)) as offence_group,
    lower(trim(coalesce(aliases.offence_subgroup, ''))) as offence_subgroup,
    lower(trim(aliases.offence_group)) || '|' || lower(trim(coalesce(aliases.offence_subgroup, ''))) as pair_key,
    slug.indicator
from reference.offence_aliases as aliases
cross join unnest(string_split(coalesce(aliases.indicators, ''), ' ')) as slug (indicator)
where slug.indicator <> ''
