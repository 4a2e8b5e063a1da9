"""Recorded crime by ward and LSOA: told apart, every source row and offence kept, cells of 0 passed over."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import describe, load, read, write
from hypothesis import given, settings
from hypothesis import strategies as st

from safer_assets import feeds

WARD, LSOA = feeds.by_name("mps_ward"), feeds.by_name("mps_lsoa")
MONTHS = ("202403", "202404", "202405")
HEADER = ("MajorText", "MinorText", "WardName", "WardCode", "LookUp_BoroughName", *MONTHS)


def ward_csv(rows: list[tuple[str, ...]]) -> str:
    lines = [",".join(HEADER)]
    lines += [
        ",".join(("THEFT", "SHOPLIFTING", f"Ward {n}", f"E05{n:06d}", "Barnet", *row)) for n, row in enumerate(rows)
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("name", "feed", "scheme", "first", "last", "rows"),
    [
        ("mps_ward/mps_ward_24m_202009-202208", WARD, "mps-before-2024", date(2020, 9, 1), date(2022, 8, 1), 22168),
        ("mps_ward/mps_ward_24m_202304-202503", WARD, "mps-2024", date(2023, 4, 1), date(2025, 3, 1), 17901),
        ("mps_lsoa/mps_lsoa_25m_202402-202602", LSOA, "mps-2024", date(2024, 2, 1), date(2026, 2, 1), 105620),
    ],
)
def test_a_real_file_keeps_every_source_row_and_every_offence(
    name: str, feed: feeds.Feed, scheme: str, first: date, last: date, rows: int, shared_data: Path
) -> None:
    path = shared_data / f"{name}.csv"
    told, found = describe(path)
    assert told is feed
    assert (found.scheme, found.first_month, found.vintage, found.rows) == (scheme, first, last, rows)
    with path.open(encoding="utf-8", newline="") as stream:
        header, *cells = csv.reader(stream)
    expected = Counter[date]()
    for position, month in enumerate(header[5:], start=5):
        expected[date(int(month[:4]), int(month[4:]), 1)] = sum(int(row[position]) for row in cells)
    with duckdb.connect() as con:
        read(con, feed, path)
        load(con, feed)
        table = f"raw.{feed.name}"
        counted = con.execute(f"select count(distinct row_number), min(offences) from {table}").fetchone()
        by_month = dict(con.execute(f"select month, sum(offences) from {table} group by month").fetchall())
        zeros = con.execute(f"select count(distinct month) from {table} where offences = 0").fetchone()
    assert counted == (rows, 0)
    assert by_month == expected
    assert zeros == (1,), "only the first month keeps its cells of 0"


@settings(max_examples=25)
@given(st.lists(st.tuples(*[st.sampled_from(["0", "1", "27", "", "-1", "x", "0.0"])] * 3), min_size=1, max_size=8))
def test_nothing_but_a_plain_zero_after_the_first_month_is_passed_over(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    with duckdb.connect() as con:
        read(con, WARD, write(tmp_path_factory.mktemp("ward"), ward_csv(rows)))
        found = con.execute("select row_number, month, coalesce(offences, '') from incoming").fetchall()
    expected = [
        (number, month, cell)
        for number, row in enumerate(rows, start=1)
        for month, cell in zip(MONTHS, row, strict=True)
        if cell != "0" or month == MONTHS[0]
    ]
    assert sorted(found) == sorted(expected)
