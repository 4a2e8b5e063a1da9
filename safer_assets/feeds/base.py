"""What every feed can do, and what is the same for every feed that is a table.

What is here: `Feed`, `TableFeed`, the columns of a raw table, the description of a file. What is not: any one feed.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar, Final

import duckdb

from safer_assets.errors import FeedError
from safer_assets.feeds.content import Content, probe
from safer_assets.feeds.headings import Heading, assign, listed, matched
from safer_assets.feeds.tables import Connection, first_row, identifier, scanned

HISTORICAL_MONTHS: Final = 36
"""A file that spans more months than this says nothing, by its last month, about when it was published."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of raw.<feed>.

    Attributes:
        type: DuckDB type.
        description: For the data dictionary; says the unit.
        sql: How it is made from the text columns of `incoming`; empty for a plain cast of the column of its name.
    """

    name: str
    type: str
    description: str
    sql: str = ""

    @property
    def expression(self) -> str:
        """SQL that gives the typed value from a row of `incoming`."""
        return self.sql or f"cast({identifier(self.name)} as {self.type})"


FILE_ID: Final = Column("file_id", "VARCHAR", "First 12 hex digits of the landed file's sha256.")
ROW_NUMBER: Final = Column("row_number", "INTEGER", "Data row in the file; 1 is the first row after the header.")


@dataclass(frozen=True, slots=True)
class Description:
    """What one file holds, for its manifest.

    Attributes:
        scheme: The publisher's edition of its categories; empty where the feed has none.
        first_month: First of the first month in it; None for what has no months (lookups, maps).
        vintage: First of the last month in it.
        historical: Spans more than 36 months.
        rows: Data rows; rows that are blank in every cell are none.
        columns: Headings as published.
        force: The police force, of a data.police.uk file.
        refreshed: The publisher's own date in the file, where it has one.
    """

    scheme: str
    first_month: date | None
    vintage: date | None
    historical: bool
    rows: int
    columns: tuple[str, ...]
    force: str | None = None
    refreshed: date | None = None


class Feed(ABC):
    """One publisher's dataset: how a file of it is recognised, described, read and typed.

    Attributes:
        loaded: Whether its rows reach the warehouse; a feed that is not loaded is recognised, described and landed.
        raw_columns: Columns of raw.<name>, file_id and row_number first; empty where not loaded.
        text_columns: Columns of `incoming` between row_number and its end, all VARCHAR.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    publisher: ClassVar[str]
    licence: ClassVar[str] = "Open Government Licence v3.0"
    url: ClassVar[str]
    loaded: ClassVar[bool] = False
    raw_columns: ClassVar[tuple[Column, ...]] = ()
    text_columns: ClassVar[tuple[str, ...]] = ()

    @property
    def incoming_columns(self) -> tuple[tuple[str, str], ...]:
        """Name and DuckDB type of every column of the temp table `incoming`."""
        keys = tuple((column.name, column.type) for column in (FILE_ID, ROW_NUMBER))
        return keys + tuple((name, "VARCHAR") for name in self.text_columns)

    @abstractmethod
    def recognises(self, content: Content) -> bool:
        """Whether this is a file of the feed, also a damaged one; at most one feed says yes. Reads no rows."""

    @abstractmethod
    def describe(self, content: Content, con: Connection) -> Description:
        """What a recognised file holds.

        Raises:
            FeedError: The file must be refused; names the file, the place and the next step.
        """

    @abstractmethod
    def read(self, con: Connection, path: Path, file_id: str) -> None:
        """Append the rows of a landed file to the temp table `incoming`, every cell as text.

        Raises:
            FeedError: The file is not one of the feed.
        """

    def insert_raw(self, con: Connection) -> None:
        """Append to raw.<name>, typed, the rows of `incoming` that are not in the temp table `failing`.

        Raises:
            FeedError: A cell cannot have its column's type, which the gate should have caught.
        """
        names = ", ".join(identifier(column.name) for column in self.raw_columns)
        values = ", ".join(column.expression for column in self.raw_columns)
        try:
            con.execute(
                f"insert into raw.{self.name} ({names}) select {values} from incoming "  # noqa: S608 # our own names
                "anti join failing using (file_id, row_number)"
            )
        except duckdb.ConversionException as error:
            raise FeedError(
                f"raw.{self.name}: a cell passed the gate and cannot be loaded ({error}). "
                "Nothing of this batch was loaded; add a rule for it to quality/expectations.py."
            ) from error


