"""The files of a source folder, and the sidecars that date them.

What is here: walking a folder and opening its files without leaving it, and `<file>.meta.toml`. What is not: reading.
Whoever can write to a source may swap a file for a link between the look at it and the opening: so each step of the way
down is opened without following links, and what was opened is asked what it is.
"""

import errno
import os
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Final

from safer_assets.errors import LandingError
from safer_assets.landing.manifest import Refusal

SIDECAR_SUFFIX: Final = ".meta.toml"
SIDECAR_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to look at: its full path, its name in the source, and its sidecar, which need not exist."""

    path: Path
    name: str

    @property
    def sidecar(self) -> Path:
        """Where a sidecar that dates it would stand."""
        return self.path.with_name(self.path.name + SIDECAR_SUFFIX)

    def open(self, path: Path | None = None) -> BinaryIO:
        """Open the file, or its sidecar.

        Raises:
            OSError: It cannot be read, or it is a link or no regular file by now.
        """
        path = path or self.path
        steps = (*Path(self.name).parts[:-1], path.name)
        folder = path.parents[len(steps) - 1]
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
        held = os.open(folder, flags | os.O_DIRECTORY)
        for position, step in enumerate(steps, start=1):
            last = position == len(steps)
            try:
                # Without O_NONBLOCK, to open a pipe is to wait for somebody to write to it.
                found = os.open(step, flags | (os.O_NONBLOCK if last else os.O_DIRECTORY), dir_fd=held)
            finally:
                os.close(held)
            held = found
        if not stat.S_ISREG(os.fstat(held).st_mode):
            os.close(held)
            raise OSError(errno.EINVAL, "it is no regular file any more")
        return os.fdopen(held, "rb")

    def published(self) -> date | None:
        """The day its sidecar gives; None where there is no sidecar.

        Raises:
            LandingError: There is one and it cannot be used.
        """
        called = f"{self.name}{SIDECAR_SUFFIX}"
        step = "Write one line, such as: published = 2023-03-06"
        try:
            with self.open(self.sidecar) as stream:
                found = tomllib.loads(stream.read(SIDECAR_BYTES).decode())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:  # ValueError: neither UTF-8 nor TOML
            raise LandingError(f"its sidecar {called} cannot be read ({error}). {step}") from error
        if set(found) != {"published"}:
            raise LandingError(
                f"its sidecar {called} has {sorted(found) or 'nothing'} where published is wanted. {step}"
            )
        day = found["published"]
        if not isinstance(day, date) or isinstance(day, datetime):
            raise LandingError(f"its sidecar {called} says published = {day!r}, which is not a date. {step}")
        return day


def source_files(source: Path, beside: Path) -> Iterator[SourceFile | Refusal]:
    """Every file of a source in the order of names, and what is not gone into, with the reason.

    Args:
        source: A folder, or one file; resolved.
        beside: A folder inside the source that is not part of it: where files are landed.
    """
    if source.is_file():
        yield SourceFile(source, source.name)
        return
    yield from _walk(source, source, beside)


def _walk(folder: Path, source: Path, beside: Path) -> Iterator[SourceFile | Refusal]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield Refusal(name=_name(folder, source), reason=f"the folder cannot be read ({error.strerror}).")
        return
    for entry in entries:
        name = _name(entry, source)
        if entry == beside or _leads_inside(entry, source) or _dates_a_file(entry):
            continue
        if reason := _not_looked_into(entry):
            yield Refusal(name=name, reason=reason)
        elif entry.is_dir():
            yield from _walk(entry, source, beside)
        else:
            yield SourceFile(entry, name)


def _leads_inside(entry: Path, source: Path) -> bool:
    """A link to what is walked over anyway."""
    return entry.is_symlink() and entry.exists() and entry.resolve().is_relative_to(source)


def _dates_a_file(entry: Path) -> bool:
    """A sidecar in its place; it is read with the file it dates."""
    return entry.name.endswith(SIDECAR_SUFFIX) and entry.with_name(entry.name.removesuffix(SIDECAR_SUFFIX)).is_file()


def _not_looked_into(entry: Path) -> str:
    """Why an entry is left alone; empty for a folder or a file to look at."""
    if not entry.name.isprintable():
        return "has a character in its name that cannot be printed, or bytes that are no text. Rename it."
    if entry.is_symlink():
        target = shown(str(entry.readlink()))
        return f"is a link out of the source folder (to {target}), and is not followed. Copy the file."
    if entry.name.startswith("."):
        return "is hidden (its name begins with a dot), and is not looked into."
    if not entry.is_dir() and not entry.is_file():
        return "is not a regular file, and is not opened."
    if entry.name.endswith(SIDECAR_SUFFIX):
        return "is a sidecar whose file is not there. Put it beside the file it dates."
    return ""


def shown(name: str) -> str:
    """A name as people may see it: what could give a terminal orders, or is no text, is spelt out."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in name)


def _name(path: Path, source: Path) -> str:
    return shown(path.relative_to(source).as_posix())
