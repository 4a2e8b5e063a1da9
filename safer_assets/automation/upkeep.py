"""Upkeep of Dagster's own records: runs whose process is gone are ended, old runs are forgotten.

What is here: both as functions of an instance, and the sensor that forgets. What is not: schedules and ticks
(dagster.yaml keeps those in bounds), landed files and packs (nothing removes those).
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from safer_assets.errors import SettingsError
from safer_assets.tags import BOARD_RUN

DAYS_A_MONTH = 30.44
MOST_AT_ONCE = 100  # deleting one takes some 20 ms, and a tick may take a minute
PAGE = 500

# Written by Dagster when a code server is asked to make a run; a run from a terminal has no such tag.
LAUNCHED = ".dagster/grpc_info"

LOST = (
    "The machine or the daemon stopped while this run was under way. Nothing half-made is left; where "
    "run_retries is on, the run is made again."
)


def months_kept() -> int:
    """How many months a run is kept, from SAFER_KEEP_MONTHS; 0 where runs are kept for ever.

    Raises:
        SettingsError: It is not a whole number, 0 or more.
    """
    text = os.environ.get("SAFER_KEEP_MONTHS") or "0"
    if not text.isdecimal():
        raise SettingsError(f"SAFER_KEEP_MONTHS={text} is not a number of months; write it as 24, or leave it out.")
    return int(text)


def forget_old_runs(instance: dg.DagsterInstance, months: int, now: datetime, most: int = MOST_AT_ONCE) -> list[str]:
    """Delete the oldest runs that ended more than `months` months ago, with their events and compute logs.

    Kept for ever: the runs that made a board's pack, and for every asset and every partition the run that made it last,
    because the UI knows from that run's events alone that a month is there.

    Returns:
        The ids of the deleted runs, `most` at most.
    """
    ended = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    before = now - timedelta(days=months * DAYS_A_MONTH)
    old = instance.get_run_records(
        filters=dg.RunsFilter(statuses=ended, updated_before=before), order_by="update_timestamp", ascending=True
    )
    if not old:
        return []
    kept = set(runs_that_made_what_is_there(instance))
    forgotten: list[str] = []
    for run in (record.dagster_run for record in old):
        if len(forgotten) == most:
            break
        if run.tags.get(BOARD_RUN) != "yes" and run.run_id not in kept:
            instance.delete_run(run.run_id)
            instance.compute_log_manager.delete_logs(prefix=[run.run_id])
            forgotten.append(run.run_id)
    return forgotten


def runs_that_made_what_is_there(instance: dg.DagsterInstance) -> Iterator[str]:
    """The run that materialised each asset last, and each partition of each asset."""
    for key in instance.get_asset_keys():
        seen: set[str | None] = set()
        cursor = None
        more = True
        while more:
            page = instance.fetch_materializations(key, limit=1 if cursor is None else PAGE, cursor=cursor)
            for record in page.records:
                if record.partition_key not in seen:
                    seen.add(record.partition_key)
                    yield record.run_id
            cursor = page.cursor
            # An asset without partitions has no more to say than its newest record.
            more = page.has_more and seen != {None}


def end_lost_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark as failed every run that a daemon has launched and that has not ended. Only while no daemon runs.

    A run's process ends with the service that launched it. Without this, after a power cut, the run would count as
    under way and hold the queue until run monitoring gives it up after hours.
    """
    begun = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    lost = [run for run in instance.get_runs(filters=dg.RunsFilter(statuses=begun)) if LAUNCHED in run.tags]
    for run in lost:
        instance.report_run_failed(run, LOST)
    return [run.run_id for run in lost]


@dg.sensor(
    minimum_interval_seconds=3600,
    default_status=dg.DefaultSensorStatus.RUNNING if months_kept() else dg.DefaultSensorStatus.STOPPED,
    description="Deletes runs older than SAFER_KEEP_MONTHS months with their logs; runs that made a board's pack stay.",
)
def old_runs_sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Forget old runs, a hundred an hour; starts no run of its own."""
    months = months_kept()
    if not months:
        return dg.SkipReason("SAFER_KEEP_MONTHS is not set: every run is kept.")
    forgotten = forget_old_runs(context.instance, months, datetime.now(UTC))
    return dg.SkipReason(f"{len(forgotten)} runs older than {months} months are deleted.")
