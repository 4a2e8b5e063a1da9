"""Cells of a row as plain values: text, numbers and months, with nothing for what is missing.

What is here: the readings of one cell, whatever type its frame held. What is not: what a row means (reading.py,
grading.py, control.py).
"""

from __future__ import annotations

from datetime import date
from math import isnan
from typing import TYPE_CHECKING

from safer_assets.charts import wording

if TYPE_CHECKING:
    from safer_assets.charts.context import Row


def is_missing(value: object) -> bool:
    """Whether a cell holds nothing: None, NA, NaT or NaN."""
    import pandas as pd

    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and isnan(value))


def text(row: Row, column: str) -> str:
    """The cell as text; empty where nothing is there."""
    value = row.get(column)
    return "" if is_missing(value) else str(value)


def whole(row: Row, column: str) -> int | None:
    """The cell as a whole number."""
    value = row.get(column)
    return None if is_missing(value) else int(float(str(value)))


def real(row: Row, column: str) -> float | None:
    """The cell as a number."""
    value = row.get(column)
    return None if is_missing(value) else float(str(value))


def flag(row: Row, column: str) -> bool:
    """The cell as yes or no; no where nothing is there."""
    value = row.get(column)
    return not is_missing(value) and bool(value)


def month(row: Row, column: str) -> int | None:
    """The cell, a date or 'YYYY-MM', as a month number (wording.month_number)."""
    value = row.get(column)
    if is_missing(value):
        return None
    return wording.month_number(value if isinstance(value, date) else date.fromisoformat(f"{str(value)[:7]}-01"))
