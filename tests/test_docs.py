"""README and docs/ speak of the code as it is: generated pages are current, and whatever they name exists."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from safer_assets.charts import ALL
from safer_assets.charts.cache import chart_name
from safer_assets.cli import main as safer
from safer_assets.dictionary import PAGES

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES_ON_DISK = (README, *sorted((ROOT / "docs").rglob("*.md")))
GALLERY = ROOT / "docs" / "gallery"

README_LINES = 90
PICTURE_BYTES = 250_000
READABLE_WIDTH = 800

TOP = ("safer_assets", "dbt_like_sql", "partnerships", "tests", "docs", ".ci")
MADE_BY_RUNNING = ("var", "out", "landing")
# A file named without its folder may stand in any of these, at any depth.
HOMES = ("safer_assets", "dbt_like_sql", "partnerships")
SOURCE_ENDINGS = (".py", ".sql", ".toml", ".yaml", ".txt")

each_page = pytest.mark.parametrize("page", PAGES_ON_DISK, ids=lambda page: page.relative_to(ROOT).as_posix())


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def spans(page: Path) -> list[str]:
    """What a page has set as code within its lines."""
    return re.findall(r"`([^`\n]+)`", prose(page))


def commands(page: Path) -> Iterator[list[str]]:
    """The words of every command that a page shows, from fenced shell blocks and from code within lines."""
    fenced = re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for line in [*(line for block in fenced for line in block.splitlines()), *spans(page)]:
        words = [word.strip('"') for word in line.partition(" #")[0].split()]
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
            words = words[1:]
        if words:
            yield [Path(words[0]).name, *words[1:]]


def options(command: click.Command) -> list[str]:
    """The options of a command, such as --source."""
    return [name for item in command.params if isinstance(item, click.Option) for name in item.opts]


def stands_in_the_repository(name: str) -> bool:
    """Whether what a page has set as code is a file or folder of ours that is there, or no such name at all."""
    top = name.split("/")[0]
    if not re.fullmatch(r"[\w./-]+", name):
        return True  # a command, a pattern, a placeholder
    if "/" in name and top in TOP:
        return (ROOT / name).exists()
    if name.startswith(".") or top in MADE_BY_RUNNING or not name.endswith((*SOURCE_ENDINGS, "/")):
        return True  # an ending, a folder that is made by running, a word
    return (ROOT / name).exists() or any(next((ROOT / home).glob(f"**/{name}"), None) for home in HOMES)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made from the headings' text."""
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    on_disk = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert on_disk == PAGES[name](), f"docs/{name} is stale: run make docs"


@each_page
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(page)) + re.findall(
        r'<(?:img|a) [^>]*?(?:src|href)="([^"]+)"', prose(page)
    )
    for target in targets:
        path, _, anchor = target.partition("#")
        if re.match(r"https?://", target):
            continue
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{page.name}: {target} leads nowhere"
        assert found.is_relative_to(ROOT), f"{page.name}: {target} leads out of the repository"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{page.name}: {found.name} has no heading for #{anchor}"


@each_page
def test_every_file_a_page_names_exists(page: Path) -> None:
    for span in spans(page):
        name, _, inside = span.partition("::")
        assert stands_in_the_repository(name), f"{page.name} names {name}, which does not exist"
        if inside:
            assert f"def {inside}(" in (ROOT / name).read_text(encoding="utf-8"), f"{page.name}: there is no {span}"


@each_page
def test_every_command_a_page_shows_can_be_run(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for program, *words in commands(page):
        if program == "make":
            for word in words:
                name, is_variable, _ = word.partition("=")
                known = re.search(rf"\$\((?:or \$\()?{name}\b" if is_variable else rf"^{name}:", makefile, re.MULTILINE)
                assert known, f"{page.name}: make {word}"
        if program == "safer" and words:
            command = safer.commands.get(words[0])
            assert command is not None, f"{page.name}: safer {words[0]}"
            asked = {word for word in words if word.startswith("--")}
            assert asked <= set(options(command)), f"{page.name}: safer {words[0]} {asked}"


def test_every_option_and_variable_is_explained() -> None:
    how_to = (ROOT / "docs" / "how-to.md").read_text(encoding="utf-8")
    assert [option for option in options(safer.commands["refresh"]) if f"`{option}`" not in how_to] == []
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "safer_assets").rglob("*.py"))
    read = set(re.findall(r'environ\.get\("(SAFER_\w+)"', code))
    assert read == set(re.findall(r"`(SAFER_\w+)`", how_to)), "the variables that are read are those explained"


def test_the_rooms_are_listed_in_the_order_that_lint_holds() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    (table,) = re.findall(r"^\| room .*\n(?:\|.*\n)+", prose(ROOT / "docs" / "house.md"), flags=re.MULTILINE)
    listed = re.findall(r"^\| `(\w+)(?:\.py|/)` \|", table, flags=re.MULTILINE)
    assert listed == list(reversed(contract["layers"]))


def test_the_readme_fits_on_a_screen() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= README_LINES


def test_the_gallery_shows_every_chart_and_is_light() -> None:
    captions = (GALLERY / "README.md").read_text(encoding="utf-8")
    for name in [chart_name(maker) for maker in ALL]:
        assert (GALLERY / f"{name}.png").is_file(), f"the gallery lacks a picture of {name}"
    for picture in GALLERY.glob("*.png"):
        assert f"({picture.name})" in captions, f"{picture.name} has no caption"
        assert picture.stat().st_size < PICTURE_BYTES, f"{picture.name} is too heavy"
        width = int.from_bytes(picture.read_bytes()[16:20])  # of a PNG, the header begins with its size
        assert width >= READABLE_WIDTH, f"{picture.name} is too small to read"


@each_page
def test_pages_name_no_place_on_a_machine(page: Path) -> None:
    found = re.findall(r"(?:^|[\s(`\"])(/(?:home|root|tmp|work|Users)\b\S*)", page.read_text(encoding="utf-8"))
    assert found == []
