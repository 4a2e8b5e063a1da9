"""Where and when crimes were counted, and one operation on it.

What is here: the counts of small areas by month, who is next to whom, and the two windows of an operation. What is
not: reading them from anywhere, and any statistic (controls.py, placebo.py, operation.py).
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

YEAR: Final = 12

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Ground:
    """Counts of one offence by unit and month; a month that is here is known, and 0 means none.

    Attributes:
        codes: Units of one kind, such as LSOAs, each once.
        months: First days of consecutive months.
        counts: Shape (units, months).
        near: Shape (units, units): within the buffer distance of each other; False on the diagonal.
        touches: Shape (units, units): share an edge; placebo areas are grown along it. False on the diagonal.
    """

    codes: tuple[str, ...]
    months: tuple[date, ...]
    counts: npt.NDArray[np.int64]
    near: Flags
    touches: Flags

    def __post_init__(self) -> None:
        units, months = len(self.codes), len(self.months)
        if self.counts.shape != (units, months):
            raise ValueError(f"counts are {self.counts.shape} for {units} units and {months} months")
        if self.near.shape != (units, units) or self.touches.shape != (units, units):
            raise ValueError(f"near is {self.near.shape} and touches {self.touches.shape} for {units} units")
        if any(number(b) - number(a) != 1 for a, b in zip(self.months, self.months[1:], strict=False)):
            raise ValueError("months are not consecutive")


@dataclass(frozen=True)
class Trial:
    """One operation, or a placebo of it, on a ground.

    Attributes:
        response: Shape (units,): where it was.
        first_month: First day of its first whole month.
        months: Length of each of its two windows.
        back: Whole years from the window before to the window after, where that is more than keeps them apart: a test
            of months after an operation looks back to those before it.
        operation_month: First month of the operation itself, where the windows are of later months: controls are
            matched on what was counted before it.
    """

    response: Flags
    first_month: date
    months: int
    back: int = 0
    operation_month: date | None = None

    def __post_init__(self) -> None:
        later = number(self.first_month) - number(self.began)
        if not 0 <= later <= YEAR * self.years_back - self.months:
            raise ValueError(f"the window before is not before {self.began:%Y-%m}, when the operation began")

    @property
    def began(self) -> date:
        """First month of the operation: nothing counted from then on may choose a control."""
        return self.operation_month or self.first_month

    @property
    def years_back(self) -> int:
        """How many whole years the window before lies before the window after, so that they do not overlap."""
        return max(self.back, years_back(self.months))


@dataclass(frozen=True)
class Window:
    """Whole months in a row: first day of the first, first day of the last."""

    start: date
    end: date


def number(month: date) -> int:
    """Months since year 0, so that months can be subtracted."""
    return month.year * YEAR + month.month - 1


def month_of(count: int) -> date:
    """The inverse of `number`."""
    return date(count // YEAR, count % YEAR + 1, 1)


def years_back(months: int) -> int:
    """Whole years from a window of so many months back to the same calendar months that do not overlap it."""
    return -(-months // YEAR)


def windows(first_month: date, months: int, back: int = 0) -> tuple[Window, Window]:
    """The windows before and after: the same calendar months, `back` years apart or as many as keep them apart."""
    first = number(first_month)
    back = first - YEAR * max(back, years_back(months))
    return (
        Window(month_of(back), month_of(back + months - 1)),
        Window(month_of(first), month_of(first + months - 1)),
    )
