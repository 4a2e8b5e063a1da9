"""Reference tables of the partnership's operations: what was registered, before anything is counted.

What is here: the tables' columns and rows. What is not: reading operations.toml (partnership/), and which units an area
is (dbt_like_sql/marts/operation_units.sql).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from safer_assets.geography import read_polygon
from safer_assets.partnership import Operation, Partnership

TABLES: Final[Mapping[str, tuple[str, tuple[tuple[str, str, str], ...]]]] = {
    "operations": (
        "The partnership's operations as they were registered, one row an operation.",
        (
            ("operation_id", "VARCHAR", "Key, for ever."),
            ("position", "INTEGER", "Order on a page: the newest first."),
            ("name", "VARCHAR", "Name, as pages print it."),
            ("polygon", "VARCHAR", "Its area as WKT in EPSG:27700, where it was drawn; else empty."),
            ("start_day", "DATE", "First day."),
            ("end_day", "DATE", "Last day."),
            ("first_month", "DATE", "First day of its first whole month."),
            ("months", "INTEGER", "Its whole months: the length of both windows."),
            ("buffer_metres", "INTEGER", "How far from its area crime may have moved."),
            ("control", "VARCHAR", "How the areas it is compared with are chosen."),
            ("registered_on", "DATE", "Day on which area, dates and offences were written down; empty if unknown."),
            ("assumed", "VARCHAR", "What of the entry is assumed; empty for nothing."),
            ("note", "VARCHAR", "For whoever reads it."),
        ),
    ),
    "operation_areas": (
        "The wards or small areas that an operation's area is named by, one row a code; none where it was drawn.",
        (
            ("operation_id", "VARCHAR", "Key."),
            ("kind", "VARCHAR", "ward or lsoa."),
            ("code", "VARCHAR", "GSS code."),
        ),
    ),
    "operation_offences": (
        "What an operation was meant to lower, with the claim made of it in public, one row an indicator.",
        (
            ("operation_id", "VARCHAR", "Key."),
            ("indicator", "VARCHAR", "Slug."),
            ("offence_position", "INTEGER", "Order in the file."),
            ("claim", "VARCHAR", "The claim as it was made; empty for none."),
            ("claim_source", "VARCHAR", "Who made it, where, and what it left out; empty for none."),
            ("claim_change_pct", "DOUBLE", "The change it states, in per cent; empty for none."),
        ),
    ),
}


def operation_rows(partnership: Partnership) -> dict[str, Sequence[Sequence[object]]]:
    """The operations as rows of their tables."""
    newest_first = sorted(partnership.operations, key=lambda one: one.start, reverse=True)
    return {
        "operations": [
            [
                *(one.id, position, one.name, _outline(partnership, one), one.start, one.end),
                *(one.first_month, one.months, one.buffer_metres, one.control, one.registered_on),
                *(one.assumed or "", one.note or ""),
            ]
            for position, one in enumerate(newest_first)
        ],
        "operation_areas": [
            [one.id, kind, code]
            for one in newest_first
            for kind, codes in (("ward", one.wards), ("lsoa", one.lsoas))
            for code in codes or ()
        ],
        "operation_offences": [row for one in newest_first for row in _offences(one)],
    }


def _offences(one: Operation) -> list[list[object]]:
    claims = {claim.offence: claim for claim in one.claims}
    return [
        [one.id, slug, position, claim.words, claim.source, claim.change_pct]
        if (claim := claims.get(slug))
        else [one.id, slug, position, "", "", None]
        for position, slug in enumerate(one.offences)
    ]


def _outline(partnership: Partnership, one: Operation) -> str:
    return "" if one.polygon is None else str(read_polygon(partnership.folder / one.polygon).wkt)
