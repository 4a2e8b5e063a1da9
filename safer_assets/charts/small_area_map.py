"""How crime is spread over small areas: rates by LSOA, and how much of it happens in few of them.

What is here: one map of one source; the Met's LSOA file comes before street files, which move crimes to a nearby point.
What is not: the two mixed, and small areas added up to a borough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safer_assets.charts import classes, legends, mapping, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.small_areas import breaks_between, residents_note, twelve_months, unplaced_note
from safer_assets.charts.tables import table
from safer_assets.evidence.concentration import gini, top_share

if TYPE_CHECKING:
    import pandas as pd

    from safer_assets.charts.context import BoardContext, BoardData
    from safer_assets.charts.small_areas import AreaRate, Twelve

NAME = "small_area_map"
INDICATOR = "burglary"  # the total is in no file by small area: sexual offences and others are left out of them
SOURCES = ("mps_lsoa", "police_uk_street")

WIDTH = 4.75  # of the map, inches
ASIDE = 0.25
LABELLED, LISTED, TABLED = 5, 10, 10
FEWEST = 5
"""A count below this is not labelled: one more or fewer would change its rate by a quarter."""

ENOUGH = 10  # areas without which there is no spread to tell of


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw the rate of each small area, in the twelve months to the newest month of the source."""
    context = data.context
    candidates = (twelve_months(data, "small_area_rates", INDICATOR, source) for source in SOURCES)
    shown = next((found for found in candidates if found), None)
    if shown is None or len(shown.areas) < ENOUGH or not sum(area.offences for area in shown.areas):
        return NoChart(
            NAME,
            "No source has twelve months of burglary by small area. Needed: a Met LSOA file or street files, and the "
            "ONS lookup of LSOAs.",
        )
    known = mapping.unit_shapes(data)
    missing = [area.name for area in shown.areas if area.code not in known]
    if missing:
        return NoChart(
            NAME,
            f"The landed maps have no outline of {len(missing)} of {len(shown.areas)} small areas "
            f"({', '.join(missing[:3])}{', ...' if len(missing) > 3 else ''}). Land a map of the LSOAs of 2021.",
        )
    name = str(data.indicator_rows[shown.indicator]["name"])
    rated = [area for area in shown.areas if area.rate is not None]
    words = style.Words(
        title=_message(context, shown, name),
        subtitle=f"{name} {'per 1,000 residents' if rated else '(no estimate of residents)'}, "
        f"{len(shown.areas)} small areas (LSOAs) of {context.area_name}, {shown.span}. "
        f"Gini coefficient {wording.decimal(gini(_counts(shown)), 2)} (0: even, 1: all in one)",
        notes=(
            unplaced_note(data, shown, "small area"),
            f"{residents_note(shown.areas, 'small area')} Places with many visitors have high rates. Counts below "
            f"{FEWEST} in a small area are not labelled or listed: one more or fewer would change them much.".strip(),
            *breaks_between(shown.start, shown.end, {origin.feed for origin in shown.origins}),
            mapping.borders_note(context),
        ),
        source_line=source_line(context, shown.origins),
    )
    drawn = {area.code: known[area.code] for area in shown.areas}
    area = mapping.outline(list(drawn.values()))
    tall = mapping.height(area, WIDTH)
    page = style.page(context, words, body=max(tall, 4.6))
    axes = mapping.axes_of(page, area, 0.0, 0.0, WIDTH)
    shades = classes.of_rates([one.rate or 0.0 for one in rated])
    tones = legends.shades(len(shades.bounds))
    for number, tone in enumerate(tones if rated else ()):
        inside = [one for one, cls in zip(rated, shades.of, strict=True) if cls == number]
        mapping.paint(axes, [drawn[one.code] for one in inside], tone, few=[one.few for one in inside], width=0.3)
    blank = [one for one in shown.areas if one.rate is None]
    mapping.paint(axes, [drawn[one.code] for one in blank], style.PAPER, hatch=mapping.NO_DATA_HATCH)
    wards = mapping.wards_of_small_areas(data)
    mapping.lines(axes, wards, color=style.DARK_GREY, width=0.7)
    mapping.lines(axes, [area], width=1.1)
    top = _top(shown)
    mapping.numbers(axes, [drawn[one.code] for one in top[:LABELLED]])
    _aside(page, shades, tones, top, [bool(blank), any(one.few for one in rated), bool(wards)], context.area_name)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, shown, top),
        table=_table(top),
        source_line=words.source_line,
        figure=page.figure,
    )


def _counts(shown: Twelve) -> list[int]:
    return [area.offences for area in shown.areas]


def _top(shown: Twelve) -> list[AreaRate]:
    """The highest rates that stand on enough offences and residents; without any rate, the highest counts."""
    found = [area for area in shown.areas if area.offences >= FEWEST and not area.few]
    return found[:TABLED]


def _message(context: BoardContext, shown: Twelve, name: str) -> str:
    """'A tenth of the 220 small areas of the borough had 23% of burglary in the 12 months to ...'."""
    share = wording.percent(100 * top_share(_counts(shown)))
    return (
        f"A tenth of the {len(shown.areas)} small areas of {context.area_name} had {share} of "
        f"{wording.in_sentence(name)} in the 12 months to {wording.month_words(shown.end)}"
    )


def _aside(
    page: style.Page,
    shades: classes.Classes,
    tones: tuple[str, ...],
    top: list[AreaRate],
    marks: list[bool],
    area_name: str,
) -> None:
    """Legend and the highest, right of the map."""
    canvas, left, wide = page.canvas(), WIDTH + ASIDE, page.body[2] - WIDTH - ASIDE
    keys = [
        legends.Key(tone, f"{legends.span(*bounds)} ({size})")
        for tone, bounds, size in zip(tones, shades.bounds, shades.sizes, strict=False)
    ][::-1]
    keys += [legends.Key(style.PAPER, "no estimate of residents", mapping.NO_DATA_HATCH)] * marks[0]
    keys += [legends.Key(style.PAPER, "few residents", mapping.FEW_HATCH)] * marks[1]
    legends.legend(canvas, left, 0.05, "Per 1,000 residents (small areas)", keys)
    below = 0.05 + legends.legend_height(len(keys)) + 0.2
    rows = [
        (f"{number}  {one.name.removeprefix(area_name).lstrip()}", "-" if one.rate is None else wording.rate(one.rate))
        for number, one in enumerate(top[:LISTED], start=1)
    ]
    legends.listing(canvas, left, below, wide, f"Highest, first {LABELLED} numbered on the map", rows)
    if marks[2]:
        legends.remark(canvas, left, below + legends.legend_height(len(rows)) + 0.1, "Grey lines: wards, by best fit")


def _alt(words: style.Words, shown: Twelve, top: list[AreaRate]) -> str:
    highest = ", ".join(
        f"{one.name} {one.offences}" + ("" if one.rate is None else f" ({wording.rate(one.rate)} per 1,000)")
        for one in top
    )
    return (
        f"Map of {len(shown.areas)} small areas in shades. {words.title}. {words.subtitle}. "
        f"Highest, with offences: {highest}."
    )


def _table(top: list[AreaRate]) -> pd.DataFrame:
    rows = [
        (number, one.marked_name, one.offences, None if one.rate is None else wording.rate(one.rate))
        for number, one in enumerate(top, start=1)
    ]
    return table(("Rank", "Small area (ward)", "Offences, 12 months", "Per 1,000 residents"), rows)
