"""One panel of a control chart: its name, limits, points and breaks, and its icon.

What is here: drawing, and the notes that explain it. What is not: what the points and limits are (control.py), which
panels stand on which page (control_page.py, control_chart_focus.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from safer_assets.charts import grading, icons, style, wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from safer_assets.charts.control import Control, Stretch

TITLE_ROOM = 0.46  # inches above a panel for its name and its limits
TICK_ROOM = 0.42  # inches left of it for the numbers of its scale
LABEL_LINE = style.SMALL * style.LINE  # inches


def panel(axes: Axes, one: Control, span: tuple[int, int], *, every: int, size: float = 1.0) -> None:
    """Draw points, mean and limits; a break is a named dashed line, and nothing is drawn across it.

    Args:
        axes: The panel.
        one: What it shows.
        span: First and last month of its axis.
        every: Months between ticks, 6 or 12.
        size: How large marks and lines are, 1 in a small panel.
    """
    first, last = span
    style.plain(axes)
    axes.set_xlim(first - 0.8, last + 0.8)
    style.month_ticks(axes, first, last, every=every)
    labels = [_break_label(axes, month, name, span) for month, name in one.breaks]
    low, high = _ends(one)
    room = (high - low) * 0.08
    # What names a break stands over the points: their part of the panel is so much lower.
    over = max((len(lines) for lines, _ in labels), default=0) * LABEL_LINE / style.inches_tall(axes)
    axes.set_ylim(max(low - room, 0), low + (high + room - low) / (1 - over))
    style.count_ticks(axes, most=3 if size <= 1 else 5)
    for stretch in one.stretches:
        _stretch_lines(axes, stretch, size)
        _marks(axes, stretch, one.good, size)
    for (month, _), (lines, side) in zip(one.breaks, labels, strict=True):
        axes.axvline(month - 0.5, color=style.DARK_GREY, lw=1.0, ls=(0, (5, 2)))
        look: style.Look = {"ha": "right" if side < 0 else "left", "va": "top", "linespacing": 1.15}
        look["bbox"] = {"fc": style.PAPER, "lw": 0, "pad": 0.6}  # gridlines end before the words
        style.put(axes, month - 0.5 + side * 0.6, 1.0, "\n".join(lines), transform=axes.get_xaxis_transform(), **look)


def heading(canvas: Axes, left: float, top: float, right: float, one: Control, *, size: float = style.LABEL) -> None:
    """Write a panel's name and limits over it and draw its icon at the right end, on a canvas in inches."""
    style.put(canvas, left, top + 0.1, one.name if style.text_width(one.name, size, bold=True) <= right - left - 0.75
              else one.short_name, size=size, weight="bold")  # fmt: skip
    style.put(canvas, left, top + 0.28, one.limits_words, color=style.MUTED)
    radius = icons.RADIUS * 1.35
    state = one.variation
    if state is not None:
        icons.draw(canvas, right - radius, top + 0.17, state, radius=radius)
    count = one.last.offences
    if count is not None:
        style.put(
            canvas, right - 2 * radius - 0.07, top + 0.1, wording.count(count), size=size, ha="right", weight="bold"
        )


def notes(shown: Sequence[Control]) -> tuple[str, ...]:
    """What a reader must know of the panels on a page."""
    month = wording.month_words(wording.month_of(max(one.last.month for one in shown)))
    adjusted = any(one.adjusted for one in shown)
    seasons = ", divided by their calendar month's usual share so that seasons do not count as change"
    about = (
        f"Number: the count of {month}. Dots: monthly counts{seasons if adjusted else ''}"
        + (" (not where it says as counted or trial)" if adjusted and not all(one.adjusted for one in shown) else "")
        + ". Line: mean. Band: limits, between which months differ by chance. "
        "Scales differ and do not begin at zero."
    )
    marks = (
        "Special cause: \u25b2 high, \u25bc low. Full plum: concern. Hollow blue: improvement. Grey: neither way is "
        "good. It is a month outside the limits, 7 months in a row rising, falling or on one side of the mean, or 2 of "
        "3 near a limit. The ring says what the last month is; a thin ring with a wave is common cause."
    )
    anew = "Dashed line: the way of counting changed; mean and limits begin anew and the sides are not compared."
    trial = "Trial: fewer than 13 months stand behind the limits; they will move."
    said = [about, marks]
    if any(one.breaks for one in shown):
        said.append(anew)
    if any(stretch.trial for one in shown for stretch in one.stretches):
        said.append(trial)
    return tuple(said)


def _ends(one: Control) -> tuple[float, float]:
    """Lowest and highest of what is drawn."""
    drawn = [point.plotted for point in one.points if point.plotted is not None]
    limits = [limit for stretch in one.stretches for limit in (stretch.lower, stretch.upper) if limit is not None]
    low, high = max(min(*drawn, *limits, drawn[0]), 0.0), max(*drawn, *limits, drawn[0])
    return (low, high) if high > low else (max(low - 1, 0.0), high + 1)


def _stretch_lines(axes: Axes, stretch: Stretch, size: float) -> None:
    start, end = stretch.points[0].month - 0.45, stretch.points[-1].month + 0.45
    if stretch.mean is not None and stretch.lower is not None and stretch.upper is not None:
        low = max(stretch.lower, 0.0)
        axes.fill_between((start, end), low, stretch.upper, color=style.BAND, lw=0, zorder=0.5)
        look: style.Look = {"color": style.CONTEXT_GREY, "lw": 0.8, "ls": (0, (4, 2)) if stretch.trial else "solid"}
        for limit in (low, stretch.upper):
            axes.plot((start, end), (limit, limit), **look)
        axes.plot((start, end), (stretch.mean, stretch.mean), color=style.DARK_GREY, lw=0.9 * size)
    heights = [float("nan") if point.plotted is None else point.plotted for point in stretch.points]
    axes.plot([point.month for point in stretch.points], heights, color=style.NAVY, lw=0.9 * size, alpha=0.55)


def _marks(axes: Axes, stretch: Stretch, good: str, size: float) -> None:
    """A dot a month; a special cause is a triangle that points its way, full, hollow or grey by what it means."""
    for signal in sorted({point.signal for point in stretch.known}):
        state = grading.variation(signal, good, trial=stretch.trial)
        if state is None:
            look: style.Look = {"marker": "o", "ms": 1.9 * size, "color": style.NAVY, "mew": 0}
        else:
            inside = {icons.Kind.NEUTRAL: style.CONTEXT_GREY, icons.Kind.IMPROVEMENT: style.PAPER}
            marker = "^" if state.side == "high" else "v"
            look = {"marker": marker, "ms": 4.4 * size, "mew": 0.9 * size, "mec": state.colour}
            look["mfc"] = inside.get(state.kind, state.colour)
        chosen = [point for point in stretch.known if point.signal == signal]
        heights = [float("nan") if point.plotted is None else point.plotted for point in chosen]
        axes.plot([point.month for point in chosen], heights, ls="none", clip_on=False, zorder=4, **look)


def _break_label(axes: Axes, month: int, name: str, span: tuple[int, int]) -> tuple[list[str], int]:
    """The lines that name a break, and on which side of it they have more room: -1 left, 1 right."""
    before, after = month - span[0], span[1] - month
    wide = style.inches(axes) * max(before, after) / (span[1] - span[0] + 1) - 0.1
    lines = style.wrapped(name, wide, style.SMALL)
    return [*lines, f"from {wording.month_short(wording.month_of(month))}"], -1 if before > after else 1
