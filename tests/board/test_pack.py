"""The pack on disk: whole or absent, the same bytes from the same input; a page that anyone can open and read."""

import csv
import dataclasses
import datetime as dt
import hashlib
import io
import itertools
import json
import multiprocessing
import os
import re
import shutil
import signal
import struct
import zlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safer_assets.board.evidence_rows import EVIDENCE_COLUMNS
from safer_assets.board.figures import FIGURE_COLUMNS, figures_csv, figures_of
from safer_assets.board.lateness import Standing
from safer_assets.board.pack import write_pack
from safer_assets.charts import wording
from safer_assets.charts.chart import NoChart, RenderedChart
from safer_assets.charts.context import BoardContext
from safer_assets.errors import PackError

HOME = "E09000003"
CONTEXT = BoardContext(
    board_name="Barnet Safer Communities Partnership Board",
    area_code=HOME,
    area_name="Barnet",
    groups=(("BCU-NW", "North West BCU"), ("MPS-32", "London")),
    meeting_date=dt.date(2023, 5, 12),
    meeting_title="",
    data_month=dt.date(2023, 2, 1),
    as_at=dt.date(2023, 4, 19),
    basis="as-at",
    scheme="mps-before-2024",
    sample=False,
    sources={"mps_borough": "Police recorded crime by borough, vintage 2023-02"},
    minimum_base=50,
    groups_with_area=("BCU-NW", "MPS-32"),
)
DEADLINES = {"data_cut": dt.date(2023, 4, 19), "publication": dt.date(2023, 5, 3)}
CHECKS = pd.DataFrame(
    [
        ("share of repeats", "2022-11-street.csv", "WARN", "299 of 4812 rows repeat a Crime ID", "team:data"),
        ("latest month", "dashboard.csv", "ERROR", "the newest month is 2022-12", "team:data"),
    ],
    columns=["check", "about", "severity", "message", "who"],
)
SOURCES = pd.DataFrame(
    [
        ("ons_population", "Population", "ONS", "mye.csv", dt.date(2021, 6, 1), dt.date.min, "", 33, "b" * 64),
        ("mps_borough", "Crime", "Met", "b.csv", "2023-02", dt.date(2023, 3, 6), "mps-before-2024", 1602, "a" * 64),
    ],
    columns=["feed", "title", "publisher", "name", "vintage", "available_from", "scheme", "rows", "sha256"],
)
REFUSED = pd.DataFrame([("collapsed.csv", "month headers read 2021.1")], columns=["name", "reason"])
NOTHING = pd.DataFrame()
LATE = Standing(
    "mps_borough", "", dt.date(2023, 1, 1), dt.date(2023, 2, 1), due=dt.date(2023, 3, 6), day=dt.date(2023, 4, 19)
)


def row(indicator: str, window: str, value: int | None, prior: int | None, **other: object) -> dict[str, object]:
    """One row as the warehouse gives it, its percentage not rounded."""
    months = {"month": 1, "r3": 3, "r12": 12}[window]
    start = (pd.Period("2023-02", "M") - (months - 1)).strftime("%Y-%m")
    change = None if value is None or prior is None else value - prior
    return {
        "indicator": indicator,
        "area_code": HOME,
        "area_name": "Barnet",
        "window": window,
        "start_month": start,
        "end_month": "2023-02",
        "value": value,
        "comparator": "year_earlier",
        "prior_start_month": None if prior is None else f"{int(start[:4]) - 1}{start[4:]}",
        "prior_end_month": None if prior is None else "2022-02",
        "prior_value": prior,
        "change_abs": change,
        "change_pct": None if change is None or prior is None or prior < 50 else 100 * change / prior,
        "rate_per_1000": 1000 * value / 389344 if window == "r12" and value is not None else None,
        "source": "mps_borough",
        "scheme": "mps-before-2024",
        "vintage": "2023-02",
        "as_at": dt.date(2023, 4, 19),
        "quality": "",
        **other,
    }


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    """Rows as a frame with the types of BoardData.figures."""
    counts = ("value", "prior_value", "change_abs")
    return pd.DataFrame(list(rows), columns=list(FIGURE_COLUMNS)).astype(dict.fromkeys(counts, "Int64"))


FIGURES = frame(
    row("residential_burglary", "r3", 522, 482),
    row("residential_burglary", "r12", 1934, 1908),
    row("violence_with_injury", "r12", 2324, 2271),
    row("violence_with_injury", "r12", 9000, 10000, area_code="BCU-NW", area_name="North West BCU"),
    row("weapons_possession", "r3", 29, 39),
    row("knife_crime", "r3", None, None, quality="missing feed: mps_dashboard"),
    row("hate_crime", "r12", 700, None, quality="no comparator: the file starts in 2021-08"),
)


