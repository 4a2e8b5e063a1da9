"""The quality gate: judge a batch of incoming files by their feed's rules, and say what came of it.

What is here: evaluating every rule once for the whole batch, marking the rows that break row rules, and one outcome a
rule and file in words for people. What is not: the rules (expectations.py) and where marked rows go (quarantine.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb

from safer_assets.errors import GateError
from safer_assets.quality.expect import ENGINEERS, ERROR, Expect
from safer_assets.quality.expectations import rules_of
from safer_assets.quality.judge import Judge
from safer_assets.quality.kinds import Limits
from safer_assets.quality.outcome import Outcome

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES_SHOWN: Final = 5


def examine(
    con: duckdb.DuckDBPyConnection,
    feed: str,
    limits: Limits,
    files: Sequence[str] | None = None,
    rules: Sequence[Expect] | None = None,
) -> list[Outcome]:
    """Judge every file of a batch by every rule of its feed.

    Call it outside a transaction: a statement that cannot run is an outcome here, and would end the transaction.

    Args:
        con: Connection with temp table `incoming` (file_id, row_number and the feed's columns as text).
        feed: Feed the batch belongs to.
        limits: The partnership's limits.
        files: file_ids of the batch. Give them: a file without a single row is known only from here. Without them, the
            files that `incoming` has rows of.
        rules: Rules to judge by in place of the feed's own.

    Returns:
        One outcome a rule and file, rules in their table's order, files in the order given. Temp table `failing`
        (file_id, row_number, rule, reason) then has every row that breaks a rule of scope `row`.

    Raises:
        GateError: The feed has no rules, or there is no file to judge.
    """
    rules = rules_of(feed) if rules is None else rules
    if not rules:
        raise GateError(f"{feed}: there are no quality rules for this feed. Add them to quality/expectations.py.")
    if files is None:
        files = [file_id for (file_id,) in con.execute("select distinct file_id from incoming order by 1").fetchall()]
    if not files:
        raise GateError(f"{feed}: there is no file to judge. Give the file_ids of the batch, or read a file first.")
    con.execute(
        "create or replace temp table failing (file_id varchar, row_number integer, rule varchar, reason varchar)"
    )
    con.execute("create or replace temp table examined_files as select unnest(?::varchar[]) as file_id", [list(files)])
    batch = _Batch(con, Judge(), limits, tuple(files))
    return [outcome for rule in rules for outcome in batch.outcomes(rule)]


@dataclass(frozen=True)
class _Breaches:
    """What breaks a rule in one file.

    Attributes:
        failed: Breaches; 1 where the file as a whole is one.
        of_file: Whether the breach is the file's and no row's.
        examples: The first few reasons in words.
    """

    failed: int
    of_file: bool
    examples: str


@dataclass(frozen=True)
class _Batch:
    """One batch of files under judgement."""

    con: duckdb.DuckDBPyConnection
    judge: Judge
    limits: Limits
    files: tuple[str, ...]

    def outcomes(self, rule: Expect) -> list[Outcome]:
        """Judge one rule, once for all files."""
        if missing := self._missing_columns(rule):
            return [
                self._errored(rule, file_id, f"The rows have no column {', '.join(missing)}") for file_id in self.files
            ]
        try:
            frame = self.con.execute(rule.rule.frame()).df()
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            return [self._errored(rule, file_id, reason) for file_id in self.files]
        verdict = self.judge.judge(frame, rule.rule.must, self.limits)
        if verdict.error:
            return [self._errored(rule, file_id, verdict.error) for file_id in self.files]
        examined = {str(file_id): int(rows) for file_id, rows in frame.groupby("file_id")["n"].sum().items()}
        wrong = frame.loc[list(verdict.failing), ["file_id", "value"]]
        wrong_files = set(wrong["file_id"])
        breaches = self._breaches(rule, wrong) if wrong_files else {}
        outcomes = []
        for file_id in self.files:
            rows = examined.get(file_id, 0)
            if file_id not in wrong_files:
                outcomes.append(_passed(rule, file_id, rows))
            elif file_id in breaches:
                outcomes.append(_failed(rule, file_id, rows, breaches[file_id]))
            else:
                # Never a pass: the file has a wrong value, and the rule's two statements disagree on where.
                outcomes.append(self._errored(rule, file_id, "A value is wrong and no row was found that has it"))
        return outcomes

    def _missing_columns(self, rule: Expect) -> list[str]:
        present = {name for name, *_ in self.con.execute("describe incoming").fetchall()}
        return [column for column in rule.columns if column not in present]

    def _breaches(self, rule: Expect, wrong: "pd.DataFrame") -> dict[str, _Breaches]:
        """Find the rows behind the wrong values, mark them where the rule is about rows, and sum them up by file."""
        self.con.register("wrong_frame", wrong)
        self.con.execute("create or replace temp table wrong_values as select file_id, value from wrong_frame")
        self.con.unregister("wrong_frame")
        self.con.execute(f"create or replace temp table breaches as {rule.rule.breaches()}")
        if rule.scope == "row":
            self.con.execute(
                "insert into failing select distinct file_id, row_number, ?, reason from breaches", [rule.name]
            )
        found = self.con.execute(
            """
            with reasons as (
                select file_id, coalesce(reason, '') as reason, min(row_number) as first_row, count(*) as times
                from breaches group by all
            ), numbered as (
                select *,
                    sum(times) over (partition by file_id) as failed,
                    row_number() over (partition by file_id order by first_row, reason) as position
                from reasons
            )
            select file_id, failed, first_row, reason, times from numbered
            where position <= ?
            order by file_id, position
            """,
            [EXAMPLES_SHOWN],
        ).fetchall()
        examples: dict[str, list[str]] = {}
        for file_id, _, first_row, reason, times in found:
            examples.setdefault(file_id, []).append(_example(reason, first_row, times))
        return {
            file_id: _Breaches(int(failed), first_row is None, "; ".join(examples[file_id]))
            for file_id, failed, first_row, *_ in found
        }

    def _errored(self, rule: Expect, file_id: str, reason: str) -> Outcome:
        """A rule that could not be evaluated says nothing about the file, so the file may not pass."""
        rows = self.con.execute("select count(*) from incoming where file_id = ?", [file_id]).fetchone()
        message = (
            f"{rule.title}: could not be evaluated, so the file is held back. {reason.rstrip('.')}. "
            f"Next: repair the reading of the feed or the rule, then refresh again. ({ENGINEERS})"
        )
        examined = int(rows[0]) if rows else 0
        return Outcome(file_id, rule.feed, rule.name, ERROR, "errored", examined, 0, reason, message)


def _passed(rule: Expect, file_id: str, examined: int) -> Outcome:
    message = f"{rule.title}: holds for all {examined:,} rows looked at."
    return Outcome(file_id, rule.feed, rule.name, rule.severity, "passed", examined, 0, "", message)


def _failed(rule: Expect, file_id: str, examined: int, breaches: _Breaches) -> Outcome:
    where = "the file" if breaches.of_file else f"{breaches.failed:,} of {examined:,} rows{_share(breaches, examined)}"
    message = (
        f"{rule.title}: does not hold for {where}. {_sentence(breaches.examples)} {rule.why} "
        f"Next: {rule.next_step} ({rule.who})"
    )
    return Outcome(
        *(file_id, rule.feed, rule.name, rule.severity, "failed"), examined, breaches.failed, breaches.examples, message
    )


def _share(breaches: _Breaches, examined: int) -> str:
    """' (1.2 %)', or nothing where it would round to nothing."""
    share = 100 * breaches.failed / examined if examined else 0.0
    return f" ({share:.1f} %)" if share >= 0.1 else ""  # the least that one decimal can show


def _sentence(examples: str) -> str:
    """Examples as a sentence of their own."""
    return f"{examples[:1].upper()}{examples[1:]}."


def _example(reason: str, first_row: int | None, times: int) -> str:
    """One example: where it was first seen, what is wrong there, and how often."""
    place = "" if first_row is None else f"row {first_row}: "
    return place + reason + (f" ({times:,} times)" if times > 1 else "")
