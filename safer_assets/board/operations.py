"""The operations as the pack tells them: the paragraphs of each result, what lasted, and what else was counted there.

What is here: rows of the marts in the order of the page. What is not: the words (evidence/claims.py) and the layout
(templates/operations.html).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from safer_assets.charts.context import BoardData, Row
from safer_assets.charts.operation_unplaced import unplaced, unplaced_note
from safer_assets.charts.operations import SHORT_SOURCES


@dataclass(frozen=True)
class OperationResult:
    """One offence in one source: what can be said, what cannot, and of later months; empty where nothing is.

    `unplaced` is what the source could not place in the two windows: it stands beside the counts.
    """

    offence: str
    source: str
    can_say: str
    cannot_say: str
    claim: str
    claim_source: str
    later: tuple[str, ...]
    unplaced: str


@dataclass(frozen=True)
class OtherCrime:
    """Another crime type where the operation was: counts before and after, and shares that have no place in either."""

    name: str
    source: str
    before: int
    after: int
    unplaced_before: str
    unplaced_after: str


@dataclass(frozen=True)
class OperationTold:
    """One operation; `assumed` says what of its entry is not known."""

    name: str
    assumed: str
    results: tuple[OperationResult, ...]
    others: tuple[OtherCrime, ...]


def told_operations(data: BoardData) -> tuple[OperationTold, ...]:
    """Every operation of the board, the newest first; none where none is registered."""
    by_operation: dict[object, list[Row]] = {}
    for row in data.rows("operations"):
        by_operation.setdefault(row["operation_id"], []).append(row)
    others: dict[object, list[OtherCrime]] = {}
    for row in data.rows("operation_other_crimes"):
        shares = (share or "not known" for share in unplaced(data, row).cells)
        others.setdefault(row["operation_id"], []).append(
            OtherCrime(_name(data, row), _source(row), int(str(row["before"])), int(str(row["after"])), *shares)
        )
    return tuple(
        OperationTold(str(rows[0]["name"]), str(rows[0]["assumed"]), _results(data, rows), tuple(others.get(key, ())))
        for key, rows in by_operation.items()
    )


def _results(data: BoardData, rows: Sequence[Row]) -> tuple[OperationResult, ...]:
    return tuple(
        OperationResult(
            offence=_name(data, row),
            source=_source(row),
            can_say=str(row["can_say"]),
            cannot_say=str(row["cannot_say"]),
            claim=str(row["claim"]),
            claim_source=str(row["claim_source"]),
            later=_later(data, row, rows),
            unplaced=_unplaced(data, row),
        )
        for row in rows
        if row["test"] == "operation"
    )


def _is_counted(row: Row) -> bool:
    return not pd.isna(row["response_before"])  # type: ignore[call-overload]  # one cell


def _unplaced(data: BoardData, row: Row) -> str:
    return unplaced_note(data, [row]) if _is_counted(row) else ""


def _later(data: BoardData, main: Row, rows: Sequence[Row]) -> tuple[str, ...]:
    """Of later months, where the operation's own could be counted."""
    if not _is_counted(main):
        return ()
    same = [row for row in rows if (row["indicator"], row["source"]) == (main["indicator"], main["source"])]
    return tuple(
        " ".join(filter(None, (str(row["can_say"]), str(row["cannot_say"]), _unplaced(data, row))))
        for row in same
        if row["test"] != "operation"
    )


def _name(data: BoardData, row: Row) -> str:
    return str(data.indicator_rows[str(row["indicator"])]["name"])


def _source(row: Row) -> str:
    return SHORT_SOURCES.get(str(row["source"]), "")
