"""What no line of this project may do, and what every pin must have."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted((ROOT / "safer_assets").rglob("*.py"))
FORBIDDEN_IMPORTS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "telnetlib", "ftplib"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "input"}
FORBIDDEN_ATTRIBUTES = {"system", "popen", "read_pickle", "to_pickle", "load_extension", "install_extension"}


def nodes(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_that_is_read_can_be_run(path: Path) -> None:
    """Threat: deserialisation and code in data."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & FORBIDDEN_IMPORTS
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in FORBIDDEN_IMPORTS
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                assert node.func.id not in FORBIDDEN_CALLS
            if isinstance(node.func, ast.Attribute):
                assert node.func.attr not in FORBIDDEN_ATTRIBUTES
            for word in node.keywords:
                never = isinstance(word.value, ast.Constant) and word.value.value is True
                assert not (word.arg == "shell" and never), "a shell is started"
                off = isinstance(word.value, ast.Constant) and word.value.value is False
                assert not (word.arg in ("verify", "autoescape") and off), f"{word.arg} is off"
    assert "verify=False" not in path.read_text(encoding="utf-8")


def test_every_page_made_from_a_template_escapes() -> None:
    """Threat: HTML injection into the pack."""
    made = [path for path in CODE if "jinja2.Environment(" in path.read_text(encoding="utf-8")]
    assert made
    for path in made:
        assert "autoescape=True" in path.read_text(encoding="utf-8")
    templates = list((ROOT / "safer_assets").rglob("*.html"))
    assert templates
    for template in templates:
        text = template.read_text(encoding="utf-8")
        assert "| safe" not in text
        assert "|safe" not in text
        assert "autoescape false" not in text


def test_every_pin_is_one_version_with_hashes() -> None:
    """Threat: a changed dependency. pip refuses a file whose hash is not in the list."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(pins) > 100
    for pin in pins:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==\S+", pin), pin[:80]
        assert "--hash=sha256:" in pin, pin[:80]
    assert "--require-hashes" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not re.search(r"https?://", text), "an address of a package index"
