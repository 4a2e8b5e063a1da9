"""One page of control charts: the indicators of some themes, a panel each.

What is here: which themes stand on which page, the layout and words of a page. What is not: a panel
(control_panel.py), and the large panels of what needs attention (control_chart_focus.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from safer_assets.charts import control, control_panel, reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.icons import Kind
from safer_assets.charts.origin import source_line

if TYPE_CHECKING:
    from safer_assets.charts.context import BoardData
    from safer_assets.charts.control import Control

THEMES: Final = {
    "control_charts_property": ("All crime", "Burglary", "Robbery and theft"),
    "control_charts_violence": ("Violence", "Public order and damage", "Found by policing"),
}
"""Themes (reference/indicators.csv) of two of the pages; the third has every other theme, so that none is ever lost."""
OTHERS: Final = "control_charts_flagged"
WIDTH, ACROSS = 9.4, 3
STEP_X = (WIDTH - 2 * style.MARGIN) / ACROSS
PANEL_HEIGHT, STEP_Y = 1.02, 1.92
APART = 0.2  # inches between panels


def draw_page(data: BoardData, name: str) -> Chart | NoChart:
    """Draw the panels of a page; indicators without points are named under it with the reason.

    Args:
        data: The board.
        name: The chart's name, a key of `THEMES` or `OTHERS`.
    """
    context = data.context
    wanted = [slug for slug, facts in data.indicator_rows.items() if _page_of(str(facts["theme"])) == name]
    points = control.controls(data)
    shown = [points[slug] for slug in wanted if slug in points]
    if not shown:
        absent = reading.absent_note(reading.readings(data, wanted, "r12"))
        return NoChart(name, absent[0] if absent else "The reference list has no indicator of this page.")
    span = (min(one.points[0].month for one in shown), max(one.last.month for one in shown))
    words = style.Words(
        title=_message(data, shown),
        subtitle=f"Control charts of monthly counts, {context.area_name}, {reading.span(*span)}",
        notes=(
            *control_panel.notes(shown),
            *reading.absent_note(reading.readings(data, [slug for slug in wanted if slug not in points], "r12")),
        ),
        source_line=source_line(context, {origin for one in shown for origin in one.origins}),
    )
    page = style.page(context, words, body=-(-len(shown) // ACROSS) * STEP_Y - 0.1, width=WIDTH)
    canvas = page.canvas()
    for number, one in enumerate(shown):
        left, top = number % ACROSS * STEP_X, number // ACROSS * STEP_Y
        wide = STEP_X - APART - control_panel.TICK_ROOM
        control_panel.heading(canvas, left, top, left + STEP_X - APART, one)
        axes = page.axes(left + control_panel.TICK_ROOM, top + control_panel.TITLE_ROOM, wide, PANEL_HEIGHT)
        control_panel.panel(axes, one, span, every=12)
    return Chart(
        name=name,
        title=words.title,
        subtitle=words.subtitle,
        alt=f"Control charts, one an indicator. {words.title}. {'. '.join(map(control.sentence, shown))}.",
        table=control.point_table(shown),
        source_line=words.source_line,
        figure=page.figure,
    )


def _page_of(theme: str) -> str:
    return next((name for name, themes in THEMES.items() if theme in themes), OTHERS)


def _message(data: BoardData, shown: Sequence[Control]) -> str:
    """Name what shows special cause in its last month; say how many could show it, and of what."""
    judged = [(one, state) for one in shown if (state := one.variation) is not None]
    themes = dict.fromkeys(str(data.indicator_rows[one.indicator]["theme"]) for one in shown)
    if not judged:
        return f"{'; '.join(themes)} in {data.context.area_name}: too few months for limits"
    special = [
        f"{wording.in_sentence(one.name)} ({state.side})" for one, state in judged if state.kind is not Kind.COMMON
    ]
    month = wording.month_words(wording.month_of(max(one.last.month for one, _ in judged)))
    of = wording.plural(len(judged), "indicator")
    if special:
        verb = "shows" if len(special) == 1 else "show"
        return f"{len(special)} of {of} {verb} special cause in {month}: {wording.listed(special)}"
    return f"No special cause in {month} in {of}: {', '.join(map(wording.in_sentence, themes))}"
