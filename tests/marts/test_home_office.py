"""Protects: quarters of the Home Office make figures only where no feed has months, and only for whole districts."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import duckdb
import pytest
from marts.test_which_file import figure
from warehouse_fixtures import BOROUGHS, add_borough_file, add_file, empty_warehouse, set_meeting

from safer_assets.models.build import build

BURGLARY = ("Theft offences", "Residential burglary", "28E")
VIOLENCE = ("Violence against the person", "Violence with injury", "8N")
UNHEARD_OF = ("Theft offences", "Theft of time", "99")
OUT = date(2026, 7, 23)
Count = tuple[str, date, tuple[str, str, str], int]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return empty_warehouse()


def add_table(
    con: duckdb.DuckDBPyConnection, file_id: str, counts: Sequence[Count], *, out: date = OUT, force: str = "A force"
) -> None:
    """A Home Office file with these counts: partnership, first month of the quarter, offence, number."""
    months = [month for _, month, _, _ in counts]
    last = max(months).replace(month=max(months).month + 2)
    add_file(
        con, file_id, "home_office_csp", "home-office",
        first=min(months), last=last, available=out, rows=len(counts), refreshed=out,
    )  # fmt: skip
    con.executemany(
        "insert into raw.home_office_csp values (?, ?, '', ?, ?, ?, ?, ?, 'An offence', ?, ?)",
        [
            [file_id, number, month, force, csp, offence[0], offence[1], offence[2], count]
            for number, (csp, month, offence, count) in enumerate(counts, start=1)
        ],
    )


def quarters(first: int, last: int) -> list[date]:
    """First months of the quarters of calendar years."""
    return [date(year, month, 1) for year in range(first, last + 1) for month in (1, 4, 7, 10)]


def everywhere(months: Iterable[date], each: int, csps: Sequence[str] = BOROUGHS) -> list[Count]:
    """The same number of burglaries in every partnership and quarter."""
    return [(csp, month, BURGLARY, each) for month in months for csp in csps]


def only_area(con: duckdb.DuckDBPyConnection, code: str) -> None:
    """Make figures for one district, and no groups."""
    con.execute("delete from reference.group_members")
    con.execute("create or replace table reference.areas as select ? as area_code, 'Here' as area_name", [code])
    con.execute("update reference.partnership set area_code = ?", [code])


def of_quarter(con: duckdb.DuckDBPyConnection, code: str, month: str) -> list[Any]:
    """What is known of the district's residential burglary in a quarter."""
    only_area(con, code)
    outcome = build(con)
    assert not outcome.blocked_by, outcome.blocked_by
    rows = con.execute(
        "select offences from marts.indicator_quarters where indicator = 'residential_burglary' "
        "and area_code = ? and start_month = ?",
        [code, f"{month}-01"],
    )
    return [row[0] for row in rows.fetchall()]


def found(con: duckdb.DuckDBPyConnection, check: str) -> list[str]:
    """The rows a check says are wrong, as it prints them; none where it passes."""
    (result,) = [result for result in build(con).results if result.check == f"checks.{check}"]
    assert result.severity == "WARN"
    return result.examples.split("; ") if result.examples else []


def test_windows_of_whole_quarters_are_filled_and_others_say_why_not(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2026, 3, 1), as_at=date(2026, 8, 1))
    counts = [(csp, month, BURGLARY, number) for csp in BOROUGHS for number, month in enumerate(quarters(2024, 2025))]
    add_table(con, "ho", [*counts, *everywhere([date(2026, 1, 1)], 100)])
    values = {window: figure(con, window) for window in ("month", "r3", "r12", "fyq", "fytd")}
    assert {window: (row["value"], row["prior_value"]) for window, row in values.items()} == {
        "month": (None, None),
        "r3": (100, 4),
        "r12": (5 + 6 + 7 + 100, 1 + 2 + 3 + 4),
        "fyq": (100, 4),
        "fytd": (5 + 6 + 7 + 100, 1 + 2 + 3 + 4),
    }
    assert {(row["source"], row["scheme"]) for row in values.values()} == {("home_office_csp", "home-office")}
    assert values["month"]["quality"] == "missing feed: figures are of whole quarters"
    assert (values["r12"]["vintage"], values["r12"]["file_ids"], values["r12"]["quality"]) == ("2026-03", ["ho"], "")
    assert figure(con, "r12", area="MPS-32")["value"] == 32 * 118
    assert figure(con, "r12", "personal_robbery")["quality"] == "missing feed", "nobody counts it in this file"


