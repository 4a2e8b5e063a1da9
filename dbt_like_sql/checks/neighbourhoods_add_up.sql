-- checks.neighbourhoods_add_up: months in which a borough's dashboard row is not the sum of its neighbourhood rows.
-- @about     staging.mps_dashboard_neighbourhoods
-- @severity  WARN
-- @why       The publisher makes the borough row from the neighbourhood rows; a difference is worth a look before wards are used.
-- @who       team:analysis
with neighbourhoods as (
    select
        raw_rows.file_id,
        lower(trim(raw_rows.borough)) as name_key,
        raw_rows.month,
        lower(raw_rows.offence_group) as offence_group,
        lower(raw_rows.offence_subgroup) as offence_subgroup,
        sum(raw_rows.records) filter (where lower(raw_rows.area_type) <> 'borough') as neighbourhood_records,
        sum(raw_rows.records) filter (where lower(raw_rows.area_type) = 'borough') as borough_records
    from raw.mps_dashboard as raw_rows
    inner join
        staging.place_names as names
        on lower(trim(raw_rows.borough)) = names.name_key and names.kind <> 'not_a_place'
    where raw_rows.measure = 'Offences'
    group by all
)

select * from neighbourhoods
where neighbourhood_records is not null and borough_records is not null and neighbourhood_records <> borough_records
