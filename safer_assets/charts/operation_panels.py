"""The panels of an operation's page: months, intervals and the map.

What is here: drawing. What is not: which result is shown and what it says (operations.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from safer_assets.charts import legends, mapping, style, wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

    from safer_assets.charts.style import Page

LOOKS = {
    "response": (style.NAVY, "-", "where the operation was"),
    "control": (style.DARK_GREY, "--", "matched areas"),
    "buffer": (style.ORANGE, ":", "next to it"),
}
"""Colour, line style and words of each part."""
HATCHES = {"response": "", "control": "////", "buffer": "...."}
ELSEWHERE = style.BAND
LABELS = 1.35  # inches right of the months, for the names of the lines
NAMES = 1.75  # inches left of the intervals
INTERVAL_ROW = 0.36
COUNT_ROW = 0.21
HEADING = 0.26
THIN, THICK = 1.1, 4.2


@dataclass(frozen=True)
class Interval:
    """One result on the scale of crimes: less than 0 is fewer than in the matched areas; NaN where it is not known."""

    name: str
    estimate: float
    plain: tuple[float, float]
    calibrated: tuple[float, float]


def months(
    axes: Axes, series: Mapping[str, Mapping[int, int]], before: tuple[int, int], after: tuple[int, int]
) -> None:
    """A line a part, named at its end, with the two windows shaded.

    Args:
        axes: Where to draw.
        series: Part -> month number -> count.
        before: First and last month number of the window before.
        after: First and last of the window after.
    """
    numbers = sorted({number for counts in series.values() for number in counts})
    top = max(max(counts.values()) for counts in series.values()) * 1.18 + 1
    for window, shade, text in ((before, style.STEPS[0], "before"), (after, style.STEPS[1], "operation")):
        axes.axvspan(window[0] - 0.5, window[1] + 0.5, color=shade, lw=0, zorder=0)
        style.put(axes, (window[0] + window[1]) / 2, top * 0.95, text, color=style.INK, ha="center")
    for part, counts in series.items():
        color, line, _ = LOOKS[part]
        axes.plot(list(counts), list(counts.values()), color=color, ls=line, lw=1.6 if part == "response" else 1.2)
    axes.set_xlim(numbers[0] - 0.5, numbers[-1] + 0.5)
    axes.set_ylim(0, top)
    style.plain(axes)
    style.count_ticks(axes)
    style.month_ticks(axes, numbers[0], numbers[-1])
    ends = {part: counts[max(counts)] for part, counts in series.items()}
    gap = top * style.SMALL * style.LINE / (axes.bbox.height / axes.figure.dpi)
    for part, height in zip(ends, style.spread(list(ends.values()), gap, (0.0, top)), strict=True):
        color = LOOKS[part][0] if style.contrast(LOOKS[part][0], style.PAPER) >= 4.5 else style.INK
        style.put(axes, numbers[-1] + 1, height, LOOKS[part][2], color=color, clip_on=False)


def intervals(page: Page, top: float, width: float, shown: Sequence[Interval]) -> None:
    """A row a result: a thin line for the plain interval, a thick one for what placebos justify, a dot for itself."""
    page.canvas().text(
        0.0, top, "Offences fewer or more than in matched areas", size=style.LABEL, weight="bold", va="top"
    )
    top += HEADING
    tall = len(shown) * INTERVAL_ROW
    axes = page.axes(NAMES, top, width - NAMES - 0.15, tall)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_yticks([])
    ends = [end for one in shown for end in (*one.plain, *one.calibrated, one.estimate) if not isnan(end)] or [0.0]
    low, high = min(*ends, 0.0), max(*ends, 0.0)
    room = (high - low or 2.0) * 0.08
    axes.set_xlim(low - room, high + room)
    for row, one in enumerate(shown):
        axes.plot(one.calibrated, (row, row), color=style.TEAL, lw=THICK, solid_capstyle="butt", zorder=2)
        axes.plot(one.plain, (row, row), color=style.INK, lw=THIN, marker="|", ms=6, zorder=3)
        axes.plot(one.estimate, row, "o", color=style.NAVY, ms=4.5, zorder=4)
    axes.axvline(0, color=style.DARK_GREY, lw=0.9)
    style.plain(axes, grid="x")
    _signed_ticks(axes)
    canvas = page.canvas()
    for row, one in enumerate(shown):
        lines = style.wrapped(one.name, NAMES - 0.15, style.SMALL)
        for number, text in enumerate(lines):
            middle = top + (row + 0.5) * INTERVAL_ROW + (number - (len(lines) - 1) / 2) * style.SMALL * style.LINE
            style.put(canvas, 0.0, middle, text)


def _signed_ticks(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.signed_count(round(value))))


def intervals_height(shown: Sequence[Interval]) -> float:
    """Inches that the intervals take with their heading and the numbers under them; 0 without any."""
    return HEADING + len(shown) * INTERVAL_ROW + 0.25 if shown else 0.0


def counts(page: Page, top: float, width: float, rows: Sequence[tuple[str, int, int]]) -> None:
    """A small table: words, count before, count after and their difference."""
    canvas = page.canvas()
    columns = (width - 1.55, width - 0.85, width - 0.15)
    canvas.text(0.0, top, "Counts", size=style.LABEL, weight="bold", va="top")
    for right, name in zip(columns, ("before", "after", "change"), strict=True):
        canvas.text(right, top, name, size=style.SMALL, color=style.MUTED, va="top", ha="right")
    for number, (words, before, after) in enumerate(rows):
        middle = top + HEADING + (number + 0.5) * COUNT_ROW
        style.put(canvas, 0.0, middle, words)
        cells = (wording.count(before), wording.count(after), wording.signed_count(after - before))
        for right, text in zip(columns, cells, strict=True):
            style.put(canvas, right, middle, text, ha="right")


def counts_height(rows: Sequence[tuple[str, int, int]]) -> float:
    """Inches that the table takes with room under it."""
    return HEADING + len(rows) * COUNT_ROW + 0.2


def place(
    page: Page, left: float, top: float, width: float, shapes: Mapping[str, BaseGeometry], parts: Mapping[str, set[str]]
) -> None:
    """The map: units of each part in its own colour and pattern, with a legend under it."""
    area = mapping.outline(list(shapes.values()))
    axes = mapping.axes_of(page, area, left, top, width)
    mapping.paint(axes, list(shapes.values()), ELSEWHERE, width=0.4)
    keys = []
    for part, codes in parts.items():
        colour, _, words = LOOKS[part]
        inside = [shapes[code] for code in sorted(codes) if code in shapes]
        shade = colour if part == "response" else style.PAPER
        mapping.paint(axes, inside, shade, hatch=HATCHES[part], width=0.4)
        mapping.lines(axes, inside, color=colour, width=0.9)
        if inside:
            keys.append(legends.Key(shade, words, HATCHES[part]))
    mapping.lines(axes, [area], width=0.9)
    legends.legend(page.canvas(), left, top + mapping.height(area, width) - 0.05, "", keys)


def place_height(shapes: Mapping[str, BaseGeometry], width: float) -> float:
    """Inches that the map takes with its legend."""
    area = mapping.outline(list(shapes.values()))
    return mapping.height(area, width) - 0.05 + legends.legend_height(len(LOOKS))


def paragraphs(page: Page, top: float, width: float, told: Sequence[tuple[str, str]]) -> None:
    """Headings with their text, one below the other."""
    canvas = page.canvas()
    for heading, text in told:
        canvas.text(0.0, top, heading, size=style.LABEL, weight="bold", color=style.INK, va="top")
        top += style.LABEL * style.LINE + 0.03
        for line in style.wrapped(text, width, style.LABEL):
            canvas.text(0.0, top, line, size=style.LABEL, color=style.INK, va="top")
            top += style.LABEL * style.LINE
        top += 0.1


def paragraphs_height(width: float, told: Sequence[tuple[str, str]]) -> float:
    """Inches that the paragraphs take."""
    lines = sum(1 + len(style.wrapped(text, width, style.LABEL)) for _, text in told)
    return lines * style.LABEL * style.LINE + len(told) * 0.13
