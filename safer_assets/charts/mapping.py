"""How maps are drawn: areas in shades, the borough's outline, labels and numbers that do not touch.

What is here: drawing that knows no indicator. What is not: which classes (classes.py), what stands
beside a map (legends.py), where shapes come from (staging.boundaries), and each map's message (its own module).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from safer_assets.charts import style
from safer_assets.geography import grid

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from safer_assets.charts.context import BoardContext, BoardData
    from safer_assets.charts.style import Page

NO_DATA_HATCH, FEW_HATCH = "//////", "....."
SIMPLER_METRES = 15.0  # a third of a point at the size at which a borough is drawn
ROOM = 0.02  # of the map's width, round the outline


@dataclass(frozen=True)
class Shapes:
    """Areas of one kind: codes, names and outlines, in metres of the National Grid, in one order."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    outlines: NDArray[np.object_]


def borders_note(context: BoardContext) -> str:
    """Whose borders are drawn."""
    if context.sample:
        return "Borders are invented, as everything in a sample is."
    return "Borders: contains Ordnance Survey and National Statistics data \u00a9 Crown copyright and database right."


def shapes(data: BoardData, kind: str) -> Shapes:
    """The outlines of one kind that the board's tables have; simplified together, so that neighbours still meet."""
    import numpy as np
    from geopandas import GeoSeries

    rows = [row for row in data.rows("map_shapes") if row["kind"] == kind]
    found = GeoSeries.from_wkb([_bytes(row["geometry"]) for row in rows], crs=int(grid.NATIONAL_GRID))
    if len(found):
        # Outlines that overlap a little cannot be simplified together; alone, slivers stay below a hair's width.
        together = found.is_valid_coverage()
        found = found.simplify_coverage(SIMPLER_METRES) if together else found.simplify(SIMPLER_METRES / 2)
    names = tuple(str(row["name"] or row["code"]) for row in rows)
    return Shapes(tuple(str(row["code"]) for row in rows), names, np.asarray(found.array, dtype=object))


def unit_shapes(data: BoardData) -> dict[str, BaseGeometry]:
    """Code of an LSOA of 2021, or of a unit of several, -> its outline."""
    small = shapes(data, "lsoa21")
    found: dict[str, BaseGeometry] = dict(zip(small.codes, small.outlines, strict=True))
    return _joined(data, "unit_code") | found


def wards_of_small_areas(data: BoardData) -> list[BaseGeometry]:
    """The wards as their LSOAs make them, so that both sets of borders fall on each other."""
    return list(_joined(data, "ward_code").values())


def _joined(data: BoardData, column: str) -> dict[str, BaseGeometry]:
    """The LSOAs that have the same value in a column, together."""
    small = shapes(data, "lsoa21")
    found = dict(zip(small.codes, small.outlines, strict=True))
    parts: dict[str, list[BaseGeometry]] = {}
    for row in data.rows("map_shapes"):
        if row["kind"] == "lsoa21" and isinstance(row[column], str):
            parts.setdefault(str(row[column]), []).append(found[str(row["code"])])
    return {code: outline(together) for code, together in parts.items()}


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else b""


def outline(parts: Sequence[BaseGeometry]) -> BaseGeometry:
    """All parts of an area together: a map of whole districts may be simpler than theirs, and would not fit them."""
    from shapely import union_all

    # Widened and narrowed again, which closes the slivers between parts that were simplified one by one.
    return union_all([part.buffer(SIMPLER_METRES, join_style="mitre") for part in parts]).buffer(
        -SIMPLER_METRES, join_style="mitre"
    )


def whole_area(data: BoardData) -> BaseGeometry | None:
    """The own area from the finest map that has it: wards, small areas, districts; None where none has."""
    for kind in ("ward", "lsoa21", "borough"):
        if len(found := shapes(data, kind).outlines):
            return outline(list(found))
    return None


def height(area: BaseGeometry, width: float) -> float:
    """Inches that a map of an area takes when it is so many inches wide."""
    west, south, east, north = area.bounds
    return width * (north - south) / (east - west)


