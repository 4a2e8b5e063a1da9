"""A whole refresh with hostile settings, names and files: all of it is text in the pack, and nothing else happens."""

import csv
import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from end_to_end.place import Place, query
from end_to_end.test_bad_input import borough_csv
from safety.hostile import ALL, HTML, Hostile, hostile_refresh

from safer_assets.board.figures import FIGURE_COLUMNS

CANARIES = {
    "SAFER_NOTICES": "mailto://user:canary-of-notices@127.0.0.1:9?to=a@example.org&from=b@example.org",
    "HTTPS_PROXY": "http://user:canary-of-proxy@127.0.0.1:9",
    "DAGSTER_PG_PASSWORD": "canary-of-postgres",
    "API_TOKEN": "canary-of-token",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    """The refresh, made once, in a process whose environment is full of secrets."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CANARIES.items():
            patch.setenv(name, value)
        found = hostile_refresh(tmp_path_factory.mktemp("hostile"))
        assert found.result.exit_code == 0, found.result.output
        yield found


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag with its attributes."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        """Note what is read as text."""
        self.text += data


def files_below(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def test_names_settings_and_cells_are_text_on_the_page(hostile: Hostile) -> None:
    """Threat: HTML injection into the pack."""
    source = (hostile.pack / "pack.html").read_text(encoding="utf-8")
    page = Page(source)
    assert "alert(1)" in page.text, "the hostile names are on the page, as text"
    assert f"Board {ALL}" in page.text
    assert f"Group {ALL}" in page.text
    assert "{{7*7}}" in page.text, "a template's marks are text too"
    assert not {"script", "iframe", "object", "embed", "form", "base", "link"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    addresses = [value for name, value in page.attributes if name in ("href", "src")]
    allowed = (
        r"#[\w-]+|data:image/png;base64,[\w+/=]+|charts/\w+\.svg|figures\.csv|evidence\.csv|manifest\.json|"
        r"https://www\.nationalarchives\.gov\.uk/\S*"
    )
    assert [address for address in addresses if not re.fullmatch(allowed, address)] == []
    assert "Content-Security-Policy" in source
    assert "default-src 'none'" in source


def test_names_are_text_in_the_charts(hostile: Hostile) -> None:
    """Threat: HTML injection into the pack. An SVG that is opened by itself can run scripts too."""
    charts = sorted((hostile.pack / "charts").glob("*.svg"))
    assert len(charts) > 3
    for chart in charts:
        root = ElementTree.fromstring(chart.read_text(encoding="utf-8"))  # noqa: S314 # our own file
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert not tags & {"script", "foreignObject", "image", "a", "iframe", "animate", "set"}, chart.name
        for element in root.iter():
            for name, value in element.attrib.items():
                assert not name.lower().startswith("on"), chart.name
                assert "javascript:" not in value, chart.name
                if name.endswith("href"):
                    assert value.startswith("#"), chart.name
    assert any("alert(1)" in chart.read_text(encoding="utf-8") for chart in charts), "the hostile name is in a chart"


def test_names_are_text_in_the_pages_of_the_ui(hostile: Hostile) -> None:
    """Threat: Markdown injection into the UI. Others' links would pass for ours, and their pictures tell who looks."""
    text = "".join(markdown_values(hostile.place.root / "dagster"))
    assert "alert" in text, "the hostile names are there"
    marks = re.findall(r"(?<!\\)[<\[`]", re.sub(r"!\[(?:[^\]\\]|\\.)*\]\(data:image/png;base64,[^)]*\)", "", text))
    assert marks in ([], ["`"] * len(marks)), "nothing but our own pictures and code marks is Markdown"
    assert not re.search(r"(?<!\\)\]\((?!data:image/png)", text)


def markdown_values(dagster_home: Path) -> Iterator[str]:
    """Every Markdown value in the events of the runs."""
    for path in dagster_home.rglob("*.db"):
        with sqlite3.connect(path) as con:
            tables = {row[0] for row in con.execute("select name from sqlite_master")}
            if "event_logs" in tables:
                for (event,) in con.execute("select event from event_logs"):
                    yield from _md_strings(json.loads(event))


def _md_strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("md_str"), str):
            yield value["md_str"]
        for inner in value.values():
            yield from _md_strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _md_strings(inner)


def test_no_cell_of_figures_is_a_formula(hostile: Hostile) -> None:
    """Threat: formulas in spreadsheets."""
    with (hostile.pack / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["area_name"] for row in rows} >= {"Barnet", f"Group {ALL}"}
    numbers = {"value", "prior_value", "change_abs", "change_pct", "rate_per_1000"}
    for row in rows:
        assert tuple(row) == FIGURE_COLUMNS
        for name, cell in row.items():
            if name in numbers:
                assert re.fullmatch(r"(-?\d+(\.\d+)?)?", cell), (name, cell)
            else:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")), (name, cell)


