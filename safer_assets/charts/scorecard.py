"""The scorecard: every indicator on one page, three and twelve months against a year earlier.

What is here: the table as a drawing and as data. What is not: what a change may say (reading.py).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from safer_assets.charts import reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.reading import Monthly, Reading

NAME = "scorecard"
WIDTH = 9.4
ROW, BAND_ROW, HEAD = 0.225, 0.27, 0.52
WIDE = WIDTH - 2 * style.MARGIN
TYPE = style.SMALL + 0.5
# Inches from the body's left; a window's columns are right edges of count, count a year ago and change.
WANTED_AT = 2.52
SPARK = (3.08, 3.92)
SPARK_HEIGHT = 0.14
Edges = tuple[float, float, float]
EDGES: dict[str, Edges] = {"r3": (4.5, 5.1, 5.8), "r12": (6.5, 7.15, 7.85)}
RATE_EDGE = 8.45
Pair = tuple["Reading", "Reading"]  # three months, twelve months
WANTED = {"down": "fewer", "up": "more", "none": "\u2013"}


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw the scorecard; indicators without a figure keep their row and say why."""
    context = data.context
    rows = [(reading.reading(data, slug, "r3"), reading.reading(data, slug, "r12")) for slug in data.indicator_rows]
    if not any(figure.value is not None for pair in rows for figure in pair):
        return NoChart(NAME, f"No indicator has a figure for {wording.month_words(context.data_month)}.")
    lines = {slug: reading.monthly(data, slug) for slug in data.indicator_rows}
    reasons = dict.fromkeys(figure.reason for pair in rows for figure in pair if _needs_note(figure))
    marks = {reason: number for number, reason in enumerate(reasons, start=1)}
    words = style.Words(
        title=_message(data, [year for _, year in rows]),
        subtitle=f"Recorded offences and incidents, {context.area_name}, 3 and 12 months to "
        f"{wording.month_words(context.data_month)} against the same months a year earlier",
        notes=(
            "\u25b2\u25bc: a rise or fall where fewer or more is wanted (blue towards it, plum away from it). "
            "\u25b3\u25bd: context only, neither way is good or bad. A change can be chance alone. On a base below "
            f"{context.minimum_base}, and for rare offences, it is a difference of counts and not a percentage.",
            "36 months: each line has its own scale, from its lowest month to its highest.",
            *(f"[{number}] {reason[:1].upper()}{reason[1:]}." for reason, number in marks.items()),
        ),
        source_line=source_line(
            context,
            {
                origin
                for slug, pair in zip(data.indicator_rows, rows, strict=True)
                for one in (*pair, lines[slug])
                if one is not None
                for origin in one.origins
            },
            residents=any(year.rate is not None for _, year in rows),
        ),
    )
    themes = [
        (theme, list(pairs))
        for theme, pairs in groupby(rows, lambda pair: str(data.indicator_rows[pair[0].indicator]["theme"]))
    ]
    page = style.page(context, words, body=HEAD + len(rows) * ROW + len(themes) * BAND_ROW, width=WIDTH)
    axes = page.canvas()
    _heading(axes, data)
    top = HEAD
    for theme, pairs in themes:
        _band(axes, top, theme)
        top += BAND_ROW
        for quarter, year in pairs:
            _row(axes, top + ROW / 2, (quarter, year), lines[year.indicator], marks)
            top += ROW
            axes.plot((0, WIDE), (top, top), color=style.GRID, lw=0.6)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, [year for _, year in rows]),
        table=_table(rows),
        source_line=words.source_line,
        figure=page.figure,
    )


def _message(data: BoardData, years: list[Reading]) -> str:
    compared = [year for year in years if year.change is not None]
    if not compared:
        return f"No indicator in {data.context.area_name} can be compared with a year earlier"
    fell = sum(1 for year in compared if (year.change or 0) < 0)
    rose = sum(1 for year in compared if (year.change or 0) > 0)
    same = len(compared) - fell - rose
    parts = [f"{fell} fell", f"{rose} rose"] + ([f"{same} did not change"] if same else [])
    return (
        f"Of {wording.plural(len(compared), 'indicator')} that can be compared, {wording.listed(parts)} "
        f"in {reading.twelve_months(data.context)}"
    )


def _needs_note(figure: Reading) -> bool:
    """Whether the row has no room for the reason: it explains a missing comparator, or says more than two words."""
    return figure.prior is None and (figure.value is not None or ":" in figure.reason)


