"""The landing sensor: new files in a watched folder start a refresh from it.

What is here: telling by content whether a folder is new. What is not: what the files are (landing/).
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from safer_assets.automation.jobs import board_refresh

# A file that was changed less than this many seconds ago may still be on its way in.
SETTLED_AFTER = 10.0


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


def _stamp(path: Path) -> tuple[int, float]:
    about = path.stat()
    return about.st_size, about.st_mtime


def _digests(folder: Path, names: list[str]) -> Iterator[str]:
    for name in names:
        with (folder / name).open("rb") as content:
            yield hashlib.file_digest(content, "sha256").hexdigest()
