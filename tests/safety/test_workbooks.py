"""Workbooks that mean harm: they are opened in a process of their own, which reads nothing else and ends in time."""

import io
import os
import time
import zipfile
from pathlib import Path

import pytest
from fuzz.seeds import MAIN, sheet_xml, workbook_of, zipped

from safer_assets.feeds import Content, probe, workbook_reader, workbooks
from safer_assets.landing import Landing

ROWS = [["Group", "SubGroup", "BOCU", "202301"], ["BURGLARY", "BURGLARY IN A DWELLING", "Barnet", "12"]]


def opened(tmp_path: Path, content: bytes) -> tuple[Content, ...]:
    path = tmp_path / "x"
    path.write_bytes(content)
    return probe(path, "x")


def problem(tmp_path: Path, content: bytes) -> str:
    (found,) = opened(tmp_path, content)
    return found.problem


def test_a_sound_workbook_made_the_same_way_is_read(tmp_path: Path) -> None:
    """Else the refusals below would say nothing."""
    (found,) = opened(tmp_path, workbook_of(sheet_xml(ROWS).encode()))
    assert (found.problem, found.header) == ("", tuple(ROWS[0]))


def test_entities_are_not_unfolded(tmp_path: Path) -> None:
    """Threat: XML entities in workbooks. A billion laughs: nine entities of ten of the one before."""
    entities = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    begun = time.monotonic()
    for place in ("sheet", "strings"):
        head = f"<!DOCTYPE x [{entities}]>"
        rows = [["&j;", *ROWS[0][1:]], ROWS[1]]
        if place == "sheet":
            content = workbook_of(sheet_xml(rows, head).encode())
        else:
            strings = f'<?xml version="1.0"?>{head}<sst xmlns="{MAIN}"><si><t>&j;</t></si></sst>'
            content = workbook_of(sheet_xml(ROWS).encode(), strings.encode())
        assert "is a damaged workbook" in problem(tmp_path, content)
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("kind", ["SYSTEM", "PUBLIC '-//X//Y'"])
def test_entities_read_no_file(kind: str, tmp_path: Path) -> None:
    """Threat: XML entities in workbooks. A file of ours, named in the workbook, appears nowhere."""
    secret = tmp_path / "secret"
    secret.write_text("the-canary-of-this-test")
    for name in ("&x;", "%x;"):
        head = f'<!DOCTYPE y [<!ENTITY {"% " if name[0] == "%" else ""}x {kind} "{secret.as_uri()}">]>'
        rows = [[name, *ROWS[0][1:]], ROWS[1]]
        found = opened(tmp_path, workbook_of(sheet_xml(rows, head).encode()))
        assert "the-canary-of-this-test" not in repr(found)
        source = tmp_path / f"source{name[0] == '%'}"
        source.mkdir()
        (source / "x").write_bytes((tmp_path / "x").read_bytes())
        landing = Landing(tmp_path / "landing")
        landing.land(source)
        held = b"".join(path.read_bytes() for path in landing.root.rglob("*") if path.is_file())
        assert b"the-canary-of-this-test" not in held


def test_cells_far_apart_do_not_end_the_refresh(tmp_path: Path) -> None:
    """Threat: workbooks that ask for memory. Two cells in opposite corners ask the reader for 400 GB at once."""
    far = sheet_xml(ROWS).replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    assert "cannot be opened with 2 GB of memory" in problem(tmp_path, workbook_of(far.encode()))
    sound = workbook_of(sheet_xml(ROWS).encode())
    source = tmp_path / "source"
    source.mkdir()
    (source / "bomb").write_bytes(workbook_of(far.encode()))
    (source / "sound").write_bytes(sound)
    report = Landing(tmp_path / "landing").land(source)
    assert [manifest.name for manifest in report.new] == ["sound"], "the rest of the source lands"


def test_one_long_text_in_a_million_cells_does_not_end_the_refresh(tmp_path: Path) -> None:
    """Threat: workbooks that ask for memory. 32 kB of text to which 200,000 cells point: 6 GB."""
    row = "<row>" + '<c t="s"><v>0</v></c>' * 200 + "</row>"
    sheet = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{row * 1_000}</sheetData></worksheet>'
    strings = f'<?xml version="1.0"?><sst xmlns="{MAIN}"><si><t>{"a" * 32_000}</t></si></sst>'
    assert "cannot be opened with 2 GB of memory" in problem(tmp_path, workbook_of(sheet.encode(), strings.encode()))


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat: workbooks that ask for memory."""
    monkeypatch.setattr("safer_assets.feeds.content.WORKBOOK_LIMIT_BYTES", 10_000)
    content = workbook_of(sheet_xml([*ROWS, ["x" * 20_000] * 4]).encode())
    assert "more than 10,000" in problem(tmp_path, content)


def test_a_reader_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat: workbooks that ask for memory. Time is bounded too."""
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(workbook_reader, "__file__", str(slow))
    monkeypatch.setattr(workbooks, "WALL_SECONDS", 1)
    assert "within 1 seconds" in problem(tmp_path, workbook_of(sheet_xml(ROWS).encode()))


def test_the_reader_gets_nothing_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat: secrets in what a refresh writes or says."""
    told = tmp_path / "told.py"
    told.write_text("import os, json; print(json.dumps({'S': [[' '.join(os.environ), 'b', 'c']]}))")
    monkeypatch.setenv("SAFER_NOTICES", "the-canary-of-this-test")
    monkeypatch.setattr(workbook_reader, "__file__", str(told))
    (found,) = opened(tmp_path, workbook_of(sheet_xml(ROWS).encode()))
    assert "SAFER_NOTICES" not in found.header[0]
    assert "SAFER_NOTICES" in os.environ


def test_a_document_with_a_hostile_name_for_its_sheet_is_only_text(tmp_path: Path) -> None:
    """Threat: SQL injection through files."""
    content = workbook_of(sheet_xml(ROWS).encode())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(b'name="S"', b'name="\'); drop table x; --"')
    source = tmp_path / "source"
    source.mkdir()
    (source / "x").write_bytes(zipped(members))
    assert [manifest.rows for manifest in Landing(tmp_path / "landing").land(source).new] == [1]
