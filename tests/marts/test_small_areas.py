"""Wards and LSOAs: which files a series is made of, what is the same ground, what has no place, and nothing lost."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warehouse_fixtures import LANDED_AT, add_borough_file, add_file, empty_warehouse, set_meeting

from safer_assets.models.sql import Model, checks, models

MET = "Metropolitan Police Service"
HOME, BRENT = "E09000003", "E09000005"
OLD, NEW = "mps-before-2024", "mps-2024"
DWELLING = {OLD: ("Burglary", "Domestic Burglary"), NEW: ("BURGLARY", "BURGLARY IN A DWELLING")}

# One LSOA stayed, one was split in two, two became one, and two became two others that share ground with both.
LOOKUP = (
    ("E01000001", "E01000001", "U"),
    ("E01000002", "E01030021", "S"),
    ("E01000002", "E01030022", "S"),
    ("E01000003", "E01030034", "M"),
    ("E01000004", "E01030034", "M"),
    ("E01000005", "E01030056", "X"),
    ("E01000005", "E01030065", "X"),
    ("E01000006", "E01030056", "X"),
)
OLD_CODES = sorted({pair[0] for pair in LOOKUP})
NEW_CODES = sorted({pair[1] for pair in LOOKUP})
MARTS = ("marts.ward_months", "marts.small_area_months", "marts.small_area_unplaced")


def needed(*tables: str) -> list[Model]:
    """The models that these are made of and these themselves, in the order they depend on each other."""
    wanted = set(tables)
    for model in reversed(models()):
        if model.table in wanted:
            wanted |= set(model.reads)
    return [model for model in models() if model.table in wanted]


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    """Reference tables are put in place once; every test empties the rest."""
    return empty_warehouse()


@pytest.fixture
def con(warehouse: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    return emptied(warehouse)


def emptied(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The warehouse with no file landed, before the meeting that most tests are about."""
    for feed in ("mps_borough", "mps_dashboard", "mps_ward", "mps_lsoa", "police_uk_street", "ons_lookup"):
        con.execute(f"delete from raw.{feed}")
    con.execute("delete from landing.files; delete from landing.loads")
    set_meeting(con, data_month=date(2024, 8, 1), as_at=date(2024, 10, 1))
    return con


def made(con: duckdb.DuckDBPyConnection, *tables: str) -> duckdb.DuckDBPyConnection:
    """The small-area marts, or the tables named, made anew with all that they are made of."""
    for model in needed(*(tables or MARTS)):
        con.execute(f"create or replace {'view' if model.is_view else 'table'} {model.table} as {model.sql}")
    return con


def add_lookup(con: duckdb.DuckDBPyConnection, pairs: tuple[tuple[str, str, str], ...] = LOOKUP) -> None:
    con.execute(
        "insert into landing.files (file_id, feed, rows, landed_at) values ('lookup', 'ons_lookup', 1, ?)",
        [LANDED_AT],
    )
    con.executemany(
        "insert into raw.ons_lookup (file_id, row_number, lsoa11_code, lsoa21_code, change_indicator, lad_code) "
        "values ('lookup', 1, ?, ?, ?, ?)",
        [[*pair, HOME] for pair in pairs],
    )


