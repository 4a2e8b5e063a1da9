"""Writing a backup: every landed file checked, the warehouse at rest, one tar file put in place whole.

What is here: `backup`. What is not: what it says of itself (contents.py), and restoring it (restoring.py).
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from safer_assets.backup.contents import CONTENTS, CONTRACT, Contents, Member
from safer_assets.errors import BackupError
from safer_assets.landing import Landing
from safer_assets.refresh import BoardRefresh
from safer_assets.warehouse import only_refresh, open_warehouse

_LEFT_OUT: Final = (".lock", "staging", "damaged")
_OWN_EYES: Final = 0o600


def backup(refresh: BoardRefresh, target: Path) -> tuple[Path, Contents]:
    """Write landing and warehouse to one tar file, while no refresh and no landing runs.

    Args:
        refresh: Whose store, and whether its real files or its sample.
        target: The file, or a folder in which it gets a name with the time.

    Returns:
        The file, whole and read-write for its owner alone, and what is in it.

    Raises:
        BackupError: The file is there already or cannot be written, or there is nothing to back up.
        LandingError: A landed file is damaged; nothing was written.
        WarehouseError: A refresh is under way, or the warehouse is damaged.
    """
    home = refresh.home
    if not refresh.landing_folder.is_dir():
        raise BackupError(f"{refresh.landing_folder} is not there, so there is nothing to back up. Check --store.")
    made_at = datetime.now(UTC).replace(microsecond=0)
    if target.is_dir():
        target /= f"{home.parent.name}-{home.name}-{made_at:%Y%m%dT%H%M%SZ}.tar"
    if target.exists():
        raise BackupError(f"{target} is there already. Give another name; nothing was written.")
    landing = Landing(refresh.landing_folder)
    with only_refresh(home), landing.still():
        manifests = landing.manifests()
        for manifest in manifests:
            landing.verify(manifest)
        if refresh.warehouse_file.exists():
            with open_warehouse(refresh) as con:
                con.execute("checkpoint")  # all of it is in the one file then
        with _beside(target) as part, tarfile.open(fileobj=part, mode="w", format=tarfile.PAX_FORMAT) as tar:
            members = tuple(_add(tar, path, path.relative_to(home)) for path in _files_of(refresh))
            contents = Contents.model_validate(
                {
                    "contract": CONTRACT,
                    "partnership": home.parent.name,
                    "kind": home.name,
                    "made_at": made_at,
                    "landed_files": len(manifests),
                    "members": members,
                }
            )
            text = contents.model_dump_json(indent=1).encode()
            about = tarfile.TarInfo(CONTENTS)
            about.size, about.mode = len(text), 0o644
            tar.addfile(about, io.BytesIO(text))
    return target, contents


def _files_of(refresh: BoardRefresh) -> Iterator[Path]:
    """Landed and refused files with their records, and the warehouse."""
    for path in sorted(refresh.landing_folder.rglob("*")):
        if path.relative_to(refresh.landing_folder).parts[0] not in _LEFT_OUT and path.is_file():
            if path.is_symlink():
                raise BackupError(f"{path} is a link, which landing never makes. Remove it, then run again.")
            yield path
    if refresh.warehouse_file.exists():
        yield refresh.warehouse_file


def _add(tar: tarfile.TarFile, path: Path, name: Path) -> Member:
    """One file into the archive; its bytes are hashed on their way."""
    info = tar.gettarinfo(path, arcname=name.as_posix())
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    with path.open("rb") as file:
        hashed = _Hashed(file)
        tar.addfile(info, hashed)
    return Member(path=name.as_posix(), mode=info.mode & 0o777, bytes=info.size, sha256=hashed.digest.hexdigest())


class _Hashed(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._file.read(size)
        self.digest.update(chunk)
        return chunk


@contextmanager
def _beside(target: Path) -> Iterator[IO[bytes]]:
    """A file that has its name when it is whole and on disk, and is not there otherwise."""
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWN_EYES), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise BackupError(f"{target} could not be written ({error}). Nothing of it is left; make room.") from error
    finally:
        part.unlink(missing_ok=True)