def _heading(axes: Axes, data: BoardData) -> None:
    low, high = HEAD - 0.13, HEAD - 0.37
    style.put(axes, 0.05, low, "Indicator", color=style.MUTED)
    style.put(axes, WANTED_AT, low, "Wanted", color=style.MUTED)
    style.put(axes, SPARK[0], low, "36 months", color=style.MUTED)
    for window, label in (("r3", "3 months"), ("r12", "12 months")):
        edges = EDGES[window]
        heading = f"{label} to {wording.month_short(data.context.data_month)}"
        style.put(axes, edges[2], high, heading, color=style.MUTED, ha="right", weight="bold")
        axes.plot((edges[0] - 0.5, edges[2]), (high + 0.12, high + 0.12), color=style.CONTEXT_GREY, lw=0.7)
        for edge, text in zip(edges, ("Count", "Year ago", "Change"), strict=True):
            style.put(axes, edge, low, text, color=style.MUTED, ha="right")
    style.put(axes, RATE_EDGE, high, "Rate per", color=style.MUTED, ha="right")
    style.put(axes, RATE_EDGE, low, "1,000", color=style.MUTED, ha="right")
    axes.plot((0, WIDE), (HEAD, HEAD), color=style.INK, lw=1)


def _band(axes: Axes, top: float, theme: str) -> None:
    axes.fill_between((0, WIDE), top, top + BAND_ROW, color=style.BAND, lw=0)
    style.put(axes, 0.05, top + BAND_ROW / 2, theme, weight="bold")


def _row(axes: Axes, middle: float, pair: Pair, series: Monthly | None, marks: dict[str, int]) -> None:
    year = pair[1]
    style.put(axes, 0.05, middle, year.name, size=TYPE)
    style.put(axes, WANTED_AT, middle, WANTED[year.good], color=style.MUTED, size=TYPE)
    if series is not None:
        _spark(axes, middle, series)
    for window, figure in zip(("r3", "r12"), pair, strict=True):
        _window(axes, middle, EDGES[window], figure, marks)
    if year.value is not None and year.rate is not None:
        style.put(axes, RATE_EDGE, middle, wording.rate(year.rate), size=TYPE, ha="right")


def _window(axes: Axes, middle: float, edges: Edges, figure: Reading, marks: dict[str, int]) -> None:
    """Write count, count a year ago and change; words stand where one of them may not."""
    mark = f" [{marks[figure.reason]}]" if figure.reason in marks else ""
    aside: style.Look = {"size": TYPE, "color": style.MUTED, "style": "italic", "ha": "right"}
    if figure.value is None:
        style.put(axes, edges[2], middle, f"{figure.reason.split(':')[0]}{mark}", **aside)
        return
    style.put(axes, edges[0], middle, wording.count(figure.value), size=TYPE, ha="right")
    if figure.prior is None:
        style.put(axes, edges[2], middle, f"none{mark}", **aside)
        return
    style.put(axes, edges[1], middle, wording.count(figure.prior), size=TYPE, color=style.MUTED, ha="right")
    favourable = figure.favourable
    colour = style.DARK_GREY if favourable is None else style.NAVY if favourable else style.PLUM
    style.put(axes, edges[2], middle, figure.change_label, size=TYPE, color=colour, ha="right")
    if figure.change:
        rise, fall = ("\u25b3", "\u25bd") if favourable is None else ("\u25b2", "\u25bc")
        arrow = rise if figure.change > 0 else fall
        style.put(axes, edges[2] - 0.47, middle, arrow, size=TYPE - 1.5, color=colour, ha="right")


def _spark(axes: Axes, middle: float, series: Monthly) -> None:
    """A line of the months from the lowest to the highest of them, its last month marked."""
    low, high = (end(value for _, value in series.known) for end in (min, max))
    step = (SPARK[1] - SPARK[0]) / 35
    last = series.numbers[-1]
    xs = [SPARK[1] - (last - number) * step for number in series.numbers]
    # Months that are all alike run along the middle.
    parts = [None if value is None else (value - low) / (high - low) if high > low else 0.5 for value in series.counts]
    ys = [float("nan") if part is None else middle + (0.5 - part) * SPARK_HEIGHT for part in parts]
    axes.plot(xs, ys, color=style.CONTEXT_GREY, lw=0.9)
    axes.plot(xs[-1:], ys[-1:], color=style.NAVY, marker="o", ms=2.8)


def _alt(words: style.Words, years: list[Reading]) -> str:
    shown = "; ".join(f"{year.name} {year.sentence}" for year in years if year.value is not None)
    absent = "; ".join(f"{year.name} ({year.reason})" for year in years if year.value is None)
    missing = f" Without a 12-month figure: {absent}." if absent else ""
    return f"Table. {words.title}. 12 months: {shown or 'no figures'}.{missing}"


def _table(pairs: list[Pair]) -> pd.DataFrame:
    windows = ("3 months", "12 months")
    columns = [f"{label}{part}" for label in windows for part in ("", ", year ago", ", change", ", note")]
    rows = []
    for pair in pairs:
        cells = [part for figure in pair for part in (figure.value, figure.prior, figure.change_label, figure.reason)]
        rate = pair[1].rate if pair[1].value is not None else None
        rate_text = None if rate is None else wording.rate(rate)
        rows.append((pair[1].name, WANTED[pair[1].good], *cells, rate_text))
    return table(("Indicator", "Wanted", *columns, "12 months, rate per 1,000"), rows)
