"""Workbooks (.xlsx) through a process of their own: whatever one of them does, it does it there.

What is here: starting that process, and its end in words. What is not: reading (workbook_reader.py).
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from safer_assets.feeds import workbook_reader

WALL_SECONDS: Final = 180


class WorkbookError(Exception):
    """A workbook that cannot be opened; the text says why."""


def beginnings(path: Path, rows: int) -> dict[str, list[tuple[str, ...]]]:
    """The first rows of each sheet as text, by its name.

    Raises:
        WorkbookError: It is damaged, or asks for more memory or time than is given.
    """
    found = json.loads(_run("beginnings", str(path), str(rows)))
    return {name: [tuple(row) for row in sheet] for name, sheet in found.items()}


def write_csv(path: Path, sheet: str, header_row: int, width: int, target: Path) -> None:
    """Write a sheet from its header on as a csv of the header's width; cells right of it stay where they hold anything.

    Raises:
        WorkbookError: It is damaged, or asks for more memory or time than is given.
    """
    _run("csv", str(path), sheet, str(header_row), str(width), str(target))


def _run(*arguments: str) -> str:
    # -I: neither the folder it is started in nor the environment (in which secrets may stand) reaches it.
    program = [sys.executable, "-I", "-X", "utf8", workbook_reader.__file__, *arguments]
    try:
        done = subprocess.run(program, capture_output=True, text=True, timeout=WALL_SECONDS, env={}, check=False)  # noqa: S603 # our own program
    except subprocess.TimeoutExpired as error:
        raise WorkbookError(f"it cannot be opened within {WALL_SECONDS} seconds") from error
    except ValueError as error:  # a sheet's name with a zero byte
        raise WorkbookError(str(error)) from error
    if done.returncode < 0 or "MemoryError" in done.stderr:
        raise WorkbookError(
            f"it cannot be opened with {workbook_reader.MEMORY_BYTES >> 30} GB of memory and "
            f"{workbook_reader.CPU_SECONDS} seconds: cells stand far apart, or it unpacks to far more than it is"
        )
    if done.returncode:
        raise WorkbookError(done.stderr.strip().splitlines()[-1])
    return done.stdout
