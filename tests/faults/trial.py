"""Trials of a refresh under faults: a place with a small feed, the process that refreshes it, and what it holds.

What is here: the client of zygote.py, the feed, comparison of two states. What is not: faults (the tests).
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pytest

ROOT = Path(__file__).resolve().parents[2]
CITY = ROOT / "tests" / "partnerships" / "city-of-london"
MEETING = "2025-05-16"
OPTIONS = {"partnership": str(CITY), "meeting": MEETING, "data-month": "2025-01"}
# The meeting is past and its figures are as at its data cut: no clock has a part in them.

CLOSED = "Investigation complete; no suspect identified"
STREET = "{0}-city-of-london-street.csv"
POPULATION = "area_code,area_name,mid_year,population\nE09000001,City of London,2022,10900\n"


@dataclass(frozen=True)
class Ended:
    """How a refresh ended: `signal` is 9 where it was killed, else 0 and there is an exit code."""

    signal: int
    exit: int
    said: str
    seconds: float
    moments: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """What a place holds; see zygote.state."""

    tables: Mapping[str, str]
    packs: Mapping[str, str]
    left_over: tuple[str, ...]
    torn: tuple[str, ...]

    def differs_from(self, other: "Held") -> list[str]:
        """What is not the same in the two, by name."""
        pairs = ((self.tables, other.tables), (self.packs, other.packs))
        names = [name for mine, its in pairs for name in {**mine, **its} if mine.get(name) != its.get(name)]
        return sorted([*names, *(set(self.left_over) ^ set(other.left_over)), *self.torn])

    def of_schema(self, *schemas: str) -> dict[str, str]:
        """The tables of some schemas."""
        return {name: rows for name, rows in self.tables.items() if name.split(".")[0] in schemas}


@dataclass(frozen=True)
class Place:
    """A store and an out folder."""

    root: Path

    @property
    def home(self) -> Path:
        """Where the partnership's landing and warehouse are."""
        return self.root / "store" / "city-of-london" / "real"

    @property
    def out(self) -> Path:
        """Where its packs are."""
        return self.root / "out"

    @property
    def warehouse(self) -> Path:
        """The database file."""
        return self.home / "warehouse.duckdb"

    def copy_to(self, root: Path) -> "Place":
        """The same again in another place; links and times as they are."""
        root.mkdir(parents=True, exist_ok=True)
        for name in ("store", "out"):
            if (self.root / name).exists():
                shutil.copytree(self.root / name, root / name, symlinks=True)
        return Place(root)


class Zygote:
    """The process that runs refreshes; with `mounts` it has a mount namespace of its own, where it may mount."""

    def __init__(self, *, mounts: bool = False, environment: Mapping[str, str] | None = None) -> None:
        words = [sys.executable, str(Path(__file__).with_name("zygote.py"))]
        self._process = subprocess.Popen(
            [*(["unshare", "--mount", "--propagation", "private"] if mounts else []), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            # numpy's threads would not survive the fork.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **(environment or {})},
        )
        self.threads = int(str(self._answer()["ready"]))

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=60)

    def refresh(self, place: Place, source: Path, *, options: Mapping[str, str] | None = None, **how: object) -> Ended:
        """Run `safer refresh` from a source in a place; `how` as in zygote.refresh."""
        where = {"source": str(source), "store": str(place.root / "store"), "out": str(place.out)}
        found = self._ask(do="refresh", place=str(place.root), options={**OPTIONS, **where, **(options or {})}, **how)
        return Ended(
            int(str(found["signal"])),
            int(str(found["exit"])),
            str(found["said"]),
            float(str(found["seconds"])),
            tuple(_texts(found["moments"])),
        )

    def refresh_well(self, place: Place, source: Path, **how: object) -> Ended:
        """A refresh that must succeed."""
        ended = self.refresh(place, source, **how)  # type: ignore[arg-type] # the same
        assert (ended.signal, ended.exit) == (0, 0), ended.said
        return ended

    def state(self, place: Place) -> Held:
        """What the place holds now."""
        found = self._ask(do="state", home=str(place.home), out=str(place.out))
        assert "error" not in found, found["error"]
        tables, packs = found["tables"], found["packs"]
        assert isinstance(tables, dict)
        assert isinstance(packs, dict)
        return Held(tables, packs, tuple(_texts(found["left_over"])), tuple(_texts(found["torn"])))

    def run(self, *words: str) -> str:
        """Run a program where this process's mounts are; it must succeed."""
        found = self._ask(do="run", words=list(words))
        assert found["exit"] == 0, f"{words}: {found['said']}"
        return str(found["said"])

    def _ask(self, **command: object) -> dict[str, object]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, object]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"the process that runs refreshes has ended with {self._process.wait()}"
        answer: dict[str, object] = json.loads(line)
        return answer


def _texts(found: object) -> list[str]:
    assert isinstance(found, list)
    return [str(text) for text in found]


@dataclass(frozen=True)
class Feed:
    """Two sources: `first` with two months, `both` with these, a third month, one month as it was revised, and more."""

    first: Path
    both: Path


@dataclass(frozen=True)
class Known:
    """What runs without any fault give.

    Attributes:
        good: A place after a refresh from `feed.first`; copied, never changed.
        first: What it holds.
        both: What it holds after a second refresh, from `feed.both`.
        both_at_once: What a place holds after one refresh from `feed.both`.
        moments: Of that second refresh, in order.
        seconds: It took.
    """

    feed: Feed
    good: Place
    first: Held
    both: Held
    both_at_once: Held
    moments: tuple[str, ...]
    seconds: float


def write_feed(folder: Path, shared_data: Path) -> Feed:
    """Real street months of the smallest force, cut to a few hundred rows; one row has a repeat, for the quarantine."""
    months = {month: _rows(shared_data, month) for month in ("2024-11", "2024-12", "2025-01")}
    feed = Feed(folder / "first", folder / "both")
    for source in (feed.first, feed.both):
        source.mkdir(parents=True)
        (source / STREET.format("2024-11")).write_text(_text(months["2024-11"]), encoding="utf-8")
        with zipfile.ZipFile(source / "archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            member = zipfile.ZipInfo(f"2024-12/{STREET.format('2024-12')}", date_time=(2025, 2, 1, 0, 0, 0))
            archive.writestr(member, _text(months["2024-12"]))
    repeated = months["2025-01"][1]
    assert CLOSED in repeated
    with_repeat = [*months["2025-01"], repeated.replace(CLOSED, "Under investigation")]
    (feed.both / STREET.format("2025-01")).write_text(_text(with_repeat), encoding="utf-8")
    (feed.both / "revised 2024-12.csv").write_text(_text(months["2024-12"][:-20]), encoding="utf-8")
    (feed.both / "population.csv").write_text(POPULATION, encoding="utf-8")
    (feed.both / "not a feed.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return feed


def _rows(shared_data: Path, month: str) -> list[str]:
    path = shared_data / "police_uk" / month / STREET.format(month)
    return path.read_text(encoding="utf-8").splitlines()[:400]


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def must_be_able_to_mount() -> None:
    """Skip, with the reason, where this machine lets nobody mount; CI must be able to."""
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI must be able to mount a small disk for these tests, and is not: {done.stderr}")
    pytest.skip(f"needs the right to mount a small disk, which this machine does not give: {done.stderr.strip()}")
