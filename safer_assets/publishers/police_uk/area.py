"""The crimes of one area and month from the data.police.uk API: asked by polygon, tile by tile where they are many.

What is here: the questions, their pace, and what an empty 503 means. What is not: whose area it is (maps.py) and what
is made of the answers (crimes.py).

The API takes 15 requests a second and bursts of 30; here they are evenly spaced, so that no second has more than 15.
Over 10,000 crimes it answers 503 without a body, as an overloaded server does: a quarter of the area is asked instead,
and again, down to a size at which no area has so many crimes.
"""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from safer_assets.errors import FetchError
from safer_assets.transport.http import Http, StatusError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

A_SECOND: Final = 15
SPLITS: Final = 6
"""How often a tile is quartered: the last are 1/64 of the area wide, a few streets."""

MARGIN: Final = 0.001
"""Degrees, 70 to 110 m: how far the asked area goes beyond its outline, and its corners may be cut. What lies outside
the outline is left out when crimes are placed."""

OVERLAP: Final = 0.0002
"""Degrees, 14 to 22 m: tiles overlap by this, so that a point on a border is in both and never in neither."""

CORNERS: Final = 400
"""Of a posted polygon, at most: about 8 kB."""

TOO_MANY: Final = 503


class Pace:
    """Evenly spaced requests, `A_SECOND` of them in a second."""

    def __init__(self) -> None:
        self._next = 0.0

    def wait(self) -> None:
        """Until the next request may go."""
        now = time.monotonic()
        if self._next > now:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / A_SECOND


def asked_area(outline: "BaseGeometry") -> "list[BaseGeometry]":
    """Polygons without holes and with few corners that hold an area whole, one for each of its parts."""
    from shapely import Polygon, get_num_coordinates, get_parts, union_all

    tolerance, margin = MARGIN, 1.2
    while True:
        # The margin is wider than what simplifying mostly cuts; where it cut more, the margin grows until nothing of
        # the area is cut off.
        wide = outline.buffer(margin * tolerance, quad_segs=2).simplify(tolerance)
        found: list[BaseGeometry] = [Polygon(part.exterior) for part in get_parts(wide)]
        if not union_all(found).covers(outline):
            margin *= 1.25
        elif all(get_num_coordinates(part) <= CORNERS for part in found):
            return found
        else:
            tolerance, margin = 2 * tolerance, 1.2


class Crimes:
    """Asks for the crimes of a month.

    Args:
        http: The client of the refresh.
        url: Of the category asked for, such as .../crimes-street/all-crime.
        month: YYYY-MM.
    """

    def __init__(self, http: Http, url: str, month: str) -> None:
        self._http, self._url, self._month = http, url, month
        self._pace = Pace()

    def within(self, area: "BaseGeometry") -> Iterator[list[object]]:
        """All crimes in a polygon, an answer at a time; those near a tile's border come more than once.

        Raises:
            FetchError: The API cannot be read, or has too many crimes for the smallest tile.
        """
        yield from self._tile(area, SPLITS)

    def _tile(self, tile: "BaseGeometry", splits: int) -> Iterator[list[object]]:
        answer = self._ask(tile)
        if answer is not None:
            yield answer
            return
        if not splits:
            west, south, east, north = tile.bounds
            raise FetchError(
                f"{self._url}: answers 503 without a body for {self._month} even for the small area from "
                f"{south:.4f},{west:.4f} to {north:.4f},{east:.4f}: it is overloaded rather than full of crimes. "
                "Nothing of the month was kept; refresh again later."
            )
        for quarter in quarters(tile):
            yield from self._tile(quarter, splits - 1)

    def _ask(self, tile: "BaseGeometry") -> list[object] | None:
        """The crimes in one polygon; None where the API says that they are too many."""
        data = {"poly": _poly(tile), "date": self._month}
        self._pace.wait()
        try:
            answer = self._http.post_json(self._url, data, final=(TOO_MANY,))
        except StatusError as error:
            if error.status != TOO_MANY:
                raise
            if error.empty:
                return None
            self._pace.wait()  # a 503 that gives reasons is one like any other: it passes
            answer = self._http.post_json(self._url, data)
        if not isinstance(answer, list):
            raise FetchError(f"{self._url}: answered {str(answer)[:80]!r} where a list of crimes is expected.")
        return answer


def quarters(tile: "BaseGeometry") -> "list[BaseGeometry]":
    """The parts of a polygon in each quarter of its box, without holes, each going a little beyond its border."""
    from shapely import Polygon, box, get_parts

    west, south, east, north = tile.bounds
    middle, centre = (west + east) / 2, (south + north) / 2
    boxes = [
        box(west, south, middle, centre).buffer(OVERLAP, join_style="mitre"),
        box(middle, south, east, centre).buffer(OVERLAP, join_style="mitre"),
        box(west, centre, middle, north).buffer(OVERLAP, join_style="mitre"),
        box(middle, centre, east, north).buffer(OVERLAP, join_style="mitre"),
    ]
    parts = [part for quarter in boxes for part in get_parts(tile.intersection(quarter))]
    return [Polygon(part.exterior) for part in parts if part.geom_type == "Polygon"]


def _poly(tile: "BaseGeometry") -> str:
    """As the API wants it: latitude,longitude pairs with colons between them; it closes the ring itself."""
    from shapely import get_coordinates

    return ":".join(f"{latitude:.5f},{longitude:.5f}" for longitude, latitude in get_coordinates(tile)[:-1])
