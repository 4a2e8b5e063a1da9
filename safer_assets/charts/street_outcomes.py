"""What became of street-level crimes, by crime type.

What is here: groups of outcomes of crimes that are at least a year old, the area's own. What is not: positive outcomes
as the force counts them (outcomes.py), anti-social behaviour, which has no outcomes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safer_assets.charts import reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import SPAN, Origin, source_line
from safer_assets.charts.tables import table
from safer_assets.reference import OUTCOME_GROUPS

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData, Row

NAME = "street_outcomes"
TABLE = "street_outcomes"
NAMES, COUNTS = 1.75, 0.62
BAR = 0.27  # inches a crime type
KEY_LINE = 0.2
COURT, NO_SUSPECT = OUTCOME_GROUPS[0], OUTCOME_GROUPS[4]
REST = "Not grouped yet"
# Colour and pattern of each group, in their order: neighbours differ in both lightness and pattern.
LOOKS: tuple[tuple[str, str], ...] = (
    (style.NAVY, ""),
    (style.TEAL, ""),
    (style.LILAC, "////"),
    (style.PLUM, ""),
    (style.CONTEXT_GREY, ""),
    (style.PAPER, "...."),
    (style.ORANGE, "xxxx"),
)
LABELLED = 5.0  # per cent: a narrower part has no room for its number

Parts = dict[str, int]


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw a bar a crime type, parted by what became of the crimes."""
    context = data.context
    rows = data.rows(TABLE)
    if not rows:
        return NoChart(
            NAME,
            "Outcomes are shown for crimes that are at least a year old, and there are not street-level files for all "
            "of the 24 months that this takes.",
        )
    crimes = _by_type(rows)
    start, end = (wording.month_number(_day(rows[0], column)) for column in ("start_month", "end_month"))
    newest = _day(rows[0], "newest_month")
    groups = [name for name in (*OUTCOME_GROUPS, REST) if any(parts.get(name) for parts in crimes.values())]
    words = style.Words(
        title=_message(context.area_name, crimes),
        subtitle=f"Crimes of {reading.span(start, end)} by the newest outcome known in {wording.month_words(newest)}, "
        f"{context.area_name}",
        notes=(
            "Crimes are at least a year old: of newer ones many are open only because they are new. Anti-social "
            "behaviour has no outcomes.",
            "Charged or sent to court says what the police did, whatever the court found. British Transport Police and "
            "crimes without a place are not counted.",
        ),
        source_line=source_line(context, {Origin(str(rows[0]["source"]), str(rows[0]["scheme"]), _vintages(rows[0]))}),
    )
    inside = style.WIDTH - 2 * style.MARGIN
    key = _key_lines(groups, inside)
    height = len(crimes) * BAR
    page = style.page(context, words, body=key * KEY_LINE + 0.25 + height)
    _draw_key(page.canvas(), groups, inside)
    axes = page.axes(NAMES, key * KEY_LINE + 0.25, page.body[2] - NAMES - COUNTS, height)
    _plot(axes, crimes, groups)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, crimes, groups),
        table=_table(crimes, groups),
        source_line=words.source_line,
        figure=page.figure,
    )


def _day(row: Row, column: str) -> date:
    import pandas as pd

    return pd.Timestamp(str(row[column])).date()


def _vintages(row: Row) -> str:
    """The months of the files: each holds the crimes of one month."""
    return SPAN.join(f"{_day(row, column):%Y-%m}" for column in ("start_month", "end_month"))


def _by_type(rows: list[Row]) -> dict[str, Parts]:
    """Crime type -> group of outcomes -> crimes, the most frequent type first."""
    found: dict[str, Parts] = {}
    for row in rows:
        found.setdefault(str(row["crime_type"]), {})[str(row["outcome"])] = int(str(row["crimes"]))
    return dict(sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0])))


