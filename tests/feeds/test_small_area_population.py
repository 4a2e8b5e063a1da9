"""Protects: residents of LSOAs of 2021 are loaded, and what only looks like them is refused by name."""

from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import describe, load, read, write

from safer_assets.errors import FeedError
from safer_assets.feeds import by_name

FEED = by_name("ons_population_lsoa")


def test_rows_reach_the_warehouse(tmp_path: Path) -> None:
    path = write(tmp_path, "LSOA21CD,mid_year,population\nE01000001,2021,1472\nE01000002,2022,1438\n")
    assert describe(path)[0] is FEED
    with duckdb.connect() as con:
        read(con, FEED, path)
        load(con, FEED)
        rows = con.execute("select * exclude (file_id, row_number) from raw.ons_population_lsoa").fetchall()
    assert rows == [("E01000001", None, None, 2021, 1472), ("E01000002", None, None, 2022, 1438)]


def test_lsoas_of_another_census_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "LSOA11CD,mid_year,population\nE01000001,2015,1472\n")
    with pytest.raises(FeedError, match="LSOA11CD says that its LSOAs are of 2011, where those of 2021 are wanted"):
        describe(path)


def test_a_projection_by_lsoa_is_refused_by_the_column_that_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, "lsoa21_code,mid_year,source,population\nE01000001,2020,GLA projection,1472\n")
    with pytest.raises(FeedError, match="column 'source' is not expected"):
        describe(path)
