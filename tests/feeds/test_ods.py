"""Protects: an OpenDocument spreadsheet is read cell for cell, and a hostile one is refused before it takes memory."""

import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from feeds.home_office_file import CLOSE, NAMESPACES, OPEN, cell, sheet_xml, write_big, write_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from safer_assets import feeds
from safer_assets.errors import FeedError
from safer_assets.feeds import ods

DTD = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=20)
VALUES = st.one_of(TEXT, st.integers(-(10**9), 10**9))


def read(path: Path) -> list[ods.Row]:
    return list(ods.rows(path, "x.ods"))


def refused(path: Path) -> str:
    with pytest.raises(FeedError) as caught:
        read(path)
    assert str(caught.value).startswith("x.ods: is an OpenDocument file that ")
    return str(caught.value)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(VALUES, min_size=1, max_size=6), max_size=8), piece=st.integers(1, 400))
def test_every_cell_comes_back_however_the_xml_is_cut_into_pieces(
    rows: list[list[str | int]], piece: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write_xml(tmp_path_factory.mktemp("a") / "a.ods", OPEN + sheet_xml("One & only", rows) + CLOSE)
    wanted = []
    for row in rows:
        texts = [value if isinstance(value, str) else str(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            wanted.append(("One & only", texts, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ods, "CHUNK_BYTES", piece)
        assert read(path) == wanted


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (cell(12), "12"),
        (cell(1234567), "1234567"),  # shown as 1,234,567
        (cell(-3), "-3"),
        ('<table:table-cell office:value-type="float" office:value="12.0"/>', "12"),
        ('<table:table-cell office:value-type="float" office:value="1E3"/>', "1000"),
        ('<table:table-cell office:value-type="float" office:value="1.5"/>', "1.5"),
        ('<table:table-cell office:value-type="date" office:date-value="2026-07-23"/>', "2026-07-23"),
        (cell("two\nlines"), "two\nlines"),
        (cell("a < b & c"), "a < b & c"),
        (cell("a b").replace(" b", '<text:s text:c="3"/>b'), "a   b"),
        (
            '<table:table-cell office:value-type="string"><text:p>plain <text:span>and bold</text:span> text</text:p>'
            "</table:table-cell>",
            "plain and bold text",
        ),
        (
            '<table:table-cell office:value-type="string"><office:annotation><dc:creator>A</dc:creator>'
            "<text:p>a comment</text:p></office:annotation><text:p>the cell</text:p></table:table-cell>",
            "the cell",
        ),
    ],
)  # fmt: skip
def test_what_a_cell_says(xml: str, text: str, tmp_path: Path) -> None:
    body = f'<table:table table:name="S"><table:table-row>{xml}</table:table-row></table:table>'
    assert read(write_xml(tmp_path / "a.ods", OPEN + body + CLOSE)) == [("S", [text], 1)]


def test_repeated_and_covered_cells_and_rows_in_groups_stand_where_they_stand(tmp_path: Path) -> None:
    twice = cell("x").replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="2" ')
    header = f'<table:table-row><table:table-cell table:number-columns-repeated="2"/>{cell("c")}</table:table-row>'
    cells = f"{twice}<table:covered-table-cell/>{cell('y')}"
    three = f'<table:table-row table:number-rows-repeated="3">{cells}</table:table-row>'
    body = (
        f'<table:table table:name="S"><table:table-header-rows>{header}</table:table-header-rows>'
        f"<table:table-row-group>{three}</table:table-row-group></table:table>"
    )
    assert read(write_xml(tmp_path / "a.ods", OPEN + body + CLOSE)) == [
        ("S", ["", "", "c"], 1),
        ("S", ["x", "x", "", "y"], 3),
    ]


@pytest.mark.parametrize("doctype", [DTD, EXTERNAL, "<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("before", ["", "<!--" + " " * 200_000 + "-->"])
def test_a_document_type_is_refused_before_anything_is_unfolded(
    doctype: str, encoding: str, before: str, tmp_path: Path
) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    body = f"<office:document-content {NAMESPACES}>{sheet_xml('S', [['&b;']]).replace('&amp;b;', '&b;')}"
    xml = f"{declared}{before}{doctype}{body}</office:document-content>".encode(encoding)
    path = write_xml(tmp_path / "a.ods", xml)
    assert "declares a document type" in refused(path)
    (content,) = feeds.probe(path, "x.ods")
    assert "declares a document type" in content.problem


def test_an_entity_that_nobody_declared_is_no_well_formed_xml(tmp_path: Path) -> None:
    xml = OPEN + sheet_xml("S", [["it"]]).replace("it", "&undeclared;") + CLOSE
    assert "not well-formed XML" in refused(write_xml(tmp_path / "a.ods", xml))


MEGABYTE = 1 << 20
ENDLESS = "more than 4,194,304 bytes"
ONE_CELL = sheet_xml("S", [["x"]])
WIDE = '<table:table-cell table:number-columns-repeated="999999999" '
HOSTILE = {
    "a text without end": (
        f"<table:table><table:table-row><table:table-cell><text:p>{'x' * 64 * MEGABYTE}",
        ENDLESS,
    ),
    "a tag without end": (f'<table:table table:name="{"x" * 64 * MEGABYTE}', ENDLESS),
    "a comment without end": (f"<!--{'x' * 64 * MEGABYTE}", ENDLESS),
    "a row without end": (f"<table:table><table:table-row>{cell('x') * 400_000}", ENDLESS),
    "nested groups": ("<table:table-row-group>" * 400_000, "nests more than 64 levels"),
    "nested anything": ("<text:p>" * 400_000, "nests more than 64 levels"),
    "wide rows": (ONE_CELL.replace("<table:table-cell ", WIDE, 1), "more than 1,024 cells"),
    "a repetition that is no number": (ONE_CELL.replace('"16383"', '"1e9"'), "repeats something '1e9' times"),
    "a long cell": (sheet_xml("S", [["x" * 40_000]]), "a cell of more than 32,767 characters"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_document_is_refused_and_takes_no_memory(kind: str, tmp_path: Path) -> None:
    body, says = HOSTILE[kind]
    path = write_xml(tmp_path / "a.ods", OPEN + body + CLOSE)
    tracemalloc.start()
    try:
        assert says in refused(path)
        assert tracemalloc.get_traced_memory()[1] < 48 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_a_document_that_packs_like_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ods.MIMETYPE)
        with archive.open("content.xml", "w", force_zip64=True) as stream:
            stream.write(f'{OPEN}<table:table table:name="S">'.encode())
            for _ in range(70):
                stream.write(b'<table:table-row table:style-name="%s"/>' % (b" " * MEGABYTE))
            stream.write(f"</table:table>{CLOSE}".encode())
    assert "unpacks to more than 67,108,864 bytes" in refused(path)


def test_damage_is_named(tmp_path: Path) -> None:
    good = write_big(tmp_path / "good.ods", 2_000).read_bytes()
    (tmp_path / "cut.ods").write_bytes(good[: len(good) // 2])
    assert "is damaged" in refused(tmp_path / "cut.ods")
    spoiled = bytearray(good)
    spoiled[len(good) // 2] ^= 0xFF
    (tmp_path / "flipped.ods").write_bytes(bytes(spoiled))
    refused(tmp_path / "flipped.ods")
    with zipfile.ZipFile(tmp_path / "empty.ods", "w") as archive:
        archive.writestr("mimetype", ods.MIMETYPE)
    assert "has no content.xml" in refused(tmp_path / "empty.ods")
    half = OPEN + sheet_xml("S", [["x"]])
    assert "not well-formed" in refused(write_xml(tmp_path / "half.ods", half))


def test_another_document_is_not_taken_for_a_spreadsheet(tmp_path: Path) -> None:
    text = write_xml(tmp_path / "a.odt", OPEN + CLOSE, mimetype="application/vnd.oasis.opendocument.text")
    (content,) = feeds.probe(text, "a.odt")
    assert (content.kind, content.problem) == ("other", "")
    assert "office document" in content.what


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Peak memory of a process of its own, for 2,000 and for 60,000 rows (2 and 72 MB of XML)."""
    program = (
        "import sys, pathlib; from safer_assets.feeds import ods; "
        "n = sum(times for _, _, times in ods.rows(pathlib.Path(sys.argv[1]), 'x')); "
        # Not ru_maxrss: that begins with what the process that started this one held.
        "print(n, open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"
    )
    peaks = []
    for rows in (2_000, 60_000):
        path = write_big(tmp_path / f"{rows}.ods", rows)
        done = subprocess.run([sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True)
        number, peak = map(int, done.stdout.split())
        assert number == rows + 2
        peaks.append(peak * 1024)
    assert peaks[1] - peaks[0] < 8 * MEGABYTE
