"""The kinds of rule: what a rule looks at, as the small frame Great Expectations judges and the rows behind a verdict.

What is here: how one kind of rule reads temp table `incoming`, as SQL. What is not: the rules themselves
(expectations.py), judging (judge.py) and what follows from a verdict (gate.py).

Great Expectations gets no rows of a feed. Each kind reduces a whole batch of files to a frame of distinct values with
their counts; the values it finds wrong are joined back to the rows by DuckDB, so nothing here or later loops over rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from safer_assets.quality.cells import sql


class Limits(Protocol):
    """The limits of a partnership that rules need; `safer_assets.partnership.QualityLimits` has them."""

    @property
    def street_repeat_share_error(self) -> float:
        """Rows of a street file that repeat a Crime ID, as a share from 0 to 1; above it the file is held back."""

    @property
    def street_unplaced_share_warn(self) -> float:
        """Rows of a street file with no coordinates, as a share from 0 to 1; above it the pack says so."""


@dataclass(frozen=True)
class Must:
    """What Great Expectations expects of a frame's column `value`.

    Attributes:
        expectation: Class name in `great_expectations.expectations`.
        settings: The settings of that class, given the partnership's limits.
    """

    expectation: str
    settings: Callable[[Limits], Mapping[str, object]]


class Kind(Protocol):
    """One kind of rule. Both statements run on the connection that has temp tables `incoming` and `examined_files`."""

    @property
    def must(self) -> Must:
        """What is expected of the frame's `value`."""

    def frame(self) -> str:
        """SQL of the frame to judge: file_id, value, n (rows of `incoming` the value stands for)."""

    def breaches(self) -> str:
        """SQL of what breaks the rule, given temp table `wrong_values` (file_id, value): file_id, row_number, reason.

        row_number is NULL where the breach is about the file and no row of it.
        """


@dataclass(frozen=True)
class EachRow:
    """Every row of interest has an acceptable value.

    Attributes:
        value: SQL of what is judged, never NULL, with as few distinct values as the rule needs.
        must: What is expected of it.
        reason: SQL of a row's reason in plain words; may use `value` and every column of `source`.
        where: SQL that says which rows the rule is about.
        source: Relation to read in place of `incoming`, with the same file_id and row_number.
    """

    value: str
    must: Must
    reason: str
    where: str = "true"
    source: str = "incoming"

    def frame(self) -> str:
        """See Kind."""
        return sql(
            f"select file_id, {self.value} as value, count(*) as n",
            f"from {self.source} where {self.where} group by all",
        )

    def breaches(self) -> str:
        """See Kind."""
        judged = sql(f"select *, {self.value} as value", f"from {self.source} where {self.where}")
        return sql(
            f"select i.file_id, i.row_number, {self.reason} as reason",
            f"from ({judged}) i",
            "semi join wrong_values w on w.file_id = i.file_id and w.value = i.value",
        )


@dataclass(frozen=True)
class NoTwoRows:
    """No two rows of a file share a key.

    Attributes:
        key: Columns of `incoming` that together say which cell of the feed a row is.
        where: SQL that says which rows the rule is about.
    """

    key: tuple[str, ...]
    where: str = "true"

    @property
    def must(self) -> Must:
        """Each key stands in one row."""
        return between(1, 1)

    def _keys(self) -> str:
        return sql(
            f"select file_id, {', '.join(self.key)}, count(*) as times, min(row_number) as first_row",
            f"from incoming where {self.where} group by all",
        )

    def frame(self) -> str:
        """See Kind. `value` is how often a key stands in the file."""
        return f"select file_id, times as value, sum(times)::bigint as n from ({self._keys()}) group by all"  # noqa: S608 # columns are ours

    def breaches(self) -> str:
        """See Kind. Every row of a repeated key is a breach: which of them is right cannot be known."""
        same = " and ".join(f"i.{column} is not distinct from k.{column}" for column in self.key)
        shown = " || ' / ' || ".join(f"coalesce(i.{column}, '')" for column in self.key)
        concerned = sql("(select *", f"from incoming where {self.where})")
        reason = f"{shown} || ' stands ' || k.times || ' times, first in row ' || k.first_row"
        return sql(
            f"select i.file_id, i.row_number, {reason} as reason",
            f"from {concerned} i",
            f"join ({self._keys()}) k on k.file_id = i.file_id and {same}",
            "semi join wrong_values w on w.file_id = k.file_id and w.value = k.times",
        )


@dataclass(frozen=True)
class ShareOfRows:
    """No more than a share of a file's rows is of some sort.

    Attributes:
        when: SQL that is true for the rows counted.
        at_most: The share, from 0 to 1, that is still acceptable under the partnership's limits.
        reason: SQL of such a row's reason in plain words.
        where: SQL that says which rows the share is a share of.
        source: Relation to read in place of `incoming`.
    """

    when: str
    at_most: Callable[[Limits], float]
    reason: str
    where: str = "true"
    source: str = "incoming"

    @property
    def must(self) -> Must:
        """The share is not above the limit."""
        return Must(
            "ExpectColumnValuesToBeBetween", lambda limits: {"min_value": 0.0, "max_value": self.at_most(limits)}
        )

    def frame(self) -> str:
        """See Kind. `value` is the share; one row a file."""
        return sql(
            f"select file_id, count(*) filter ({self.when}) / count(*) as value, count(*) as n",
            f"from {self.source} where {self.where} group by file_id",
        )

    def breaches(self) -> str:
        """See Kind."""
        return sql(
            f"select i.file_id, i.row_number, {self.reason} as reason",
            f"from {self.source} i semi join wrong_values w on w.file_id = i.file_id",
            f"where ({self.where}) and ({self.when})",
        )


@dataclass(frozen=True)
class EachFile:
    """Every file, taken as a whole, has an acceptable value; a file without a single row is judged too.

    Attributes:
        value: SQL aggregate over the file's rows, all NULL for a file with no row.
        must: What is expected of it.
        reason: SQL of the reason in plain words; may use `value`.
        source: Relation to read in place of `incoming`.
    """

    value: str
    must: Must
    reason: str
    source: str = "incoming"

    def frame(self) -> str:
        """See Kind. One row a file."""
        return sql(
            f"select e.file_id, {self.value} as value, count(row_number) as n",
            f"from examined_files e left join {self.source} i on i.file_id = e.file_id group by e.file_id",
        )

    def breaches(self) -> str:
        """See Kind. The breach is the file's, so it has no row number."""
        return sql(f"select file_id, null::integer as row_number, {self.reason} as reason", "from wrong_values")


def matches(pattern: str) -> Must:
    """The value matches a regular expression from its first character to its last."""
    return Must("ExpectColumnValuesToMatchRegex", lambda _: {"regex": rf"\A(?:{pattern})\Z"})


def one_of(known: Callable[[], frozenset[str]]) -> Must:
    """The value is in a set that is read when the rule is judged."""
    return Must("ExpectColumnValuesToBeInSet", lambda _: {"value_set": sorted(known())})


def between(low: float | None, high: float | None) -> Must:
    """The value is a number from `low` to `high`, both included; None leaves that side open."""
    return Must("ExpectColumnValuesToBeBetween", lambda _: {"min_value": low, "max_value": high})
