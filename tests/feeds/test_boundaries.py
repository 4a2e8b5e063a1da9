"""Protects: a map says whose shapes it has, its shapes are on the grid, and what it cannot say is refused by name."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import describe, load, read, write
from geography.map_files import geojson, geopackage
from quality.incoming_tables import LIMITS
from shapely import Polygon, box, from_wkb
from shapely.geometry.base import BaseGeometry

from safer_assets.errors import FeedError
from safer_assets.feeds import by_name
from safer_assets.quality import examine

FEED = by_name("boundaries")
SQUARE = box(524_000, 190_000, 525_000, 191_000)
BOWTIE = Polygon([(524_000, 190_000), (524_900, 190_900), (524_900, 190_000), (524_000, 190_900)])


def rows_of(con: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[object, ...]]:
    read(con, FEED, path)
    return con.execute("select kind, code, name, shape, defect from incoming order by row_number").fetchall()


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ({"WD24CD": "E05013628", "WD24NM": "A", "LAD24CD": "E09000003"}, "ward"),
        ({"ONSWardCode": "E05013628", "WardName": "A"}, "ward"),
        ({"LSOA21CD": "E01000115", "LSOA21NM": "A", "LAD22CD": "E09000003"}, "lsoa21"),
        ({"lsoa11cd": "E01000115", "lsoa11nm": "A"}, "lsoa11"),
        ({"LAD23CD": "E09000003", "LAD23NM": "A"}, "borough"),
        ({"code": "E09000003", "name": "A"}, "borough"),
        ({"gss_code": "E05013628", "name": "A"}, "ward"),
    ],
)
def test_the_kind_is_told_by_column_and_code(properties: Mapping[str, str], kind: str, tmp_path: Path) -> None:
    code = next(iter(properties.values()))
    with duckdb.connect() as con:
        text = rows_of(con, write(tmp_path, geojson([(properties, SQUARE)])))
        assert text == [(kind, code, "A", "Polygon", "")]
        assert rows_of(con, geopackage(tmp_path / "map", [(properties, SQUARE)])) == text


def test_shapes_reach_the_warehouse_on_the_grid_and_valid(tmp_path: Path) -> None:
    rows = [({"code": f"E0500000{n}"}, shape) for n, shape in enumerate((SQUARE, BOWTIE))]
    with duckdb.connect() as con:
        read(con, FEED, write(tmp_path, geojson(rows)))
        load(con, FEED)
        found = con.execute("select geometry, area_hectares, mended from raw.boundaries order by code").fetchall()
    shapes = from_wkb([bytes(row[0]) for row in found])
    assert shapes[0].equals(SQUARE)
    assert [shape.is_valid for shape in shapes] == [True, True]
    assert [row[1:] for row in found] == [(100.0, False), (40.5, True)]


@pytest.mark.parametrize(
    ("shapes", "rule", "says"),
    [
        ([SQUARE, BOWTIE], "outline_does_not_cross_itself", "E05000001 was mended: Self-intersection[524450 190450]"),
        ([SQUARE, None], "shape_is_an_area", "E05000001 has no shape"),
        ([SQUARE, Polygon()], "shape_is_an_area", "E05000001 has no shape"),
        ([SQUARE, SQUARE.boundary], "shape_is_an_area", "E05000001 is a LineString"),
        ([SQUARE, box(800_000, 1, 800_001, 2)], "inside_great_britain", "E05000001 lies outside"),
    ],
)
def test_the_gate_sees_what_is_wrong_with_a_shape(
    shapes: Sequence[BaseGeometry | None], rule: str, says: str, tmp_path: Path
) -> None:
    path = write(tmp_path, geojson([({"code": f"E0500000{n}"}, shape) for n, shape in enumerate(shapes)]))
    assert describe(path)[1].rows == 2, "as many as are read"
    with duckdb.connect() as con:
        read(con, FEED, path)
        outcomes = [one for one in examine(con, "boundaries", LIMITS, files=["f1"]) if one.status != "passed"]
    assert [one.rule for one in outcomes] == [rule]
    assert says in outcomes[0].examples


@pytest.mark.parametrize("shape", [box(48.8, 2.3, 48.9, 2.4), box(-179, -89, -178, -88)], ids=["swapped", "far off"])
def test_degrees_far_from_britain_are_outside_and_not_an_error(shape: BaseGeometry, tmp_path: Path) -> None:
    with duckdb.connect() as con:
        read(con, FEED, write(tmp_path, geojson([({"code": "E05000001"}, shape)], None)))
        outcomes = examine(con, "boundaries", LIMITS, files=["f1"])
    assert [one.rule for one in outcomes if one.status != "passed"] == ["inside_great_britain"]


@pytest.mark.parametrize(
    ("properties", "system", "words"),
    [
        ({"PARK": "Oakhill"}, "EPSG:27700", r"no column of codes of wards .*\(LSOA21CD, LSOA11CD\).*: found PARK"),
        ({"MSOA21CD": "E02000024"}, "EPSG:27700", "no column of codes"),
        ({"code": "E01000115"}, "EPSG:27700", "code begins with 'E01000115'"),
        ({"code": "E09000003"}, "EPSG:3857", "coordinate system is 3857"),
        ({"code": "E09000003"}, None, "should be degrees"),
    ],
)
def test_a_map_that_cannot_be_used_is_refused(
    properties: Mapping[str, str], system: str | None, words: str, tmp_path: Path
) -> None:
    with pytest.raises(FeedError, match=f"recognised as Boundaries of areas, but .*{words}"):
        describe(write(tmp_path, geojson([(properties, SQUARE)], system)))


def test_the_real_maps_pass_and_are_quick(shared_data: Path) -> None:
    found = {}
    with duckdb.connect() as con:
        for path in sorted((shared_data / "boundaries").iterdir()):
            began = time.monotonic()
            read(con, FEED, path)
            assert time.monotonic() - began < 3, path.name
            outcomes = examine(con, "boundaries", LIMITS, files=["f1"])
            assert [one.message for one in outcomes if one.holds_back] == []
            warned = sum(one.failed for one in outcomes if one.status == "failed")
            kinds = con.execute("select kind, count(*) from incoming group by kind").fetchall()
            found[path.name] = (*kinds[0], warned)
    assert found == {
        "barnet_lsoa2011.geojson": ("lsoa11", 211, 1),  # one touches itself
        "barnet_wards_OSBoundaryLine.geojson": ("ward", 24, 0),
        "london_boroughs_small.geojson": ("borough", 33, 0),
        "london_lsoa.gpkg": ("lsoa21", 4_994, 0),
    }
