"""The last twelve months against the twelve before, offence by offence.

What is here: a dumbbell of two counts for every indicator that has both. What is not: comparator groups
(change_against_groups.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safer_assets.charts import reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.reading import Reading

NAME = "change_by_offence"
NAMES, LABELS = 2.35, 2.05
BEFORE, NOW = 0.75, 1.4  # right edges of the two counts, inches right of the dots
OWN_SCALE = "Smaller counts, on their own scale"
LARGE = 0.15  # of the largest count: below it an offence goes to the lower panel, which has its own scale


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw offences by size, large ones above small ones; incidents and the total are not among them."""
    context = data.context
    slugs = [
        slug for slug, row in data.indicator_rows.items() if row["counted"] == "offences" and slug != reading.TOTAL
    ]
    years = reading.readings(data, slugs, "r12")
    pairs = sorted((year for year in years if year.prior is not None), key=lambda year: -_larger(year))
    if not pairs:
        return NoChart(
            NAME, f"No offence has counts for {reading.twelve_months(context)} and for the 12 months before."
        )
    absent = [year for year in years if year.prior is None]
    limit = _larger(pairs[0]) * LARGE
    panels = [part for part in _split(pairs, limit) if part]
    two = len(panels) > 1
    words = style.Words(
        title=_message(data, pairs),
        subtitle=f"Recorded offences, {context.area_name}, 12 months to {wording.month_words(context.data_month)} "
        "against the 12 months before",
        notes=(
            "Offences overlap: some are part of others. A change can be chance alone. On a base below "
            f"{context.minimum_base}, and for rare offences, it is a difference of counts and not a percentage.",
            *(
                ("The two parts have different scales: the same distance is fewer offences in the lower part.",)
                if two
                else ()
            ),
            *reading.absent_note(absent),
        ),
        source_line=source_line(context, {origin for year in pairs for origin in year.origins}),
    )
    heights = [len(part) * style.ROW for part in panels]
    page = style.page(context, words, body=sum(heights) + 0.5 * len(panels) + 0.3)
    top = 0.5
    for number, (part, height) in enumerate(zip(panels, heights, strict=True)):
        axes = page.rows(NAMES, top, page.body[2] - NAMES - LABELS, height)
        _panel(axes, part, heading=number == 0)
        if number:
            below: style.Look = {"style": "italic", "transform": axes.get_yaxis_transform(), "color": style.MUTED}
            style.put(axes, -NAMES / style.inches(axes), -0.95, OWN_SCALE, **below)
        top += height + 0.5
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, pairs),
        table=_table(pairs + absent),
        source_line=words.source_line,
        figure=page.figure,
    )


def _larger(year: Reading) -> int:
    return max(year.value or 0, year.prior or 0)


def _split(pairs: list[Reading], limit: float) -> tuple[list[Reading], list[Reading]]:
    return [year for year in pairs if _larger(year) >= limit], [year for year in pairs if _larger(year) < limit]


def _message(data: BoardData, pairs: list[Reading]) -> str:
    """Name the largest rise and fall in percent; ties go to the larger count."""
    moved = [(year.percent, year) for year in pairs if year.percent is not None]
    rises = [one for one in moved if one[0] > 0]
    falls = [one for one in moved if one[0] < 0]
    parts = []
    if rises:
        size, year = max(rises, key=lambda one: one[0])
        parts.append(f"{wording.in_sentence(year.name)} rose most ({wording.percent(size)})")
    if falls:
        size, year = min(falls, key=lambda one: one[0])
        parts.append(f"{wording.in_sentence(year.name)} fell most ({wording.percent(size)})")
    if not parts:
        text = f"{wording.plural(len(pairs), 'offence')} against the year before, none with a percentage change"
    else:
        text = " and ".join(parts)
    return f"{text[:1].upper()}{text[1:]} in {data.context.area_name} in {reading.twelve_months(data.context)}"


def _panel(axes: Axes, pairs: Sequence[Reading], *, heading: bool) -> None:
    style.plain(axes, grid="x")
    top = max(_larger(year) for year in pairs) or 1
    axes.set_xlim(-top * 0.02, top * 1.04)
    style.count_ticks(axes, vertical=False)
    wide = style.inches(axes)
    left = axes.get_yaxis_transform()
    for row, year in enumerate(pairs):
        now, before = year.value or 0, year.prior or 0
        axes.plot((before, now), (row, row), color=style.CONTEXT_GREY, lw=2, solid_capstyle="butt")
        axes.plot([before], [row], marker="o", ms=6, mfc=style.PAPER, mec=style.ORANGE, mew=1.6, ls="none")
        axes.plot([now], [row], marker="o", ms=6.5, color=style.NAVY, ls="none")
        style.put(axes, -NAMES / wide, row, year.name, size=style.SMALL + 0.5, transform=left)
        style.put(axes, 1 + BEFORE / wide, row, wording.count(before), color=style.MUTED, ha="right", transform=left)
        style.put(axes, 1 + NOW / wide, row, wording.count(now), ha="right", transform=left)
        style.put(axes, 1 + LABELS / wide, row, year.change_label, weight="bold", ha="right", transform=left)
    if heading:
        _heading(axes, wide)


def _heading(axes: Axes, wide: float) -> None:
    """Name the two dots where their counts stand, instead of in a legend."""
    left = axes.get_yaxis_transform()
    look: style.Look = {"ha": "right", "va": "bottom", "transform": left, "color": style.MUTED, "linespacing": 1.15}
    for place, text in ((BEFORE, "12 months\nbefore"), (NOW, "Last\n12 months"), (LABELS, "Change")):
        style.put(axes, 1 + place / wide, -1.0, text, **look)
    dot: style.Look = {"marker": "o", "ls": "none", "transform": left, "clip_on": False}
    axes.plot([1 + (BEFORE - 0.06) / wide], [-0.72], ms=6, mfc=style.PAPER, mec=style.ORANGE, mew=1.6, **dot)
    axes.plot([1 + (NOW - 0.06) / wide], [-0.72], ms=6.5, color=style.NAVY, **dot)


def _alt(words: style.Words, pairs: list[Reading]) -> str:
    counts = "; ".join(f"{year.name} {year.sentence}" for year in pairs)
    return f"Dot chart. {words.title}. {words.subtitle}: {counts}."


def _table(years: list[Reading]) -> pd.DataFrame:
    rows = [(year.name, year.value, year.prior, year.change, year.change_label, year.reason) for year in years]
    return table(("Offence", "Last 12 months", "12 months before", "Difference", "Change", "Note"), rows)
