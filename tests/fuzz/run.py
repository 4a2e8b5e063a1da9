"""Fuzzing with atheris, coverage-guided: `python -m fuzz.run --seconds 600`, with PYTHONPATH=tests.

What is here: all targets at once, each in a process of its own that is started again when it stops; what they find goes
to found/<target>/. What is not: the targets. Two targets a core run at a time, each for its share of the seconds.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOUND = HERE / "found"
SECONDS_HANGING = 30  # on the clock, also where the machine is busy; targets.py counts the processor's
MEGABYTES = 1024  # an input that needs more is a find


def main() -> None:
    """Run all targets, print executions and finds, and exit with 1 where anything new was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=600, help="for all targets together, on the clock")
    asked.add_argument("--one", default="", help="run this target in this process (used by the command itself)")
    asked.add_argument("--corpus", default="")
    given = asked.parse_args()
    if given.one:
        fuzz_one(given.one, Path(given.corpus), given.seconds)
        return
    from fuzz.targets import TARGETS

    before = set(FOUND.rglob("*"))
    at_once = max(1, os.cpu_count() or 1)
    rounds = -(-len(TARGETS) // at_once)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(at_once) as pool:
        share = given.seconds // rounds
        runs = {name: pool.submit(watch, name, Path(folder) / name, share) for name in TARGETS}
        totals = {name: run.result() for name, run in runs.items()}
    new = sorted(path for path in FOUND.rglob("*") if path.is_file() and path not in before)
    for name, count in totals.items():
        sys.stdout.write(f"{name:10} {count:>10,} executions\n")
    sys.stdout.write(f"{'all':10} {sum(totals.values()):>10,} executions, {len(new)} new finds\n")
    for path in new:
        sys.stdout.write(f"  {path}\n")
    sys.exit(1 if new else 0)


def watch(name: str, corpus: Path, seconds: int) -> int:
    """Run one target for this long, again and again where it stops; the number of its executions."""
    from fuzz.seeds import seeds

    corpus.mkdir()
    for number, seed in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(seed)
    executed, end = 0, time.monotonic() + seconds
    while (left := int(end - time.monotonic())) > 2:
        command = [sys.executable, "-m", "fuzz.run", "--one", name, "--corpus", str(corpus), "--seconds", str(left)]
        log = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False).stderr
        counts = [int(count) for count in re.findall(r"^#(\d+)", log, flags=re.MULTILINE)]
        counts += [int(count) for count in re.findall(r"Done (\d+) runs", log)]
        executed += max(counts, default=0)
        if not counts:
            raise RuntimeError(f"{name} does not run:\n{log[-2000:]}")
    return executed


def fuzz_one(name: str, corpus: Path, seconds: int) -> None:
    """Let libFuzzer run one target in this process, until the time is over or an input hangs or eats memory."""
    import atheris  # type: ignore[import-untyped] # ships no types

    with atheris.instrument_imports(include=["safer_assets"]):
        from fuzz.targets import run
    folder = FOUND / name
    known: set[str] = set()

    def on_input(data: bytes) -> None:
        try:
            run(name, data)
        except Exception as error:  # a find is written down, and the run goes on to the next
            place = traceback.extract_tb(error.__traceback__)
            ours = [step for step in place if "safer_assets" in step.filename or "targets.py" in step.filename]
            same = f"{type(error).__name__} {ours[-1].filename if ours else ''} {ours[-1].lineno if ours else ''}"
            if same not in known:
                known.add(same)
                folder.mkdir(parents=True, exist_ok=True)
                (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
                sys.stderr.write(f"FOUND {same}: {error}\n")

    folder.mkdir(parents=True, exist_ok=True)
    limits = [
        f"-max_total_time={seconds}",
        f"-timeout={SECONDS_HANGING}",
        f"-rss_limit_mb={MEGABYTES}",
        "-max_len=65536",
    ]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={folder}/", "-print_final_stats=1", str(corpus)], on_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