def test_a_window_that_cuts_a_quarter_is_missing_and_one_before_the_data_month_is_not(
    con: duckdb.DuckDBPyConnection,
) -> None:
    set_meeting(con, data_month=date(2026, 2, 1), as_at=date(2026, 8, 1))
    add_table(con, "ho", everywhere(quarters(2024, 2025), 10))
    assert figure(con, "fyq")["value"] == 10
    for window in ("r3", "r12", "fytd"):
        row = figure(con, window)
        assert (row["value"], row["quality"]) == (None, "missing feed: figures are of whole quarters")
    set_meeting(con, data_month=date(2026, 6, 1), as_at=date(2026, 8, 1))
    assert figure(con, "fyq")["quality"] == "missing feed: figures end 2025-12"


def test_two_tables_are_joined_quarter_by_quarter_newest_first(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2025, 12, 1), as_at=date(2026, 8, 1))
    add_table(con, "older", everywhere(quarters(2024, 2024), 10), out=date(2025, 7, 1))
    add_table(con, "newer", everywhere([date(2024, 10, 1), *quarters(2025, 2025)], 1))
    row = figure(con, "r12")
    assert (row["value"], row["prior_value"], row["vintage"]) == (4, 31, "2025-12+2024-12")


def test_a_table_that_came_out_after_the_cut_is_not_read(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2025, 12, 1), as_at=date(2026, 7, 1))
    add_table(con, "ho", everywhere(quarters(2024, 2025), 10))
    assert figure(con, "fyq")["quality"] == "missing feed"


def test_a_feed_of_months_is_never_replaced_or_mixed(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2026, 3, 1), as_at=date(2026, 8, 1))
    add_borough_file(con, "met", first="2025-04", last="2026-03", each=1)
    windows = ("month", "r3", "r12", "fyq", "fytd")
    alone = [figure(con, window) for window in windows]
    add_table(con, "ho", everywhere([*quarters(2024, 2025), date(2026, 1, 1)], 1000))
    assert [figure(con, window) for window in windows] == alone
    assert alone[2]["quality"] == "no comparator: figures start 2025-04", "the other feed has those months"
    con.execute("delete from raw.mps_borough where month > '2026-01-01'")
    con.execute("update landing.files set vintage = '2026-01-01' where file_id = 'met'")
    con.execute("update landing.loads set judged_by = 'again' where file_id = 'met'")
    late = figure(con, "fyq")
    assert (late["source"], late["quality"]) == ("mps_borough", "missing feed: figures end 2026-01")


def test_a_district_is_the_sum_of_its_partnerships_when_all_are_there(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2026, 3, 1), as_at=date(2026, 8, 1))
    parts = ("Aylesbury Vale", "Chiltern", "SOUTH BUCKS", "Wycombe")
    add_table(
        con,
        "ho",
        [
            *((csp, date(2025, 1, 1), BURGLARY, 5) for csp in parts),
            *((csp, date(2025, 4, 1), BURGLARY, 5) for csp in parts[:3]),
            ("Buckinghamshire", date(2025, 7, 1), BURGLARY, 77),
            *((csp, date(2025, 10, 1), BURGLARY, 5) for csp in (*parts, "Buckinghamshire")),
        ],
    )
    assert of_quarter(con, "E06000060", "2025-01") == [20]
    assert of_quarter(con, "E06000060", "2025-04") == [], "one of the four is not in the file"
    assert of_quarter(con, "E06000060", "2025-07") == [77], "the publisher may come to count it by its own name"
    assert of_quarter(con, "E06000060", "2025-10") == [], "and must not be counted twice"


@pytest.mark.parametrize(
    ("csp", "code", "counted"),
    [
        ("Northern Devon", "E07000043", []),  # with Torridge
        ("Dorset", "E06000059", []),  # with Christchurch, which is not in the district Dorset
        ("Bournemouth", "E06000058", []),
        ("North Hampshire", "E07000089", []),
        ("London, City of", "E09000001", [7]),
        ("Folkestone and Hythe", "E07000112", [7]),
        ("Kings Lynn and West Norfolk", "E07000146", [7]),
        ("City of York", "E06000014", [7]),
    ],
)
def test_a_partnership_counts_for_a_district_only_where_it_is_that_district(
    csp: str, code: str, counted: list[int], con: duckdb.DuckDBPyConnection
) -> None:
    set_meeting(con, data_month=date(2026, 3, 1), as_at=date(2026, 8, 1))
    add_table(con, "ho", [(csp, date(2025, 1, 1), BURGLARY, 7), ("Poole", date(2025, 1, 1), BURGLARY, 1)])
    assert of_quarter(con, code, "2025-01") == counted


