"""Total crime of the area and of the rests of its comparator groups, indexed to a common start.

What is here: rolling 12-month totals on an index. What is not: levels (a group is many times the area), how the area is
taken out of a group (rests.py), how its change is graded (grading.py), other offences (change_by_offence.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from safer_assets.charts import grading, reading, rests, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.origin import Origin
    from safer_assets.charts.reading import Monthly

NAME = "indexed_total"
MONTHS = 48
FEWEST = 7  # 12-month totals; fewer make no line
LABELS = 1.75
HEIGHT = 3.3


@dataclass(frozen=True)
class Line:
    """One area's rolling totals: (month number, sum of 12 months), from the month at which the index is 100.

    `name` heads a line, `words` names the same area inside a sentence.
    """

    name: str
    words: str
    totals: list[tuple[int, int]]
    origins: frozenset[Origin]

    @property
    def index(self) -> list[float]:
        """Totals as an index, 100 at the first."""
        return [100 * total / self.totals[0][1] for _, total in self.totals]


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw the area against the rest of every group that has the months; none where nothing can be compared."""
    context = data.context
    if not context.groups:
        return NoChart(NAME, f"{context.area_name} has no comparator groups.")
    if reading.TOTAL not in data.indicator_rows:
        return NoChart(NAME, "The reference list has no total of recorded crime.")
    name = str(data.indicator_rows[reading.TOTAL]["name"])
    home, *others = _lines(data)
    if len(home.totals) < FEWEST:
        return NoChart(NAME, f"{name}: fewer than {FEWEST + 11} consecutive months for {context.area_name}.")
    if not others:
        return NoChart(NAME, f"{name}: no comparator group has the months that {context.area_name} has.")
    start, end = (wording.month_words(wording.month_of(home.totals[place][0])) for place in (0, -1))
    newest = wording.month_words(context.data_month)
    words = style.Words(
        title=_message(data, name, [home, *others]) + (f", up to {end}" if end != newest else ""),
        subtitle=f"{name}, {context.area_name} and comparators, rolling 12-month totals to {end} "
        f"(index, 12 months to {start} = 100)",
        notes=("The axis does not start at zero: an index shows change, not level.", *rests.note(context)),
        source_line=source_line(context, {origin for line in (home, *others) for origin in line.origins}),
    )
    page = style.page(context, words, body=HEIGHT)
    axes = page.axes(0.35, 0.1, page.body[2] - 0.35 - LABELS, HEIGHT - 0.5)
    _plot(axes, [home, *others])
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, [home, *others]),
        table=_table([home, *others]),
        source_line=words.source_line,
        figure=page.figure,
    )


def _message(data: BoardData, name: str, lines: list[Line]) -> str:
    """What the area's last 12 months may be said to show, then where every index ends.

    A grade that calls them no change, a rise or a fall is said; an index alone says nothing of chance, so no verb is
    put to it.
    """
    context, (home, *others) = data.context, lines
    grade = grading.at_data_month(data, "r12").get(reading.TOTAL, grading.Finding()).grade
    to_date = home.totals[-1][0] == wording.month_number(context.data_month)
    said = f"{grade} in {reading.twelve_months(context)}; " if to_date and grade.endswith(grading.CHANGES) else ""
    ends = wording.listed([f"{wording.decimal(line.index[-1])} in {line.words}" for line in others])
    return f"{name} in {context.area_name}: {said}index {wording.decimal(home.index[-1])}, beside {ends}"


def _lines(data: BoardData) -> list[Line]:
    """Home first; the rests of groups only where they have every month that home has."""
    context = data.context
    lines: list[Line] = []
    for code, name in ((context.area_code, context.area_name), *context.drawn_groups):
        series = rests.monthly(data, reading.TOTAL, code, MONTHS)
        totals = _unbroken(_of_one_kind(series)) if series else []
        if lines and not lines[0].totals:
            break
        if lines:
            wanted = [month for month, _ in lines[0].totals]
            totals = [pair for pair in totals if pair[0] in wanted]
            if [month for month, _ in totals] != wanted or not totals[0][1]:
                continue
        # The first total is made of the months up to it.
        origins = series.origins_since(totals[0][0] - 11) if series and totals else frozenset()
        lines.append(Line(rests.label(context, code, name), rests.in_words(context, code, name), totals, origins))
    return lines


def _of_one_kind(series: Monthly) -> list[tuple[int, int]]:
    """Totals of months that are all counted as the last one is: none reaches across a comparability break."""
    since = max((month for month, _ in reading.breaks(reading.TOTAL, series)), default=series.first)
    return [(month, total) for month, total in series.rolling() if month - 11 >= since]


def _unbroken(totals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The last run of consecutive months that begins with a total above zero."""
    start = 0
    for place in range(1, len(totals)):
        if totals[place][0] != totals[place - 1][0] + 1:
            start = place
    while start < len(totals) and not totals[start][1]:
        start += 1
    return totals[start:]


def _plot(axes: Axes, lines: list[Line]) -> None:
    style.plain(axes)
    first, last = lines[0].totals[0][0], lines[0].totals[-1][0]
    low, high = min(min(line.index) for line in lines), max(max(line.index) for line in lines)
    room = max(high - low, 4.0) * 0.12
    axes.set_ylim(low - room, high + room)
    axes.set_xlim(first, last)
    axes.axhline(100, color=style.CONTEXT_GREY, lw=0.9)
    style.count_ticks(axes, most=7)
    style.month_ticks(axes, first, last, every=3 if last - first < 18 else 6)
    labels = ["\n".join(style.wrapped(line.name, LABELS - 0.2, style.LABEL, bold=True)) for line in lines]
    inch = (high - low + 2 * room) / (axes.bbox.height / axes.figure.dpi)  # of the axis, in index points
    tall = (max(label.count("\n") for label in labels) + 2) * style.LABEL * style.LINE * inch
    ends = style.spread([line.index[-1] for line in lines], tall, (low - room, high + room))
    for line, label, (colour, dashes, marker), at in zip(lines, labels, style.marks(len(lines)), ends, strict=True):
        months, own = [month for month, _ in line.totals], line is lines[0]
        axes.plot(months, line.index, color=colour, ls=dashes, lw=2.4 if own else 1.7)
        axes.plot(months[-1:], line.index[-1:], color=colour, marker=marker, ms=6, clip_on=False, ls="none")
        look: style.Look = {"weight": "bold" if own else "normal", "va": "center", "linespacing": 1.15}
        text = f"{label}\n{wording.decimal(line.index[-1])}"
        style.put(axes, last + (last - first) * 0.025, at, text, size=style.LABEL, **look)


def _alt(words: style.Words, lines: list[Line]) -> str:
    ends = "; ".join(
        f"{line.name} {wording.decimal(line.index[-1])} "
        f"({wording.count(line.totals[0][1])} to {wording.count(line.totals[-1][1])} offences)"
        for line in lines
    )
    return f"Line chart. {words.title}. {words.subtitle}. Index at the end: {ends}."


def _table(lines: list[Line]) -> pd.DataFrame:
    columns = ["12 months to"]
    for line in lines:
        columns += [line.name, f"{line.name}, index"]
    rows = []
    for place, (month, _) in enumerate(lines[0].totals):
        cells: list[object] = [wording.month_words(wording.month_of(month))]
        for line in lines:
            cells += [line.totals[place][1], wording.decimal(line.index[place])]
        rows.append(cells)
    return table(columns, rows)
