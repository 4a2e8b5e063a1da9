"""Protects: a rate below the borough stands on the estimate that was out, and a ward's on all of its LSOAs."""

from datetime import date, datetime

import duckdb
import pytest
from warehouse_fixtures import LANDED_AT, add_file, empty_warehouse, set_meeting

from safer_assets.models.build import build

CUT = date(2023, 4, 20)
ALWAYS = date(1, 1, 1)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    found = empty_warehouse()
    set_meeting(found, data_month=date(2023, 2, 1), as_at=CUT)
    wards = {"E01000001": "E05000001", "E01000002": "E05000001", "E01000003": "E05000002"}
    add_file(found, "lookup", "ons_lookup", "", first=CUT, last=CUT, available=ALWAYS, rows=3)
    for number, (lsoa, ward) in enumerate(wards.items(), start=1):
        found.execute(
            "insert into raw.ons_lookup by name select 'lookup' as file_id, ? as row_number, ? as lsoa21_code, "
            "? as ward_code, 'A ward' as ward_name, 'E09000003' as lad_code, 'Barnet' as lad_name",
            [number, lsoa, ward],
        )
    return found


def land(
    con: duckdb.DuckDBPyConnection,
    file_id: str,
    people: dict[tuple[str, int], int],
    *,
    available: date = ALWAYS,
    landed_at: datetime = LANDED_AT,
) -> None:
    last = date(max(year for _, year in people), 6, 1)
    add_file(
        con, file_id, "ons_population_lsoa", "",
        first=last, last=last, available=available, rows=len(people), landed_at=landed_at,
    )  # fmt: skip
    for number, ((code, year), count) in enumerate(people.items(), start=1):
        con.execute(
            "insert into raw.ons_population_lsoa values (?, ?, ?, null, null, ?, ?)",
            [file_id, number, code, year, count],
        )


def populations(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[int, int]]:
    """Of every area the newest year's."""
    outcome = build(con)
    assert not outcome.blocked_by, outcome.blocked_by
    rows = con.execute(
        "from marts.small_area_populations select kind, code, mid_year, population order by mid_year"
    ).fetchall()
    return {(kind, code): (year, people) for kind, code, year, people in rows}


def everybody(year: int, each: int = 100) -> dict[tuple[str, int], int]:
    return {(f"E0100000{n}", year): each * n for n in (1, 2, 3)}


def test_a_ward_is_the_sum_of_its_lsoas(con: duckdb.DuckDBPyConnection) -> None:
    land(con, "people", everybody(2021))
    assert populations(con) == {
        ("lsoa21", "E01000001"): (2021, 100),
        ("lsoa21", "E01000002"): (2021, 200),
        ("lsoa21", "E01000003"): (2021, 300),
        ("ward", "E05000001"): (2021, 300),
        ("ward", "E05000002"): (2021, 300),
    }


def test_the_estimate_is_the_newest_that_was_out_at_the_cut(con: duckdb.DuckDBPyConnection) -> None:
    """Mid-2022 holds the middle of the twelve months and was out at the end of 2023 only."""
    land(con, "people", {**everybody(2020), **everybody(2021, 2), **everybody(2022, 3)})
    assert populations(con)["ward", "E05000001"] == (2021, 6)
    set_meeting(con, data_month=date(2023, 2, 1), as_at=CUT, basis="latest")
    assert populations(con)["ward", "E05000001"] == (2022, 9)


def test_a_rate_stands_on_the_year_of_its_own_months_and_not_of_the_data_months(con: duckdb.DuckDBPyConnection) -> None:
    """The ward file ends in February 2022, a year before the data month: its middle is September 2021."""
    land(con, "people", {**everybody(2020), **everybody(2021, 2), **everybody(2022, 3)})
    set_meeting(con, data_month=date(2023, 2, 1), as_at=CUT, basis="latest")
    for feed, last, column, borough, code in (
        ("mps_ward", date(2022, 2, 1), "ward_code", "Barnet", "E05000001"),
        ("mps_lsoa", date(2021, 2, 1), "lsoa_code", "E09000003", "E01000001"),
    ):
        first = date(last.year - 1, 3, 1)
        add_file(con, feed, feed, "mps-before-2024", first=first, last=last, available=ALWAYS, rows=1)
        con.execute(
            f"insert into raw.{feed} by name select ? as file_id, 1 as row_number, 'Burglary' as offence_group, "
            f"'Domestic Burglary' as offence_subgroup, ? as borough, ? as {column}, cast(month as date) as month, "
            "5 as offences from range(?::timestamp, ?::timestamp + interval 1 day, interval 1 month) as months (month)",
            [feed, borough, code, first, last],
        )
    con.execute("update raw.ons_lookup set lsoa11_code = lsoa21_code, change_indicator = 'U'")
    assert populations(con)["ward", "E05000001"] == (2022, 9)
    asked = "select distinct end_month, mid_year, population from marts.{} where code = ?"
    ward = con.execute(asked.format("ward_rates"), ["E05000001"]).fetchall()
    assert ward == [(date(2022, 2, 1), 2021, 6)]
    small = con.execute(asked.format("small_area_rates"), ["E01000001"]).fetchall()
    assert small == [(date(2021, 2, 1), 2020, 100)]


def test_a_file_that_came_later_is_not_known_at_the_cut(con: duckdb.DuckDBPyConnection) -> None:
    land(con, "first", everybody(2021, 1))
    land(con, "revised", everybody(2021, 5), available=date(2023, 5, 1), landed_at=datetime(2026, 2, 1))  # noqa: DTZ001
    assert populations(con)["lsoa21", "E01000001"] == (2021, 1)
    set_meeting(con, data_month=date(2023, 2, 1), as_at=CUT, basis="latest")
    assert populations(con)["lsoa21", "E01000001"] == (2021, 5), "of one year's estimates the file landed later"


def test_a_ward_with_a_part_missing_or_of_another_year_has_no_estimate(con: duckdb.DuckDBPyConnection) -> None:
    land(con, "people", {("E01000001", 2021): 100, ("E01000003", 2021): 300})
    assert ("ward", "E05000001") not in populations(con)
    land(con, "older", {("E01000002", 2020): 200})
    found = populations(con)
    assert ("ward", "E05000001") not in found
    assert found["ward", "E05000002"] == (2021, 300)


def test_the_newest_landed_map_of_an_area_counts(con: duckdb.DuckDBPyConnection) -> None:
    for day, (file_id, codes) in enumerate({"old": ("E05000001", "E05000002"), "new": ("E05000001",)}.items(), start=1):
        landed = datetime(2026, 1, day)  # noqa: DTZ001
        add_file(con, file_id, "boundaries", "", first=CUT, last=CUT, available=ALWAYS, rows=2, landed_at=landed)
        for number, code in enumerate(codes, start=1):
            con.execute(
                "insert into raw.boundaries values (?, ?, 'ward', ?, null, '\\x00'::blob, 1.0, false)",
                [file_id, number, code],
            )
    outcome = build(con)
    assert not outcome.blocked_by, outcome.blocked_by
    rows = con.execute("select code, file_id from staging.boundaries order by code").fetchall()
    assert rows == [("E05000001", "new"), ("E05000002", "old")]
