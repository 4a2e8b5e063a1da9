"""Evidence and control points from planted files: which months they stand on, what breaks them, who is compared."""

from datetime import date
from typing import Any

import duckdb
import pytest
from warehouse_fixtures import BOROUGHS, add_borough_file, empty_warehouse, set_meeting

from safer_assets.models.build import build

HOME = "E09000003"
TWICE = {"Barnet": 20}


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    """Four years of burglary that doubles in the last of them, and a break in March 2023 that one indicator has."""
    con = empty_warehouse()
    set_meeting(con, data_month=date(2025, 2, 1), as_at=date(2025, 4, 1))
    add_borough_file(con, "years1and2", first="2021-03", last="2023-02", each=10)
    add_borough_file(con, "years2and3", first="2022-03", last="2024-02", each=10)
    add_borough_file(con, "year4", first="2024-03", last="2025-02", each=10, counts=TWICE)
    con.execute(
        "insert into reference.comparability_breaks values "
        "('New way of counting', date '2023-03-01', 'burglary', 'mps_borough', 'all', 'planted'), "
        "('Another feed', date '2024-09-01', 'burglary', 'mps_dashboard', 'all', 'planted'), "
        "('Wards', date '2024-09-01', 'burglary', '', 'ward', 'planted')"
    )
    outcome = build(con)
    assert not outcome.blocked_by, outcome.blocked_by
    return con


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = con.execute(sql)
    assert found.description is not None
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_every_figure_at_the_data_month_has_one_row_of_evidence(con: duckdb.DuckDBPyConnection) -> None:
    (counted,) = rows(
        con,
        "select count(*) as figures, count(evidence.grade) as graded from marts.figures as figures "
        'inner join marts.windows as windows on windows.time_window = figures."window" '
        "and windows.end_month = figures.end_month and windows.comparator = figures.comparator and windows.every_area "
        "left join marts.evidence as evidence on evidence.indicator = figures.indicator "
        'and evidence.area_code = figures.area_code and evidence."window" = figures."window" '
        "and evidence.value is not distinct from figures.value "
        "and evidence.prior_value is not distinct from figures.prior_value",
    )
    assert counted["figures"] == counted["graded"] == rows(con, "select count(*) as n from marts.evidence")[0]["n"]
    assert counted["figures"] > 34 * 20 * 5


def test_a_doubling_is_a_clear_rise_and_what_did_not_change_is_none(con: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "select area_code, value, prior_value, grade, direction, reason from marts.evidence "
        "where indicator = 'residential_burglary' and \"window\" = 'r12' and area_code in ('E09000003', 'E09000005') "
        "order by area_code"
    )
    home, other = rows(con, sql)
    assert (home["value"], home["prior_value"], home["grade"], home["direction"]) == (240, 120, "clear rise", "up")
    assert home["reason"] == "240 against 120: p < 0.001 after widening, below 0.01"
    assert (other["value"], other["grade"], other["direction"]) == (120, "no clear change", "none")


def test_limits_begin_anew_at_a_break_of_the_feed_and_geography(con: duckdb.DuckDBPyConnection) -> None:
    points = rows(con, "select * from marts.control_points where indicator = 'burglary' and area_code = 'E09000003'")
    assert len(points) == 48
    assert [point["break_before"] for point in points if point["break_before"]] == ["New way of counting"]
    by_segment = {segment: [point for point in points if point["segment"] == segment] for segment in (0, 1)}
    assert [len(segment) for segment in by_segment.values()] == [24, 24]
    assert {point["mean"] for point in by_segment[0]} == {10}
    assert {point["mean"] for point in by_segment[1]} == {15}
    assert by_segment[1][0]["month"].date() == date(2023, 3, 1)
    assert not any(point["adjusted"] for point in points), "no segment has 36 months"
    unbroken = rows(
        con, "select * from marts.control_points where indicator = 'residential_burglary' and area_code = 'E09000003'"
    )
    assert {point["segment"] for point in unbroken} == {0}
    assert all(point["adjusted"] for point in unbroken)


def test_control_points_are_of_the_boards_area_and_groups(con: duckdb.DuckDBPyConnection) -> None:
    areas = rows(con, "select distinct area_code from marts.control_points order by all")
    assert [row["area_code"] for row in areas] == ["BCU-NW", HOME, "MPS-32"]
    (total,) = rows(
        con,
        "select offences from marts.control_points where indicator = 'burglary' and area_code = 'MPS-32' "
        "and month = date '2025-02-01'",
    )
    assert total["offences"] == 10 * (len([name for name in BOROUGHS if name != "City of London"]) + 1)


def test_without_populations_no_area_has_a_place_and_it_says_why(con: duckdb.DuckDBPyConnection) -> None:
    (row,) = rows(
        con,
        "select * from marts.evidence where indicator = 'burglary' and \"window\" = 'r12' and area_code = 'E09000003'",
    )
    assert (row["london_position"], row["bcu_position"]) == ("", "")
    assert row["london_reason"] == "no rate: there is no population estimate"
