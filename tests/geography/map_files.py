"""Small maps for tests: GeoJSON as text, and a GeoPackage as its specification has it (OGC 12-128)."""

import json
import sqlite3
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from shapely import to_wkb
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

Feature = tuple[Mapping[str, object], BaseGeometry | None]


def geojson(features: Sequence[Feature], system: str | None = "urn:ogc:def:crs:EPSG::27700") -> str:
    """A feature collection; `system` None leaves the `crs` member out, which means longitude and latitude."""
    content: dict[str, object] = {"type": "FeatureCollection"}
    if system is not None:
        content["crs"] = {"type": "name", "properties": {"name": system}}
    content["features"] = [
        {"type": "Feature", "properties": dict(row), "geometry": None if shape is None else mapping(shape)}
        for row, shape in features
    ]
    return json.dumps(content)


def geopackage(path: Path, features: Sequence[Feature], *, srs: int = 27700, table: str = "areas") -> Path:
    """A GeoPackage with one table of features."""
    columns = list(features[0][0])
    con = sqlite3.connect(path)
    con.executescript(
        "create table gpkg_spatial_ref_sys (srs_name text, srs_id integer primary key, organization text,"
        " organization_coordsys_id integer, definition text, description text);"
        "create table gpkg_contents (table_name text primary key, data_type text, identifier text, srs_id integer);"
        "create table gpkg_geometry_columns (table_name text, column_name text, geometry_type_name text,"
        " srs_id integer, z tinyint, m tinyint);"
    )
    con.execute("insert into gpkg_spatial_ref_sys values ('x', ?, 'EPSG', ?, '', '')", [srs, srs])
    con.execute("insert into gpkg_contents values (?, 'features', ?, ?)", [table, table, srs])
    con.execute("insert into gpkg_geometry_columns values (?, 'geom', 'GEOMETRY', ?, 0, 0)", [table, srs])
    quoted = '"' + table.replace('"', '""') + '"'
    con.execute(f"create table {quoted} (fid integer primary key, geom blob, {', '.join(columns)})")
    for number, (row, shape) in enumerate(features, start=1):
        blob = None if shape is None else b"GP\x00\x01" + struct.pack("<i", srs) + to_wkb(shape)
        marks = ", ".join("?" for _ in columns)
        con.execute(f"insert into {quoted} values (?, ?, {marks})", [number, blob, *row.values()])
    con.commit()
    con.close()
    return path
