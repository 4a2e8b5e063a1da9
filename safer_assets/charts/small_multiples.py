"""Thirty-six months of every indicator, side by side.

What is here: one small panel an indicator, each on its own scale. What is not: comparisons with other areas
(indexed_total.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safer_assets.charts import reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.tables import month_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.reading import Monthly

NAME = "small_multiples"
MONTHS = 36
ACROSS = 4
FEWEST = 18  # months: the highest of fewer says nothing
SCALE = 0.36  # room for tick labels left of a panel
PANEL_WIDTH, PANEL_HEIGHT = 1.34, 0.78
STEP_X, STEP_Y = 1.86, 1.44


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw a panel for every indicator that has months; the others are named under the chart with the reason."""
    context = data.context
    found = {slug: reading.monthly(data, slug, months=MONTHS) for slug in data.indicator_rows}
    known = {slug: series for slug, series in found.items() if series is not None}
    if not known:
        return NoChart(NAME, f"No indicator has monthly figures up to {wording.month_words(context.data_month)}.")
    absent = reading.readings(data, [slug for slug, series in found.items() if series is None], "r12")
    last = wording.month_number(context.data_month)
    first = min(series.first for series in known.values())
    marked = any(reading.breaks(slug, series) for slug, series in known.items())
    words = style.Words(
        title=_message(data, known),
        subtitle=f"Recorded offences and incidents a month, {context.area_name}, {reading.span(first, _newest(known))}",
        notes=(
            "Every panel has its own scale, from zero. The number is the last month's; the grey line is the mean."
            + (" The two sides of a dashed line are counted in different ways and are not compared." if marked else ""),
            *reading.absent_note(absent),
        ),
        source_line=source_line(context, {origin for series in known.values() for origin in series.origins}),
    )
    down = -(-len(known) // ACROSS)
    page = style.page(context, words, body=down * STEP_Y + 0.05)
    for number, (slug, series) in enumerate(known.items()):
        axes = page.axes(number % ACROSS * STEP_X + SCALE, number // ACROSS * STEP_Y + 0.24, PANEL_WIDTH, PANEL_HEIGHT)
        _panel(axes, _name(data, slug), series, (first, last), [cut for cut, _ in reading.breaks(slug, series)])
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(data, words, known),
        table=month_table({_name(data, slug): series for slug, series in known.items()}),
        source_line=words.source_line,
        figure=page.figure,
    )


def _newest(known: dict[str, Monthly]) -> int:
    """The last month that any panel has, before the data month where a feed is late."""
    return max(series.known[-1][0] for series in known.values())


def _name(data: BoardData, slug: str) -> str:
    return str(data.indicator_rows[slug]["short_name"])


def _extreme(series: Monthly) -> str | None:
    """Whether the last month is the 'highest' or 'lowest', or '' for neither; None where too little is known to say."""
    last, known = series.counts[-1], [value for _, value in series.known]
    if last is None or len(known) < FEWEST:
        return None
    return "highest" if last > max(known[:-1]) else "lowest" if last < min(known[:-1]) else ""


def _message(data: BoardData, known: dict[str, Monthly]) -> str:
    """Count indicators whose last month is an extreme; a series with a break in it is not compared with itself."""
    month = wording.month_words(data.context.data_month)
    kinds = [_extreme(series) for slug, series in known.items() if not reading.breaks(slug, series)]
    high, low, compared = kinds.count("highest"), kinds.count("lowest"), len(kinds) - kinds.count(None)
    of = wording.plural(compared, "indicator")
    if not compared:
        newest = wording.month_words(wording.month_of(_newest(known)))
        return f"{wording.plural(len(known), 'indicator')}, month by month, to {newest}"
    if high == low == 0:
        return f"{month} was neither the highest nor the lowest month drawn for any of {of}"
    return f"{month} was the highest month drawn for {high or 'none'} of {of} and the lowest for {low or 'none'}"


def _panel(axes: Axes, name: str, series: Monthly, span: tuple[int, int], cuts: list[int]) -> None:
    first, last = span
    style.plain(axes, grid=None)
    axes.set_xlim(first - 0.5, last + 0.5)
    style.month_ticks(axes, first, last, every=12)
    top = max((value for _, value in series.known), default=0) or 1
    axes.set_ylim(0, top * 1.12)
    unit = 10 ** (len(str(top)) - 1)
    mark = top // unit * unit  # one round tick, the highest below the top: 2,554 -> 2,000
    axes.set_yticks([0, mark], ["0", wording.count(mark)])
    axes.axhline(mark, color=style.GRID, lw=0.7, zorder=0)
    style.broken_line(axes, series.first, series.counts, cuts, width=1.1, mean_color=style.CONTEXT_GREY)
    above: style.Look = {"va": "baseline", "transform": axes.transAxes, "weight": "bold", "size": style.SMALL + 0.5}
    style.put(axes, -SCALE / PANEL_WIDTH, 1.1, name, **above)
    now = series.counts[-1]
    if now is not None:
        axes.plot([last], [now], color=style.NAVY, marker="o", ms=3.5, clip_on=False)
        style.put(axes, 1.0, 1.1, wording.count(now), color=style.NAVY, ha="right", **above)


def _alt(data: BoardData, words: style.Words, known: dict[str, Monthly]) -> str:
    parts = []
    for slug, series in known.items():
        now, counts = series.counts[-1], [value for _, value in series.known]
        said = "no figure" if now is None else wording.count(now)
        parts.append(f"{_name(data, slug)} {said}, range {wording.count(min(counts))} to {wording.count(max(counts))}")
    month = wording.month_words(data.context.data_month)
    each = "; ".join(parts)
    return f"Small line charts, one an indicator. {words.title}. {month} and range of the months drawn: {each}."
