"""Which areas have an unusual rate of crime for their size: funnels of the total and of what boards ask most about.

What is here: a panel an indicator, rate against residents, with limits that allow for areas being different. What is
not: ranks (rank_by_rate.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from safer_assets.charts import reading, standing, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.tables import table
from safer_assets.evidence import funnel

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.reading import Reading
    from safer_assets.charts.standing import Standing

NAME = "funnel"
FIRST = ("violence_with_injury", "residential_burglary", "personal_robbery")
MOST, COLUMNS = 4, 2
TALL, HEAD, FOOT, ACROSS = 2.0, 0.34, 0.52, 0.3
LABELS = 1.12  # room right of a panel for the names of areas
LINE = style.SMALL * style.LINE
LINES = ((0, (5, 2)), (0, (1, 1.5)))  # of the 95 % and the 99.8 % limits


@dataclass(frozen=True)
class Panel:
    """One indicator: its figure of the own area, and every area of the group from the highest rate."""

    figure: Reading
    home: Standing
    areas: list[Standing]

    @property
    def edge(self) -> float:
        """Where the axis of rates ends: above the limits and all areas but those far beyond."""
        limits = [one.limits[1][1] for one in self.areas if one.limits]
        return 1.06 * max(standing.edge([one.rate for one in self.areas]), *limits)


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw up to four indicators of the widest group, the total first, with names where they are needed."""
    context = data.context
    if not context.groups:
        return NoChart(NAME, f"{context.area_name} has no comparator groups.")
    group_code, group_name = context.groups[-1]
    panels = _panels(data, group_code)
    if not panels:
        return NoChart(
            NAME, f"No offence has rates of enough areas of {group_name} to tell how far areas usually differ."
        )
    near = _neighbours(data, group_code)
    words = style.Words(
        title=_message(data, panels, group_name),
        subtitle=f"Offences per 1,000 residents against residents, areas of {group_name}, "
        f"{reading.period(context, 12)}",
        notes=(
            "Dashed and dotted lines: 95% and 99.8% of areas would lie between them if they differed as areas here "
            "usually do. By chance alone 95% would lie within the shaded band. "
            f"Rates use residents; places with many workers and visitors have high ones.{_beyond(panels)}",
        ),
        source_line=source_line(
            context,
            {one for panel in panels for one in standing.origins(data, panel.figure.indicator, panel.areas)},
            residents=True,
        ),
    )
    rows = -(-len(panels) // COLUMNS)
    page = style.page(context, words, body=rows * (HEAD + TALL + FOOT))
    wide = (page.body[2] - ACROSS) / COLUMNS
    for number, panel in enumerate(panels):
        down, across = divmod(number, COLUMNS)
        top = down * (HEAD + TALL + FOOT) + HEAD
        axes = page.axes(across * (wide + ACROSS) + 0.36, top, wide - 0.36 - LABELS, TALL)
        _plot(axes, panel, near, last=down == rows - 1 or number + COLUMNS >= len(panels))
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, panels),
        table=_table(panels),
        source_line=words.source_line,
        figure=page.figure,
    )


def _panels(data: BoardData, group_code: str) -> list[Panel]:
    others = [slug for slug in reading.OFFENCE_GROUPS if slug not in FIRST]
    found = []
    for figure in reading.readings(data, (reading.TOTAL, *FIRST, *others), "r12"):
        areas = standing.standings(data, figure.indicator, group_code)
        home = next((one for one in areas if one.code == data.context.area_code and one.limits), None)
        if home is not None:
            found.append(Panel(figure, home, areas))
        if len(found) == MOST:
            break
    return found


def _neighbours(data: BoardData, group_code: str) -> frozenset[str]:
    """The other members of the nearest group, where there is one beside the widest."""
    nearest = data.context.groups[0][0]
    if nearest == group_code:
        return frozenset()
    return frozenset(str(row["area_code"]) for row in data.rows(standing.TABLE) if row["group_code"] == nearest)


def _beyond(panels: list[Panel]) -> str:
    names = list(dict.fromkeys(one.name for panel in panels for one in panel.areas if one.rate > panel.edge))
    return f" An arrow is a rate beyond the scale: {wording.listed(names)}." if names else ""


def _message(data: BoardData, panels: list[Panel], group: str) -> str:
    """Count what is unusual for the own area, and say which way."""
    beyond = {side: [one for one in panels if one.home.unusual == side] for side in ("high", "low")}
    name, number = data.context.area_name, len(panels)
    within = f"the range usual among areas of {group}"
    said = [
        f"{word} it for {wording.listed([wording.in_sentence(one.figure.name) for one in beyond[side]])}"
        for side, word in (("high", "above"), ("low", "below"))
        if beyond[side]
    ]
    inside = number - sum(len(one) for one in beyond.values())
    if not said:
        what = wording.in_sentence(panels[0].figure.name) if number == 1 else f"all {number} offences shown"
        return f"{name}'s rate is within {within} for {what}"
    if not inside:
        return f"Against {within}, {name}'s rate is {wording.listed(said)}"
    return f"{name}'s rate is within {within} for {inside} of {number} offences, and {' and '.join(said)}"


