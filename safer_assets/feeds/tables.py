"""Rows of a table on disk as `scanned` in DuckDB, read by DuckDB and by nothing else.

What is here: csv and workbook made one, exact row numbers, and DuckDB's complaints turned into words. What is not: what
the columns mean (each feed) and types: every cell is text, with blanks at its ends removed, NULL where nothing is left.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from safer_assets.errors import FeedError
from safer_assets.feeds import workbooks
from safer_assets.feeds.content import Content

Connection = duckdb.DuckDBPyConnection


@contextmanager
def scanned(con: Connection, content: Content, names: Sequence[str], *, kept: bool = False) -> Iterator[None]:
    """Inside, `scanned` holds the table: row_number INTEGER (1 = first row after the header) and `names`.

    A row in which every cell is blank holds nothing and is not in it; rows after it keep their numbers.

    Args:
        con: Connection that gets it, for as long as the block lasts.
        content: The table.
        names: One name a column of the file, in its order.
        kept: Read the file once, at the start, for several queries; else each query reads it.

    Raises:
        FeedError: Reading stopped at a line that is not a row of this table; names the line and what is wrong.
    """
    with as_csv(content) as (path, delimiter):
        try:
            con.execute(
                f"create or replace temp {'table' if kept else 'view'} scanned as {_rows(path, delimiter, names)}"
            )
            yield
        except duckdb.InvalidInputException as error:
            raise FeedError(f"{content.name}: {_in_words(str(error))}") from error
        finally:
            con.execute(f"drop {'table' if kept else 'view'} if exists scanned")


def first_row(con: Connection, sql: str, parameters: Sequence[object] = ()) -> tuple[Any, ...]:
    """The first row of a query that always has one, such as an aggregate."""
    row = con.execute(sql, list(parameters)).fetchone()
    if row is None:
        raise LookupError(f"no row from: {sql}")
    return tuple(row)


def identifier(name: str) -> str:
    """A column name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text quoted for SQL."""
    return "'" + text.replace("'", "''") + "'"


def _rows(path: Path, delimiter: str, names: Sequence[str]) -> str:
    # Nothing is sniffed: a file is one shape or it is refused. row_number() over () follows the file because the
    # reader keeps insertion order for it (compared with Python's csv module in tests).
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    cells = ", ".join(f"nullif(trim({identifier(name)}), '') as {identifier(name)}" for name in names)
    anything = ", ".join(identifier(name) for name in names)
    return f"""
        with numbered as (
            select cast(row_number() over () as integer) as row_number, *
            from read_csv(
                {literal(str(path))}, auto_detect = false, header = false, skip = 1, columns = {{{columns}}},
                delim = {literal(delimiter)}, quote = '"', escape = '"', strict_mode = true, null_padding = false
            )
        ),
        trimmed as (select row_number, {cells} from numbered)
        select * from trimmed where coalesce({anything}, null) is not null
    """  # noqa: S608 # every name is quoted


@contextmanager
def as_csv(content: Content) -> Iterator[tuple[Path, str]]:
    """The table as a csv file: itself, or a temporary copy of a workbook's sheet, so that one reader reads both."""
    if content.kind == "csv":
        yield content.path, content.delimiter
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        try:
            workbooks.write_csv(content.path, content.sheet, content.header_row, len(content.header), path)
        except workbooks.WorkbookError as error:
            raise FeedError(f"{content.name}: {error}. Nothing of it was landed; save it as CSV UTF-8.") from error
        yield path, ","


def _in_words(error: str) -> str:
    """What DuckDB says about a file, without its advice on reader settings."""
    found = re.search(r"CSV Error on Line: (\d+)", error)
    line = f"line {int(found[1]):,}" if found else "somewhere in the file (the line is not known)"
    again = "Nothing of it was landed; fetch the file again, or re-export it, rather than mending it by hand."
    if counts := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", error):
        text = re.search(r"Original Line: (.*)", error)
        what = (
            f"has {counts[2]} cells where the header has {counts[1]}: {text[1][:80]!r}" if text else "has a wrong width"
        )
        return f"{line} {what}. The file is cut off, edited, or mixes delimiters. {again}"
    if "state machine" in error:  # before quotes: this message lists the reader's settings, its quote among them
        return f"{line} mixes line endings, or has a stray quotation mark. {again}"
    if "unterminated quote" in error:
        return f"{line} has a quotation mark that is never closed, or stands inside a cell. {again}"
    if "Invalid unicode" in error:
        return f"{line} is not UTF-8. Save it as 'CSV UTF-8' and land that."
    return f"{line} cannot be read: {error.splitlines()[0]} {again}"
