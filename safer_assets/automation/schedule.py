"""The board schedule: every working morning, is a meeting's pack due?

What is here: the schedule, a few lines round a pure decision, and what it asks of the run storage. What is not: when a
meeting is due (board/calendar.py).
"""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from safer_assets.automation.jobs import board_refresh
from safer_assets.board.calendar import Run, deadlines, due_today
from safer_assets.partnership import Partnership
from safer_assets.refresh import LONDON, BoardRefresh, partnership_names
from safer_assets.tags import AS_AT, BOARD_RUN, FILES, MEETING, PARTNERSHIP, board_tags, files_tag

# A run that has not ended after this long was killed: it must not keep a board waiting (dagster.yaml ends it too).
LONGEST_RUN = timedelta(hours=2)

# When the schedule looks, London time, as cron writes it; SAFER_MORNING says otherwise.
MORNING = os.environ.get("SAFER_MORNING") or "0 7 * * 1-5"


@dg.schedule(
    job=board_refresh,
    cron_schedule=MORNING,
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
