"""What a file on disk is, told from its bytes and never from its name.

What is here: kinds of content (table as csv or workbook, GeoJSON, GeoPackage, other), the header of a table, and what
makes a file unreadable whatever it was meant to be. What is not: which feed it is (each feed says so itself) and rows
(tables.py).
"""

import csv
import re
import sqlite3
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from safer_assets.errors import FeedError
from safer_assets.feeds import ods, workbooks

HEAD_BYTES: Final = 1 << 16
SHEET_ROWS_SEARCHED: Final = 20  # a workbook may open with a title; its header stands within these rows
OPEN_DOCUMENT_BYTES_SEARCHED: Final = 16 << 20  # of the XML; sheets before the first big one are notes
WORKBOOK_LIMIT_BYTES: Final = 1 << 30  # unpacked; a sheet is held in memory

_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", "a PDF document"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive, which is not looked into: unpack it, or pack it as .zip"),
    (b"Rar!", "a RAR archive, which is not looked into: unpack it, or pack it as .zip"),
    (b"BZh", "a bzip2 file, which is not looked into: unpack it, or pack it as .gz"),
    (b"\xfd7zXZ", "an xz file, which is not looked into: unpack it, or pack it as .gz"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file (.xls, .doc): save it as .xlsx or CSV UTF-8"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)


@dataclass(frozen=True, slots=True)
class BadByte:
    """The first place of a file that is not UTF-8: byte offset and line, both as an editor counts (offset from 0)."""

    offset: int
    line: int
    value: int


@dataclass(frozen=True, slots=True)
class Content:
    """One table or map on disk, or a file that is neither.

    Attributes:
        path: The file, unpacked.
        name: How messages call it, such as `2023.zip!2023-01/x.csv`.
        header: The column headings as published, blanks at their ends removed; empty for what is not a table.
        delimiter: Of a csv.
        encoding: `utf-8` (with or without a byte order mark) is what feeds accept.
        sheet: Name of the sheet, of a workbook.
        header_row: Rows of a sheet before its header (0 in a csv).
        bad_byte: The first byte that is not UTF-8, where the whole file has been looked at.
        what: In words, what a file of kind `other` is.
        problem: Why nobody can read it (empty, damaged, an error page); then it is no use to ask the feeds.
    """

    path: Path
    name: str
    kind: Literal["csv", "xlsx", "ods", "json", "gpkg", "other"]
    header: tuple[str, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"
    sheet: str = ""
    header_row: int = 0
    bad_byte: BadByte | None = None
    what: str = ""
    problem: str = ""

    @property
    def is_table(self) -> bool:
        """Whether it has a header and rows."""
        return self.kind in ("csv", "xlsx")


def probe(path: Path, name: str, bad_byte: BadByte | None = None) -> tuple[Content, ...]:
    """Look at a file: one Content, or one a sheet for a workbook.

    Args:
        path: The file, unpacked; only its first 64 KiB are read (of a workbook, the first rows of each sheet).
        name: How messages call it.
        bad_byte: Where whoever copied the file found it not to be UTF-8.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        return (Content(path, name, "other", problem="is empty (0 bytes). Fetch it again."),)
    if zipfile.is_zipfile(path) and head.startswith(b"PK"):
        return _workbook(path, name)
    if head.startswith(b"SQLite format 3\x00"):
        return (_database(path, name),)
    if what := next((what for magic, what in _MAGIC if head.startswith(magic)), ""):
        return (Content(path, name, "other", what=what),)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return (_csv(path, name, head.decode("utf-16", errors="replace"), encoding="utf-16"),)
    if b"\x00" in head:
        return (Content(path, name, "other", what="a binary file"),)
    text = head.decode("utf-8-sig", errors="replace")
    return (replace(_text(path, name, text), bad_byte=bad_byte),)


def is_document(members: Sequence[str]) -> bool:
    """Whether a zip file with these members is a document (xlsx, docx, ods) rather than an archive."""
    return "[Content_Types].xml" in members or "mimetype" in members


def _text(path: Path, name: str, text: str) -> Content:
    start = text.lstrip()[:4096]
    if start.startswith("<"):
        if re.search(r"<!doctype html|<html|<head|<body", start, flags=re.IGNORECASE):
            problem = (
                "is an HTML page, not data: the download ended on an error or a log-in page. "
                "Open its address in a browser, then fetch it again."
            )
            return Content(path, name, "other", problem=problem)
        return Content(path, name, "other", what="an XML file")
    if start.startswith(("{", "[")):
        collection = re.search(r'"type"\s*:\s*"FeatureCollection"', text) is not None
        return Content(path, name, "json", what="GeoJSON" if collection else "JSON that is not a GeoJSON map")
    return _csv(path, name, text)


def _csv(path: Path, name: str, text: str, encoding: str = "utf-8") -> Content:
    line = re.split(r"\r\n|\r|\n", text, maxsplit=1)[0]
    content = Content(path, name, "csv", encoding=encoding)
    if not line.strip():
        return replace(content, problem="begins with a blank line; the header must be its first line. Fetch it again.")
    outside = re.sub(r'"[^"]*"', "", line)
    if '"' in outside:
        return replace(content, problem="has a header with a quotation mark that is never closed. Fetch it again.")
    delimiter = max(",;\t|", key=outside.count)
    header = next(csv.reader([line], delimiter=delimiter))
    return replace(content, header=tuple(heading.strip() for heading in header), delimiter=delimiter)


def _database(path: Path, name: str) -> Content:
    try:
        with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True) as con:
            maps = con.execute("select count(*) from sqlite_master where name = 'gpkg_contents'").fetchone()
        con.close()
    except sqlite3.DatabaseError as error:
        return Content(path, name, "other", problem=f"is a damaged SQLite file ({error}). Fetch it again.")
    if maps[0]:
        return Content(path, name, "gpkg", what="GeoPackage")
    return Content(path, name, "other", what="an SQLite database that is not a GeoPackage")


def _workbook(path: Path, name: str) -> tuple[Content, ...]:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    names = [member.filename for member in members]
    if ods.is_spreadsheet(path, names):
        return _open_document(path, name)
    if "xl/workbook.xml" not in names:
        what = "an office document without an Excel workbook in it: save it as .xlsx or CSV UTF-8"
        return (Content(path, name, "other", what=what),)
    unpacked = sum(member.file_size for member in members)
    if unpacked > WORKBOOK_LIMIT_BYTES:
        problem = (
            f"is a workbook of {unpacked:,} bytes unpacked, more than {WORKBOOK_LIMIT_BYTES:,}. Save it as CSV UTF-8."
        )
        return (Content(path, name, "other", problem=problem),)
    try:
        sheets = workbooks.beginnings(path, SHEET_ROWS_SEARCHED)
    except workbooks.WorkbookError as error:
        return (Content(path, name, "xlsx", problem=f"is a damaged workbook ({error}). Fetch it again."),)
    found = [_sheet(path, name, sheet_name, rows) for sheet_name, rows in sheets.items()]
    tables = tuple(content for content in found if content is not None)
    return tables or (Content(path, name, "other", what="a workbook with no table in it"),)


def _open_document(path: Path, name: str) -> tuple[Content, ...]:
    """The sheets that begin within the first bytes, each with its header; who knows one reads the file as a stream."""
    sheets: dict[str, list[tuple[str, ...]]] = {}
    try:
        for sheet, cells, _ in ods.rows(path, name, at_most=OPEN_DOCUMENT_BYTES_SEARCHED):
            if len(found := sheets.setdefault(sheet, [])) < SHEET_ROWS_SEARCHED:
                found.append(tuple(cell.strip() for cell in cells))
    except FeedError as error:
        return (Content(path, name, "other", problem=str(error).removeprefix(f"{name}: ")),)
    found_in = [_sheet(path, name, sheet, rows) for sheet, rows in sheets.items()]
    tables = tuple(replace(content, kind="ods") for content in found_in if content is not None)
    return tables or (Content(path, name, "other", what="an OpenDocument spreadsheet with no table in it"),)


def _sheet(path: Path, name: str, sheet: str, rows: Sequence[tuple[str, ...]]) -> Content | None:
    """The sheet as a table: its header is the first row with three headings or more, so that titles are passed over."""
    for number, row in enumerate(rows):
        if sum(bool(cell) for cell in row) >= 3:
            width = max(position for position, cell in enumerate(row) if cell) + 1
            called = f"{name}, sheet {sheet!r}"
            return Content(path, called, "xlsx", header=row[:width], sheet=sheet, header_row=number)
    return None
