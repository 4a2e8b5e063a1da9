"""data.police.uk street and outcomes files: one month, one force, and the real counts."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import BTP, MET, STREET_HEADER, describe, load, read, street_csv, street_row, table, write

from safer_assets import feeds
from safer_assets.errors import FeedError

STREET = feeds.by_name("police_uk_street")


def test_all_real_barnet_files_hold_what_is_known_of_them(shared_data: Path) -> None:
    with duckdb.connect() as con:
        counts = []
        for path in sorted((shared_data / "police_uk_barnet_2016_2018").rglob("*.csv")):
            _, found = describe(path)
            assert (found.force, f"{found.vintage:%Y-%m}") == (MET, path.parent.name)
            read(con, STREET, path, path.parent.name)
            load(con, STREET)
            counts.append(
                con.execute(
                    "select count(*), count(*) filter (where lsoa_code is null), "
                    "count(*) filter (where crime_key is null and falls_within = ? "
                    "and crime_type <> 'Anti-social behaviour'), "
                    "count(crime_key) filter (where crime_type = 'Anti-social behaviour'), "
                    "count(crime_key) - count(distinct crime_key) "
                    "from raw.police_uk_street",
                    [BTP],
                ).fetchall()[0]
            )
    assert len(counts) == 30
    assert [sum(column) for column in zip(*counts, strict=True)] == [83_723, 1_395, 753, 5, 2_871]


def test_the_real_city_of_london_files_hold_what_is_known_of_them(shared_data: Path) -> None:
    with duckdb.connect() as con:
        blank, unplaced = 0, 0
        for path in sorted((shared_data / "police_uk").rglob("*city-of-london-street.csv")):
            assert describe(path)[1].force == "City of London Police"
            read(con, STREET, path)
            load(con, STREET)
            row = con.execute(
                "select count(*) filter (where crime_key is null), count(*) filter (where lsoa_code is null) "
                "from raw.police_uk_street"
            ).fetchone()
            assert row is not None
            blank, unplaced = blank + row[0], unplaced + row[1]
    assert (blank, unplaced) == (584, 1_823)


def test_the_crime_key_is_the_same_for_the_same_id_and_null_without_one(tmp_path: Path) -> None:
    rows = [street_row("a" * 64), street_row("b" * 64), street_row("a" * 64), street_row("")]
    with duckdb.connect() as con:
        read(con, STREET, write(tmp_path, street_csv(rows)))
        load(con, STREET)
        keys = [
            row[0] for row in con.execute("select crime_key from raw.police_uk_street order by row_number").fetchall()
        ]
        types = con.execute("select month, longitude from raw.police_uk_street limit 1").fetchone()
    assert keys[0] == keys[2] != keys[1]
    assert keys[3] is None
    assert types == (date(2023, 12, 1), -0.202)


@pytest.mark.parametrize(
    ("forces", "force"),
    [([BTP, BTP, MET], MET), ([MET, "Essex Police", MET], MET), ([BTP], BTP)],
)
def test_the_force_is_the_one_most_rows_fall_within_but_for_the_railways(
    forces: list[str], force: str, tmp_path: Path
) -> None:
    rows = [street_row(f"{number:064x}", falls_within=name) for number, name in enumerate(forces)]
    assert describe(write(tmp_path, street_csv(rows)))[1].force == force


def test_months_that_are_none_or_several_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="data row 2 has Month '2023-13'"):
        describe(write(tmp_path, street_csv([street_row(), street_row(month="2023-13")])))
    with pytest.raises(FeedError, match=r"2 months \(2023-11, 2023-12\)"):
        describe(write(tmp_path, street_csv([street_row(), street_row(month="2023-11")])))
    with pytest.raises(FeedError, match="no row has a Month"):
        describe(write(tmp_path, street_csv([street_row(month="")])))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    rows = [street_row()[:7] + street_row()[8:]]
    with pytest.raises(FeedError, match=r"column LSOA code is missing \(found Crime ID, Month"):
        describe(write(tmp_path, table(STREET_HEADER[:7] + STREET_HEADER[8:], rows)))


def test_outcomes_are_described(shared_data: Path) -> None:
    feed, found = describe(shared_data / "police_uk" / "2023-12" / "2023-12-metropolitan-outcomes.csv")
    assert (feed.name, found.rows, found.force, found.vintage) == (
        *("police_uk_outcomes", 2_250, MET),
        date(2023, 12, 1),
    )
