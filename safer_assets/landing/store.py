"""The landed files on disk: `files/ab/<sha256>` with `<sha256>.json`, and `refused/<sha256>` with its own.

What is here: the only code that writes there. What is not: what may be landed (land.py). Bytes are moved into place
before the record that vouches for them is, each by one rename: whatever stops the machine, a manifest never stands
without its whole file. What a disk has damaged since goes to `damaged/`, and its place is free for the same bytes.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from safer_assets.errors import LandingError
from safer_assets.landing.manifest import Manifest, Refusal

# The owner writes, the group reads, others do nothing, whatever the umask of whoever runs it.
_READ_ONLY = 0o440
_FOLDER = 0o750
_RECORD = 0o640


class Store:
    """The folder of landed files.

    Args:
        root: Made when something is first put there.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.staging = root / "staging"
        self._files = root / "files"
        self._refused = root / "refused"
        self._damaged = root / "damaged"

    def content_path(self, sha256: str) -> Path:
        """Where the bytes of a landed file stand."""
        return self._files / sha256[:2] / sha256

    def refused_path(self, sha256: str) -> Path:
        """Where the bytes of a file that was kept out stand."""
        return self._refused / sha256

    def manifest(self, sha256: str) -> Manifest | None:
        """The manifest of a landed file; None where it is not landed, or its bytes are gone or of another size."""
        found = self.record_of(sha256)
        if found is None:
            return None
        try:
            whole = self.content_path(sha256).stat().st_size == found.bytes
        except FileNotFoundError:
            return None
        return found if whole else None

    def record_of(self, sha256: str) -> Manifest | None:
        """The manifest of a landed file, whatever has become of its bytes; None where there is none to be read."""
        try:
            return self._parse(_record(self.content_path(sha256)))
        except (FileNotFoundError, LandingError):
            return None

    def manifests(self) -> Iterator[Manifest]:
        """Every landed file.

        Raises:
            LandingError: A manifest is damaged.
        """
        for path in sorted(self._files.glob("??/*.json")):
            yield self._parse(path)

    def is_recorded(self, sha256: str) -> bool:
        """Whether a manifest stands there, be it damaged."""
        return _record(self.content_path(sha256)).exists()

    def newest_landing(self) -> datetime | None:
        """When the file landed last was landed; None where none is."""
        found = (self.record_of(path.stem) for path in self._files.glob("??/*.json"))
        return max((manifest.landed_at for manifest in found if manifest), default=None)

    def without_record(self) -> Iterator[Path]:
        """The bytes of every landed file whose manifest is damaged."""
        for path in sorted(self._files.glob("??/*.json")):
            bytes_of = path.with_suffix("")
            if self.record_of(bytes_of.name) is None and bytes_of.is_file():
                yield bytes_of

    def refusal(self, sha256: str) -> Refusal | None:
        """Why a file was kept out; None where it was not.

        Raises:
            LandingError: The record is damaged: it may have said that somebody set the file aside.
        """
        path = _record(self.refused_path(sha256))
        try:
            return Refusal.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise LandingError(
                f"the record of why it was kept out is damaged ({path}). Remove that record to have it judged again."
            ) from error

    def add(self, staged: Path, manifest: Manifest) -> None:
        """Move a staged file among the landed ones, read-only, and vouch for it."""
        self._move(staged, self.content_path(manifest.sha256))
        self.record(manifest)
        for path in (_record(self.refused_path(manifest.sha256)), self.refused_path(manifest.sha256)):
            path.unlink(missing_ok=True)

    def put_back(self, staged: Path, manifest: Manifest) -> None:
        """Put the same bytes in place of a landed file's damaged or lost copy; its manifest stays as it was."""
        self._move(staged, self.content_path(manifest.sha256))

    def record(self, manifest: Manifest) -> None:
        """Write the manifest of a file that is landed, in place of the one before."""
        self._write(_record(self.content_path(manifest.sha256)), manifest)

    def keep_aside(self, staged: Path, refusal: Refusal) -> None:
        """Move a staged file among those that were kept out, with the reason."""
        self._move(staged, self.refused_path(refusal.sha256))
        self._write(_record(self.refused_path(refusal.sha256)), refusal)

    def keep_reason(self, refusal: Refusal) -> None:
        """Write down why a file was kept out, and keep no byte of it."""
        self.refused_path(refusal.sha256).unlink(missing_ok=True)
        self._write(_record(self.refused_path(refusal.sha256)), refusal)

    def withdraw(self, manifest: Manifest, refusal: Refusal) -> None:
        """Make a landed file one that was kept out; its bytes stay."""
        path = self.content_path(manifest.sha256)
        self._write(_record(self.refused_path(refusal.sha256)), refusal)
        _record(path).unlink()
        if path.exists():  # a damaged copy was put out of the way before
            self._move(path, self.refused_path(refusal.sha256))

    def verify(self, manifest: Manifest) -> None:
        """Read a landed file and compare it with its manifest; what is damaged is put out of the way, and kept.

        Raises:
            LandingError: It is gone, or not the bytes that were landed.
        """
        path = self.content_path(manifest.sha256)
        step = (
            f"Refresh again while the source still has {manifest.origin}: it is then landed again by itself. Where it "
            f"is gone, copy it from a backup into the source, or go on without it: safer set-aside {manifest.file_id}"
        )
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise LandingError(f"{manifest.name}: its landed copy cannot be read ({error}). {step}") from error
        if found != manifest.sha256:
            with suppress(OSError):  # a store that cannot be written keeps it in its place, and says the same again
                self._move(path, self._damaged / manifest.sha256)
            raise LandingError(
                f"{manifest.name}: its landed copy has sha256 {found[:12]} where {manifest.sha256[:12]} was landed: "
                f"the store was changed from outside. What is there now is kept in {self._damaged}. {step}"
            )

    def _parse(self, path: Path) -> Manifest:
        try:
            found = Manifest.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise LandingError(
                f"{path}: the manifest is damaged or of another version ({error.error_count()} errors). "
                f"The file itself stands beside it; this makes its manifest anew: safer land {path.with_suffix('')}"
            ) from error
        if found.sha256 != path.stem:
            raise LandingError(f"{path}: the manifest is that of {found.sha256}. Restore {path.name} from a backup.")
        return found

    def _move(self, source: Path, target: Path) -> None:
        _make(target.parent)
        source.chmod(_READ_ONLY)
        source.replace(target)

    def _write(self, path: Path, record: BaseModel) -> None:
        write_text(path, record.model_dump_json(indent=1), self.staging)


def write_text(path: Path, text: str, staging: Path) -> None:
    """Write a small file so that it is there whole or not at all."""
    _make(path.parent)
    _make(staging)
    beside = staging / f"{path.name}.{os.getpid()}"
    with beside.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    beside.chmod(_RECORD)
    beside.replace(path)


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(_FOLDER)


def _record(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")
