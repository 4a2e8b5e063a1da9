"""Hexagons of equal area: points counted in a grid whose cells are all alike, as administrative areas are not.

What is here: which hexagon a point is in, and the hexagons that cover an area. What is not: what the points are.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

SQUARE_METRES_A_HECTARE = 10_000


def hexagon_of(points: "NDArray[np.float64]", hectares: float) -> "NDArray[np.int64]":
    """The hexagon that each point is in, (n, 2) as column and row of the grid.

    Args:
        points: (n, 2), metres.
        hectares: Area of a hexagon, which has a flat side to the west and east; the grid begins at (0, 0), so that one
            place is in the same hexagon in every year.
    """
    import numpy as np

    side = _side(hectares)
    # Axial coordinates, rounded as cubes are (three that add to nothing): the nearest centre, ties included.
    across = (np.sqrt(3) / 3 * points[:, 0] - points[:, 1] / 3) / side
    up = 2 / 3 * points[:, 1] / side
    cube = np.column_stack([across, up, -across - up])
    near = np.round(cube)
    off = np.abs(near - cube)
    worst = off.argmax(axis=1)
    near[np.arange(len(near)), worst] -= near.sum(axis=1)
    return near[:, :2].astype(np.int64)


def outlines(cells: "NDArray[np.int64]", hectares: float) -> "NDArray[np.object_]":
    """The hexagons of these columns and rows as polygons, (n,)."""
    import numpy as np
    from shapely import polygons

    side = _side(hectares)
    centre = np.column_stack([side * np.sqrt(3) * (cells[:, 0] + cells[:, 1] / 2), side * 1.5 * cells[:, 1]])
    turn = np.pi / 6 + np.arange(6) * np.pi / 3
    corners = side * np.column_stack([np.cos(turn), np.sin(turn)])
    found: NDArray[np.object_] = np.asarray(polygons(centre[:, None, :] + corners[None, :, :]), dtype=object)
    return found


def fitting(area: "BaseGeometry", cells: int = 350) -> int:
    """A round number of hectares of which about so many hexagons cover an area."""
    wanted = area.area / SQUARE_METRES_A_HECTARE / cells
    return min((1, 2, 5, 10, 25, 50, 100, 250, 500, 1000), key=lambda size: abs(size - wanted))


def _side(hectares: float) -> float:
    """Metres of each side of a hexagon of this area."""
    return float((hectares * SQUARE_METRES_A_HECTARE / (1.5 * 3**0.5)) ** 0.5)
