"""The landed files on disk: `files/ab/<sha256>` with `<sha256>.json`, and `refused/<sha256>` with its own.

What is here: the only code that writes there. What is not: what may be landed (land.py). Bytes are moved into place
before the record that vouches for them is, each by one rename: whatever stops the machine, a manifest never stands
without its whole file.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError

from safer_assets.errors import LandingError
from safer_assets.landing.manifest import Manifest, Refusal

_READ_ONLY = 0o444


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

    def content_path(self, sha256: str) -> Path:
        """Where the bytes of a landed file stand."""
        return self._files / sha256[:2] / sha256

    def refused_path(self, sha256: str) -> Path:
        """Where the bytes of a file that was kept out stand."""
        return self._refused / sha256

    def manifest(self, sha256: str) -> Manifest | None:
        """The manifest of a landed file; None where it is not landed, or its bytes are gone."""
        path = _record(self.content_path(sha256))
        if not path.is_file() or not self.content_path(sha256).is_file():
            return None
        return self._parse(path)

    def manifests(self) -> Iterator[Manifest]:
        """Every landed file."""
        for path in sorted(self._files.glob("??/*.json")):
            yield self._parse(path)

    def refusal(self, sha256: str) -> Refusal | None:
        """Why a file was kept out; None where it was not."""
        path = _record(self.refused_path(sha256))
        if not path.is_file():
            return None
        return Refusal.model_validate_json(path.read_text(encoding="utf-8"))

    def add(self, staged: Path, manifest: Manifest) -> None:
        """Move a staged file among the landed ones, read-only, and vouch for it."""
        self._move(staged, self.content_path(manifest.sha256))
        self.record(manifest)
        for path in (_record(self.refused_path(manifest.sha256)), self.refused_path(manifest.sha256)):
            path.unlink(missing_ok=True)

    def record(self, manifest: Manifest) -> None:
        """Write the manifest of a file that is landed, in place of the one before."""
        self._write(_record(self.content_path(manifest.sha256)), manifest)

    def keep_aside(self, staged: Path, refusal: Refusal) -> None:
        """Move a staged file among those that were kept out, with the reason."""
        self._move(staged, self.refused_path(refusal.sha256))
        self._write(_record(self.refused_path(refusal.sha256)), refusal)

    def withdraw(self, manifest: Manifest, refusal: Refusal) -> None:
        """Make a landed file one that was kept out; its bytes stay."""
        path = self.content_path(manifest.sha256)
        self._write(_record(self.refused_path(refusal.sha256)), refusal)
        _record(path).unlink()
        self._move(path, self.refused_path(refusal.sha256))

    def verify(self, manifest: Manifest) -> None:
        """Read a landed file and compare it with its manifest.

        Raises:
            LandingError: It is gone, or not the bytes that were landed.
        """
        path = self.content_path(manifest.sha256)
        step = f"Remove {path} and {_record(path).name}, then land {manifest.origin} again."
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise LandingError(f"{manifest.name}: its landed copy cannot be read ({error}). {step}") from error
        if found != manifest.sha256:
            raise LandingError(
                f"{manifest.name}: its landed copy has sha256 {found[:12]} where {manifest.sha256[:12]} was landed: "
                f"the store was changed from outside. {step}"
            )

    def _parse(self, path: Path) -> Manifest:
        try:
            return Manifest.model_validate_json(path.read_text(encoding="utf-8"))
        except ValidationError as error:
            raise LandingError(
                f"{path}: not a manifest of this version ({error.error_count()} errors). "
                f"Move {self.root} away and land the sources again."
            ) from error

    def _move(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.chmod(_READ_ONLY)
        source.replace(target)

    def _write(self, path: Path, record: BaseModel) -> None:
        write_text(path, record.model_dump_json(indent=1), self.staging)


def write_text(path: Path, text: str, staging: Path) -> None:
    """Write a small file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staging.mkdir(parents=True, exist_ok=True)
    beside = staging / f"{path.name}.{os.getpid()}"
    with beside.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)


def _record(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")
