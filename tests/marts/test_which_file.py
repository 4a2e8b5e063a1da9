"""Which file a figure comes from: the newest covering both windows, of the meeting's scheme, out at the data cut."""

from datetime import date, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warehouse_fixtures import BOROUGHS, add_borough_file, add_file, empty_warehouse, set_meeting

from safer_assets.models.build import build

OLD, NEW = "mps-before-2024", "mps-2024"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return empty_warehouse()


def figure(
    con: duckdb.DuckDBPyConnection, window: str, indicator: str = "burglary", area: str = "E09000003"
) -> dict[str, Any]:
    """The home area's figure at the data month, after a build that nothing blocks."""
    outcome = build(con)
    assert not outcome.blocked_by, outcome.blocked_by
    rows = con.execute(
        'select figures.* from marts.figures as figures cross join reference.meeting where "window" = ? '
        "and indicator = ? and area_code = ? and (end_month = data_month or \"window\" = 'fyq')",
        [window, indicator, area],
    )
    assert rows.description is not None
    names = [column[0] for column in rows.description]
    row = rows.fetchone()
    assert row is not None
    return dict(zip(names, row, strict=True))


def test_the_newest_vintage_that_covers_both_windows_wins(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 6, 1))
    add_borough_file(con, "vintage02", first="2021-03", last="2023-02", each=1, scheme=OLD)
    add_borough_file(con, "vintage04", first="2021-05", last="2023-04", each=5, scheme=OLD)
    assert (figure(con, "r3")["value"], figure(con, "r3")["vintage"]) == (15, "2023-04")
    r12 = figure(con, "r12")
    assert (r12["value"], r12["prior_value"], r12["vintage"]) == (12, 12, "2023-02"), "04 lacks 2021-03 and 04"


def test_as_at_reads_no_file_of_after_the_data_cut(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20))
    add_borough_file(con, "vintage02", first="2021-03", last="2023-02", each=1, scheme=OLD)
    add_borough_file(con, "vintage04", first="2021-05", last="2023-04", each=5, scheme=OLD)
    add_borough_file(con, "historical", first="2010-04", last="2023-11", each=7, scheme=OLD, available=None)
    assert figure(con, "r3")["vintage"] == "2023-02"


def test_latest_stays_in_the_scheme_in_force_at_the_data_cut(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20), basis="latest")
    add_borough_file(con, "old02", first="2021-03", last="2023-02", each=1, scheme=OLD)
    add_borough_file(con, "old_history", first="2010-04", last="2023-03", each=2, scheme=OLD, available=None)
    add_borough_file(con, "new24", first="2021-03", last="2024-02", each=9, scheme=NEW)
    found = figure(con, "r3")
    assert (found["value"], found["scheme"], found["vintage"]) == (6, OLD, "2023-03")
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20), basis="latest", scheme=NEW)
    found = figure(con, "r3")
    assert (found["value"], found["scheme"]) == (27, NEW), "SCHEME= overrides"


def test_two_schemes_are_never_joined(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 3, 1), as_at=date(2024, 5, 1))
    add_borough_file(con, "old", first="2022-03", last="2023-12", each=1, scheme=OLD)
    add_borough_file(con, "new", first="2024-01", last="2024-03", each=2, scheme=NEW)
    r3 = figure(con, "r3")
    assert (r3["value"], r3["prior_value"], r3["scheme"]) == (6, None, NEW)
    assert r3["quality"] == "no comparator: figures start 2024-01"
    r12 = figure(con, "r12")
    assert r12["value"] is None
    assert r12["quality"] == "missing feed: figures start 2024-01"


def test_vintages_are_joined_month_by_month_newest_first(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 8, 1))
    add_borough_file(con, "older", first="2022-07", last="2024-03", each=10)
    add_borough_file(con, "newer", first="2024-02", last="2024-06", each=1)
    r12 = figure(con, "r12")
    assert r12["value"] == 7 * 10 + 5 * 1, "February and March come from the newer file"
    assert r12["prior_value"] == 120
    assert r12["vintage"] == "2024-06+2024-03"


def test_a_scheme_that_no_file_has_gives_no_figure_of_another(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20), scheme=NEW)
    add_borough_file(con, "old", first="2021-03", last="2023-02", each=1, scheme=OLD)
    assert (figure(con, "r3")["value"], figure(con, "r3")["quality"]) == (None, "missing feed")


def add_dashboard(con: duckdb.DuckDBPyConnection, file_id: str, *, first: str, refreshed: date, each: int) -> None:
    """A dashboard file to 2025-07 with one knife crime row a month for one borough, refreshed on a day."""
    start, end = date.fromisoformat(f"{first}-01"), date(2025, 7, 1)
    add_file(
        con, file_id, "mps_dashboard", "mps-dashboard",
        first=start, last=end, available=refreshed, rows=1, refreshed=refreshed,
    )  # fmt: skip
    pair = con.execute(
        "select offence_group, offence_subgroup from reference.offence_aliases where scheme = 'mps-dashboard' "
        "and list_contains(string_split(indicators, ' '), 'knife_crime') order by all limit 1"
    ).fetchone()
    assert pair is not None
    con.execute(
        "insert into raw.mps_dashboard by name select ? as file_id, 1 as row_number, cast(month as date) as month, "
        "'Borough' as area_type, 'Barnet' as borough, ? as offence_group, ? as offence_subgroup, "
        "'Offences' as measure, ? as records from range(?::timestamp, ?::timestamp + interval 1 day, interval 1 month) "
        "as months (month)",
        [file_id, *pair, each, start, end],
    )


