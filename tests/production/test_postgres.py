"""Production as it is shipped: PostgreSQL, daemon and webservers as programs of their own, on deploy/dagster.yaml.

What is here: a missed morning is made good once, a killed worker and a killed daemon cost no pack, viewers can change
nothing. What is not: which mornings are due (test_automation.py) and what stands in the pack (end_to_end/).
"""

import json
import os
import re
import shutil
import signal
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorTick,
    ScheduleInstigatorData,
    TickStatus,
)
from production.services import PASSWORD, Postgres, Site, Web, free_port, listening, postgres_server, wait_for

from safer_assets.board.calendar import data_cut, is_working_day, working_days_before
from safer_assets.partnership import load_partnership
from safer_assets.refresh import LONDON, today
from safer_assets.tags import AS_AT, BOARD_RUN, MEETING

pytestmark = pytest.mark.slow

READY = 90
"""Seconds that a program may take until it answers, on a busy machine."""
REFRESH = 240
"""Seconds that a refresh of the sample may take from its tick to its pack, on a busy machine."""

LAUNCH = """mutation ($run: ExecutionParams!) { launchRun(executionParams: $run) { __typename } }"""
START = """mutation ($schedule: ScheduleSelector!) { startSchedule(scheduleSelector: $schedule) { __typename } }"""
RUNS = "{ runsOrError { ... on Runs { results { runId } } } }"
SCHEDULES = """{ schedulesOrError(repositorySelector:
    {repositoryLocationName: "safer_assets", repositoryName: "__repository__"}) {
        ... on Schedules { results { name cronSchedule } } ... on PythonError { message } } }"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="module")
def morning() -> date:
    """The last working day before today: its seven o'clock is over, whatever the hour and the day of the week."""
    return working_days_before(today(), 1, load_partnership("barnet").cycle)


