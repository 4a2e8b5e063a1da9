"""Violence against women and girls, positive outcomes, outcomes of street crimes, and the survey: what the SQL makes.

What it protects: rows of one borough and month are added and absent means none; outcomes and offences come from one
file and the same months; a break is said; crimes are old enough; a survey has gaps and no zeros.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
from warehouse_fixtures import BOROUGHS, add_file, empty_warehouse, set_meeting

from safer_assets.models import build as building
from safer_assets.models.sql import checks, models, read_tables

HOME, OTHER = "E09000003", "E09000005"
FORCE = "Metropolitan Police Service"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return empty_warehouse()


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Rows of a query after a build, that nothing blocks, of what it reads and of nothing else: that is quick."""
    wanted = set(read_tables(sql))
    for model in reversed(models()):
        wanted |= model.reads if model.table in wanted else set()
    needed = tuple(model for model in models() if model.table in wanted)
    about = tuple(check for check in checks() if check.reads | {check.about} <= wanted)
    with patch.object(building, "models", lambda: needed), patch.object(building, "checks", lambda: about):
        outcome = building.build(con)
    assert not outcome.blocked_by, outcome.blocked_by
    found = con.execute(sql)
    assert found.description is not None
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def insert(con: duckdb.DuckDBPyConnection, table: str, columns: str, values: Sequence[Sequence[object]]) -> None:
    marks = f"({', '.join('?' for _ in values[0])})"
    every = ", ".join(marks for _ in values)  # one statement: a thousand take a second
    con.execute(f"insert into {table} ({columns}) values {every}", [cell for row in values for cell in row])


# --- violence against women and girls ---


def add_vawg(
    con: duckdb.DuckDBPyConnection, counts: Mapping[tuple[str, str], Sequence[int]], first: str, last: str
) -> None:
    """A file: (borough, month) -> the counts of its rows."""
    start, end = date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01")
    add_file(con, "vawg", "mps_vawg", "", first=start, last=end, available=date(2023, 3, 30), rows=len(counts))
    cells = [
        ("vawg", place + number, borough, f"Ward {number}", f"{month}-01", None, offences)
        for place, ((borough, month), several) in enumerate(counts.items())
        for number, offences in enumerate(several)
    ]
    columns = "file_id, row_number, borough, ward_name, month, month_committed, offences"
    insert(con, "raw.mps_vawg", columns, cells)


def test_rows_of_a_borough_and_month_are_added_and_a_month_without_any_is_zero(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20))
    add_vawg(
        con,
        {("Barnet", "2023-01"): (3, 4, 5), ("Other", "2023-01"): (99,), **{(b, "2022-11"): (1,) for b in BOROUGHS}},
        *("2022-11", "2023-02"),
    )
    sql = "select month, offences from marts.indicator_months where indicator = 'vawg_offences' and area_code = "
    assert [tuple(row.values()) for row in rows(con, f"{sql}'{HOME}' order by month")] == [
        (date(2022, 11, 1), 1),
        (date(2022, 12, 1), 0),
        (date(2023, 1, 1), 12),
        (date(2023, 2, 1), 0),
    ]
    london = [row["offences"] for row in rows(con, f"{sql}'MPS-32' order by month")]
    assert london == [32, 0, 12, 0], "what is no place is in no total"


def test_months_after_the_files_last_are_missing_and_not_zero(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 3, 1), as_at=date(2023, 4, 20))
    add_vawg(con, {(borough, "2023-01"): (1,) for borough in BOROUGHS}, "2023-01", "2023-02")
    (figure,) = rows(
        con,
        "select value, quality from marts.figures where indicator = 'vawg_offences' "
        f"and area_code = '{HOME}' and \"window\" = 'month' and end_month = '2023-03-01'",
    )
    assert figure == {"value": None, "quality": "missing feed: figures end 2023-02"}


def test_the_change_of_record_system_is_between_its_years(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2025, 2, 1), as_at=date(2025, 4, 20))
    months = [f"{year}-{month:02}" for year in (2023, 2024, 2025) for month in range(1, 13)]
    add_vawg(con, {(b, month): (2,) for b in BOROUGHS for month in months}, "2023-01", "2025-12")
    (figure,) = rows(
        con,
        "select value, prior_value, quality from marts.figures where indicator = 'vawg_offences' "
        f"and area_code = '{HOME}' and \"window\" = 'r12' and end_month = '2025-02-01'",
    )
    assert figure == {"value": 24, "prior_value": None, "quality": "not comparable: Met record system CONNECT"}