def _message(area: str, crimes: dict[str, Parts]) -> str:
    whole = sum(sum(parts.values()) for parts in crimes.values())
    of = {name: sum(parts.get(name, 0) for parts in crimes.values()) for name in (NO_SUSPECT, COURT)}
    what = "street-level crimes" if len(crimes) > 1 else f"crimes of the type {wording.in_sentence(next(iter(crimes)))}"
    return (
        f"No suspect was identified for {wording.share(of[NO_SUSPECT], whole)} of {wording.count(whole)} {what} in "
        f"{area}; {wording.share(of[COURT], whole)} led to a charge or to court"
    )


def _key_lines(groups: list[str], width: float) -> int:
    return 1 + max(line for line, _, _ in _key_places(groups, width))


def _key_places(groups: list[str], width: float) -> list[tuple[int, float, str]]:
    """(line, inches from the left, group) of the key's entries, broken where a line is full."""
    places: list[tuple[int, float, str]] = []
    line, x = 0, 0.0
    for name in groups:
        wide = 0.28 + style.text_width(name, style.SMALL)
        if places and x + wide > width:
            line, x = line + 1, 0.0
        places.append((line, x, name))
        x += wide + 0.2
    return places


def _draw_key(canvas: Axes, groups: list[str], width: float) -> None:
    from matplotlib.patches import Rectangle

    for line, x, name in _key_places(groups, width):
        colour, hatch = _look(name)
        y = (line + 0.5) * KEY_LINE
        canvas.add_patch(
            Rectangle((x, y - 0.055), 0.2, 0.11, facecolor=colour, hatch=hatch, edgecolor=style.DARK_GREY, lw=0.6)
        )
        style.put(canvas, x + 0.28, y, name)


def _look(group: str) -> tuple[str, str]:
    return LOOKS[(*OUTCOME_GROUPS, REST).index(group)]


def _plot(axes: Axes, crimes: dict[str, Parts], groups: list[str]) -> None:
    style.plain(axes, grid=None, baseline="left")
    axes.set_xlim(0, 100)
    axes.set_ylim(len(crimes) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    wide = style.inches(axes)
    left = axes.get_yaxis_transform()
    for row, (name, parts) in enumerate(crimes.items()):
        whole = sum(parts.values())
        style.put(axes, -0.08 / wide, row, name, ha="right", transform=left)
        style.put(axes, 1 + COUNTS / wide, row, wording.count(whole), ha="right", transform=left)
        start = 0.0
        for group in groups:
            size = 100 * parts.get(group, 0) / whole
            colour, hatch = _look(group)
            look: style.Look = {"color": colour, "hatch": hatch, "edgecolor": style.DARK_GREY, "lw": 0.6}
            axes.barh(row, size, left=start, height=0.72, **look)
            if size >= LABELLED:
                box: style.Look = {"bbox": {"fc": colour, "lw": 0, "pad": 1.2}} if hatch else {}
                label = f"{wording.rounded(size)}%"
                style.put(axes, start + size / 2, row, label, ha="center", color=style.readable_on(colour), **box)
            start += size
    style.put(axes, 1 + COUNTS / wide, -0.85, "Crimes", color=style.MUTED, ha="right", transform=left)


def _alt(words: style.Words, crimes: dict[str, Parts], groups: list[str]) -> str:
    parts = []
    for name, counted in crimes.items():
        whole = sum(counted.values())
        shares = ", ".join(
            f"{wording.in_sentence(group)} {wording.share(counted[group], whole)}"
            for group in groups
            if counted.get(group)
        )
        parts.append(f"{name} ({wording.count(whole)} crimes): {shares}")
    return f"Bars parted by outcome. {words.title}. {words.subtitle}. {'. '.join(parts)}."


def _table(crimes: dict[str, Parts], groups: list[str]) -> pd.DataFrame:
    rows = []
    for name, parts in crimes.items():
        whole = sum(parts.values())
        rows.append([name, whole, *(wording.share(parts.get(group, 0), whole) for group in groups)])
    return table(("Crime type", "Crimes", *groups), rows)