def add_wide(
    con: duckdb.DuckDBPyConnection,
    file_id: str,
    feed: str,
    span: tuple[str, str],
    each: Mapping[tuple[str, str], int],
    scheme: str = NEW,
    pair: tuple[str, str] | None = None,
) -> None:
    """A Met ward or LSOA file: offences in every month by (borough, ward or LSOA)."""
    first, last = (date.fromisoformat(f"{month}-01") for month in span)
    available = date(last.year + last.month // 12, last.month % 12 + 1, 6)
    known = con.execute("select count(*) from landing.files where file_id = ?", [file_id]).fetchone()
    if known == (0,):
        add_file(con, file_id, feed, scheme, first=first, last=last, available=available, rows=len(each))
    code = "ward_code" if feed == "mps_ward" else "lsoa_code"
    for number, ((borough, area), count) in enumerate(each.items(), start=1):
        con.execute(
            f"insert into raw.{feed} by name select ? as file_id, ? as row_number, ? as offence_group, "  # own names
            f"? as offence_subgroup, ? as borough, ? as {code}, cast(month as date) as month, ? as offences "
            "from range(?::timestamp, ?::timestamp + interval 1 day, interval 1 month) as months (month)",
            [file_id, number, *(pair or DWELLING[scheme]), borough, area, count, first, last],
        )


def add_street(con: duckdb.DuckDBPyConnection, month: date, codes: Mapping[str | None, int]) -> None:
    """A street file of a month: burglaries by LSOA; None is no place."""
    file_id = f"street{month:%Y%m}"
    rows = sum(codes.values())
    add_file(con, file_id, "police_uk_street", "police-uk-2013", first=month, last=month, available=month, rows=rows)
    cells = [code for code, times in codes.items() for _ in range(times)]
    con.executemany(
        "insert into raw.police_uk_street (file_id, row_number, month, falls_within, lsoa_code, lsoa_name, crime_type) "
        "values (?, ?, ?, ?, ?, ?, 'Burglary')",
        [[file_id, number, month, MET, code, code and "Barnet 001A"] for number, code in enumerate(cells, start=1)],
    )


def add_dashboard(
    con: duckdb.DuckDBPyConnection, pairs: Mapping[tuple[str, str], Mapping[str | None, int]], borough: int
) -> None:
    """The dashboard's file of 2024: each pair by ward (None: the row names none) and once for the borough."""
    first, last = date(2024, 1, 1), date(2024, 8, 1)
    add_file(con, "dash", "mps_dashboard", "mps-dashboard", first=first, last=last, available=date(2024, 9, 6), rows=1)
    cells = [(*pair, "Safer Neighborhood Team", ward, n) for pair, each in pairs.items() for ward, n in each.items()]
    cells += [(*pair, "Borough", HOME, borough) for pair in pairs]
    for number, (group, subgroup, kind, code, count) in enumerate(cells, start=1):
        for measure, records in (("Offences", count), ("Positive Outcomes", 90)):
            con.execute(
                "insert into raw.mps_dashboard by name select 'dash' as file_id, ? as row_number, ? as area_type, "
                "'Barnet' as borough, ? as area_name, ? as area_code, ? as offence_group, ? as offence_subgroup, "
                "? as measure, ? as records, cast(month as date) as month "
                "from range(?::timestamp, ?::timestamp + interval 1 day, interval 1 month) as months (month)",
                [number, kind, code, code, group, subgroup, measure, records, first, last],
            )


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


def test_a_series_never_mixes_two_sets_of_wards(con: duckdb.DuckDBPyConnection) -> None:
    redrawn, kept = ("Barnet", "E05000043"), ("Brent", "E05000085")
    add_wide(con, "old", "mps_ward", ("2020-09", "2022-08"), {redrawn: 4, kept: 5}, OLD)
    add_wide(con, "new", "mps_ward", ("2021-05", "2023-04"), {("Barnet", "E05013628"): 7, kept: 9}, OLD)
    found = rows(
        made(con),
        "select area_code, ward_code, file_id, min(month), max(month), min(offences), max(offences) "
        "from marts.ward_months where indicator = 'residential_burglary' group by all order by all",
    )
    assert found == [
        (HOME, "E05013628", "new", date(2021, 5, 1), date(2023, 4, 1), 7, 7),
        (BRENT, "E05000085", "new", date(2021, 5, 1), date(2023, 4, 1), 9, 9),
        (BRENT, "E05000085", "old", date(2020, 9, 1), date(2021, 4, 1), 5, 5),
    ]


def test_a_file_of_the_old_wards_is_used_as_long_as_it_is_the_newest(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2022, 8, 1), as_at=date(2022, 10, 1))
    add_wide(con, "old", "mps_ward", ("2020-09", "2022-08"), {("Barnet", "E05000043"): 4}, OLD)
    add_wide(con, "new", "mps_ward", ("2021-05", "2023-04"), {("Barnet", "E05013628"): 7}, OLD)
    assert rows(made(con), "select distinct ward_code, file_id from marts.ward_months") == [("E05000043", "old")]


