"""One figure of the pack: typed, checked, and written as a row of figures.csv.

What is here: the columns other tools rely on, how a frame from the warehouse becomes figures, how rows of any of the
pack's tables become bytes. What is not: how a figure is computed (dbt_like_sql/marts) and how it is put into words
(sentences.py).
"""

import csv
import datetime as dt
import io
import itertools
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING

from safer_assets.charts.wording import rounded
from safer_assets.errors import PackError

if TYPE_CHECKING:
    import pandas as pd

FIGURE_COLUMNS = (
    "indicator", "area_code", "area_name", "window", "start_month", "end_month", "value",
    "comparator", "prior_start_month", "prior_end_month", "prior_value", "change_abs", "change_pct", "rate_per_1000",
    "source", "scheme", "vintage", "as_at", "quality",
)  # fmt: skip
"""The columns of figures.csv, in order: a contract with whoever reads a pack."""

_MONTHS = ("start_month", "end_month", "prior_start_month", "prior_end_month", "vintage")
_COUNTS = ("value", "prior_value", "change_abs")
# A spreadsheet runs a cell that begins with one of these as a formula; the wide ones are what some of them make of it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True)
class Figure:
    """One indicator in one area over one window; fields are the columns of figures.csv.

    Months are `YYYY-MM` and `as_at` an ISO date. `value`, `prior_value` and `change_abs` are counts, `change_pct` is
    in per cent with one decimal, `rate_per_1000` per 1,000 residents with two. Where a figure may not be shown its
    field is None and `quality` says why.
    """

    indicator: str
    area_code: str
    area_name: str
    window: str
    start_month: str
    end_month: str
    value: int | None
    comparator: str
    prior_start_month: str
    prior_end_month: str
    prior_value: int | None
    change_abs: int | None
    change_pct: Decimal | None
    rate_per_1000: Decimal | None
    source: str
    scheme: str
    vintage: str
    as_at: str
    quality: str


def percent_change(value: int, prior_value: int) -> Fraction:
    """The change from a prior count above zero, in per cent and exact: 100 (a - b) / b."""
    return Fraction(100 * (value - prior_value), prior_value)


def figures_of(frame: "pd.DataFrame") -> tuple[Figure, ...]:
    """The figures of a frame that has at least the contract's columns, in the order of their keys.

    Args:
        frame: One row a figure; months as `YYYY-MM` or dates, counts as whole numbers, percentages rounded or not.

    Raises:
        PackError: A column is missing, a count is no whole number, a figure stands twice, or a percentage is not that
            of its counts.
    """
    missing = [column for column in FIGURE_COLUMNS if column not in frame.columns]
    if missing:
        raise PackError(
            f"figures: column {missing[0]!r} is missing (found {', '.join(map(str, frame.columns))}). "
            "No pack was written; the figures model must give the columns of the pack's contract."
        )
    held = frame.loc[:, list(FIGURE_COLUMNS)].astype(object)
    held = held.where(held.notna(), None)
    figures = sorted((_figure(row) for row in held.to_dict("records")), key=_key)
    for before, after in itertools.pairwise(figures):
        if _key(before) == _key(after):
            raise PackError(
                f"figures: {_about(after)} stands twice ({before.value} and {after.value}). No pack was written; "
                "the figures model must give one row a figure."
            )
    return tuple(figures)


def figures_csv(figures: Iterable[Figure]) -> bytes:
    """figures.csv: one line a figure, as `csv_bytes` writes them."""
    return csv_bytes(FIGURE_COLUMNS, map(attrgetter(*FIGURE_COLUMNS), figures))


def csv_bytes(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A table of the pack: UTF-8, nothing where there is no number; the same rows give the same bytes.

    Text that a spreadsheet would run as a formula gets an apostrophe in front; a number is written as it is, also a
    negative one.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def whole_number(cell: object, about: str) -> int | None:
    """A count as it comes from a frame; PackError where it is no whole number, named by `about`."""
    if cell is None:
        return None
    number = Decimal(str(cell))
    if number != number.to_integral_value():
        raise PackError(f"{about} is {cell}, which is no whole number. No pack was written; a count is never rounded.")
    return int(number)


def month_cell(cell: object) -> str:
    """A month as `YYYY-MM`, from a date or from text."""
    if isinstance(cell, dt.date):
        return f"{cell:%Y-%m}"
    return "" if cell is None else str(cell)


def _figure(row: Mapping[Hashable, object]) -> Figure:
    about = f"{row['indicator']} {row['area_code']} {row['window']} to {row['end_month']}"
    counts = {column: whole_number(row[column], f"figures: {column} of {about}") for column in _COUNTS}
    months = {column: month_cell(row[column]) for column in _MONTHS}
    as_at = row["as_at"]
    rate = row["rate_per_1000"]
    texts = ("indicator", "area_code", "area_name", "window", "comparator", "source", "scheme", "quality")
    named = {column: "" if row[column] is None else str(row[column]) for column in texts}
    return Figure(
        indicator=named["indicator"],
        area_code=named["area_code"],
        area_name=named["area_name"],
        window=named["window"],
        start_month=months["start_month"],
        end_month=months["end_month"],
        value=counts["value"],
        comparator=named["comparator"],
        prior_start_month=months["prior_start_month"],
        prior_end_month=months["prior_end_month"],
        prior_value=counts["prior_value"],
        change_abs=counts["change_abs"],
        change_pct=_percent(row["change_pct"], counts["value"], counts["prior_value"], about),
        rate_per_1000=None if rate is None else rounded(float(str(rate)), 2),
        source=named["source"],
        scheme=named["scheme"],
        vintage=months["vintage"],
        as_at=f"{as_at:%Y-%m-%d}" if isinstance(as_at, dt.date) else str(as_at or ""),
        quality=named["quality"],
    )


def _percent(given: object, value: int | None, prior_value: int | None, about: str) -> Decimal | None:
    """The percentage to print, exact from the counts; the given one says whether there is one, and must agree."""
    if given is None:
        return None
    if value is None or not prior_value:
        raise PackError(f"figures: {about} has a percentage ({given}) but not both counts. No pack was written.")
    exact = percent_change(value, prior_value)
    # A tenth covers a figure that was already rounded to one decimal, and nothing more.
    if abs(Fraction(str(given)) - exact) >= Fraction(1, 10):
        raise PackError(
            f"figures: {about} says {given} %, but {value} against {prior_value} is {rounded(exact, 1)} %. "
            "No pack was written; see the figures model."
        )
    return rounded(exact, 1)


def _key(figure: Figure) -> tuple[str, ...]:
    return (
        figure.area_code,
        figure.indicator,
        figure.window,
        figure.end_month,
        figure.start_month,
        figure.comparator,
    )


def _about(figure: Figure) -> str:
    return f"{figure.indicator} {figure.area_code} {figure.window} to {figure.end_month}"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    # A line end in a cell is one row too many to half of all readers.
    text = value if value.isprintable() else "".join(sign if sign.isprintable() else " " for sign in value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
