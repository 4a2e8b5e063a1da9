"""What the real files say of small areas: crimes without a ward, one ward under two names, units of LSOAs."""

from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import read
from marts.test_small_areas import made, rows
from warehouse_fixtures import LANDED_AT, add_file, empty_warehouse, set_meeting

from safer_assets import feeds
from safer_assets.landing.availability import available_from

FILES = (
    *("mps_ward/mps_ward_24m_202304-202503", "mps_lsoa/mps_lsoa_25m_202402-202602"),
    *("mps_borough/mps_borough_24m_202303-202502", "lookups/lsoa2011_to_lsoa2021_to_lad2022_EW"),
)
HOME, HILLINGDON, HEATHROW = "E09000003", "E09000017", "E05013570"


@pytest.fixture(scope="module")
def con(shared_data: Path) -> duckdb.DuckDBPyConnection:
    """The files as landed and loaded, and the small-area marts of a meeting that may read them all."""
    con = empty_warehouse()
    for name in FILES:
        path = shared_data / f"{name}.csv"
        (content,) = feeds.probe(path, path.name)
        (feed,) = (feed for feed in feeds.ALL if feed.recognises(content))
        found = feed.describe(content, con)
        if found.first_month and found.vintage:
            out = available_from(feed.name, vintage=found.vintage, historical=False, refreshed=None, published=None)
            add_file(
                con, path.stem, feed.name, found.scheme,
                first=found.first_month, last=found.vintage, available=out, rows=found.rows,
            )  # fmt: skip
        else:
            con.execute(
                "insert into landing.files (file_id, feed, landed_at) values (?, ?, ?)",
                [path.stem, feed.name, LANDED_AT],
            )
        read(con, feed, path, path.stem)
        con.execute(f"insert into raw.{feed.name} select {_typed(feed)} from incoming")
    set_meeting(con, data_month=LANDED_AT.date().replace(year=2025, month=2), as_at=LANDED_AT.date().replace(year=2027))
    return made(con)


def _typed(feed: feeds.Feed) -> str:
    return ", ".join(column.expression for column in feed.raw_columns)


def test_the_wards_have_fewer_crimes_than_the_borough_since_connect_and_as_many_before(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(
        con,
        "select month >= '2024-03-01', count(*), sum(unplaced), sum(total) from marts.small_area_unplaced "
        f"where source = 'mps_ward' and indicator = 'total_notifiable_offences' and area_code = '{HOME}' "
        "group by 1 order by 1",
    )
    # 612 of 53,821 in the 23 months that both files have: 1.1 % fewer, nearly all of it after the new record system.
    assert found == [(False, 11, 15, 25939), (True, 12, 597, 27882)]


def test_the_keys_that_stand_twice_are_one_ward_under_two_names_and_are_added(con: duckdb.DuckDBPyConnection) -> None:
    twice = rows(
        con,
        "select ward_code, offence_group, offence_subgroup, count(distinct row_number) as times from raw.mps_ward "
        "group by all having times > 1",
    )
    assert (len(twice), {row[0] for row in twice}, {row[3] for row in twice}) == (23, {HEATHROW}, {2})
    in_both = rows(
        con,
        f"select borough, month, sum(offences) from raw.mps_ward where ward_code = '{HEATHROW}' and offences > 0 "
        "group by all order by borough, month",
    )
    by_name = {
        name: [(str(month), count) for borough, month, count in in_both if borough == name] for name, *_ in in_both
    }
    assert by_name["Hillingdon"] == [("2023-04-01", 281)], "one month, and the other name has every month after"
    assert by_name["Aviation Security (SO18)"][:2] == [("2023-04-01", 17), ("2023-05-01", 368)]
    assert len(by_name["Aviation Security (SO18)"]) == 24
    [(area, offences, all_rows)] = rows(
        con,
        "select any_value(area_code), sum(offences), "
        f"(select sum(offences) from raw.mps_ward where ward_code = '{HEATHROW}') "
        f"from marts.ward_months where ward_code = '{HEATHROW}' and indicator = 'total_notifiable_offences'",
    )
    assert (area, offences, all_rows) == (HILLINGDON, 281 + 11459, 281 + 11459)


def test_the_lsoa_file_gives_every_lsoa_of_2021_and_no_total(con: duckdb.DuckDBPyConnection) -> None:
    [(lsoas, units, first, last)] = rows(
        con,
        "select count(distinct lsoa21_code), count(distinct unit_code), min(month), max(month) "
        "from marts.small_area_months",
    )
    assert (lsoas, units) == (220, 211), "211 LSOAs of 2011, 6 of which were split into 15"
    assert (str(first), str(last)) == ("2024-03-01", "2026-02-01"), "2024-02 has 39 crimes in the whole of London"
    indicators = {row[0] for row in rows(con, "select distinct indicator from marts.small_area_months")}
    assert "violence_with_injury" in indicators
    assert not indicators & {"sexual_offences", "total_notifiable_offences"}, "it has no sexual offences"


def test_units_of_the_whole_country(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, "select change, count(distinct unit_code) from staging.lsoa_units group by 1 order by 1")
    assert found == [("irregular", 3), ("merged", 119), ("split", 861), ("unchanged", 33647)]
