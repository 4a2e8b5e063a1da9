"""A small warehouse in memory with the real tables, for tests of the SQL: files are planted, not read."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import duckdb

from safer_assets.feeds import LOADED
from safer_assets.graph.reference import TABLES, knowledge_rows, partnership_rows
from safer_assets.loading import prepare
from safer_assets.partnership import load_partnership
from safer_assets.reference import places
from safer_assets.warehouse import SCHEMAS, replace_table

BOROUGHS = tuple(place.area_name for place in places() if place.kind == "borough")
LANDED_AT = datetime(2026, 1, 1)  # noqa: DTZ001 # the warehouse keeps UTC without a zone

# One pair of each indicator that every scheme of the borough file has.
PAIRS = {
    "mps-before-2024": ("Burglary", "Domestic Burglary"),
    "mps-2024": ("BURGLARY", "BURGLARY IN A DWELLING"),
}


def empty_warehouse(partnership: str = "barnet") -> duckdb.DuckDBPyConnection:
    """A warehouse with every table that models read and no file landed."""
    con = duckdb.connect()
    for schema in SCHEMAS:
        con.execute(f"create schema {schema}")
    prepare(con, LOADED)
    for name, rows in {**knowledge_rows(), **partnership_rows(load_partnership(partnership))}.items():
        replace_table(con, f"reference.{name}", _columns(name), rows)
    return con


def set_meeting(
    con: duckdb.DuckDBPyConnection,
    *,
    data_month: date,
    as_at: date,
    basis: str = "as-at",
    scheme: str = "",
    meeting: date | None = None,
) -> None:
    """The meeting that figures are made for; its data cut is the as-at day."""
    row = [
        meeting or as_at + timedelta(days=21),
        as_at + timedelta(days=14),
        as_at,
        as_at,
        as_at,
        data_month,
        basis,
        scheme,
    ]
    replace_table(con, "reference.meeting", _columns("meeting"), [row])


def add_file(
    con: duckdb.DuckDBPyConnection,
    file_id: str,
    feed: str,
    scheme: str,
    *,
    first: date,
    last: date,
    available: date | None,
    rows: int,
    landed_at: datetime = LANDED_AT,
    refreshed: date | None = None,
) -> None:
    """A manifest and a load, as if the file had been landed and had passed the gate."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    con.execute(
        "insert into landing.files (file_id, sha256, feed, scheme, first_month, vintage, historical, rows, columns, "
        "name, bytes, landed_at, available_from, force, refreshed, is_loaded) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, [], ?, 0, ?, ?, null, ?, true)",
        [
            *(file_id, file_id, feed, scheme, first, last, months > 36, rows, f"{file_id}.csv"),
            *(landed_at, available, refreshed),
        ],
    )
    con.execute("insert into landing.loads values (?, ?, ?, ?, 0, false, 'today')", [file_id, feed, rows, rows])


def add_borough_file(
    con: duckdb.DuckDBPyConnection,
    file_id: str,
    *,
    first: str,
    last: str,
    each: int,
    scheme: str = "mps-2024",
    available: date | str | None = "nominal",
    counts: Mapping[str, int] | None = None,
    boroughs: Sequence[str] = BOROUGHS,
    landed_at: datetime = LANDED_AT,
) -> None:
    """A Met borough file with one burglary row a borough, `each` offences in every month (or `counts` by borough)."""
    start, end = date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01")
    if available == "nominal":
        available = (end + timedelta(days=31)).replace(day=6)
    assert not isinstance(available, str)
    add_file(
        con, file_id, "mps_borough", scheme,
        first=start, last=end, available=available, rows=len(boroughs), landed_at=landed_at,
    )  # fmt: skip
    group, subgroup = PAIRS[scheme]
    for number, borough in enumerate(boroughs, start=1):
        con.execute(
            "insert into raw.mps_borough by name select ? as file_id, ? as row_number, ? as offence_group, "
            "? as offence_subgroup, ? as borough, cast(month as date) as month, ? as offences "
            "from range(?::timestamp, ?::timestamp + interval 1 day, interval 1 month) as months (month)",
            [file_id, number, group, subgroup, borough, (counts or {}).get(borough, each), start, end],
        )


def _columns(name: str) -> list[tuple[str, str]]:
    return [(column, kind) for column, kind, _ in TABLES[name][1]]