def test_what_a_force_could_not_assign_belongs_to_nobody(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2025, 12, 1), as_at=date(2026, 8, 1))
    counts = everywhere(quarters(2025, 2025), 10)
    few = [("Unassigned Metropolitan Police", month, BURGLARY, 10) for month in quarters(2025, 2025)]
    add_table(con, "ho", [*counts, *few])
    assert figure(con, "fyq", area="MPS-32")["value"] == 320
    assert found(con, "home_office_unassigned") == []
    add_table(con, "newer", [*counts, *few, *few], out=date(2026, 7, 30))
    (*_, last) = found(con, "home_office_unassigned")
    assert last == '{"force":"A force","start_month":"2025-10","offences":340,"unassigned_offences":20}'


def test_a_count_that_the_publisher_calls_incomplete_is_no_figure(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2026, 3, 1), as_at=date(2026, 8, 1))
    add_table(con, "ho", [("Medway", month, BURGLARY, 5) for month in (date(2023, 10, 1), date(2024, 1, 1))])
    assert of_quarter(con, "E06000035", "2023-10") == [5]
    assert of_quarter(con, "E06000035", "2024-01") == []


def test_an_offence_nobody_knows_withholds_the_quarters_of_its_area_and_no_others(
    con: duckdb.DuckDBPyConnection,
) -> None:
    set_meeting(con, data_month=date(2025, 12, 1), as_at=date(2026, 8, 1))
    strange = ("Barnet", date(2025, 7, 1), UNHEARD_OF, 3)
    add_table(con, "ho", [*everywhere(quarters(2024, 2025), 10), strange])
    assert figure(con, "fyq")["value"] == 10
    year = figure(con, "r12")
    assert (year["value"], year["prior_value"]) == (None, None)
    assert year["quality"] == "missing feed: a month of 2025-01 to 2025-12 is not there"
    assert figure(con, "r12", area="E09000005")["value"] == 40


def test_an_indicator_that_occurs_nowhere_is_not_counted_and_elsewhere_none_is_zero(
    con: duckdb.DuckDBPyConnection,
) -> None:
    set_meeting(con, data_month=date(2025, 12, 1), as_at=date(2026, 8, 1))
    add_table(con, "ho", [*everywhere(quarters(2024, 2025), 10), ("Leeds", date(2025, 10, 1), VIOLENCE, 4)])
    assert figure(con, "fyq", "violence_with_injury")["value"] == 0
    assert figure(con, "r12", "violence_with_injury")["value"] is None


def test_corrections_below_zero_are_counted(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2025, 12, 1), as_at=date(2026, 8, 1))
    correction = ("Barnet", date(2025, 10, 1), ("Theft offences", "Residential burglary", "28F"), -4)
    add_table(con, "ho", [*everywhere(quarters(2024, 2025), 10), correction])
    assert figure(con, "fyq", "residential_burglary")["value"] == 6


@pytest.mark.parametrize(("home_office", "differs"), [(300, False), (310, False), (316, True), (284, True), (0, True)])
def test_the_two_counts_of_the_same_quarter_are_held_against_each_other(
    home_office: int, differs: bool, con: duckdb.DuckDBPyConnection
) -> None:
    set_meeting(con, data_month=date(2025, 12, 1), as_at=date(2026, 8, 1))
    add_borough_file(con, "met", first="2024-01", last="2025-12", each=100)
    counts = everywhere(quarters(2024, 2025), 300)
    add_table(con, "ho", [*counts, ("Barnet", date(2025, 10, 1), BURGLARY, home_office - 300)])
    rows = [row for row in found(con, "home_office_agrees") if '"residential_burglary"' in row]
    assert rows == (
        [
            '{"indicator":"residential_burglary","start_month":"2025-10","end_month":"2025-12","offences":300,'
            f'"source":"mps_borough","home_office_offences":{home_office}}}'
        ]
        if differs
        else []
    )


def test_nothing_is_held_against_a_table_that_is_not_there(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2025, 12, 1), as_at=date(2026, 8, 1))
    add_borough_file(con, "met", first="2024-01", last="2025-12", each=100)
    assert found(con, "home_office_agrees") == []
    assert found(con, "home_office_unassigned") == []
