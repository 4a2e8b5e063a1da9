"""Nothing is lost: every row of every file is loaded or in quarantine with a reason, once, and never both."""

import json
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quality.incoming_tables import LIMITS, Row, add_rows, clean_rows, crime_id, new_incoming

from safer_assets.errors import GateError
from safer_assets.quality import HELD_BACK, conservation, examine, held_files, quarantine, rules_of

STREET = "police_uk_street"
BOROUGH = "mps_borough"
FORCE = "Metropolitan Police Service"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        prepare(connection)
        yield connection


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create schema landing")
    con.execute("create table landing.files (file_id varchar, sha256 varchar, feed varchar, name varchar, rows bigint)")
    con.execute("create schema raw")


def land(con: duckdb.DuckDBPyConnection, feed: str, file_id: str, rows: list[Row]) -> None:
    """Put a file in landing.files and its rows in `incoming`; a source row counts once however many rows it makes."""
    read = len({number for number, *_ in rows})
    con.execute(
        "insert into landing.files values (?, ?, ?, ?, ?)", [file_id, file_id * 4, feed, f"{file_id}.csv", read]
    )
    add_rows(con, feed, file_id, rows)


def load(con: duckdb.DuckDBPyConnection, feed: str, held: dict[str, str]) -> None:
    """What a feed does after the gate."""
    con.execute(
        f"create or replace table raw.{feed} as select * from incoming anti join failing using (file_id, row_number) "
        "where not list_contains(?, file_id)",
        [list(held)],
    )


def test_a_row_goes_to_quarantine_once_with_all_rules_and_its_text(con: duckdb.DuckDBPyConnection) -> None:
    new_incoming(con, STREET)
    land(con, STREET, "one", clean_rows(STREET))
    con.execute("update incoming set longitude = '51', lsoa_code = 'E1' where row_number = 7")
    outcomes = examine(con, STREET, LIMITS)
    assert quarantine(con, STREET) == {"one": 1}
    assert held_files(outcomes) == {}
    (row,) = con.execute("select * exclude row_text, row_text from quarantine.police_uk_street").fetchall()
    assert row[:4] == ("one", "one" * 4, 7, "coordinates_in_britain, lsoa_code_has_its_shape")
    assert row[4] == '"E1" is not an LSOA code; longitude "51", latitude "51.6" is not a point in Britain'
    text = json.loads(row[5])
    assert (text["longitude"], text["lsoa_code"], text["crime_id"]) == ("51", "E1", crime_id(6))


def test_an_unpivoted_row_goes_to_quarantine_once_with_all_its_cells(con: duckdb.DuckDBPyConnection) -> None:
    new_incoming(con, BOROUGH)
    land(con, BOROUGH, "one", clean_rows(BOROUGH))
    con.execute("update incoming set offences = 'x' where row_number = 7 and month <> '202302'")
    examine(con, BOROUGH, LIMITS)
    assert quarantine(con, BOROUGH) == {"one": 1}
    (row,) = con.execute("select row_number, rule, row_text from quarantine.mps_borough").fetchall()
    assert row[:2] == (7, "count_is_a_whole_number")
    assert sorted((cell["month"], cell["offences"]) for cell in json.loads(row[2])) == [
        ("202301", "x"),
        ("202302", "0"),
        ("202303", "x"),
    ]
    load(con, BOROUGH, {})
    (found,) = conservation(con, BOROUGH, ["one"])
    assert (found.read, found.loaded, found.quarantined, found.holds) == (66, 65, 1, True)


def test_every_row_of_a_held_file_is_accounted_for(con: duckdb.DuckDBPyConnection) -> None:
    new_incoming(con, STREET)
    land(con, STREET, "good", clean_rows(STREET))
    land(con, STREET, "held", clean_rows(STREET))
    con.execute("update incoming set crime_type = 'Piracy' where file_id = 'held' and row_number = 3")
    held = held_files(examine(con, STREET, LIMITS))
    assert quarantine(con, STREET, held) == {"held": 51}
    rules = con.execute(
        "select rule, reason, count(*), count(row_text) from quarantine.police_uk_street group by all"
    ).fetchall()
    assert sorted(rules) == [
        ("crime_type_is_known", '"Piracy" is not in offence_aliases.csv', 1, 1),
        (HELD_BACK, "the whole file is held back by: crime_type_is_known", 50, 0),
    ]
    load(con, STREET, held)
    counted = conservation(con, STREET, ["good", "held"])
    assert {(found.file_id, found.loaded, found.quarantined) for found in counted} == {("good", 51, 0), ("held", 0, 51)}


