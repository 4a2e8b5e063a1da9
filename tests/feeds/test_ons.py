"""ONS population and lookups, and the look-alikes that must not pass for them; the survey, VAWG and maps."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import describe, load, read, table, write

from safer_assets import feeds
from safer_assets.errors import FeedError

POPULATION, LOOKUP = feeds.by_name("ons_population"), feeds.by_name("ons_lookup")


def test_the_real_population_is_loaded(shared_data: Path) -> None:
    path = shared_data / "population" / "ons_mid_year_population_london_boroughs_2011_2022.csv"
    _, found = describe(path)
    assert (found.rows, found.first_month, found.vintage, found.historical) == (
        *(396, date(2011, 6, 1), date(2022, 6, 1)),
        False,
    )
    with duckdb.connect() as con:
        read(con, POPULATION, path)
        load(con, POPULATION)
        barnet = "select population from raw.ons_population where area_code = 'E09000003' and mid_year = 2022"
        assert con.execute(barnet).fetchall() == [(390_346,)]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (("date_name", "geography_code", "obs_value"), ("2022", "E09000003", "390346")),
        (("DATE_NAME", "GEOGRAPHY_CODE", "GENDER_NAME", "OBS_VALUE"), ("2022", "E09000003", "Total", "390346")),
    ],
)
def test_a_nomis_download_is_the_same_table(header: tuple[str, ...], row: tuple[str, ...], tmp_path: Path) -> None:
    path = write(tmp_path, table(header, [row]))
    assert describe(path)[1].vintage == date(2022, 6, 1)
    with duckdb.connect() as con:
        read(con, POPULATION, path)
        load(con, POPULATION)
        assert con.execute("from raw.ons_population").fetchall() == [("f1", 1, "E09000003", None, 2022, 390_346)]


def test_a_projection_under_the_same_label_is_refused_with_what_it_is(shared_data: Path) -> None:
    with pytest.raises(FeedError, match=r"'GLA Population Projections' \(1,440 rows\).*not ONS mid-year estimates"):
        describe(shared_data / "population" / "gla_housing_density_borough_pop_1999-2050.csv")


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        (("borough", "population"), ("Barnet", "390346"), "area_code .*mid_year .*missing"),
        (("date_name", "geography_code", "gender_name", "obs_value"), ("2022", "E09000003", "Male", "1"), "'Male'"),
        (("area_code", "mid_year", "population"), ("E01000115", "2022", "1500"), "1 of its 1 rows are LSOAs"),
        (("area_code", "mid_year", "population"), ("E09000003", "2022/23", "1500"), "data row 1 is not a year"),
        (("area_code", "mid_year", "population", "ward"), ("E09000003", "2022", "1", "x"), "'ward' is not expected"),
    ],
)
def test_what_only_looks_like_population_is_refused(
    header: tuple[str, ...], row: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    with pytest.raises(FeedError, match=words):
        describe(write(tmp_path, table(header, [row])))


def test_lsoa_population_is_a_feed_of_its_own(shared_data: Path) -> None:
    feed, found = describe(shared_data / "population" / "ons_mid_year_population_london_lsoa21_2011_2022.csv")
    assert (feed.name, found.rows, found.vintage) == ("ons_population_lsoa", 59_928, date(2022, 6, 1))


@pytest.mark.parametrize(
    ("name", "rows", "first"),
    [
        (
            "lsoa2011_to_lsoa2021_to_lad2022_EW",
            35_796,
            ("E01031349", "E01031349", "U", None, None, "E07000223", "Adur"),
        ),
        (
            "lsoa2021_to_ward2024_to_lad2024_EW",
            35_672,
            (None, "E01012049", None, "E05009861", "Ladgate", "E06000002", "Middlesbrough"),
        ),
        (
            "ward2023_to_lad2023_UK",
            8_441,
            (None, None, None, "E05013038", "Burn Valley", "E06000001", "Hartlepool"),
        ),
    ],
)
def test_real_lookups_are_loaded_whatever_columns_they_have(
    name: str, rows: int, first: tuple[str | None, ...], shared_data: Path
) -> None:
    path = shared_data / "lookups" / f"{name}.csv"
    _, found = describe(path)
    assert (found.rows, found.vintage, found.historical) == (rows, None, False)
    with duckdb.connect() as con:
        read(con, LOOKUP, path)
        load(con, LOOKUP)
        assert con.execute("from raw.ons_lookup order by row_number limit 1").fetchall() == [("f1", 1, *first)]


@pytest.mark.parametrize("header", [("LSOA11CD", "LSOA21CD", "CHGIND"), ("WD23CD", "LAD23CD", "Name")])
def test_a_lookup_that_leads_to_no_district_is_refused(header: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"LAD24(CD|NM).* missing"):
        describe(write(tmp_path, table(header, [("a", "b", "c")])))


def test_feeds_that_are_only_landed_are_described(shared_data: Path) -> None:
    _, vawg = describe(shared_data / "mps_vawg" / "mps_vawg_offence_count_location_201401-202602.csv")
    _, survey = describe(shared_data / "pas" / "mopac_pas_borough.csv")
    assert (vawg.rows, vawg.first_month, vawg.vintage) == (314_161, date(2014, 1, 1), date(2026, 2, 1))
    assert (survey.rows, survey.first_month, survey.vintage) == (9_312, date(2014, 12, 1), date(2023, 12, 1))
    _, wards = describe(shared_data / "boundaries" / "barnet_wards_OSBoundaryLine.geojson")
    _, lsoas = describe(shared_data / "boundaries" / "london_lsoa.gpkg")
    assert (wards.rows, lsoas.rows) == (24, 4_994)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"type": "FeatureCollection", "features": [{"type"', "not whole"),
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        ('{"type": "FeatureCollection"}', "no list of features"),
    ],
)
def test_a_broken_map_is_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=words):
        describe(write(tmp_path, text))