def evidence(*rows: dict[str, object]) -> pd.DataFrame:
    """What figures may be said to show, with the columns of marts.evidence that a pack reads; graded by hand."""
    columns = (*EVIDENCE_COLUMNS, "p_widened", "spc_trial", "london_reason")
    blank = dict.fromkeys(("rate_ratio", "rr_low", "rr_high", "dispersion", "p_value", "p_widened"))
    texts = {"spc_signal": "", "spc_trial": False, "london_position": "", "london_reason": "", "reason": ""}
    return pd.DataFrame([blank | texts | row for row in rows], columns=list(columns))


def graded(figure: Mapping[Any, object], grade: str, **other: object) -> dict[str, object]:
    """The evidence on one figure."""
    keys = ("indicator", "area_code", "window", "end_month", "value", "prior_value")
    return {key: figure[key] for key in keys} | {"grade": grade, **other}


EVIDENCE = evidence(
    *(graded(figure, "no clear change") for figure in FIGURES.to_dict("records")[:2]),
    graded(
        row("violence_with_injury", "r12", 2324, 2271),
        "no clear change",
        p_value=0.4430,
        p_widened=0.6123,
        reason="2,324 against 2,271: p = 0.61 after widening, so within chance",
        spc_signal="below limits",
        london_position="higher",
        london_reason="6.0 per 1,000 against 5.1",
    ),
    graded(row("violence_with_injury", "r12", 9000, 10000, area_code="BCU-NW"), "clear fall", p_value=1e-9),
    graded(row("hate_crime", "r12", 700, None), "not comparable", reason="no comparator: the file starts in 2021-08"),
)


def picture(width: int = 4, height: int = 3) -> bytes:
    """A small valid PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\xff" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.fixture
def charts(tmp_path: Path) -> list[RenderedChart | NoChart]:
    folder = tmp_path / "drawn"
    folder.mkdir()
    made: list[RenderedChart | NoChart] = []
    for name in ("scorecard", "offence_mix", "seasonal"):
        (folder / f"{name}.png").write_bytes(picture())
        (folder / f"{name}.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        table = pd.DataFrame(
            {"Month": pd.to_datetime(["2023-01-01", "2023-02-01"]), "Offences": [2325, 1], "Share": [12.345, None]}
        )
        alt = f'{name}: "violence" & theft rose'
        where = folder / f"{name}.png", folder / f"{name}.svg"
        made.append(RenderedChart(name, f"Message of {name}", "Offences, Barnet", alt, table, "Source: Met.", *where))
    return [*made, NoChart("hate_crime_trend", "No dashboard file was available.")]


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, charts: list[RenderedChart | NoChart]) -> Write:
    """Write a pack into the test's own folder; keywords replace parts of the input."""

    def writer(
        root: str = "out",
        *,
        context: BoardContext = CONTEXT,
        figures: pd.DataFrame = FIGURES,
        graded: pd.DataFrame = EVIDENCE,
        checks: pd.DataFrame = CHECKS,
        sources: pd.DataFrame = SOURCES,
        refused: pd.DataFrame = REFUSED,
        drawn: list[RenderedChart | NoChart] = charts,
        deadlines: dict[str, dt.date] = DEADLINES,
        late: tuple[Standing, ...] = (),
    ) -> Path:
        return write_pack(
            tmp_path / root, "barnet", context, deadlines, figures, graded, drawn, checks, sources, refused, late
        )

    return writer


def contents(pack: Path) -> dict[str, bytes]:
    return {str(path.relative_to(pack)): path.read_bytes() for path in sorted(pack.rglob("*")) if path.is_file()}


def assert_whole(pack: Path) -> None:
    """Exactly the files of the manifest are there, with their bytes."""
    files = contents(pack)
    listed = json.loads(files.pop("manifest.json"))["files"]
    assert {entry["path"]: (entry["sha256"], entry["bytes"]) for entry in listed} == {
        path: (hashlib.sha256(content).hexdigest(), len(content)) for path, content in files.items()
    }


# --- the folder -------------------------------------------------------------------------------------------------------


def test_a_pack_holds_the_files_of_the_contract(write: Write, tmp_path: Path) -> None:
    pack = write()
    assert pack == tmp_path / "out" / "barnet" / "2023-05-12"
    drawn = {f"charts/{name}.{kind}" for name in ("scorecard", "offence_mix", "seasonal") for kind in ("png", "svg")}
    assert set(contents(pack)) == {"pack.html", "figures.csv", "evidence.csv", "manifest.json", *drawn}
    assert_whole(pack)
    assert [path.name for path in pack.parent.iterdir()] == ["2023-05-12"]


