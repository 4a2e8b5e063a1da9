"""The tables that single charts and pages read besides the figures: a query each, and the marts behind it.

What is here: `TABLES`, in the order of the marts. What is not: figures and monthly series, which every chart has
(data.py), and how a table is drawn (charts/).
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from safer_assets.models.sql import read_tables
from safer_assets.warehouse import Connection

TABLES: Final[Mapping[str, str]] = {
    "evidence": """
        select evidence.*
        from marts.evidence as evidence
        inner join reference.indicators as indicators using (indicator)
        where evidence.area_code in (
            select area_code from reference.partnership union select group_code from reference.group_members
        )
        order by indicators.position, evidence.area_code, evidence."window", evidence.end_month
    """,
    "control_points": """
        select points.*
        from marts.control_points as points
        inner join reference.indicators as indicators using (indicator)
        order by indicators.position, points.area_code, points.month
    """,
    "positive_outcomes": """
        select outcomes.*
        from marts.positive_outcomes as outcomes
        inner join reference.indicators as indicators using (indicator)
        where outcomes.area_code in (
            select area_code from reference.partnership union select group_code from reference.group_members
        )
        order by indicators.position, outcomes.area_code
    """,
    "street_outcomes": "select * from marts.street_outcomes order by crime_type, outcome",
    "confidence": """
        select confidence.*
        from marts.confidence as confidence
        inner join reference.partnership as partnership using (area_code)
        order by confidence.measure, confidence.quarter_end
    """,
    "comparators": """
        select comparators.*, areas.area_name
        from marts.comparators as comparators
        inner join reference.areas as areas using (area_code)
        inner join reference.indicators as indicators using (indicator)
        order by indicators.position, comparators.group_code, comparators.area_code
    """,
    "similar_areas": "select * from marts.similar_areas order by position",
    "map_shapes": """
        with counted as (
            select shapes.code
            from staging.boundaries as shapes
            where shapes.kind = 'ward' and shapes.code in (select code from marts.ward_rates)
        )

        select shapes.kind, shapes.code, units.unit_code, lookup.ward_code, shapes.name, shapes.geometry
        from staging.boundaries as shapes
        cross join reference.partnership as own
        left join staging.lsoa_units as units on shapes.kind = 'lsoa21' and shapes.code = units.lsoa_code
        left join staging.lsoa_wards as lookup on shapes.kind = 'lsoa21' and shapes.code = lookup.lsoa21_code
        where
            (shapes.kind = 'borough' and shapes.code = own.area_code)
            or (units.is_2021 and units.area_code = own.area_code)
            -- Wards that are counted in; where none of them has an outline, those of the lookup: never two sets.
            or (shapes.kind = 'ward' and shapes.code in (select code from counted))
            or (
                shapes.kind = 'ward'
                and not exists (select code from counted)
                and shapes.code in (
                    select wards.ward_code from staging.lsoa_wards as wards where wards.area_code = own.area_code
                )
            )
        order by shapes.kind, shapes.code
    """,
    "ward_rates": """
        select * from marts.ward_rates
        where indicator in ('total_notifiable_offences', 'residential_burglary')
        order by indicator, code
    """,
    "small_area_rates": """
        select * from marts.small_area_rates
        where indicator = 'burglary'
        order by source, indicator, code
    """,
    "small_area_unplaced": """
        select unplaced.source, unplaced.indicator, unplaced.month, unplaced.unplaced, unplaced.total
        from marts.small_area_unplaced as unplaced
        inner join reference.partnership as own using (area_code)
        order by unplaced.source, unplaced.indicator, unplaced.month
    """,
    "street_points": "select * from marts.street_points order by longitude, latitude",
    "street_unplaced": """
        select month, unplaced_rows, own_rows + unplaced_rows + stray_rows as force_rows
        from marts.street_unplaced
        order by month
    """,
    "operations": """
        select *
        from marts.operations
        order by position, offence_position, source, list_position(['operation', 'plus_6', 'plus_12'], test)
    """,
    "operation_months": """
        with units as (
            select operation_id, indicator, source, 'response' as part, units as codes
            from marts.operations
            where test = 'operation' and units <> ''
            union all
            select operation_id, indicator, source, 'control' as part, control_units as codes
            from marts.operations
            where test = 'operation' and control_units <> ''
            union all
            select operation_id, indicator, source, 'buffer' as part, buffer_units as codes
            from marts.operations
            where test = 'operation' and buffer_units <> ''
        )
        select
            units.operation_id, units.indicator, units.source, units.part, counts.month, counts.scheme, counts.vintage,
            sum(counts.offences)::bigint as offences
        from units
        inner join marts.operation_counts as counts
            on units.operation_id = counts.operation_id
            and units.indicator = counts.indicator
            and units.source = counts.source
            and list_contains(string_split(units.codes, ' '), counts.unit_code)
        group by all
        order by all
    """,
    "operation_unplaced": "select * from marts.operation_unplaced order by operation_id, source, indicator, test",
    "operation_other_crimes": """
        select others.*
        from marts.operation_other_crimes as others
        inner join reference.indicators as indicators using (indicator)
        order by others.operation_id, others.source, indicators.position
    """,
}
"""Name -> a SELECT over marts, staging and reference; its rows come in an order of its own, so that packs repeat."""


def marts_read() -> frozenset[str]:
    """Every table that the queries name, as 'schema.name'."""
    return frozenset().union(*(read_tables(sql) for sql in TABLES.values()))


def chart_tables(con: Connection) -> dict[str, pd.DataFrame]:
    """Every table, read."""
    return {name: con.execute(sql).df() for name, sql in TABLES.items()}
