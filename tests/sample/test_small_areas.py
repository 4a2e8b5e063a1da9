"""The sample's wards and LSOAs fit each other, the borough file and the map, and its files are in the real formats."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from safer_assets import feeds, sample
from safer_assets.partnership import load_partnership
from safer_assets.sample import write_sample
from safer_assets.sample.world import BOX, World, invent_world, lsoas, small_areas, wards

LAST_MONTH = date(2026, 5, 1)


@pytest.fixture(scope="module")
def world() -> World:
    return invent_world(load_partnership("barnet"), 1998)


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The borough, ward and LSOA files of the newest vintage, long: borough, ward, lsoa (key columns, month, n)."""
    folder = write_sample(tmp_path_factory.mktemp("sample") / "feeds", load_partnership("barnet"), LAST_MONTH)
    con = duckdb.connect()
    for table, name in (("borough", sample.BOROUGH_FILE), ("ward", sample.WARD_FILE), ("lsoa", sample.LSOA_FILE)):
        path = folder / name.format(LAST_MONTH)
        con.read_csv(str(path), header=True, all_varchar=True).to_table("wide")
        con.execute(
            f"create table {table} as select * replace (n::int as n) "  # a name of this file
            "from wide unpivot (n for month in (columns('^[0-9]{6}$'))); drop table wide"
        )
        (content,) = feeds.probe(path, path.name)
        assert [feed.name for feed in feeds.ALL if feed.recognises(content)] == [f"mps_{table}"]
    for table, name in (("changes", sample.LOOKUP_FILE), ("in_wards", sample.WARD_LOOKUP_FILE)):
        con.read_csv(str(folder / name), header=True, all_varchar=True).to_table(table)
    return con


def test_wards_have_a_little_less_than_their_borough_in_every_borough_and_never_more(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = con.execute("""
        select b.name, w.n, b.n
        from (select BOCU as name, sum(n) n from borough group by all) b
        join (select LookUp_BoroughName as name, sum(n) n from ward group by all) w using (name)
    """).fetchall()
    assert len(rows) == 32
    for borough, in_wards, in_borough in rows:
        assert 0.005 < 1 - in_wards / in_borough < 0.025, borough
    more = con.execute("""
        select count(*)
        from (select BOCU as name, "Group" as g, SubGroup as s, month, sum(n) n from borough group by all) b
        right join
            (
                select LookUp_BoroughName as name, MajorText as g, MinorText as s, month, sum(n) n
                from ward group by all
            ) w
            using (name, g, s, month)
        where w.n > coalesce(b.n, 0)
    """).fetchone()
    assert more == (0,)


def test_a_wards_month_is_the_sum_of_its_lsoas(con: duckdb.DuckDBPyConnection, world: World) -> None:
    places = [row for area in world.boroughs for row in lsoas(world, area)]
    con.execute("create or replace temp table places (code varchar, name varchar, ward varchar)")
    con.executemany("insert into places values (?, ?, ?)", places)
    wrong = con.execute("""
        select count(*) from
            (select WardCode as ward, MajorText as g, MinorText as s, month, sum(n) n from ward group by all) w
        full join
            (
                select ward, major_category as g, minor_category as s, month, sum(n) n
                from lsoa join places on lsoa_code = code group by all
            ) l
            using (ward, g, s, month)
        where coalesce(w.n, 0) <> coalesce(l.n, 0)
    """).fetchone()
    assert wrong == (0,)
    assert con.execute("select count(distinct lsoa_code) from lsoa").fetchone() == (len(places),)


def test_the_lookups_name_the_lsoas_and_wards_of_the_files(con: duckdb.DuckDBPyConnection, world: World) -> None:
    codes = [area.code for area in (world.home, *world.neighbours)]
    in_file = con.execute("select distinct lsoa_code from lsoa where list_contains(?, borough)", [codes]).fetchall()
    assert set(in_file) == set(con.execute("select LSOA21CD from in_wards").fetchall())
    assert set(in_file) == set(con.execute("select LSOA21CD from changes").fetchall())
    in_wards = con.execute("select distinct WD24CD, LAD24NM from in_wards").fetchall()
    assert set(in_wards) <= set(con.execute("select distinct WardCode, LookUp_BoroughName from ward").fetchall())
    assert len(in_wards) == 20 + 3 + 3


def test_the_map_of_the_sample_has_no_overlap_and_no_gap(world: World) -> None:
    west, south, width, height = BOX
    areas = (world.home, *world.neighbours)
    for bounds in (
        {found.code11: found.bounds11 for area in areas for found in small_areas(world, area)},
        {found.code21: found.bounds21 for area in areas for found in small_areas(world, area)},
        {ward.code: ward.bounds for area in areas for ward in wards(world, area)},
    ):
        boxes = [box for box in bounds.values() if box]
        assert len(boxes) == len(bounds)
        covered = sum((box[2] - box[0]) * (box[3] - box[1]) for box in boxes)
        assert covered == pytest.approx(width * height), "as much as the box, so without overlap there is no gap"
        assert all(west - 1e-9 <= box[0] and box[2] <= west + width + 1e-9 for box in boxes)
        assert all(south - 1e-9 <= box[1] and box[3] <= south + height + 1e-9 for box in boxes)
        for number, one in enumerate(boxes):
            for other in boxes[number + 1 :]:
                across = min(one[2], other[2]) - max(one[0], other[0])
                up = min(one[3], other[3]) - max(one[1], other[1])
                assert across < 1e-9 or up < 1e-9, (one, other)


def test_street_points_lie_in_their_small_area_of_the_sample_map(tmp_path: Path, world: World) -> None:
    import shapely

    from safer_assets.geography import read_layers
    from safer_assets.sample import maps
    from safer_assets.sample.street import _Places

    maps.write_small_areas(tmp_path / "map", world)
    (layer,) = read_layers(tmp_path / "map")
    outlines = {str(row["LSOA21CD"]): shape for row, shape in zip(layer.properties, layer.shapes, strict=True)}
    places = _Places(world)
    assert set(places.codes) == set(outlines)
    for code, longitudes, latitudes in zip(places.codes, places.longitude, places.latitude, strict=True):
        assert shapely.contains_xy(outlines[code], longitudes, latitudes).all(), code


def test_the_maps_of_the_sample_fit_one_another(tmp_path: Path, world: World) -> None:
    import shapely

    from safer_assets.geography import read_layers
    from safer_assets.sample import maps

    maps.write_small_areas(tmp_path / "lsoas", world)
    maps.write_wards(tmp_path / "wards", world)
    areas, in_wards = (read_layers(tmp_path / name)[0] for name in ("lsoas", "wards"))
    whole = []
    for layer in (areas, in_wards):
        codes = [str(next(iter(row.values()))) for row in layer.properties]
        home = layer.shapes[[code[4:7] == f"{world.home.number:03d}" for code in codes]]
        assert len(home)
        assert shapely.coverage_is_valid(home), "no overlap, and neighbours share every point"
        whole.append(shapely.coverage_union_all(home))
    assert [shape.geom_type for shape in whole] == ["Polygon", "Polygon"], "one piece"
    assert [len(shapely.get_rings(shape)) for shape in whole] == [1, 1], "without holes"
    assert whole[0].symmetric_difference(whole[1]).area < 1e-6 * whole[0].area
