"""A figure in the board's own words, ready for the minutes.

What is here: the fixed sentence shapes of the board's papers, filled from one figure. What is not: which figures are
told (pack_page.py) and how they are computed (dbt_like_sql/marts). Counts stand without a thousands separator, as the
minutes print them; increase or decrease is decided on the counts, never on a rounded percentage.
"""

import datetime as dt
from collections.abc import Sequence

from safer_assets.board.figures import Figure, percent_change
from safer_assets.charts import wording

_SMALL_WORDS = frozenset({"a", "against", "and", "from", "in", "of", "on", "or", "the", "to", "with"})
# Names that already say what is counted: "3078 Domestic Abuse Offences", not "3078 cases of Domestic Abuse Offences".
_COUNTABLE = ("Offences", "Incidents")


def month_name(month: str) -> str:
    """`2023-02` as `February 2023`."""
    return wording.month_words(dt.date.fromisoformat(f"{month}-01"))


def financial_quarter(end_month: str) -> str:
    """The financial-year quarter that ends in a month: `2022-12` is `Quarter 3 of 2022/23`, October to December."""
    year, month = (int(part) for part in end_month.split("-"))
    first_year = year if month >= 4 else year - 1
    return f"Quarter {(month - 4) % 12 // 3 + 1} of {first_year}/{(first_year + 1) % 100:02}"


def headline_case(name: str) -> str:
    """An indicator's name as the minutes write it: `Violence with injury` is `Violence with Injury`."""
    words = [
        word if word in _SMALL_WORDS and place else word[:1].upper() + word[1:]
        for place, word in enumerate(name.split())
    ]
    return " ".join(words)


def counted(count: int, name: str) -> str:
    """A count with what is counted: `522 cases of Residential Burglary`, `1 case of Robbery`, `40 Offences`."""
    headline = headline_case(name)
    if headline.endswith(_COUNTABLE):
        return f"{count} {headline[:-1] if count == 1 else headline}"
    return f"{count} {'case' if count == 1 else 'cases'} of {headline}"


def period(figure: Figure) -> str:
    """The window of a figure in words, with its first and last month."""
    first, last = month_name(figure.start_month), month_name(figure.end_month)
    match figure.window:
        case "month":
            return last
        case "r3":
            return f"the 3 months of {first} to {last} (incl.)"
        case "r12":
            return f"the 12 months up to {last}"
        case "fyq":
            return f"{financial_quarter(figure.end_month)} ({first} to {last})"
        case "fytd" if first != last:
            return f"the financial year to date ({first} to {last})"
        case "fytd":
            return f"the financial year to date ({last})"
        case _:
            return f"{first} to {last}"


def sentence(figure: Figure, name: str) -> str:
    """What a figure says: the count, the count it is compared with, and the change.

    Args:
        figure: The figure; where it has no value the sentence gives the reason instead.
        name: The indicator's name, in any case.

    Returns:
        One to three sentences in the board's shapes.
    """
    if figure.value is None:
        absent = f"{headline_case(name)} in {figure.area_name} in {period(figure)}"
        return f"No figure is given for {absent}: {reason(figure.quality)}."
    verb = "was" if figure.value == 1 else "were"
    what = f"{counted(figure.value, name)} in {figure.area_name}"
    told = (
        f"There {verb} {what} in {period(figure)}."
        if figure.window == "r12"
        else f"In {period(figure)} there {verb} {what}."
    )
    if figure.prior_value is not None:
        return f"{told} {_prior(figure)} {change(figure)}".rstrip()
    if figure.quality:
        return f"{told} No comparison is made: {reason(figure.quality)}."
    return told


def change(figure: Figure) -> str:
    """The change as a sentence: a percentage where the figure carries one, else the difference, else nothing."""
    if figure.value is None or figure.prior_value is None:
        return ""
    difference = figure.value - figure.prior_value
    if difference == 0:
        return "This is no change."
    direction = "an increase" if difference > 0 else "a decrease"
    if figure.change_pct is None:
        return f"This is {direction} of {abs(difference)}."
    exact = percent_change(figure.value, figure.prior_value)
    size = wording.percent(exact) if wording.rounded(exact, 1) else "less than 0.1%"
    return f"This is {direction} of {size}."


def comparison(others: Sequence[Figure]) -> str:
    """How the same count changed elsewhere; empty where no other area has a percentage.

    Args:
        others: The same indicator and window in the areas the board compares itself with; none contains its own.
    """
    told = [
        f"{wording.moved(percent_change(other.value, other.prior_value))} in {other.area_name}"
        for other in others
        if other.change_pct is not None and other.value is not None and other.prior_value
    ]
    return f"Over the same period it {wording.listed(told)}." if told else ""


def reason(quality: str) -> str:
    """Why a figure or its comparison is not given, in plain words; an unknown reason is given as it is."""
    kind, _, about = quality.partition(": ")
    match kind:
        case "suppressed":
            return "the number is too small to be shown"
        case "missing feed":
            return "no data that carries it was available" + (f" ({about})" if about else "")
        case "not comparable":
            return f"it was counted differently before and after the change named “{about}”"
        case "contains break":
            return f"its months span the change named “{about}”, which altered how it is counted"
        case "no comparator":
            return reason(about)
        case _:
            return quality or "no reason was recorded"


def _prior(figure: Figure) -> str:
    verb = "was" if figure.prior_value == 1 else "were"
    match figure.comparator, figure.window:
        case "year_earlier", "r12":
            when = "the 12 months prior"
        case "year_earlier", "r3":
            when = "the same 3 months a year earlier"
        case "year_earlier", "fyq":
            when = "the same quarter a year earlier"
        case "year_earlier", "fytd":
            when = "the same months a year earlier"
        case "year_earlier", "month":
            when = "the same month a year earlier"
        case _:
            when = f"{month_name(figure.prior_start_month)} to {month_name(figure.prior_end_month)}"
    return f"In {when} there {verb} {figure.prior_value}."
