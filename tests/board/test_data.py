"""What charts and pack are told about the figures is what the warehouse holds: vintages, sources, checks, months."""

from datetime import date

import duckdb
import pytest
from warehouse_fixtures import add_borough_file, empty_warehouse, set_meeting

from safer_assets.board.data import (
    pack_figures,
    read_board,
    read_checks_not_passed,
    read_late_feeds,
    read_meeting,
    read_sources,
)
from safer_assets.errors import PackError
from safer_assets.models.build import build
from safer_assets.partnership import load_partnership

MEETING = date(2023, 5, 12)
OLD = "mps-before-2024"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = empty_warehouse()
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20), meeting=MEETING)
    add_borough_file(con, "older", first="2020-03", last="2022-02", each=4, scheme=OLD)
    add_borough_file(con, "newer", first="2021-03", last="2023-02", each=5, scheme=OLD)
    add_borough_file(con, "too late", first="2021-05", last="2023-04", each=6, scheme=OLD)
    assert not build(con).blocked_by
    return con


def test_every_month_tells_its_file_and_the_sources_their_titles(con: duckdb.DuckDBPyConnection) -> None:
    data = read_board(con, load_partnership("barnet"), sample=False)
    assert data.context.sources == {"mps_borough": "Met recorded crime by borough"}
    own = data.series[(data.series["indicator"] == "burglary") & (data.series["area_code"] == "E09000003")]
    files = own.groupby("vintage")["month"].agg(["min", "max"])
    assert {name: (f"{row['min']:%Y-%m}", f"{row['max']:%Y-%m}") for name, row in files.iterrows()} == {
        "2022-02": ("2020-03", "2021-02"),
        "2023-02": ("2021-03", "2023-02"),
    }
    assert set(data.series["scheme"]) == {OLD}


def test_sources_are_the_files_that_may_be_used(con: duckdb.DuckDBPyConnection) -> None:
    sources = read_sources(con)
    assert list(sources["sha256"]) == ["newer", "older"]
    assert list(sources["available_from"]) == [date(2023, 3, 6), date(2022, 3, 6)]


def test_a_feed_is_late_by_what_could_be_had_at_the_cut(con: duckdb.DuckDBPyConnection) -> None:
    """The file of April is landed, but came out after the cut: at the cut, March was missing."""
    board = load_partnership("barnet")
    assert read_late_feeds(con, board) == (), "the figures want February and have it"
    set_meeting(con, data_month=date(2023, 3, 1), as_at=date(2023, 4, 20), meeting=MEETING)
    (late,) = read_late_feeds(con, board)
    assert (late.feed, late.newest, late.expected, late.days_late) == (
        *("mps_borough", date(2023, 2, 1), date(2023, 3, 1)),
        14,
    )
    set_meeting(con, data_month=date(2023, 3, 1), as_at=date(2023, 4, 20), meeting=MEETING, basis="latest")
    assert read_late_feeds(con, board) == (), "whoever takes all that is landed has April"


def test_the_series_is_four_years_and_the_figures_of_the_pack_are_the_boards(con: duckdb.DuckDBPyConnection) -> None:
    data = read_board(con, load_partnership("barnet"), sample=False)
    burglary = data.series[(data.series["indicator"] == "burglary") & (data.series["area_code"] == "E09000003")]
    assert len(burglary) == 36
    assert list(burglary["offences"].unique()) == [4, 5]
    figures = pack_figures(data)
    earlier = figures[(figures["window"] == "month") & (figures["end_month"] < "2023-02")]
    assert set(earlier["area_code"]) == {"E09000003", "BCU-NW", "MPS-32"}
    assert earlier.groupby("indicator").ngroups == len(data.indicators)
    assert figures[figures["end_month"] == "2023-02"]["area_code"].nunique() == 34


def test_checks_of_files_outside_the_meetings_months_are_not_its_business(con: duckdb.DuckDBPyConnection) -> None:
    outcome = ["newer", "mps_borough", "count_is_a_whole_number", "WARN", "failed", 100, 3, "", ""]
    con.execute("insert into quality.results values (?, ?, ?, ?, ?, ?, ?, ?, ?)", outcome)
    con.execute("insert into landing.not_used values ('refused', 'bad.csv', 'empty')")
    checks = {str(row["check"]): row for row in read_checks_not_passed(con).to_dict("records")}
    assert "3 of 100 rows" in str(checks["count_is_a_whole_number"]["message"])
    assert str(checks["no_file_refused"]["message"]).startswith("1 file refused")
    assert checks["data_month_present"]["who"] == "team:analysis"
    con.execute("update quality.results set file_id = 'too late'")
    assert "count_is_a_whole_number" not in set(read_checks_not_passed(con)["check"])


def test_a_warehouse_without_figures_says_what_to_do(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("drop table reference.meeting")
    with pytest.raises(PackError, match="Run a refresh first"):
        read_meeting(con)
