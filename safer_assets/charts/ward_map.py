"""Where in the area crime is high for the people who live there: rates by ward, total and residential burglary.

What is here: one map, or two side by side. What is not: wards added up to a borough: offences without a ward would be
missing from the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from safer_assets.charts import classes, legends, mapping, reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.small_areas import residents_note, twelve_months, unplaced_note
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.small_areas import AreaRate, Twelve
    from safer_assets.charts.style import Page

NAME = "ward_map"
SHOWN = (reading.TOTAL, "residential_burglary")
BESIDE = 0.3  # inches between two maps
ALONE = 5.0  # width of a map that has the page to itself
NUMBERED = 5
HEADING = 0.3
KEY, LISTING = 1.75, 1.9  # inches that a legend takes, and a list
FEWEST = 3


@dataclass(frozen=True)
class Panel:
    """One indicator's map; `classes` are of the areas that have a rate, in the order of `shown.areas`."""

    name: str
    shown: Twelve
    classes: classes.Classes

    @property
    def rated(self) -> tuple[AreaRate, ...]:
        """The areas that have a rate, from the highest."""
        return tuple(area for area in self.shown.areas if area.rate is not None)


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw the rates of each ward, in the twelve months to the newest month that ward files have."""
    context = data.context
    panels = [panel for slug in SHOWN if (panel := _panel(data, slug))]
    if not panels:
        return NoChart(NAME, _reason(data))
    wards = mapping.shapes(data, "ward")
    known = dict(zip(wards.codes, wards.outlines, strict=True))
    missing = [area.name for area in panels[0].shown.areas if area.code not in known]
    if missing:
        return NoChart(
            NAME,
            f"The landed maps have no outline of {len(missing)} of {len(panels[0].shown.areas)} wards in the ward "
            f"files ({', '.join(missing[:3])}{', ...' if len(missing) > 3 else ''}). Land a map of the wards of that "
            "time: borders and codes change together.",
        )
    drawn = {area.code: known[area.code] for area in panels[0].shown.areas}
    names = [panels[0].name, *(wording.in_sentence(panel.name) for panel in panels[1:])]
    words = style.Words(
        title=_message(panels[0]),
        subtitle=f"{wording.listed(names)} per 1,000 residents, wards of {context.area_name}, {panels[0].shown.span}",
        notes=(
            f"{unplaced_note(data, panels[0].shown, 'ward')} Wards are never added up to the borough.",
            residents_note(panels[0].shown.areas, "ward")
            + " Places with many visitors, shops or night-time trade have high rates.",
            mapping.borders_note(context),
        ),
        source_line=source_line(context, {origin for panel in panels for origin in panel.shown.origins}),
    )
    area = mapping.outline(list(drawn.values()))
    wide = (style.WIDTH - 2 * style.MARGIN - BESIDE) / 2 if len(panels) > 1 else ALONE
    tall = mapping.height(area, wide)
    keys = [_keys(panel) for panel in panels]
    below = len(panels) > 1
    legend = max(legends.legend_height(max(len(one), NUMBERED)) for one in keys)
    beside = HEADING + 0.2 + legend + 0.3 + legends.legend_height(NUMBERED)
    page = style.page(context, words, body=HEADING + tall + 0.1 + legend if below else max(HEADING + tall, beside))
    canvas = page.canvas()
    for number, panel in enumerate(panels):
        left = number * (wide + BESIDE)
        canvas.text(left, 0.0, panel.name, size=style.LABEL, weight="bold", va="top")
        _draw_panel(page, panel, drawn, area, (left, wide))
        where = (left, HEADING + tall + 0.1) if below else (wide + 0.25, HEADING + 0.2)
        legends.legend(canvas, *where, "Per 1,000 residents", keys[number])
        place = (left + KEY, where[1], wide - KEY) if below else (where[0], where[1] + legend + 0.3, LISTING)
        rows = [(f"{n}  {one.name}", wording.rate(one.rate or 0.0)) for n, one in enumerate(_top(panel), start=1)]
        legends.listing(canvas, *place, "Highest, numbered on the map", rows)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, panels),
        table=_table(panels),
        source_line=words.source_line,
        figure=page.figure,
    )


def _panel(data: BoardData, slug: str) -> Panel | None:
    shown = twelve_months(data, "ward_rates", slug)
    rates = [] if shown is None else [area.rate for area in shown.areas if area.rate is not None]
    if shown is None or len(rates) < FEWEST or slug not in data.indicator_rows:
        return None
    return Panel(str(data.indicator_rows[slug]["name"]), shown, classes.of_rates(rates))


def _reason(data: BoardData) -> str:
    """Why no ward has a rate."""
    shown = twelve_months(data, "ward_rates", reading.TOTAL)
    if shown is None:
        return "No file has twelve months of offences by ward. Needed: a Met ward file that was out at the data cut."
    return (
        f"None of the {len(shown.areas)} wards of the ward files ({shown.areas[0].name} and others, to "
        f"{wording.month_words(shown.end)}) has an estimate of its residents. Needed: the ONS population of LSOAs, and "
        "a lookup from LSOAs to the wards of that time."
    )


def _message(panel: Panel) -> str:
    """'Childs Hill had the highest rate of ... of 24 wards: 121.3 per 1,000 residents, 1.6 times the middle ward's'."""
    firm = [area for area in panel.rated if not area.few] or list(panel.rated)
    top = firm[0]
    middle = median([area.rate or 0.0 for area in panel.rated])
    times = f", {wording.decimal((top.rate or 0.0) / middle)} times that of the middle ward" if middle else ""
    return (
        f"{top.name} had the highest rate of {wording.in_sentence(panel.name)} of {len(panel.shown.areas)} wards: "
        f"{wording.rate(top.rate or 0.0)} per 1,000 residents{times}"
    )


