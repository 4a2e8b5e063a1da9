"""Protects: the Met's calls are counted as its publisher does, by whole months, never beside the street files."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from feeds.asb_files import AUTUMN, HEADER, asb_csv, call, calls
from feeds.feed_files import describe, knowing, load, read, street_csv, write
from warehouse_fixtures import add_file, empty_warehouse, set_meeting

from safer_assets import feeds
from safer_assets.errors import FeedError
from safer_assets.models.build import build

ASB = feeds.by_name("mps_asb")


def test_the_publishers_own_header_is_known_by_this_feed_alone_and_loaded(tmp_path: Path) -> None:
    path = write(tmp_path, asb_csv([*AUTUMN, call("12-09-2024", ""), call("12-09-2024", "Barnet", "2")]))
    feed, found = describe(path)
    assert (feed, found.rows, found.columns) == (ASB, 63, HEADER)
    assert (found.first_month, found.vintage, found.historical, found.scheme) == (
        *(date(2024, 8, 1), date(2024, 9, 1)),
        *(False, ""),
    )
    with duckdb.connect() as con:
        read(con, ASB, path)
        load(con, ASB)
        sums = con.execute("select borough, sum(incidents) from raw.mps_asb group by all order by all").fetchall()
        assert sums == [("Barnet", 2), ("Enfield", 61), (None, 1)]
        assert con.execute("select * from raw.mps_asb where row_number = 41").fetchall() == [
            (
                *("f1", 41, date(2024, 9, 10), "09:00", "ASB Nuisance", "Rowdy Or Inconsiderate Behaviour", None),
                *("E05013688", "Palmers Green", "Enfield", "No", 1),
            )
        ]


@pytest.mark.parametrize("spelt", ["%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%Y-%m-%d 00:00:00", "%d-%b-%Y"])
def test_days_are_read_in_every_accepted_spelling(spelt: str, tmp_path: Path) -> None:
    _, found = describe(write(tmp_path, asb_csv(calls(date(2024, 8, 1), date(2024, 8, 31), spelt=spelt))))
    assert (found.first_month, found.vintage) == (date(2024, 8, 1), date(2024, 8, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Safer_Neighborhood_Team_Borough_Name", "Safer Neighbourhood Team Borough Name"),
        ("ASBCount", "ASB Incidents"),
        ("Opening_Type_1", "OPENING TYPE 1"),
        ("Date", "Incident_Date"),
        ("Response_Time", "Attended"),
    ],
)
def test_spellings_that_mean_the_same_and_columns_that_are_not_read_do_no_harm(
    old: str, new: str, tmp_path: Path
) -> None:
    header = [new if heading == old else heading for heading in HEADER]
    feed, found = describe(write(tmp_path, asb_csv(header=header)))
    assert (feed, found.rows) == (ASB, 61)


@pytest.mark.parametrize("old", ["ASBCount", "Safer_Neighborhood_Team_Borough_Name", "Opening_Type_1", "Date"])
def test_a_needed_column_that_is_renamed_is_refused_by_name(old: str, tmp_path: Path) -> None:
    header = ["Renamed" if heading == old else heading for heading in HEADER]
    with pytest.raises(FeedError, match=rf"column {old} is missing \(found .*Renamed"):
        describe(write(tmp_path, asb_csv(header=header)))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (calls(date(2024, 8, 1), date(2024, 8, 31), spelt="%m-%d-%Y"), "data row 13 has Date '08-13-2024'"),
        ([*AUTUMN, call("")], "data row 62 has Date None"),
        ([*AUTUMN, call("31-09-2024")], "data row 62 has Date '31-09-2024'"),
        ([*AUTUMN, call("01-09-24")], "data row 62 has Date '01-09-24'"),
        (calls(date(2024, 8, 2), date(2024, 9, 29)), "2024-08-02 to 2024-09-29, and no whole month"),
        ([], "has a header and no rows"),
        ([HEADER, *AUTUMN], "data row 1 is the header again"),
    ],
)
def test_a_file_that_cannot_be_counted_is_refused_with_the_row(
    rows: Sequence[Sequence[str]], words: str, tmp_path: Path
) -> None:
    with pytest.raises(FeedError, match=words):
        describe(write(tmp_path, asb_csv(rows)))


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2024, 8, 1), date(2024, 10, 12), (8, 9)),
        (date(2024, 7, 9), date(2024, 9, 30), (8, 9)),
        (date(2024, 7, 31), date(2024, 10, 1), (8, 9)),
    ],
)
def test_months_that_are_not_whole_are_not_months_of_the_file(
    first: date, last: date, months: tuple[int, int], tmp_path: Path
) -> None:
    _, found = describe(write(tmp_path, asb_csv(calls(first, last))))
    assert (found.first_month, found.vintage) == tuple(date(2024, month, 1) for month in months)


def test_a_street_file_is_not_taken_for_it(tmp_path: Path) -> None:
    (content,) = feeds.probe(write(tmp_path, street_csv()), "x")
    assert ASB not in knowing(content)


# -- in the warehouse --------------------------------------------------------------------------------------------------


def add_calls(
    con: duckdb.DuckDBPyConnection, file_id: str, first: date, last: date, each: int, *, days: int = 0
) -> None:
    """A file with `each` calls on the first of every month in Barnet; `days` more into the month after the last."""
    end = (last + timedelta(days=31)).replace(day=1) + timedelta(days=days - 1)
    add_file(con, file_id, "mps_asb", "", first=first, last=last, available=last + timedelta(days=36), rows=1)
    con.execute(
        "insert into raw.mps_asb by name select ? as file_id, 1 as row_number, cast(day as date) as incident_day, "
        "'Barnet' as borough, ? as incidents "
        "from range(?::timestamp, ?::timestamp + interval 1 day, interval 1 month) as days (day)",
        [file_id, each, first, end],
    )


def add_street(con: duckdb.DuckDBPyConnection, first: date, last: date, each: int) -> None:
    """data.police.uk files of all months with `each` ASB rows in Barnet, and one row of six other categories."""
    month = first
    while month <= last:
        file_id = f"street{month:%Y%m}"
        add_file(con, file_id, "police_uk_street", "police-uk-2013", first=month, last=month,
                 available=month + timedelta(days=80), rows=1)  # fmt: skip
        con.execute(
            "insert into raw.police_uk_street by name select ? as file_id, n as row_number, ?::date as month, "
            "'Metropolitan Police Service' as falls_within, 'Barnet 001A' as lsoa_name, "
            "list_extract(['Burglary', 'Drugs', 'Robbery', 'Public order', 'Shoplifting', 'Vehicle crime', "
            "'Anti-social behaviour'], least(n, 7)) as crime_type from range(1, 7 + ?) as rows (n)",
            [file_id, month, each],
        )
        month = (month + timedelta(days=31)).replace(day=1)


def figure(con: duckdb.DuckDBPyConnection, window: str) -> tuple[object, ...] | None:
    outcome = build(con)
    assert not outcome.blocked_by, outcome.blocked_by
    return con.execute(
        "select value, prior_value, source, quality from marts.figures cross join reference.meeting "
        "where \"window\" = ? and indicator = 'asb_incidents' and area_code = 'E09000003' and end_month = data_month",
        [window],
    ).fetchone()


def test_the_mets_own_file_is_preferred_and_the_two_are_never_joined() -> None:
    con = empty_warehouse()
    set_meeting(con, data_month=date(2024, 8, 1), as_at=date(2024, 10, 20))
    add_street(con, date(2023, 7, 1), date(2024, 6, 1), 5)
    add_calls(con, "asb", date(2024, 6, 1), date(2024, 8, 1), 7)
    assert figure(con, "month") == (7, None, "mps_asb", "no comparator: figures start 2024-06")
    assert figure(con, "r3") == (21, None, "mps_asb", "no comparator: figures start 2024-06")
    r12 = figure(con, "r12")
    assert r12 is not None
    assert (r12[0], r12[2]) == (None, "mps_asb"), "nine months of the street files do not fill it up"


def test_without_the_mets_file_the_street_files_give_it() -> None:
    con = empty_warehouse()
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 10, 20))
    add_street(con, date(2023, 4, 1), date(2024, 6, 1), 5)
    assert figure(con, "r3") == (15, 15, "police_uk_street", "")


def test_a_month_that_has_only_begun_is_in_no_figure() -> None:
    con = empty_warehouse()
    set_meeting(con, data_month=date(2024, 9, 1), as_at=date(2024, 10, 20))
    add_calls(con, "asb", date(2024, 6, 1), date(2024, 8, 1), 7, days=12)
    assert con.execute("select count(*) from raw.mps_asb").fetchone() == (4,)
    month = figure(con, "month")
    assert month is not None
    assert (month[0], month[3]) == (None, "missing feed: figures end 2024-08")