class TableFeed(Feed):
    """A feed whose files are tables (csv, or a sheet of a workbook).

    Attributes:
        headings: The columns it reads or knows.
        enough: This many of them make it this feed, so that a file with a column missing or renamed is still
            recognised and can be refused by name.
    """

    headings: ClassVar[tuple[Heading, ...]]
    enough: ClassVar[int]

    def recognises(self, content: Content) -> bool:
        """Enough of the feed's headings stand in the header."""
        return content.is_table and matched(content.header, self.headings) >= self.enough

    def describe(self, content: Content, con: Connection) -> Description:
        """Check encoding and header, read every row once, and say what is in them."""
        self._check_encoding(content)
        names = self.names(content)
        with scanned(con, content, names, kept=True):
            rows = int(first_row(con, "select count(*) from scanned")[0])
            if not rows:
                raise self.refusal(content, "has a header and no rows")
            self._check_repeated_header(con, content, names)
            return self.describe_rows(con, content, names, rows)

    @abstractmethod
    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """What `scanned` holds; called with at least one row in it."""

    def names(self, content: Content) -> tuple[str, ...]:
        """One name a column of the file.

        Raises:
            FeedError: Columns are missing, renamed, twice there or not known; lists them and what was found.
        """
        names, problems = assign(content.header, self.headings, self.other_column)
        if problems:
            raise self.header_refusal(content, problems)
        return names

    def other_column(self, heading: str) -> str | None:
        """The name for a column that is not in `headings`; None refuses it."""
        del heading
        return None

    def read(self, con: Connection, path: Path, file_id: str) -> None:
        """Append the rows of a landed file to the temp table `incoming`, every cell as text."""
        found = probe(path, f"landed file {file_id}")
        content = next((content for content in found if self.recognises(content)), None)
        if content is None:
            raise FeedError(f"landed file {file_id} ({path}) is not a file of {self.title} any more. Land it again.")
        names = self.names(content)
        with scanned(con, content, names):
            self.read_rows(con, file_id, names)

    def read_rows(self, con: Connection, file_id: str, names: Sequence[str]) -> None:
        """From `scanned` to `incoming`; columns the file lacks are NULL."""
        columns = ", ".join(identifier(name) for name in self.text_columns if name in names)
        con.execute(
            f"insert into incoming by name select ? as file_id, row_number, {columns} from scanned",  # noqa: S608
            [file_id],
        )

    def refusal(self, content: Content, problem: str) -> FeedError:
        """The error for a file of this feed that must not be landed."""
        return FeedError(
            f"{content.name}: recognised as {self.title}, but {problem}. Nothing of it was landed; fetch the file "
            f"again from {self.url} rather than mending it by hand."
        )

    def header_refusal(self, content: Content, problems: Sequence[str]) -> FeedError:
        """The error for a header, with every problem in it and what was found."""
        return self.refusal(content, f"{'; '.join(problems)} (found {listed(content.header)})")

    def _check_encoding(self, content: Content) -> None:
        advice = "Save it as 'CSV UTF-8' (in Excel: Save As, CSV UTF-8) and land that; nothing of it was landed."
        if content.encoding != "utf-8":
            raise FeedError(
                f"{content.name}: recognised as {self.title}, but it is saved as {content.encoding}. {advice}"
            )
        if bad := content.bad_byte:
            raise FeedError(
                f"{content.name}: recognised as {self.title}, but line {bad.line:,} (byte {bad.value:#04x} at offset "
                f"{bad.offset:,}) is not UTF-8; it looks saved as Windows-1252 or Latin-1. {advice}"
            )

    def _check_repeated_header(self, con: Connection, content: Content, names: Sequence[str]) -> None:
        """Two files glued together, or a header printed on each page."""
        pairs = list(zip(names, content.header, strict=True))[:3]
        same = " and ".join(f"{identifier(name)} = ?" for name, _ in pairs)
        row = first_row(con, f"select min(row_number) from scanned where {same}", [heading for _, heading in pairs])[0]  # noqa: S608 # our own names
        if row is not None:
            raise self.refusal(content, f"data row {row:,} is the header again, as if two files had been joined")


def months_between(first: date, last: date) -> int:
    """Months from one to another, both counted."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def is_historical(first: date, last: date) -> bool:
    """Whether a file of these months spans too many to be dated by its last one."""
    return months_between(first, last) > HISTORICAL_MONTHS
