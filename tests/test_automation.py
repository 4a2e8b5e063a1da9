"""The schedule never loses a board and never makes a pack twice; the sensors start runs once and speak plainly."""

import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from safer_assets.automation import board_schedule, ended, failure_sensor, landing_sensor, schedule
from safer_assets.automation.schedule import packs_made
from safer_assets.board.calendar import data_cut, is_working_day
from safer_assets.partnership import Partnership, load_partnership
from safer_assets.refresh import LONDON, BoardRefresh
from safer_assets.tags import board_tags


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        # A context opens the instance anew for every morning, which takes 0.1 s; it is the same one.
        monkeypatch.setattr(dg.DagsterInstance, "from_ref", lambda _: instance)
        yield instance


@pytest.fixture
def partnership() -> Partnership:
    return load_partnership("barnet")


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 7, tzinfo=LONDON)


def evaluate(instance: dg.DagsterInstance, day: date) -> dg.RunRequest | dg.SkipReason:
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=morning(day))
    decision = board_schedule(context)
    if isinstance(decision, dg.SkipReason):
        return decision
    assert isinstance(decision, list)
    (request,) = decision
    assert isinstance(request, dg.RunRequest)
    return request


def add_run(instance: dg.DagsterInstance, tags: dict[str, str], status: dg.DagsterRunStatus) -> None:
    run = dg.DagsterRun(job_name="board_refresh", run_id=str(uuid.uuid4()), status=status, tags=tags)
    instance.add_run(run)


def test_one_run_a_meeting_through_three_years_with_an_outage(
    instance: dg.DagsterInstance, partnership: Partnership
) -> None:
    first, last = date(2023, 1, 1), date(2025, 12, 31)
    meetings = [m.date for m in partnership.meetings if first <= m.date <= last]
    assert len(meetings) == 4
    outage_from = data_cut(meetings[1], partnership.cycle)
    outage = {outage_from + timedelta(days=days) for days in range(7)}
    made: dict[str, date] = {}
    day = first
    while day <= last:
        if day.weekday() < 5 and day not in outage:
            decision = evaluate(instance, day)
            if isinstance(decision, dg.RunRequest):
                meeting = decision.tags["safer/meeting"]
                assert meeting not in made, f"{meeting} was made on {made[meeting]} already"
                assert is_working_day(day, partnership.cycle)
                made[meeting] = day
                add_run(instance, dict(decision.tags), dg.DagsterRunStatus.SUCCESS)
            else:
                assert "eeting" in str(decision.skip_message)
        day += timedelta(days=1)
    assert sorted(made) == [meeting.isoformat() for meeting in meetings]
    for expected in meetings:
        late = made[expected.isoformat()] - data_cut(expected, partnership.cycle)
        assert late == (timedelta(days=7) if expected == meetings[1] else timedelta(0)), expected


def test_the_request_asks_for_the_meeting(instance: dg.DagsterInstance, partnership: Partnership) -> None:
    cut = data_cut(date(2023, 5, 12), partnership.cycle)
    decision = evaluate(instance, cut)
    assert isinstance(decision, dg.RunRequest)
    assert decision.run_config["resources"]["refresh"]["config"] == {"partnership": "barnet", "meeting": "2023-05-12"}
    assert decision.tags == board_tags("barnet", date(2023, 5, 12), cut, sample=True)


def test_a_failed_run_is_asked_for_again_and_one_under_way_is_not(
    instance: dg.DagsterInstance, partnership: Partnership
) -> None:
    cut = data_cut(date(2023, 5, 12), partnership.cycle)
    tags = board_tags("barnet", date(2023, 5, 12), cut, sample=True)
    add_run(instance, tags, dg.DagsterRunStatus.FAILURE)
    assert isinstance(evaluate(instance, cut + timedelta(days=1)), dg.RunRequest)
    add_run(instance, tags, dg.DagsterRunStatus.STARTED)
    waiting = evaluate(instance, cut + timedelta(days=1))
    assert isinstance(waiting, dg.SkipReason)
    assert "under way" in str(waiting.skip_message)


def test_a_killed_run_keeps_no_board_waiting(
    instance: dg.DagsterInstance, partnership: Partnership, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = data_cut(date(2023, 5, 12), partnership.cycle)
    real = board_tags("barnet", date(2023, 5, 12), cut, sample=False)
    add_run(instance, real, dg.DagsterRunStatus.STARTED)
    assert isinstance(evaluate(instance, cut), dg.RunRequest), "a run on other files is another matter"
    add_run(instance, board_tags("barnet", date(2023, 5, 12), cut, sample=True), dg.DagsterRunStatus.STARTED)
    assert isinstance(evaluate(instance, cut), dg.SkipReason)
    monkeypatch.setattr(schedule, "LONGEST_RUN", timedelta(0))
    assert isinstance(evaluate(instance, cut), dg.RunRequest)


def test_every_partnership_is_scheduled(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "there"):
        shutil.copytree("partnerships/barnet", tmp_path / "partnerships" / name)
    monkeypatch.chdir(tmp_path)
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=morning(date(2023, 4, 20)))
    requests = board_schedule(context)
    assert isinstance(requests, list)
    assert [request.tags["safer/partnership"] for request in requests] == ["here", "there"]
    assert len({request.run_key for request in requests}) == 2


