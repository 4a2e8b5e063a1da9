"""The Dagster UI in a real browser: what an analyst opens on the morning of a board shows what it should, in words.

One refresh from the command line, then `dagster dev` over the same instance as `make ui` starts it. What is not here:
what the assets compute, and what the code location declares (graph/test_graph.py).
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from warehouse_fixtures import BOROUGHS

from safer_assets.refresh import LONDON

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "asset-graph.png"
QUIET_BROWSER = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
START_SECONDS = 90
STOP_SECONDS = 10

GROUPS = {
    "landing": ("files",),
    "raw": (
        *("home_office_csp", "mps_asb", "mps_borough", "mps_dashboard", "ons_lookup", "ons_population"),
        *("police_uk_street", "street_catch_up"),
    ),
    "staging": ("mps_borough", "street_crime", "population"),
    "marts": ("indicator_months", "window_sums", "figures"),
    "charts": ("scorecard", "control_charts_property", "indexed_total", "rank_by_rate"),
    "board": ("pack",),
}

# The graph's ground of dots is half of a picture's bytes.
WITHOUT_DOTS = """() => [...document.querySelectorAll("div")]
    .filter(div => getComputedStyle(div).backgroundImage.includes("width='30px'"))
    .forEach(div => { div.style.backgroundImage = "none" })"""

expect.set_options(timeout=30_000)


@dataclass(frozen=True)
class Place:
    """A store, an out folder and a Dagster instance of their own, for the command line and the UI alike."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """Settings of every program that works here."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SAFER_", "DAGSTER_"))}
        folders = {"DAGSTER_HOME": "dagster", "SAFER_STORE": "store", "SAFER_OUT": "out"}
        return {**kept, **{name: str(self.root / folder) for name, folder in folders.items()}, "COLUMNS": "300"}

    def safer(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `safer ...` as a program of its own."""
        program = [sys.executable, "-m", "safer_assets.cli", *words]
        return subprocess.run(program, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)


@dataclass(frozen=True)
class Ui:
    """A running UI."""

    address: str

    def answer(self, query: str) -> dict[str, object]:
        """What the UI's own interface answers to a question."""
        request = urllib.request.Request(  # noqa: S310 # our own server, by http
            f"{self.address}/graphql", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 # as above
            found: dict[str, object] = json.load(answer)["data"]
        return found


@pytest.fixture(scope="module")
def chromium() -> str:
    """The browser; CI must have it, elsewhere these tests skip and say so."""
    found = shutil.which("chromium")
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail("CI must have Chromium, and there is no program `chromium`.")
    pytest.skip("needs the program `chromium`, which this machine does not have (apt-get install chromium)")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Place:  # noqa: ARG001 # no refresh without a browser
    """A place with one refresh of the sample, made from the command line."""
    place = Place(tmp_path_factory.mktemp("ui"))
    home = Path(place.environment["DAGSTER_HOME"])
    home.mkdir()
    shutil.copy(ROOT / "dagster.yaml", home)
    done = place.safer("refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    return place


@pytest.fixture(scope="module")
def ui(place: Place) -> Iterator[Ui]:
    """`dagster dev`, webserver and daemon, until it answers; its whole process group ends with the tests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [
        *(str(Path(sys.executable).parent / "dagster"), "dev", "-w", "workspace.yaml"),
        *("-h", "127.0.0.1", "-p", str(port)),
    ]
    log = place.root / "dagster-dev.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            program, cwd=ROOT, env=place.environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, server, log)
        yield Ui(address)
    finally:
        end_group(server)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the UI answers; a test failure with the server's own words where it does not."""
    until = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=5) as answer:  # noqa: S310 # our own server
                assert "dagster_version" in json.load(answer)
                return
        except (URLError, OSError):
            time.sleep(0.25)
    pytest.fail(f"dagster dev gave no answer at {address} in {START_SECONDS} s:\n{log.read_text()[-4000:]}")


def end_group(server: subprocess.Popen[bytes]) -> None:
    """End the server and all it started: politely, then for certain."""
    os.killpg(server.pid, signal.SIGINT)
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(QUIET_BROWSER))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, ui: Ui) -> Iterator[Page]:
    """A page as a new visitor has it; whatever was looked at, no dialog may be left in the way."""
    context = browser.new_context(
        base_url=ui.address, viewport={"width": 1600, "height": 1000}, timezone_id="Europe/London", locale="en-US"
    )
    page = context.new_page()
    yield page
    expect(page.get_by_role("dialog")).to_have_count(0)
    context.close()


