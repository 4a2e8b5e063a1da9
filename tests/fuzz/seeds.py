"""What fuzzing begins from: small files in the publishers' formats, and XML in the containers of office programs.

What is here: seeds by target, made from code so that no binary file is kept. What is not: what becomes of them.
"""

import gzip
import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from feeds.feed_files import DASHBOARD_HEADER as DASHBOARD
from feeds.feed_files import borough_csv, dashboard_row, street_csv, table
from geography.map_files import geopackage
from shapely import box

PACKAGE = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def sheet_xml(rows: Sequence[Sequence[str]], head: str = "") -> str:
    """A sheet of texts."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = (
            f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for at, cell in enumerate(row)
        )
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    body = "".join(lines)
    return f'<?xml version="1.0"?>{head}<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'


def workbook_of(sheet: bytes, strings: bytes = b"") -> bytes:
    """An .xlsx with one sheet of this XML."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": PACKAGE,
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="s"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="s" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="t" '
        f'Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings:
        members["xl/sharedStrings.xml"] = strings
    return zipped(members)


def document_of(content: bytes) -> bytes:
    """An .ods with this content.xml."""
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def map_file() -> bytes:
    """A map with one table of features."""
    with tempfile.TemporaryDirectory() as folder:
        ward = ({"WD24CD": "E05000001", "WD24NM": "A ward"}, box(524_000, 190_000, 525_000, 191_000))
        return geopackage(Path(folder) / "map", [ward]).read_bytes()


def seeds(target: str) -> list[bytes]:
    """A few inputs from which a target's runs begin."""
    borough = borough_csv()
    texts = [
        *(borough, street_csv(), table(DASHBOARD, [dashboard_row()])),
        "area_code,area_name,mid_year,population\nE09000003,Barnet,2022,390346\n",
        "Date,Survey,Borough,Measure,Proportion,MPS\n2023-03-31,PAS,Barnet,Trust,0.7,0.71\n".replace(",", ";"),
        "LSOA21CD,LAD22CD,LAD22NM\nE01000115,E09000003,Barnet\n",
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "E09000003"}}]}',
    ]
    files = [text.encode() for text in texts]
    packed = [zipped({"a.csv": borough}), gzip.compress(borough.encode()), zipped({"b.zip": zipped({"c": borough})})]
    lists = [
        b'{"england-and-wales": {"division": "x", "events": [{"title": "T", "date": "2026-12-25", "bunting": true}]}}',
        b'{"resources": {"abc": {"title": "T", "url": "/download/x.csv", "format": "csv"}}, "updatedAt": "2026"}',
        b'{"result": {"resources": [{"name": "x.csv", "url": "https://a/x.csv", "hash": "md5:00"}]}}',
        b'<a href="2023-01.zip">2023-01.zip</a> MD5: 0123456789abcdef0123456789abcdef',
    ]
    toml = (
        b'board_name = "B"\nforce = "F"\nminimum_base = 50\n[area]\ncode = "E09000003"\nname = "Barnet"\n[[groups]]\n'
        b'code = "G"\nname = "G"\nmembers = ["E09000003"]\n[cycle]\nclearance_days = 5\nchecking_days = 5\n'
    )
    cells = [["Group", "SubGroup", "BOCU", "202301"], ["BURGLARY", "BURGLARY IN A DWELLING", "Barnet", "12"]]
    row = '<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
    content = (
        f"<office:document-content {ODS_NAMES}><office:body><office:spreadsheet>"
        f'<table:table table:name="S">{row}</table:table-row></table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    by_target: dict[str, list[bytes]] = {
        "landing": [*files, *packed, map_file(), workbook_of(sheet_xml(cells).encode())],
        "tables": [*files, map_file()],
        "archives": packed,
        "workbooks": [sheet_xml(cells).encode()],
        "documents": [content.encode()],
        "dates": [b"01/08/2021", b"2021-08", b"01-Aug-2021", b"2021-08-01 00:00:00", b"bytes 0-9/10", b"120"],
        "settings": [toml, toml + b"\x00date,title,status,note\n2023-05-12,B,held,\n", b"\x00date,title,status\n"],
        "sidecars": [b"published = 2023-03-06\n", b'published = "x"'],
        "personal": [b"a@b.uk", b"N12 0AB", b"020 7946 0000", b"943 476 5919", b"QQ 12 34 56 C", b"Date of birth"],
        "listings": lists,
    }
    return by_target[target]
