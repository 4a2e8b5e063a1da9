"""The evidence scorecard: every indicator on one page, with what its count may be said to show.

What is here: the table as a drawing. What is not: its words and its data (scorecard_words.py), what a change may say
(reading.py), how a grade is given (evidence/), the icons (icons.py).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from safer_assets.charts import grading, icons, reading, scorecard_words, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.icons import Kind
from safer_assets.charts.origin import source_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardContext, BoardData
    from safer_assets.charts.reading import Monthly
    from safer_assets.charts.scorecard_words import Line

NAME = "scorecard"
WIDTH = 9.4
ROW, BAND_ROW, HEAD, KEY = 0.235, 0.25, 0.56, 0.34
WIDE = WIDTH - 2 * style.MARGIN
TYPE = style.SMALL + 0.5
# Inches from the body's left: left edges of words, right edges of counts, middles of icons and positions.
NAME_ROOM = 2.2
WANTED_AT = 2.27
SPARK = (2.8, 3.46)
SPARK_HEIGHT = 0.14
QUARTER_EDGE = 3.96
EDGES = (4.55, 5.1, 5.72)  # count, count a year ago, change
ICON_AT = 6.08
PLACE_AT = 6.76
WORDS_AT = 7.3


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw the evidence scorecard; indicators without a figure keep their row and say why."""
    context = data.context
    found = grading.at_data_month(data, "r12")
    lines = [
        scorecard_words.Line(
            quarter=reading.reading(data, slug, "r3"),
            year=reading.reading(data, slug, "r12"),
            months=reading.monthly(data, slug),
            finding=found.get(slug, grading.Finding()),
        )
        for slug in data.indicator_rows
    ]
    if not any(figure.value is not None for line in lines for figure in (line.quarter, line.year)):
        return NoChart(NAME, f"No indicator has a figure for {wording.month_words(context.data_month)}.")
    marks = scorecard_words.footnotes(lines)
    words = style.Words(
        title=scorecard_words.message(context, lines),
        subtitle=f"Recorded offences and incidents, {context.area_name}, 12 months to "
        f"{wording.month_words(context.data_month)} against the 12 months before",
        notes=(
            *scorecard_words.explained(context, lines),
            *(f"[{mark}] {text[:1].upper()}{text[1:]}." for text, mark in marks.items()),
        ),
        source_line=source_line(
            context,
            {
                origin
                for line in lines
                for one in (line.quarter, line.year, line.months)
                if one is not None
                for origin in one.origins
            },
            residents=any(line.finding.london for line in lines),
        ),
    )
    themes = [
        (theme, list(rows))
        for theme, rows in groupby(lines, lambda line: str(data.indicator_rows[line.year.indicator]["theme"]))
    ]
    page = style.page(context, words, body=HEAD + len(lines) * ROW + len(themes) * BAND_ROW + KEY, width=WIDTH)
    axes = page.canvas()
    _heading(axes, context)
    top = HEAD
    for theme, rows in themes:
        axes.fill_between((0, WIDE), top, top + BAND_ROW, color=style.BAND, lw=0)
        style.put(axes, 0.05, top + BAND_ROW / 2, theme, weight="bold")
        top += BAND_ROW
        for line in rows:
            _row(axes, top + ROW / 2, line, marks)
            top += ROW
            axes.plot((0, WIDE), (top, top), color=style.GRID, lw=0.6)
    _key(axes, top + KEY * 0.65)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=scorecard_words.alt(words, lines),
        table=scorecard_words.data_table(context, lines),
        source_line=words.source_line,
        figure=page.figure,
    )


def _heading(axes: Axes, context: BoardContext) -> None:
    low, high = HEAD - 0.13, HEAD - 0.36
    month = wording.month_short(context.data_month)
    style.put(axes, 0.05, low, "Indicator", color=style.MUTED)
    style.put(axes, WANTED_AT, low, "Wanted", color=style.MUTED)
    style.put(axes, SPARK[0], low, "36 months", color=style.MUTED)
    style.put(axes, QUARTER_EDGE, low, "3 mths", color=style.MUTED, ha="right")
    style.put(axes, EDGES[2], high, f"12 months to {month}", color=style.MUTED, ha="right", weight="bold")
    axes.plot((EDGES[0] - 0.45, EDGES[2]), (high + 0.12, high + 0.12), color=style.CONTEXT_GREY, lw=0.7)
    for edge, text in zip(EDGES, ("Count", "Year ago", "Change"), strict=True):
        style.put(axes, edge, low, text, color=style.MUTED, ha="right")
    style.put(axes, ICON_AT, low + 0.05, "Last\nmonth", color=style.MUTED, ha="center", va="bottom", linespacing=1.15)
    if context.groups:
        lines = style.wrapped(context.groups[-1][1], 0.86, style.SMALL)
        more = " \u2026" if len(lines) > 2 else ""
        text = "\n".join(("Beside", *lines[:2])) + more
        style.put(axes, PLACE_AT, low + 0.05, text, color=style.MUTED, ha="center", va="bottom", linespacing=1.15)
    style.put(axes, WORDS_AT, low, "What it shows", color=style.INK, weight="bold")
    axes.plot((0, WIDE), (HEAD, HEAD), color=style.INK, lw=1)