def test_the_same_input_gives_the_same_bytes(write: Write) -> None:
    first = contents(write("one"))
    shuffled = contents(
        write(
            "two",
            figures=FIGURES.iloc[::-1],
            graded=EVIDENCE.iloc[::-1],
            sources=SOURCES.iloc[::-1],
            checks=CHECKS.iloc[::-1],
        )
    )
    assert first == shuffled


def test_the_fingerprint_changes_with_the_evidence_only(write: Write) -> None:
    def made_from(root: str, **parts: object) -> str:
        return str(json.loads((write(root, **parts) / "manifest.json").read_text())["made_from"])

    first = made_from("one")
    assert made_from("two") == first
    assert made_from("three", figures=FIGURES.iloc[1:]) != first
    assert made_from("four", sources=SOURCES.assign(sha256="c" * 64)) != first
    assert made_from("five", context=dataclasses.replace(CONTEXT, as_at=dt.date(2023, 4, 20))) != first


def test_the_manifest_tells_how_the_pack_was_made(write: Write) -> None:
    manifest = json.loads((write() / "manifest.json").read_text())
    expected = {
        "contract": 1,
        "partnership": "barnet",
        "meeting": "2023-05-12",
        "basis": "as-at",
        "scheme": "mps-before-2024",
        "data_month": "2023-02",
        "as_at": "2023-04-19",
        "sample": False,
        "preview": False,
        "deadlines": {"data_cut": "2023-04-19", "publication": "2023-05-03"},
    }
    assert {key: manifest[key] for key in expected} == expected
    assert [source["sha256"] for source in manifest["sources"]] == ["a" * 64, "b" * 64]
    assert manifest["sources"][0]["rows"] == 1602
    assert [check["severity"] for check in manifest["checks_not_passed"]] == ["ERROR", "WARN"]
    assert manifest["refused"] == [{"name": "collapsed.csv", "reason": "month headers read 2021.1"}]


def test_a_late_feed_stands_before_everything_else_and_in_the_manifest(write: Write) -> None:
    pack = write(late=(LATE,))
    page = (pack / "pack.html").read_text()
    words = "February 2023 was due on 6 March 2023 and had not come by 19 April 2023 (44 days late)"
    assert page.index("Late: 1 feed that these figures need") < page.index(words) < page.index('id="summary"')
    (entry,) = json.loads((pack / "manifest.json").read_text())["late_feeds"]
    assert (entry["feed"], entry["newest_month"], entry["expected_month"]) == ("mps_borough", "2023-01", "2023-02")
    assert (entry["due"], entry["days_late"], entry["words"]) == ("2023-03-06", 44, LATE.words())
    on_time = write("on time")
    assert 'id="late"' not in (on_time / "pack.html").read_text()
    assert json.loads((on_time / "manifest.json").read_text())["late_feeds"] == []


def test_a_new_pack_replaces_the_old_one_and_leaves_nothing_of_it(
    write: Write, charts: list[RenderedChart | NoChart]
) -> None:
    write()
    pack = write(drawn=charts[:1], figures=frame(row("robbery", "r3", 5, 4)))
    assert_whole(pack)
    assert {path.name for path in (pack / "charts").iterdir()} == {"scorecard.png", "scorecard.svg"}
    assert [path.name for path in pack.parent.iterdir()] == ["2023-05-12"]


