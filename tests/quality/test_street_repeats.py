"""Of two rows of one crime the newest outcome stays; another type or place is its own crime; ASB is never touched."""

from collections.abc import Iterator

import duckdb
import pytest
from quality.incoming_tables import LIMITS, Row, add_rows, crime_id, new_incoming

from safer_assets.quality import examine, rules_of

FEED = "police_uk_street"
FORCE = "Metropolitan Police Service"
WAITING = "Under investigation"
COURT = "Awaiting court outcome"
DONE = "Local resolution"
RULE = [rule for rule in rules_of(FEED) if rule.name == "older_outcome_of_a_repeat"]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def crime(
    number: int, outcome: str | None, *, kind: str = "Drugs", place: str = "High Street", crime: int | None = 1
) -> Row:
    """A street row; rows of one `crime` share its ID, None leaves it blank."""
    shown = None if crime is None else crime_id(crime)
    return (number, shown, "2017-11", FORCE, FORCE, "-0.2", "51.6", place, "E01000120", "Barnet 009D", kind, outcome)


@pytest.mark.parametrize(
    ("rows", "set_aside"),
    [
        pytest.param([crime(1, WAITING), crime(2, DONE)], [1], id="concluded after waiting"),
        pytest.param([crime(1, DONE), crime(2, WAITING)], [2], id="concluded stays although it stands first"),
        pytest.param([crime(1, DONE), crime(2, None)], [2], id="a blank outcome is the oldest"),
        pytest.param([crime(1, COURT), crime(2, WAITING)], [2], id="before a court is newer than under investigation"),
        pytest.param([crime(1, DONE), crime(2, "Offender fined")], [1], id="of two concluded the later row"),
        pytest.param([crime(1, DONE), crime(2, DONE)], [1], id="identical rows: the later one"),
        pytest.param([crime(1, WAITING), crime(2, COURT), crime(3, DONE)], [1, 2], id="three rows keep one"),
        pytest.param([crime(1, DONE), crime(2, DONE, kind="Robbery")], [], id="another crime type stays"),
        pytest.param([crime(1, DONE), crime(2, DONE, place="Low Road")], [], id="another place stays"),
        pytest.param([crime(1, None, crime=None), crime(2, None, crime=None)], [], id="blank IDs are not repeats"),
        pytest.param(
            [crime(1, None, kind="Anti-social behaviour"), crime(2, None, kind="Anti-social behaviour")],
            [],
            id="ASB stays even with an ID",
        ),
    ],
)
def test_older_outcomes_are_set_aside(con: duckdb.DuckDBPyConnection, rows: list[Row], set_aside: list[int]) -> None:
    new_incoming(con, FEED)
    add_rows(con, FEED, "one", rows)
    (outcome,) = examine(con, FEED, LIMITS, rules=RULE)
    assert [number for (number,) in con.execute("select row_number from failing order by 1").fetchall()] == set_aside
    assert outcome.failed == len(set_aside)
    assert not outcome.holds_back


def test_files_do_not_repeat_one_another(con: duckdb.DuckDBPyConnection) -> None:
    new_incoming(con, FEED)
    add_rows(con, FEED, "one", [crime(1, WAITING)])
    add_rows(con, FEED, "two", [crime(1, DONE)])
    assert {outcome.status for outcome in examine(con, FEED, LIMITS, rules=RULE)} == {"passed"}
