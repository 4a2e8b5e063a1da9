"""Numbers, months and changes in words: the edge at which figures are rounded.

What is here: the one rounding helper (half away from zero), numbers as text, names of months, small grammar.
What is not: what may be said of a figure (reading.py) and a chart's message (its own module).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Number = int | float | Fraction

MINUS = "\u2212"  # the typographic minus: as wide as a plus, so columns of changes line up
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def rounded(value: Number, places: int = 0) -> Decimal:
    """Round half away from zero, exactly: 0.5 -> 1, -2.5 -> -3, 2.45 to one place -> 2.5.

    A float counts as the decimal it prints as (2.675 is 2.675, not the binary number just below it).
    """
    exact = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    scaled = abs(exact) * 10**places
    whole = floor(scaled + Fraction(1, 2))
    return Decimal(whole if exact >= 0 else -whole).scaleb(-places)


def count(value: int) -> str:
    """A count with thousands separators: 28736 -> '28,736'."""
    return f"{value:,}".replace("-", MINUS)


def decimal(value: Number, places: int = 1) -> str:
    """A number rounded for print, with thousands separators: 72.05 -> '72.1'."""
    return f"{rounded(value, places):,}".replace("-", MINUS)


def rate(value: Number) -> str:
    """A rate per 1,000 with one decimal: '72.8', '<0.1' for one that is not zero but prints as zero."""
    return "<0.1" if value > 0 and rounded(value, 1) == 0 else decimal(value)


def signed_count(value: int) -> str:
    """A difference of counts: '+10', '\u221231', '0'."""
    return f"{'+' if value > 0 else ''}{count(value)}"


def percent(value: Number) -> str:
    """The size of a percentage without its sign: one decimal below 10, whole from 10 on ('2.5%', '56%')."""
    small = abs(rounded(value, 1))
    return f"{small}%" if small < 10 else f"{abs(rounded(value)):,}%"


def signed_percent(value: Number) -> str:
    """A percentage change: '+2.5%', '\u22127.3%', '0.0%'. A change that rounds to nothing has no sign."""
    sign = "" if rounded(value, 1) == 0 else "+" if value > 0 else MINUS
    return f"{sign}{percent(value)}"


def share(part: int, whole: int) -> str:
    """A part of a whole as a percentage with one decimal: (1, 8) -> '12.5%'."""
    return f"{rounded(Fraction(100 * part, whole), 1)}%"


def moved(value: Number) -> str:
    """A percentage change as a verb: 'rose 2.5%', 'fell 7.3%', 'did not change'."""
    if value == 0:
        return "did not change"
    size = "less than 0.1%" if rounded(value, 1) == 0 else percent(value)
    return f"{'rose' if value > 0 else 'fell'} {size}"


def month_words(month: date) -> str:
    """'February 2023'."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def month_short(month: date) -> str:
    """'Feb 2023'."""
    return f"{MONTHS[month.month - 1][:3]} {month.year}"


def day_words(day: date) -> str:
    """'3 May 2023'."""
    return f"{day.day} {month_words(day)}"


def month_number(month: date) -> int:
    """Months since year 0: an axis position on which every month is one apart."""
    return month.year * 12 + month.month - 1


def month_of(number: int) -> date:
    """The first day of the month with this `month_number`."""
    return date(number // 12, number % 12 + 1, 1)


def ordinal(number: int) -> str:
    """1 -> '1st', 12 -> '12th', 22 -> '22nd'."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def in_sentence(name: str) -> str:
    """A name inside a sentence: 'Knife crime' -> 'knife crime', 'ASB incidents' stays."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def listed(words: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """'1 indicator', '3 indicators'."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"
