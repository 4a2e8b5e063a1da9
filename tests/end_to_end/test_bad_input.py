"""Bad input ends in a message that names file, place and next step, and the last good warehouse and pack stay."""

import json
import re
from pathlib import Path

import pytest
from end_to_end.place import Place, query
from warehouse_fixtures import BOROUGHS


def borough_csv(path: Path, months: int = 24, *, spoil: str | None = None) -> Path:
    """A small Met file of every borough, with one cell put in place of a good one."""
    names = [f"{2024 + (month // 12)}{month % 12 + 1:02d}" for month in range(months)]
    lines = [",".join(["MajorText", "MinorText", "BoroughName", *names])]
    lines += [
        ",".join(["BURGLARY", "BURGLARY IN A DWELLING", borough, *["7"] * months]) for borough in (*BOROUGHS, "Unknown")
    ]
    if spoil is not None:
        lines[2] = lines[2][: lines[2].rindex(",") + 1] + spoil
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_nothing_usable_is_an_error_that_names_every_file(tmp_path: Path, shared_data: Path) -> None:
    place = Place(tmp_path)
    result = place.safer("refresh", source=str(shared_data / "malformed"))
    assert result.exit_code == 1
    assert "mps_borough_hand_edited.csv: " in result.output
    assert "mps_borough_headers_collapsed_to_years.csv: " in result.output
    assert "no usable file" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["-3", ""])
def test_a_bad_cell_holds_the_file_back_and_the_last_good_pack_stays(tmp_path: Path, cell: str) -> None:
    place = Place(tmp_path)
    source = tmp_path / "files"
    borough_csv(source / "good.csv")
    asked = {"source": str(source), "basis": "latest", "data_month": "2025-12"}
    pack = place.board(**asked)
    good = {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    store = place.root / "store" / "barnet" / "real"
    figures = query(store, "select * from marts.figures order by all")

    bad = borough_csv(source / "bad.csv", spoil=cell)
    result = place.safer("refresh", **asked)
    assert result.exit_code == 1
    assert "bad.csv" in result.output
    assert "Row 2" in result.output
    assert "Next: " in result.output
    assert {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == good
    assert query(store, "select * from marts.figures order by all") == figures
    meeting = query(store, "select * from reference.meeting")
    other = place.safer("refresh", **asked, meeting="2025-03-07")
    assert other.exit_code == 1
    assert query(store, "select * from reference.meeting") == meeting, (
        "figures and meeting change together or not at all"
    )
    held = query(store, "select rows_read, rows_loaded, rows_quarantined from landing.loads where held")
    assert held == [(33, 0, 33)], "also a held file's rows are accounted for"

    # Setting it aside is the way on: the file is kept, named in the pack, and in no figure.
    said = re.search(r"safer set-aside ([0-9a-f]+) ", result.output)
    assert said, result.output
    aside = place.safer(f"set-aside {said[1]}", source=str(source), why="a cell was typed over")
    assert aside.exit_code == 0, aside.output
    again = place.board(**asked)
    manifest = json.loads((again / "manifest.json").read_text(encoding="utf-8"))
    assert [entry["reason"] for entry in manifest["refused"]] == ["a cell was typed over"]
    assert (again / "figures.csv").read_bytes() == good["figures.csv"]
    bad.unlink()


def test_what_cannot_be_run_says_why_before_anything_starts(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for options, words in (
        ({"meeting": "2023-05-13"}, "2023-05-13"),
        ({"meeting": "12 May"}, "MEETING=12 May is not a date"),
        ({"data_month": "2023-13"}, "DATA_MONTH=2023-13 is not a month"),
        ({"basis": "newest"}, "BASIS=newest"),
        ({"scheme": "mps-2030"}, "SCHEME=mps-2030 is not a category scheme"),
        ({"source": str(tmp_path / "nowhere")}, "there is no such folder"),
        ({"partnership": "nowhere"}, "PARTNERSHIP=nowhere"),
    ):
        result = place.safer("refresh", **options)
        assert result.exit_code == 1, options
        assert words in result.output, result.output
    assert not (tmp_path / "out").exists()