def test_a_failure_in_the_middle_leaves_the_old_pack_and_no_rubbish(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = write()
    before = contents(pack)
    calls = itertools.count()

    def full_disk(_: int) -> None:
        if next(calls) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(PackError, match="No space left on device"):
        write(figures=frame(row("robbery", "r3", 5, 4)))
    assert contents(pack) == before
    assert [path.name for path in pack.parent.iterdir()] == ["2023-05-12"]


def test_a_first_pack_that_fails_is_absent(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_rename(self: Path, target: Path) -> Path:
        raise PermissionError(13, f"{self.name} to {target.name}")

    monkeypatch.setattr(Path, "rename", no_rename)
    with pytest.raises(PackError, match="2023-05-12"):
        write()
    assert list((tmp_path / "out" / "barnet").iterdir()) == []


SWAPPED = [(True, step) for step in range(12)]
RENAMED = [(False, step) for step in range(14)]


@pytest.mark.parametrize(("swaps", "step"), SWAPPED + RENAMED)
def test_a_kill_at_any_step_leaves_the_old_or_the_new_pack_whole(
    write: Write, monkeypatch: pytest.MonkeyPatch, swaps: bool, step: int
) -> None:
    """The steps are each of ten files' sync to disk, both renames (where folders cannot be swapped), and clearing."""
    if not swaps:
        monkeypatch.setattr("safer_assets.board.pack._swap", lambda *_: False)
    pack = write()
    old = contents(pack)
    newer = frame(row("robbery", "r3", 5, 4))
    new = contents(write("elsewhere", figures=newer))

    def killed() -> None:
        steps = itertools.count()

        def before(call: Callable[..., object]) -> Callable[..., object]:
            def stepped(*args: object, **options: object) -> object:
                if next(steps) == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*args, **options)

            return stepped

        for place, name in ((os, "fsync"), (Path, "rename"), (shutil, "rmtree")):
            monkeypatch.setattr(place, name, before(getattr(place, name)))
        write(figures=newer)

    process = multiprocessing.get_context("fork").Process(target=killed)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert pack.exists() or not swaps, "a reader finds a pack at every moment"
    left = contents(pack) if pack.exists() else contents(pack.with_name(".2023-05-12.old"))
    assert left in (old, new)
    # The next write finds its way from there.
    assert contents(write(figures=newer)) == new
    assert [path.name for path in pack.parent.iterdir()] == ["2023-05-12"]


def test_an_old_pack_that_a_kill_left_aside_comes_back_when_the_next_write_fails(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = write()
    before = contents(pack)
    pack.rename(pack.with_name(".2023-05-12.old"))
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(PackError):
        write()
    assert contents(pack) == before


@pytest.mark.parametrize("slug", ["", "../etc", "a/b", ".hidden", "a b"])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, slug: str) -> None:
    with pytest.raises(PackError, match="cannot name a folder"):
        write_pack(tmp_path, slug, CONTEXT, DEADLINES, FIGURES, EVIDENCE, [], NOTHING, NOTHING, NOTHING)


def test_charts_need_names_of_their_own_that_can_name_a_file(
    write: Write, charts: list[RenderedChart | NoChart]
) -> None:
    first = charts[0]
    assert isinstance(first, RenderedChart)
    with pytest.raises(PackError, match="stands twice"):
        write(drawn=[first, first])
    with pytest.raises(PackError, match="cannot name a file"):
        write(drawn=[dataclasses.replace(first, name="../../x")])


def test_a_picture_that_is_none_is_refused(write: Write, charts: list[RenderedChart | NoChart]) -> None:
    first = charts[0]
    assert isinstance(first, RenderedChart)
    first.png.write_text("<html>")
    with pytest.raises(PackError, match=r"scorecard\.png is no PNG"):
        write(drawn=[first])


def test_deadlines_must_say_when_the_data_are_cut(write: Write) -> None:
    with pytest.raises(PackError, match="data_cut"):
        write(deadlines={"publication": dt.date(2023, 5, 3)})


# --- figures.csv ------------------------------------------------------------------------------------------------------


def test_figures_csv_has_the_columns_of_the_contract_in_their_order(write: Write) -> None:
    header = (write() / "figures.csv").read_text().splitlines()[0]
    assert header == (
        "indicator,area_code,area_name,window,start_month,end_month,value,comparator,prior_start_month,prior_end_month,"
        "prior_value,change_abs,change_pct,rate_per_1000,source,scheme,vintage,as_at,quality"
    )


def test_a_row_of_figures_csv_is_written_as_the_contract_says(write: Write) -> None:
    lines = (write() / "figures.csv").read_text().splitlines()
    assert (
        "violence_with_injury,E09000003,Barnet,r12,2022-03,2023-02,2324,year_earlier,2021-03,2022-02,2271,53,2.3,5.97,"
        "mps_borough,mps-before-2024,2023-02,2023-04-19,"
    ) in lines
    assert (
        "knife_crime,E09000003,Barnet,r3,2022-12,2023-02,,year_earlier,,,,,,,"
        "mps_borough,mps-before-2024,2023-02,2023-04-19,missing feed: mps_dashboard"
    ) in lines


def test_dates_and_months_are_written_alike_whatever_type_they_came_in() -> None:
    typed = row("robbery", "month", 5, None, start_month=dt.date(2023, 2, 1), end_month=pd.Timestamp("2023-02-01"))
    typed |= {"vintage": dt.date(2023, 2, 1), "as_at": pd.Timestamp("2023-04-19")}
    assert figures_csv(figures_of(frame(typed))) == figures_csv(figures_of(frame(row("robbery", "month", 5, None))))


@pytest.mark.parametrize(
    ("value", "prior", "printed"),
    [
        (2325, 2269, "2.5"),
        (28637, 30696, "-6.7"),
        (393, 424, "-7.3"),
        (81, 80, "1.3"),
        (79, 80, "-1.3"),
        (9999, 10000, "0.0"),
    ],
)
def test_percentages_are_rounded_half_away_from_zero(value: int, prior: int, printed: str) -> None:
    (figure,) = figures_of(frame(row("robbery", "r3", value, prior)))
    assert str(figure.change_pct) == printed


def test_a_rate_is_rounded_half_away_from_zero() -> None:
    (figure,) = figures_of(frame(row("robbery", "r12", 5, None, rate_per_1000=2.675)))
    assert figure.rate_per_1000 == Decimal("2.68")


def test_text_cannot_run_as_a_formula_and_numbers_stay_numbers() -> None:
    evil = row("robbery", "r3", 51, 61, area_name="=HYPERLINK(1)", quality="@x")
    (_, line) = csv.reader(io.StringIO(figures_csv(figures_of(frame(evil))).decode()))
    cells = dict(zip(FIGURE_COLUMNS, line, strict=True))
    assert (cells["area_name"], cells["quality"]) == ("'=HYPERLINK(1)", "'@x")
    assert (cells["change_abs"], cells["change_pct"]) == ("-10", "-16.4")


@given(value=st.integers(0, 10**7), prior=st.integers(50, 10**7))
def test_what_is_written_is_what_was_counted(value: int, prior: int) -> None:
    (_, line) = csv.reader(io.StringIO(figures_csv(figures_of(frame(row("robbery", "r3", value, prior)))).decode()))
    cells = dict(zip(FIGURE_COLUMNS, line, strict=True))
    assert (int(cells["value"]), int(cells["prior_value"]), int(cells["change_abs"])) == (value, prior, value - prior)
    assert abs(Decimal(cells["change_pct"]) - Decimal(100 * (value - prior)) / prior) <= Decimal("0.05")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (FIGURES.drop(columns="quality"), "column 'quality' is missing"),
        (pd.concat([FIGURES, FIGURES.iloc[:1]]), "residential_burglary E09000003 r3 to 2023-02 stands twice"),
        (FIGURES.astype({"value": "Float64"}).replace({"value": {522: 522.5}}), "522.5, which is no whole number"),
        (frame(row("robbery", "r3", 110, 100, change_pct=11.0)), "says 11.0 %, but 110 against 100 is 10.0 %"),
        (frame(row("robbery", "r3", None, None, change_pct=1.0)), "not both counts"),
    ],
)
def test_figures_that_contradict_themselves_make_no_pack(
    write: Write, tmp_path: Path, broken: pd.DataFrame, message: str
) -> None:
    with pytest.raises(PackError, match=re.escape(message)):
        write(figures=broken)
    assert not (tmp_path / "out").exists()


