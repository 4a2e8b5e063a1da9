"""What is known of source files that were looked at before, so that a second run opens none of them.

What is here: `seen.json`: path, size and time of change -> what became of each part. What is not: anything that is not
also in the store; without this file, sources are read again and nothing else happens.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from safer_assets import feeds, reference
from safer_assets.landing.source import SourceFile
from safer_assets.landing.store import write_text

State = Literal["landed", "refused", "unknown"]


class Verdict(BaseModel):
    """What became of one part of a source file.

    Attributes:
        member: The part's name after the source file's own, beginning with `!`; empty for the file itself.
        reason: Why it was kept out; empty where it is landed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    member: str
    sha256: str
    state: State
    reason: str = ""
    feed: str = ""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    stamp: tuple[int, ...]
    verdicts: tuple[Verdict, ...]


class _Book(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rules: str
    files: dict[str, _Entry] = {}


class Seen:
    """Reads and writes seen.json.

    What was refused is forgotten when the recognisers or the offence names have changed since: they may know it now.
    """

    def __init__(self, path: Path, staging: Path) -> None:
        self._path = path
        self._staging = staging
        rules = _rules()
        try:
            self._book = _Book.model_validate_json(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # damaged is as good as gone
            self._book = _Book(rules=rules)
        if self._book.rules != rules:
            landed = {
                name: entry
                for name, entry in self._book.files.items()
                if all(verdict.state == "landed" for verdict in entry.verdicts)
            }
            self._book = _Book(rules=rules, files=landed)

    def recall(self, file: SourceFile) -> tuple[Verdict, ...] | None:
        """What became of the file as it now is; None where it is new, changed, or dated anew."""
        entry = self._book.files.get(str(file.path))
        return entry.verdicts if entry and entry.stamp == stamp(file) else None

    def note(self, file: SourceFile, stamped: tuple[int, ...], verdicts: Sequence[Verdict]) -> None:
        """Remember what became of a file that had this stamp when it was read."""
        self._book.files[str(file.path)] = _Entry(stamp=stamped, verdicts=tuple(verdicts))

    def save(self) -> None:
        """Write what is remembered."""
        write_text(self._path, self._book.model_dump_json(), self._staging)


def stamp(file: SourceFile) -> tuple[int, ...]:
    """Size and time of change of a file and of its sidecar, without opening either."""
    found = [file.path.lstat()]
    if file.sidecar.is_file():
        found.append(file.sidecar.lstat())
    return tuple(number for stat in found for number in (stat.st_size, stat.st_mtime_ns))


def _rules() -> str:
    """A fingerprint of everything that decides whether a file is known."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in (*sorted(Path(feeds.__file__).parent.glob("*.py")), *sorted(here.glob("personal*.py"))):
        digest.update(path.read_bytes())
    digest.update(reference.reference_path("offence_aliases.csv").read_bytes())
    return digest.hexdigest()
