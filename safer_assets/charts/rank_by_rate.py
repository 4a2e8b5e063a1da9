"""Where the area stands among all districts by the rate of crime: of the total or, without one, of the most frequent.

What is here: a ranked bar for every district in the figures. What is not: ranks of groups; the widest has a bar only.
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

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.origin import Origin
    from safer_assets.charts.reading import Reading

NAME = "rank_by_rate"
ROW = 0.19
FEWEST = 3
Bar = tuple[int | None, str, float]


@dataclass(frozen=True)
class Place:
    """One district's rate; `rank` 1 is the highest, equal rates share a rank."""

    code: str
    name: str
    rate: float
    offences: int
    rank: int
    origins: frozenset[Origin]


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw every district that has a rate, the area's own bar in another colour and bold."""
    context = data.context
    shown = reading.leading(data, lambda one: one.value is not None and one.rate is not None)
    places = [] if shown is None else _places(data, shown.indicator)
    home = next((place for place in places if place.code == context.area_code), None)
    if shown is None or home is None:
        return NoChart(NAME, f"{context.area_name} has no rate per 1,000 residents of any offence.")
    if len(places) < FEWEST:
        return NoChart(NAME, f"Only {wording.plural(len(places), 'area')} with a rate: there is nothing to rank.")
    kind = _kind([place.code for place in places])
    name = shown.name
    widest = _widest(data, shown.indicator)
    group = None if widest is None or widest.rate is None else (context.groups[-1][1], widest.rate)
    words = style.Words(
        title=f"{context.area_name} had {_standing(home, places)} rate of {wording.in_sentence(name)} "
        f"of {len(places)} {kind}: {wording.rate(home.rate)} per 1,000 residents",
        subtitle=f"{name} per 1,000 residents, {kind}, {reading.period(context, 12)}",
        notes=(
            "Rates use residents; places with many workers and visitors have high ones.",
            *(reading.contains_note(context, [context.groups[-1][0]]) if group else ()),
            *reading.leading_note(data, shown),
        ),
        source_line=source_line(
            context,
            {origin for place in places for origin in place.origins} | (widest.origins if widest else frozenset()),
            residents=True,
        ),
    )
    bars = _bars(places, group)
    names = max(style.text_width(name, style.SMALL, bold=True) for _, name, _ in bars) + 0.38
    page = style.page(context, words, body=len(bars) * ROW + 0.05)
    axes = page.axes(names, 0.05, page.body[2] - names - 0.5, len(bars) * ROW)
    _plot(axes, bars, home, names)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, places, group),
        table=_table(places),
        source_line=words.source_line,
        figure=page.figure,
    )


def _places(data: BoardData, indicator: str) -> list[Place]:
    groups = {code for code, _ in data.context.groups}
    codes = [key[1] for key in data.figure_rows if key[0] == indicator and key[2] == "r12" and key[1] not in groups]
    found = []
    for code in codes:
        figure = reading.reading(data, indicator, "r12", code)
        if figure.value is not None and figure.rate is not None:
            found.append((figure.rate, code, figure.value, figure.origins))
    found.sort(key=lambda one: (-one[0], one[1]))
    rates = [one[0] for one in found]
    return [
        Place(
            code=code,
            name=str(data.figure_rows[indicator, code, "r12"]["area_name"]),
            rate=rate,
            offences=value,
            rank=rates.index(rate) + 1,
            origins=origins,
        )
        for rate, code, value, origins in found
    ]


def _kind(codes: list[str]) -> str:
    """'boroughs', 'districts', or 'areas' where they are of several kinds."""
    from safer_assets.reference import places

    kinds = {place.kind for place in places() if place.area_code in codes}
    return f"{kinds.pop()}s" if len(kinds) == 1 else "areas"


def _standing(home: Place, places: list[Place]) -> str:
    """'the highest', 'the 3rd highest', 'the 9th lowest', 'the joint 3rd highest'."""
    shared = "joint " if sum(1 for place in places if place.rate == home.rate) > 1 else ""
    lower = sum(1 for place in places if place.rate < home.rate) + 1
    rank, end = (home.rank, "highest") if home.rank <= lower else (lower, "lowest")
    return f"the {shared}{'' if rank == 1 else wording.ordinal(rank) + ' '}{end}"


def _widest(data: BoardData, indicator: str) -> Reading | None:
    """The widest group's figure, where it has a rate."""
    if not data.context.groups:
        return None
    figure = reading.reading(data, indicator, "r12", data.context.groups[-1][0])
    return None if figure.value is None or figure.rate is None else figure


def _bars(places: list[Place], group: tuple[str, float] | None) -> list[Bar]:
    """(rank, name, rate) from the highest; the group stands among the districts without a rank."""
    bars: list[Bar] = [(place.rank, place.name, place.rate) for place in places]
    if group:
        bars.append((None, *group))
    return sorted(bars, key=lambda bar: -bar[2])


def _plot(axes: Axes, bars: list[Bar], home: Place, names: float) -> None:
    style.plain(axes, grid=None, baseline="left")
    top = bars[0][2] or 1.0
    axes.set_xlim(0, top)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    left = axes.get_yaxis_transform()
    wide = style.inches(axes)
    for row, (rank, name, rate) in enumerate(bars):
        own = rank is not None and name == home.name
        weight = "bold" if own or rank is None else "normal"
        if rank is None:
            axes.barh(row, rate, height=0.64, facecolor=style.PAPER, edgecolor=style.NAVY, lw=1.2)
        else:
            axes.barh(row, rate, height=0.72, color=style.NAVY if own else style.CONTEXT_GREY, lw=0)
            style.put(axes, (0.2 - names) / wide, row, str(rank), color=style.MUTED, ha="right", transform=left)
        style.put(axes, -0.08 / wide, row, name, weight=weight, ha="right", transform=left)
        style.put(axes, rate + top * 0.01, row, wording.rate(rate), weight=weight)


def _alt(words: style.Words, places: list[Place], group: tuple[str, float] | None) -> str:
    line = f" {group[0]}: {wording.rate(group[1])}." if group else ""
    bars = ", ".join(f"{place.name} {wording.rate(place.rate)}" for place in places)
    return f"Bar chart. {words.title}. {words.subtitle}, from the highest: {bars}.{line}"


def _table(places: list[Place]) -> pd.DataFrame:
    rows = [(place.rank, place.name, place.offences, wording.rate(place.rate)) for place in places]
    return table(("Rank", "Area", "Offences, 12 months", "Per 1,000 residents"), rows)
