"""Home Office tables in their real shape, written as the zip of XML that an .ods is; and ways to spoil one.

What is here: sheets, rows and cells as LibreOffice writes them, with its 16,384 columns and repeated blanks. What is
not: real counts.
"""

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
OPEN = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {NAMESPACES} office:version="1.3">'
    "<office:automatic-styles/><office:body><office:spreadsheet>"
)
CLOSE = "</office:spreadsheet></office:body></office:document-content>"
HEADER = (
    *("Financial Year", "Financial Quarter", "Police Force", "CSP Name", "Offence Description"),
    *("Offence Group", "Offence Subgroup", "Offence Code", "Offence Count"),
)
NOTES = (("Police recorded crime",), ("Updated: 23 July 2026",), ("Force Notes",), ("Kent: some are unassigned.",))
MET = "Metropolitan Police"

Value = str | int | float
Offence = tuple[str, str, str, str]
"""Description, group, sub-group, code."""

HOME_BURGLARY: Offence = (
    *("Residential burglary of a home", "Theft offences", "Residential burglary"),
    "28E",
)
SHOP_BURGLARY: Offence = ("Burglary in a shop", "Theft offences", "Non-residential burglary", "30C")
WOUNDING: Offence = ("Assault with injury", "Violence against the person", "Violence with injury", "8N")


def row(year: str, quarter: int, csp: str, offence: Offence, count: Value, force: str = MET) -> tuple[Value, ...]:
    """A row in the order of HEADER."""
    return (year, quarter, force, csp, *offence, count)


def cell(value: Value) -> str:
    """A cell as LibreOffice writes it: a number has its value as an attribute and its looks as text."""
    if isinstance(value, str):
        text = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
        return f'<table:table-cell office:value-type="string" table:style-name="ce1">{text}</table:table-cell>'
    shown = f"<text:p>{value:,}</text:p>"
    return f'<table:table-cell office:value-type="float" office:value="{value}">{shown}</table:table-cell>'


def row_xml(values: Sequence[Value], times: int = 1) -> str:
    """A row with the blank cells that fill it up to the sheet's width."""
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    blanks = f'<table:table-cell table:number-columns-repeated="{16_384 - len(values)}"/>'
    return f"<table:table-row{repeated}>{''.join(map(cell, values))}{blanks}</table:table-row>"


def sheet_xml(name: str, rows: Iterable[Sequence[Value]]) -> str:
    """A sheet, its rows followed by the blank ones up to the last that a spreadsheet can have."""
    body = "".join(row_xml(values) for values in rows)
    blank = row_xml((), times=1_000_000)
    columns = '<table:table-column table:number-columns-repeated="16384"/>'
    return f'<table:table table:name="{escape(name)}" table:style-name="ta1">{columns}{body}{blank}</table:table>'


def write_xml(path: Path, xml: str | bytes, *, mimetype: str = MIMETYPE) -> Path:
    """An .ods with this content.xml, whatever it is."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype, compress_type=zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", xml)
    return path


def write_sheets(path: Path, sheets: Sequence[tuple[str, Iterable[Sequence[Value]]]]) -> Path:
    """An .ods with these sheets."""
    return write_xml(path, OPEN + "".join(sheet_xml(name, rows) for name, rows in sheets) + CLOSE)


def write_table(
    path: Path,
    rows: Sequence[Sequence[Value]],
    *,
    notes: Sequence[Sequence[Value]] = NOTES,
    header: Sequence[str] = HEADER,
) -> Path:
    """A Home Office table: each row in the sheet of its financial year, the notes before them."""
    years = dict.fromkeys(str(values[0]).replace("/", "_") for values in rows)
    sheets = [(year, [header, *(r for r in rows if str(r[0]).replace("/", "_") == year)]) for year in years]
    return write_sheets(path, [("Notes", notes), *sheets])


def quarters(first: int, years: int) -> list[tuple[str, int]]:
    """Financial years and quarters, in order."""
    return [
        (f"{year}/{(year + 1) % 100:02}", quarter) for year in range(first, first + years) for quarter in range(1, 5)
    ]


def write_big(path: Path, rows: int) -> Path:
    """A table of this many rows, streamed to disk; each row has about 1,200 bytes of XML, as published."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("mimetype", MIMETYPE, compress_type=zipfile.ZIP_STORED)
        with archive.open("content.xml", "w", force_zip64=True) as stream:
            stream.write(OPEN.encode())
            for year in ("2024/25", "2025/26"):
                stream.write(f'<table:table table:name="{year.replace("/", "_")}">{row_xml(HEADER)}'.encode())
                for first in range(0, rows // 2, 1000):
                    piece = [
                        row(year, number % 4 + 1, "Hammersmith and Fulham", (*HOME_BURGLARY[:3], str(number)), number)
                        for number in range(first, min(first + 1000, rows // 2))
                    ]
                    stream.write("".join(map(row_xml, piece)).encode())
                stream.write(f"{row_xml((), times=500_000)}</table:table>".encode())
            stream.write(CLOSE.encode())
    return path
