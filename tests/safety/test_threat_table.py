"""The table of SECURITY.md says what is so: its tests and modules exist, and no test of a threat is missing from it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def rows() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Threat, where it is stopped, and the tests as (path, name)."""
    lines = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith(("| threat", "|---"))]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [(row[0], row[1], re.findall(r"`([\w/]+\.py)::(\w+)`", row[2])) for row in cells]


@cache
def functions_in(path: Path) -> dict[str, str]:
    """Docstrings of the test functions of a file, by name."""
    found = ast.parse(path.read_text(encoding="utf-8")).body
    functions = [node for node in found if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return {function.name: ast.get_docstring(function) or "" for function in functions}


def claims() -> Iterator[tuple[str, str, str]]:
    """Every test under tests/safety that begins by naming a threat: path, name, threat."""
    for path in sorted((ROOT / "tests" / "safety").glob("test_*.py")):
        for name, doc in functions_in(path).items():
            if claimed := re.match(r"Threat: ([^.]+)\.", doc):
                yield str(path.relative_to(ROOT)), name, claimed[1]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row_names_tests_and_modules_that_exist(row: tuple[str, str, list[tuple[str, str]]]) -> None:
    threat, where, shown_by = row
    assert shown_by, f"{threat} has no test"
    for path, name in shown_by:
        assert (ROOT / path).is_file(), path
        assert name in functions_in(ROOT / path), f"{path} has no test {name}"
    for path in re.findall(r"`([\w/.]+?\.(?:py|txt))`", where):
        assert (ROOT / path).is_file(), path


def test_every_test_of_a_threat_is_in_its_row() -> None:
    table = {threat: shown_by for threat, _, shown_by in rows()}
    assert len(table) == len(rows()), "a threat stands twice"
    found = list(claims())
    assert len(found) > 30
    for path, name, threat in found:
        assert threat in table, f"{path}::{name} claims {threat!r}, which is no row of SECURITY.md"
        assert (path, name) in table[threat], f"{path}::{name} is missing in the row {threat!r}"


def test_every_test_in_the_table_from_here_claims_its_threat() -> None:
    """A test that is renamed in meaning and not in name would stay in the table for ever."""
    claimed = {(path, name, threat) for path, name, threat in claims()}
    for threat, _, shown_by in rows():
        for path, name in shown_by:
            if path.startswith("tests/safety/"):
                assert (path, name, threat) in claimed, f"{path}::{name} does not say that it is about {threat!r}"


def test_nobody_is_sent_to_an_address_that_we_made_up() -> None:
    assert "@" not in TEXT
    assert "privately" in TEXT
