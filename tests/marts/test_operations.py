"""Protects: an operation's settings become series of the right units, each source for itself, and a result of each."""

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from shapely import box
from shapely.geometry import mapping
from warehouse_fixtures import empty_warehouse

from safer_assets.geography import grid
from safer_assets.graph.operations import TABLES, operation_rows
from safer_assets.models.computed import step
from safer_assets.models.sql import Model, models
from safer_assets.partnership import load_partnership
from safer_assets.warehouse import replace_table

PARTNERSHIPS = Path(__file__).parents[2] / "partnerships"
WEST, SOUTH, SIDE = 523_000.0, 189_000.0, 1000.0
WARDS = {
    f"E0501363{column}": box(WEST + column * SIDE, SOUTH, WEST + (column + 1) * SIDE, SOUTH + SIDE)
    for column in range(6)
}
SETTINGS = """\
[[operation]]
id = "by-ward"
name = "By ward"
wards = ["E05013632"]
start = 2024-01-01
end = 2024-03-31
offences = ["burglary", "asb_incidents"]
buffer_metres = 200
registered_on = 2023-12-01

[[operation]]
id = "drawn"
name = "Drawn"
polygon = "drawn.geojson"
start = 2023-01-15
end = 2023-03-31
offences = ["burglary"]
buffer_metres = 0

[[operation]]
id = "elsewhere"
name = "Elsewhere"
lsoas = ["E01009999"]
start = 2023-01-01
end = 2023-03-31
offences = ["burglary"]
buffer_metres = 0
"""


def drawn(columns: tuple[int, int]) -> dict[str, object]:
    """GeoJSON, in degrees, of the wards from one column to another."""
    import numpy as np
    from shapely import transform

    shape = box(WEST + columns[0] * SIDE, SOUTH, WEST + (columns[1] + 1) * SIDE, SOUTH + SIDE)
    return dict(mapping(transform(shape, lambda points: grid.to_longitude_latitude(np.asarray(points)))))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "camden"
    found.mkdir()
    for file in ("partnership.toml", "meetings.csv"):
        shutil.copy(PARTNERSHIPS / "barnet" / file, found / file)
    (found / "operations.toml").write_text(SETTINGS, encoding="utf-8")
    (found / "drawn.geojson").write_text(json.dumps(drawn((0, 1))), encoding="utf-8")
    return found


@pytest.fixture
def warehouse(folder: Path) -> duckdb.DuckDBPyConnection:
    """Six wards in a row with 30 months of 10 burglaries each, and what the models of operations read."""
    con = empty_warehouse()
    partnership = load_partnership(str(folder))
    for name, rows in operation_rows(partnership).items():
        columns = [(column, kind) for column, kind, _ in TABLES[name][1]]
        replace_table(con, f"reference.{name}", columns, rows)
    shapes = [("ward", code, code, shape.wkb, 100.0, "map") for code, shape in WARDS.items()]
    kinds = [("kind", "VARCHAR"), ("code", "VARCHAR"), ("name", "VARCHAR"), ("geometry", "BLOB")]
    replace_table(con, "staging.boundaries", [*kinds, ("area_hectares", "DOUBLE"), ("file_id", "VARCHAR")], shapes)
    con.execute(
        "create table staging.lsoa_units (lsoa_code varchar, unit_code varchar, is_2021 boolean, area_code varchar)"
    )
    months = pd.date_range("2022-01-01", periods=30, freq="MS").date
    rows = [
        ("burglary", code, "E09000003", month, 10, "mps_ward", "mps-2024", date(2024, 6, 1))
        for code in WARDS
        for month in months
    ]
    frame = pd.DataFrame(
        rows, columns=["indicator", "ward_code", "area_code", "month", "offences", "source", "scheme", "vintage"]
    )
    con.register("planted", frame)
    con.execute("create table marts.ward_months as select * replace (month::date as month) from planted")
    con.execute(
        "create table marts.small_area_months as select indicator, ward_code as unit_code, area_code, month, offences, "
        "source, scheme, vintage from marts.ward_months where false"
    )
    con.execute(
        "create table marts.small_area_unplaced as select source, indicator, area_code, month, "
        "month(month)::bigint as unplaced, 100::bigint as total from marts.ward_months group by all"
    )
    return con