# --- positive outcomes ---

KNIFE, HATE, DISCHARGE = ("Knife Crime", "Knife Crime"), ("Hate crime", "Hate crime"), "Lethal Barrel Discharge"


def add_dashboard(
    con: duckdb.DuckDBPyConnection,
    file_id: str,
    counts: Mapping[tuple[str, str, str, str], int],
    *,
    first: str = "2021-08",
    last: str = "2023-02",
    refreshed: date = date(2023, 3, 9),
) -> None:
    """A file: (borough, crime type, sub-type, measure) -> the count of each of its months."""
    start, end = date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01")
    add_file(
        con, file_id, "mps_dashboard", "mps-dashboard",
        first=start, last=end, available=refreshed, rows=len(counts), refreshed=refreshed,
    )  # fmt: skip
    for number, ((borough, group, subgroup, measure), each) in enumerate(counts.items(), start=1):
        con.execute(
            "insert into raw.mps_dashboard by name select ? as file_id, ? as row_number, cast(month as date) as month, "
            "'Borough' as area_type, ? as borough, ? as offence_group, ? as offence_subgroup, ? as measure, "
            "? as records from range(?::timestamp, ?::timestamp + interval 1 day, interval 1 month) as months (month)",
            [file_id, number, borough, group, subgroup, measure, each, start, end],
        )


def usual(offences: int = 50, outcomes: int = 5) -> dict[tuple[str, str, str, str], int]:
    """Knife crime of every borough; outcomes in Barnet alone."""
    counts = {(borough, *KNIFE, "Offences"): offences for borough in BOROUGHS}
    return {**counts, ("Barnet", *KNIFE, "Positive Outcomes"): outcomes}


def outcomes_of(con: duckdb.DuckDBPyConnection, indicator: str = "knife_crime") -> dict[str, dict[str, Any]]:
    found = rows(con, f"select * from marts.positive_outcomes where indicator = '{indicator}'")
    return {row["area_code"]: row for row in found}


def test_outcomes_stand_beside_the_offences_of_the_same_months(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20))
    add_dashboard(con, "knife", usual())
    found = outcomes_of(con)
    own, other, london = found[HOME], found[OTHER], found["MPS-32"]
    assert (own["offences"], own["outcomes"], own["share"], own["quality"]) == (600, 60, 0.1, "")
    # Wilson's interval of 60 in 600, by hand: (0.1 + z2/1200 -+ z sqrt(0.09/600 + z2/1440000)) / (1 + z2/600).
    assert (own["low"], own["high"]) == (pytest.approx(0.078482, abs=1e-6), pytest.approx(0.126608, abs=1e-6))
    assert (other["offences"], other["outcomes"], other["share"], other["low"]) == (600, 0, 0.0, pytest.approx(0.0))
    assert (london["offences"], london["outcomes"]) == (600 * 32, 60)
    assert (f"{own['start_month']:%Y-%m}", f"{own['end_month']:%Y-%m}") == ("2022-03", "2023-02")
    assert len(found) == 34


def test_the_two_spellings_of_a_flag_are_one_indicator(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20))
    counts = {
        ("Barnet", DISCHARGE, DISCHARGE, "Offences"): 5,
        ("Barnet", "Gun Crime", DISCHARGE, "Positive Outcomes"): 2,
    }
    add_dashboard(con, "other", {**usual(), **counts})
    own = outcomes_of(con, "lethal_barrelled_discharge")[HOME]
    assert (own["offences"], own["outcomes"], own["share"]) == (60, 24, 0.4)


def test_more_outcomes_than_offences_have_no_share_and_say_why(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20))
    add_dashboard(con, "knife", usual(offences=5, outcomes=6))
    own = outcomes_of(con)[HOME]
    assert (own["offences"], own["outcomes"], own["share"], own["low"], own["high"]) == (60, 72, None, None, None)
    assert own["quality"] == "more outcomes than offences: some belong to offences of earlier months"


def test_a_small_base_keeps_its_share_and_says_so_and_none_at_all_has_none(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20))
    add_dashboard(con, "knife", {**usual(offences=4, outcomes=1), ("Brent", *KNIFE, "Offences"): 0})
    found = outcomes_of(con)
    assert (found[HOME]["share"], found[HOME]["quality"]) == (0.25, "small base: fewer than 50 offences")
    assert (found[OTHER]["offences"], found[OTHER]["share"], found[OTHER]["quality"]) == (0, None, "no offences")


