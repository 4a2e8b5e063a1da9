"""How much an operation's sources could not place, before and after: the share that stands beside its counts.

What is here: the share of each window, in a table's cells and in words. What is not: how it is counted
(marts.operation_unplaced), and the share beside maps (small_areas.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from safer_assets.charts import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safer_assets.charts.context import BoardData, Row

KEY: Final = ("operation_id", "source", "indicator", "test")
UNITS: Final = {"ward": "ward", "small_area": "small area"}


@dataclass(frozen=True)
class Unplaced:
    """Of one result: offences without a ward or small area, and what they are a part of; None where not known."""

    before: tuple[int, int] | None
    after: tuple[int, int] | None

    @property
    def cells(self) -> tuple[str | None, str | None]:
        """The shares before and after: '0.1%', '2.1%'."""
        return _share(self.before), _share(self.after)

    @property
    def words(self) -> str:
        """'2 of 2,811 (0.1%) and 30 of 2,640 (1.1%)'."""
        return f"{_words(self.before)} and {_words(self.after)}"


def unplaced(data: BoardData, row: Row, test: str = "operation") -> Unplaced:
    """Of a result or another crime type that has counts in a test."""
    wanted = {**row, "test": test}
    for found in data.rows("operation_unplaced"):
        if all(found[name] == wanted[name] for name in KEY):
            return Unplaced(_part(found, "before"), _part(found, "after"))
    return Unplaced(None, None)


def unplaced_note(data: BoardData, rows: Sequence[Row]) -> str:
    """Of results, in a sentence: 'burglary 2 of 2,811 (0.1%) and 30 of 2,640 (1.1%) of the borough's have no ward'."""
    by_whole: dict[str, list[str]] = {}
    for row in rows:
        name = wording.in_sentence(str(data.indicator_rows[str(row["indicator"])]["name"]))
        by_whole.setdefault(_of(row), []).append(f"{name} {unplaced(data, row, str(row['test'])).words}")
    each = (f"{', '.join(said)} {of}" for of, said in by_whole.items())
    return f"Unplaced, before and after, and in no count here: {'; '.join(each)}."


def _of(row: Row) -> str:
    if row["source"] == "police_uk_street":
        return "of the whole force's street rows have no place"
    return f"of the borough's offences have no {UNITS[str(row['unit_kind'])]}"


def _part(row: Row, window: str) -> tuple[int, int] | None:
    part, whole = row[f"unplaced_{window}"], row[f"total_{window}"]
    if pd.isna(whole) or not whole:  # type: ignore[call-overload]  # one cell
        return None
    return int(float(str(part))), int(float(str(whole)))


def _share(found: tuple[int, int] | None) -> str | None:
    return None if found is None else wording.share(*found).replace("-", wording.MINUS)


def _words(found: tuple[int, int] | None) -> str:
    if found is None:
        return "not known"
    return f"{wording.count(found[0])} of {wording.count(found[1])} ({_share(found)})"
