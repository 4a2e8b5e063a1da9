"""How offences changed here and in the comparator groups.

What is here: percentage changes over twelve months, the area against its groups. What is not: counts of one area
(change_by_offence.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safer_assets.charts import reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.reading import Reading

NAME = "change_against_groups"
NAMES = 2.2
COLUMN = 0.92  # width of one area's printed change


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw a row an offence group, a dot an area; rows need a percentage for the area and one for a group at least."""
    context = data.context
    if not context.groups:
        return NoChart(NAME, f"{context.area_name} has no comparator groups.")
    areas = [(context.area_code, context.area_name), *context.drawn_groups]
    rows = []
    for slug in (reading.TOTAL, *reading.OFFENCE_GROUPS):
        row = [one for code, _ in areas for one in reading.readings(data, [slug], "r12", code)]
        if row and row[0].percent is not None and any(one.percent is not None for one in row[1:]):
            rows.append(row)
    if not rows:
        return NoChart(NAME, f"No offence group has a percentage change for {context.area_name} and for a comparator.")
    rows.sort(key=lambda row: (row[0].indicator != reading.TOTAL, -(row[0].percent or 0)))
    words = style.Words(
        title=_message(data, rows),
        subtitle=f"Change of recorded offences in percent, {context.area_name} and comparators, "
        f"12 months to {wording.month_words(context.data_month)} against the 12 months before",
        notes=reading.contains_note(context),
        source_line=source_line(context, {origin for row in rows for one in row for origin in one.origins}),
    )
    height = len(rows) * style.ROW
    page = style.page(context, words, body=height + 0.85)
    numbers = COLUMN * len(areas)
    axes = page.rows(NAMES, 0.5, page.body[2] - NAMES - numbers - 0.1, height)
    _plot(axes, rows, [name for _, name in areas])
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, rows, [name for _, name in areas]),
        table=_table(rows, [name for _, name in areas]),
        source_line=words.source_line,
        figure=page.figure,
    )


def _message(data: BoardData, rows: list[list[Reading]]) -> str:
    """Compare with the widest group that has percentages, in words that call neither direction good."""
    areas = (data.context.area_name, *(name for _, name in data.context.drawn_groups))
    widest = max(place for row in rows for place in range(1, len(areas)) if row[place].percent is not None)
    pairs = [(row[0], row[0].percent, row[widest].percent) for row in rows]
    known = [(one, here, there) for one, here, there in pairs if here is not None and there is not None]
    groups = [(here, there) for one, here, there in known if one.indicator != reading.TOTAL]
    if not groups:
        one, here, there = known[0]
        moved = f"{wording.moved(here)} in {areas[0]} and {wording.moved(there)} in {areas[widest]}"
        return f"{one.name} {moved} in {reading.twelve_months(data.context)}"
    above = sum(1 for here, there in groups if here > there)
    below = sum(1 for here, there in groups if here < there)
    return (
        f"Of {wording.plural(len(groups), 'offence group')}, {above} rose more or fell less in {areas[0]} "
        f"than in {areas[widest]}, and {below} rose less or fell more"
    )


def _plot(axes: Axes, rows: list[list[Reading]], names: list[str]) -> None:
    style.plain(axes, grid="x", baseline="none")
    changes = [float(one.percent) for row in rows for one in row if one.percent is not None]
    low, high = min(*changes, 0.0), max(*changes, 0.0)
    room = max(high - low, 5.0) * 0.06
    axes.set_xlim(low - room, high + room)
    axes.axvline(0, color=style.INK, lw=1)
    style.percent_ticks(axes)
    wide = style.inches(axes)
    left = axes.get_yaxis_transform()
    for row, figures in enumerate(rows):
        weight = "bold" if figures[0].indicator == reading.TOTAL else "normal"
        style.put(axes, -NAMES / wide, row, figures[0].name, size=style.SMALL + 0.5, weight=weight, transform=left)
    for column, (name, (colour, _, marker)) in enumerate(zip(names, style.marks(len(names)), strict=True)):
        place = 1 + (0.1 + COLUMN * (column + 1)) / wide
        weight = "bold" if column == 0 else "normal"
        dot: style.Look = {"marker": marker, "color": colour, "ls": "none", "mec": style.PAPER, "mew": 0.5}
        text = "\n".join(style.wrapped(name, COLUMN - 0.08, style.SMALL)[:3])
        style.put(axes, place, -1.0, text, ha="right", va="bottom", linespacing=1.15, transform=left, color=style.MUTED)
        axes.plot([place - 0.05 / wide], [-0.75], ms=7, transform=left, clip_on=False, **dot)
        apart = (
            column - (len(names) - 1) / 2
        ) * 0.2  # areas stand a little above each other, so that none hides another
        for row, figures in enumerate(rows):
            change = figures[column].percent
            label = "none" if change is None else wording.signed_percent(change)
            style.put(axes, place, row, label, ha="right", weight=weight, transform=left)
            if change is not None:
                axes.plot([float(change)], [row + apart], ms=7.5 if column == 0 else 6, **dot)


def _alt(words: style.Words, rows: list[list[Reading]], names: list[str]) -> str:
    parts = []
    for row in rows:
        said = [
            f"{name} {wording.signed_percent(one.percent)}"
            for name, one in zip(names, row, strict=True)
            if one.percent is not None
        ]
        parts.append(f"{row[0].name}: {', '.join(said)}")
    return f"Dot chart. {words.title}. {words.subtitle}. {'; '.join(parts)}."


def _table(rows: list[list[Reading]], names: list[str]) -> pd.DataFrame:
    columns = ["Offence"]
    for name in names:
        columns += [f"{name}, last 12 months", f"{name}, 12 months before", f"{name}, change"]
    cells = [[row[0].name, *(cell for one in row for cell in (one.value, one.prior, one.change_label))] for row in rows]
    return table(columns, cells)
