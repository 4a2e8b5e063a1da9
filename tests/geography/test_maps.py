"""Protects: a map is read as it was drawn, and one that cannot be trusted is refused with what is wrong."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from geography.map_files import geojson, geopackage
from shapely import MultiPoint, Point, Polygon, box

from safer_assets.errors import MapError
from safer_assets.geography import grid, read_layers
from safer_assets.geography.maps import geojson_layer

SQUARE = box(524_000, 190_000, 525_000, 191_000)


def test_the_national_grid_gives_the_ordnance_surveys_worked_example() -> None:
    """Caister water tower, E 651409.903 N 313177.270: 52 39 28.72 N, 1 42 57.79 E on WGS 84."""
    metres = np.array([[651_409.903, 313_177.270]])
    ((longitude, latitude),) = degrees = grid.to_longitude_latitude(metres)
    assert latitude == pytest.approx(52 + 39 / 60 + 28.72 / 3600, abs=5e-5)
    assert longitude == pytest.approx(1 + 42 / 60 + 57.79 / 3600, abs=7e-5)
    assert grid.to_national_grid(degrees) == pytest.approx(metres, abs=0.01), "there and back"


def test_geojson_and_geopackage_give_the_same_shapes(tmp_path: Path) -> None:
    features = [({"code": "E05000001"}, SQUARE), ({"code": "E05000002"}, None)]
    (text,) = [geojson_layer(json.loads(geojson(features)))]
    (table,) = read_layers(geopackage(tmp_path / "map", features))
    for layer in (text, table):
        assert layer.system == "27700"
        assert [row["code"] for row in layer.properties] == ["E05000001", "E05000002"]
        assert [shape is None for shape in layer.on_grid()] == [False, True]
        assert layer.on_grid()[0].equals(SQUARE)
    assert table.columns == ("fid", "code")


def test_degrees_become_metres_and_heights_are_dropped() -> None:
    ring = [[-0.2, 51.6, 80.0], [-0.19, 51.6, 80.0], [-0.19, 51.61, 80.0], [-0.2, 51.6, 80.0]]
    layer = geojson_layer({"type": "Polygon", "coordinates": [ring]})
    (shape,) = layer.on_grid()
    assert not shape.has_z
    assert 524_000 < shape.centroid.x < 527_000
    assert 188_000 < shape.centroid.y < 193_000


@pytest.mark.parametrize(
    ("system", "shape", "words"),
    [
        ("urn:ogc:def:crs:EPSG::3857", SQUARE, "its coordinate system is 3857"),
        ("EPSG:29902", SQUARE, "29902, neither longitude and latitude"),
        (None, SQUARE, "should be degrees .* look like metres"),
        ("EPSG:4326", SQUARE, "should be degrees"),
        ("EPSG:27700", box(-0.3, 51.5, -0.2, 51.6), "should be metres .* look like degrees"),
        ("", SQUARE, "UNKNOWN, neither"),
    ],
)
def test_other_coordinates_are_refused_by_name(system: str | None, shape: Polygon, words: str) -> None:
    layer = geojson_layer(json.loads(geojson([({"code": "x"}, shape)], system)))
    with pytest.raises(MapError, match=words):
        layer.on_grid()


def test_a_geopackage_in_another_system_is_refused_by_its_table(tmp_path: Path) -> None:
    (layer,) = read_layers(geopackage(tmp_path / "map", [({"code": "x"}, SQUARE)], srs=3857))
    with pytest.raises(MapError, match="layer areas: its coordinate system is 3857"):
        layer.on_grid()


@pytest.mark.parametrize("crs", [None, {}, {"type": "link"}, {"properties": {"name": 5}}, "EPSG:4326"])
def test_a_coordinate_system_that_names_nothing_is_no_longitude_and_latitude(crs: object) -> None:
    layer = geojson_layer({"type": "FeatureCollection", "crs": crs, "features": []})
    assert layer.system == "UNKNOWN"


def test_a_shape_that_cannot_be_read_is_named_by_its_number() -> None:
    broken = {"type": "Polygon", "coordinates": [[[0, 1], [1]]]}
    features = [{"geometry": None}, {"geometry": broken}, {"geometry": {"type": "Blob"}}]
    with pytest.raises(MapError, match=r"feature 2 \(and of 1 more\) cannot be read"):
        geojson_layer({"type": "FeatureCollection", "features": features})


def test_bytes_that_are_no_shape_are_named(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "map", [({"code": "x"}, SQUARE)])
    con = sqlite3.connect(path)
    for blob in (b"", b"GP", b"GP\x00\x0f1234", b"XXXXXXXXXXXX", b"GP\x00\x011234\x01\x06"):
        con.execute("update areas set geom = ?", [blob])
        con.commit()
        with pytest.raises(MapError, match="shape of feature 1 cannot be read"):
            read_layers(path)
    con.close()


@pytest.mark.parametrize("text", ["[]", "{}", '{"features": 3}', '{"features": [1]}', "7", '"x"', "null"])
def test_json_that_is_no_map_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "map").write_text(text)
    with pytest.raises(MapError, match="no list of features"):
        read_layers(tmp_path / "map")


def test_points_are_read_and_empty_ones_have_no_place() -> None:
    layer = geojson_layer(json.loads(geojson([({}, Point(524_000, 190_000)), ({}, MultiPoint())])))
    assert layer.problem() == ""
    assert [shape.is_empty for shape in layer.on_grid()] == [False, True]
