"""What is watched: new months, late feeds, headers that change, runs that ended; and nothing is told twice."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import dagster as dg
import pytest
from landing.landing_files import borough, fill, street
from mail import MailServer, Webhook
from transport.server import Server

from safer_assets.automation import failure_sensor, pack_ready_sensor, publisher_sensor
from safer_assets.automation.late import late_today, tell_of_late_feeds
from safer_assets.automation.publishers import MOST_TRIES, ask, decide
from safer_assets.board.calendar import deadlines
from safer_assets.board.lateness import latest_due
from safer_assets.definitions import defs
from safer_assets.graph.freshness import NAME as FRESH
from safer_assets.graph.raw import CATCH_UP, STREET, raw_key
from safer_assets.landing import Landing
from safer_assets.partnership import Partnership, load_partnership
from safer_assets.publishers.addresses import Addresses
from safer_assets.publishers.desk import Desk, Fetched, Newest
from safer_assets.refresh import LONDON, BoardRefresh, today

LANDED = dg.AssetKey(["landing", "files"])


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def barnet() -> Partnership:
    return load_partnership("barnet")


@pytest.fixture
def refresh(tmp_path: Path) -> BoardRefresh:
    return BoardRefresh(partnership="barnet", source="live", store=str(tmp_path / "store"))


# --- publishers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A publisher of one file on the test's server; what stands for its content is the server's ETag."""

    name: str
    url: str
    serves_it: bool = True

    def serves(self, partnership: Partnership) -> bool:
        """Everybody, unless it is told not to."""
        return bool(partnership.slug) and self.serves_it

    def newest(self, desk: Desk) -> Sequence[Newest]:
        """One dataset, asked for by HEAD."""
        return [Newest(self.name, "file", date(2026, 9, 1), desk.http.head(self.url)[1].etag)]

    def fetch(self, desk: Desk) -> Iterator[Fetched]:
        """Never called: a sensor fetches nothing."""
        raise AssertionError(f"{self.name} was to fetch into {desk.folder}")


def ended(instance: dg.DagsterInstance, request: dg.RunRequest, status: dg.DagsterRunStatus) -> None:
    """The run that was asked for, as it ended."""
    instance.add_run(dg.DagsterRun(job_name="board_refresh", status=status, tags=dict(request.tags)))


