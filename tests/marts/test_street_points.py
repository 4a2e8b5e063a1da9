"""Protects the hot spots: crimes of the force in the area, twelve whole months, incidents apart."""

from datetime import date

import duckdb
import pytest
from warehouse_fixtures import add_file, empty_warehouse, set_meeting

from safer_assets.models.build import build

MET, BTP = "Metropolitan Police Service", "British Transport Police"
MONTHS = [date(2022, month, 1) for month in range(3, 13)] + [date(2023, 1, 1), date(2023, 2, 1)]
Point = tuple[float | None, str, str, str]
USUAL: tuple[Point, ...] = (
    (-0.20, "Barnet 001A", MET, "Burglary"),
    (-0.20, "Barnet 001A", MET, "Anti-social behaviour"),
    (-0.21, "Barnet 001B", MET, "Drugs"),
    (-0.21, "Barnet 001B", BTP, "Drugs"),
    (-0.10, "Camden 001A", MET, "Burglary"),
    (None, "Barnet 001A", MET, "Burglary"),
)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    found = empty_warehouse()
    set_meeting(found, data_month=date(2023, 2, 1), as_at=date(2023, 6, 1))
    return found


def land(
    con: duckdb.DuckDBPyConnection,
    months: list[date],
    points: tuple[Point, ...] = USUAL,
    *,
    prefix: str = "street",
    out: date = date(2023, 5, 1),
) -> None:
    for month in months:
        name = f"{prefix}{month:%Y%m}"
        add_file(
            con, name, "police_uk_street", "police-uk-2013",
            first=month, last=month, available=out, rows=len(points),
        )  # fmt: skip
        for number, (longitude, lsoa, force, kind) in enumerate(points, start=1):
            con.execute(
                "insert into raw.police_uk_street by name select ? as file_id, ? as row_number, ?::date as month, "
                "? as reported_by, ? as falls_within, ?::double as longitude, 51.6 as latitude, "
                "'On or near X' as location, ? as lsoa_name, ? as crime_type",
                [name, number, month, force, force, longitude, lsoa, kind],
            )


def points(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    outcome = build(con)
    assert not [one for one in outcome.blocked_by if "street_points" in one.check]
    assert "marts.street_points" in outcome.rows
    return con.execute(
        "select longitude, crimes, asb_incidents, start_month, end_month, crime_types, only_type, vintage "
        "from marts.street_points order by longitude desc"
    ).fetchall()


def test_crimes_of_the_force_in_the_area_are_counted_and_incidents_apart(con: duckdb.DuckDBPyConnection) -> None:
    land(con, MONTHS)
    span = (MONTHS[0], MONTHS[-1], 2, None, "2022-03..2023-02")
    assert points(con) == [(-0.20, 12, 12, *span), (-0.21, 12, 0, *span)]


def test_a_missing_month_leaves_no_points(con: duckdb.DuckDBPyConnection) -> None:
    land(con, [*MONTHS[:5], *MONTHS[6:]])
    assert points(con) == []


def test_files_with_one_type_name_it(con: duckdb.DuckDBPyConnection) -> None:
    land(con, MONTHS, USUAL[:1])
    assert [row[5:7] for row in points(con)] == [(1, "Burglary")]


def test_a_category_that_some_files_were_cut_to_leave_out_is_not_counted(con: duckdb.DuckDBPyConnection) -> None:
    land(con, MONTHS[:3], USUAL[:1])
    land(con, MONTHS[3:])
    assert [(row[0], *row[1:3], *row[5:7]) for row in points(con)] == [(-0.20, 12, 0, 1, "Burglary")]


def test_a_newer_file_cut_to_one_category_takes_no_other_categorys_month(con: duckdb.DuckDBPyConnection) -> None:
    land(con, MONTHS)
    land(con, MONTHS[-1:], USUAL[:1] * 2, prefix="cut", out=date(2023, 5, 20))
    assert [row[:3] for row in points(con)] == [(-0.20, 13, 12), (-0.21, 12, 0)]
