"""Where the area stands among all areas by the rate of crime: of the total or, without one, of the most frequent.

What is here: a dot with its interval for every area of the widest group, and the ranks that each could have. What is
not: whether a rate is unusual (funnel.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safer_assets.charts import reading, standing, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.standing import Standing

NAME = "rank_by_rate"
ROW = 0.19
FEWEST = 3
RATES, RANKS = 0.55, 1.25  # right edges of the printed rates and ranks, inches right of the dots
HEAD = 0.42


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw every area that has a rate, the own one bold and as a diamond, those most like it as rings."""
    context = data.context
    if not context.groups:
        return NoChart(NAME, f"{context.area_name} has no comparator groups.")
    group_code, group_name = context.groups[-1]
    shown = reading.leading(data, lambda one: any(_home(data, one.indicator, group_code)))
    if shown is None:
        return NoChart(NAME, f"{context.area_name} has no rank by rate of any offence: not every area has one.")
    areas = standing.standings(data, shown.indicator, group_code)
    (home,) = _home(data, shown.indicator, group_code)
    if len(areas) < FEWEST:
        return NoChart(NAME, f"Only {wording.plural(len(areas), 'area')} with a rate: there is nothing to rank.")
    alike = set(standing.similar_codes(data))
    kind = _kind([one.code for one in areas])
    words = style.Words(
        title=f"{context.area_name} had {_standing(home, areas)} rate of {wording.in_sentence(shown.name)} "
        f"of {len(areas)} {kind}: {wording.rate(home.rate)} per 1,000 residents"
        f"{_could(home, areas)}",
        subtitle=f"{shown.name} per 1,000 residents, {kind}, {reading.period(context, 12)}",
        notes=(
            "Rates use residents; places with many workers and visitors have high ones. Lines are 95% intervals that "
            "allow for crimes that come in clusters. Possible ranks leave out only areas that are clearly higher or "
            f"lower.{standing.beyond_note(areas)}",
            *((_alike_note(data, shown.indicator),) if alike & {one.code for one in areas} else ()),
            *reading.leading_note(data, shown),
        ),
        source_line=source_line(context, standing.origins(data, shown.indicator, areas), residents=True),
    )
    names = max(style.text_width(one.name, style.SMALL, bold=True) for one in areas) + 0.38
    page = style.page(context, words, body=len(areas) * ROW + HEAD + 0.05)
    axes = page.axes(names, HEAD, page.body[2] - names - RANKS, len(areas) * ROW)
    _plot(axes, areas, home, alike, names, group_name)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, areas, group_name),
        table=_table(areas, alike),
        source_line=words.source_line,
        figure=page.figure,
    )


def _home(data: BoardData, indicator: str, group_code: str) -> list[Standing]:
    areas = standing.standings(data, indicator, group_code)
    return [one for one in areas if one.code == data.context.area_code]


def _kind(codes: Collection[str]) -> str:
    """'boroughs', 'districts', or 'areas' where they are of several kinds."""
    from safer_assets.reference import places

    kinds = {place.kind for place in places() if place.area_code in codes}
    return f"{kinds.pop()}s" if len(kinds) == 1 else "areas"


def _standing(home: Standing, areas: list[Standing]) -> str:
    """'the highest', 'the 3rd highest', 'the 9th lowest', 'the joint 3rd highest'."""
    shared = "joint " if sum(1 for one in areas if one.rate == home.rate) > 1 else ""
    lower = sum(1 for one in areas if one.rate < home.rate) + 1
    rank, end = (home.rank, "highest") if home.rank <= lower else (lower, "lowest")
    return f"the {shared}{'' if rank == 1 else wording.ordinal(rank) + ' '}{end}"


def _could(home: Standing, areas: list[Standing]) -> str:
    """', and could be the 6th to the 10th lowest', counted from the same end as its place; empty for one rank."""
    if home.rank_low == home.rank_high:
        return ""
    first, last, end = home.rank_low, home.rank_high, "highest"
    if home.rank > sum(1 for one in areas if one.rate < home.rate) + 1:
        first, last, end = len(areas) + 1 - last, len(areas) + 1 - first, "lowest"
    return f", and could be the {wording.ordinal(first)} to the {wording.ordinal(last)} {end}"


