"""The gate itself: 'could not be evaluated' is never a pass or a plain failure, and its answers are per file."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import duckdb
import pandas as pd
import pytest
from quality.incoming_tables import LIMITS, add_rows, clean_rows, new_incoming

from safer_assets.errors import GateError
from safer_assets.quality import RULES, Expect, examine, held_files, rules_of
from safer_assets.quality.judge import Judge
from safer_assets.quality.kinds import EachRow, Must, between, matches

FEED = "ons_population"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        new_incoming(connection, FEED)
        add_rows(connection, FEED, "one", clean_rows(FEED))
        yield connection


def rule(name: str = "mid_year_is_plausible") -> Expect:
    return next(rule for rule in rules_of(FEED) if rule.name == name)


@dataclass(frozen=True)
class Statements:
    """A kind of rule with statements of a test's own."""

    must: Must
    frame_sql: str
    breaches_sql: str = "select file_id, null::integer as row_number, 'wrong' as reason from wrong_values"

    def frame(self) -> str:
        """See Kind."""
        return self.frame_sql

    def breaches(self) -> str:
        """See Kind."""
        return self.breaches_sql


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.columns], ids=lambda rule: f"{rule.feed}-{rule.name}")
def test_a_rule_whose_column_is_missing_is_errored(rule: Expect) -> None:
    with duckdb.connect() as con:
        new_incoming(con, rule.feed)
        add_rows(con, rule.feed, "one", clean_rows(rule.feed))
        con.execute(f"alter table incoming drop column {rule.columns[0]}")
        (outcome,) = examine(con, rule.feed, LIMITS, rules=[rule])
    assert (outcome.status, outcome.severity) == ("errored", "ERROR")
    assert outcome.holds_back
    assert f"no column {rule.columns[0]}" in outcome.message
    assert "could not be evaluated" in outcome.message


def test_an_exception_inside_great_expectations_is_errored_not_failed(con: duckdb.DuckDBPyConnection) -> None:
    # Great Expectations answers success=False here, exactly as for a wrong value.
    text_as_number = replace(
        rule(), rule=Statements(between(0, 1), "select file_id, 'x' as value, 1 as n from incoming")
    )
    (outcome,) = examine(con, FEED, LIMITS, rules=[text_as_number])
    assert (outcome.status, outcome.severity) == ("errored", "ERROR")
    assert "same type" in outcome.message


def test_the_judge_tells_a_missing_column_from_a_wrong_value() -> None:
    judge = Judge()
    missing = judge.judge(pd.DataFrame({"other": ["1"]}), matches(r"\d"), LIMITS)
    assert "value" in missing.error
    assert missing.failing == ()
    wrong = judge.judge(pd.DataFrame({"value": ["1", "x", "2", ""]}), matches(r"\d"), LIMITS)
    assert (wrong.failing, wrong.error) == ((1, 3), "")


def test_sql_that_cannot_run_is_errored(con: duckdb.DuckDBPyConnection) -> None:
    broken = replace(rule(), rule=EachRow("no_such_function(mid_year)", between(0, 1), "'x'"))
    (outcome,) = examine(con, FEED, LIMITS, rules=[broken])
    assert outcome.status == "errored"
    assert "no_such_function" in outcome.message


def test_a_wrong_value_that_no_row_has_is_errored(con: duckdb.DuckDBPyConnection) -> None:
    idle = "select file_id, row_number, '' as reason from incoming where false"
    torn = replace(
        rule(), rule=Statements(between(0, 1), "select distinct file_id, 5 as value, 3 as n from incoming", idle)
    )
    (outcome,) = examine(con, FEED, LIMITS, rules=[torn])
    assert outcome.status == "errored"


def test_a_warning_that_cannot_be_evaluated_holds_the_file_back(con: duckdb.DuckDBPyConnection) -> None:
    warning = replace(rule(), severity="WARN", columns=("no_such_column",))
    assert held_files(examine(con, FEED, LIMITS, rules=[warning])) == {"one": warning.name}


