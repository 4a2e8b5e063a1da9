"""What is said when a run has ended: what failed and what to do next, or where the pack is.

What is here: the failure sensor and the pack sensor, also for runs of the command line. What is not: sending
(notices.py) and the run itself.
"""

from pathlib import Path

import dagster as dg

from safer_assets.automation.jobs import board_refresh
from safer_assets.automation.words import failed_run, pack_ready
from safer_assets.graph.board import KEY as PACK
from safer_assets.logs import redact
from safer_assets.notices import Notice, send
from safer_assets.refresh import BoardRefresh
from safer_assets.tags import BOARD_RUN, MEETING


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    # A run of the command line has no code location: without this it would not be seen.
    monitor_all_code_locations=True,
    description="Says what failed and what to do next: in the log, in <store>/failures/, one file a run, and to those "
    "whom SAFER_NOTICES names.",
)
def failure_sensor(context: dg.RunFailureSensorContext) -> None:
    """Write a note for whoever is on duty: run, meeting, steps that failed, their messages."""
    run = context.dagster_run
    notice = failure_notice(context.instance, run)
    text = "\n".join(notice.lines)
    folder = store_of(run) / "failures"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{run.run_id}.txt").write_text(text + "\n", encoding="utf-8")
    context.log.error(text)
    if said := send([notice], notices_of(run)).words():
        context.log.info(f"notices: {said}")


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    monitor_all_code_locations=True,
    description="Tells those whom SAFER_NOTICES names that a pack or a preview is ready, where it is, which checks did "
    "not pass and which feeds are late; once for the same evidence, and never for a what-if.",
)
def pack_ready_sensor(context: dg.RunStatusSensorContext) -> dg.SkipReason:
    """Send the notice of a pack that a board's run has written."""
    return dg.SkipReason(tell_of_pack(context.instance, context.dagster_run))


def tell(instance: dg.DagsterInstance, run_id: str) -> None:
    """Tell of a run that has ended, for one that no daemon may be watching; what a sensor tells too is sent once."""
    run = instance.get_run_by_id(run_id)
    if run is None:
        return
    if run.status == dg.DagsterRunStatus.SUCCESS:
        tell_of_pack(instance, run)
    else:
        send([failure_notice(instance, run)], notices_of(run))


def tell_of_pack(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    """Send the notice of the pack that a run wrote, if it is the board's; what was done, in words."""
    if run.job_name != board_refresh.name:
        return f"Run {run.run_id} is of {run.job_name}, which writes no pack."
    if run.tags.get(BOARD_RUN) != "yes":
        return f"Run {run.run_id} is a what-if: its pack is not the board's."
    pack = pack_of(instance, run.run_id)
    if pack is None:
        return f"Run {run.run_id} wrote no pack that is still there."
    return send([pack_ready(pack)], notices_of(run)).words() or (
        "Nothing to send: this pack was told of before, or SAFER_NOTICES is not set."
    )


def failure_notice(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Notice:
    """The notice of a failed run, from its events."""
    causes: list[str] = []
    # A run whose first step could not begin, because another holds the store, fails without a step that failed.
    for kind in (dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE):
        for record in instance.get_records_for_run(run.run_id, of_type=kind).records if not causes else ():
            event = record.event_log_entry.dagster_event
            if event is not None:
                error = event.step_failure_data.error if event.is_step_failure else event.job_failure_data.error
                cause = error.cause or error if error else None
                where = f"{event.step_key}: " if event.step_key else ""
                causes.append(redact(f"{where}{cause.message.strip() if cause else event.message}"))
    return failed_run(run.run_id, run.job_name, run.tags.get(MEETING, ""), causes)


def pack_of(instance: dg.DagsterInstance, run_id: str) -> Path | None:
    """The folder of the pack that a run wrote; None where it wrote none, or it is gone."""
    written = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION).records
    for record in written:
        event = record.event_log_entry.dagster_event
        if event is None or event.asset_key != PACK:
            continue
        page = event.step_materialization_data.materialization.metadata["pack"].value
        folder = Path(str(page)).parent
        return folder if (folder / "manifest.json").is_file() else None
    return None


def store_of(run: dg.DagsterRun) -> Path:
    """The store that a run was configured with; the default where it says nothing."""
    config: object = run.run_config
    for key in ("resources", "refresh", "config", "store"):
        config = config.get(key) if isinstance(config, dict) else None
    return Path(config if isinstance(config, str) else BoardRefresh().store)


def notices_of(run: dg.DagsterRun) -> Path:
    """Where the notices about a run are kept."""
    return store_of(run) / "notices"