@pytest.fixture
def site(tmp_path: Path, postgres: Postgres, morning: date, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A machine whose partnership has one meeting, with its data cut on that morning; the schedule looks at 07:00."""
    partnership = tmp_path / "meets-once"
    shutil.copytree("partnerships/barnet", partnership)
    rules = load_partnership("barnet").cycle
    days = (morning + timedelta(days=ahead) for ahead in range(60))
    meeting = next(day for day in days if is_working_day(day, rules) and data_cut(day, rules) == morning)
    (partnership / "meetings.csv").write_text(f"date,title,status,note\n{meeting},Board,confirmed,\n", encoding="utf-8")
    settings = {
        "SAFER_PARTNERSHIP": str(partnership),
        "SAFER_MORNING": f"0 7 {morning.day} {morning.month} *",
        **postgres.database(request.node.name),
    }
    site = Site(tmp_path, settings)
    site.install()
    try:
        yield site
    finally:
        site.kill_all()


@pytest.fixture
def instance(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """What the daemon and the webservers keep in PostgreSQL, seen from here."""
    for name in ("DAGSTER_HOME", *site.settings):
        monkeypatch.setenv(name, site.environment[name])
    with dg.DagsterInstance.get() as instance:
        yield instance


def test_a_missed_morning_is_made_good_and_only_once(site: Site, instance: dg.DagsterInstance, morning: date) -> None:
    daemon = site.start("dagster-daemon", "run")
    wait_for(lambda: schedule_of(instance), READY, "the schedule to be known", daemon.said)
    daemon.kill()
    was_running_since(instance, morning)

    daemon = site.start("dagster-daemon", "run")
    (tick,) = wait_for(lambda: ticks(instance), READY, "the tick of the missed morning", daemon.said)
    assert datetime.fromtimestamp(tick.timestamp, LONDON) == datetime.combine(morning, time(7), LONDON)
    run = wait_for(lambda: ended(instance, 1), REFRESH, "the run to end", daemon.said)[0]
    assert run.status == dg.DagsterRunStatus.SUCCESS, daemon.said()
    assert dg.DagsterEventType.PIPELINE_ENQUEUED in {
        entry.dagster_event.event_type for entry in instance.all_logs(run.run_id) if entry.dagster_event
    }
    assert run.tags[BOARD_RUN] == "yes"
    assert run.tags[AS_AT] == morning.isoformat()
    assert pack_of(site, run)["meeting"] == run.tags[MEETING]
    daemon.kill()
    every_asset_has_numbers_to_plot(instance, run)
    the_log_tells_of(site, run)

    # Half an hour later of the same morning, as a daemon finds it that was down once more.
    site.settings = {**site.settings, "SAFER_MORNING": f"30 7 {morning.day} {morning.month} *"}
    was_running_since(instance, morning)
    daemon = site.start("dagster-daemon", "run")
    second, _ = wait_for(lambda: two(ticks(instance)), READY, "a second tick", daemon.said)
    assert second.status == TickStatus.SKIPPED
    assert re.search(r": The pack for the meeting of .* is made;", second.tick_data.skip_reason or "")
    assert [item.run_id for item in instance.get_runs()] == [run.run_id]


def test_a_killed_worker_and_a_killed_daemon_cost_no_pack(
    site: Site, instance: dg.DagsterInstance, morning: date
) -> None:
    daemon = site.start("dagster-daemon", "run")
    wait_for(lambda: schedule_of(instance), READY, "the schedule to be known", daemon.said)
    daemon.kill()
    was_running_since(instance, morning)

    daemon = site.start("dagster-daemon", "run")
    first = wait_for(lambda: begun(instance, "landing__files"), READY, "the run to begin", daemon.said)
    os.kill(worker_of(instance, first), signal.SIGKILL)
    (killed,) = wait_for(lambda: ended(instance, 1), READY, "the killed run to be marked", daemon.said)
    assert (killed.run_id, killed.status) == (first, dg.DagsterRunStatus.FAILURE)

    second = wait_for(lambda: begun(instance, "sql_models", but=[first]), REFRESH, "the retry to begin", daemon.said)
    daemon.kill()
    assert status_of(instance, second) == dg.DagsterRunStatus.STARTED, "nobody is left to say that it is lost"
    upkeep = site.run("safer_assets.cli", "end-lost-runs")
    assert upkeep.stdout == f"1 lost runs ended. {second}\n", upkeep.stderr
    assert status_of(instance, second) == dg.DagsterRunStatus.FAILURE

    daemon = site.start("dagster-daemon", "run")
    made = wait_for(lambda: succeeded(instance), READY + REFRESH, "the second retry's pack", daemon.said)
    assert made.run_id not in (first, second)
    assert made.root_run_id == first
    assert made.tags[BOARD_RUN] == "yes"
    assert pack_of(site, made)["meeting"] == made.tags[MEETING]
    assert len(instance.get_runs()) == 3


def test_viewers_can_look_and_change_nothing_and_only_from_this_machine(site: Site) -> None:
    port = free_port()
    program = site.start("dagster-webserver", "--read-only", "--port", str(port))
    viewer = Web(f"http://127.0.0.1:{port}")
    wait_for(viewer.is_up, READY, "the viewers' webserver", program.said)
    wait_for(lambda: "board_schedule" in str(viewer.ask(SCHEDULES)), READY, "the code location", program.said)
    assert listening(program) == {"127.0.0.1"}
    refused = viewer.ask(LAUNCH, {"run": {"selector": {**OF_JOB, "jobName": "board_refresh"}, "runConfigData": {}}})
    assert refused["data"] == {"launchRun": {"__typename": "UnauthorizedError"}}
    assert viewer.ask(START, {"schedule": {**OF_JOB, "scheduleName": "board_schedule"}})["data"] == {
        "startSchedule": {"__typename": "UnauthorizedError"}
    }
    assert viewer.ask(RUNS)["data"] == {"runsOrError": {"results": []}}


OF_JOB = {"repositoryLocationName": "safer_assets", "repositoryName": "__repository__"}


def schedule_of(instance: dg.DagsterInstance) -> InstigatorState | None:
    """What Dagster knows of the board schedule; the daemon may write down its sensors first."""
    return next((s for s in instance.all_instigator_state() if s.instigator_type == InstigatorType.SCHEDULE), None)


def was_running_since(instance: dg.DagsterInstance, morning: date) -> None:
    """Make the schedule one that was switched on before seven of that morning, as it is on a machine in use.

    A schedule that is new begins with its next tick; this one has a morning to make good.
    """
    state = schedule_of(instance)
    assert state is not None
    assert isinstance(state.instigator_data, ScheduleInstigatorData)
    before = datetime.combine(morning, time(6), LONDON).timestamp()
    data = ScheduleInstigatorData(state.instigator_data.cron_schedule, start_timestamp=before)
    instance.update_instigator_state(state.with_data(data))


def ticks(instance: dg.DagsterInstance) -> list[InstigatorTick]:
    """The schedule's ticks that have been decided, newest first."""
    state = schedule_of(instance)
    assert state is not None
    found = instance.get_ticks(state.instigator_origin_id, state.selector_id)
    return [tick for tick in found if tick.status != TickStatus.STARTED]


def two(found: list[InstigatorTick]) -> list[InstigatorTick]:
    return found if len(found) == 2 else []


def ended(instance: dg.DagsterInstance, count: int) -> list[dg.DagsterRun]:
    found = [run for run in instance.get_runs() if run.is_finished]
    return found if len(found) >= count else []


def succeeded(instance: dg.DagsterInstance) -> dg.DagsterRun | None:
    return next((run for run in instance.get_runs() if run.status == dg.DagsterRunStatus.SUCCESS), None)


def status_of(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def begun(instance: dg.DagsterInstance, step: str, but: list[str] | None = None) -> str | None:
    """The run that is in this step now."""
    for run in instance.get_runs():
        kinds = [
            (entry.dagster_event.event_type, entry.step_key)
            for entry in instance.all_logs(run.run_id)
            if entry.dagster_event
        ]
        if run.run_id not in (but or []) and (dg.DagsterEventType.STEP_START, step) in kinds:
            return run.run_id
    return None


def worker_of(instance: dg.DagsterInstance, run_id: str) -> int:
    """The process that makes a run, as its first step tells."""
    words = " ".join(entry.message for entry in instance.all_logs(run_id))
    found = re.search(r"\(pid: (\d+)\)", words)
    assert found, words
    return int(found[1])


def every_asset_has_numbers_to_plot(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Seconds on all that the run made, rows on all of it that has rows."""
    made = [entry.asset_materialization for entry in instance.all_logs(run.run_id) if entry.asset_materialization]
    assert {"landing", "raw", "reference", "staging", "marts", "charts", "board"} <= {m.asset_key.path[0] for m in made}
    for one in made:
        name = one.asset_key.to_user_string()
        if one.partition is None and not name.startswith("reference/"):
            assert isinstance(one.metadata["seconds"], dg.FloatMetadataValue), name
        if not name.startswith("charts/") and "dagster/row_count" in one.metadata:
            assert one.metadata["rows"] == one.metadata["dagster/row_count"], name
    with_rows = {one.asset_key.path[0] for one in made if "rows" in one.metadata}
    assert with_rows == {"landing", "raw", "reference", "staging", "marts", "board"}


def the_log_tells_of(site: Site, run: dg.DagsterRun) -> None:
    """A run of the daemon is in the log of refreshes, from begin to end, without the database's password."""
    (log,) = (site.root / "store" / "logs").iterdir()
    text = log.read_text(encoding="utf-8")
    assert PASSWORD not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert {line["run"] for line in lines} == {run.run_id}
    assert (lines[0]["event"], lines[-1]["event"]) == ("refresh_begun", "refresh_ended")
    assert {line["meeting"] for line in lines} == {run.tags[MEETING]}
    ended_steps = [line for line in lines if line.get("event") == "step_success"]
    assert all(line["seconds"] >= 0 for line in ended_steps)
    assert {"landing/files", "sql_models", "board/pack"} <= {line["step"] for line in ended_steps}
    assert any(line.get("file", "").endswith("street.csv") and line["rows"] for line in lines)


def pack_of(site: Site, run: dg.DagsterRun) -> dict[str, object]:
    """The manifest of the run's pack, which must be whole."""
    (page,) = (site.root / "out").rglob("pack.html")
    assert "SAMPLE" in page.read_text(encoding="utf-8")
    manifest: dict[str, object] = json.loads((page.parent / "manifest.json").read_text(encoding="utf-8"))
    assert run.tags[MEETING] in str(page.parent)
    return manifest
