"""A process that has imported everything once and forks a child for every refresh, so that a hundred of them are cheap.

What is here: the program. It reads one JSON command a line from its standard input and answers each with one line. A
child runs `safer refresh` as the terminal does, and can be stopped dead at a moment that the test names: when a step
begins or ends, before a file is renamed or removed, round a commit of the database. The product is not changed for it:
steps are heard in what the terminal prints, files through Python's audit events. What is not here: tests, and the
client (trial.py).
"""

import gc
import hashlib
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import duckdb

Command = dict[str, object]

FILE_EVENTS = ("os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "shutil.copyfile")
NOT_COMPARED = ("landed_at", "fingerprint")  # the fingerprint of a model is made of landed_at too
FILLER = "filler"
SCRATCH = Path(tempfile.mkdtemp(prefix="zygote-"))  # not in a place, whose disk may be full


def main() -> None:
    """Warm up, say so, and serve until the input ends."""
    commands, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warm_up()
    print(json.dumps({"ready": len(os.listdir("/proc/self/task"))}), file=answers, flush=True)  # noqa: PTH208 # threads
    gc.collect()
    gc.freeze()  # the children need not look at what is imported
    for line in commands:
        command: Command = json.loads(line)
        do = {"refresh": refresh, "state": state, "run": run}[str(command.pop("do"))]
        print(json.dumps(do(command)), file=answers, flush=True)
    shutil.rmtree(SCRATCH)
    os._exit(0)  # DuckDB has more to say at an orderly end than anybody wants to read


def warm_up() -> None:
    """Import what a refresh imports, the parts too that it only imports when it needs them; start no thread."""
    import geopandas
    import great_expectations
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg
    import matplotlib.figure
    import numpy as np
    import pandas as pd
    import scipy.stats
    import sqlglot.lineage

    import safer_assets.board.pack_page
    from safer_assets.charts.style import house_style
    from safer_assets.definitions import defs
    from safer_assets.models.sql import checks, models

    del geopandas, great_expectations, scipy, sqlglot, safer_assets, np, pd
    defs.resolve_job_def("board_refresh")
    models()
    checks()

    @house_style
    def draw() -> None:
        figure = matplotlib.figure.Figure()
        figure.add_subplot().set_title("warm")
        for kind in ("png", "svg"):
            figure.savefig(os.devnull, format=kind)

    draw()


def refresh(command: Command) -> Command:
    """Run `safer refresh` in a child; kill it when it is told to be.

    Args:
        command: `options` of the command line; `place`, whose files are watched; `at` (a moment's label) or `number`
            (of a moment, from 0) with `action` kill or fill; or `after`, seconds from the moment `since` on, when it is
            killed from outside; `on_disk` for Dagster's own records on disk in `place`, kept from run to run.

    Returns:
        `signal` that ended it (or 0), `exit` code, `said`, `seconds`, and the `moments` it came to.
    """
    place = Path(str(command["place"]))
    log, moments = SCRATCH / "said.log", SCRATCH / "moments.log"
    log.write_bytes(b"")
    moments.write_bytes(b"")
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        in_child(lambda: one_refresh(command, place, moments), log)
    if "after" in command:
        ended, status = wait_for(child, moments, str(command["since"]), float(str(command["after"])))
    else:
        ended, status = os.waitpid(child, 0)
    if not ended:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    return {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1,
        "said": log.read_text(encoding="utf-8", errors="replace"),
        "seconds": time.monotonic() - started,
        "moments": moments.read_text(encoding="utf-8").splitlines(),
    }


def wait_for(child: int, moments: Path, since: str, seconds: float) -> tuple[int, int]:
    """The child (0 where it has not ended so long after the moment) and its status."""
    until = math.inf
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return ended, status
        if until == math.inf and f"{since}\n" in moments.read_text(encoding="utf-8"):
            until = time.monotonic() + seconds
        time.sleep(0.002)
    return 0, 0


def in_child(work: Callable[[], None], log: Path) -> NoReturn:
    """Do the work with its output in a file, and end without the parent's clean-up."""
    code = 70
    try:
        gc.disable()  # it lives for seconds
        out = os.open(log, os.O_WRONLY | os.O_APPEND)
        os.dup2(out, 1)
        os.dup2(out, 2)
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # a child says what happened and ends; nothing else may run in it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def one_refresh(command: Command, place: Path, moments: Path) -> None:
    """The command line's own refresh, watched."""
    import dagster as dg

    from safer_assets import cli

    os.environ["COLUMNS"] = "300"
    os.environ["DAGSTER_HOME"] = str(place / "dagster")
    if not command.get("on_disk"):
        cli.instance = dg.DagsterInstance.ephemeral
    Watch(command, place, moments).begin()
    options = command["options"]
    assert isinstance(options, dict)
    cli.main(["refresh", *(word for name, value in options.items() for word in (f"--{name}", str(value)))])


class Watch:
    """Writes down the moments of a refresh, and acts at one of them."""

    def __init__(self, command: Command, place: Path, moments: Path) -> None:
        self._at, self._number = command.get("at"), command.get("number")
        self._action = command.get("action", "kill")
        self._place = place
        self._log = os.open(moments, os.O_WRONLY | os.O_APPEND)
        self._reached = 0

    def begin(self) -> None:
        """Listen to steps, to files of the place, and to commits."""
        from safer_assets import loading, terminal, warehouse
        from safer_assets.models import build

        emit, transaction = terminal.StepLines.emit, warehouse.transaction

        def emit_and_tell(lines: terminal.StepLines, record: object) -> None:
            emit(lines, record)  # type: ignore[arg-type] # as it came
            kind = getattr(getattr(record, "dagster_event", None), "event_type_value", "")
            step = str(getattr(record, "dagster_meta", {}).get("step_key") or "").replace("__", "/")
            if kind in ("STEP_START", "STEP_SUCCESS"):
                self.reach(f"{'begin' if kind == 'STEP_START' else 'end'} {step}")

        @contextmanager
        def transaction_and_tell(con: warehouse.Connection) -> Iterator[None]:
            with transaction(con):
                yield
                self.reach("before commit")
            self.reach("after commit")

        terminal.StepLines.emit = emit_and_tell  # type: ignore[method-assign, assignment]
        for module in (loading, build):
            module.transaction = transaction_and_tell  # type: ignore[attr-defined]
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in FILE_EVENTS:
            return
        path = str(arguments[1] if event == "os.rename" else arguments[0])
        if path.startswith(str(self._place)) and not path.startswith(str(self._place / "dagster")):
            self.reach(f"{event} {re.sub(r'[0-9a-f]{6,}|[0-9]+', '#', path.removeprefix(str(self._place)))}")

    def reach(self, label: str) -> None:
        """A moment has come."""
        os.write(self._log, f"{label}\n".encode())
        now = label == self._at or self._reached == self._number
        self._reached += 1
        if now and self._action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif now:
            fill(self._place / FILLER)


def fill(path: Path) -> None:
    """Leave the disk no byte."""
    piece = bytes(1 << 20)
    with path.open("wb", buffering=0) as file:
        for size in (len(piece), 4096, 1):
            try:
                while file.write(piece[:size]):
                    pass
            except OSError:
                continue


def state(command: Command) -> Command:
    """What a store and an out folder hold, in a form that two of them can be compared in.

    Returns:
        `tables`: rows and digest of each, without the moments of landing; `packs`: digest of each file; `left_over`:
        files that no run may leave; `torn`: landed files that are not their manifest; `rows_lost`: rows read that are
        neither loaded nor quarantined.
    """
    answer, write = os.pipe()
    child = os.fork()
    if child == 0:
        in_child(lambda: tell_state(command, write), Path(os.devnull))
    os.close(write)
    with os.fdopen(answer) as found:
        text = found.read()
    os.waitpid(child, 0)
    answered: Command = json.loads(text)
    return answered


def tell_state(command: Command, write: int) -> None:
    """The work of `state`, in its child."""
    try:
        found = look(Path(str(command["home"])), Path(str(command["out"])))
    except BaseException:  # the parent says it
        found = {"error": traceback.format_exc()}
    with os.fdopen(write, "w") as answer:
        json.dump(found, answer)


def look(home: Path, out: Path) -> Command:
    """See `state`."""
    from safer_assets.errors import LandingError
    from safer_assets.landing import Landing

    landing = Landing(home / "landing")
    torn = []
    for manifest in landing.manifests() if landing.root.exists() else ():
        try:
            landing.verify(manifest)
        except LandingError as error:
            torn.append(str(error))
    files = [path for root in (home, out) for path in root.rglob("*")]
    return {
        "tables": tables(home / "warehouse.duckdb"),
        "packs": {str(path.relative_to(out)): digest(path) for path in out.rglob("*") if path.is_file()},
        "left_over": sorted(str(path) for path in files if is_left_over(path.name)),
        "torn": torn,
    }


def is_left_over(name: str) -> bool:
    """Whether only a run that is under way may have such a file or folder."""
    return (
        name in ("staging", FILLER)
        or name.endswith((".part", ".tmp", ".new", ".old", ".wal"))
        or name.startswith((".drawing-", ".restoring-", "tmp"))
    )


def digest(path: Path) -> str:
    """Of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tables(warehouse: Path) -> dict[str, str]:
    """Rows and digest of every table and view; empty where nothing is published."""
    if not warehouse.exists():
        return {}
    found = {}
    with duckdb.connect(str(warehouse), read_only=True) as con:
        names = con.execute(
            "select table_schema, table_name, list(column_name order by ordinal_position) "
            "from information_schema.columns where table_schema not in ('information_schema', 'pg_catalog') "
            "group by all order by all"
        ).fetchall()
        for schema, name, columns in names:
            kept = ", ".join(f'"{column}"' for column in columns if column not in NOT_COMPARED)
            rows = con.execute(f'select {kept} from "{schema}"."{name}" order by all').fetchall()
            text = "\n".join(map(repr, rows)).encode()
            found[f"{schema}.{name}"] = f"{len(rows)} {hashlib.sha256(text).hexdigest()[:16]}"
    return found


def run(command: Command) -> Command:
    """Run a program in this process's own mount namespace."""
    words = command["words"]
    assert isinstance(words, list)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return {"exit": done.returncode, "said": done.stdout + done.stderr}


if __name__ == "__main__":
    main()