def graph_address(*expanded: str) -> str:
    """The lineage of all assets with these groups opened."""
    return "/asset-groups?expanded=" + quote(",".join(f"global@global:{group}" for group in expanded), safe="")


def shown(page: Page, text: str) -> None:
    """Assert that a text is to be seen somewhere on the page (Dagster measures texts in copies that are not)."""
    expect(page.get_by_text(text, exact=True).locator("visible=true").first).to_be_visible()


def test_no_welcome_stands_in_the_way(page: Page, ui: Ui) -> None:
    page.goto("/")
    shown(page, "Overview")
    assert ui.answer("{ shouldShowNux }") == {"shouldShowNux": False}


def test_the_asset_graph_shows_every_room_and_its_assets(page: Page, browser: Browser, ui: Ui) -> None:
    page.set_viewport_size({"width": 4800, "height": 6000})  # only what lies on the screen is in the page
    page.goto("/asset-groups")
    for group in (*GROUPS, "reference"):
        shown(page, group)
    for group, names in GROUPS.items():
        page.goto(graph_address(group))
        for name in names:
            shown(page, name)
    if os.environ.get("SAFER_KEEP_PICTURES"):
        keep_picture(browser, ui)


def keep_picture(browser: Browser, ui: Ui) -> None:
    """Write the README's picture: every room in its place, and what comes in and goes out one by one.

    With all seven rooms opened the graph is over 11,000 pixels high.
    """
    context = browser.new_context(
        base_url=ui.address, viewport={"width": 3200, "height": 2500}, device_scale_factor=0.72, locale="en-GB"
    )
    page = context.new_page()
    page.add_init_script("""localStorage.setItem('asset-graph-direction', '"vertical"')""")
    page.goto(graph_address("landing", "board"))
    nodes = page.locator("foreignObject")
    shown(page, "pack")
    expect(page.get_by_text(re.compile("^Loading|fetching statuses")).locator("visible=true")).to_have_count(0)
    boxes = [box for node in nodes.all() if (box := node.bounding_box())]
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    right, bottom = max(box["x"] + box["width"] for box in boxes), max(box["y"] + box["height"] for box in boxes)
    PICTURE.parent.mkdir(exist_ok=True)
    page.mouse.move(left - 10, top - 10)
    page.evaluate(WITHOUT_DOTS)
    margin = 24
    page.screenshot(
        path=PICTURE,
        clip={
            "x": left - margin,
            "y": top - margin,
            "width": right - left + 2 * margin,
            "height": bottom - top + 2 * margin,
        },
    )
    context.close()


def test_a_check_that_did_not_pass_says_why_in_words(page: Page) -> None:
    page.goto("/assets/raw/street_catch_up?view=checks&checkDetail=crime_id_repeats")
    shown(page, "Failed")
    body = page.locator("body")
    expect(body).to_contain_text("This is a non-blocking asset check")
    expect(body).to_contain_text("Severity WARN; who acts: team:analysis.")
    expect(body).to_contain_text(
        re.compile(
            r"\d+ of \d+ files\. \S+-metropolitan-street\.csv: No Crime ID stands twice: does not hold for \d+ of"
        )
    )
    expect(body).to_contain_text(re.compile(r"Row \d+: Crime ID [0-9a-f]{12}\.\.\. stands further up"))
    expect(body).to_contain_text("Next: Compare the share with other months of the force.")


def test_a_charts_page_shows_the_chart(page: Page) -> None:
    page.goto("/assets/charts/indexed_total")
    shown(page, "message")
    page.get_by_text("[Show Markdown]").first.click()
    image = page.get_by_role("dialog").locator("img")
    expect(image).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    expect(image).to_have_js_property("complete", True)
    assert int(image.evaluate("image => image.naturalWidth")) > 300
    expect(image).to_have_attribute("alt", re.compile("Total notifiable offences"))
    page.get_by_role("button", name="Close").click()


def test_a_figures_page_documents_its_columns(page: Page) -> None:
    page.goto("/assets/marts/figures")
    expect(page.locator("body")).to_contain_text("The pack's figures, one row a figure, judged")
    shown(page, "GSS code, or a group's own code.")
    expect(page.get_by_role("link", name="figures.sql")).to_be_visible()


