"""Home Office open data: police recorded crime by Community Safety Partnership, quarter and offence (.ods).

What is here: the columns, the sheets (one a financial year, and `Notes`), and how one file becomes rows. What is not:
reading the XML (ods.py), which districts a partnership is (reference/csp_areas.csv), offence names
(reference/offence_aliases.csv) and figures (dbt_like_sql/marts).
"""

import csv
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Final

from safer_assets.errors import FeedError
from safer_assets.feeds import ods
from safer_assets.feeds.base import FILE_ID, Column, Description, Feed, is_historical
from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading, assign, listed, matched
from safer_assets.feeds.tables import Connection, identifier, literal

YEAR_SHEET: Final = r"20\d\d[_-]\d\d"
NOTES_SHEET: Final = "notes"
ENOUGH_HEADINGS: Final = 6
ROWS_BEFORE_HEADER: Final = 20
FIRST_MONTHS: Final = {1: 4, 2: 7, 3: 10, 4: 1}
"""First month of each financial-year quarter; the fourth lies in the next calendar year."""

_UPDATED: Final = r"updated:?\s*(.*)"
_DAY: Final = r"(\d{1,2}) ([a-z]+) (20\d\d)"
Row = tuple[str, ...]

_WHOLE: Final = r"-?\d{1,9}"


class HomeOfficeCsp(Feed):
    """Recorded crime by Community Safety Partnership and quarter, for all of England and Wales."""

    name = "home_office_csp"
    title = "Home Office recorded crime by Community Safety Partnership"
    publisher = "Home Office"
    url = "https://www.gov.uk/government/statistical-data-sets/police-recorded-crime-and-outcomes-open-data-tables"
    loaded = True
    headings = (
        Heading("financial_year", "Financial Year", r"financialyear"),
        Heading("financial_quarter", "Financial Quarter", r"financialquarter"),
        Heading("force", "Police Force (or Force Name)", r"policeforce(name)?|forcename"),
        Heading("csp_name", "CSP Name", r"csp(name)?|communitysafetypartnership(name)?"),
        Heading("offence_description", "Offence Description", r"offencedescription"),
        Heading("offence_group", "Offence Group", r"offencegroup"),
        Heading("offence_subgroup", "Offence Subgroup", r"offencesubgroup"),
        Heading("offence_code", "Offence Code", r"offencecode"),
        Heading("offences", "Offence Count (or Number of Offences)", r"offencecount|numberofoffences"),
    )
    text_columns = tuple(heading.name for heading in headings)
    raw_columns = (
        FILE_ID,
        Column("row_number", "INTEGER", "Data row in the file, counted through its year sheets; 1 is the first."),
        Column("financial_year", "VARCHAR", "Financial year as published, such as 2025/26."),
        Column(
            "quarter",
            "DATE",
            "First month of the quarter.",
            "make_date(cast(left(financial_year, 4) as integer) + cast(right(financial_quarter, 1) = '4' as integer), "
            "list_extract([4, 7, 10, 1], cast(right(financial_quarter, 1) as integer)), 1)",
        ),
        Column("force", "VARCHAR", "Police force that recorded it."),
        Column("csp_name", "VARCHAR", "Partnership as published; Unassigned ... where the force did not know it."),
        Column("offence_group", "VARCHAR", "Offence group as published."),
        Column("offence_subgroup", "VARCHAR", "Offence sub-group as published."),
        Column("offence_description", "VARCHAR", "Offence as published."),
        Column("offence_code", "VARCHAR", "Home Office offence code."),
        Column(
            "offences", "INTEGER", "Recorded in the quarter; below 0 where earlier records were cancelled or moved."
        ),
    )

    def recognises(self, content: Content) -> bool:
        """A sheet of an OpenDocument spreadsheet with most of the headings."""
        return content.kind == "ods" and matched(content.header, self.headings) >= ENOUGH_HEADINGS

    def describe(self, content: Content, con: Connection) -> Description:
        """Read every row once, holding none, and say which quarters the file has.

        Raises:
            FeedError: A header, a year, a quarter or a count is not what it must be, or a quarter is left out.
        """
        del con  # nothing of it is in a database yet
        tables = _Tables(self, content.name)
        counts: set[str] = set()
        for row in tables.rows(content.path):
            counts.add(row[-1])
        if wrong := next((count for count in sorted(counts) if not re.fullmatch(_WHOLE, count)), None):
            raise self.refusal(content.name, f"a row counts {wrong!r} offences, which is not a whole number")
        quarters = sorted(tables.quarters)
        if not quarters:
            raise self.refusal(content.name, "no sheet of a financial year (such as 2025_26) has a row")
        every = _quarters_between(quarters[0], quarters[-1])
        if missing := [f"{month:%Y-%m}" for month in every if month not in tables.quarters]:
            raise self.refusal(content.name, f"the quarters that begin in {', '.join(missing)} are left out")
        last = _months_on(quarters[-1], 2)
        return Description(
            scheme="home-office",
            first_month=quarters[0],
            vintage=last,
            historical=is_historical(quarters[0], last),
            rows=tables.count,
            columns=tables.header,
            refreshed=tables.updated,
        )

    def read(self, con: Connection, path: Path, file_id: str) -> None:
        """Append the rows of a landed file to `incoming`, by way of a temporary csv: DuckDB reads no .ods."""
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in self.text_columns)
        cells = ", ".join(f"nullif(trim({identifier(name)}), '') as {identifier(name)}" for name in self.text_columns)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "rows.csv"
            with copy.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream, lineterminator="\n").writerows(_Tables(self, f"landed file {file_id}").rows(path))
            con.execute(
                f"""
                insert into incoming by name
                select ? as file_id, cast(row_number() over () as integer) as row_number, {cells}
                from read_csv(
                    {literal(str(copy))}, auto_detect = false, header = false, columns = {{{columns}}},
                    delim = ',', quote = '"', escape = '"', strict_mode = true, null_padding = false
                )
                """,  # noqa: S608 # every name is quoted
                [file_id],
            )

    def refusal(self, name: str, problem: str) -> FeedError:
        """The error for a file of this feed that must not be landed."""
        return FeedError(
            f"{name}: recognised as {self.title}, but {problem}. Nothing of it was landed; fetch the file again from "
            f"{self.url} rather than mending it by hand."
        )


