"""Landed maps as polygons in longitude and latitude: the small areas (LSOAs) of one district.

What is here: reading GeoJSON and GeoPackage, and choosing features by code and name. What is not: asking anybody about
a polygon (area.py), and fetching maps: they are landed like any file.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from safer_assets.errors import FetchError
from safer_assets.feeds.tables import identifier

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import Transformer
    from shapely.geometry.base import BaseGeometry

COVERED: Final = 0.98
"""Share of a district's own outline that its small areas must cover, so that a map which was cut is noticed: crimes in
what it lacks would be missing without a word. Maps simplified differently agree to about 1 % of a district."""

LONGITUDE_LATITUDE: Final = frozenset({"4326", "CRS84", "4258"})  # 4258 is ETRS89: within a metre of WGS 84
NATIONAL_GRID: Final = "27700"

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
    """Every feature with its polygon in longitude and latitude; none where the map's coordinates are of another kind.

    Raises:
        FetchError: The map cannot be read.
    """
    try:
        with path.open("rb") as stream:
            is_database = stream.read(16) == b"SQLite format 3\x00"
        yield from _geopackage(path) if is_database else _geojson(path)
    except (OSError, ValueError, KeyError, TypeError, sqlite3.DatabaseError) as error:
        raise FetchError(
            f"{path.name}: this landed map cannot be read ({error}). Set it aside (safer set-aside) and land it again."
        ) from error


def _geojson(path: Path) -> Iterator[Feature]:
    from shapely.geometry import shape

    content = json.loads(path.read_text(encoding="utf-8-sig"))
    system = str(content.get("crs", {}).get("properties", {}).get("name", "CRS84")).upper()
    kind = re.split(r"[:/]", system)[-1]
    for feature in content["features"]:
        if feature.get("geometry"):
            yield from _placed(feature.get("properties") or {}, shape(feature["geometry"]), kind)


def _geopackage(path: Path) -> Iterator[Feature]:
    from shapely import from_wkb

    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as con:
        tables = con.execute(
            "select g.table_name, g.column_name, s.organization_coordsys_id from gpkg_geometry_columns as g "
            "inner join gpkg_spatial_ref_sys as s on g.srs_id = s.srs_id"
        ).fetchall()
        for table, column, system in tables:
            cursor = con.execute(f"select * from {identifier(table)}")  # noqa: S608 # quoted
            names = [field[0] for field in cursor.description]
            for row in cursor:
                properties = dict(zip(names, row, strict=True))
                blob = properties.pop(column)
                if blob:
                    yield from _placed(properties, from_wkb(_without_header(blob)), str(system))


def to_longitude_latitude(points: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """WGS 84 degrees, (n, 2) as longitude and latitude, of National Grid metres, (n, 2) as easting and northing."""
    import numpy as np

    return np.column_stack(_projection().transform(points[:, 0], points[:, 1]))


@cache
def _projection() -> "Transformer":
    """Made once: choosing it takes longer than using it."""
    from pyproj import Transformer

    # Without the correction grid of Ordnance Survey, which pyproj would have to fetch: within 5 m; streets are wider.
    return Transformer.from_crs(int(NATIONAL_GRID), 4326, always_xy=True)


def _without_header(blob: bytes) -> bytes:
    """The plain WKB in a GeoPackage's geometry (OGC 12-128, clause 2.1.3): its header has an envelope of five kinds."""
    envelope = (0, 32, 48, 48, 64)[blob[3] >> 1 & 0b111] if blob[:2] == b"GP" else -8
    return blob[8 + envelope :]


def _placed(properties: dict[str, object], polygon: "BaseGeometry", system: str) -> Iterator[Feature]:
    """The feature in longitude and latitude, mended where its outline crosses itself."""
    from shapely import force_2d, make_valid, transform

    if system == NATIONAL_GRID:
        polygon = transform(force_2d(polygon), to_longitude_latitude)
    elif system not in LONGITUDE_LATITUDE:
        return
    yield properties, make_valid(polygon)
