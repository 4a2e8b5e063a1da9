"""Protects: a month from the API is whole, of that month and that area, or it is not kept; and it is in no figure."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from publishers.desks import Place
from publishers.police_uk_player import CATEGORIES, Crime, PoliceUk, district_map, grid_map, street_name
from shapely.geometry.base import BaseGeometry
from transport.faults import Fault, html, too_many, unavailable
from transport.server import Server

from safer_assets import feeds
from safer_assets.errors import FeedError, FetchError
from safer_assets.geography.grid import to_longitude_latitude
from safer_assets.landing import Landing
from safer_assets.publishers.police_uk.api import PoliceUkApi
from safer_assets.publishers.police_uk.archive import PoliceUkArchive
from safer_assets.publishers.police_uk.area import (
    A_SECOND,
    CORNERS,
    OVERLAP,
    SPLITS,
    asked_area,
    quarters,
)
from safer_assets.publishers.police_uk.crimes import write_crimes
from safer_assets.publishers.police_uk.maps import SmallAreas, small_areas

PUBLISHER = PoliceUkApi()
CRIMES = "/api/crimes-street/all-crime"
MONTH = "2026-08"
STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n"
)


def archive_file(month: str) -> dict[str, bytes]:
    """A street file of one crime, enough for the archive to have the month."""
    force = "Metropolitan Police Service"
    row = f"{'a' * 64},{month},{force},{force},-0.2,51.6,On or near X,E01000115,Barnet 001A,Burglary,,\n"
    return {street_name(month): (STREET + row).encode()}


def scattered(count: int, *, month: str = MONTH) -> list[Crime]:
    """Crimes all over the district, a few beyond its border, some on the very borders of its small areas and tiles."""
    rng = np.random.default_rng(5)
    longitude, latitude = rng.uniform(-0.302, -0.138, count), rng.uniform(51.548, 51.712, count)
    longitude[::10], latitude[5::10] = -0.22, 51.63
    kinds = ("burglary", "anti-social-behaviour")
    return [
        Crime(number, round(x, 6), round(y, 6), kinds[number % 2], month, "BTP" if number % 50 == 0 else "Force")
        for number, (x, y) in enumerate(zip(longitude.tolist(), latitude.tolist(), strict=True), start=1)
    ]


def inside(crimes: list[Crime]) -> list[int]:
    return [crime.id for crime in crimes if -0.30 <= crime.longitude <= -0.14 and 51.55 <= crime.latitude <= 51.71]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def police(server: Server) -> PoliceUk:
    """The archive ends with July; the API has August besides, and another July."""
    player = PoliceUk(server)
    player.publish(archive_file("2026-06") | archive_file("2026-07"))
    player.months = [MONTH, "2026-07", "2026-06"]
    player.crimes = scattered(600) + [Crime(9_000_000 + crime.id, crime.longitude, crime.latitude, month="2026-07")
                                      for crime in scattered(50)]  # fmt: skip
    return player


@pytest.fixture
def place(police: PoliceUk, tmp_path: Path) -> Place:
    """A home where the archive was read and a map is landed."""
    found = Place(tmp_path, police.addresses)
    land_map(found)
    fetched, report = found.refresh(PoliceUkArchive())
    assert not fetched.problems
    assert len(report.new) == 2
    return found


def land_map(place: Place, *, skip: tuple[int, ...] = ()) -> None:
    folder = place.home / "maps"
    folder.mkdir(parents=True, exist_ok=True)
    grid_map(folder / "lsoa.geojson", skip=skip)
    district_map(folder / "district.geojson")
    Landing(place.home / "landing").land(folder)


def rows(place: Place) -> list[dict[str, str]]:
    """The rows of the one landed file of the API."""
    landing = Landing(place.home / "landing")
    (manifest,) = (found for found in landing.manifests() if found.feed == "police_uk_api")
    return list(csv.DictReader(io.StringIO(landing.content_path(manifest).read_text(encoding="utf-8"))))


def problem(place: Place) -> str:
    """The one problem of the next refresh; it left nothing to land."""
    fetched, report = place.refresh(PUBLISHER)
    assert not report.new
    assert not [path for path in (place.home / "fetching").rglob("*api*") if path.is_file()]
    (found,) = fetched.problems
    return found.message


def test_a_month_that_the_archive_lacks_is_landed_as_evidence_in_no_figure(police: PoliceUk, place: Place) -> None:
    fetched, report = place.refresh(PUBLISHER)
    assert not fetched.problems
    (manifest,) = report.new
    assert (manifest.feed, manifest.vintage, manifest.published) == (
        *("police_uk_api", date(2026, 8, 1)),
        date(2026, 10, 5),
    )
    assert manifest.name.endswith(f"{MONTH}-barnet-street-api.csv")
    assert manifest.feed not in {feed.name for feed in feeds.LOADED}, (
        "its rows name no force and leave out the unplaced"
    )
    found = rows(place)
    assert [int(row["API ID"]) for row in found] == inside(police.crimes[:600])
    assert {row["Month"] for row in found} == {MONTH}
    assert {row["Crime type"] for row in found} == {"Burglary", "Anti-social behaviour"}
    assert {row["Location type"] for row in found} == {"Force", "BTP"}
    assert {bool(row["Crime ID"]) for row in found if row["Crime type"] == "Anti-social behaviour"} == {False}
    assert {len(row["Crime ID"]) for row in found if row["Crime type"] == "Burglary"} == {64}
    assert any("are in no figure" in line for line in place.said)


def test_each_crime_stands_in_the_small_area_where_it_is(place: Place) -> None:
    place.refresh(PUBLISHER)
    for row in rows(place):
        number = int(row["LSOA name"].removeprefix("Barnet ").removesuffix("A")) - 1
        assert row["LSOA code"] == f"E0199{number:04}"
        column, line = (float(row["Longitude"]) + 0.30) / 0.04, (float(row["Latitude"]) - 51.55) / 0.04
        assert number % 4 == pytest.approx(column - 0.5, abs=0.5 + 1e-6)
        assert number // 4 == pytest.approx(line - 0.5, abs=0.5 + 1e-6)


def test_an_area_with_too_many_crimes_is_asked_in_tiles_and_gives_the_same_file(
    police: PoliceUk, place: Place, tmp_path: Path
) -> None:
    place.refresh(PUBLISHER)
    whole, once = rows(place), len(police.asked)
    assert once == 1
    police.too_many, police.asked = 40, []
    other = Place(tmp_path / "other", police.addresses)
    land_map(other)
    other.refresh(PoliceUkArchive())
    fetched, _ = other.refresh(PUBLISHER)
    assert not fetched.problems
    assert len(police.asked) > 16
    assert rows(other) == whole
    assert max(corners for _, corners in police.asked) <= CORNERS


def test_no_second_has_more_requests_than_the_api_takes(police: PoliceUk, place: Place) -> None:
    police.too_many = 20
    fetched, _ = place.refresh(PUBLISHER)
    assert not fetched.problems
    assert len(police.asked) > 3 * A_SECOND
    # One more, because the server's clock stands at the other end of the line.
    assert police.busiest_second() <= A_SECOND + 1


def test_a_server_that_is_overloaded_is_given_up_and_not_drowned(server: Server, place: Place) -> None:
    server.misbehave(CRIMES, unavailable())
    message = problem(place)
    assert "503 without a body" in message
    assert "overloaded" in message
    assert server.count(CRIMES) == SPLITS + 1
    server.behave()
    fetched, _ = place.refresh(PUBLISHER)
    assert len(fetched.fetched) == 1


def test_a_503_that_gives_reasons_and_a_429_pass_by_being_asked_again(
    server: Server, police: PoliceUk, place: Place
) -> None:
    server.misbehave(CRIMES, Fault(status=503, body=b"down for a minute"), times=1)
    server.misbehave(CRIMES, too_many("0"), times=1)
    fetched, _ = place.refresh(PUBLISHER)
    assert not fetched.problems
    assert server.count(CRIMES) == 3
    assert len(rows(place)) == len(inside(police.crimes[:600]))


def test_a_page_in_place_of_crimes_is_refused(server: Server, place: Place) -> None:
    server.misbehave(CRIMES, html())
    assert "HTML" in problem(place)


def test_crimes_of_another_month_than_was_asked_for_are_refused(police: PoliceUk, place: Place) -> None:
    """The API answers for its newest month where it does not understand the one asked for."""
    police.answers_for = "2026-07"
    assert "of its crimes are of another month (such as '2026-07')" in problem(place)


def test_a_category_that_is_not_in_the_list_of_the_month_is_refused(police: PoliceUk, place: Place) -> None:
    police.categories = {slug: name for slug, name in CATEGORIES.items() if slug != "anti-social-behaviour"}
    message = problem(place)
    assert "of its crimes are of a category that crime-categories does not have" in message
    assert "anti-social-behaviour" in message


def test_nothing_is_asked_for_when_all_crime_is_no_category(server: Server, police: PoliceUk, place: Place) -> None:
    """An unknown category is answered with all crime, so the answer would prove nothing."""
    police.categories = {"everything": "Everything"}
    assert "'all-crime' is no category of 2026-08" in problem(place)
    assert server.count(CRIMES) == 0


def test_a_month_without_a_single_crime_is_refused(police: PoliceUk, place: Place) -> None:
    """A month that is not published yet is answered with an empty list."""
    police.crimes = []
    assert "no crime at all for 2026-08" in problem(place)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("id", None, "have no ID"),
        ("location", None, "have no place"),
        ("location", {"latitude": "", "longitude": "-0.2"}, "have no place"),
        ("month", None, "another month"),
        ("category", None, "of a category"),
        ("id", "not a number", "shape"),
        ("location", [1, 2], "shape"),
    ],
)
def test_a_crime_in_another_shape_is_refused(tmp_path: Path, key: str, value: object, words: str) -> None:
    answer: list[object] = [Crime(1, -0.2, 51.6).shown(), Crime(2, -0.2, 51.6).shown() | {key: value}]
    target = tmp_path / "x.csv"
    with pytest.raises(FetchError, match=words):
        write_crimes(
            target, [answer], url="https://x", month=date(2026, 8, 1), categories=CATEGORIES, areas=grid(tmp_path)
        )
    assert not target.exists()


def grid(folder: Path) -> SmallAreas:
    path = grid_map(folder / "map.geojson")
    found = small_areas([("map", path)], "E09000003", ("Barnet",))
    assert found is not None
    return found


def test_a_text_that_would_break_a_csv_file_stays_in_its_cell(tmp_path: Path) -> None:
    context = 'a "quoted", text\nof two lines'
    answer: list[object] = [Crime(1, -0.2, 51.6).shown() | {"context": context}]
    target = tmp_path / "it's.csv"
    write_crimes(target, [answer], url="https://x", month=date(2026, 8, 1), categories=CATEGORIES, areas=grid(tmp_path))
    with target.open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["Context"] == context


def test_without_a_map_the_api_is_not_asked_for_crimes(server: Server, police: PoliceUk, tmp_path: Path) -> None:
    place = Place(tmp_path, police.addresses)
    place.refresh(PoliceUkArchive())
    fetched, _ = place.refresh(PUBLISHER)
    assert (fetched.fetched, fetched.problems) == ([], [])
    assert any("no map of the LSOAs of Barnet is landed" in line for line in place.said)
    assert server.count(CRIMES) == 0


def test_a_map_that_was_cut_is_noticed(server: Server, police: PoliceUk, tmp_path: Path) -> None:
    place = Place(tmp_path, police.addresses)
    land_map(place, skip=(3, 7))
    place.refresh(PoliceUkArchive())
    assert "14 small areas of Barnet, which cover 87%" in problem(place)
    assert server.count(CRIMES) == 0


def test_before_the_archive_was_read_the_api_is_not_asked(server: Server, police: PoliceUk, tmp_path: Path) -> None:
    place = Place(tmp_path, police.addresses)
    land_map(place)
    before = len(server.requests)
    fetched, _ = place.refresh(PUBLISHER)
    assert not fetched.problems
    assert len(server.requests) == before
    assert any("archive has not been read" in line for line in place.said)


def test_a_month_is_fetched_once_until_the_publisher_updates_it(server: Server, police: PoliceUk, place: Place) -> None:
    place.refresh(PUBLISHER)
    before = len(server.requests)
    fetched, _ = place.refresh(PUBLISHER)
    assert not fetched.fetched
    assert [seen.path for seen in server.requests[before:]] == ["/api/crime-last-updated", "/api/crimes-street-dates"]
    police.updated = "2026-10-20"
    police.crimes.append(Crime(5_000, -0.2, 51.6))
    fetched, report = place.refresh(PUBLISHER)
    assert len(fetched.fetched) == len(report.new) == 1


def test_when_the_archive_brings_the_month_its_file_is_fetched_and_the_api_is_done(
    server: Server, police: PoliceUk, place: Place
) -> None:
    place.refresh(PUBLISHER)
    police.publish(archive_file("2026-07") | archive_file(MONTH))
    _, report = place.refresh(PoliceUkArchive())
    assert [(m.feed, m.vintage) for m in report.new] == [("police_uk_street", date(2026, 8, 1))]
    before = server.count(CRIMES)
    fetched, _ = place.refresh(PUBLISHER)
    assert (fetched.fetched, server.count(CRIMES)) == ([], before)


def test_an_api_far_ahead_of_the_archive_stands_in_for_three_months_and_says_so(police: PoliceUk, place: Place) -> None:
    police.months = ["2026-12", "2026-11", "2026-10", "2026-09", MONTH]
    police.crimes = [crime for month in police.months for crime in scattered(20, month=month)]
    fetched, _ = place.refresh(PUBLISHER)
    assert [found.name[:7] for found in fetched.fetched] == ["2026-10", "2026-11", "2026-12"]
    assert any("5 months ahead" in line for line in place.said)


def test_what_is_newest_is_the_newest_month(place: Place) -> None:
    (newest,) = PUBLISHER.newest(place.desk())
    assert (newest.month, newest.token) == (date(2026, 8, 1), MONTH)


# The areas.

SHAPES = st.lists(
    st.tuples(st.floats(-0.3, -0.1), st.floats(51.5, 51.7), st.floats(0.002, 0.05)), min_size=1, max_size=5
).map(lambda discs: shapely.union_all([shapely.Point(x, y).buffer(radius) for x, y, radius in discs]))


TWO_DISCS = shapely.union_all(
    [shapely.Point(-0.25, 51.5).buffer(0.046875), shapely.Point(-0.21875, 51.5).buffer(0.04296875)]
)
"""Simplifying cut into these with the margin that was enough for all shapes before."""


@settings(max_examples=50)
@given(outline=SHAPES)
@example(
    outline=shapely.union_all(
        [shapely.Point(-0.25, 51.5).buffer(0.046875), shapely.Point(-0.21875, 51.5).buffer(0.04296875)]
    )
)
def test_what_is_asked_for_holds_the_area_and_has_few_corners(outline: BaseGeometry) -> None:
    parts = asked_area(outline)
    assert shapely.union_all(parts).covers(outline)
    assert all(shapely.get_num_coordinates(part) <= CORNERS for part in parts)


@settings(max_examples=50)
@given(outline=SHAPES)
def test_tiles_leave_nothing_out_and_reach_beyond_each_others_border(outline: BaseGeometry) -> None:
    (tile, *_) = asked_area(outline)
    found = quarters(tile)
    assert shapely.union_all(found).buffer(1e-9).covers(tile)
    west, _, east, _ = tile.bounds
    border = shapely.LineString([((west + east) / 2, 51), ((west + east) / 2, 52)]).buffer(OVERLAP / 2)
    on_border = tile.intersection(border)
    for point in shapely.get_coordinates(on_border):
        near = shapely.Point(point)
        assert any(quarter.distance(near) < 1e-9 for quarter in found)


def test_real_crimes_stand_where_whoever_placed_them_before_put_them(shared_data: Path, tmp_path: Path) -> None:
    """Barnet, June 2018: 211 LSOAs of 2011, placed by others from the same records."""
    maps = [("lsoa", shared_data / "boundaries" / "barnet_lsoa2011.geojson")]
    areas = small_areas(maps, "E09000003", ("Barnet",))
    assert areas is not None
    assert len(areas.codes) == 211
    path = shared_data / "police_uk_barnet_2016_2018" / "2018-06" / "2018-06-metropolitan-street.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        real = [row for row in csv.DictReader(stream) if row["Longitude"]]
    answer: list[object] = [
        Crime(number, float(row["Longitude"]), float(row["Latitude"]), "burglary", "2018-06").shown()
        for number, row in enumerate(real)
    ]
    counted = write_crimes(
        tmp_path / "x.csv", [answer], url="https://x", month=date(2018, 6, 1), categories=CATEGORIES, areas=areas
    )
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as stream:
        found = {int(row["API ID"]): row["LSOA code"] for row in csv.DictReader(stream)}
    placed = {number: row["LSOA code"] for number, row in enumerate(real) if row["LSOA code"]}
    assert counted.rows == len(found)
    assert counted.rows + counted.outside == len(real)
    agree = sum(found.get(number) == code for number, code in placed.items())
    assert len(placed) > 2_000
    assert agree == len(placed)


def test_the_real_map_on_the_national_grid_gives_the_district(shared_data: Path) -> None:
    folder = shared_data / "boundaries"
    maps = [(path.name, path) for path in sorted(folder.iterdir())]
    areas = small_areas(maps, "E09000003", ("Barnet",))
    assert areas is not None
    assert (areas.origin, len(areas.codes)) == ("london_lsoa.gpkg", 220), "2021 before 2011"
    older = small_areas([pair for pair in maps if pair[0] != "london_lsoa.gpkg"], "E09000003", ("Barnet",))
    assert older is not None
    both = areas.outline.intersection(older.outline).area
    assert both / areas.outline.area > 0.98
    assert both / older.outline.area > 0.98


def test_the_national_grid_is_within_three_metres_of_what_is_published_for_london(shared_data: Path) -> None:
    import sqlite3

    con = sqlite3.connect(f"file:{shared_data / 'boundaries' / 'london_lsoa.gpkg'}?mode=ro&immutable=1", uri=True)
    known = np.array(con.execute('select "BNG_E", "BNG_N", "LONG", "LAT" from lsoas').fetchall(), dtype=float)
    con.close()
    off = (to_longitude_latitude(known[:, :2]) - known[:, 2:]) * (69_200, 111_300)  # metres a degree at 51.5 N
    assert len(known) == 4_994
    assert np.hypot(*off.T).max() < 3


def test_a_map_of_other_coordinates_is_left_alone(tmp_path: Path) -> None:
    path = grid_map(tmp_path / "map.geojson")
    text = path.read_text(encoding="utf-8")
    system = '{"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}, '
    path.write_text(system + text[1:], encoding="utf-8")
    assert small_areas([("map", path)], "E09000003", ("Barnet",)) is None


def test_a_damaged_map_is_named(tmp_path: Path) -> None:
    (tmp_path / "map").write_bytes(b"SQLite format 3\x00 and nothing else")
    with pytest.raises(FetchError, match="cannot be read"):
        small_areas([("map", tmp_path / "map")], "E09000003", ("Barnet",))


def test_a_file_of_the_api_and_one_of_the_archive_are_never_taken_for_each_other(place: Place) -> None:
    place.refresh(PUBLISHER)
    landing = Landing(place.home / "landing")
    by_feed = {manifest.feed: landing.content_path(manifest) for manifest in landing.manifests()}
    for feed in ("police_uk_api", "police_uk_street"):
        (content,) = feeds.probe(by_feed[feed], "x")
        assert [known.name for known in feeds.ALL if known.recognises(content)] == [feed]


def test_a_file_of_the_api_with_two_months_is_refused(tmp_path: Path) -> None:
    header = "API ID,Crime ID,Month,Location type,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    text = header + "Last outcome category,Context\n" + "".join(
        f"{number},,{month},Force,-0.2,51.6,X,E01000115,Barnet 001A,Burglary,,\n"
        for number, month in enumerate(("2026-08", "2026-07"))
    )  # fmt: skip
    (tmp_path / "x").write_text(text, encoding="utf-8")
    (content,) = feeds.probe(tmp_path / "x", "x")
    with duckdb.connect() as con, pytest.raises(FeedError, match=r"2 months \(2026-07, 2026-08\)"):
        feeds.by_name("police_uk_api").describe(content, con)


def test_ids_come_in_order_so_that_the_same_crimes_are_the_same_bytes(place: Place) -> None:
    place.refresh(PUBLISHER)
    ids = [int(row["API ID"]) for row in rows(place)]
    assert all(first < second for first, second in pairwise(ids))