def test_something_new_starts_one_live_refresh(
    instance: dg.DagsterInstance, refresh: BoardRefresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as server, Webhook() as hook:
        monkeypatch.setenv("SAFER_NOTICES", hook.address())
        publishers = [Page("one", server.put("/one", b"September"))]
        request, _, tokens = decide(instance, refresh, {}, publishers)
        assert request is not None
        config = request.run_config["resources"]["refresh"]["config"]
        assert config == {"partnership": "barnet", "source": "live"}
        ended(instance, request, dg.DagsterRunStatus.SUCCESS)
        again, reason, same = decide(instance, refresh, tokens, publishers)
        assert (again, same) == (None, tokens)
        assert "one file to 2026-09" in reason
        assert reason.endswith("Nothing new.")
        server.put("/one", b"October")
        newer, _, _ = decide(instance, refresh, tokens, publishers)
        assert newer is not None
        assert newer.run_key != request.run_key
        assert server.bytes_sent() == 0, "headers alone"
    assert [post["title"] for post in hook.posts] == ["New at the publishers: 1 dataset"] * 2
    assert "one file to 2026-09" in hook.posts[0]["message"]


def test_a_publisher_that_does_not_answer_is_named_and_stops_nobody(
    instance: dg.DagsterInstance, refresh: BoardRefresh
) -> None:
    with Server() as server:
        there, gone = Page("there", server.put("/a", b"1")), Page("gone", server.url + "/nothing")
        elsewhere = Page("elsewhere", server.url + "/never", serves_it=False)
        request, reason, tokens = decide(instance, refresh, {"gone/file": "old"}, [gone, there, elsewhere])
        assert request is not None
        assert "gone does not answer" in reason
        assert "404" in reason
        assert "elsewhere" not in reason
        assert tokens["gone/file"] == "old", "it is not new when it comes back as it was"
        ended(instance, request, dg.DagsterRunStatus.SUCCESS)
        assert decide(instance, refresh, tokens, [gone, there, elsewhere])[0] is None


def test_nobody_reached_starts_nothing_and_forgets_nothing(instance: dg.DagsterInstance, refresh: BoardRefresh) -> None:
    with Server() as server:
        gone = Page("gone", server.url + "/nothing")
        request, _, tokens = decide(instance, refresh, {}, [gone])
        assert (request, tokens) == (None, {})


def test_a_run_that_failed_is_asked_for_again_but_not_for_ever(
    instance: dg.DagsterInstance, refresh: BoardRefresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = set()
    with Server() as server, Webhook() as hook:
        monkeypatch.setenv("SAFER_NOTICES", hook.address())
        publishers = [Page("one", server.put("/one", b"September"))]
        tokens: dict[str, str] = {}
        for _ in range(MOST_TRIES):
            request, _, tokens = decide(instance, refresh, tokens, publishers)
            assert request is not None
            keys.add(request.run_key)
            ended(instance, request, dg.DagsterRunStatus.FAILURE)
        request, reason, _ = decide(instance, refresh, tokens, publishers)
        assert request is None
        assert f"{MOST_TRIES} runs for it failed" in reason
    assert len(keys) == MOST_TRIES, "Dagster makes a run for each key once"
    assert len(hook.posts) == 1


def test_a_run_under_way_is_waited_for(instance: dg.DagsterInstance, refresh: BoardRefresh) -> None:
    with Server() as server:
        publishers = [Page("one", server.put("/one", b"September"))]
        request, _, tokens = decide(instance, refresh, {}, publishers)
        assert request is not None
        ended(instance, request, dg.DagsterRunStatus.STARTED)
        request, reason, _ = decide(instance, refresh, tokens, publishers)
        assert request is None
        assert "is fetching it" in reason


def test_a_publisher_that_hangs_does_not_hold_the_sensor(
    refresh: BoardRefresh, barnet: Partnership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safer_assets.automation.publishers.PATIENCE_SECONDS", 0.5)

    @dataclass(frozen=True)
    class Slow(Page):
        def newest(self, desk: Desk) -> Sequence[Newest]:
            slow.wait()
            return super().newest(desk)

    slow = threading.Event()
    with Server() as server:
        url = server.put("/a", b"1")
        answers = ask(refresh, barnet, [Slow("slow", url), Page("quick", url)])
        slow.set()
    assert [item.publisher for item in answers.newest] == ["quick"]
    assert "no answer within" in answers.silent["slow"]


def test_the_sensor_asks_the_real_publishers_and_says_who_is_silent(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every address leads to a server that has nothing: all that need it are named, and no run starts."""
    own = tmp_path / "addresses.toml"
    monkeypatch.setattr("safer_assets.automation.publishers.partnership_names", lambda: ["barnet"])
    with Server() as server:
        own.write_text("".join(f'{key} = "{server.url}/{key}"\n' for key in Addresses.load().keys()))  # noqa: SIM118 # no mapping
        monkeypatch.setenv("SAFER_ADDRESSES", str(own))
        result = publisher_sensor(dg.build_sensor_context(instance=instance))
        assert server.requests, "they were asked"
    assert isinstance(result, dg.SensorResult)
    assert not result.run_requests
    assert result.skip_reason is not None
    said = str(result.skip_reason.skip_message)
    assert said.count("does not answer") >= 3
    assert said.endswith("Nobody could be reached.")
    assert json.loads(str(result.cursor)) == {"barnet": {}}, "nothing is forgotten, and nothing is taken for new"


# --- late feeds -------------------------------------------------------------------------------------------------------


def months_to(last: date, count: int = 24) -> str:
    """Month columns of a borough file."""
    number = last.year * 12 + last.month - 1
    return ",".join(f"{(number - back) // 12}{(number - back) % 12 + 1:02}" for back in range(count - 1, -1, -1))


def land_borough(refresh: BoardRefresh, tmp_path: Path, last: date) -> None:
    Landing(refresh.landing_folder).land(fill(tmp_path / f"to {last}", {"b.csv": borough(months=months_to(last))}))


def test_a_late_feed_is_told_of_once_a_working_day_until_it_comes(
    refresh: BoardRefresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safer_assets.automation.late.BoardRefresh", lambda **_: refresh)
    monkeypatch.setattr("safer_assets.automation.late.partnership_names", lambda: ["barnet"])
    land_borough(refresh, tmp_path, date(2023, 2, 1))
    with MailServer() as server:
        monkeypatch.setenv("SAFER_NOTICES", server.address())

        def at(day: int, hour: int = 8) -> str:
            return tell_of_late_feeds(datetime(2023, 4, day, hour, tzinfo=LONDON))

        assert "no feed is late" in at(6), "the day it is due"
        assert "night" in at(11, hour=6)
        assert "no working day (bank holiday: Good Friday)" in at(7)
        assert "no working day (weekend)" in at(8)
        assert server.mails == []
        for hour in (8, 9, 10):
            assert "5 days late" in at(11, hour)
        assert len(server.mails) == 1
        at(12)
        assert len(server.mails) == 2
        land_borough(refresh, tmp_path, date(2023, 3, 1))
        assert "no feed is late for the meeting of 2023-05-12" in at(13)
        assert len(server.mails) == 2
    subject = str(server.mails[0]["Subject"])
    assert subject == "Met recorded crime by borough: March 2023 is 5 days late"
    text = server.mails[0].get_content()
    assert "data cut on Thu 20 Apr 2023 (in 9 days)" in text
    assert "Next:" in text


def test_the_sample_is_never_late(tmp_path: Path) -> None:
    sample = BoardRefresh(partnership="barnet", source="sample", store=str(tmp_path))
    notices, reason = late_today(sample, date(2023, 4, 11))
    assert notices == []
    assert "sample" in reason


def test_a_month_after_the_boards_own_is_nobodys_worry_yet(
    refresh: BoardRefresh, barnet: Partnership, tmp_path: Path
) -> None:
    """Between cut and meeting the next month falls due; this board does not need it."""
    meeting = next(meeting for meeting in barnet.meetings if meeting.date == date(2023, 5, 12))
    land_borough(refresh, tmp_path, deadlines(meeting, barnet.cycle).data_month)
    assert latest_due("mps_borough", date(2023, 5, 9)) == date(2023, 4, 1)
    assert late_today(refresh, date(2023, 5, 9))[0] == []


# --- the newest month, and drift, in the graph ------------------------------------------------------------------------


@dataclass(frozen=True)
class Store:
    """A store and a source folder of real files, and runs over them."""

    root: Path
    instance: dg.DagsterInstance

    def run(self, *assets: dg.AssetKey) -> dg.ExecuteInProcessResult:
        """These assets of the board's job."""
        result = defs.resolve_job_def("board_refresh").execute_in_process(
            run_config=self._config(), instance=self.instance, asset_selection=list(assets)
        )
        assert result.success
        return result

    def backfill(self, month: str) -> dg.ExecuteInProcessResult:
        """One partition of street crime, as a backfill in the UI runs it."""
        result = defs.resolve_job_def("street_months").execute_in_process(
            run_config=self._config(), instance=self.instance, partition_key=month
        )
        assert result.success
        return result

    def put(self, files: dict[str, str]) -> None:
        """Put files into the source."""
        fill(self.root / "source", dict(files))

    def _config(self) -> dg.RunConfig:
        places = {name: str(self.root / name) for name in ("source", "store", "out")}
        return dg.RunConfig(resources={"refresh": {"config": {"partnership": "barnet", **places}}})


@pytest.fixture
def store(tmp_path: Path, instance: dg.DagsterInstance) -> Store:
    return Store(tmp_path, instance)


def check(result: dg.ExecuteInProcessResult, name: str, key: dg.AssetKey) -> dg.AssetCheckEvaluation:
    (found,) = [c for c in result.get_asset_check_evaluations() if (c.check_name, c.asset_key) == (name, key)]
    assert found.severity == dg.AssetCheckSeverity.WARN, "it never holds a board up"
    return found


def test_a_backfill_of_an_old_month_leaves_the_check_red_until_the_newest_is_there(store: Store) -> None:
    newest = latest_due("police_uk_street", today())
    assert newest is not None
    old, older = (f"{newest.year - years}-{newest.month:02}" for years in (1, 2))
    store.put({"old.csv": street(old)})
    result = store.run(LANDED, CATCH_UP)
    assert not check(result, FRESH, CATCH_UP).passed
    store.put({"older.csv": street(older)})
    store.run(LANDED, CATCH_UP)
    for month in (older, old):
        found = check(store.backfill(month), FRESH, raw_key(STREET))
        assert not found.passed, f"a backfill of {month}"
        assert f"{newest:%B %Y}" in str(found.description) or "and later" in str(found.description)
        assert found.metadata["days_late"].value
    store.put({"newest.csv": street(f"{newest:%Y-%m}")})
    assert check(store.run(LANDED, CATCH_UP), FRESH, CATCH_UP).passed
    assert check(store.backfill(older), FRESH, raw_key(STREET)).passed


def test_a_feed_that_is_not_there_at_all_is_not_late(store: Store) -> None:
    store.put({"street.csv": street("2023-01")})
    found = check(store.run(LANDED, raw_key("mps_borough")), FRESH, raw_key("mps_borough"))
    assert found.passed
    assert "No file of this feed is landed" in str(found.description)


def test_a_drift_is_a_warning_with_both_headers_and_one_notice(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put({"a.csv": street("2023-01")})
    assert check(store.run(LANDED), "no_drift", LANDED).passed
    store.put({"b.csv": street("2023-02").replace("LSOA code", "Output area")})
    with Webhook() as hook:
        monkeypatch.setenv("SAFER_NOTICES", hook.address())
        for _ in range(2):
            found = check(store.run(LANDED), "no_drift", LANDED)
            assert not found.passed
    table = str(found.metadata["differing_columns"].value)
    assert "| police_uk_street | LSOA code | Output area | 1 file refused | b.csv |" in table
    assert "Crime ID, Month" in str(found.metadata["whole_headers"].value)
    (post,) = hook.posts
    assert "LSOA code | Output area" in post["message"]
    assert "kept aside" in post["message"]


# --- ended runs, also those of the command line -----------------------------------------------------------------------


@dataclass(frozen=True)
class Terminal:
    """`safer` in a process of its own, in places of its own that are the usual ones there."""

    root: Path
    notices: str

    @property
    def environment(self) -> dict[str, str]:
        """What a service file would set."""
        places = {"SAFER_STORE": "store", "SAFER_OUT": "out", "DAGSTER_HOME": "dagster"}
        own = {name: str(self.root / folder) for name, folder in places.items()}
        return {**os.environ, **own, "SAFER_NOTICES": self.notices, "SAFER_PARTNERSHIP": "barnet"}

    def safer(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        command = [sys.executable, "-m", "safer_assets.cli", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def sensors(self, monkeypatch: pytest.MonkeyPatch, sensor: dg.SensorDefinition, events: int) -> list[str]:
        """What a daemon's sensor does with the events that are there, oldest first, one a tick."""
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        usual = BoardRefresh(store=self.environment["SAFER_STORE"])  # the defaults are read when Python starts
        monkeypatch.setattr("safer_assets.automation.ended.BoardRefresh", lambda: usual)
        reasons = []
        with dg.DagsterInstance.get() as instance:
            cursor = '{"__class__": "RunStatusSensorCursor", "record_id": 0, "update_timestamp": null}'
            for _ in range(events):
                context = dg.build_sensor_context(instance=instance, cursor=cursor, definitions=defs)
                tick = sensor.evaluate_tick(context)
                reasons.append(str(tick.skip_message))
                cursor = str(tick.cursor)
        return reasons


@pytest.mark.slow
def test_the_end_of_a_run_is_told_once_whoever_started_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer() as server:
        terminal = Terminal(tmp_path, server.address())
        made = terminal.safer("refresh")
        assert made.returncode == 0, made.stdout + made.stderr
        (mail,) = server.mails
        assert str(mail["Subject"]).startswith(("SAMPLE: Board preview for ", "SAMPLE: Board pack for "))
        text = mail.get_content()
        assert str(tmp_path / "out" / "barnet") in text
        assert "Checks that did not pass" in text
        bad = fill(tmp_path / "bad", {"a.csv": street("2023-01").replace("LSOA code", "Output area")})
        failed = terminal.safer("refresh", "--source", str(bad))
        assert failed.returncode == 1
        assert len(server.mails) == 2
        assert "failed" in str(server.mails[1]["Subject"])
        assert "Output area" in server.mails[1].get_content().replace("=\r\n", "")

        # The daemon sees runs that have no code location too, and tells nobody a second time.
        (told,) = terminal.sensors(monkeypatch, pack_ready_sensor, 1)
        assert "told of before" in told
        terminal.sensors(monkeypatch, failure_sensor, 1)
        assert len(list((tmp_path / "store" / "failures").glob("*.txt"))) == 1
        assert len(server.mails) == 2