# --- pack.html --------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Element:
    """One element of the page with its attributes, its text, and the names of the elements round it."""

    tag: str
    attributes: dict[str, str]
    inside: list[str]
    text: str = ""


class Page(HTMLParser):
    """The elements of a page in their order."""

    VOID = ("meta", "img", "br", "link", "input")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(html)
        assert self.open == [], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element inside those that are open."""
        element = Element(tag, {name: value or "" for name, value in attrs}, [parent.tag for parent in self.open])
        self.elements.append(element)
        if tag not in self.VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, which must be this one."""
        assert self.open.pop().tag == tag, f"</{tag}> closes another element"
        if tag in ("td", "th", "caption"):
            self.handle_data(" ")  # cells stand apart on the page

    def handle_data(self, data: str) -> None:
        """Add text to every open element."""
        for element in self.open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        """The elements with one of these tags, in their order."""
        return [element for element in self.elements if element.tag in tags]


def page(pack: Path) -> Page:
    return Page((pack / "pack.html").read_text(encoding="utf-8"))


def test_the_page_loads_nothing_from_a_network(write: Write) -> None:
    html = (write() / "pack.html").read_text()
    links = [
        (element.tag, name, value)
        for element in Page(html).elements
        for name, value in element.attributes.items()
        if name in ("src", "href", "srcset", "data", "action", "poster") and re.match(r"\s*(\w+:)?//", value)
    ]
    licence = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    assert links == [("a", "href", licence)]
    assert not re.search(r"url\(|@import|<script|<link|<iframe", html)


