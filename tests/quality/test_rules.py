"""Every rule is worth having: it catches a defect that nothing else stops, and lets a clean file through."""

from collections.abc import Iterator
from functools import cache

import duckdb
import pytest
from quality.incoming_tables import LIMITS, add_rows, clean_rows, new_incoming
from quality.planted_defects import DEFECTS, Defect

from safer_assets.quality import RULES, Expect, Outcome, describe_rules, examine, held_files, rules_of

BROKEN_FILES = {f"{defect.feed}-{defect.rule}-{number}": defect for number, defect in enumerate(DEFECTS)}
FEEDS = tuple(dict.fromkeys(rule.feed for rule in RULES))


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@cache
def found_in_broken_files(feed: str) -> dict[str, list[Outcome]]:
    """One batch with a clean file, and one broken file a defect of the feed: outcomes by file."""
    broken = {file_id: defect for file_id, defect in BROKEN_FILES.items() if defect.feed == feed}
    with duckdb.connect() as con:
        new_incoming(con, feed)
        for file_id in ("clean", *broken):
            add_rows(con, feed, file_id, clean_rows(feed))
        for file_id, defect in broken.items():
            con.execute(defect.plant, {"file": file_id})
        outcomes = examine(con, feed, LIMITS, files=["clean", *broken])
    return {file_id: [outcome for outcome in outcomes if outcome.file_id == file_id] for file_id in ("clean", *broken)}


@pytest.mark.parametrize(("file_id", "defect"), BROKEN_FILES.items(), ids=BROKEN_FILES)
def test_a_planted_defect_is_caught_by_its_rule_and_by_no_other(file_id: str, defect: Defect) -> None:
    outcomes = found_in_broken_files(defect.feed)[file_id]
    rule = next(rule for rule in rules_of(defect.feed) if rule.name == defect.rule)
    found = {outcome.rule: outcome for outcome in outcomes if outcome.status != "passed"}
    # Without the rule the file would pass, or do no worse than those lesser rules say.
    assert set(found) == {defect.rule, *defect.also}
    assert all(not found[name].holds_back for name in defect.also)
    caught = found[defect.rule]
    assert (caught.status, caught.severity) == ("failed", rule.severity)
    assert caught.failed > 0
    assert defect.says in caught.examples
    for words in (rule.why, rule.next_step, rule.who):
        assert words in caught.message
    assert held_files(outcomes) == ({file_id: defect.rule} if rule.severity == "ERROR" else {})


@pytest.mark.parametrize("feed", FEEDS)
def test_a_clean_file_passes_beside_broken_ones(feed: str) -> None:
    outcomes = found_in_broken_files(feed)["clean"]
    assert [outcome.message for outcome in outcomes if outcome.status != "passed"] == []
    assert [outcome.rule for outcome in outcomes] == [rule.name for rule in rules_of(feed)]


def test_every_rule_has_a_planted_defect() -> None:
    assert {(rule.feed, rule.name) for rule in RULES} == {(defect.feed, defect.rule) for defect in DEFECTS}


@pytest.mark.parametrize("feed", FEEDS)
def test_a_clean_batch_marks_no_row(con: duckdb.DuckDBPyConnection, feed: str) -> None:
    new_incoming(con, feed)
    for file_id in ("one", "two"):
        add_rows(con, feed, file_id, clean_rows(feed))
    outcomes = examine(con, feed, LIMITS)
    assert {outcome.status for outcome in outcomes} == {"passed"}
    assert len(outcomes) == 2 * len(rules_of(feed))
    assert con.execute("select count(*) from failing").fetchone() == (0,)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.feed}-{rule.name}")
def test_a_rule_is_fit_to_be_shown(rule: Expect) -> None:
    assert rule.who in {"team:data-engineering", "team:analysis"}
    for sentence in (rule.why, rule.next_step):
        assert sentence.endswith(".")
        assert sentence[0].isupper()
    assert not rule.title.endswith(".")


def test_rule_names_are_unique_within_a_feed() -> None:
    assert len({(rule.feed, rule.name) for rule in RULES}) == len(RULES)


def test_the_description_has_a_row_for_every_rule() -> None:
    page = describe_rules()
    for rule in RULES:
        row = f"| `{rule.name}` | {rule.title} | {rule.severity} | {rule.scope} |"
        assert row in page.split(f"### {rule.feed}\n")[1].split("\n### ")[0]
    cells = {line.count("|") for line in page.splitlines() if line.startswith("|")}
    assert cells == {8}, "a rule's text has a | in it, which breaks the table"