@dataclass
class _Tables:
    """One file's year sheets as one table, and what its notes say; filled while `rows` runs.

    Attributes:
        count: Data rows.
        header: Headings of its first year sheet.
        quarters: First month of every quarter that has a row.
        updated: The day its notes say it was updated.
    """

    feed: HomeOfficeCsp
    name: str
    count: int = 0
    header: tuple[str, ...] = ()
    quarters: set[date] = field(default_factory=set)
    updated: date | None = None

    def rows(self, path: Path) -> Iterator[Row]:
        """The cells of every data row, in the order of `text_columns`."""
        for sheet, rows in groupby(ods.rows(path, self.name), key=itemgetter(0)):
            if re.fullmatch(YEAR_SHEET, sheet):
                yield from self._year(sheet, rows)
            elif sheet.strip().casefold() == NOTES_SHEET:
                for _, cells, _ in rows:
                    self._note(cells)

    def _year(self, sheet: str, rows: Iterator[ods.Row]) -> Iterator[Row]:
        pick, width = self._columns(sheet, rows)
        periods: set[Row] = set()
        for _, cells, times in rows:
            if times > 1:
                raise self._refusal(sheet, f"has the same row {times:,} times: {listed(cells)}")
            if len(cells) != width:
                if len(cells) > width:
                    raise self._refusal(sheet, f"has a row of {len(cells)} cells, where its header has {width}")
                cells += [""] * (width - len(cells))
            row = pick(cells)
            if row[:2] not in periods:
                periods.add(row[:2])
                self.quarters.add(self._quarter(sheet, row[0], row[1]))
            self.count += 1
            yield row

    def _columns(self, sheet: str, rows: Iterator[ods.Row]) -> tuple[Callable[[Sequence[str]], Row], int]:
        """How to take a row's cells in the order of `text_columns`, and the width of the header; reads up to it."""
        above = []
        for _, cells, _ in islice(rows, ROWS_BEFORE_HEADER):
            if matched(cells, self.feed.headings) >= ENOUGH_HEADINGS:
                names, problems = assign(cells, self.feed.headings, lambda _: None)
                if problems:
                    raise self._refusal(sheet, f"has another header: {'; '.join(problems)} (found {listed(cells)})")
                self.header = self.header or tuple(cells)
                return itemgetter(*[names.index(name) for name in self.feed.text_columns]), len(cells)
            above.append(cells)
        raise self._refusal(sheet, f"has no header (its first row is {listed(above[0])})")

    def _quarter(self, sheet: str, year: str, quarter: str) -> date:
        try:
            found = _quarter(year, quarter)
        except ValueError:
            problem = f"has a row of year {year!r} and quarter {quarter!r}, which must be as 2025/26 and 1 to 4"
            raise self._refusal(sheet, problem) from None
        if re.sub(r"\D", "", sheet) != re.sub(r"\D", "", year):
            raise self._refusal(sheet, f"has a row of the year {year}")
        return found

    def _note(self, cells: Sequence[str]) -> None:
        found = re.fullmatch(_UPDATED, " ".join(cells).strip(), flags=re.IGNORECASE | re.DOTALL)
        if not found or self.updated:
            return
        day = re.search(_DAY, found[1], flags=re.IGNORECASE)
        try:
            self.updated = datetime.strptime(day[0], "%d %B %Y").date() if day else None  # noqa: DTZ007 # a day, no time
        except ValueError:
            self.updated = None
        if self.updated is None:
            problem = f"its Notes say {found[0]!r}, where a day such as 'Updated: 23 July 2026' is expected"
            raise self.feed.refusal(self.name, problem)

    def _refusal(self, sheet: str, problem: str) -> FeedError:
        return self.feed.refusal(self.name, f"its sheet {sheet!r} {problem}")


def _quarter(year: str, quarter: str) -> date:
    """The first month of a quarter as published; ValueError where it is none."""
    years = re.fullmatch(r"(20\d\d)/(\d\d)", year)
    number = re.fullmatch(r"Q?([1-4])", quarter)
    if not years or not number or (int(years[1]) + 1) % 100 != int(years[2]):
        raise ValueError((year, quarter))
    return date(int(years[1]) + (number[1] == "4"), FIRST_MONTHS[int(number[1])], 1)


def _months_on(month: date, number: int) -> date:
    months = month.year * 12 + month.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def _quarters_between(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = _months_on(first, 3)