def test_each_file_has_its_own_outcome_and_examples(con: duckdb.DuckDBPyConnection) -> None:
    add_rows(con, FEED, "two", clean_rows(FEED))
    con.execute("update incoming set mid_year = '1801' where file_id = 'one' and row_number = 2")
    con.execute("update incoming set mid_year = '1802' where file_id = 'two' and row_number in (1, 3)")
    one, two = examine(con, FEED, LIMITS, files=["one", "two"], rules=[rule()])
    assert (one.file_id, one.examined, one.failed) == ("one", 3, 1)
    assert one.examples == 'row 2: "1801" is not a year that ONS estimates'
    assert (two.file_id, two.examined, two.failed) == ("two", 3, 2)
    assert two.examples == 'row 1: "1802" is not a year that ONS estimates (2 times)'
    assert con.execute("select file_id, row_number, rule from failing order by all").fetchall() == [
        ("one", 2, rule().name),
        ("two", 1, rule().name),
        ("two", 3, rule().name),
    ]


def test_no_more_than_five_examples_are_shown(con: duckdb.DuckDBPyConnection) -> None:
    add_rows(con, FEED, "many", [(number, "E09000003", "Barnet", f"18{number:02}", "1") for number in range(1, 31)])
    _, many = examine(con, FEED, LIMITS, files=["one", "many"], rules=[rule()])
    assert many.failed == 30
    assert many.examples.count("; ") == 4
    assert many.examples.startswith('row 1: "1801"')
    assert "30 of 30 rows (100.0 %)" in many.message


def test_a_message_says_what_where_why_and_what_next(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update incoming set mid_year = '1801' where row_number = 2")
    (outcome,) = examine(con, FEED, LIMITS, rules=[rule()])
    assert outcome.message == (
        "Every year lies between 1981 and 2100: does not hold for 1 of 3 rows (33.3 %). "
        'Row 2: "1801" is not a year that ONS estimates. '
        "A rate uses the year that holds the window's midpoint; a wrong year gives a wrong rate. "
        "Next: Fetch the file again from ONS. (team:data-engineering)"
    )


def test_a_rule_about_the_file_marks_no_row() -> None:
    with duckdb.connect() as con:
        new_incoming(con, "mps_borough")
        add_rows(con, "mps_borough", "one", clean_rows("mps_borough"))
        con.execute("delete from incoming where borough = 'Sutton'")
        (outcome,) = [found for found in examine(con, "mps_borough", LIMITS) if found.status == "failed"]
        assert (outcome.rule, outcome.failed) == ("all_boroughs_present", 1)
        assert "does not hold for the file. No row for Sutton." in outcome.message
        assert con.execute("select count(*) from failing").fetchone() == (0,)


def test_limits_are_the_partnership_s() -> None:
    share = [rule for rule in rules_of("police_uk_street") if rule.name == "unplaced_share"]
    with duckdb.connect() as con:
        new_incoming(con, "police_uk_street")
        add_rows(con, "police_uk_street", "one", clean_rows("police_uk_street"))
        for limit, status in ((0.02, "passed"), (0.01, "failed")):
            limits = LIMITS.model_copy(update={"street_unplaced_share_warn": limit})
            assert examine(con, "police_uk_street", limits, rules=share)[0].status == status


def test_great_expectations_is_silent(con: duckdb.DuckDBPyConnection, capfd: pytest.CaptureFixture[str]) -> None:
    examine(con, FEED, LIMITS)
    assert capfd.readouterr() == ("", "")


def test_a_feed_without_rules_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(GateError, match="no quality rules for this feed"):
        examine(con, "police_uk_api", LIMITS)


def test_a_batch_without_files_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from incoming")
    with pytest.raises(GateError, match="no file to judge"):
        examine(con, FEED, LIMITS)