def make(con: duckdb.DuckDBPyConnection) -> None:
    """The models of operations, in their order."""
    for model in models():
        if model.name.startswith("operation"):
            _make(con, model)


def _make(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    if not model.through:
        con.execute(f"create table {model.table} as {model.sql}")
        return
    made = step(model.through)(con.execute(model.sql).df())
    con.register("made", made)
    con.execute(f"create table {model.table} as select {', '.join(model.columns)} from made")


def test_settings_become_units_series_and_results(warehouse: duckdb.DuckDBPyConnection) -> None:
    make(warehouse)
    units = warehouse.execute(
        "select operation_id, part, string_agg(unit_code, ' ' order by unit_code) from marts.operation_units "
        "where part in ('response', 'buffer') group by all order by all"
    ).fetchall()
    assert units == [
        ("by-ward", "buffer", "E05013631 E05013633"),
        ("by-ward", "response", "E05013632"),
        ("drawn", "response", "E05013630 E05013631"),
    ]
    counts = warehouse.execute(
        "select operation_id, count(*), sum(offences) from marts.operation_counts group by all order by all"
    ).fetchall()
    assert counts == [("by-ward", 180, 1800), ("drawn", 180, 1800)], "no series where there are no units"
    results = {
        (operation, indicator, test): (before, after, refusal)
        for operation, indicator, test, before, after, refusal in warehouse.execute(
            "select operation_id, indicator, test, response_before, response_after, refusal from marts.operations"
        ).fetchall()
    }
    before, after, refusal = results["by-ward", "burglary", "operation"]
    assert (before, after) == (30, 30)
    assert "30 in the window before, and a claim needs 50" in refusal
    assert "no landed file counts anti-social" in results["by-ward", "asb_incidents", "operation"][2].lower()
    assert results["drawn", "burglary", "operation"][:2] == (40, 40), "two whole months of two wards"
    assert results["drawn", "burglary", "plus_12"][0] == 40, "the same calendar months before the operation"
    assert "no landed map has E01009999" in results["elsewhere", "burglary", "operation"][2]


def test_where_another_operation_was_is_no_control(warehouse: duckdb.DuckDBPyConnection) -> None:
    make(warehouse)
    control = warehouse.execute(
        "select control_units from marts.operations where operation_id = 'by-ward' and indicator = 'burglary' "
        "and test = 'operation'"
    ).fetchone()
    assert control is not None
    assert not set(control[0].split()) & {"E05013630", "E05013631"}


def test_a_drawn_area_beyond_the_partnership_says_so(folder: Path, warehouse: duckdb.DuckDBPyConnection) -> None:
    (folder / "drawn.geojson").write_text(json.dumps(drawn((5, 9))), encoding="utf-8")
    rows = operation_rows(load_partnership(str(folder)))["operations"]
    replace_table(warehouse, "reference.operations", [(c, kind) for c, kind, _ in TABLES["operations"][1]], rows)
    make(warehouse)
    told = warehouse.execute("select refusal from marts.operations where operation_id = 'drawn'").fetchall()
    assert len(told) == 1
    assert "its area lies for 80% of its size outside the wards of Barnet" in told[0][0]


def test_without_operations_every_table_is_there_and_empty(warehouse: duckdb.DuckDBPyConnection) -> None:
    for name, (_, columns) in TABLES.items():
        replace_table(warehouse, f"reference.{name}", [(column, kind) for column, kind, _ in columns], [])
    make(warehouse)
    for name in ("operation_units", "operation_counts", "operations", "operation_other_crimes", "operation_unplaced"):
        assert warehouse.execute(f"select count(*) from marts.{name}").fetchone() == (0,)


def plant(con: duckdb.DuckDBPyConnection, indicator: str, area: str, *months: str, prefix: str = "E0501363") -> None:
    """One crime a month of one offence in each of six wards of an area."""
    for month in months:
        con.execute(
            "insert into marts.ward_months by name "
            "select ? as indicator, ? || n as ward_code, ? as area_code, ?::date as month, 1 as offences, "
            "'mps_ward' as source, 'mps-2024' as scheme, date '2024-06-01' as vintage from range(6) as wards(n)",
            [indicator, prefix, area, month],
        )


WINDOWS = ("2023-01-01", "2023-02-01", "2023-03-01", "2024-01-01", "2024-02-01", "2024-03-01")


def test_months_that_only_another_borough_has_are_not_nothing_here(warehouse: duckdb.DuckDBPyConnection) -> None:
    for indicator in ("burglary", "asb_incidents"):
        plant(warehouse, indicator, "E09000007", "2024-07-01", prefix="E0501401")
    make(warehouse)
    last = warehouse.execute("select max(month), min(offences) from marts.operation_counts").fetchone()
    assert last == (date(2024, 6, 1), 10)
    source = warehouse.execute("select distinct source from marts.operations where indicator = 'asb_incidents'")
    assert source.fetchall() == [("",)], "no file has it here"


def test_other_crime_has_every_month_of_both_windows_and_no_break(warehouse: duckdb.DuckDBPyConnection) -> None:
    plant(warehouse, "theft", "E09000003", *WINDOWS)
    plant(warehouse, "robbery", "E09000003", *WINDOWS[:1], *WINDOWS[2:])
    plant(warehouse, "robbery", "E09000007", *WINDOWS, prefix="E0501401")
    plant(warehouse, "hate_crime", "E09000003", *WINDOWS)  # its recording changed in March 2024
    make(warehouse)
    found = warehouse.execute(
        "select indicator, before, after from marts.operation_other_crimes where operation_id = 'by-ward'"
    ).fetchall()
    assert found == [("theft", 3, 3)]


def test_what_has_no_ward_stands_beside_the_counts_of_each_window(warehouse: duckdb.DuckDBPyConnection) -> None:
    plant(warehouse, "theft", "E09000003", *WINDOWS)
    con = warehouse
    con.execute("update marts.small_area_unplaced set unplaced = 50 where month >= '2024-01-01'")
    con.execute(
        "insert into marts.small_area_unplaced "
        "select 'mps_ward', 'theft', 'E09000003', unnest(?)::date, 4, 90 "
        "union all select source, indicator, 'E09000007', month, 77, 100 from marts.small_area_unplaced",
        [[month for month in WINDOWS if month != "2023-02-01"]],
    )
    make(con)
    found = con.execute(
        "select indicator, test, unplaced_before, total_before, unplaced_after, total_after "
        "from marts.operation_unplaced where operation_id = 'by-ward' order by all"
    ).fetchall()
    assert found == [
        ("burglary", "operation", 1 + 2 + 3, 300, 150, 300),
        ("theft", "operation", None, None, 12, 270),
    ], "other boroughs are not added, a window with a month that is not known is empty, and no counts have no row"


@pytest.mark.parametrize(("day", "refused"), [("2023-03-31", True), ("2023-04-01", False)])
def test_two_operations_in_one_place_are_told_apart_by_their_windows(
    warehouse: duckdb.DuckDBPyConnection, day: str, refused: bool
) -> None:
    """Another operation in the same ward, from a day in or after the window before until the end of 2023."""
    warehouse.execute("insert into reference.operation_areas values ('elsewhere', 'ward', 'E05013632')")
    warehouse.execute("delete from reference.operation_areas where operation_id = 'elsewhere' and kind = 'lsoa'")
    warehouse.execute(
        "update reference.operations set start_day = ?::date, end_day = date '2023-12-31', "
        "first_month = date '2023-04-01', months = 9 where operation_id = 'elsewhere'",
        [day],
    )
    make(warehouse)
    told = warehouse.execute(
        "select refusal from marts.operations where operation_id = 'by-ward' and indicator = 'burglary' "
        "and test = 'operation'"
    ).fetchone()
    assert told is not None
    assert ("another operation was in its area in one of the windows" in told[0]) is refused