def test_the_warehouse_has_every_table_and_every_row(hostile: Hostile) -> None:
    """Threat: SQL injection through configuration. Quotes and orders in settings, folders and names are text."""
    assert query(hostile.store, "select rows_read, rows_loaded, rows_quarantined from landing.loads") == [(33, 33, 0)]
    names = query(hostile.store, "select distinct area_name from marts.figures order by all")
    assert (f"Group {ALL}",) in names
    files = query(hostile.store, "select name from landing.files")
    assert "drop table" in str(files[0][0])
    refused = query(hostile.store, "select count(*) from landing.not_used where reason like '%drop table%'")
    assert refused != [(0,)], "headings of a file that is kept out are told as they are"


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("figures", {"indicator": "burglary' or 1=1 --"}),
        ("figures", {"indicator": "burglary", "area": "E09000003') or 1=1; drop table marts.figures; --"}),
        ("refresh", {"scheme": "mps-2024'; drop table marts.figures; --"}),
        ("refresh", {"meeting": "2026-12-11'; drop table marts.figures; --"}),
        ("refresh", {"data_month": "2025-12'; drop table marts.figures; --"}),
        ("set-aside", {"indicator": "' or '1'='1", "why": "'; drop table landing.files; --"}),
    ],
)
def test_arguments_are_never_part_of_a_query(hostile: Hostile, command: str, options: dict[str, str]) -> None:
    """Threat: SQL injection through configuration."""
    from click.testing import CliRunner

    from safer_assets.cli import main

    before = query(hostile.store, "select count(*), sum(hash(figures)) from marts.figures")
    options = dict(options)
    argument = [options.pop("indicator")] if "indicator" in options else []
    where = {
        "partnership": str(hostile.place.root / "hostile"),
        "source": str(next(hostile.place.root.glob("source *"))),
        "store": str(next(hostile.place.root.glob("store *"))),
    }
    words = [f"--{name.replace('_', '-')}={value}" for name, value in {**where, **options}.items()]
    result = CliRunner(env={"DAGSTER_HOME": str(hostile.place.root / "dagster"), "COLUMNS": "300"}).invoke(
        main, [command, *words, "--", *argument], catch_exceptions=False
    )
    assert "Traceback" not in result.output
    if "area" in options:
        assert "Barnet" not in result.output.partition("\n")[2], "no row answers to such a code"
    else:
        assert result.exit_code == 1, result.output
    assert query(hostile.store, "select count(*), sum(hash(figures)) from marts.figures") == before


def test_no_secret_is_in_anything_a_refresh_writes_or_says(hostile: Hostile) -> None:
    """Threat: secrets in what a refresh writes or says. A notice that cannot be sent is said, without its address."""
    root = hostile.place.root
    bad = root / "bad"
    borough_csv(bad / "bad.csv", spoil="-3")
    failed = Place(root).safer("refresh", source=str(bad), basis="latest", data_month="2025-12")
    assert failed.exit_code == 1, "a refresh that fails says more"
    below = files_below(root)
    assert len(below) > 50
    assert any(path.suffix == ".db" for path in below), "Dagster's own records are among them"
    for canary in ("canary-of-notices", "canary-of-proxy", "canary-of-postgres", "canary-of-token"):
        assert canary not in hostile.result.output + failed.output
        for path in below:
            assert canary.encode() not in path.read_bytes(), path


@pytest.mark.slow
def test_what_is_written_can_be_read_by_the_group_and_by_nobody_else(tmp_path: Path) -> None:
    """Threat: others on the machine read landed files or an unpublished pack. Whatever the umask of who starts it."""
    for umask in ("000", "077"):
        root = tmp_path / umask
        root.mkdir()
        borough_csv(root / "source" / "good.csv")
        environment = {**os.environ, "DAGSTER_HOME": str(root / "dagster")}
        for name in CANARIES:
            environment.pop(name, None)
        command = (
            f"umask {umask}; exec '{sys.executable}' -m safer_assets.cli refresh --source {root}/source "
            f"--store {root}/store --out {root}/out --basis latest --data-month 2025-12"
        )
        done = subprocess.run(["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        for path in (root / "store").rglob("*"), (root / "out").rglob("*"):
            for entry in path:
                mode = stat.S_IMODE(entry.lstat().st_mode)
                assert mode & 0o027 == 0, f"{entry} has {mode:o}"
        landed = [path for path in (root / "store").rglob("files/??/*") if path.suffix != ".json"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in landed} == {0o440}
        assert {stat.S_IMODE(path.stat().st_mode) for path in files_below(root / "out")} == {0o640}
        packs = [path for path in (root / "out").rglob("*") if path.is_dir()]
        assert {stat.S_IMODE(path.stat().st_mode) for path in packs} == {0o750}


def test_a_partnership_is_a_folder_with_settings_and_nothing_else(tmp_path: Path) -> None:
    """Threat: paths in arguments. A name that is none is refused before a folder is made for it."""
    place = Place(tmp_path)
    borough_csv(tmp_path / "source" / "good.csv")
    names = (
        "../../etc",
        "/",
        ".",
        "..",
        "barnet/../../x",
        "barnet\n.",
        "a b",
        "~nobody-here",
        "x" * 300,
        "\u202ebarnet",
    )
    for name in names:
        for command in ("refresh", "land", "figures burglary"):
            words = f"{command} {tmp_path / 'source'}" if command == "land" else command
            result = place.safer(words, partnership=name)
            assert result.exit_code == 1, (name, command, result.output)
            assert "Traceback" not in result.output
    for option, value in (("meeting", "../../2026"), ("scheme", "../x"), ("data_month", "../../x")):
        assert place.safer("refresh", source=str(tmp_path / "source"), **{option: value}).exit_code == 1
    asked = {"source": str(tmp_path / "source"), "store": str(tmp_path / "a?b")}
    assert "question mark in its name" in place.safer("refresh", **asked).output
    assert {path.name for path in tmp_path.iterdir()} <= {"source", "dagster", "a?b"}


def test_html_of_the_fixture_is_hostile() -> None:
    """Else the tests above would say nothing."""
    assert "script" in Page(HTML).tags
    assert ("onerror", "alert(2)") in Page(HTML).attributes