def test_the_schedules_page_shows_the_next_morning(page: Page) -> None:
    mornings = {next_morning(datetime.now(LONDON))}
    page.goto("/locations/safer_assets/schedules/board_schedule")
    row = page.get_by_role("row").filter(has_text="Next tick")
    expect(row).to_contain_text("7:00:00 AM")
    mornings.add(next_morning(datetime.now(LONDON)))
    assert any(f"{morning:%b} {morning.day}, 7:00:00 AM" in row.inner_text() for morning in mornings), row.inner_text()
    shown(page, "Europe/London")
    page.goto("/automation")
    for name in ("board_schedule", "failure_sensor", "landing_sensor"):
        shown(page, name)


def next_morning(now: datetime) -> datetime:
    """The next seven o'clock of a weekday."""
    day = now.date() if now.time() < clock(7) else now.date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, clock(7), LONDON)


def test_the_launchpad_shows_defaults_and_explains_them(page: Page) -> None:
    page.goto("/locations/safer_assets/jobs/board_refresh/playground")
    editor = page.locator(".CodeMirror").first
    for line in ("basis: as-at", "data_month: ''", "meeting: ''", "scheme: ''", "source: sample"):
        expect(editor).to_contain_text(line)
    editor.get_by_text("meeting", exact=True).click()
    body = page.locator("body")
    for words in (
        "The board meeting, YYYY-MM-DD, as in the partnership's meetings.csv. Empty: the next one.",
        "as-at: only files available on the meeting's data-cut day.",
        "Category scheme to use in place of the meeting's own",
        "Last month of the figures, YYYY-MM.",
        "'sample' for the generated sample",
    ):
        expect(body).to_contain_text(re.compile(r"\s+".join(map(re.escape, words.split()))))
    shown(page, "No errors")


def test_a_run_from_the_command_line_is_on_the_runs_page_and_on_the_jobs_own(page: Page, ui: Ui) -> None:
    run = runs(ui, "SUCCESS")[0]
    for address in ("/runs", "/locations/safer_assets/jobs/board_refresh/runs"):
        page.goto(address)
        shown(page, run[:8])
        shown(page, "Success")
    page.goto(f"/runs/{run}")
    shown(page, "RUN_SUCCESS")


def test_a_file_that_is_held_back_is_told_on_the_check_and_on_the_run(page: Page, place: Place, ui: Ui) -> None:
    months = [f"{2024 + month // 12}{month % 12 + 1:02d}" for month in range(24)]
    rows = [["BURGLARY", "BURGLARY IN A DWELLING", borough, *["7"] * 24] for borough in (*BOROUGHS, "Unknown")]
    rows[1][-1] = "-3"
    source = place.root / "files"
    source.mkdir()
    lines = [["MajorText", "MinorText", "BoroughName", *months], *rows]
    (source / "planted.csv").write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")
    stopped = place.safer("refresh", "--source", str(source), "--basis", "latest", "--data-month", "2025-12")
    assert stopped.returncode == 1, stopped.stdout
    run = runs(ui, "FAILURE")[0]
    page.goto(f"/runs/{run}?logs=" + quote("step:raw__mps_borough"))
    body = page.locator("body")
    expect(body).to_contain_text("GateError: The quality gate holds back 1 file.")
    expect(body).to_contain_text("planted.csv")
    page.goto("/assets/raw/mps_borough?view=checks&checkDetail=count_is_a_whole_number")
    shown(page, "Failed")
    expect(body).to_contain_text("This is a blocking asset check")
    expect(body).to_contain_text(
        "1 of 1 file. planted.csv: Every count is a whole number, 0 or more: does not hold for 1 of 792 rows (0.1 %). "
        'Row 2: "-3" is negative.'
    )
    expect(body).to_contain_text("Next: Fetch the file again")


def runs(ui: Ui, status: str) -> list[str]:
    """Ids of the runs of a status, newest first."""
    found = ui.answer(
        f"{{ runsOrError(filter: {{statuses: [{status}]}}) {{ ... on Runs {{ results {{ runId }} }} }} }}"
    )
    results = found["runsOrError"]
    assert isinstance(results, dict)
    return [run["runId"] for run in results["results"]]
