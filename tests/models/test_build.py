"""Models are published all together or not at all, and only what has changed is built."""

from datetime import date, datetime

import duckdb
import pytest
from warehouse_fixtures import add_borough_file, empty_warehouse, set_meeting

from safer_assets.feeds import LOADED
from safer_assets.loading import LOAD_COLUMNS, prepare
from safer_assets.models import build as build_module
from safer_assets.models.build import build, published_results
from safer_assets.models.sql import Model, models

LATER = datetime(2026, 2, 1)  # noqa: DTZ001 # the warehouse keeps UTC without a zone


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = empty_warehouse()
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 7, 10))
    add_borough_file(con, "aaaaaaaaaaaa", first="2022-07", last="2024-06", each=3)
    return con


def value(con: duckdb.DuckDBPyConnection, window: str, area: str = "E09000003", indicator: str = "burglary") -> object:
    row = con.execute(
        'select value from marts.figures where "window" = ? and area_code = ? and indicator = ? '
        "order by end_month desc",
        [window, area, indicator],
    ).fetchone()
    assert row is not None
    return row[0]


def test_figures_are_sums_of_whole_windows(con: duckdb.DuckDBPyConnection) -> None:
    outcome = build(con)
    assert not outcome.blocked_by
    assert value(con, "month") == 3
    assert value(con, "r3") == 9
    assert value(con, "r12") == 36
    assert value(con, "fyq") == 9
    assert value(con, "fytd") == 9
    assert value(con, "r12", "MPS-32") == 36 * 32


def test_a_second_build_makes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    assert build(con).made
    again = build(con)
    assert again.made == ()
    assert {result.check for result in again.results} == {result.check for result in published_results(con)}


def test_a_new_meeting_rebuilds_only_what_depends_on_it(con: duckdb.DuckDBPyConnection) -> None:
    build(con)
    set_meeting(con, data_month=date(2024, 5, 1), as_at=date(2024, 7, 10))
    made = build(con).made
    assert "marts.figures" in made
    assert "marts.indicator_vintages" not in made, "history is not computed again for another meeting"


def test_a_failed_error_check_publishes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    build(con)
    con.execute("update landing.loads set rows_loaded = rows_loaded - 1")
    add_borough_file(con, "bbbbbbbbbbbb", first="2022-07", last="2024-06", each=9, landed_at=LATER)
    outcome = build(con)
    assert [result.check for result in outcome.blocked_by] == ["checks.conservation"]
    assert "aaaaaaaaaaaa" in outcome.blocked_by[0].examples
    assert value(con, "month") == 3, "the last good figures stand"
    con.execute("update landing.loads set rows_loaded = rows_read")
    assert not build(con).blocked_by
    assert value(con, "month") == 9


def test_a_model_that_breaks_half_way_leaves_the_last_build(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(con)
    add_borough_file(con, "bbbbbbbbbbbb", first="2022-07", last="2024-06", each=9, landed_at=LATER)
    make = build_module.make

    def breaks_at_figures(con: duckdb.DuckDBPyConnection, model: Model) -> None:
        if model.table == "marts.figures":
            raise duckdb.OutOfMemoryException("planted")
        make(con, model)

    monkeypatch.setattr(build_module, "make", breaks_at_figures)
    with pytest.raises(duckdb.OutOfMemoryException):
        build(con)
    monkeypatch.undo()
    assert value(con, "month") == 3
    assert build(con).made, "what was rolled back is built again"
    assert value(con, "month") == 9


def test_views_and_tables_carry_their_documentation(con: duckdb.DuckDBPyConnection) -> None:
    build(con)
    rows = con.execute(
        "select schema_name || '.' || table_name, comment from duckdb_tables() "
        "union all select schema_name || '.' || view_name, comment from duckdb_views() where not internal"
    ).fetchall()
    comments = dict(rows)
    for model in models():
        assert comments[model.table] == model.description


def test_a_warehouse_of_another_version_is_made_anew(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("alter table landing.loads drop column judged_by")
    prepare(con, LOADED)
    assert con.execute("select count(*) from landing.loads").fetchone() == (0,), "every file is loaded again"
    assert [name for name, *_ in con.execute("describe landing.loads").fetchall()] == [name for name, _ in LOAD_COLUMNS]


def test_results_that_an_upgrade_dropped_are_found_again(con: duckdb.DuckDBPyConnection) -> None:
    found = build(con).results
    con.execute("alter table quality.model_results add column another varchar")
    assert build(con).results == found
    con.execute("alter table quality.results add column another varchar")
    prepare(con, LOADED)
    assert con.execute("select count(*) from landing.loads").fetchone() == (0,), "the gate judges every file again"