def test_the_rows_of_a_ward_under_its_borough_and_under_the_airports_are_added(con: duckdb.DuckDBPyConnection) -> None:
    heathrow = "E05013570"
    both = {("Hillingdon", heathrow): 2, ("Aviation Security (SO18)", heathrow): 30}
    add_wide(con, "both", "mps_ward", ("2022-09", "2024-08"), both)
    assert rows(made(con), "select distinct area_code, offences from marts.ward_months") == [("E09000017", 32)]
    con.execute("delete from raw.mps_ward where borough = 'Hillingdon'")
    assert rows(made(con), "select * from marts.ward_months") == [], "nothing says which borough the ward is in"
    assert "small_areas_are_known" in failed(con)
    con.execute("insert into landing.files (file_id, feed, landed_at) values ('wards', 'ons_lookup', ?)", [LANDED_AT])
    con.execute(
        "insert into raw.ons_lookup (file_id, row_number, ward_code, lad_code) values ('wards', 1, ?, 'E09000017')",
        [heathrow],
    )
    assert rows(made(con), "select distinct area_code, offences from marts.ward_months") == [("E09000017", 30)]
    assert "small_areas_are_known" not in failed(con)


def test_what_ward_files_do_not_count_is_taken_from_the_neighbourhoods_of_the_dashboard(
    con: duckdb.DuckDBPyConnection,
) -> None:
    here, there = "E05013628", "E05013630"
    add_wide(con, "ward", "mps_ward", ("2022-09", "2024-08"), {("Barnet", here): 3, ("Barnet", there): 4})
    knives: dict[str | None, int] = {here: 5, there: 0, None: 2}
    homes: dict[str | None, int] = {here: 50, there: 60}
    add_dashboard(con, {("Knife Crime", "Knife Crime"): knives, ("BURGLARY", "DOMESTIC BURGLARY"): homes}, borough=7)
    found = rows(
        made(con),
        "select distinct source, indicator, ward_code, offences, area_code from marts.ward_months "
        "where indicator in ('knife_crime', 'residential_burglary') order by all",
    )
    assert found == [
        ("mps_dashboard", "knife_crime", here, 5, HOME),
        ("mps_dashboard", "knife_crime", there, 0, HOME),
        ("mps_ward", "residential_burglary", here, 3, HOME),
        ("mps_ward", "residential_burglary", there, 4, HOME),
    ], "one feed an indicator, the ward files first; outcomes are no offences"
    unplaced = "select distinct source, unplaced, total from marts.small_area_unplaced where indicator = 'knife_crime'"
    assert rows(con, unplaced) == [("mps_dashboard", 2, 7)]
    assert "small_areas_fall_short" in failed(con), "2 of 7 is more than the partnership's limit"


def test_what_the_file_leaves_out_is_no_part_of_a_total(con: duckdb.DuckDBPyConnection) -> None:
    place = {("Barnet", "E05013628"): 3}
    add_wide(con, "ward", "mps_ward", ("2022-09", "2024-08"), place)
    found = rows(made(con), "select distinct indicator from marts.ward_months")
    assert found == [("residential_burglary",)], "no row of the other burglaries, so no burglary, and no total"
    add_wide(
        con, "ward", "mps_ward", ("2022-09", "2024-08"), place, pair=("BURGLARY", "BURGLARY BUSINESS AND COMMUNITY")
    )
    found = rows(made(con), "select distinct indicator, offences from marts.ward_months order by 1")
    assert found == [("burglary", 6), ("non_residential_burglary", 3), ("residential_burglary", 3)]


def test_nothing_is_said_of_a_month_that_was_cut_off(con: duckdb.DuckDBPyConnection) -> None:
    add_wide(con, "lsoa", "mps_lsoa", ("2024-02", "2024-08"), {(HOME, "E01000001"): 40})
    con.execute("update raw.mps_lsoa set offences = 1 where month = '2024-02-01'")
    found = rows(made(con), "select min(month), max(month), min(offences) from marts.small_area_months")
    assert found == [(date(2024, 3, 1), date(2024, 8, 1), 40)]