def test_the_latest_refresh_of_the_dashboard_wins_however_long_the_file(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2025, 7, 1), as_at=date(2025, 9, 1))
    add_dashboard(con, "short", first="2023-08", refreshed=date(2025, 8, 6), each=5)
    add_dashboard(con, "long", first="2021-08", refreshed=date(2025, 8, 20), each=6)
    assert figure(con, "r3", "knife_crime")["value"] == 18


def test_a_month_in_which_no_borough_had_any_is_zero(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2025, 7, 1), as_at=date(2025, 9, 1))
    add_dashboard(con, "a", first="2023-08", refreshed=date(2025, 8, 6), each=5)
    con.execute("delete from raw.mps_dashboard where month in ('2025-06-01', '2025-07-01')")
    assert figure(con, "r3", "knife_crime")["value"] == 5
    assert figure(con, "month", "knife_crime")["value"] == 0


def test_a_figure_names_the_files_it_comes_from(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 8, 1))
    add_borough_file(con, "older", first="2022-07", last="2024-03", each=10)
    add_borough_file(con, "newer", first="2024-02", last="2024-06", each=1)
    assert figure(con, "month")["file_ids"] == ["newer", "older"]
    assert figure(con, "r12", area="MPS-32")["file_ids"] == ["newer", "older"]


def test_of_one_vintage_the_24_month_file_wins_then_the_later_landing(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20), basis="latest")
    add_borough_file(con, "history", first="2010-04", last="2023-02", each=9, scheme=OLD, available=None)
    add_borough_file(con, "first", first="2021-03", last="2023-02", each=1, scheme=OLD)
    assert figure(con, "r12")["value"] == 12
    later = datetime(2026, 2, 1)  # noqa: DTZ001 # the warehouse keeps UTC without a zone
    add_borough_file(con, "second", first="2021-03", last="2023-02", each=2, scheme=OLD, landed_at=later)
    assert figure(con, "r12")["value"] == 24


def test_a_borough_without_a_row_had_none_and_a_month_without_a_file_is_missing(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 8, 1))
    add_borough_file(con, "a", first="2022-07", last="2024-06", each=1, counts={"Barnet": 0})
    assert figure(con, "r3")["value"] == 0
    con.execute(
        "update raw.mps_borough set offence_subgroup = 'NFIB', offence_group = 'NFIB FRAUD' where borough = 'Barnet'"
    )
    assert figure(con, "r3")["value"] == 0
    set_meeting(con, data_month=date(2024, 7, 1), as_at=date(2024, 8, 10))
    july = figure(con, "month")
    assert july["value"] is None
    assert july["quality"] == "missing feed: figures end 2024-06"


def test_what_no_feed_has_is_a_row_that_says_so(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 8, 1))
    add_borough_file(con, "a", first="2022-07", last="2024-06", each=1)
    found = figure(con, "r12", "hate_crime")
    assert (found["value"], found["quality"], found["source"], found["vintage"]) == (None, "missing feed", "", "")


def test_a_group_has_a_total_only_where_every_member_has(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 8, 1))
    add_borough_file(con, "a", first="2022-07", last="2024-06", each=2, boroughs=BOROUGHS[1:])
    assert figure(con, "r3", area="BCU-NW")["value"] == 18
    london = figure(con, "r3", area="MPS-32")
    assert london["value"] is None, f"{BOROUGHS[0]} is in no file"
    assert london["quality"].startswith("missing feed")


def test_a_small_base_gets_no_percentage(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 8, 1))
    add_borough_file(con, "a", first="2022-07", last="2024-06", each=5)
    r3, r12 = figure(con, "r3"), figure(con, "r12")
    assert (r3["prior_value"], r3["change_abs"], r3["change_pct"]) == (15, 0, None)
    assert (r12["prior_value"], r12["change_abs"], r12["change_pct"]) == (60, 0, 0.0)


@settings(max_examples=10, deadline=None)
@given(counts=st.lists(st.integers(0, 500), min_size=24, max_size=24))
def test_window_identities(counts: list[int]) -> None:
    """r12 is the sum of its months, and r12(t) - r12(t-12) is the sum of the monthly changes."""
    con = empty_warehouse()
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 8, 1))
    add_borough_file(con, "a", first="2022-07", last="2024-06", each=0)
    con.execute(
        "update raw.mps_borough set "
        "offences = (select list_extract(?, 1 + date_diff('month', date '2022-07-01', month)))",
        [counts],
    )
    r12, r3, month = figure(con, "r12"), figure(con, "r3"), figure(con, "month")
    assert r12["value"] == sum(counts[12:])
    assert r12["prior_value"] == sum(counts[:12])
    assert r12["change_abs"] == sum(now - before for now, before in zip(counts[12:], counts[:12], strict=True))
    assert (r3["value"], r3["prior_value"]) == (sum(counts[-3:]), sum(counts[9:12]))
    assert (month["value"], month["prior_value"]) == (counts[-1], counts[11])
    assert figure(con, "r12", area="MPS-32")["value"] == 32 * sum(counts[12:])
