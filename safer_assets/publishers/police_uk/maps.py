"""Landed maps as polygons in longitude and latitude: the small areas (LSOAs) of one district.

What is here: choosing features by code and name. What is not: reading a map (geography/), asking anybody about a
polygon (area.py), and fetching maps: they are landed like any file.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from safer_assets.errors import FetchError, MapError
from safer_assets.geography import read_layers

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

COVERED: Final = 0.98
"""Share of a district's own outline that its small areas must cover, so that a map which was cut is noticed: crimes in
what it lacks would be missing without a word. Maps simplified differently agree to about 1 % of a district."""

Feature = tuple[dict[str, object], "BaseGeometry"]


@dataclass(frozen=True)
class SmallAreas:
    """The LSOAs of a district: codes and names, and a polygon each in degrees of longitude and latitude.

    Attributes:
        origin: The name of the map that they come from.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    polygons: "tuple[BaseGeometry, ...]"
    origin: str

    @property
    def outline(self) -> "BaseGeometry":
        """The district: all of them together."""
        from shapely import union_all

        return union_all(self.polygons)


def small_areas(maps: Sequence[tuple[str, Path]], area_code: str, area_names: Sequence[str]) -> SmallAreas | None:
    """The LSOAs of a district from the newest census in the maps; None where no map has any.

    An LSOA belongs to the district whose name it bears: Camden 027C lies in Camden.

    Args:
        maps: Name and path of every landed map.
        area_code: GSS code of the district.
        area_names: Its name, and other spellings of it.

    Raises:
        FetchError: The small areas leave out a part of the district, as another landed map draws it.
    """
    found: list[tuple[int, SmallAreas]] = []
    outlines: list[tuple[str, BaseGeometry]] = []
    for name, path in maps:
        features = list(_features(path))
        if census := _census(features):
            if chosen := _chosen(features, census, area_names, name):
                found.append((census, chosen))
        elif outline := _outline(features, area_code):
            outlines.append((name, outline))
    if not found:
        return None
    chosen = max(found, key=lambda pair: (pair[0], len(pair[1].codes)))[1]
    for name, outline in outlines:
        share = outline.intersection(chosen.outline).area / outline.area
        if share < COVERED:
            raise FetchError(
                f"the landed map {chosen.origin} has {len(chosen.codes)} small areas of {area_names[0]}, which cover "
                f"{share:.0%} of it as {name} draws it. Land a map with all LSOAs of the district: crimes in the "
                "others would be missing without a word."
            )
    return chosen


def _census(features: Sequence[Feature]) -> int:
    """The census year, as two digits, of a map of LSOAs; 0 where it is none."""
    keys = features[0][0] if features else {}
    years = [int(found[1]) for key in keys if (found := re.fullmatch(r"LSOA(\d\d)CD", key, re.IGNORECASE))]
    return max(years, default=0)


def _chosen(features: Sequence[Feature], census: int, area_names: Sequence[str], origin: str) -> SmallAreas | None:
    wanted = re.compile(rf"(?:{'|'.join(map(re.escape, area_names))}) \d{{3}}[A-Z]", re.IGNORECASE)
    rows = []
    for properties, polygon in features:
        upper = {key.upper(): str(value or "").strip() for key, value in properties.items()}
        code, name = upper.get(f"LSOA{census}CD", ""), upper.get(f"LSOA{census}NM", "")
        if wanted.fullmatch(name) and re.fullmatch(r"[EW]01\d{6}", code):
            rows.append((code, name, polygon))
    rows.sort(key=lambda row: row[0])
    codes, names, polygons = zip(*rows, strict=True) if rows else ((), (), ())
    return SmallAreas(codes, names, polygons, origin) if rows else None


def _outline(features: Sequence[Feature], area_code: str) -> "BaseGeometry | None":
    """What a map of larger areas says that the district is: everything in it that carries its code."""
    from shapely import union_all

    parts = [polygon for properties, polygon in features if area_code in properties.values()]
    return union_all(parts) if parts else None


def _features(path: Path) -> Iterator[Feature]:
    """Every feature with its polygon in longitude and latitude, mended where its outline crosses itself.

    None where the map's coordinates are of another kind.

    Raises:
        FetchError: The map cannot be read.
    """
    from shapely import make_valid

    try:
        layers = [layer for layer in read_layers(path) if not layer.problem()]
    except (OSError, MapError) as error:
        raise FetchError(
            f"{path.name}: this landed map cannot be read ({error}). Set it aside (safer set-aside) and land it again."
        ) from error
    for layer in layers:
        pairs = zip(layer.properties, make_valid(layer.in_degrees()), strict=True)
        yield from ((properties, polygon) for properties, polygon in pairs if polygon is not None)