def test_a_preview_or_a_what_if_is_not_the_boards_pack(instance: dg.DagsterInstance, partnership: Partnership) -> None:
    meeting = date(2023, 5, 12)
    cut = data_cut(meeting, partnership.cycle)
    for tags in (
        board_tags("barnet", meeting, cut - timedelta(days=3), sample=False),
        board_tags("barnet", meeting, cut, sample=False, board_run=False),
        board_tags("elsewhere", meeting, cut, sample=False),
        board_tags("barnet", meeting, cut, sample=True),
    ):
        add_run(instance, tags, dg.DagsterRunStatus.SUCCESS)
    assert packs_made(instance, partnership, sample=False) == set()
    add_run(instance, board_tags("barnet", meeting, cut, sample=False), dg.DagsterRunStatus.SUCCESS)
    assert packs_made(instance, partnership, sample=False) == {meeting}


def test_the_reason_names_the_next_meeting_and_what_is_due(instance: dg.DagsterInstance) -> None:
    decision = evaluate(instance, date(2023, 4, 3))
    assert isinstance(decision, dg.SkipReason)
    assert "12 May 2023" in str(decision.skip_message)
    assert "data cut" in str(decision.skip_message)
    assert "3 May 2023" in str(decision.skip_message)


def tick(instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult | dg.SkipReason:
    result = landing_sensor(dg.build_sensor_context(instance=instance, cursor=cursor))
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result


def test_new_files_start_one_run_for_each_content(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAFER_WATCH", raising=False)
    assert "SAFER_WATCH" in str(tick(instance, None).skip_message)  # type: ignore[union-attr]
    monkeypatch.setenv("SAFER_WATCH", str(tmp_path))
    assert "empty" in str(tick(instance, None).skip_message)  # type: ignore[union-attr]
    file = tmp_path / "a.csv"
    file.write_text("a,b\n1,2\n")
    assert "waiting until it is still" in str(tick(instance, None).skip_message)  # type: ignore[union-attr]
    old = datetime.now(LONDON).timestamp() - 60
    os.utime(file, (old, old))
    first = tick(instance, None)
    assert isinstance(first, dg.SensorResult)
    assert first.run_requests is not None
    assert first.run_requests[0].run_config["resources"]["refresh"]["config"]["source"] == str(tmp_path.resolve())
    assert isinstance(tick(instance, first.cursor), dg.SkipReason), "nothing new"
    os.utime(file, (old - 60, old - 60))
    touched = tick(instance, first.cursor)
    assert isinstance(touched, dg.SensorResult)
    assert touched.run_requests is not None
    assert touched.run_requests[0].run_key == first.run_requests[0].run_key, "the same content is not run again"
    file.write_text("a,b\n1,3\n")
    os.utime(file, (old, old))
    changed = tick(instance, touched.cursor)
    assert isinstance(changed, dg.SensorResult)
    assert changed.run_requests is not None
    assert changed.run_requests[0].run_key != first.run_requests[0].run_key


def test_a_failure_is_written_down_with_its_next_step(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ended, "BoardRefresh", lambda: BoardRefresh(store=str(tmp_path)))
    asked = dg.DagsterRun("board_refresh", run_config={"resources": {"refresh": {"config": {"store": "elsewhere"}}}})
    assert ended.store_of(asked) == Path("elsewhere")

    @dg.op
    def breaks() -> None:
        raise ValueError("the file bad.csv has no column 'LSOA code'")

    @dg.job(tags={"safer/meeting": "2023-05-12"})
    def planted() -> None:
        breaks()

    result = planted.execute_in_process(instance=instance, raise_on_error=False)
    context = dg.build_run_status_sensor_context(
        sensor_name="failure_sensor",
        dagster_event=next(e for e in result.all_events if e.event_type == dg.DagsterEventType.RUN_FAILURE),
        dagster_instance=instance,
        dagster_run=result.dagster_run,
    ).for_run_failure()
    failure_sensor(context)
    note = (tmp_path / "failures" / f"{result.run_id}.txt").read_text()
    assert "2023-05-12" in note
    assert "no column 'LSOA code'" in note
    assert "Next:" in note
