"""The words and the data of the evidence scorecard.

What is here: one indicator's row, the message, the notes, the text for those who do not see the picture, the table.
What is not: drawing (scorecard.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from safer_assets.charts import grading, reading, style, wording
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    import pandas as pd

    from safer_assets.charts.context import BoardContext
    from safer_assets.charts.grading import Finding
    from safer_assets.charts.reading import Monthly, Reading

MOST_NAMES = 60  # letters
WANTED = {"down": "fewer", "up": "more", "none": "\u2013"}


@dataclass(frozen=True)
class Line:
    """One indicator's row: its figures over 3 and 12 months, its months, and the evidence on the 12 months."""

    quarter: Reading
    year: Reading
    months: Monthly | None
    finding: Finding

    @property
    def note(self) -> str:
        """The reason that stands under the table: why the year has no comparator, or nothing more than a word."""
        reason = self.year.reason
        return reason if self.year.prior is None and (self.year.value is not None or ":" in reason) else ""


def message(context: BoardContext, lines: list[Line]) -> str:
    """How many of the years that can be compared may be said to have changed, and which way."""
    number = grading.by_change(line.finding for line in lines)
    few = sum(line.finding.grade == "too few to say" for line in lines)
    compared, over = sum(number.values()) + few, reading.twelve_months(context)
    if not compared:
        return f"No indicator in {context.area_name} can be compared with a year earlier"
    if not number["rise"] + number["fall"]:
        return f"None of {wording.plural(compared, 'indicator')} rose or fell beyond chance in {over}"
    said = [
        f"{number[way]} {verb}{_named(lines, way)}" for way, verb in (("rise", "rose"), ("fall", "fell")) if number[way]
    ]
    if number["change"] + few:
        said.append(f"{number['change'] + few} cannot be told from chance")
    return f"Of {wording.plural(compared, 'indicator')}, {wording.listed(said)} in {over}"


def _named(lines: list[Line], way: str) -> str:
    """' (theft and drug offences)'; empty where the names would fill the title."""
    names = wording.listed(
        [wording.in_sentence(line.year.short_name) for line in lines if line.finding.grade.endswith(way)]
    )
    return f" ({names})" if len(names) <= MOST_NAMES else ""


def footnotes(lines: list[Line]) -> dict[str, int]:
    """Each reason that stands under the table, with its number."""
    return {reason: number for number, reason in enumerate(dict.fromkeys(line.note for line in lines if line.note), 1)}


def explained(context: BoardContext, lines: list[Line]) -> tuple[str, ...]:
    """The icons and words in one line each."""
    trial = (
        " An asterisk beside an icon: trial limits, from fewer than 13 months." if any(map(_on_trial, lines)) else ""
    )
    place = [
        f"Beside {name}: the rate per 1,000 residents against {name} without {context.area_name}."
        for _, name in context.groups[-1:]
    ]
    return (
        "Last month: what its control chart says. Common cause is the ordinary ups and downs; a special cause is more "
        f"than those.{trial}",
        "What it shows: clear or probable where chance seldom gives such a change, also among crimes that come in "
        "clusters. Blue is towards what is wanted, plum away from it.",
        *place,
        f"On a base below {context.minimum_base}, and for rare offences, a change is a difference of counts and not a "
        "percentage. Each line of 36 months has its own scale.",
    )


def _on_trial(line: Line) -> bool:
    state = line.finding.variation(line.year.good)
    return state is not None and state.trial


def alt(words: style.Words, lines: list[Line]) -> str:
    """The message and every row for people who do not see the picture."""
    parts = []
    for line in lines:
        if line.year.value is None:
            continue
        state = line.finding.variation(line.year.good)
        said = [f"{line.year.name} {line.year.sentence}", line.finding.grade, state.words if state else ""]
        if line.finding.london:
            said.append(f"rate {line.finding.london}")
        parts.append(", ".join(filter(None, said)))
    absent = "; ".join(f"{line.year.name} ({line.year.reason})" for line in lines if line.year.value is None)
    missing = f" Without a 12-month figure: {absent}." if absent else ""
    return f"Table. {words.title}. 12 months: {'; '.join(parts) or 'no figures'}.{missing}"


def data_table(context: BoardContext, lines: list[Line]) -> pd.DataFrame:
    """Every row with its reasons, also those that the picture has no room for."""
    beside = f"Beside {context.groups[-1][1]}" if context.groups else "Beside comparators"
    columns = (
        *("Indicator", "Wanted", "12 months", "12 months, year ago", "12 months, change", "12 months, note"),
        *("What it shows", "Why", "Last month", beside, "Why there", "Rate per 1,000"),
        *("3 months", "3 months, year ago", "3 months, change", "3 months, note"),
    )
    rows = []
    for line in lines:
        quarter, year = (
            (figure.value, figure.prior, figure.change_label, figure.reason) for figure in (line.quarter, line.year)
        )
        finding, state = line.finding, line.finding.variation(line.year.good)
        rate = None if line.year.value is None or line.year.rate is None else wording.rate(line.year.rate)
        said = (
            finding.grade,
            finding.reason,
            state.words if state else "",
            finding.london,
            finding.london_reason,
            rate,
        )
        rows.append((line.year.name, WANTED[line.year.good], *year, *said, *quarter))
    return table(columns, rows)
