"""One row of evidence in the pack: typed, checked, and written as a row of evidence.csv.

What is here: the columns other tools rely on, how a frame from the warehouse becomes rows, how rows become bytes. What
is not: how a grade is given (evidence/grade.py).
"""

import itertools
import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING

from safer_assets.board.figures import csv_bytes, month_cell, whole_number
from safer_assets.charts.wording import rounded
from safer_assets.errors import PackError

if TYPE_CHECKING:
    import pandas as pd

EVIDENCE_COLUMNS = (
    "indicator", "area_code", "window", "end_month", "value", "prior_value", "p_value", "rate_ratio", "rr_low",
    "rr_high", "dispersion", "spc_signal", "london_position", "grade", "reason",
)  # fmt: skip
"""The columns of evidence.csv, in order: a contract with whoever reads a pack."""

_PLACES = {"rate_ratio": 3, "rr_low": 3, "rr_high": 3, "dispersion": 2}
_TEXTS = ("indicator", "area_code", "window", "spc_signal", "london_position", "grade", "reason")


@dataclass(frozen=True)
class Evidence:
    """What one figure may be said to show; fields are the columns of evidence.csv.

    `end_month` is `YYYY-MM`, counts are whole, `p_value` has four decimals (two
    digits where it is below 0.0001), the ratio and its ends three, the
    dispersion two. A number that there is none of is None, also an end that is infinite.
    """

    indicator: str
    area_code: str
    window: str
    end_month: str
    value: int | None
    prior_value: int | None
    p_value: Decimal | None
    rate_ratio: Decimal | None
    rr_low: Decimal | None
    rr_high: Decimal | None
    dispersion: Decimal | None
    spc_signal: str
    london_position: str
    grade: str
    reason: str


def evidence_of(frame: "pd.DataFrame") -> tuple[Evidence, ...]:
    """The evidence of a frame that has at least the contract's columns, in the order of its keys.

    Args:
        frame: One row a figure; months as `YYYY-MM` or dates, numbers unrounded.

    Raises:
        PackError: A column is missing, a count is no whole number, a p-value is none, a row has no grade, or one stands
            twice.
    """
    missing = [column for column in EVIDENCE_COLUMNS if column not in frame.columns]
    if missing:
        raise PackError(
            f"evidence: column {missing[0]!r} is missing (found {', '.join(map(str, frame.columns))}). "
            "No pack was written; marts.evidence must give the columns of the pack's contract."
        )
    held = frame.loc[:, list(EVIDENCE_COLUMNS)].astype(object)
    held = held.where(held.notna(), None)
    rows = sorted((_row(row) for row in held.to_dict("records")), key=_key)
    for before, after in itertools.pairwise(rows):
        if _key(before) == _key(after):
            raise PackError(
                f"evidence: {' '.join(_key(after))} stands twice ({before.grade} and {after.grade}). No pack was "
                "written; marts.evidence must give one row a figure."
            )
    return tuple(rows)


def evidence_csv(rows: Iterable[Evidence]) -> bytes:
    """evidence.csv: UTF-8, one line a figure; the same rows give the same bytes. Cells are as in figures.csv."""
    return csv_bytes(EVIDENCE_COLUMNS, map(attrgetter(*EVIDENCE_COLUMNS), rows))


def _row(row: Mapping[Hashable, object]) -> Evidence:
    about = f"evidence: {row['indicator']} {row['area_code']} {row['window']} to {month_cell(row['end_month'])}"
    texts = {column: "" if row[column] is None else str(row[column]) for column in _TEXTS}
    if not texts["grade"]:
        raise PackError(f"{about} has no grade. No pack was written; see safer_assets/evidence/grade.py.")
    numbers = {column: _number(row[column], places) for column, places in _PLACES.items()}
    return Evidence(
        indicator=texts["indicator"],
        area_code=texts["area_code"],
        window=texts["window"],
        end_month=month_cell(row["end_month"]),
        value=whole_number(row["value"], f"{about}: value"),
        prior_value=whole_number(row["prior_value"], f"{about}: prior_value"),
        p_value=_chance(row["p_value"], about),
        rate_ratio=numbers["rate_ratio"],
        rr_low=numbers["rr_low"],
        rr_high=numbers["rr_high"],
        dispersion=numbers["dispersion"],
        spc_signal=texts["spc_signal"],
        london_position=texts["london_position"],
        grade=texts["grade"],
        reason=texts["reason"],
    )


def _chance(cell: object, about: str) -> Decimal | None:
    if cell is None:
        return None
    number = float(str(cell))
    if not 0 < number <= 1:
        raise PackError(f"{about} has a p-value of {cell}. No pack was written; it is above 0 and 1 at most.")
    # Four decimals of a smaller one would say that it is zero, which no p-value is.
    return rounded(number, 4) if number >= 0.0001 else Decimal(f"{number:.1e}")


def _number(cell: object, places: int) -> Decimal | None:
    if cell is None:
        return None
    number = float(str(cell))
    return rounded(number, places) if math.isfinite(number) else None


def _key(row: Evidence) -> tuple[str, ...]:
    return (row.area_code, row.indicator, row.window, row.end_month)
