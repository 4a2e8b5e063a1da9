"""The published files pass: no rule of severity ERROR speaks up on any, and what WARN says of them is what is known."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from quality.incoming_tables import (
    DASHBOARD_NAMES,
    LIMITS,
    LOOKUP_NAMES,
    POPULATION_NAMES,
    STREET_NAMES,
    SURVEY_NAMES,
    VAWG_NAMES,
    new_incoming,
    read_borough,
    read_long,
)

from safer_assets.feeds import by_name
from safer_assets.quality import Outcome, examine


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def examined(con: duckdb.DuckDBPyConnection, feed: str, files: int) -> list[Outcome]:
    """Outcomes of the batch; nothing may hold a file back."""
    outcomes = examine(con, feed, LIMITS)
    assert len({outcome.file_id for outcome in outcomes}) == files
    assert [outcome.message for outcome in outcomes if outcome.holds_back] == []
    return outcomes


def warnings(outcomes: list[Outcome]) -> set[str]:
    return {outcome.rule for outcome in outcomes if outcome.status == "failed"}


def failing(con: duckdb.DuckDBPyConnection) -> Counter[str]:
    return Counter(dict(con.execute("select rule, count(*) from failing group by rule").fetchall()))


def test_borough_files_of_every_vintage(con: duckdb.DuckDBPyConnection, shared_data: Path) -> None:
    new_incoming(con, "mps_borough")
    read_borough(con, sorted((shared_data / "mps_borough").glob("*.csv")))
    assert warnings(examined(con, "mps_borough", 15)) == set()
    assert failing(con) == Counter()


def test_ward_and_lsoa_files(con: duckdb.DuckDBPyConnection, shared_data: Path) -> None:
    for feed, files, said in (("mps_ward", 4, set()), ("mps_lsoa", 1, {"months_are_whole"})):
        new_incoming(con, feed)
        for path in sorted((shared_data / feed).glob("*.csv")):
            by_name(feed).read(con, path, path.stem)
        outcomes = examined(con, feed, files)
        assert warnings(outcomes) == said
        assert failing(con) == Counter()
    assert [outcome.examples for outcome in outcomes if outcome.status == "failed"] == [
        "1 month(s) with less than half of the usual count"
    ], "the LSOA file begins with the last days of 2024-02"


def test_the_dashboard(con: duckdb.DuckDBPyConnection, shared_data: Path) -> None:
    new_incoming(con, "mps_dashboard")
    read_long(con, sorted((shared_data / "mps_dashboard").glob("*.csv")), DASHBOARD_NAMES)
    outcomes = examined(con, "mps_dashboard", 1)
    assert warnings(outcomes) == set()
    assert {outcome.rule: outcome.examined for outcome in outcomes}["one_row_a_key"] == 472_354


def test_met_and_city_street_files(con: duckdb.DuckDBPyConnection, shared_data: Path) -> None:
    new_incoming(con, "police_uk_street")
    read_long(con, sorted((shared_data / "police_uk").glob("*/*-street.csv")), STREET_NAMES)
    outcomes = examined(con, "police_uk_street", 63)
    assert warnings(outcomes) == {"older_outcome_of_a_repeat", "crime_id_repeats", "unplaced_share"}
    repeats = sum(outcome.failed for outcome in outcomes if outcome.rule == "crime_id_repeats")
    assert repeats == 1540 + 326  # the Met's burglaries and the City's crimes, as the data's own notes count them
    assert failing(con) == Counter({"older_outcome_of_a_repeat": 1647 - 75})


def test_borough_street_files_with_asb(con: duckdb.DuckDBPyConnection, shared_data: Path) -> None:
    new_incoming(con, "police_uk_street")
    read_long(con, sorted((shared_data / "police_uk_barnet_2016_2018").glob("*/*.csv")), STREET_NAMES)
    outcomes = examined(con, "police_uk_street", 30)
    assert warnings(outcomes) == {"older_outcome_of_a_repeat", "crime_id_repeats", "lsoa_code_with_coordinates"}
    found = Counter[str]()
    for outcome in outcomes:
        found[outcome.rule] += outcome.failed
    assert (found["crime_id_repeats"], found["lsoa_code_with_coordinates"]) == (2871, 1395)
    assert set(failing(con)) == {"older_outcome_of_a_repeat"}
    asb = con.execute(
        "select count(*) from incoming semi join failing using (file_id, row_number) where crime_type like 'Anti%'"
    )
    assert asb.fetchone() == (0,)


def test_violence_against_women_and_girls(con: duckdb.DuckDBPyConnection, shared_data: Path) -> None:
    new_incoming(con, "mps_vawg")
    read_long(con, sorted((shared_data / "mps_vawg").glob("*.csv")), VAWG_NAMES)
    outcomes = examined(con, "mps_vawg", 1)
    assert warnings(outcomes) == set(), "its last month is whole too"
    assert {outcome.rule: outcome.examined for outcome in outcomes}["one_row_a_key"] == 314_161


def test_the_public_attitude_survey(con: duckdb.DuckDBPyConnection, shared_data: Path) -> None:
    new_incoming(con, "mopac_pas")
    read_long(con, sorted((shared_data / "pas").glob("*.csv")), SURVEY_NAMES, delimiter=";")
    outcomes = examined(con, "mopac_pas", 1)
    assert warnings(outcomes) == set()
    assert {outcome.rule: outcome.examined for outcome in outcomes}["one_row_a_key"] == 9_312


def test_population(con: duckdb.DuckDBPyConnection, shared_data: Path) -> None:
    new_incoming(con, "ons_population")
    read_long(
        con, sorted((shared_data / "population").glob("ons_mid_year_population_london_boroughs*")), POPULATION_NAMES
    )
    assert warnings(examined(con, "ons_population", 1)) == set()


def test_lookups(con: duckdb.DuckDBPyConnection, shared_data: Path) -> None:
    new_incoming(con, "ons_lookup")
    for name, columns in LOOKUP_NAMES.items():
        read_long(con, [shared_data / "lookups" / name], columns)
    assert warnings(examined(con, "ons_lookup", 3)) == set()