def _key(axes: Axes, middle: float) -> None:
    """The four icons and what each says, on one line."""
    at = 0.05 + icons.RADIUS
    said = (
        (icons.Variation(Kind.COMMON), "common cause"),
        (icons.Variation(Kind.CONCERN, "high"), "special cause: concern"),
        (icons.Variation(Kind.IMPROVEMENT, "low"), "special cause: improvement"),
        (icons.Variation(Kind.NEUTRAL, "high"), "special cause: neither way is good"),
    )
    for state, text in said:
        icons.draw(axes, at, middle, state)
        style.put(axes, at + 0.16, middle, text, color=style.MUTED)
        at += 0.16 + style.text_width(text, style.SMALL) + 0.3
    style.put(axes, at - icons.RADIUS, middle, "H \u2191 high, L \u2193 low", color=style.MUTED)


def _row(axes: Axes, middle: float, line: Line, marks: dict[str, int]) -> None:
    year, finding = line.year, line.finding
    fits = style.text_width(year.name, TYPE) <= NAME_ROOM
    style.put(axes, 0.05, middle, year.name if fits else year.short_name, size=TYPE)
    style.put(axes, WANTED_AT, middle, scorecard_words.WANTED[year.good], color=style.MUTED, size=TYPE)
    if line.months is not None:
        _spark(axes, middle, line.months, [month for month, _ in reading.breaks(year.indicator, line.months)])
    if line.quarter.value is not None:
        style.put(axes, QUARTER_EDGE, middle, wording.count(line.quarter.value), color=style.MUTED, ha="right")
    _year(axes, middle, line, f" [{marks[line.note]}]" if line.note else "")
    state = finding.variation(year.good)
    if state is not None:
        icons.draw(axes, ICON_AT, middle, state)
        if state.trial:
            style.put(axes, ICON_AT + 0.12, middle, "*", color=style.MUTED, size=TYPE)
    if finding.london:
        style.put(axes, PLACE_AT, middle, finding.london, size=TYPE, ha="center")
    if finding.grade:
        style.put(axes, WORDS_AT, middle, finding.grade, size=TYPE, **_look(line))


def _look(line: Line) -> style.Look:
    """Bold for a clear change, plain for a probable one, quiet for none, slanted where nothing can be said."""
    grade, favourable = line.finding.grade, line.year.favourable
    if not grade.endswith(("rise", "fall")):
        quiet = "normal" if grade.endswith("change") else "italic"
        return {"color": style.MUTED, "style": quiet}
    colour = style.DARK_GREY if favourable is None else style.NAVY if favourable else style.PLUM
    return {"color": colour, "weight": "bold" if grade.startswith("clear") else "normal"}


def _year(axes: Axes, middle: float, line: Line, mark: str) -> None:
    """Write count, count a year ago and change; words stand where one of them may not."""
    year = line.year
    aside: style.Look = {"size": TYPE, "color": style.MUTED, "style": "italic", "ha": "right"}
    if year.value is None:
        style.put(axes, EDGES[2], middle, f"{year.reason.split(':')[0]}{mark}", **aside)
        return
    style.put(axes, EDGES[0], middle, wording.count(year.value), size=TYPE, ha="right", weight="bold")
    if year.prior is None:
        style.put(axes, EDGES[2], middle, f"none{mark}", **aside)
        return
    style.put(axes, EDGES[1], middle, wording.count(year.prior), size=TYPE, color=style.MUTED, ha="right")
    style.put(axes, EDGES[2], middle, year.change_label, size=TYPE, ha="right")


def _spark(axes: Axes, middle: float, series: Monthly, cuts: list[int]) -> None:
    """A line of the months from the lowest to the highest of them, cut where a break lies, its last month marked."""
    low, high = (end(value for _, value in series.known) for end in (min, max))
    step = (SPARK[1] - SPARK[0]) / 35
    last = series.numbers[-1]
    xs = [SPARK[1] - (last - number) * step for number in series.numbers]
    # Months that are all alike run along the middle.
    parts = [None if value is None else (value - low) / (high - low) if high > low else 0.5 for value in series.counts]
    ys = [float("nan") if part is None else middle + (0.5 - part) * SPARK_HEIGHT for part in parts]
    for start, end in style.pieces(series.first, last, cuts):
        part = slice(start - series.first, end - series.first + 1)
        axes.plot(xs[part], ys[part], color=style.CONTEXT_GREY, lw=0.9)
    axes.plot(xs[-1:], ys[-1:], color=style.NAVY, marker="o", ms=2.8)
