"""Small source folders for landing tests, and a look at which source files are opened."""

import builtins
import io
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

HEADER = "MajorText,MinorText,LookUp_BoroughName,202301,202302\n"
STREET_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n"
)


def borough(count: int = 1, months: str = "202301,202302") -> str:
    """Recorded crime by borough; another count is another content."""
    header = HEADER.replace("202301,202302", months)
    cells = ",".join([str(count)] * len(months.split(",")))
    return f"{header}Burglary,Domestic Burglary,Barnet,{cells}\n"


def street(month: str, force: str = "Metropolitan Police Service") -> str:
    """A street file of one row."""
    place = "-0.2,51.6,On or near High Street,E01000115,Barnet 001A"
    return f"{STREET_HEADER}{'a' * 64},{month},{force},{force},{place},Burglary,,\n"


def fill(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A source folder with these files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def everything_in(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes, the lock and the memory of sources aside."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in files
        if path.name not in (".lock", "seen.json")
    }


def watch_opens(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Sequence[str]:
    """From now on, the names of files below a folder that Python opens."""
    opened: list[str] = []
    real = io.open

    def watched(file, *args, **kwargs):  # type: ignore[no-untyped-def] # stands in for open in all its shapes
        if str(file).startswith(str(folder)):
            opened.append(str(file))
        return real(file, *args, **kwargs)

    real_os = os.open

    def watched_os(path, flags, mode=0o777, *, dir_fd=None):  # type: ignore[no-untyped-def] # stands in for os.open
        full = path if dir_fd is None else str(Path(f"/proc/self/fd/{dir_fd}").readlink() / path)
        if str(full).startswith(str(folder)) and not flags & os.O_DIRECTORY:
            opened.append(str(full))
        return real_os(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", watched_os)
    monkeypatch.setattr(builtins, "open", watched)
    monkeypatch.setattr(io, "open", watched)
    return opened
