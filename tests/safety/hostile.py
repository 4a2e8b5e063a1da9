"""A refresh in which all that comes from outside means harm: settings, names of files and folders, and content.

What is here: making it, once for the tests of test_refresh.py. What is not: what must hold.
"""

from dataclasses import dataclass
from pathlib import Path

from click.testing import Result
from end_to_end.place import Place
from end_to_end.test_bad_input import borough_csv
from feeds.feed_files import BOROUGH_HEADER, BOROUGH_MONTHS

HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>"
MARKDOWN = "[click](javascript:alert(3)) ![seen](https://evil.example/seen.png) `x` | y"
SQL = "'); drop table marts.figures; --\""
TERMINAL = "[red]markup[/]"
ALL = f"{HTML} {MARKDOWN} {SQL} {TERMINAL} $x^2$ {{{{7*7}}}} {{% raw %}} %s {{0}}"

SETTINGS = f"""
board_name = '''Board {ALL}'''
force = '''{SQL} {HTML}'''
[area]
code = "E09000003"
name = "Barnet"
[[groups]]
code = "G-1"
name = '''Group {ALL}'''
members = ["E09000003", "E09000005"]
[cycle]
clearance_days = 5
checking_days = 3
"""


@dataclass(frozen=True)
class Hostile:
    """Where it was made, what it printed, and its pack."""

    place: Place
    store: Path
    result: Result
    pack: Path


def hostile_refresh(root: Path) -> Hostile:
    """Make a pack from hostile settings and files, in folders with hostile names."""
    partnership = root / "hostile"
    partnership.mkdir()
    (partnership / "partnership.toml").write_text(SETTINGS)
    (partnership / "meetings.csv").write_text(
        f'date,title,status,note\n2026-12-11,"Meeting {ALL.replace(chr(34), chr(34) * 2)}",confirmed,\n'
    )
    source = root / f"source {SQL.replace('/', '')} [x]*?"
    borough_csv(source / f"good {SQL} {MARKDOWN.replace('/', ' ')}.csv")
    torn = ",".join((*BOROUGH_HEADER, *BOROUGH_MONTHS, HTML, MARKDOWN.replace(",", " "), SQL.replace('"', "")))
    (source / f"refused {HTML.replace('/', ' ')}.csv").write_text(f"{torn}\n")
    (source / f"unknown {MARKDOWN.replace('/', ' ')}.csv").write_text(f"{HTML},{SQL.replace(chr(34), '')},c\n1,2,3\n")
    place = Place(root)
    store = root / f"store {SQL.replace('/', '')} [x]*"
    result = place.safer(
        "refresh", partnership=str(partnership), source=str(source), store=str(store), basis="latest",
        data_month="2025-12", meeting="2026-12-11",
    )  # fmt: skip
    return Hostile(place, store / "hostile" / "real", result, root / "out" / "hostile" / "2026-12-11")
