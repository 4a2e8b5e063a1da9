"""Recorded crime by borough: header sets, schemes, months, and every way such a file has been seen damaged."""

import csv
from datetime import date
from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import (
    BOROUGH_HEADER,
    BOROUGH_MONTHS,
    BOROUGH_ROWS,
    borough_csv,
    describe,
    load,
    read,
    workbook,
    write,
)

from safer_assets import feeds
from safer_assets.errors import FeedError

MPS_BOROUGH = feeds.by_name("mps_borough")


@pytest.mark.parametrize(
    ("name", "scheme", "first", "last", "rows", "historical"),
    [
        ("24m_201703-201902", "mps-before-2024", date(2017, 3, 1), date(2019, 2, 1), 1594, False),
        ("24m_202103-202302", "mps-before-2024", date(2021, 3, 1), date(2023, 2, 1), 1559, False),
        ("24m_202205-202404", "mps-2024", date(2022, 5, 1), date(2024, 4, 1), 999, False),
        ("24m_202407-202606", "mps-2024", date(2024, 7, 1), date(2026, 6, 1), 993, False),
        ("hist_201004-202010", "mps-before-2024", date(2010, 4, 1), date(2020, 10, 1), 1768, True),
        ("hist_201004-202311_newcats", "mps-2024", date(2010, 4, 1), date(2023, 11, 1), 1084, True),
    ],
)
def test_real_files_are_described(
    name: str, scheme: str, first: date, last: date, rows: int, historical: bool, shared_data: Path
) -> None:
    _, found = describe(shared_data / "mps_borough" / f"mps_borough_{name}.csv")
    assert (found.scheme, found.first_month, found.vintage) == (scheme, first, last)
    assert (found.rows, found.historical) == (rows, historical)


def test_a_real_file_becomes_one_row_a_month_with_nothing_lost(shared_data: Path) -> None:
    path = shared_data / "mps_borough" / "mps_borough_24m_202407-202606.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    expected = {
        (number, *row[:3], date(int(month[:4]), int(month[4:]), 1), int(cell))
        for number, row in enumerate(rows, start=1)
        for month, cell in zip(header[3:], row[3:], strict=True)
    }
    with duckdb.connect() as con:
        read(con, MPS_BOROUGH, path)
        load(con, MPS_BOROUGH)
        found = con.execute("select * exclude (file_id) from raw.mps_borough").fetchall()
    assert len(found) == 993 * 24
    assert set(found) == expected


def test_a_blank_cell_reaches_the_gate_and_a_failing_row_stays_out(tmp_path: Path) -> None:
    rows = [BOROUGH_ROWS[0], ("Robbery", "Personal Property", "Barnet", "61", "", "1.5", "60")]
    with duckdb.connect() as con:
        read(con, MPS_BOROUGH, write(tmp_path, borough_csv(rows=rows)))
        cells = con.execute("select month, offences from incoming where row_number = 2 order by month").fetchall()
        assert cells == [("202211", "61"), ("202212", None), ("202301", "1.5"), ("202302", "60")]
        con.execute("insert into failing values ('f1', 2, 'whole number', '1.5'), ('another', 1, 'x', 'y')")
        load(con, MPS_BOROUGH)
        assert con.execute("select row_number, sum(offences) from raw.mps_borough group by all").fetchall() == [
            (1, 732)
        ]


def test_a_cell_the_gate_let_through_stops_the_load_in_words(tmp_path: Path) -> None:
    rows = [("Robbery", "Personal Property", "Barnet", "61", "many", "1", "60")]
    with duckdb.connect() as con:
        read(con, MPS_BOROUGH, write(tmp_path, borough_csv(rows=rows)))
        with pytest.raises(FeedError, match=r"raw.mps_borough.*passed the gate.*many"):
            load(con, MPS_BOROUGH)


def test_a_workbook_is_read_as_the_csv_is(tmp_path: Path) -> None:
    rows = [[*row[:3], *(int(cell) for cell in row[3:])] for row in BOROUGH_ROWS]
    header = [*BOROUGH_HEADER, *(int(month) for month in BOROUGH_MONTHS)]
    sheet = workbook(tmp_path / "x.csv", [header, *rows, [None] * 7], title="MPS Borough Level Crime")
    assert describe(sheet)[1].rows == 3
    with duckdb.connect() as con:
        read(con, MPS_BOROUGH, sheet)
        from_sheet = con.execute("select * from incoming order by all").fetchall()
        read(con, MPS_BOROUGH, write(tmp_path, borough_csv()))
        assert con.execute("select * from incoming order by all").fetchall() == from_sheet


