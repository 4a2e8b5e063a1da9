"""The store: folders, room on the disk, the warehouse, and the landed files.

What is here: checks that read; nothing is changed but for a file that is written and removed again. What is not:
mending, which a refresh does.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from safer_assets import loading
from safer_assets.doctor.finding import Asked, Finding
from safer_assets.errors import WarehouseError
from safer_assets.landing import Landing
from safer_assets.warehouse import Connection, open_warehouse, read_through

LEAST_FREE = 512 << 20
"""Bytes; below it a refresh may end half-way (it loses nothing, but there is no pack)."""

NEW_FILES = 1 << 30
"""Bytes that a refresh with new files may add to the store."""

VERIFIED = 25
"""Landed files, the newest, that are verified unless all are asked for."""

STORE = "store"

TABLES = (
    (loading.FILES, loading.FILE_COLUMNS),
    (loading.LOADS, loading.LOAD_COLUMNS),
    (loading.RESULTS, loading.RESULT_COLUMNS),
)


def folders(asked: Asked) -> Iterator[Finding]:
    """Store and packs can be written, and by nobody that they should not."""
    for name, folder in _places(asked):
        there = nearest(folder)
        try:
            with tempfile.TemporaryFile(dir=there):
                pass
        except OSError as error:
            advice = f"Make it writable for the user that runs this (uid {os.getuid()}), or name another folder."
            yield Finding(name, "bad", f"{there}: cannot be written ({error.strerror})", advice)
            continue
        mode = there.stat().st_mode
        if there == folder and mode & stat.S_IWOTH:
            found = f"{folder}: every user of this machine can write there ({stat.filemode(mode)})"
            yield Finding(name, "bad", found, f"Take that right away: chmod o-w {folder}")
        else:
            yield Finding(name, "ok", f"{folder}{'' if there == folder else ' (not made yet)'}")


def disk(asked: Asked) -> Iterator[Finding]:
    """There is room for a refresh with new files and for building the models anew."""
    file = asked.refresh.warehouse_file
    need = NEW_FILES + 2 * (file.stat().st_size if file.exists() else 0)
    for name, folder in _places(asked):
        free = shutil.disk_usage(nearest(folder)).free
        wanted = need if name == STORE else LEAST_FREE
        found = f"{_size(free)} free, {_size(wanted)} wanted, for {folder}"
        if free < min(LEAST_FREE, wanted):
            yield Finding(f"disk of {name}", "bad", found, "Make room, or move the folder to a larger disk.")
        elif free < wanted:
            yield Finding(f"disk of {name}", "warn", found, "Make room before the next month is landed.")
        else:
            yield Finding(f"disk of {name}", "ok", found)


def warehouse(asked: Asked) -> Iterator[Finding]:
    """The warehouse opens and has the tables of this version."""
    file = asked.refresh.warehouse_file
    if not file.exists():
        yield Finding("warehouse", "warn", f"{file} is not made yet", "Run a refresh: make board")
        return
    try:
        with open_warehouse(asked.refresh, read_only=True) as con:
            older = [table for table, columns in TABLES if _columns(con, table) != list(columns)]
            if asked.deep:
                read_through(con)
    except WarehouseError as error:
        busy = "is open in another program" in str(error)
        advice = "Wait until it has ended." if busy else "Run a refresh: what is damaged is made anew from landing."
        yield Finding("warehouse", "warn" if busy else "bad", str(error), advice)
        return
    if older:
        found = f"made by another version ({', '.join(older)})"
        yield Finding("warehouse", "warn", found, "Run a refresh: it makes these anew.")
    else:
        yield Finding("warehouse", "ok", f"{file}, {_size(file.stat().st_size)}")


def landing(asked: Asked) -> Iterator[Finding]:
    """Landed files are the bytes that were landed."""
    store = Landing(asked.refresh.landing_folder)
    landed = sorted(store.manifests(), key=lambda manifest: manifest.landed_at, reverse=True)
    if not landed:
        found = f"nothing is landed in {asked.refresh.landing_folder}"
        yield Finding("landing", "warn", found, "Land files (safer land FOLDER) or run a refresh.")
        return
    chosen = landed if asked.deep else landed[:VERIFIED]
    damaged: list[str] = []
    for manifest in chosen:
        path = store.content_path(manifest)
        try:
            with path.open("rb") as stream:  # not Landing.verify, which puts a damaged copy out of the way
                whole = hashlib.file_digest(stream, "sha256").hexdigest() == manifest.sha256
        except OSError as error:
            damaged.append(f"{manifest.name} cannot be read ({error.strerror}): {path}")
        else:
            damaged += [] if whole else [f"{manifest.name} is not the bytes that were landed: {path}"]
    what = f"{len(chosen):,} of {len(landed):,} files verified"
    if damaged:
        found = f"{what}, {len(damaged):,} damaged. {damaged[0]}"
        advice = "Put the files from a backup into the source and refresh: they are landed again by themselves."
        yield Finding("landing", "bad", found, advice)
    else:
        yield Finding("landing", "ok", what if asked.deep else f"{what} (--deep verifies all)")


def nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.resolve()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _places(asked: Asked) -> tuple[tuple[str, Path], ...]:
    return (STORE, asked.refresh.home), ("pack folder", Path(asked.refresh.out).resolve())


def _columns(con: Connection, table: str) -> list[tuple[str, str]]:
    schema, name = table.split(".")
    return con.execute(
        "select column_name, data_type from information_schema.columns where table_schema = ? and table_name = ? "
        "order by ordinal_position",
        [schema, name],
    ).fetchall()


def _size(count: int) -> str:
    return f"{count / (1 << 30):,.1f} GB" if count >= 1 << 30 else f"{count / (1 << 20):,.0f} MB"