def test_what_has_no_ward_is_counted_against_the_borough_file_of_the_nearest_vintage(
    con: duckdb.DuckDBPyConnection,
) -> None:
    add_wide(con, "ward", "mps_ward", ("2022-09", "2024-08"), {("Barnet", "E05013628"): 90, ("Barnet", "E05013629"): 7})
    add_borough_file(con, "near", first="2022-09", last="2024-08", each=100)
    add_borough_file(con, "far", first="2021-09", last="2023-08", each=500)
    found = rows(
        made(con),
        "select distinct source, indicator, area_code, unplaced, total, share from marts.small_area_unplaced",
    )
    assert found == [("mps_ward", "residential_burglary", HOME, 3, 100, 0.03)]


def test_units_are_the_same_ground_in_both_years(con: duckdb.DuckDBPyConnection) -> None:
    add_lookup(con)
    found = rows(made(con), "select lsoa_code, unit_code, change, lsoa21_code from staging.lsoa_units order by 1")
    assert found == [
        ("E01000001", "E01000001", "unchanged", "E01000001"),
        ("E01000002", "E01000002", "split", None),
        ("E01000003", "E01030034", "merged", "E01030034"),
        ("E01000004", "E01030034", "merged", "E01030034"),
        ("E01000005", "E01000005", "irregular", None),
        ("E01000006", "E01000005", "irregular", None),
        ("E01030021", "E01000002", "split", None),
        ("E01030022", "E01000002", "split", None),
        ("E01030034", "E01030034", "merged", "E01030034"),
        ("E01030056", "E01000005", "irregular", None),
        ("E01030065", "E01000005", "irregular", None),
    ]


@settings(max_examples=30)
@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=14))
def test_codes_share_a_unit_exactly_when_their_ground_is_connected(
    warehouse: duckdb.DuckDBPyConnection, pairs: set[tuple[int, int]]
) -> None:
    con = emptied(warehouse)
    named = tuple((f"E0100000{old}", f"E0103000{new}", "X") for old, new in pairs)
    add_lookup(con, named)
    made(con, "staging.lsoa_units")
    unit = dict(rows(con, "select lsoa_code, unit_code from staging.lsoa_units"))
    group = {code: code for old, new, _ in named for code in (old, new)}
    for _ in named:  # the slow and plain way: as many passes as there are pairs
        for old, new, _ in named:
            group[old] = group[new] = min(group[old], group[new])
    assert set(unit) == set(group)
    codes = sorted(unit)
    assert all((unit[a] == unit[b]) == (group[a] == group[b]) for a in codes for b in codes)
    assert all(group[code] == group[unit[code]] for code in codes), "a unit is called after one of its own"


def test_old_files_give_units_and_new_files_give_lsoas(con: duckdb.DuckDBPyConnection) -> None:
    add_lookup(con)
    old_month, new_month = date(2022, 5, 1), date(2024, 7, 1)
    add_street(con, old_month, dict.fromkeys(OLD_CODES, 1) | {None: 2})
    add_street(con, new_month, dict.fromkeys(NEW_CODES, 1) | {None: 1})
    found = rows(
        made(con),
        "select month, unit_code, lsoa21_code, offences, after_break from marts.small_area_months "
        "where indicator = 'burglary' order by all",
    )
    assert found == [
        (old_month, "E01000001", "E01000001", 1, ""),
        (old_month, "E01000002", None, 1, ""),
        (old_month, "E01000005", None, 2, ""),
        (old_month, "E01030034", "E01030034", 2, ""),
        (new_month, "E01000001", "E01000001", 1, "data.police.uk snap points"),
        (new_month, "E01000002", "E01030021", 1, "data.police.uk snap points"),
        (new_month, "E01000002", "E01030022", 1, "data.police.uk snap points"),
        (new_month, "E01000005", "E01030056", 1, "data.police.uk snap points"),
        (new_month, "E01000005", "E01030065", 1, "data.police.uk snap points"),
        (new_month, "E01030034", "E01030034", 1, "data.police.uk snap points"),
    ]
    found = rows(
        con, "select month, unplaced, total from marts.small_area_unplaced where indicator = 'burglary' order by 1"
    )
    assert found == [(old_month, 2, 8), (new_month, 1, 7)]


