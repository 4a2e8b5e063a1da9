"""The control charts that need a board's attention, large: a recent special cause, or a break in view.

What is here: which indicators they are, and their page. What is not: a panel (control_panel.py), and the small panels
of every indicator (control_page.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safer_assets.charts import control, control_panel, reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.grading import SIDES
from safer_assets.charts.origin import source_line

if TYPE_CHECKING:
    from safer_assets.charts.context import BoardData
    from safer_assets.charts.control import Control

NAME = "control_chart_focus"
MOST = 4
RECENT = 3  # months
HEIGHT, STEP = 1.32, 2.24
SIZE = 1.5


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw up to four indicators, the largest first, with special cause in the last 3 months or a break in view."""
    context = data.context
    points = list(control.controls(data).values())
    if not points:
        return NoChart(NAME, f"No indicator has monthly figures up to {wording.month_words(context.data_month)}.")
    wanted = [one for one in points if one.breaks or one.recent(RECENT)]
    if not wanted:
        return NoChart(NAME, f"No indicator has special cause in its last {RECENT} months, or a break in view.")
    shown, left_out = _largest(wanted)
    span = (min(one.points[0].month for one in shown), max(one.last.month for one in shown))
    words = style.Words(
        title=_message(shown),
        subtitle=f"Control charts of monthly counts, {context.area_name}, {reading.span(*span)}",
        notes=(
            *control_panel.notes(shown),
            *(
                (f"As much in need of attention, on the pages of small charts: {_names(left_out)}.",)
                if left_out
                else ()
            ),
        ),
        source_line=source_line(context, {origin for one in shown for origin in one.origins}),
    )
    page = style.page(context, words, body=len(shown) * STEP - 0.15, width=style.WIDTH)
    canvas = page.canvas()
    for number, one in enumerate(shown):
        top = number * STEP
        control_panel.heading(canvas, 0, top, page.body[2], one, size=style.SUBTITLE)
        axes = page.axes(
            control_panel.TICK_ROOM, top + control_panel.TITLE_ROOM, page.body[2] - control_panel.TICK_ROOM, HEIGHT
        )
        control_panel.panel(axes, one, span, every=6, size=SIZE)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=f"Control charts, one an indicator. {words.title}. {'. '.join(map(control.sentence, shown))}.",
        table=control.point_table(shown),
        source_line=words.source_line,
        figure=page.figure,
    )


def _largest(wanted: list[Control]) -> tuple[list[Control], list[Control]]:
    """Those with a panel and those without, the largest first; the largest with a break always has one."""
    ranked = sorted(wanted, key=lambda one: -(one.stretches[-1].mean or 0))
    broken = next((one for one in ranked if one.breaks), None)
    shown = ranked[:MOST]
    if broken is not None and broken not in shown:
        shown = [*ranked[: MOST - 1], broken]
    return shown, [one for one in ranked if one not in shown]


def _message(shown: list[Control]) -> str:
    """What shows special cause and which way, then what is counted anew and since when."""
    special = [(one, point) for one in shown if (point := one.recent(RECENT)) is not None]
    anew = {name: month for one in shown for month, name in one.breaks}
    parts = []
    if special:
        named = [f"{wording.in_sentence(one.name)} ({SIDES[point.signal]})" for one, point in special]
        parts.append(f"Special cause in the last {RECENT} months: {wording.listed(named)}")
    for name, month in anew.items():
        counted = [wording.in_sentence(one.name) for one in shown if name in (cut for _, cut in one.breaks)]
        since = wording.month_words(wording.month_of(month))
        count = "the count" if len(counted) == 1 else "the counts"
        text = f"{count} of {wording.listed(counted)} {'begins' if len(counted) == 1 else 'begin'} anew in {since}"
        parts.append(text if parts else f"{text[:1].upper()}{text[1:]}")
    return "; ".join(parts)


def _names(left_out: list[Control]) -> str:
    return wording.listed([wording.in_sentence(one.name) for one in left_out])
