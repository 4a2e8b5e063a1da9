"""Whether a file holds what looks like personal data, and where.

What is here: the search through headings and values of a table, a map or a text. What is not: what the data looks like
(personal_shapes.py) and what becomes of such a file (land.py: it is refused, and no copy of it is kept).

Text of up to 1 MB is searched whole. Of more, 16 slices of 64 kB are, spread evenly from the first byte to the
last: only a publisher's bulk file is larger, a column of personal values is met in every slice of it, and lists of
people are small. Tests hold that no file of real open data is taken for personal, and what the search costs.
"""

import csv
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from safer_assets.errors import FeedError
from safer_assets.feeds import Content
from safer_assets.feeds.headings import plain
from safer_assets.feeds.ods import rows
from safer_assets.feeds.tables import Connection, as_csv, identifier, literal
from safer_assets.geography.maps import feature_tables
from safer_assets.landing.personal_shapes import SUSPECT, Value, first_value, heading_kind

WHOLE_BYTES: Final = 1 << 20
CHUNK_BYTES: Final = 1 << 20
SLICES: Final = 16
SLICE_BYTES: Final = 1 << 16
MAP_ROWS: Final = 100_000

_NAME = "a person's name"
_PLACE_NAMES = ("name", "names")
"""Beside the code of an area, these are names of areas."""
_FREE_TEXT = ("csv", "json", "other")


@dataclass(frozen=True, slots=True)
class Personal:
    """What was found, without a word of the value itself: its kind, and the place."""

    kind: str
    place: str

    @property
    def reason(self) -> str:
        """Why the file is kept out, and what to do."""
        return (
            f"{self.place} looks like {self.kind}. Personal data is not landed, and no copy of this file is kept. Ask "
            "the sender for counts, or take the column out; then delete the file from the source, and tell whoever "
            "answers for data protection where it came from."
        )


def find_personal(contents: Sequence[Content], con: Connection, *, known: bool) -> Personal | None:
    """The first thing in a file that looks like personal data; None for nearly every file.

    Args:
        contents: The file as `probe` sees it.
        con: Any DuckDB connection.
        known: A feed knows it, so that its headings may be repeated in a message.
    """
    for content in contents:
        if found := _headings(content) or _values(content, con, known=known):
            return found
    return None


def is_plain_text(contents: Sequence[Content]) -> bool:
    """Whether the search saw all there is; a PDF, a damaged workbook or the cover of a sound one may hold anything."""
    return all(
        content.kind in ("csv", "json") or (content.problem and content.kind == "other" and _is_text(content.path))
        for content in contents
    )


def _is_text(path: Path) -> bool:
    with path.open("rb") as stream:
        return b"\x00" not in stream.read(CHUNK_BYTES)


def _headings(content: Content) -> Personal | None:
    """A heading that names personal data, or is itself a value because the header is missing."""
    if content.kind == "json":
        return _in_fields(_json_keys(content.path))
    of_places = any(plain(heading).endswith(("code", "cd")) and not heading_kind(heading) for heading in content.header)
    for number, heading in enumerate(content.header if len(content.header) > 1 else (), start=1):
        if (kind := heading_kind(heading)) and not (of_places and plain(heading) in _PLACE_NAMES):
            return Personal(kind, f"column {number} ({heading!r})")
        if value := first_value(heading):
            return Personal(value.kind, f"line 1 (where a header should be), column {number},")
    return None


def _values(content: Content, con: Connection, *, known: bool) -> Personal | None:
    if content.problem and content.kind != "other":
        return None
    if content.kind in _FREE_TEXT:
        return _in_text(content, content.path, con, known=known)
    if content.kind == "gpkg":
        return _in_geopackage(content.path)
    if content.kind == "ods":
        return _in_ods(content)
    try:
        with as_csv(content) as (path, _):
            return _in_text(content, path, con, known=known)
    except FeedError:  # no table in the end, which the feed says better
        return None