def test_every_picture_has_its_alt_text_and_its_data(write: Write, charts: list[RenderedChart | NoChart]) -> None:
    made = page(write())
    drawn = [chart for chart in charts if isinstance(chart, RenderedChart)]
    assert [image.attributes["alt"] for image in made.all("img")] == [chart.alt for chart in drawn]
    for image in made.all("img"):
        assert image.attributes["src"].startswith("data:image/png;base64,")
        assert (image.attributes["width"], image.attributes["height"]) == ("4", "3")
    text = [element.text for element in made.all("td", "th") if "details" in element.inside]
    assert text.count("January 2023") == text.count("2,325") == text.count("12.35") == len(drawn)
    targets = {link.attributes["href"] for link in made.all("a")}
    assert {f"charts/{chart.name}.svg" for chart in drawn} <= targets


def test_the_page_can_be_read_without_seeing_it(write: Write) -> None:
    made = page(write())
    (root,) = made.all("html")
    assert root.attributes["lang"] == "en-GB"
    assert made.all("title")[0].text.startswith("Crime and ASB Performance Dashboard: February 2023")
    assert len(made.all("main")) == len(made.all("h1")) == 1
    levels = [int(heading.tag[1]) for heading in made.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(header.attributes.get("scope") in ("col", "row", "colgroup") for header in made.all("th"))
    assert len(made.all("caption")) == len(made.all("table"))
    ids = [element.attributes["id"] for element in made.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    jumps = [link.attributes["href"][1:] for link in made.all("a") if link.attributes["href"].startswith("#")]
    assert jumps[0] == "main"
    assert set(jumps) <= set(ids)
    regions = [element for element in made.elements if element.attributes.get("role") == "region"]
    assert regions
    assert all(region.attributes["aria-label"] and region.attributes["tabindex"] == "0" for region in regions)


def test_every_colour_of_text_can_be_told_from_its_ground(write: Write) -> None:
    style = page(write()).all("style")[0].text
    named = dict(re.findall(r"--(\w+): (#\w{6})", style))

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        bright, dark = sorted((light(one), light(other)), reverse=True)
        return (bright + 0.05) / (dark + 0.05)

    inks = {named.get(name, name) for name in re.findall(r"[{;]\s*color: (?:var\(--)?(#\w{6}|\w+)", style)} - {
        "inherit",
        "rgb",
    }
    assert {named["ink"], named["soft"], named["navy"]} <= inks
    assert min(contrast(ink, ground) for ink in inks for ground in ("#ffffff", named["wash"])) >= 4.5
    assert min(contrast("#ffffff", named[ground]) for ground in ("plum", "soft")) >= 4.5


def test_the_numbers_in_sentences_are_those_of_figures_csv(write: Write) -> None:
    pack = write()
    with (pack / "figures.csv").open(newline="") as text:
        rows = {
            (cells["indicator"], cells["window"]): cells for cells in csv.DictReader(text) if cells["area_code"] == HOME
        }
    told = [element for element in page(pack).elements if "data-indicator" in element.attributes]
    assert len(told) >= 2 * 4
    for element in told:
        figure = rows[element.attributes["data-indicator"], element.attributes["data-window"]]
        assert re.search(rf"there were {figure['value']} ", element.text, re.IGNORECASE)
        if figure["prior_value"]:
            assert f" there were {figure['prior_value']}." in element.text
            direction = "an increase" if int(figure["change_abs"]) > 0 else "a decrease"
            size = f"{figure['change_pct']}%" if figure["change_pct"] else f"{abs(int(figure['change_abs']))}"
            assert f"This is {direction} of {size.lstrip('-')}." in element.text
        else:
            assert "crease" not in element.text


def test_a_change_is_followed_by_what_it_may_be_said_to_show(write: Write) -> None:
    told = [element.text for element in page(write()).elements if "data-indicator" in element.attributes]
    violence = [text for text in told if "2324" in text]
    assert len(violence) == 2, "in the summary and among the sentences for the minutes"
    for text in violence:
        assert "This is an increase of 2.3%. No clear change (p = 0.44; 0.61 allowing for clusters)." in text
    assert all("Not comparable" not in text for text in told), "the sentence says why there is no comparison"


def test_the_scorecard_gives_words_reason_and_place(write: Write) -> None:
    rows = [element.text for element in page(write()).all("tr")]
    figures, why = [" ".join(text.split()) for text in rows if text.split()[:3] == ["Violence", "with", "injury"]]
    assert "2,324 2,271 +2.3% no clear change" in figures
    assert " higher " in figures
    assert "no clear change 2,324 against 2,271: p = 0.61 after widening, so within chance" in why
    assert "special cause, low, improvement (below limits)" in why
    assert why.endswith("higher: 6.0 per 1,000 against 5.1")


def test_every_word_of_a_grade_is_explained(write: Write) -> None:
    made = page(write())
    assert [element.text for element in made.all("dt")] == [
        *("clear rise or fall", "probable rise or fall", "too few to say", "no clear change", "not comparable"),
    ]
    assert all(len(element.text) > 40 for element in made.all("dd"))


def of_bcu(value: int, prior: int, **other: object) -> dict[str, object]:
    return row("violence_with_injury", "r12", value, prior, area_code="BCU-NW", area_name="North West BCU", **other)


# Without Barnet's 2324 and 2271 the group fell by 0.8 %, with them it rose.
FLIPPED = of_bcu(5300, 5271)


def told_of_violence(pack: Path) -> str:
    summary = [element.text for element in page(pack).all("li") if "data-indicator" in element.attributes]
    return next(text for text in summary if "2324" in text)


def table_of_violence(pack: Path) -> str:
    rows = [" ".join(element.text.split()) for element in page(pack).all("tr")]
    return next(text for text in rows if text.startswith("Violence with injury [z]"))


def test_the_summary_compares_with_groups_without_the_area(write: Write) -> None:
    told = told_of_violence(write())
    assert told.endswith("Over the same period it fell 14% in the rest of North West BCU.")


def test_a_group_that_rose_only_because_of_the_area_is_not_told_as_a_rise(write: Write) -> None:
    pack = write(figures=frame(row("violence_with_injury", "r12", 2324, 2271), FLIPPED))
    assert told_of_violence(pack).endswith("Over the same period it fell 0.8% in the rest of North West BCU.")
    assert table_of_violence(pack).endswith(f"{wording.MINUS}0.8% [x]"), "and none of London, which has no figure"
    heads = [element.text for element in page(pack).all("th") if element.attributes.get("scope") == "col"]
    assert {"Rest of North West BCU", "Rest of London"} <= set(heads)
    assert not {"North West BCU", "London"} & set(heads)
    assert "The rest of a group is the group without Barnet." in (pack / "pack.html").read_text()
    assert "2023-02,5300," in (pack / "figures.csv").read_text(), "figures.csv keeps the group whole"


def test_a_group_elsewhere_is_compared_whole_and_by_its_own_name(write: Write) -> None:
    pack = write(context=dataclasses.replace(CONTEXT, groups_with_area=()))
    assert told_of_violence(pack).endswith("Over the same period it fell 10% in North West BCU.")
    assert "rest of" not in (pack / "pack.html").read_text().lower()


def test_a_group_of_other_files_is_not_compared_and_the_page_says_why(write: Write) -> None:
    older = FLIPPED | {"vintage": "2023-01"}
    pack = write(figures=frame(row("violence_with_injury", "r12", 2324, 2271), older))
    assert "Over the same period" not in told_of_violence(pack)
    assert table_of_violence(pack).endswith("[x] [x]")
    text = " ".join(page(pack).all("main")[0].text.split())
    why = "Not made of the same months and files as the figure of the board's own area"
    assert f"Violence with injury 12 months the rest of North West BCU {why}" in text


def test_a_partnership_without_the_usual_figures_opens_with_those_it_has(write: Write) -> None:
    made = page(write(figures=frame(row("drug_offences", "r12", 80, 70), row("public_order", "r3", 60, 55))))
    summary = [
        element.attributes["data-indicator"] for element in made.all("li") if "data-indicator" in element.attributes
    ]
    assert sorted(summary) == ["drug_offences", "public_order"]


def test_figures_of_other_months_are_not_told_as_this_months(write: Write) -> None:
    stale = row("robbery", "r3", 777, 700) | {"start_month": "2022-11", "end_month": "2023-01"}
    assert "777" not in (write(figures=frame(stale, row("theft", "r3", 5, 4))) / "pack.html").read_text()


def test_the_cover_sheet_has_its_fields_in_order(write: Write) -> None:
    made = page(write())
    cover = [header.text.strip() for header in made.all("th") if header.attributes.get("scope") == "row"][:8]
    assert cover == [
        *(
            "ITEM",
            "Report Name",
            "Meeting",
            "Meeting Date",
            "Enclosures",
            "Report Author",
            "Outcome Required",
            "Restricted",
        )
    ]
    marks = [item.text.replace("\xa0", "") for item in made.all("li") if "td" in item.inside]
    assert marks == ["XInformation Only", "Decision Required", "Feedback/comments required"]


def test_the_page_keeps_its_order(write: Write) -> None:
    html = (write() / "pack.html").read_text()
    parts = ["cover", "summary", "checks", "scorecard", "charts", "sentences", "missing", "sources"]
    places = [html.index(f'<h2 id="{part}"') for part in parts]
    assert places == sorted(places)
    assert html.index("Open Government Licence v3.0</a>.") < html.index("[Report Ends]")
    text = " ".join(page(write()).all("footer")[0].text.split())
    assert text == ("Contains public sector information licensed under the Open Government Licence v3.0. [Report Ends]")


def test_checks_that_did_not_pass_are_listed_errors_first(write: Write) -> None:
    html = (write() / "pack.html").read_text()
    assert html.index("the newest month is 2022-12") < html.index("299 of 4812 rows")
    assert "2 checks did not pass" in html
    assert "All checks passed" not in html
    assert "All checks passed" in (write(checks=NOTHING) / "pack.html").read_text()


def test_what_is_missing_is_listed_with_its_reason(write: Write) -> None:
    text = " ".join(page(write()).all("main")[0].text.split())
    missing = text[text.index("What is missing, and why") :]
    assert "Knife crime 3 months Barnet No data that carries it was available (mps_dashboard)" in missing
    assert "Hate crime 12 months Barnet The file starts in 2021-08" in missing
    assert "Hate crime trend No dashboard file was available." in missing


def test_sources_and_refused_files_are_named(write: Write) -> None:
    made = page(write())
    text = " ".join(made.all("main")[0].text.split())
    assert "b.csv February 2023 6 March 2023 mps-before-2024 1,602 aaaaaaaaaaaa" in text
    assert "mye.csv June 2021 always 33 bbbbbbbbbbbb" in text
    assert [code.attributes["title"] for code in made.all("code")] == ["a" * 64, "b" * 64]
    assert "collapsed.csv month headers read 2021.1" in text


def test_text_from_feeds_cannot_become_markup(write: Write, charts: list[RenderedChart | NoChart]) -> None:
    evil = "<script>alert('x')</script>\"><img src=x onerror=y>"
    first = charts[0]
    assert isinstance(first, RenderedChart)
    bad_table = first.table.assign(Area=evil).rename(columns={"Offences": evil})
    pack = write(
        context=dataclasses.replace(CONTEXT, area_name=evil, board_name=evil, meeting_title=evil, scheme=evil),
        figures=FIGURES.assign(area_name=evil, quality=evil),
        checks=CHECKS.assign(check=evil, about=evil, message=evil, who=evil),
        sources=SOURCES.assign(title=evil, publisher=evil, name=evil, vintage=evil, scheme=evil),
        refused=REFUSED.assign(name=evil, reason=evil),
        drawn=[
            dataclasses.replace(first, title=evil, subtitle=evil, alt=evil, source_line=evil, table=bad_table),
            NoChart(evil, evil),
        ],
    )
    made = page(pack)
    assert made.all("script") == []
    assert [image.attributes["alt"] for image in made.all("img")] == [evil]
    assert "onerror" not in {name for element in made.elements for name in element.attributes}


def test_a_sample_says_so_everywhere(write: Write) -> None:
    sample = page(write(context=dataclasses.replace(CONTEXT, sample=True)))
    assert sample.all("title")[0].text.startswith("SAMPLE: ")
    marks = [element for element in sample.all("div") if "watermark" in element.attributes.get("class", "")]
    assert [mark.text.strip() for mark in marks] == ["SAMPLE"]
    assert any("every number on this page is generated" in note.text for note in sample.all("p"))
    assert "SAMPLE" not in (write() / "pack.html").read_text()


def test_a_pack_from_before_the_data_cut_is_a_preview(write: Write) -> None:
    early = write(context=dataclasses.replace(CONTEXT, as_at=dt.date(2023, 4, 18)))
    assert (
        "PREVIEW: made from the files of 18 April 2023, before the data cut of this meeting on 19 April 2023"
        in (early / "pack.html").read_text()
    )
    assert json.loads((early / "manifest.json").read_text())["preview"] is True
    assert "PREVIEW" not in (write() / "pack.html").read_text()


def test_a_pack_with_nothing_in_it_is_still_a_page(write: Write) -> None:
    pack = write(figures=frame(), drawn=[], checks=NOTHING, sources=NOTHING, refused=NOTHING)
    assert_whole(pack)
    text = " ".join(page(pack).all("main")[0].text.split())
    assert "No figure for Barnet could be made" in text
    assert "No file could be used." in text
