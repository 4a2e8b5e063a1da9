"""OpenDocument spreadsheets, read as a stream: a few rows at a time, whatever the size of the XML.

What is here: sheets and rows as text, and every bound that keeps a hostile or broken file from taking memory. What is
not: which feed it is and what its columns mean (each feed). An .ods of 30 MB can hold 1.4 GB of XML, so nothing of it
is held but the rows of the piece being read.

The tree is built by the standard library's C parser and cut behind the row it is in: handlers written in Python, called
for each of the 47 tags and texts of a row, took twice as long (20,000 rows a second in place of 44,000).
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from xml.parsers import expat

from safer_assets.errors import FeedError

MIMETYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
CONTENT: Final = "content.xml"
CHUNK_BYTES: Final = 1 << 14  # what is built of it stays in the processor's cache: twice as fast as 1 << 17

MAX_XML_BYTES: Final = 6 << 30  # the largest known table has 1.4 GB
MAX_RATIO: Final = 500  # rows of a table pack 30 to 100 times
RATIO_FREE_BYTES: Final = 64 << 20  # a file smaller than this may pack as well as it likes
MAX_UNFINISHED_BYTES: Final = 4 << 20  # XML in which nothing ends: one tag, one text, one row
MAX_DEPTH: Final = 64
MAX_COLUMNS: Final = 1_024
MAX_CELL: Final = 32_767  # characters, as spreadsheet programs have it

Row = tuple[str, list[str], int]
"""Sheet name, cells (blanks at the end of the row left out), and how often the row stands there one after another."""

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_SHEET, _ROW, _CELL = f"{_TABLE}table", f"{_TABLE}table-row", f"{_TABLE}table-cell"
_ROWS_INSIDE = frozenset(
    {f"{_OFFICE}document-content", f"{_OFFICE}body", f"{_OFFICE}spreadsheet", _SHEET}
    | {f"{_TABLE}{name}" for name in ("table-row-group", "table-header-rows", "table-rows")}
)
_NAME, _COLUMNS_REPEATED = f"{_TABLE}name", f"{_TABLE}number-columns-repeated"
_ROWS_REPEATED = f"{_TABLE}number-rows-repeated"
_TYPE, _VALUE = f"{_OFFICE}value-type", f"{_OFFICE}value"
_OTHER_VALUES = tuple(f"{_OFFICE}{kind}-value" for kind in ("date", "time", "boolean"))
_PARAGRAPH, _BLANKS, _BLANKS_NUMBER = f"{_TEXT}p", f"{_TEXT}s", f"{_TEXT}c"
_BREAKS = frozenset({f"{_TEXT}tab", f"{_TEXT}line-break"})


def is_spreadsheet(path: Path, members: Sequence[str]) -> bool:
    """Whether a zip file with these members is an OpenDocument spreadsheet, by its `mimetype` member."""
    if "mimetype" not in members:
        return False
    try:
        with zipfile.ZipFile(path) as archive, archive.open("mimetype") as stream:
            return stream.read(len(MIMETYPE) + 16).strip() == MIMETYPE
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return False


def rows(path: Path, name: str, *, at_most: int = MAX_XML_BYTES) -> Iterator[Row]:
    """Every row that holds anything, sheet by sheet, in constant memory.

    A number is as the file keeps it (`12`, not the `12.00` that is shown); dates are ISO; a comment on a cell is no
    part of its text.

    Args:
        path: The .ods.
        name: How messages call it.
        at_most: Bytes of XML after which to stop without complaint, to look at a beginning only.

    Raises:
        FeedError: It is damaged, or does what no spreadsheet does: declares a document type, nests or repeats without
            end, unpacks to more than the bounds.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(CONTENT) as stream:
            packed = archive.getinfo(CONTENT).compress_size
            limit = min(MAX_XML_BYTES, max(packed * MAX_RATIO, RATIO_FREE_BYTES))
            yield from _rows(stream, name, limit, at_most)
    except KeyError:
        raise _refused(name, f"has no {CONTENT}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _refused(name, f"is damaged ({error})") from error
    except (expat.ExpatError, ParseError) as error:
        raise _refused(name, f"is not well-formed XML ({error})") from error


def _rows(stream: IO[bytes], name: str, limit: int, at_most: int) -> Iterator[Row]:
    guard, tree = _Guard(name), _Tree(name)
    fed = 0
    while chunk := stream.read(CHUNK_BYTES):
        fed += len(chunk)
        if fed > limit:
            raise _refused(name, f"unpacks to more than {limit:,} bytes")
        guard.see(chunk)
        yield from tree.feed(chunk)
        if fed >= at_most:
            return
    yield from tree.end()


def _refused(name: str, problem: str) -> FeedError:
    return FeedError(f"{name}: is an OpenDocument file that {problem}. Nothing of it was landed; fetch it again.")


class _Guard:
    """Looks at the XML up to its first tag, before the tree does.

    Only a document type can declare entities, and it stands before the first tag or nowhere. No spreadsheet has one:
    refusing it refuses entities that unfold without end and entities that read other files.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._passed = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._pass

    def see(self, chunk: bytes) -> None:
        """The next piece; FeedError where it declares anything."""
        if not self._passed:
            self._parser.Parse(chunk, False)

    def _refuse(self, *_: object) -> None:
        raise _refused(self._name, "declares a document type, through which XML can be made to grow or to read files")

    def _pass(self, *_: object) -> None:
        self._passed = True


class _Tree:
    """The part of the document around the row being read; all before it is handed out and cut off."""

    def __init__(self, name: str) -> None:
        self._name = name
        builder = TreeBuilder()
        self._top = builder.start("document", {})  # ours, so that there is a hold on what the parser builds in it
        self._parser = XMLParser(target=builder)  # noqa: S314 # the guard has looked first
        self._unfinished = 0

    def feed(self, chunk: bytes) -> list[Row]:
        """The rows that are known to have ended with the next piece."""
        self._unfinished += len(chunk)
        self._parser.feed(chunk)
        found = self._harvest()
        if self._unfinished > MAX_UNFINISHED_BYTES:
            raise _refused(self._name, f"has a row, tag or text of more than {MAX_UNFINISHED_BYTES:,} bytes")
        return found

    def end(self) -> list[Row]:
        """The rows that are left when there are no more pieces."""
        self._parser.close()
        found: list[Row] = []
        for element in self._top:
            self._within(element, "", 0, found)
        return found

    def _harvest(self) -> list[Row]:
        """Along the elements that are still open: whatever stands before one of them has ended."""
        found: list[Row] = []
        node, sheet, depth = self._top, "", 0
        while node.tag != _ROW and len(node):
            depth += 1
            if depth > MAX_DEPTH:
                raise _refused(self._name, f"nests more than {MAX_DEPTH} levels deep")
            if node.tag == _SHEET:
                sheet = node.get(_NAME, "")
            ended = node[:-1]
            if ended:
                del node[:-1]
                self._unfinished = 0
                if node.tag in _ROWS_INSIDE:
                    for element in ended:
                        self._within(element, sheet, depth, found)
            node = node[-1]
        return found

    def _within(self, element: Element, sheet: str, depth: int, found: list[Row]) -> None:
        """Add the rows in an element that has ended."""
        if element.tag == _ROW:
            cells = self._cells(element, sheet)
            if cells:
                found.append((sheet, cells, self._times(element.get(_ROWS_REPEATED), sheet)))
        elif element.tag in _ROWS_INSIDE:
            if depth > MAX_DEPTH:
                raise _refused(self._name, f"nests more than {MAX_DEPTH} levels deep")
            inside = element.get(_NAME, "") if element.tag == _SHEET else sheet
            for child in element:
                self._within(child, inside, depth + 1, found)

    def _cells(self, row: Element, sheet: str) -> list[str]:
        cells: list[str] = []
        blank = 0  # a row ends in thousands of blanks; they count once something follows
        for cell in row:
            repeated = cell.get(_COLUMNS_REPEATED)
            times = 1 if repeated is None else self._times(repeated, sheet)
            value = self._value(cell, sheet) if cell.tag == _CELL else ""  # else covered by a merged cell
            if not value:
                blank += times
                continue
            if len(cells) + blank + times > MAX_COLUMNS:
                raise _refused(self._name, f"has a row of more than {MAX_COLUMNS:,} cells in sheet {sheet!r}")
            if blank:
                cells += [""] * blank
                blank = 0
            if times == 1:
                cells.append(value)
            else:
                cells += [value] * times
        return cells

    def _value(self, cell: Element, sheet: str) -> str:
        kind = cell.get(_TYPE)
        if kind is not None and kind != "string":
            value = cell.get(_VALUE) or next(filter(None, map(cell.get, _OTHER_VALUES)), "")
            if value.isdigit():
                return value
            if value:
                return _number(value)
        if len(cell) == 1 and not len(cell[0]) and cell[0].tag == _PARAGRAPH:
            text = cell[0].text or ""
        else:
            text = "\n".join(_text(part) for part in cell if part.tag == _PARAGRAPH)
        if len(text) > MAX_CELL:
            raise _refused(self._name, f"has a cell of more than {MAX_CELL:,} characters in sheet {sheet!r}")
        return text

    def _times(self, repeated: str | None, sheet: str) -> int:
        if repeated is None:
            return 1
        if not (repeated.isascii() and repeated.isdigit() and len(repeated) < 10):
            raise _refused(self._name, f"repeats something {repeated[:20]!r} times in sheet {sheet!r}")
        return max(int(repeated), 1)


def _text(paragraph: Element) -> str:
    """The text of a paragraph, with the blanks that XML would swallow and that are therefore written as elements."""
    for element in paragraph.iter():
        if element.tag == _BLANKS:
            number = element.get(_BLANKS_NUMBER, "1")
            element.text = " " * (int(number) if number.isdecimal() and len(number) < 4 else 1)
        elif element.tag in _BREAKS:
            element.text = " "
    return "".join(paragraph.itertext())


def _number(value: str) -> str:
    """A whole number without decimals, however the file writes it (`12.0`, `1E3`); anything else as it is."""
    try:
        number = float(value)
    except ValueError:
        return value
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value
