"""What a map file holds: GeoJSON and GeoPackage as layers of features, each with its properties and its shape.

What is here: reading both without trusting them: no driver guesses the format, no view or virtual table of somebody
else's database is queried, and a shape that cannot be read is named. What is not: what the properties mean
(feeds/boundaries.py, publishers/police_uk/maps.py).
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from safer_assets.errors import MapError
from safer_assets.geography import grid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GEOJSON_LIMIT_BYTES: Final = 32 << 20  # read whole; JSON can take 25 times its size in memory
GEOPACKAGE_LIMIT_BYTES: Final = 256 << 20  # every shape of England's small areas, generalised, is a fifth of it

_AGAIN: Final = "Fetch it again, or export it again from where it was drawn."


@dataclass(frozen=True)
class Layer:
    """One table of a map.

    Attributes:
        name: Of the table; empty for GeoJSON, which has one only.
        system: Short name of the coordinate system: 'CRS84', '4326', '27700', or another as given.
        columns: Names of the properties, in the file's order.
        properties: One dictionary a feature.
        shapes: (n,) shapely geometries as the file has them, in two dimensions; None where a feature has none.
    """

    name: str
    system: str
    columns: tuple[str, ...]
    properties: tuple[dict[str, object], ...]
    shapes: "NDArray[np.object_]"

    def problem(self) -> str:
        """Why its coordinates cannot be used, in words; empty where they can."""
        from shapely import total_bounds

        wrong = grid.unknown(self.system)
        if wrong or not len(self.shapes):
            return wrong
        box = total_bounds(self.shapes)
        return "" if box[0] != box[0] else grid.impossible(box, self.system)  # not a number: every shape is empty

    def on_grid(self) -> "NDArray[np.object_]":
        """The shapes in metres of the British National Grid.

        Raises:
            MapError: The coordinates are of another system, or cannot be of the one that the map names.
        """
        from shapely import transform

        if wrong := self.problem():
            raise MapError(f"{f'layer {self.name}: ' if self.name else ''}{wrong}.")
        if self.system == grid.NATIONAL_GRID:
            return self.shapes
        return transform(self.shapes, grid.to_national_grid)

    def in_degrees(self) -> "NDArray[np.object_]":
        """The shapes in longitude and latitude, for a layer whose system is one of the two."""
        from shapely import transform

        return transform(self.shapes, grid.to_longitude_latitude) if self.system == grid.NATIONAL_GRID else self.shapes


def read_layers(path: Path) -> list[Layer]:
    """Every layer of features of a map, told from its bytes to be GeoJSON or a GeoPackage.

    Raises:
        MapError: It cannot be read; says what is wrong, and not which file: who asks knows what people call it.
        OSError: The file is not there or may not be read.
    """
    with path.open("rb") as stream:
        is_database = stream.read(16) == b"SQLite format 3\x00"
    size, limit = path.stat().st_size, GEOPACKAGE_LIMIT_BYTES if is_database else GEOJSON_LIMIT_BYTES
    if size > limit:
        other = "an edition with simpler outlines" if is_database else "a GeoPackage"
        raise MapError(f"it has {size:,} bytes, more than {limit:,}: take {other}.")
    if is_database:
        return _geopackage(path)
    try:
        return [geojson_layer(json.loads(path.read_text(encoding="utf-8-sig")))]
    except (ValueError, RecursionError) as error:
        raise MapError(f"it is not whole ({error}). {_AGAIN}") from error


def geojson_layer(content: object) -> Layer:
    """The features of parsed GeoJSON: a collection, one feature, or a bare shape.

    Raises:
        MapError: It is none of these, or a shape cannot be read.
    """
    import numpy as np
    from shapely import force_2d, from_geojson

    features = _features(content)
    system = grid.short_name(_system_name(content))
    found = [feature.get("geometry") for feature in features]
    texts = np.array([json.dumps(geometry) if geometry else None for geometry in found], dtype=object)
    shapes = from_geojson(texts, on_invalid="ignore") if len(texts) else texts
    _all_read(shapes, [text is not None for text in texts])
    properties = tuple(_dictionary(feature.get("properties")) for feature in features)
    columns = tuple(dict.fromkeys(key for row in properties for key in row))
    return Layer("", system, columns, properties, force_2d(shapes) if len(shapes) else shapes)


def feature_tables(con: sqlite3.Connection) -> list[str]:
    """The tables of features in a GeoPackage.

    A view is none: reading it would run SQL of whoever made the file, and that need not ever end.

    Raises:
        sqlite3.DatabaseError: The file is damaged.
    """
    con.execute("pragma trusted_schema = off")
    found = con.execute(
        "select distinct table_name from gpkg_contents inner join sqlite_master on name = table_name "
        "where data_type = 'features' and type = 'table' and sql not like 'create virtual%'"
    )
    return [row[0] for row in found.fetchall()]


def _features(content: object) -> list[dict[str, object]]:
    collection = _dictionary(content)
    kind = collection.get("type")
    if kind == "Feature":
        return [collection]
    if kind != "FeatureCollection" and ("coordinates" in collection or "geometries" in collection):
        return [{"geometry": collection, "properties": {}}]
    features = collection.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise MapError(f"it has no list of features. {_AGAIN}")
    return features


def _system_name(content: object) -> str:
    """Of GeoJSON's `crs` member, CRS84 where there is none; 'unknown' for a member that names nothing."""
    collection = _dictionary(content)
    if "crs" not in collection:
        return "CRS84"
    name = _dictionary(_dictionary(collection["crs"]).get("properties")).get("name")
    return name if isinstance(name, str) and name else "unknown"