def axes_of(page: Page, area: BaseGeometry, left: float, top: float, width: float) -> Axes:
    """Axes for a map of an area, without a frame; both directions have one scale."""
    axes = page.axes(left, top, width, height(area, width))
    west, south, east, north = area.bounds
    room = (east - west) * ROOM
    axes.set_xlim(west - room, east + room)
    axes.set_ylim(south - room * (north - south) / (east - west), north + room * (north - south) / (east - west))
    axes.set_axis_off()
    return axes


def paint(
    axes: Axes,
    areas: Sequence[BaseGeometry],
    colour: str,
    *,
    hatch: str = "",
    few: Sequence[bool] = (),
    width: float = 0.6,
) -> None:
    """Fill areas with one shade, with borders of paper so many points wide; `few` are dotted besides."""
    _plot(axes, areas, facecolor=colour, edgecolor=style.PAPER, linewidth=width)
    if hatch:
        _plot(axes, areas, facecolor="none", edgecolor=style.DARK_GREY, linewidth=0.0, hatch=hatch)
    dotted = [area for area, one in zip(areas, few, strict=False) if one]
    _plot(axes, dotted, facecolor="none", edgecolor=style.readable_on(colour), linewidth=0.0, hatch=FEW_HATCH)


def lines(axes: Axes, areas: Sequence[BaseGeometry], *, color: str = style.INK, width: float = 1.0) -> None:
    """Borders only."""
    _plot(axes, areas, facecolor="none", edgecolor=color, linewidth=width, zorder=3)


def _plot(axes: Axes, areas: Sequence[BaseGeometry], **looks: Any) -> None:
    """Areas as patches: what GeoSeries.plot does, without the global state of pyplot that it would bring in."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path
    from shapely import get_coordinates, get_parts, get_rings

    patches = [
        PathPatch(Path.make_compound_path(*(Path(get_coordinates(ring), closed=True) for ring in get_rings(part))))
        for area in areas
        for part in get_parts(area)
        if part.geom_type == "Polygon" and not part.is_empty
    ]
    if patches:
        axes.add_collection(PatchCollection(patches, **looks), autolim=False)


def numbers(axes: Axes, areas: Sequence[BaseGeometry], *, size: float = style.SMALL) -> None:
    """Number areas from 1 in discs, which are moved apart where they would touch; a line leads to the place."""
    west, east = axes.get_xlim()
    wide = size * 1.7 / 72 * (east - west) / style.inches(axes)
    placed: list[tuple[float, float, float, float]] = []
    for number, area in enumerate(areas, start=1):
        point = area.representative_point()
        y = _free(placed, point.x, point.y, wide, wide, axes.get_ylim())
        placed.append((point.x, y, wide, wide))
        if y != point.y:
            axes.plot((point.x, point.x), (point.y, y), color=style.INK, lw=0.7, zorder=4)
            axes.plot(point.x, point.y, "o", color=style.INK, ms=2.0, zorder=4)
        disc: style.Look = {
            "marker": "o",
            "ms": size * 1.45,
            "mfc": style.PAPER,
            "mec": style.INK,
            "mew": 0.8,
            "zorder": 4.5,
        }
        axes.plot(point.x, y, **disc)
        text: style.Look = {"size": size, "weight": "bold", "ha": "center", "va": "center_baseline", "zorder": 5}
        axes.text(point.x, y, str(number), color=style.INK, **text)


def _free(
    placed: Sequence[tuple[float, float, float, float]],
    x: float,
    y: float,
    wide: float,
    tall: float,
    limits: tuple[float, float],
) -> float:
    """The height nearest to y at which one more touches none of those that stand already."""
    low, high = limits[0] + tall / 2, limits[1] - tall / 2
    tries = [y + step * tall / 4 * side for step in range(200) for side in (1, -1)]
    for height_tried in tries:
        inside = low <= height_tried <= high
        clear = all(
            abs(x - other_x) >= (wide + other_wide) / 2 or abs(height_tried - other_y) >= (tall + other_tall) / 2
            for other_x, other_y, other_wide, other_tall in placed
        )
        if inside and clear:
            return height_tried
    return min(max(y, low), high)
