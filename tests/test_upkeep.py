"""Old runs go, and nothing goes with them that the UI or the schedule needs; lost runs are ended, and no others."""

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from safer_assets.automation import upkeep
from safer_assets.automation.upkeep import LAUNCHED, end_lost_runs, forget_old_runs, months_kept, old_runs_sensor
from safer_assets.cli import main
from safer_assets.errors import SettingsError
from safer_assets.tags import BOARD_RUN

LATER = timedelta(days=800)
"""The runs of a test are made now, so old is what a look from two years ahead finds."""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        yield instance


@dg.asset
def table() -> None:
    """An asset without partitions."""


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["2026-01", "2026-02"]))
def month() -> None:
    """An asset by month."""


def made(
    instance: dg.DagsterInstance, asset: dg.AssetsDefinition, partition: str | None = None, board_run: str = ""
) -> str:
    """Materialise an asset; the run's id."""
    tags = {BOARD_RUN: board_run} if board_run else {}
    return dg.materialize([asset], instance=instance, partition_key=partition, tags=tags).run_id


def kept(instance: dg.DagsterInstance) -> set[str]:
    return {run.run_id for run in instance.get_runs()}


def test_old_runs_go_and_what_they_made_is_still_known(instance: dg.DagsterInstance) -> None:
    first, second, last = (made(instance, table) for _ in range(3))
    january, old_february, february = (made(instance, month, f"2026-0{number}") for number in (1, 2, 2))
    now = datetime.now(UTC)
    assert forget_old_runs(instance, 12, now) == [], "none is old"
    assert set(forget_old_runs(instance, 12, now + LATER)) == {first, second, old_february}
    assert kept(instance) == {last, january, february}
    assert instance.get_materialized_partitions(dg.AssetKey("month")) == {"2026-01", "2026-02"}
    newest = instance.get_latest_materialization_event(dg.AssetKey("table"))
    assert newest is not None
    assert newest.run_id == last
    assert forget_old_runs(instance, 12, now + LATER) == []


def test_a_boards_run_is_kept_for_ever_and_a_preview_is_not(instance: dg.DagsterInstance) -> None:
    board, preview, _ = (made(instance, table, board_run=word) for word in ("yes", "no", ""))
    assert forget_old_runs(instance, 1, datetime.now(UTC) + LATER) == [preview]
    assert board in kept(instance)


def test_events_and_logs_go_with_the_run(instance: dg.DagsterInstance) -> None:
    old, new = made(instance, table), made(instance, table)
    folders = {run: Path(instance.storage_directory()) / run for run in (old, new)}
    assert all(any(folder.rglob("*.err")) for folder in folders.values()), "each has compute logs"
    assert forget_old_runs(instance, 12, datetime.now(UTC) + LATER) == [old]
    assert instance.all_logs(old) == []
    assert not folders[old].exists()
    assert instance.all_logs(new)
    assert any(folders[new].rglob("*.err"))


def test_the_oldest_go_first_and_not_too_many_at_once(instance: dg.DagsterInstance) -> None:
    runs = [made(instance, table) for _ in range(4)]
    assert forget_old_runs(instance, 12, datetime.now(UTC) + LATER, most=2) == runs[:2]
    assert kept(instance) == set(runs[2:])


def test_a_run_that_has_not_ended_is_never_forgotten(instance: dg.DagsterInstance) -> None:
    run = instance.create_run_for_job(_job(), status=dg.DagsterRunStatus.STARTED)
    assert forget_old_runs(instance, 1, datetime.now(UTC) + LATER) == []
    assert kept(instance) == {run.run_id}


def test_it_is_off_until_asked_for(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: importlib.reload(upkeep))
    monkeypatch.delenv("SAFER_KEEP_MONTHS", raising=False)
    assert importlib.reload(upkeep).old_runs_sensor.default_status == dg.DefaultSensorStatus.STOPPED
    reason = old_runs_sensor(dg.build_sensor_context(instance=instance))
    assert isinstance(reason, dg.SkipReason)
    assert "every run is kept" in str(reason.skip_message)
    monkeypatch.setenv("SAFER_KEEP_MONTHS", "24")
    assert importlib.reload(upkeep).old_runs_sensor.default_status == dg.DefaultSensorStatus.RUNNING
    reason = old_runs_sensor(dg.build_sensor_context(instance=instance))
    assert isinstance(reason, dg.SkipReason)
    assert reason.skip_message == "0 runs older than 24 months are deleted."


@pytest.mark.parametrize("text", ["two", "-1", "1.5"])
def test_a_number_of_months_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFER_KEEP_MONTHS", text)
    with pytest.raises(SettingsError, match=f"SAFER_KEEP_MONTHS={text} is not a number of months"):
        months_kept()


def test_lost_runs_are_ended_and_only_those_a_daemon_launched(instance: dg.DagsterInstance) -> None:
    def begun(status: dg.DagsterRunStatus, tags: dict[str, str]) -> str:
        return instance.create_run_for_job(_job(), status=status, tags=tags).run_id

    launched = {LAUNCHED: "{}"}
    lost = {begun(dg.DagsterRunStatus.STARTED, launched), begun(dg.DagsterRunStatus.STARTING, launched)}
    of_a_terminal = begun(dg.DagsterRunStatus.STARTED, {})
    waiting = begun(dg.DagsterRunStatus.NOT_STARTED, launched)
    assert set(end_lost_runs(instance)) == lost
    status = {run.run_id: run.status for run in instance.get_runs()}
    assert {status[run] for run in lost} == {dg.DagsterRunStatus.FAILURE}
    assert status[of_a_terminal] == dg.DagsterRunStatus.STARTED
    assert status[waiting] == dg.DagsterRunStatus.NOT_STARTED
    assert end_lost_runs(instance) == []


def test_the_command_names_what_it_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    first = CliRunner().invoke(main, ["end-lost-runs"])
    assert first.output == "0 lost runs ended.\n"
    with dg.DagsterInstance.get() as instance:
        tags = {LAUNCHED: "{}"}
        run = instance.create_run_for_job(_job(), status=dg.DagsterRunStatus.STARTED, tags=tags).run_id
    assert CliRunner().invoke(main, ["end-lost-runs"]).output == f"1 lost runs ended. {run}\n"


def _job() -> dg.JobDefinition:
    return dg.Definitions(assets=[table], jobs=[dg.define_asset_job("planted")]).resolve_job_def("planted")