def _dictionary(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _geopackage(path: Path) -> list[Layer]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as con:
            return [_table(con, table) for table in feature_tables(con)]
    except sqlite3.DatabaseError as error:
        raise MapError(f"it is damaged ({error}). {_AGAIN}") from error


def _table(con: sqlite3.Connection, table: str) -> Layer:
    import numpy as np
    from shapely import force_2d, from_wkb

    column, system = _geometry_column(con, table)
    quoted = '"' + table.replace('"', '""') + '"'
    cursor = con.execute(f"select * from {quoted}")  # noqa: S608 # quoted
    names = [field[0] for field in cursor.description]
    properties = tuple(dict(zip(names, row, strict=True)) for row in cursor)
    blobs = [row.pop(column, None) for row in properties]
    plain = np.array([_without_header(blob) for blob in blobs], dtype=object)
    shapes = from_wkb(plain, on_invalid="ignore") if len(plain) else plain
    _all_read(shapes, [blob is not None for blob in plain])
    columns = tuple(name for name in names if name != column)
    return Layer(table, system, columns, properties, force_2d(shapes) if len(shapes) else shapes)


def _geometry_column(con: sqlite3.Connection, table: str) -> tuple[str, str]:
    """Which column of a table has its shapes, and the short name of their coordinate system."""
    rows = con.execute(
        "select g.column_name, s.organization_coordsys_id from gpkg_geometry_columns as g "
        "left join gpkg_spatial_ref_sys as s on g.srs_id = s.srs_id where g.table_name = ?",
        [table],
    ).fetchall()
    if len(rows) != 1:
        raise MapError(f"its table {table} has {len(rows)} columns of shapes, where one is wanted. {_AGAIN}")
    column, system = rows[0]
    return str(column), "unknown" if system is None else str(system)


def _without_header(blob: object) -> bytes | None:
    """The plain WKB in a GeoPackage's geometry (OGC 12-128, clause 2.1.3): its header has an envelope of five kinds."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < 8 or (blob[3] >> 1 & 0b111) > 4:
        return b"\x00"  # of no shape; the feature is named with others that cannot be read
    return blob[8 + (0, 32, 48, 48, 64)[blob[3] >> 1 & 0b111] :]


def _all_read(shapes: "NDArray[np.object_]", present: Sequence[bool]) -> None:
    """Names the first feature whose shape is there and cannot be read."""
    pairs = enumerate(zip(shapes, present, strict=True), start=1)
    if wrong := [number for number, (shape, there) in pairs if there and shape is None]:
        more = f" (and of {len(wrong) - 1:,} more)" if len(wrong) > 1 else ""
        raise MapError(f"the shape of feature {wrong[0]:,}{more} cannot be read. {_AGAIN}")
