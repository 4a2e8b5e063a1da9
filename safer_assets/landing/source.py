"""The files of a source folder, and the sidecars that date them.

What is here: walking a folder without leaving it, and `<file>.meta.toml`. What is not: opening the data files.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from safer_assets.errors import LandingError
from safer_assets.landing.manifest import Refusal

SIDECAR_SUFFIX: Final = ".meta.toml"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to look at: its full path, its name in the source, and its sidecar, which need not exist."""

    path: Path
    name: str

    @property
    def sidecar(self) -> Path:
        """Where a sidecar that dates it would stand."""
        return self.path.with_name(self.path.name + SIDECAR_SUFFIX)

    def published(self) -> date | None:
        """The day its sidecar gives; None where there is no sidecar.

        Raises:
            LandingError: There is one and it cannot be used.
        """
        called = f"{self.name}{SIDECAR_SUFFIX}"
        step = "Write one line, such as: published = 2023-03-06"
        try:
            found = tomllib.loads(self.sidecar.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
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
    if entry.is_symlink():
        return f"is a link out of the source folder (to {entry.readlink()}), and is not followed. Copy the file."
    if entry.name.startswith("."):
        return "is hidden (its name begins with a dot), and is not looked into."
    if not entry.is_dir() and not entry.is_file():
        return "is not a regular file, and is not opened."
    if entry.name.endswith(SIDECAR_SUFFIX):
        return "is a sidecar whose file is not there. Put it beside the file it dates."
    return ""


def _name(path: Path, source: Path) -> str:
    return path.relative_to(source).as_posix()
