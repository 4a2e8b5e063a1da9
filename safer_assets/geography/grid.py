"""Coordinate systems: which one a map names, whether its numbers can be of it, and the way to the National Grid.

What is here: longitude and latitude (WGS 84), and the British National Grid. What is not: any other system: a map in
one is refused by name rather than guessed at.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import Transformer

LONGITUDE_LATITUDE: Final = frozenset({"4326", "CRS84", "4258"})  # 4258 is ETRS89: within a metre of WGS 84
NATIONAL_GRID: Final = "27700"
WIDTH_METRES: Final = 700_000
HEIGHT_METRES: Final = 1_300_000
"""The grid of Great Britain goes from (0, 0) to here."""


def short_name(system: str) -> str:
    """The last part of a system's name: 'urn:ogc:def:crs:OGC:1.3:CRS84' -> 'CRS84', 'EPSG:27700' -> '27700'."""
    return re.split(r"[:/]", system.strip().upper())[-1]


def unknown(system: str) -> str:
    """What is wrong with a coordinate system, in words; empty where it is one of the two."""
    if system == NATIONAL_GRID or system in LONGITUDE_LATITUDE:
        return ""
    return (
        f"its coordinate system is {system or 'not given'}, neither longitude and latitude (EPSG:4326) nor the "
        "British National Grid (EPSG:27700): export it again in one of these"
    )


def impossible(box: "NDArray[np.float64]", system: str) -> str:
    """Why coordinates within a box (west, south, east, north) cannot be of a system, in words; empty where they can."""
    west, south, east, north = (float(side) for side in box)
    are_degrees = west >= -180 and east <= 180 and south >= -90 and north <= 90
    if system == NATIONAL_GRID:
        if not are_degrees:
            return ""
        what, others = "metres of the British National Grid (EPSG:27700)", "degrees"
    else:
        if are_degrees:
            return ""
        what, others = "degrees of longitude and latitude (EPSG:4326)", "metres"
    return (
        f"its coordinates should be {what} and go from ({west:.6g}, {south:.6g}) to ({east:.6g}, {north:.6g}), which "
        f"look like {others}: export it again with the coordinate system that its numbers have"
    )


def outside(box: "NDArray[np.float64]") -> bool:
    """Whether a box (west, south, east, north), in metres, leaves the grid of Great Britain; one without numbers does.

    Also what a projection makes of a place on the other side of the world: infinity.
    """
    west, south, east, north = (float(side) for side in box)
    return not (west >= 0 and south >= 0 and east <= WIDTH_METRES and north <= HEIGHT_METRES)


def to_longitude_latitude(points: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """WGS 84 degrees, (n, 2) as longitude and latitude, of National Grid metres, (n, 2) as easting and northing."""
    import numpy as np

    return np.column_stack(_projection().transform(points[:, 0], points[:, 1]))


def to_national_grid(points: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """National Grid metres, (n, 2) as easting and northing, of WGS 84 degrees, (n, 2) as longitude and latitude."""
    import numpy as np

    return np.column_stack(_projection().transform(points[:, 0], points[:, 1], direction="INVERSE"))


@cache
def _projection() -> "Transformer":
    """Made once: choosing it takes longer than using it."""
    from pyproj import Transformer

    # Without the correction grid of Ordnance Survey, which pyproj would have to fetch: within 5 m; streets are wider.
    return Transformer.from_crs(int(NATIONAL_GRID), 4326, always_xy=True)