def test_a_window_with_a_break_inside_says_so(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 8, 20))
    hate = {("Barnet", *HATE, "Offences"): 50, ("Barnet", *HATE, "Positive Outcomes"): 5}
    add_dashboard(con, "other", {**usual(), **hate}, last="2024-06", refreshed=date(2024, 7, 9))
    own = outcomes_of(con, "hate_crime")[HOME]
    assert (own["share"], own["quality"]) == (0.1, "contains break: Met record system CONNECT")
    assert outcomes_of(con)[HOME]["quality"] == "", "the break touches hate crime and not knife crime"


def test_both_come_from_the_newest_file_that_has_all_months(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 6, 20))
    add_dashboard(con, "whole", usual(), first="2021-03")
    add_dashboard(con, "cut", usual(offences=9), first="2022-06", last="2023-04", refreshed=date(2023, 5, 9))
    assert {row["file_id"] for row in outcomes_of(con).values()} == {"whole"}
    add_dashboard(con, "newest", usual(offences=80), last="2023-05", refreshed=date(2023, 6, 9))
    assert outcomes_of(con)[HOME]["offences"] == 960


def test_a_file_whose_outcomes_begin_inside_the_twelve_months_does_not_cover_them(
    con: duckdb.DuckDBPyConnection,
) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20))
    add_dashboard(con, "knife", usual())
    con.execute("delete from raw.mps_dashboard where measure = 'Positive Outcomes' and month < '2022-06-01'")
    own = outcomes_of(con)[HOME]
    assert (own["outcomes"], own["share"], own["quality"]) == (None, None, "missing feed: figures start 2022-06")


def test_a_data_month_that_the_dashboard_does_not_have_is_named(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 3, 1), as_at=date(2023, 4, 20))
    add_dashboard(con, "knife", usual())
    own = outcomes_of(con)[HOME]
    assert (own["offences"], own["share"], own["quality"]) == (None, None, "missing feed: figures end 2023-02")


def test_an_indicator_whose_outcomes_no_file_counts_has_no_row(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 2, 1), as_at=date(2023, 4, 20))
    add_dashboard(con, "knife", {key: each for key, each in usual().items() if key[3] == "Offences"})
    assert outcomes_of(con) == {}


# --- outcomes of street crimes ---

STREET = "file_id, row_number, month, reported_by, falls_within, lsoa_code, lsoa_name, crime_type, last_outcome"


def add_street(con: duckdb.DuckDBPyConnection, months: Sequence[str], crimes: Sequence[tuple[str, str | None]]) -> None:
    """A file a month, each with the same crimes (type and outcome) in Barnet."""
    for month in months:
        day = date.fromisoformat(f"{month}-01")
        add_file(
            con, month, "police_uk_street", "police-uk-2013",
            first=day, last=day, available=date(2025, 1, 1), rows=len(crimes),
        )  # fmt: skip
        cells = [
            (month, number, day, FORCE, FORCE, "E01000120", "Barnet 009D", kind, outcome)
            for number, (kind, outcome) in enumerate(crimes, start=1)
        ]
        insert(con, "raw.police_uk_street", STREET, cells)


def two_years() -> list[str]:
    return [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13)]


CRIMES = (
    ("Burglary", "Investigation complete; no suspect identified"),
    ("Burglary", "Awaiting court outcome"),
    ("Burglary", "Offender sent to prison"),
    ("Burglary", "Under investigation"),
    ("Drugs", "LOCAL RESOLUTION"),
    ("Drugs", None),
    ("Anti-social behaviour", None),
)


def test_crimes_are_a_year_old_and_in_groups_that_add_up(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 12, 1), as_at=date(2025, 2, 20))
    add_street(con, two_years(), CRIMES)
    found = rows(con, "select * from marts.street_outcomes order by crime_type, outcome")
    assert {(f"{row['start_month']:%Y-%m}", f"{row['end_month']:%Y-%m}") for row in found} == {("2023-01", "2023-12")}
    assert [(row["crime_type"], row["outcome"], row["crimes"], row["share"]) for row in found] == [
        ("Burglary", "Charged or sent to court", 24, 0.5),
        ("Burglary", "No suspect identified", 12, 0.25),
        ("Burglary", "Under investigation or no outcome known", 12, 0.25),
        ("Drugs", "Dealt with out of court", 12, 0.5),
        ("Drugs", "Under investigation or no outcome known", 12, 0.5),
    ]


