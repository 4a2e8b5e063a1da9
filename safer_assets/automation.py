"""What starts a refresh by itself, and what is said when one fails.

What is here: the job, the board schedule, the landing sensor, the failure sensor; each is a few lines round a pure
decision. What is not: when a meeting is due (board/calendar.py).
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg

from safer_assets.board.calendar import Run, deadlines, due_today
from safer_assets.graph.raw import STREET, raw_key
from safer_assets.partnership import Partnership
from safer_assets.refresh import LONDON, BoardRefresh, partnership_names
from safer_assets.tags import AS_AT, BOARD_RUN, FILES, MEETING, PARTNERSHIP, board_tags, files_tag

# A run that has not ended after this long was killed: it must not keep a board waiting (dagster.yaml ends it too).
LONGEST_RUN = timedelta(hours=2)

# A file that was changed less than this many seconds ago may still be on its way in.
SETTLED_AFTER = 10.0

# A run from the command line has no code location, and Dagster 1.13 keeps it off the job's own page. This is the tag
# that page looks for (repository@location of workspace.yaml). Goes when it does not.
OF_THIS_LOCATION = {".dagster/repository": "__repository__@safer_assets"}

board_refresh = dg.define_asset_job(
    "board_refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(raw_key(STREET)),
    run_tags=OF_THIS_LOCATION,
    description="Land the source, check it, build the figures, draw the charts, write the meeting's pack. New street "
    "months are loaded and marked on raw/police_uk_street.",
)
street_months = dg.define_asset_job(
    "street_months",
    selection=dg.AssetSelection.assets(raw_key(STREET)),
    description="Load months of street crime again from landing, one partition a month.",
)


@dg.schedule(
    job=board_refresh,
    cron_schedule="0 7 * * 1-5",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every working morning: a run for a meeting whose data-cut day has come and that has no pack yet, "
    "otherwise a reason that names the next meeting and what is due when.",
)
def board_schedule(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
    """Decide by date, for every partnership, whether a meeting's pack is to be made this morning."""
    morning = context.scheduled_execution_time.astimezone(LONDON).date()
    own = BoardRefresh().partnership
    decisions = [decide(context.instance, name, morning) for name in ([own] if own else partnership_names())]
    requests = [decision for decision in decisions if isinstance(decision, dg.RunRequest)]
    return requests or dg.SkipReason("\n".join(str(reason) for reason in decisions))


def decide(instance: dg.DagsterInstance, name: str, morning: date) -> dg.RunRequest | str:
    """A run for this partnership's due meeting, or why there is none this morning."""
    refresh = BoardRefresh(partnership=name)
    partnership = refresh.settings()
    done = packs_made(instance, partnership, sample=refresh.is_sample)
    decision = due_today(morning, partnership.meetings, partnership.cycle, done)
    if not isinstance(decision, Run):
        return f"{partnership.board_name}: {decision.reason}"
    day = decision.meeting.date
    tags = board_tags(
        partnership.slug, day, deadlines(decision.meeting, partnership.cycle).data_cut, sample=refresh.is_sample
    )
    if busy := under_way(instance, tags):
        return f"{partnership.board_name}: run {busy} for the meeting of {day:%-d %B %Y} is under way."
    config = {"partnership": name, "meeting": day.isoformat()}
    return dg.RunRequest(
        run_key=f"{partnership.slug}:{day}:{morning}",
        run_config=dg.RunConfig(resources={"refresh": {"config": config}}),
        tags=tags,
    )


def packs_made(instance: dg.DagsterInstance, partnership: Partnership, *, sample: bool) -> set[date]:
    """Meetings whose board run has succeeded: made at the data cut with nothing overridden, never a preview."""
    records = instance.get_runs(
        filters=dg.RunsFilter(
            statuses=[dg.DagsterRunStatus.SUCCESS],
            tags={PARTNERSHIP: partnership.slug, BOARD_RUN: "yes", FILES: files_tag(sample=sample)},
        )
    )
    cuts = {meeting.date: deadlines(meeting, partnership.cycle).data_cut for meeting in partnership.meetings}
    made = set()
    for run in records:
        day = date.fromisoformat(run.tags[MEETING])
        if day in cuts and run.tags[AS_AT] == cuts[day].isoformat():
            made.add(day)
    return made


