"""The machine: Python, packages, font, clock, and Dagster's records.

What is here: checks that know nothing of the data but when it was landed. What is not: the store (store.py).
"""

import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from safer_assets.doctor.finding import Asked, Finding
from safer_assets.landing.store import Store

PINS = Path(__file__).resolve().parents[2] / "requirements.txt"
OLDEST_PYTHON = (3, 11)
MADE_AFTER = date(2026, 1, 1)
"""No machine that runs this version has an earlier date."""

# What decides figures, their bytes and the records; other packages may differ without a word.
WATCHED = ("dagster", "duckdb", "great-expectations", "matplotlib", "pandas", "pydantic", "sqlglot")
SLACK = timedelta(minutes=5)
HEARTBEAT = timedelta(minutes=5)


def python(_asked: Asked) -> Iterator[Finding]:
    """Python is new enough."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        yield Finding("python", "bad", found, "Install Python 3.11 or newer and make the environment again.")
    else:
        yield Finding("python", "ok", found)


def packages(_asked: Asked, pins: Path = PINS) -> Iterator[Finding]:
    """The packages that decide figures are those that were tested."""
    if not pins.is_file():
        yield Finding("packages", "warn", f"{pins.name} is not beside the code", "Install from a copy of the project.")
        return
    wanted = dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", pins.read_text(encoding="utf-8"), flags=re.MULTILINE))
    differ = [
        f"{name} {installed(name) or 'missing'} (tested: {wanted[name]})"
        for name in WATCHED
        if name in wanted and installed(name) != wanted[name]
    ]
    if differ:
        missing = any(" missing " in text for text in differ)
        advice = "Install the pinned versions: pip install --require-hashes -r requirements.txt"
        yield Finding("packages", "bad" if missing else "warn", "; ".join(differ), advice)
    else:
        named = ", ".join(f"{name} {installed(name)}" for name in WATCHED[:3])
        yield Finding("packages", "ok", f"as pinned ({named}, ...)")


def installed(name: str) -> str:
    """The installed version of a package; empty where there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def font(_asked: Asked) -> Iterator[Finding]:
    """The font of the charts is there: another one gives other bytes."""
    # Imported here: it takes a second.
    from matplotlib.font_manager import findfont

    try:
        findfont("DejaVu Sans", fallback_to_default=False)
    except ValueError:
        yield Finding("font", "bad", "DejaVu Sans is not there", "Install matplotlib again: the font comes with it.")
    else:
        yield Finding("font", "ok", "DejaVu Sans")


def clock(asked: Asked) -> Iterator[Finding]:
    """The clock is not before what has happened: deadlines, vintages and lateness hang on it."""
    now = datetime.now(UTC)
    newest = Store(asked.refresh.landing_folder).newest_landing()
    if now.date() < MADE_AFTER:
        found = f"{now:%Y-%m-%d %H:%M} UTC, before this version was made"
    elif newest and newest.replace(tzinfo=UTC) > now + SLACK:
        found = f"{now:%Y-%m-%d %H:%M} UTC, before a file that was landed at {newest:%Y-%m-%d %H:%M}"
    else:
        yield Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")
        return
    yield Finding("clock", "bad", found, "Set the clock (timedatectl set-ntp true), then run a refresh again.")


def dagster(_asked: Asked) -> Iterator[Finding]:
    """Dagster's records can be reached, and its daemon is alive, without which no schedule runs."""
    import dagster as dg

    home = Path(os.environ.get("DAGSTER_HOME") or Path("var/dagster").resolve())
    if not (home / "dagster.yaml").is_file():
        found = f"{home} has no dagster.yaml yet"
        yield Finding("dagster", "warn", found, "Run make board or make ui once, or set DAGSTER_HOME to its folder.")
        return
    try:
        with dg.DagsterInstance.from_config(str(home)) as instance:
            runs = instance.get_runs_count()
            beats = [beat.timestamp for beat in instance.get_daemon_heartbeats().values()]
            where = type(instance.run_storage).__name__
    except Exception as error:  # whatever storage is configured raises what it likes
        advice = f"Check the storage in {home / 'dagster.yaml'}, and that its server runs and takes the password."
        yield Finding("dagster", "bad", f"{type(error).__name__}: {harmless(str(error))}", advice)
        return
    yield Finding("dagster", "ok", f"{runs} runs in {where}, {home}")
    alive = max(beats, default=0.0) > (datetime.now(UTC) - HEARTBEAT).timestamp()
    if alive:
        yield Finding("daemon", "ok", "alive")
    else:
        found = "not heard of within 5 minutes: no schedule and no sensor runs"
        yield Finding("daemon", "warn", found, "Start it: make ui, or the service that runs dagster-daemon.")


def harmless(text: str) -> str:
    """The first line of an error without what stands before an @ in an address, which may be a password."""
    first = text.strip().splitlines()[0] if text.strip() else "no reason given"
    return re.sub(r"://[^/\s]*@", "://", first)[:300]
