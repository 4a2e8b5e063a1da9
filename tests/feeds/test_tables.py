"""Rows come out as they stand in the file, numbered exactly, or the file is refused with the line."""

import csv
import unicodedata
from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import borough_csv, describe, write
from hypothesis import given, settings
from hypothesis import strategies as st

from safer_assets.errors import FeedError
from safer_assets.feeds import Content, probe
from safer_assets.feeds.tables import scanned

CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]) | st.sampled_from('",;\n '), max_size=6
)

SPACES = "".join(chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Zs")


def rows_of(content: Content) -> list[tuple[object, ...]]:
    names = [f"c{number}" for number in range(len(content.header))]
    with duckdb.connect() as con, scanned(con, content, names):
        return con.execute("select * from scanned order by row_number").fetchall()


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8))
def test_what_a_csv_writer_wrote_is_read_back(
    rows: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "x"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
    trimmed = [(number, *(cell.strip(SPACES) or None for cell in row)) for number, row in enumerate(rows, start=1)]
    assert rows_of(probe(path, "x")[0]) == [row for row in trimmed if any(row[1:])]


def test_row_numbers_follow_the_file_over_many_threads_worth_of_rows(shared_data: Path) -> None:
    path = shared_data / "mps_dashboard" / "M1045_MonthlyCrimeDashboard_OtherCrimeData.csv"
    wanted = range(0, 472_354, 9_973)
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        expected = {n + 1: tuple(cell or None for cell in row) for n, row in enumerate(reader) if n in wanted}
    (content,) = probe(path, "x")
    names = [f"c{number}" for number in range(12)]
    with duckdb.connect() as con, scanned(con, content, names):
        found = con.execute("select * from scanned where (row_number - 1) % 9973 = 0").fetchall()
        assert con.execute("select count(*), max(row_number) from scanned").fetchone() == (472_354, 472_354)
    assert {row[0]: row[1:] for row in found} == expected


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_byte_order_mark_and_line_ends_do_not_matter(ending: str, mark: bytes, tmp_path: Path) -> None:
    path = write(tmp_path, mark + borough_csv().replace("\n", ending).encode())
    feed, found = describe(path)
    assert (feed.name, found.rows, found.columns[0]) == ("mps_borough", 3, "MajorText")


def test_a_blank_row_is_none_and_the_rows_after_it_keep_their_numbers(tmp_path: Path) -> None:
    (content,) = probe(write(tmp_path, "a,b\n1,2\n, \n3,4\n"), "x")
    assert rows_of(content) == [(1, "1", "2"), (3, "3", "4")]


@pytest.mark.parametrize(
    ("tail", "words"),
    [
        (
            "Burglary,Domestic Burglary,Enf",
            r"line 5 has 3 cells where the header has 7: 'Burglary,Domestic Burglary,Enf'",
        ),
        ("Robbery;Personal Property;Brent;1;2;3;4\n", "line 5 has 1 cells where the header has 7.*mixes delimiters"),
        ("Robbery,Personal Property,Brent,1,2,3,4,5\n", "line 5 has 8 cells"),
        ('Robbery,"Personal Property,Brent,1,2,3,4\n', "line 5 has a quotation mark"),
    ],
)
def test_a_line_that_is_no_row_is_named(tail: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=rf"a file: {words}.*fetch the file again"):
        describe(write(tmp_path, borough_csv() + tail))


def test_mixed_line_ends_are_refused_rather_than_guessed(tmp_path: Path) -> None:
    text = borough_csv().replace("\n", "\r\n", 2)
    with pytest.raises(FeedError, match="mixes line endings"):
        describe(write(tmp_path, text))
