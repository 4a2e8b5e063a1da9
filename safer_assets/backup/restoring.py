"""Restoring a backup: trusted in nothing, checked to the last byte, and put in place of an empty store in one step.

What is here: `restore`. What is not: what a backup says of itself (contents.py), and writing it (writing.py).
"""

import hashlib
import os
import shutil
import tarfile
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from safer_assets.backup.contents import CONTENTS, CONTRACT, Contents, Member, has_its_place
from safer_assets.errors import BackupError
from safer_assets.warehouse import only_refresh

MOST_CONTENTS_BYTES: Final = 256 << 20
"""A list of a million files; more is no backup of ours."""

_CHUNK: Final = 1 << 20


def restore(source: Path, store: Path, into: Path | None = None) -> tuple[Path, Contents]:
    """Put a backup in place of an empty store, after every byte of it was checked.

    Args:
        source: The tar file.
        store: The folder of all stores; the backup says which partnership's place in it is its own.
        into: Another folder for it, absent or empty, in place of that.

    Returns:
        The folder, and what is in it.

    Raises:
        BackupError: It is not a backup, or is damaged; the store is not empty; there is no room. Nothing was put in
            place.
        WarehouseError: A refresh of that store is under way.
    """
    home = into or store
    try:
        with tarfile.open(source, mode="r:") as tar:
            found = tar.getmembers()
            contents = _contents(tar, source, found)
            listed = {member.path: member for member in contents.members}
            _check_members(source, found, listed)
            home = (into or store / contents.partnership / contents.kind).resolve()
            with nullcontext() if into else only_refresh(home):
                _check_empty(home)
                _check_room(source, home, contents)
                _put_in_place(tar, [info for info in found if info.name != CONTENTS], listed, home, source)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(
            f"{source} is not a tar file, or is damaged ({error}). Nothing was put in place. Take another backup."
        ) from error
    except OSError as error:
        raise BackupError(f"{source} could not be restored to {home}: {error}. Nothing was put in place.") from error
    return home, contents


def _contents(tar: tarfile.TarFile, source: Path, found: list[tarfile.TarInfo]) -> Contents:
    """What the archive says it holds."""
    about = [info for info in found if info.name == CONTENTS]
    stream = tar.extractfile(about[0]) if len(about) == 1 and about[0].isreg() else None
    if stream is None or about[0].size > MOST_CONTENTS_BYTES:
        raise BackupError(f"{source} has no {CONTENTS}, so it is no backup of this platform, or was cut off.")
    try:
        contents = Contents.model_validate_json(stream.read())
    except ValidationError as error:
        raise BackupError(
            f"{source}: {CONTENTS} is damaged or of another version ({error.error_count()} errors)."
        ) from error
    if contents.contract != CONTRACT:
        raise BackupError(f"{source} has layout {contents.contract}; this version reads {CONTRACT}.")
    return contents


def _check_members(source: Path, found: list[tarfile.TarInfo], listed: dict[str, Member]) -> None:
    """Every member is a plain file that is listed, once, under a name that has its place, with its size."""
    seen: set[str] = set()
    for info in found:
        if info.name == CONTENTS:
            continue
        if not info.isreg() or info.issparse():
            raise BackupError(f"{source}: {info.name!r} is not a plain file. No backup of ours has such a member.")
        if not has_its_place(info.name):
            raise BackupError(f"{source}: {info.name!r} has no place in a store. No backup of ours has such a member.")
        if info.name in seen or info.name not in listed:
            raise BackupError(f"{source}: {info.name!r} stands in it twice, or is not listed in its {CONTENTS}.")
        if info.size != listed[info.name].bytes:
            raise BackupError(f"{source}: {info.name!r} has {info.size:,} bytes, not {listed[info.name].bytes:,}.")
        seen.add(info.name)
    if missing := sorted(listed.keys() - seen):
        raise BackupError(f"{source}: {len(missing)} file(s) are missing, such as {missing[0]}. It was cut off.")


def _check_empty(home: Path) -> None:
    """A restore never mixes with what is there, and never takes its place."""
    there = sorted(path.name for path in home.iterdir()) if home.exists() else []
    if there:
        raise BackupError(
            f"{home} is not empty ({', '.join(there[:3])}), and a restore never changes what is there. Move it away, "
            "or give another folder with --into."
        )


def _check_room(source: Path, home: Path, contents: Contents) -> None:
    above = next(folder for folder in home.resolve().parents if folder.exists())
    needed, free = sum(member.bytes for member in contents.members), shutil.disk_usage(above).free
    if needed > free:
        raise BackupError(f"{source} needs {needed:,} bytes in {above}, where {free:,} are free. Make room.")


def _put_in_place(
    tar: tarfile.TarFile, found: list[tarfile.TarInfo], listed: dict[str, Member], home: Path, source: Path
) -> None:
    """Unpack beside the place under names that were checked, compare every byte, and put it in place by one rename."""
    beside = home.with_name(f".restoring-{home.name}")
    shutil.rmtree(beside, ignore_errors=True)  # of a restore that was stopped
    try:
        for info in found:
            member, target = listed[info.name], beside / info.name
            target.parent.mkdir(parents=True, exist_ok=True)
            stream = tar.extractfile(info)
            digest = hashlib.sha256()
            with target.open("xb") as out:
                while chunk := stream.read(_CHUNK) if stream else b"":
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            if digest.hexdigest() != member.sha256:
                raise BackupError(f"{source}: {info.name!r} is damaged. Nothing was put in place. Take another backup.")
            target.chmod(member.mode)
        if home.exists():
            home.rmdir()
        beside.rename(home)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
