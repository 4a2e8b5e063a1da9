"""A file that is still coming: `<name>.part`, and beside it which version of the file its bytes are of.

What is here: beginning, going on with and finishing it. What is not: any request.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from safer_assets.errors import FetchError
from safer_assets.transport.validators import Validators

SUFFIX = ".part"
NOTE_SUFFIX = ".part.json"


class Part:
    """The unfinished file beside a target; the target's own name is given only to what is whole.

    Args:
        target: The file it is to become; its folder exists.
    """

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(target.name + SUFFIX)
        self._target, self._note = target, target.with_name(target.name + NOTE_SUFFIX)

    def so_far(self) -> tuple[int, Validators]:
        """Bytes that are there, and of which version; none where it cannot be gone on with, and then it is dropped."""
        try:
            validators = Validators(**json.loads(self._note.read_bytes()))
            size = self.path.stat().st_size
            usable = bool(validators.for_ranges) and size > 0 and (validators.size < 0 or size <= validators.size)
        except (OSError, ValueError, TypeError, AttributeError):  # no note, or one that something else has written
            usable = False
        if usable:
            return size, validators
        self.drop()
        return 0, Validators()

    def begin(self, validators: Validators) -> BinaryIO:
        """An empty file to write to; its version is noted first, so that no bytes stand there without it."""
        self.drop()
        if validators.for_ranges:
            self._note.write_text(json.dumps(asdict(validators)), encoding="utf-8")
        return self.path.open("wb")

    def go_on(self) -> BinaryIO:
        """The file, to be written to at its end."""
        return self.path.open("ab")

    def drop(self) -> None:
        """Remove what is there."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def keep_if_resumable(self) -> None:
        """After a failure: keep what can be gone on with later, remove the rest."""
        self.so_far()

    def finish(self) -> None:
        """Give it the target's name; what stands there survives a power cut, and so does its name."""
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        self.path.replace(self._target)
        folder = os.open(self._target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._note.unlink(missing_ok=True)


def disk_error(path: Path, error: OSError) -> FetchError:
    """The error for a disk that is full, read-only or not ours."""
    return FetchError(
        f"{path}: cannot be written ({error.strerror or type(error).__name__}). Make room, or correct the permissions "
        "of its folder; then refresh again."
    )
