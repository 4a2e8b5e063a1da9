"""Protects: who borders on whom, what is near, what lies inside, and what an area that somebody drew must be."""

import json
from pathlib import Path

import numpy as np
import pytest
from geography.map_files import geojson, geopackage
from shapely import LineString, Polygon, box, transform, union_all
from shapely.geometry.base import BaseGeometry

from safer_assets.errors import MapError
from safer_assets.geography import grid, neighbours, read_layers, read_polygon, units_of, within
from safer_assets.geography.areas import defects, mended
from safer_assets.geography.hexagons import fitting, hexagon_of, outlines

WEST, SOUTH = 524_000, 190_000
BOWTIE = Polygon([(WEST, SOUTH), (WEST + 900, SOUTH + 900), (WEST + 900, SOUTH), (WEST, SOUTH + 900)])


def squares(gap: float = 0.0) -> list[BaseGeometry]:
    """A row of three, and one that meets the last at a corner only."""
    corners = [(0, 0), (1000, 0), (2000, 0), (3000, 1000)]
    return [box(WEST + x + gap, SOUTH + y, WEST + x + 1000, SOUTH + y + 1000) for x, y in corners]


@pytest.mark.parametrize("gap", [0.0, 1.5], ids=["exact", "simplified"])
def test_neighbours_share_more_than_a_corner(gap: float) -> None:
    found = neighbours(squares(gap))
    assert found.dtype == bool
    assert {tuple(pair) for pair in np.argwhere(found).tolist()} == {(0, 1), (1, 0), (1, 2), (2, 1)}


def test_every_lsoa_of_the_real_map_has_a_neighbour(shared_data: Path) -> None:
    (layer,) = read_layers(shared_data / "boundaries" / "barnet_lsoa2011.geojson")
    found = neighbours(mended(layer.on_grid()))
    assert (found == found.T).all()
    assert not found.diagonal().any()
    assert found.sum(axis=0).min() >= 2


def test_within_counts_metres_from_the_edge() -> None:
    row = squares()
    assert within(row, row[0], 0).tolist() == [True, True, False, False]
    assert within(row, row[0], 999).tolist() == [True, True, False, False]
    assert within(row, row[0], 1000).tolist() == [True, True, True, False]
    assert within(row, row[0], 2500).tolist() == [True] * 4


def test_a_unit_belongs_to_a_polygon_that_has_more_than_half_of_it() -> None:
    units = dict(zip(("d", "c", "b", "a"), squares(), strict=True))
    assert units_of(box(WEST, SOUTH, WEST + 1501, SOUTH + 1000), units) == ("c", "d")
    assert units_of(box(WEST, SOUTH, WEST + 1500, SOUTH + 1000), units) == ("d",), "half is not more than half"
    assert units_of(box(0, 0, 1, 1), units) == ()
    assert units_of(box(0, 0, 1, 1), {}) == ()


def test_a_polygon_is_read_from_a_file_from_text_and_from_json(tmp_path: Path) -> None:
    square = squares()[0]
    degrees = geojson([({}, transform(square, grid.to_longitude_latitude))], None)
    (tmp_path / "area.geojson").write_text(degrees)
    for source in (
        tmp_path / "area.geojson",
        str(tmp_path / "area.geojson"),
        geopackage(tmp_path / "area.gpkg", [({"name": "x"}, square)]),
        degrees,
        json.loads(degrees),
        json.loads(degrees)["features"][0],
    ):
        found = read_polygon(source)
        assert found.symmetric_difference(square).area < 10.0, "a millimetre along each side"
    both = read_polygon(geojson([({}, shape) for shape in squares()]))
    assert both.equals(union_all(squares())), "several features are one area together"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (geojson([({}, BOWTIE)]), r"the polygon: its outline .*Self-intersection\[524450 190450\]"),
        (geojson([({}, squares()[0])], "EPSG:3857"), "coordinate system is 3857"),
        (geojson([({}, squares()[0])], None), "should be degrees"),
        (geojson([]), "has no shape"),
        (geojson([({}, None)]), "has no shape"),
        (geojson([({}, Polygon())]), "has no shape"),
        (geojson([({}, LineString([(WEST, SOUTH), (WEST, SOUTH + 1)]))]), "points or lines, where an area is wanted"),
        (geojson([({}, Polygon([(WEST, SOUTH)] * 4))]), "its outline is not that of an area: Too few points"),
        (geojson([({}, box(51.5, -0.3, 51.6, -0.2))], None), "outside Great Britain .*wrong way round"),
        (geojson([({}, box(2.3, 48.8, 2.4, 48.9))], None), "outside Great Britain"),
        (geojson([({}, box(-179, -89, -178, -88))], None), "outside Great Britain"),
        ('{"type": "FeatureCollection"', "is not GeoJSON"),
        ('{"type": "Topology"}', "no list of features"),
    ],
)
def test_a_polygon_that_is_no_area_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(MapError, match=words):
        read_polygon(text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MapError, match=r"gone\.geojson: it cannot be read \(No such file"):
        read_polygon(tmp_path / "gone.geojson")


def test_an_outline_that_crosses_itself_is_mended_to_an_area() -> None:
    shapes = np.array([BOWTIE, squares()[0]], dtype=object)
    assert [bool(reason) for reason in defects(shapes)] == [True, False]
    fixed = mended(shapes)
    assert [reason for reason in defects(fixed) if reason] == []
    assert fixed[0].area == pytest.approx(2 * 900 * 450 / 2)
    assert fixed[1].equals(shapes[1])


def test_hexagons_have_one_area_and_hold_their_points() -> None:
    random = np.random.default_rng(3)
    points = np.column_stack([random.uniform(520_000, 530_000, 500), random.uniform(185_000, 196_000, 500)])
    cells = hexagon_of(points, 25)
    shapes = outlines(cells, 25)
    from shapely import area, contains_xy

    assert area(shapes) == pytest.approx(np.full(500, 250_000.0))
    assert contains_xy(shapes, points[:, 0], points[:, 1]).all()
    distinct = outlines(np.unique(cells, axis=0), 25)
    assert union_all(distinct, grid_size=0.001).area == pytest.approx(area(distinct).sum(), rel=1e-4), "no overlap"


def test_about_350_hexagons_cover_an_area() -> None:
    assert fitting(box(0, 0, 9_300, 9_300)) == 25, "87 square kilometres"
    assert fitting(box(0, 0, 100_000, 100_000)) == 1000