def test_the_scheme_is_told_by_the_names_and_their_case(tmp_path: Path) -> None:
    new = [("BURGLARY", "BURGLARY IN A DWELLING", "Barnet", "1", "2", "3", "4")]
    assert describe(write(tmp_path, borough_csv(rows=new)))[1].scheme == "mps-2024"
    assert describe(write(tmp_path, borough_csv()))[1].scheme == "mps-before-2024"


def test_a_pair_nobody_has_seen_does_not_hide_the_scheme(tmp_path: Path) -> None:
    rows = [*BOROUGH_ROWS, ("Piracy", "At sea", "Barnet", "1", "2", "3", "4")]
    assert describe(write(tmp_path, borough_csv(rows=rows)))[1].scheme == "mps-before-2024"


def test_a_scheme_nobody_has_seen_is_refused_with_an_example(tmp_path: Path) -> None:
    rows = [("burglary", "domestic burglary", "Barnet", "1", "2", "3", "4")]
    with pytest.raises(FeedError, match=r"none of its 1 offence names.*'burglary / domestic burglary'"):
        describe(write(tmp_path, borough_csv(rows=rows)))


def test_the_two_damaged_real_copies_are_refused_with_their_reasons(shared_data: Path) -> None:
    with pytest.raises(FeedError, match=r"hand_edited.csv.*MinorText.*missing.*'Avg Crime 2019', a blank heading"):
        describe(shared_data / "malformed" / "mps_borough_hand_edited.csv")
    with pytest.raises(FeedError, match=r"collapsed_to_years.csv.*YYYYMM.*2021 \(10 times\), 2022 \(13 times\)"):
        describe(shared_data / "malformed" / "mps_borough_headers_collapsed_to_years.csv")


@pytest.mark.parametrize(
    ("header", "months", "words"),
    [
        (("MajorText", "Minor", "LookUp_BoroughName"), BOROUGH_MONTHS, r"MinorText.*missing.*'Minor' is not expected"),
        (BOROUGH_HEADER, ("202211", "202212", "202213", "202301"), "no month 202213"),
        (BOROUGH_HEADER, ("202211", "202301", "202302", "202303"), "months are left out: 2022-12"),
        (BOROUGH_HEADER, ("202211", "202212", "202212", "202301"), r"202212 \(2 times\).*more than once"),
        (BOROUGH_HEADER, ("2021", "2021.1", "2021.2", "2021.3"), r"headed YYYYMM.*2021.1"),
        (BOROUGH_HEADER, ("Nov-22", "Dec-22", "Jan-23", "Feb-23"), r"headed YYYYMM.*Nov-22"),
        (BOROUGH_HEADER, ("202211", "202212", "202301", "Total"), "'Total' is not expected"),
        (("MajorText", "Group", "LookUp_BoroughName"), BOROUGH_MONTHS, r"offence_group \(2 times\)"),
    ],
)
def test_a_spoiled_header_is_refused_with_what_is_wrong(
    header: tuple[str, ...], months: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    path = write(tmp_path, borough_csv(header, months))
    with pytest.raises(FeedError, match=rf"a file: .*{words}.*found {header[0]}.*fetch the file again from https"):
        describe(path)


def test_no_rows_or_the_header_again_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="a header and no rows"):
        describe(write(tmp_path, borough_csv(rows=())))
    twice = borough_csv(rows=(*BOROUGH_ROWS, (*BOROUGH_HEADER, *BOROUGH_MONTHS), *BOROUGH_ROWS))
    with pytest.raises(FeedError, match="data row 4 is the header again"):
        describe(write(tmp_path, twice))


def test_ward_and_lsoa_files_are_described_with_their_scheme(shared_data: Path) -> None:
    feed, found = describe(shared_data / "mps_lsoa" / "mps_lsoa_25m_202402-202602.csv")
    assert (feed.name, found.scheme, found.rows, found.vintage) == ("mps_lsoa", "mps-2024", 105_620, date(2026, 2, 1))
    feed, found = describe(shared_data / "mps_ward" / "mps_ward_24m_202009-202208.csv")
    assert (feed.name, found.scheme, found.rows) == ("mps_ward", "mps-before-2024", 22_168)