def under_way(instance: dg.DagsterInstance, tags: Mapping[str, str]) -> str | None:
    """The id of a run with these tags that has not ended, if there is one; one that was killed is not waited for."""
    runs = instance.get_runs(
        filters=dg.RunsFilter(
            statuses=[
                dg.DagsterRunStatus.QUEUED,
                dg.DagsterRunStatus.NOT_STARTED,
                dg.DagsterRunStatus.STARTING,
                dg.DagsterRunStatus.STARTED,
            ],
            tags=dict(tags),
            created_after=datetime.now(UTC) - LONGEST_RUN,
        ),
        limit=1,
    )
    return runs[0].run_id if runs else None


@dg.sensor(
    job=board_refresh,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="New files in the watched folder (SAFER_WATCH) start a refresh from it, once for each content.",
)
def landing_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Start a run when the content of the watched folder is one that has not been run."""
    watched = os.environ.get("SAFER_WATCH", "")
    if not watched:
        return dg.SkipReason("SAFER_WATCH names no folder. Set it to the folder that feed files are put into.")
    folder = Path(watched)
    if not folder.is_dir():
        return dg.SkipReason(f"SAFER_WATCH={watched}: there is no such folder.")
    stamps = {str(path.relative_to(folder)): _stamp(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    if not stamps:
        return dg.SkipReason(f"{watched} is empty.")
    if max(changed for _, changed in stamps.values()) > time.time() - SETTLED_AFTER:
        return dg.SkipReason(
            f"{watched} has changed within the last {SETTLED_AFTER:.0f} seconds; waiting until it is still."
        )
    cursor = hashlib.sha256(json.dumps(stamps).encode()).hexdigest()
    if cursor == context.cursor:
        return dg.SkipReason(f"Nothing new in {watched} since the last run.")
    content = "".join(sorted(_digests(folder, list(stamps))))
    request = dg.RunRequest(
        run_key=hashlib.sha256(content.encode()).hexdigest(),
        run_config=dg.RunConfig(resources={"refresh": {"config": {"source": str(folder.resolve())}}}),
    )
    return dg.SensorResult(run_requests=[request], cursor=cursor)


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Says what failed and what to do next, in the log and in <store>/failures/, one file a run.",
)
def failure_sensor(context: dg.RunFailureSensorContext) -> None:
    """Write a note for whoever is on duty: run, meeting, steps that failed, their messages."""
    run = context.dagster_run
    lines = [f"Run {run.run_id} of {run.job_name} failed."]
    if meeting := run.tags.get(MEETING):
        lines.append(f"It was for the meeting of {meeting}; the last good pack is untouched.")
    for event in context.get_step_failure_events():
        error = event.step_failure_data.error
        cause = error.cause or error if error else None
        lines.append(f"{event.step_key}: {cause.message.strip() if cause else event.message}")
    lines.append("Next: correct the cause, then launch the run again from the Runs page, or run make board.")
    text = "\n".join(lines)
    folder = store_of(run) / "failures"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{run.run_id}.txt").write_text(text + "\n", encoding="utf-8")
    context.log.error(text)


def store_of(run: dg.DagsterRun) -> Path:
    """The store that a run was configured with; the default where it says nothing."""
    config: object = run.run_config
    for key in ("resources", "refresh", "config", "store"):
        config = config.get(key) if isinstance(config, dict) else None
    return Path(config if isinstance(config, str) else BoardRefresh().store)


def _stamp(path: Path) -> tuple[int, float]:
    about = path.stat()
    return about.st_size, about.st_mtime


def _digests(folder: Path, names: list[str]) -> Iterator[str]:
    for name in names:
        with (folder / name).open("rb") as content:
            yield hashlib.file_digest(content, "sha256").hexdigest()
