"""Thirty-six months of every indicator, side by side.

What is here: one small panel an indicator, each on its own scale. What is not: comparisons with other areas
(indexed_total.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safer_assets.charts import reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.tables import month_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.reading import Monthly

NAME = "small_multiples"
MONTHS = 36
ACROSS = 4
SCALE = 0.36  # room for tick labels left of a panel
PANEL_WIDTH, PANEL_HEIGHT = 1.34, 0.78
STEP_X, STEP_Y = 1.86, 1.44


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw a panel for every indicator; one without months keeps its place and says why it is empty."""
    context = data.context
    found = {slug: reading.monthly(data, slug, months=MONTHS) for slug in data.indicator_rows}
    known = {slug: series for slug, series in found.items() if series is not None}
    if not known:
        return NoChart(NAME, f"No indicator has monthly figures up to {wording.month_words(context.data_month)}.")
    marked = any(reading.breaks(slug, series) for slug, series in known.items())
    words = style.Words(
        title=_message(data, known),
        subtitle=f"Recorded offences and incidents a month, {context.area_name}, {reading.period(context, MONTHS)}",
        notes=(
            "Every panel has its own scale, from zero. The number is the last month's; the grey line is the mean."
            + (" The two sides of a dashed line are counted in different ways and are not compared." if marked else ""),
        ),
        source_line=reading.source_line(context, {feed for series in known.values() for feed in series.sources}),
    )
    down = -(-len(found) // ACROSS)
    page = style.page(context, words, body=down * STEP_Y + 0.05)
    for number, (slug, series) in enumerate(found.items()):
        axes = page.axes(number % ACROSS * STEP_X + SCALE, number // ACROSS * STEP_Y + 0.24, PANEL_WIDTH, PANEL_HEIGHT)
        _panel(axes, data, slug, series)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(data, words, found),
        table=month_table({_name(data, slug): series for slug, series in known.items()}),
        source_line=words.source_line,
        figure=page.figure,
    )


def _name(data: BoardData, slug: str) -> str:
    return str(data.indicator_rows[slug]["short_name"])


def _last(data: BoardData, series: Monthly) -> int | None:
    """The data month's count; None where the series has a gap there."""
    return series.counts[-1] if series.numbers[-1] == wording.month_number(data.context.data_month) else None


def _extreme(data: BoardData, series: Monthly) -> str:
    """Whether the data month is the highest or lowest of the series ('' where neither, or where counting changed)."""
    last, before = _last(data, series), [value for _, value in series.known[:-1]]
    if last is None or len(before) < MONTHS // 2:
        return ""
    return "highest" if last > max(before) else "lowest" if last < min(before) else ""


def _message(data: BoardData, known: dict[str, Monthly]) -> str:
    month = wording.month_words(data.context.data_month)
    compared = {slug: series for slug, series in known.items() if not reading.breaks(slug, series)}
    kinds = [_extreme(data, series) for series in compared.values()]
    high, low = kinds.count("highest"), kinds.count("lowest")
    of = wording.plural(len(compared), "indicator")
    if high == low == 0:
        return f"{month} was neither the highest nor the lowest month drawn for any of {of}"
    return f"{month} was the highest month drawn for {high or 'none'} of {of} and the lowest for {low or 'none'}"


def _panel(axes: Axes, data: BoardData, slug: str, series: Monthly | None) -> None:
    last = wording.month_number(data.context.data_month)
    first = last - MONTHS + 1
    style.plain(axes, grid=None)
    above: style.Look = {"va": "baseline", "transform": axes.transAxes, "weight": "bold", "size": style.SMALL + 0.5}
    style.put(axes, -SCALE / PANEL_WIDTH, 1.1, _name(data, slug), **above)
    axes.set_xlim(first - 0.5, last + 0.5)
    style.month_ticks(axes, first, last, every=12)
    if series is None:
        axes.set_yticks([])
        axes.set_ylim(0, 1)
        reason = reading.reading(data, slug, "r12").reason or "no monthly figures"
        style.put(axes, first, 0.5, reason.split(":")[0], color=style.MUTED, style="italic")
        return
    top = max((value for _, value in series.known), default=0) or 1
    axes.set_ylim(0, top * 1.12)
    mark = top // 10 ** (len(str(top)) - 1) * 10 ** (len(str(top)) - 1)
    axes.set_yticks([0, mark], ["0", wording.count(mark)])
    axes.axhline(mark, color=style.GRID, lw=0.7, zorder=0)
    cuts = [number for number, _ in reading.breaks(slug, series)]
    style.broken_line(axes, series.first, series.counts, cuts, width=1.1, mean_color=style.CONTEXT_GREY)
    now = _last(data, series)
    if now is not None:
        axes.plot([last], [now], color=style.NAVY, marker="o", ms=3.5, clip_on=False)
        style.put(axes, 1.0, 1.1, wording.count(now), color=style.NAVY, ha="right", **above)


def _alt(data: BoardData, words: style.Words, found: dict[str, Monthly | None]) -> str:
    parts = []
    for slug, series in found.items():
        if series is None:
            parts.append(f"{_name(data, slug)}: {reading.reading(data, slug, 'r12').reason or 'no monthly figures'}")
            continue
        now, counts = _last(data, series), [value for _, value in series.known]
        said = "no figure" if now is None else wording.count(now)
        parts.append(f"{_name(data, slug)} {said}, range {wording.count(min(counts))} to {wording.count(max(counts))}")
    month = wording.month_words(data.context.data_month)
    said = "; ".join(parts)
    return f"Small line charts, one an indicator. {words.title}. {month} and range of the months drawn: {said}."