def test_crimes_elsewhere_or_of_another_force_are_left_out(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 12, 1), as_at=date(2025, 2, 20))
    add_street(con, two_years(), CRIMES)
    con.execute("update raw.police_uk_street set lsoa_code = null, lsoa_name = 'Brent 001A' where row_number = 1")
    con.execute("update raw.police_uk_street set falls_within = 'British Transport Police' where row_number = 2")
    con.execute("update raw.police_uk_street set lsoa_code = null, lsoa_name = null where row_number = 3")
    found = rows(con, "select crime_type, sum(crimes) as crimes from marts.street_outcomes group by all order by all")
    assert [tuple(row.values()) for row in found] == [("Burglary", 12), ("Drugs", 24)]


def test_a_missing_month_leaves_no_outcomes_at_all(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 12, 1), as_at=date(2025, 2, 20))
    add_street(con, [month for month in two_years() if month != "2023-06"], CRIMES)
    assert rows(con, "select * from marts.street_outcomes") == []


def test_a_crime_type_that_some_months_files_were_cut_to_leave_out_is_not_shown(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 12, 1), as_at=date(2025, 2, 20))
    months = two_years()
    add_street(con, months[:3], CRIMES[:4])
    add_street(con, months[3:], CRIMES)
    found = rows(con, "select crime_type, sum(crimes) as crimes from marts.street_outcomes group by all")
    assert [tuple(row.values()) for row in found] == [("Burglary", 48)]


def test_an_outcome_that_nobody_grouped_stands_apart_and_fails_a_check(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2024, 12, 1), as_at=date(2025, 2, 20))
    add_street(con, two_years(), [("Burglary", "Suspect turned to stone"), CRIMES[0]])
    found = rows(con, "select outcome, crimes from marts.street_outcomes order by outcome")
    assert [tuple(row.values()) for row in found] == [("No suspect identified", 12), ("Not grouped yet", 12)]
    failed = {result.check: result for result in building.published_results(con) if not result.passed}
    check = failed["checks.outcomes_are_grouped"]
    assert check.severity == "WARN"
    assert "Suspect turned to stone" in check.examples


# --- the survey ---


def test_the_survey_ends_with_the_data_month_and_keeps_its_gaps(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 6, 1), as_at=date(2023, 9, 20))
    add_file(
        con, "survey", "mopac_pas", "",
        first=date(2022, 9, 1), last=date(2023, 9, 1), available=date(2023, 9, 1), rows=4,
    )  # fmt: skip
    days = ("2022-09-30", "2023-03-31", "2023-06-30", "2023-09-30")
    cells = [("survey", number, day, "PAS", "Barnet", "Trust MPS", 0.7, 0.69) for number, day in enumerate(days)]
    insert(
        con, "raw.mopac_pas", "file_id, row_number, quarter_end, survey, borough, measure, share, london_share", cells
    )
    found = rows(con, "select * from marts.confidence order by quarter_end")
    assert [f"{row['quarter_end']:%Y-%m-%d}" for row in found] == ["2022-09-30", "2023-03-31", "2023-06-30"]
    assert {(row["area_code"], row["share"], row["london_share"]) for row in found} == {(HOME, 0.7, 0.69)}


def test_a_survey_file_without_a_day_is_not_used_as_at_a_day(con: duckdb.DuckDBPyConnection) -> None:
    set_meeting(con, data_month=date(2023, 6, 1), as_at=date(2023, 9, 20))
    add_file(con, "survey", "mopac_pas", "", first=date(2023, 3, 1), last=date(2023, 3, 1), available=None, rows=1)
    cells = [("survey", 1, "2023-03-31", "PAS", "Barnet", "Trust MPS", 0.7, 0.69)]
    insert(
        con, "raw.mopac_pas", "file_id, row_number, quarter_end, survey, borough, measure, share, london_share", cells
    )
    assert rows(con, "select * from marts.confidence") == []
    set_meeting(con, data_month=date(2023, 6, 1), as_at=date(2023, 9, 20), basis="latest")
    assert len(rows(con, "select * from marts.confidence")) == 1