def _plot(axes: Axes, panel: Panel, near: Collection[str], *, last: bool) -> None:
    style.plain(axes)
    edge = panel.edge
    axes.set_ylim(0, edge)
    _limits(axes, panel)
    named = []
    for one in panel.areas:
        own, beside = one.code == panel.home.code, one.code in near
        if one.outside or own or beside:
            named.append(one)
        far = one.rate > edge
        look: style.Look = {"ls": "none", "clip_on": False, "zorder": 5 if own else 4 if beside else 3}
        marker = "^" if far else "D" if own else "s" if beside else "o"
        colour = (
            style.NAVY if own else style.ORANGE if beside else style.DARK_GREY if one.outside else style.CONTEXT_GREY
        )
        size = 7.0 if own else 5.5 if beside or far else 4.0
        axes.plot([one.population], [min(one.rate, edge)], marker=marker, color=colour, ms=size, **look)
    low, high = axes.get_xlim()
    axes.set_xlim(max(low, 0), high)
    style.count_ticks(axes, most=4)
    style.count_ticks(axes, vertical=False, most=3)
    _labels(axes, panel, named, edge)
    left: style.Look = {"transform": axes.transAxes, "va": "bottom"}
    style.put(axes, -0.36 / style.inches(axes), 1.05, panel.figure.name, size=style.LABEL, weight="bold", **left)
    if last:
        below: style.Look = {"transform": axes.transAxes, "ha": "center", "color": style.MUTED}
        style.put(axes, 0.5, -(FOOT - 0.14) / TALL, "Residents", **below)


def _limits(axes: Axes, panel: Panel) -> None:
    """The common rate, the band of chance alone round it, and the limits that allow for areas being different."""
    placed = sorted((one for one in panel.areas if one.limits), key=lambda one: one.population)
    people = [one.population for one in placed]
    low, high = funnel.poisson_limits(panel.home.common, people, funnel.INNER)
    axes.fill_between(people, low, high, color=style.TEAL, alpha=0.3, lw=0, zorder=1)
    axes.axhline(panel.home.common, color=style.TEAL, lw=1.2, zorder=2)
    for share, line in enumerate(LINES):
        for end in (0, 1):
            heights = [one.limits[share][end] for one in placed if one.limits]
            axes.plot(people, heights, color=style.DARK_GREY, lw=1.0, ls=line, zorder=2)


def _labels(axes: Axes, panel: Panel, named: list[Standing], edge: float) -> None:
    """Names in a column right of the panel, each with a thin line to its dot or to the end of its line."""
    low, high = axes.get_xlim()
    wide = style.inches(axes)
    largest = max((one for one in panel.areas if one.limits), key=lambda one: one.population)
    end = (largest.population - low) / (high - low)
    said = [
        ((one.population - low) / (high - low), min(one.rate, edge), _label(one, edge), one.code == panel.home.code)
        for one in named
    ]
    said.append((1.0, panel.home.common, f"All areas {wording.rate(panel.home.common)}", False))
    said += [(end, pair[1], words, False) for pair, words in zip(largest.limits or (), ("95%", "99.8%"), strict=False)]
    texts = ["\n".join(style.wrapped(text, LABELS - 0.16, style.SMALL)) for _, _, text, _ in said]
    line = LINE * edge / TALL
    places = _stacked([height for _, height, _, _ in said], [(text.count("\n") + 1) * line for text in texts], edge)
    start = 1 + 0.14 / wide
    across = axes.get_yaxis_transform()
    for (at, height, _, own), text, place in zip(said, texts, places, strict=True):
        look: style.Look = {"color": style.CONTEXT_GREY, "lw": 0.6, "clip_on": False, "zorder": 1}
        axes.plot((at, start - 0.03 / wide), (height, place), transform=across, **look)
        style.put(axes, start, place, text, weight="bold" if own else "normal", transform=across)


def _stacked(heights: list[float], sizes: list[float], edge: float) -> list[float]:
    """Places for texts of these sizes near these heights, in their order, none over another, from 0 up to the edge."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed, floor, ceiling = list(heights), 0.0, edge
    for index in order:
        placed[index] = max(placed[index], floor + sizes[index] / 2)
        floor = placed[index] + sizes[index] / 2
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling - sizes[index] / 2)
        ceiling = placed[index] - sizes[index] / 2
    return placed


def _label(one: Standing, edge: float) -> str:
    return f"{one.name} {wording.rate(one.rate)}" if one.rate > edge or one.outside else one.name


def _alt(words: style.Words, panels: list[Panel]) -> str:
    said = []
    for panel in panels:
        low, high = panel.home.limits[0] if panel.home.limits else (0.0, 0.0)
        outside = [f"{one.name} {wording.rate(one.rate)}" for one in panel.areas if one.outside]
        beyond = f"; beyond the 99.8% limits: {', '.join(outside)}" if outside else ""
        home, ends = panel.home, f"{wording.rate(low)} and {wording.rate(high)}"
        said.append(
            f"{panel.figure.name}: {home.name} {wording.rate(home.rate)}, all areas {wording.rate(home.common)}, "
            f"95% of areas between {ends}{beyond}"
        )
    return f"Funnel charts. {words.title}. {words.subtitle}. {'. '.join(said)}."


def _table(panels: list[Panel]) -> pd.DataFrame:
    rows = []
    for panel in panels:
        for one in panel.areas:
            ends = [wording.rate(end) for pair in one.limits or () for end in pair]
            rows.append((panel.figure.name, one.name, one.population, one.value, wording.rate(one.rate), *ends))
    limits = ("95% from", "95% to", "99.8% from", "99.8% to")
    return table(("Offence", "Area", "Residents", "Offences, 12 months", "Per 1,000", *limits), rows)
