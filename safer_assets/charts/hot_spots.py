"""Where street-level crime gathers: crimes of twelve months counted in hexagons of equal area.

What is here: one map of crimes, clipped to the area, and its busiest hexagons. What is not: anti-social behaviour,
which is no crime and is never added to it; people or addresses: a snap point stands for every address near it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from safer_assets.charts import classes, legends, mapping, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import Origin, source_line
from safer_assets.charts.small_areas import breaks_between
from safer_assets.charts.tables import table
from safer_assets.geography import grid, hexagons

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from safer_assets.charts.context import BoardContext, BoardData

NAME = "hot_spots"
WIDTH, ASIDE = 4.75, 0.25
NUMBERED, LISTED = 5, 10
FEWEST_CRIMES = 100
EVERY_TYPE = 13  # categories of crime on data.police.uk


@dataclass(frozen=True)
class Hexagon:
    """One hexagon with crimes: the place in it with the most of them, and the ward that its middle lies in."""

    crimes: int
    place: str
    ward: str
    outline: BaseGeometry


@dataclass(frozen=True)
class Spots:
    """Every hexagon with crimes, from the busiest; `stray` crimes are placed outside the area's outline."""

    hexagons: tuple[Hexagon, ...]
    hectares: int
    crimes: int
    stray: int
    start: date
    end: date
    kind: str
    origin: Origin

    @property
    def half(self) -> int:
        """How many of the busiest hexagons have half of all crimes between them."""
        so_far = 0
        for number, one in enumerate(self.hexagons, start=1):
            so_far += one.crimes
            if 2 * so_far >= self.crimes:
                return number
        return len(self.hexagons)


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw the hexagons in classes that each hold about a fifth of all crimes."""
    context = data.context
    area = mapping.whole_area(data)
    if area is None:
        return NoChart(NAME, "No landed map has the outline of the area, of its wards or of its LSOAs.")
    spots = _spots(data, area)
    if spots is None:
        return NoChart(
            NAME,
            f"Fewer than {FEWEST_CRIMES} crimes in twelve months of street files have a place in {context.area_name}, "
            "or a month of the twelve is missing.",
        )
    words = style.Words(
        title=_message(context, spots),
        subtitle=f"{spots.kind} at their snap points, hexagons of {spots.hectares} hectares, {context.area_name}, "
        f"{wording.month_words(spots.start)} to {wording.month_words(spots.end)}",
        notes=(
            *_unplaced_note(data, spots),
            "Each crime is moved to the nearest of a few points, so a hexagon tells of streets round a point. Counts, "
            "not rates: places with many visitors have many crimes. Anti-social behaviour is not counted.",
            *breaks_between(spots.start, spots.end, {spots.origin.feed}),
            mapping.borders_note(context),
        ),
        source_line=source_line(context, {spots.origin}),
    )
    page = style.page(context, words, body=max(mapping.height(area, WIDTH), 4.6))
    axes = mapping.axes_of(page, area, 0.0, 0.0, WIDTH)
    shades = classes.by_share([one.crimes for one in spots.hexagons])
    tones = legends.shades(len(shades.bounds))
    mapping.paint(axes, [area], style.PAPER)
    for number, tone in enumerate(tones):
        inside = [one for one, cls in zip(spots.hexagons, shades.of, strict=True) if cls == number]
        mapping.paint(axes, [one.outline for one in inside], tone, width=0.4)
    wards = mapping.shapes(data, "ward")
    mapping.lines(axes, list(wards.outlines), color=style.DARK_GREY, width=0.5)
    mapping.lines(axes, [area], width=1.1)
    mapping.numbers(axes, [one.outline for one in spots.hexagons[:NUMBERED]])
    _aside(page, spots, shades, tones, with_wards=bool(len(wards.codes)))
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, spots),
        table=_table(spots),
        source_line=words.source_line,
        figure=page.figure,
    )


def _spots(data: BoardData, area: BaseGeometry) -> Spots | None:
    import numpy as np
    from shapely import contains_xy, intersection, prepare

    frame = data.tables.get("street_points", pd.DataFrame())
    if frame.empty or not frame["crimes"].sum():
        return None
    frame = frame[frame["crimes"] > 0]
    points = grid.to_national_grid(frame[["longitude", "latitude"]].to_numpy(dtype=float))
    prepare(area)
    # A point on the border may fall outside an outline that was simplified; it is kept in the hexagon it is in.
    near = area.buffer(mapping.SIMPLER_METRES * 4)
    inside = contains_xy(near, points[:, 0], points[:, 1])
    crimes = frame["crimes"].to_numpy(dtype=np.int64)
    if crimes[inside].sum() < FEWEST_CRIMES:
        return None
    hectares = hexagons.fitting(area)
    cells, which = np.unique(hexagons.hexagon_of(points[inside], hectares), axis=0, return_inverse=True)
    sums = np.bincount(which.ravel(), weights=crimes[inside]).astype(np.int64)
    shapes = intersection(hexagons.outlines(cells, hectares), area)
    best = frame[inside].assign(cell=which.ravel()).sort_values(["crimes", "location"], ascending=[False, True])
    places = best.drop_duplicates("cell").set_index("cell")["location"].to_dict()
    wards = _wards_of(data, shapes)
    found = [
        Hexagon(int(sums[n]), _place(str(places[n])), wards[n], shapes[n])
        for n in np.lexsort((cells[:, 1], cells[:, 0], -sums)).tolist()
        if not shapes[n].is_empty
    ]
    first = frame.iloc[0]
    return Spots(
        hexagons=tuple(found),
        hectares=hectares,
        crimes=sum(one.crimes for one in found),
        stray=int(crimes.sum()) - sum(one.crimes for one in found),
        start=pd.Timestamp(first["start_month"]).date(),
        end=pd.Timestamp(first["end_month"]).date(),
        kind=_kind(first),
        origin=Origin(str(first["source"]), "", str(first["vintage"])),
    )


def _kind(row: pd.Series) -> str:
    """What is counted: files may have been cut to some types of crime."""
    if isinstance(row["only_type"], str) and row["only_type"]:
        return f"Street-level crimes ({wording.in_sentence(row['only_type'])} only)"
    every = int(row["crime_types"]) >= EVERY_TYPE
    return "Street-level crimes" if every else f"Street-level crimes of {int(row['crime_types'])} types"


def _place(location: str) -> str:
    """'On or near High Street' -> 'High Street'."""
    return location.removeprefix("On or near ").strip() or "(no name)"


def _wards_of(data: BoardData, shapes: NDArray[np.object_]) -> list[str]:
    """The ward in which the middle of each shape lies; empty where no map says."""
    from shapely import STRtree, centroid

    wards = mapping.shapes(data, "ward")
    names = [""] * len(shapes)
    if len(wards.codes):
        for shape, ward in zip(*STRtree(wards.outlines).query(centroid(shapes), predicate="intersects"), strict=True):
            names[shape] = names[shape] or wards.names[ward]
    return names


def _message(context: BoardContext, spots: Spots) -> str:
    """'Half of 25,210 street-level crimes were in 60 of 323 hexagons with any; the busiest, in a ward, had 830'."""
    top = spots.hexagons[0]
    kind = wording.in_sentence(spots.kind)
    where = f", in {top.ward}," if top.ward else ""
    return (
        f"Half of {wording.count(spots.crimes)} {kind} in {context.area_name} were in {spots.half} of "
        f"{len(spots.hexagons)} hexagons with any; the busiest{where} had {wording.count(top.crimes)}"
    )


def _unplaced_note(data: BoardData, spots: Spots) -> tuple[str, ...]:
    """Rows of the force without a place, which may be of anywhere, and crimes that lie off the outline."""
    rows = [
        row
        for row in data.rows("street_unplaced")
        if spots.start <= pd.Timestamp(str(row["month"])).date() <= spots.end
    ]
    rest = f" {wording.count(spots.stray)} crimes lie outside the outline and are left out." if spots.stray else ""
    total = sum(int(float(str(row["force_rows"]))) for row in rows)
    if not total:
        return (f"How many rows have no place is not known.{rest}",)
    unplaced = sum(int(float(str(row["unplaced_rows"]))) for row in rows)
    return (
        f"Unplaced: {wording.count(unplaced)} of {wording.count(total)} rows of the force's street files "
        f"({wording.share(unplaced, total)}), anti-social behaviour among them, have no place.{rest}",
    )


def _aside(
    page: style.Page, spots: Spots, shades: classes.Classes, tones: tuple[str, ...], *, with_wards: bool
) -> None:
    canvas, left, wide = page.canvas(), WIDTH + ASIDE, page.body[2] - WIDTH - ASIDE
    keys = [
        legends.Key(tone, f"{_span(*bounds)} ({wording.plural(size, 'hexagon')})")
        for tone, bounds, size in zip(tones, shades.bounds, shades.sizes, strict=True)
    ][::-1]
    keys.append(legends.Key(style.PAPER, "none"))
    legends.legend(canvas, left, 0.05, "Crimes; each shade has about a fifth", keys)
    below = 0.05 + legends.legend_height(len(keys)) + 0.2
    rows = [
        (f"{number}  {one.ward or one.place}", wording.count(one.crimes))
        for number, one in enumerate(spots.hexagons[:LISTED], start=1)
    ]
    legends.listing(canvas, left, below, wide, f"Busiest, first {NUMBERED} numbered on the map", rows)
    if with_wards:
        legends.remark(canvas, left, below + legends.legend_height(len(rows)) + 0.1, "Grey lines: wards")


def _span(low: float, high: float) -> str:
    return wording.count(int(low)) if low == high else f"{wording.count(int(low))} to {wording.count(int(high))}"


def _alt(words: style.Words, spots: Spots) -> str:
    busiest = "; ".join(
        f"{one.place}{f' ({one.ward})' if one.ward else ''} {wording.count(one.crimes)}"
        for one in spots.hexagons[:LISTED]
    )
    return f"Map of hexagons in shades. {words.title}. {words.subtitle}. Busiest: {busiest}."


def _table(spots: Spots) -> pd.DataFrame:
    rows = [
        (number, one.ward or None, one.place, one.crimes, wording.share(one.crimes, spots.crimes))
        for number, one in enumerate(spots.hexagons[:LISTED], start=1)
    ]
    columns = (
        "Rank",
        "Ward of the hexagon's middle",
        "Snap point with the most crimes",
        "Crimes",
        "Share of all placed",
    )
    return table(columns, rows)
