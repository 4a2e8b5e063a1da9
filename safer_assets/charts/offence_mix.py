"""What recorded crime is made of.

What is here: shares of offence groups that do not overlap, the area against its widest group. What is not: change
(change_by_offence.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from safer_assets.charts import reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardContext, BoardData
    from safer_assets.charts.origin import Origin

NAME = "offence_mix"
NAMES = 2.3
OWN_EDGE, OTHER_EDGE = 0.65, 1.55  # right edges of the two shares, inches right of the bars
HEADING = 0.86  # width of a heading of shares
OURS, THEIRS = (-0.1, 0.5), (0.29, 0.18)  # middle and height of the two bars of a row: neither end hides the other
REST = "All other offences"
FEWEST = 3


@dataclass(frozen=True)
class Mix:
    """One area's offences by group and what they are parts of; `whole` is the total, or the parts' sum without one."""

    name: str
    parts: dict[str, int]
    whole: int
    of_total: bool
    origins: frozenset[Origin]


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw a bar an offence group and under it a thin one of the widest group, where that has the same parts."""
    context = data.context
    home = _mix(data, context.area_code, context.area_name)
    if home is None:
        return NoChart(NAME, f"Fewer than {FEWEST} offence groups have a figure for {reading.twelve_months(context)}.")
    other = _mix(data, *context.groups[-1]) if context.groups else None
    if other is not None and (other.parts.keys() != home.parts.keys() or other.of_total != home.of_total):
        other = None
    ranked = sorted((name for name in home.parts if name != REST), key=lambda name: -home.parts[name])
    order = ranked + [name for name in home.parts if name == REST]
    words = style.Words(
        title=_message(context, home, ranked),
        subtitle=f"Share of {wording.count(home.whole)} offences by group, "
        f"{context.area_name}{' and ' + other.name if other else ''}, {reading.period(context, 12)}",
        notes=(
            *(
                ()
                if home.of_total
                else ("Shares are of the groups shown: their feed has no total that contains them.",)
            ),
            *(reading.contains_note(context, [context.groups[-1][0]]) if other else ()),
        ),
        source_line=source_line(context, home.origins | (other.origins if other else frozenset())),
    )
    height = len(order) * style.ROW
    page = style.page(context, words, body=height + 0.5)
    axes = page.rows(NAMES, 0.48, page.body[2] - NAMES - OTHER_EDGE - 0.02, height)
    _plot(axes, order, home, other)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, order, home, other),
        table=_table(order, home, other),
        source_line=words.source_line,
        figure=page.figure,
    )


def _mix(data: BoardData, area_code: str, area_name: str) -> Mix | None:
    """Parts of one area. A remainder is worked out only where parts and total come from one feed."""
    groups = [one for one in reading.readings(data, reading.OFFENCE_GROUPS, "r12", area_code) if one.value is not None]
    parts = {one.name: one.value or 0 for one in groups}
    added = sum(parts.values())
    if len(parts) < FEWEST or not added:
        return None
    origins = frozenset(origin for one in groups for origin in one.origins)
    total = next(iter(reading.readings(data, [reading.TOTAL], "r12", area_code)), None)
    feeds = {origin.feed for origin in origins}
    if total is None or total.value is None or feeds != {total.origin.feed} or total.value < added:
        return Mix(area_name, parts, added, of_total=False, origins=origins)
    if total.value > added:
        parts[REST] = total.value - added
    return Mix(area_name, parts, total.value, of_total=True, origins=origins | total.origins)


def _message(context: BoardContext, home: Mix, ranked: list[str]) -> str:
    whole = "recorded offences" if home.of_total else "the offences shown"
    first, second = (wording.share(home.parts[name], home.whole) for name in ranked[:2])
    return (
        f"{ranked[0]} made up {first} of {whole} in {context.area_name} in {reading.twelve_months(context)}, "
        f"{wording.in_sentence(ranked[1])} {second}"
    )


def _plot(axes: Axes, order: list[str], home: Mix, other: Mix | None) -> None:
    style.plain(axes, grid=None, baseline="left")
    axes.set_xticks([])
    shares = {name: 100 * home.parts[name] / home.whole for name in order}
    theirs = {name: 100 * other.parts[name] / other.whole for name in order} if other else {}
    top = max(*shares.values(), *theirs.values(), 1)
    axes.set_xlim(0, top * 1.02)
    wide = style.inches(axes)
    left = axes.get_yaxis_transform()
    columns = ((OWN_EDGE, home), (OTHER_EDGE, other)) if other else ((OWN_EDGE, home),)
    for row, name in enumerate(order):
        style.put(axes, -NAMES / wide, row, name, size=style.SMALL + 0.5, transform=left)
        colour = style.CONTEXT_GREY if name == REST else style.NAVY
        if other:
            axes.barh(row + OURS[0], shares[name], height=OURS[1], color=colour, lw=0)
            axes.barh(row + THEIRS[0], theirs[name], height=THEIRS[1], color=style.ORANGE, lw=0)
        else:
            axes.barh(row, shares[name], height=0.66, color=colour, lw=0)
        for place, mix in columns:
            text = wording.share(mix.parts[name], mix.whole)
            style.put(
                axes,
                1 + place / wide,
                row,
                text,
                ha="right",
                weight="bold" if mix is home else "normal",
                transform=left,
            )
    for place, mix in columns:
        lines = "\n".join(style.wrapped(mix.name, HEADING, style.SMALL))
        style.put(
            axes,
            1 + place / wide,
            -1.05,
            lines,
            color=style.MUTED,
            ha="right",
            va="bottom",
            linespacing=1.15,
            transform=left,
        )
        mark: style.Look = {"transform": left, "clip_on": False, "solid_capstyle": "butt"}
        if mix is other:
            axes.plot((1 + (place - 0.13) / wide, 1 + place / wide), (-0.73, -0.73), color=style.ORANGE, lw=2.6, **mark)
        else:
            axes.plot([1 + (place - 0.06) / wide], [-0.73], color=style.NAVY, marker="s", ms=6.5, **mark)


def _alt(words: style.Words, order: list[str], home: Mix, other: Mix | None) -> str:
    parts = []
    for name in order:
        beside = f" ({other.name} {wording.share(other.parts[name], other.whole)})" if other else ""
        parts.append(f"{name} {wording.share(home.parts[name], home.whole)}{beside}")
    return f"Bar chart. {words.title}. {words.subtitle}: {'; '.join(parts)}."


def _table(order: list[str], home: Mix, other: Mix | None) -> pd.DataFrame:
    columns = ["Offence group"]
    for mix in (home, other):
        columns += [f"{mix.name}, offences", f"{mix.name}, share"] if mix else []
    rows = []
    for name in order:
        cells: list[object] = [name]
        for mix in (home, other):
            cells += [mix.parts[name], wording.share(mix.parts[name], mix.whole)] if mix else []
        rows.append(cells)
    return table(columns, rows)