def _draw_panel(
    page: Page, panel: Panel, drawn: dict[str, BaseGeometry], area: BaseGeometry, place: tuple[float, float]
) -> None:
    left, wide = place
    axes = mapping.axes_of(page, area, left, HEADING, wide)
    tones = legends.shades(len(panel.classes.bounds))
    for number, tone in enumerate(tones):
        inside = [one for one, cls in zip(panel.rated, panel.classes.of, strict=True) if cls == number]
        mapping.paint(axes, [drawn[one.code] for one in inside], tone, few=[one.few for one in inside])
    mapping.paint(
        axes,
        [drawn[one.code] for one in panel.shown.areas if one.rate is None],
        style.PAPER,
        hatch=mapping.NO_DATA_HATCH,
    )
    mapping.lines(axes, [area], width=1.1)
    mapping.numbers(axes, [drawn[one.code] for one in _top(panel)])


def _top(panel: Panel) -> list[AreaRate]:
    """The highest few whose rate stands on enough residents."""
    return [one for one in panel.rated if not one.few][:NUMBERED]


def _keys(panel: Panel) -> list[legends.Key]:
    """From the highest class, as people look for the dark ones first."""
    tones = legends.shades(len(panel.classes.bounds))
    keys = [
        legends.Key(tone, f"{legends.span(*bounds)} ({wording.plural(size, 'ward')})")
        for tone, bounds, size in zip(tones, panel.classes.bounds, panel.classes.sizes, strict=True)
    ]
    few = [legends.Key(style.PAPER, "few residents", mapping.FEW_HATCH)]
    blank = [legends.Key(style.PAPER, "no estimate", mapping.NO_DATA_HATCH)]
    some_few = any(one.few for one in panel.shown.areas)
    return keys[::-1] + few * some_few + blank * (len(panel.rated) < len(panel.shown.areas))


def _alt(words: style.Words, panels: list[Panel]) -> str:
    said = [
        f"{panel.name}, from the highest: "
        + ", ".join(f"{area.marked_name} {wording.rate(area.rate or 0.0)}" for area in panel.rated)
        for panel in panels
    ]
    return f"Map of wards in shades. {words.title}. {words.subtitle}. {'. '.join(said)}."


def _table(panels: list[Panel]) -> pd.DataFrame:
    columns = ["Ward"]
    rows: list[list[object]] = [[area.marked_name] for area in panels[0].shown.areas]
    for panel in panels:
        columns += [f"{panel.name}, 12 months", f"{panel.name}, per 1,000 residents"]
        by_code = {area.code: area for area in panel.shown.areas}
        for row, first in zip(rows, panels[0].shown.areas, strict=True):
            one = by_code.get(first.code)
            rate = None if one is None or one.rate is None else wording.rate(one.rate)
            row += [None if one is None else one.offences, rate]
    return table(columns, rows)
