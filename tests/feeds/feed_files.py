"""Small files in the publishers' formats, to be spoiled by tests, and the way a feed is made to read one."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from safer_assets import feeds
from safer_assets.feeds import Content, Description, Feed

BOROUGH_HEADER = ("MajorText", "MinorText", "LookUp_BoroughName")
BOROUGH_MONTHS = ("202211", "202212", "202301", "202302")
BOROUGH_ROWS = (
    ("Burglary", "Domestic Burglary", "Barnet", "210", "180", "190", "152"),
    ("Robbery", "Personal Property", "Barnet", "61", "0", "70", "60"),
    ("Burglary", "Domestic Burglary", "Brent", "110", "120", "99", "101"),
)
DASHBOARD_HEADER = (
    *("Month_Year", "Area Type", "Borough_SNT", "Area name", "Area code", "Crime Type", "Crime Subtype", "Measure"),
    *("Financial Year", "FY_FYIndex", "Count", "Refresh Date"),
)
STREET_HEADER = (
    *("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code"),
    *("LSOA name", "Crime type", "Last outcome category", "Context"),
)
MET, BTP = "Metropolitan Police Service", "British Transport Police"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """A csv file's text; no cell here needs quoting."""
    return "".join(f"{delimiter.join(row)}\n" for row in (header, *rows))


def borough_csv(
    header: Sequence[str] = BOROUGH_HEADER,
    months: Sequence[str] = BOROUGH_MONTHS,
    rows: Sequence[Sequence[str]] = BOROUGH_ROWS,
) -> str:
    """Recorded crime by borough, old scheme, four months."""
    return table((*header, *months), rows)


def dashboard_row(month: str = "01/08/2021", refresh: str = "02/08/2025", count: str = "273") -> tuple[str, ...]:
    """A borough row of the dashboard's OtherCrimeData."""
    place = ("Borough", "Barnet", "Barnet", "E09000003")
    return (month, *place, "Domestic Abuse", "Domestic Abuse", "Offences", "fy21-22", "21-22_01", count, refresh)


def street_row(
    crime_id: str = "a" * 64, month: str = "2023-12", falls_within: str = MET, crime_type: str = "Burglary"
) -> tuple[str, ...]:
    """A street-level crime."""
    place = ("-0.202000", "51.600000", "On or near High Street", "E01000115", "Barnet 001A")
    return (crime_id, month, falls_within, falls_within, *place, crime_type, "Under investigation", "")


def street_csv(rows: Sequence[Sequence[str]] = (street_row(), street_row("b" * 64))) -> str:
    """A street file."""
    return table(STREET_HEADER, rows)


def write(folder: Path, text: str | bytes, name: str = "a file") -> Path:
    """A file whose name gives nothing away."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def workbook(path: Path, rows: Sequence[Sequence[object]], title: str = "") -> Path:
    """An xlsx with one sheet, after an optional title row and a blank one."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in ([[title], []] if title else []) + [list(row) for row in rows]:
        sheet.append(row)
    book.save(path)
    return path


def knowing(content: Content) -> list[Feed]:
    """Every feed that recognises it."""
    return [feed for feed in feeds.ALL if feed.recognises(content)]


def describe(path: Path) -> tuple[Feed, Description]:
    """The one feed that knows a file, and what it says of it; its FeedError where it refuses."""
    (content,) = feeds.probe(path, path.name)
    (feed,) = knowing(content)
    with duckdb.connect() as con:
        return feed, feed.describe(content, con)


def read(con: duckdb.DuckDBPyConnection, feed: Feed, path: Path, file_id: str = "f1") -> None:
    """`incoming` filled from a file, as the loader does it, with no failing rows yet."""
    columns = ", ".join(f"{name} {kind}" for name, kind in feed.incoming_columns)
    con.execute(f"create or replace temp table incoming ({columns})")
    con.execute(
        "create or replace temp table failing (file_id varchar, row_number integer, rule varchar, reason varchar)"
    )
    feed.read(con, path, file_id)


def load(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """raw.<feed> filled from `incoming`."""
    columns = ", ".join(f"{column.name} {column.type}" for column in feed.raw_columns)
    con.execute("create schema if not exists raw")
    con.execute(f"create or replace table raw.{feed.name} ({columns})")
    feed.insert_raw(con)
