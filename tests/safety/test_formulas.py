"""No text of ours becomes a formula in a spreadsheet, and no number is touched for it."""

import csv
import dataclasses
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safer_assets.board.figures import FIGURE_COLUMNS, Figure, figures_csv
from safer_assets.errors import SettingsError
from safer_assets.partnership import load_partnership

BARNET = Path(__file__).resolve().parents[2] / "partnerships" / "barnet"
RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
texts = st.text(
    alphabet=st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "a", " ", ",", '"', "'", ";", "1"])
)
FIGURE = Figure(
    *("burglary", "E09000003", "Barnet", "r3", "2022-12", "2023-02", 1, "year_earlier", "2021-12", "2022-02", 2, -1),
    *(None, None, "mps_borough", "mps-before-2024", "2023-02", "2023-04-19", ""),
)


@given(texts, texts)
def test_no_text_runs_in_a_spreadsheet_and_every_number_stays(name: str, quality: str) -> None:
    """Threat: formulas in spreadsheets. What a reader of the file gets is the text, with an apostrophe at most."""
    figure = dataclasses.replace(FIGURE, area_name=name, quality=quality)
    (row,) = csv.DictReader(io.StringIO(figures_csv([figure]).decode(), newline=""))
    for column, written in (("area_name", name), ("quality", quality)):
        assert not row[column].startswith(RUN)
        plain = re.sub(r"[\t\r\n]", " ", written)
        assert row[column] in (plain, f"'{plain}")
    assert (row["change_abs"], row["value"]) == ("-1", "1")
    assert tuple(row) == FIGURE_COLUMNS


@pytest.mark.parametrize("text", ["=1+1", "+44", "-x", "@SUM(A1)", "two\\nlines", "tab\\there", "bell\\u0007"])
@pytest.mark.parametrize("key", ["board_name", "name"])
def test_settings_that_would_run_or_cannot_be_printed_are_refused_by_line(text: str, key: str, tmp_path: Path) -> None:
    """Threat: formulas in spreadsheets. A program that reads figures.csv never meets the apostrophe."""
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "meetings.csv").write_text("date,title,status,note\n2023-05-12,Board,held,\n")
    settings = (BARNET / "partnership.toml").read_text(encoding="utf-8")
    lines = settings.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith(f"{key} = ") and (key != "name" or "North" in line))
    lines[at] = f'{key} = "{text}"'
    (folder / "partnership.toml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"line {at + 1}: .*(formula|cannot be printed)"):
        load_partnership("place", tmp_path)