def _alike_note(data: BoardData, indicator: str) -> str:
    """What rings mean, and how the area stands beside those areas together, where that is known."""
    name = data.context.area_name
    together = _home(data, indicator, standing.SIMILAR_GROUP)
    said = "".join(
        f" Together they had {wording.rate(one.rest_rate)} per 1,000; {name}'s rate is "
        f"{'within the range usual among areas' if one.position == 'similar' else f'{one.position} than is usual'}."
        for one in together
        if one.rest_rate is not None and one.position
    )
    return (
        f"Rings: the areas most like {name} by residents, their growth and, where maps are landed, density and place; "
        f"not by deprivation, age or visitors, of which there is no feed.{said}"
    )


def _plot(axes: Axes, areas: list[Standing], home: Standing, alike: Collection[str], names: float, group: str) -> None:
    style.plain(axes, grid="x")
    edge = standing.edge([one.rate for one in areas])
    low = min(one.low for one in areas if one.rate <= edge)
    room = (edge - low) * 0.04 or 1.0
    axes.set_xlim(max(low - room, 0.0), edge + room)
    axes.set_ylim(len(areas) - 0.5, -0.5)
    axes.set_yticks([])
    style.count_ticks(axes, vertical=False)
    wide = style.inches(axes)
    left = axes.get_yaxis_transform()
    axes.axvline(home.common, color=style.ORANGE, lw=1.1, ls=(0, (4, 2)), zorder=1)
    for row, one in enumerate(areas):
        own = one.code == home.code
        weight = "bold" if own else "normal"
        _dot(axes, row, one, edge, own=own, ring=one.code in alike)
        style.put(axes, (0.2 - names) / wide, row, str(one.rank), color=style.MUTED, ha="right", transform=left)
        style.put(axes, -0.08 / wide, row, one.name, weight=weight, ha="right", transform=left)
        for place, text in ((RATES, wording.rate(one.rate)), (RANKS, standing.rank_words(one))):
            style.put(axes, 1 + place / wide, row, text, weight=weight, ha="right", transform=left)
    head: style.Look = {"ha": "right", "va": "bottom", "transform": left, "color": style.MUTED, "linespacing": 1.15}
    style.put(axes, 1 + RATES / wide, -0.8, "Per\n1,000", **head)
    style.put(axes, 1 + RANKS / wide, -0.8, "Possible\nranks", **head)
    _name_line(axes, home.common, f"{group}: {wording.rate(home.common)}")


def _name_line(axes: Axes, at: float, text: str) -> None:
    """The line's name above it, kept within the axes."""
    low, high = axes.get_xlim()
    half = style.text_width(text, style.SMALL) / 2 / style.inches(axes) * (high - low)
    style.put(axes, min(max(at, low + half), high - half), -0.8, text, color=style.INK, ha="center", va="bottom")


def _dot(axes: Axes, row: int, one: Standing, edge: float, *, own: bool, ring: bool) -> None:
    colour = style.NAVY if own else style.DARK_GREY if ring else style.CONTEXT_GREY
    if one.rate > edge:  # far above all others: an arrow at the edge; its number stands beside it
        axes.plot([edge], [row], marker=">", ms=6, color=colour, ls="none")
        return
    axes.plot((one.low, min(one.high, edge)), (row, row), color=colour, lw=1.6, solid_capstyle="butt")
    look: style.Look = {"marker": "D" if own else "o", "ls": "none", "ms": 6.5 if own else 5}
    axes.plot([one.rate], [row], mfc=style.PAPER if ring and not own else colour, mec=colour, mew=1.4, **look)


def _alt(words: style.Words, areas: list[Standing], group: str) -> str:
    dots = ", ".join(f"{one.name} {wording.rate(one.rate)} (rank {standing.rank_words(one)})" for one in areas)
    together = f"{group}: {wording.rate(areas[0].common)}"
    return f"Dot chart. {words.title}. {words.subtitle}, from the highest: {dots}. {together}."


def _table(areas: list[Standing], alike: Collection[str]) -> pd.DataFrame:
    rows = [
        (
            *(one.rank, one.name, one.value, wording.rate(one.rate), wording.rate(one.low), wording.rate(one.high)),
            *(one.rank_low, one.rank_high, "yes" if one.code in alike else "no"),
        )
        for one in areas
    ]
    columns = (
        "Rank",
        "Area",
        "Offences, 12 months",
        "Per 1,000 residents",
        "From",
        "To",
        "Highest rank",
        "Lowest rank",
    )
    return table((*columns, "Most like"), rows)