COUNTS = st.dictionaries(st.sampled_from([*OLD_CODES, *NEW_CODES, "E01099999", None]), st.integers(0, 4), min_size=1)


@settings(max_examples=10)
@given(COUNTS, COUNTS, st.booleans())
def test_no_crime_is_lost_or_counted_twice_between_units_and_what_has_no_place(
    warehouse: duckdb.DuckDBPyConnection,
    street: dict[str | None, int],
    in_lsoas: dict[str | None, int],
    with_lookup: bool,
) -> None:
    con = emptied(warehouse)
    if with_lookup:
        add_lookup(con)
    month = date(2024, 7, 1)
    add_street(con, month, street | {"E01000001": 1})
    placed = {(HOME, code): count for code, count in in_lsoas.items() if code}
    add_wide(con, "lsoa", "mps_lsoa", ("2024-07", "2024-08"), placed | {(HOME, "E01000001"): 1})
    made(con)
    [(units, unplaced, total)] = rows(
        con,
        "select (select sum(offences) from marts.small_area_months where source = 'police_uk_street' "
        "and indicator = 'burglary'), unplaced, total from marts.small_area_unplaced where source = 'police_uk_street' "
        "and indicator = 'burglary'",
    )
    assert (units + unplaced, total) == (sum((street | {"E01000001": 1}).values()),) * 2
    by_lsoa = rows(con, "select sum(offences) from marts.small_area_months where source = 'mps_lsoa'")
    assert by_lsoa == [(2 * sum((placed | {(HOME, "E01000001"): 1}).values()),)]
    key = "source, indicator, unit_code, lsoa21_code, month"
    assert rows(con, f"select {key} from marts.small_area_months group by all having count(*) > 1") == []
    assert not failed(con) & {"small_areas_conserved", "wards_are_no_borough"}


def failed(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The checks of small areas that fail."""
    con.execute(
        "create table if not exists marts.indicator_months as "
        "select indicator, area_code, month, 'mps_borough' as source from marts.indicator_vintages limit 0"
    )
    names = ("small_areas_conserved", "small_areas_fall_short", "small_areas_are_known", "wards_are_no_borough")
    asked = {name: check for check in checks() if (name := check.table.split(".")[-1]) in names}
    assert len(asked) == len(names)
    return {name for name, check in asked.items() if con.execute(f"select * from ({check.sql}\n)").fetchone()}


def test_the_checks_see_what_they_are_there_for(con: duckdb.DuckDBPyConnection) -> None:
    add_lookup(con)
    add_street(con, date(2024, 7, 1), dict.fromkeys(NEW_CODES, 1))
    add_wide(con, "ward", "mps_ward", ("2022-09", "2024-08"), {("Barnet", "E05013628"): 97})
    add_wide(con, "lsoa", "mps_lsoa", ("2024-06", "2024-08"), {(HOME, "E01030034"): 99})
    add_borough_file(con, "borough", first="2022-09", last="2024-08", each=100)
    assert failed(made(con)) == set()
    con.execute("update marts.small_area_months set offences = offences + 1 where source = 'police_uk_street'")
    assert failed(con) == {"small_areas_conserved"}
    made(con)
    con.execute("delete from marts.small_area_months where source = 'mps_lsoa' and unit_code = 'E01030034'")
    assert failed(con) == {"small_areas_conserved"}
    made(con)
    con.execute("update marts.small_area_unplaced set unplaced = 40 where source = 'mps_ward'")
    assert failed(con) == {"small_areas_fall_short"}
    made(con)
    con.execute("insert into marts.indicator_months values ('burglary', 'E09000003', '2024-07-01', 'mps_ward')")
    assert failed(con) == {"wards_are_no_borough"}