def test_a_file_that_is_loaded_again_replaces_its_own_rows_only(con: duckdb.DuckDBPyConnection) -> None:
    for file_id in ("one", "two"):
        new_incoming(con, STREET)
        land(con, STREET, file_id, clean_rows(STREET))
        con.execute("update incoming set lsoa_code = 'E1' where row_number = 7")
        examine(con, STREET, LIMITS)
        for _ in range(2):
            assert quarantine(con, STREET) == {file_id: 1}
    assert con.execute("select file_id from quarantine.police_uk_street order by 1").fetchall() == [("one",), ("two",)]


def test_rows_of_a_file_taken_out_of_the_batch_stay_out_of_quarantine(con: duckdb.DuckDBPyConnection) -> None:
    new_incoming(con, STREET)
    land(con, STREET, "one", clean_rows(STREET))
    con.execute("update incoming set lsoa_code = 'E1' where row_number = 7")
    examine(con, STREET, LIMITS)
    con.execute("delete from incoming")
    assert quarantine(con, STREET) == {}


def test_a_row_that_is_in_both_places_or_in_none_breaks_conservation(con: duckdb.DuckDBPyConnection) -> None:
    new_incoming(con, STREET)
    land(con, STREET, "one", clean_rows(STREET))
    con.execute("update incoming set lsoa_code = 'E1' where row_number = 7")
    examine(con, STREET, LIMITS)
    quarantine(con, STREET)
    con.execute("create table raw.police_uk_street as from incoming")
    (both,) = conservation(con, STREET, ["one"])
    assert not both.holds
    assert str(both) == "one.csv: 51 rows read, 51 loaded, 1 quarantined"
    con.execute("delete from raw.police_uk_street where row_number in (7, 8)")
    assert not conservation(con, STREET, ["one"])[0].holds


def test_rows_of_a_file_that_is_not_landed_are_refused(con: duckdb.DuckDBPyConnection) -> None:
    new_incoming(con, STREET)
    add_rows(con, STREET, "stray", clean_rows(STREET))
    examine(con, STREET, LIMITS)
    with pytest.raises(GateError, match=r"not in landing\.files \(stray\)"):
        quarantine(con, STREET)


def test_a_feed_without_rules_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(GateError, match="no quality rules"):
        quarantine(con, "police_uk_api")


# Few values of each, so that repeats, defects and their mixtures come up often.
STREET_CELLS = st.tuples(
    st.sampled_from([None, crime_id(1), crime_id(2), "not an ID"]),
    st.sampled_from(["Drugs", "Robbery", "Anti-social behaviour", "Piracy"]),
    st.sampled_from([None, "Under investigation", "Local resolution"]),
    st.sampled_from(["-0.2", "-0.2", None, "99"]),
    st.sampled_from(["E01000120", "E01000120", "E1", None]),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(STREET_CELLS, min_size=1, max_size=12), min_size=1, max_size=3))
def test_read_is_loaded_plus_quarantined_whatever_the_rows(files: list[list[tuple[str | None, ...]]]) -> None:
    rules = [rule for rule in rules_of(STREET) if rule.scope == "row"]
    with duckdb.connect() as con:
        prepare(con)
        new_incoming(con, STREET)
        for position, cells in enumerate(files):
            rows: list[Row] = [
                (number, crime, "2017-11", FORCE, FORCE, lon, "51.6", "Street", lsoa, "Barnet 009D", kind, outcome)
                for number, (crime, kind, outcome, lon, lsoa) in enumerate(cells, start=1)
            ]
            land(con, STREET, f"file{position}", rows)
        held = held_files(examine(con, STREET, LIMITS, rules=rules))
        quarantine(con, STREET, held)
        load(con, STREET, held)
        found = conservation(con, STREET, [f"file{position}" for position in range(len(files))])
        assert [item.read for item in found] == [len(cells) for cells in files]
        assert all(item.holds for item in found), [str(item) for item in found]
        both = con.execute(
            "select count(*) from raw.police_uk_street "
            "semi join quarantine.police_uk_street using (file_id, row_number)"
        )
        assert both.fetchone() == (0,)
        once = con.execute("select count(*), count(distinct (file_id, row_number)) from quarantine.police_uk_street")
        rows_there, distinct_rows = once.fetchone() or (0, 1)
        assert rows_there == distinct_rows