def _in_text(content: Content, path: Path, con: Connection, *, known: bool) -> Personal | None:
    """The first value in a file of text, by line and column."""
    pieces = list(_pieces(path))
    # One query a file: to plan one costs as much as to search 200 kB.
    query = f"select regexp_matches(?, {literal(SUSPECT)})"
    suspected = con.execute(query, ["\n".join(text for _, text in pieces)]).fetchone()
    if suspected and suspected[0]:
        for offset, text in pieces:
            if value := first_value(text):
                return Personal(value.kind, _place(content, path, offset, text, value, known=known))
    return None


def _pieces(path: Path) -> Iterator[tuple[int, str]]:
    """What is searched of a file, as its offset in bytes and its text."""
    size = path.stat().st_size
    if size <= WHOLE_BYTES:
        offsets, length = range(1), WHOLE_BYTES
    else:
        offsets, length = range(0, size - SLICE_BYTES + 1, (size - SLICE_BYTES) // (SLICES - 1)), SLICE_BYTES
    with path.open("rb") as stream:
        wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(stream.read(2), "utf-8")
        for offset in offsets:
            stream.seek(offset - offset % 2)
            yield offset - offset % 2, stream.read(length).decode(wide, errors="replace")


def _place(content: Content, path: Path, offset: int, text: str, value: Value, *, known: bool) -> str:
    """The line and column of a value, as an editor or a spreadsheet counts."""
    start = text.rfind("\n", 0, value.start) + 1
    end = text.find("\n", value.end)
    line = text[start : end if end >= 0 else len(text)]
    with path.open("rb") as stream:
        pieces = iter(lambda: stream.read(min(CHUNK_BYTES, offset - stream.tell())), b"")
        number = sum(piece.count(b"\n") for piece in pieces) + text.count("\n", 0, value.start) + 1
    if content.kind == "xlsx":
        number += content.header_row
    at = f"{'row' if content.kind == 'xlsx' else 'line'} {number:,}"
    if not content.is_table or len(content.header) < 2:
        return at
    cells = next(csv.reader([line[:100_000]], delimiter=content.delimiter), [])
    column = next((n for n, cell in enumerate(cells) if text[value.start : value.end] in cell), None)
    if column is None:
        return at
    named = f" ({content.header[column]!r})" if known and column < len(content.header) else ""
    return f"{at}, column {column + 1}{named},"


def _in_ods(content: Content) -> Personal | None:
    """A value in the beginning of an OpenDocument spreadsheet, which is a publisher's and may unpack to gigabytes."""
    read = islice(rows(content.path, content.name, at_most=WHOLE_BYTES), MAP_ROWS)
    for number, (sheet, cells, _) in enumerate(read, start=1):
        if sheet == content.sheet and (value := first_value("\n".join(cells))):
            return Personal(value.kind, f"a cell about row {number:,} of sheet {sheet!r}")
    return None


def _in_geopackage(path: Path) -> Personal | None:
    """A field of a map that is named so, or holds such text."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as con:
        try:
            for table in feature_tables(con):
                fields = [field[1] for field in con.execute(f"pragma table_info({identifier(table)})").fetchall()]
                if found := _in_fields(fields):
                    return found
                for field in map(identifier, fields):
                    # Text alone: a geometry is bytes, and bytes hold every shape by chance.
                    query = f"select {field} from {identifier(table)} where typeof({field}) = 'text' limit {MAP_ROWS}"  # noqa: S608 # quoted
                    if value := first_value("\n".join(text for (text,) in con.execute(query).fetchall())):
                        return Personal(value.kind, f"field {field} of the map")
        except sqlite3.DatabaseError:  # damaged, which the feed says better
            return None
    return None


def _json_keys(path: Path) -> Sequence[str]:
    """The names of fields in the beginning of a map; every feature has the same."""
    with path.open("rb") as stream:
        text = stream.read(CHUNK_BYTES).decode(errors="replace")
    return list(dict.fromkeys(re.findall(r'"([^"\\]{1,60})"\s*:', text)))


def _in_fields(fields: Sequence[str]) -> Personal | None:
    """A field of a map that is named so. That a place has a name is what a map is for."""
    for field in fields:
        if (kind := heading_kind(field)) and kind != _NAME:
            return Personal(kind, f"field {field!r} of the map")
    return None
