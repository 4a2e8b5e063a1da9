"""What a file is, told from its bytes; and that what nobody can read says why."""

import sqlite3
from pathlib import Path

import pytest
from feeds.feed_files import workbook, write

from safer_assets.feeds import probe


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML page"),
        (b"\n  <HTML><head></head></html>", "HTML page"),
        (b"\nMajorText,MinorText\n", "blank line"),
        (b'"Major\nText",MinorText\n', "never closed"),
    ],
)
def test_what_nobody_can_read_is_a_problem_in_words(head: bytes, words: str, tmp_path: Path) -> None:
    (content,) = probe(write(tmp_path, head), "x.csv")
    assert words in content.problem


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"7z\xbc\xaf\x27\x1c\x00", "7-Zip"),
        (b"<?xml version='1.0'?><kml/>", "XML"),
        (b"\x01\x02\x00\x03", "binary"),
        (b'{"type": "Topology"}', "not a GeoJSON map"),
    ],
)
def test_what_is_no_feed_is_named(head: bytes, words: str, tmp_path: Path) -> None:
    (content,) = probe(write(tmp_path, head), "x.csv")
    assert not content.problem
    assert words in content.what
    assert not content.is_table


@pytest.mark.parametrize(
    ("head", "header", "delimiter"),
    [
        (b"a,b,c\n", ("a", "b", "c"), ","),
        (b"\xef\xbb\xbfa; b ;c,d\r\n", ("a", "b", "c,d"), ";"),
        (b'"x,y"\tb\r', ("x,y", "b"), "\t"),
        ("a,b\n".encode("utf-16"), ("a", "b"), ","),
    ],
)
def test_a_header_is_read_with_its_delimiter(
    head: bytes, header: tuple[str, ...], delimiter: str, tmp_path: Path
) -> None:
    (content,) = probe(write(tmp_path, head), "x")
    assert (content.header, content.delimiter) == (header, delimiter)


def test_maps_are_told_apart_from_other_json_and_databases(tmp_path: Path) -> None:
    (geojson,) = probe(write(tmp_path, '{"type":"FeatureCollection","features":[]}', "a"), "a")
    with sqlite3.connect(tmp_path / "b") as con:
        con.execute("create table gpkg_contents (table_name text)")
    con.close()
    with sqlite3.connect(tmp_path / "c") as con:
        con.execute("create table other (x text)")
    con.close()
    assert geojson.kind == "json"
    assert probe(tmp_path / "b", "b")[0].kind == "gpkg"
    assert "not a GeoPackage" in probe(tmp_path / "c", "c")[0].what


def test_a_workbook_is_one_table_a_sheet_found_below_its_title(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x", [["Group", "SubGroup", "BOCU", 202301], ["A", "B", "C", 1]], title="Crime")
    (content,) = probe(path, "x")
    assert content.kind == "xlsx"
    assert content.header == ("Group", "SubGroup", "BOCU", "202301")
    assert content.header_row == 2


def test_a_damaged_workbook_is_a_problem_in_words(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "x", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "not xml")
    (content,) = probe(tmp_path / "x", "x")
    assert "damaged workbook" in content.problem
