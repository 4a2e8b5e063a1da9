"""Looking into gzip and zip, also one inside the other, without trusting them.

What is here: unpacking to staging under names of our own, and the limits. What is not: what the members are. An archive
that is damaged anywhere is refused whole: what can be read of it is likely to be half of what was sent.
"""

import errno
import gzip
import os
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from safer_assets.feeds.content import is_document
from safer_assets.landing.intake import Budget, Part, Stream, TooMuchError, take
from safer_assets.landing.source import shown

MAX_MEMBERS: Final = 50_000  # a data.police.uk archive of 36 months has about 4,500
MAX_UNPACKED_BYTES: Final = 32 << 30  # such an archive unpacks to about 10 GB
MAX_RATIO: Final = 300  # text of crime records packs 5 to 40 times
RATIO_FREE_BYTES: Final = 64 << 20  # a member smaller than this may pack as well as it likes
MAX_DEPTH: Final = 3

_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED = 0x1
# Others unpack a megabyte at a time to as much as they like: no limit would be asked before memory is gone.
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What the standard library raises for one or another spoiled byte, as fuzzing found.
_DAMAGE: Final = (
    *(zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, struct.error, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, LookupError, OverflowError),
)


class ArchiveError(Exception):
    """An archive that must be kept out whole; the text says why and what to do."""


class Unpacker:
    """Stages one source file, or what is packed in it.

    Args:
        staging: An empty folder for the copies.
        is_landed: Tells by sha256 whether the bytes are landed already; such copies are removed at once, because an
            archive of 36 months mostly repeats the one before.
        open_source: Opens the source file, once and for all that is read of it.
    """

    def __init__(
        self,
        staging: Path,
        is_landed: Callable[[str], bool],
        open_source: Callable[[Path], BinaryIO] = lambda path: path.open("rb"),
    ) -> None:
        self._staging = staging
        self._is_landed = is_landed
        self._open = open_source
        self._numbers = count()
        self._members = 0
        self._budget = Budget(MAX_UNPACKED_BYTES)

    def unpack(self, path: Path, name: str) -> list[Part]:
        """The file itself as one part, or every file packed in it.

        Raises:
            ArchiveError: It is packed and damaged, locked or too big.
            OSError: It cannot be read.
        """
        try:
            with self._open(path) as stream:
                self._budget = Budget(min(MAX_UNPACKED_BYTES, _most(_size(stream))))
                parts = self._parts(stream, name, depth=0)
        except TooMuchError as error:
            raise ArchiveError(f"{error}; it is not unpacked. Unpack what is wanted of it and land that.") from error
        if not parts:
            raise ArchiveError(f"{name}: is a zip file with nothing in it, or cut off. Fetch it again.")
        return parts

    def whole(self, path: Path, name: str) -> Part:
        """The file itself, packed or not."""
        with self._open(path) as stream:
            return self._take(stream, name, _unlimited())

    def _parts(self, stream: BinaryIO, name: str, depth: int) -> list[Part]:
        magic = stream.read(4)
        stream.seek(0)
        if magic.startswith(_GZIP_MAGIC):
            packed = self._gunzip(stream, name)
        elif magic in _ZIP_MAGIC and (members := _members(stream, name)) is not None:
            packed = self._unzip(stream, name, members)
        else:
            stream.seek(0)
            return [self._take(stream, name, self._budget if depth else _unlimited())]
        if depth >= MAX_DEPTH:
            raise ArchiveError(f"{name}: archives inside archives more than {MAX_DEPTH} deep; unpack it by hand.")
        return [inner for part in packed for inner in self._inside(part, depth)]

    def _inside(self, part: Part, depth: int) -> list[Part]:
        """What a member holds that is packed itself; else the member."""
        if part.fault or not part.path.exists() or not _is_packed(part.path):
            return [part]
        with part.path.open("rb") as stream:
            inner = self._parts(stream, part.name, depth + 1)
        part.path.unlink()
        return inner

    def _gunzip(self, packed: BinaryIO, name: str) -> list[Part]:
        inner = PurePosixPath(name.rpartition("!")[2]).name.removesuffix(".gz")
        what = f"{name}: is a gzip file that is cut off or damaged"
        with _damage_as(what, "Fetch it again."), gzip.open(packed) as stream:
            return [self._take(_Ratio(stream, _size(packed)), f"{name}!{inner}", self._budget)]

    def _unzip(self, packed: BinaryIO, name: str, members: list[zipfile.ZipInfo]) -> list[Part]:
        self._members += len(members)
        if self._members > MAX_MEMBERS:
            raise TooMuchError(f"holds more than {MAX_MEMBERS:,} files")
        parts = []
        with zipfile.ZipFile(packed) as archive:
            for member in members:
                if member.filename.endswith("/"):
                    continue
                called = f"{name}!{shown(member.filename)}"
                if member.flag_bits & _ENCRYPTED:
                    raise ArchiveError(f"{called}: is locked with a password. Unpack it and land what is in it.")
                if member.compress_type not in _METHODS:
                    raise ArchiveError(f"{called}: is packed in an uncommon way. Pack it as an ordinary zip file.")
                again = "Fetch the archive again."
                with _damage_as(f"{called}: cannot be unpacked", again), archive.open(member) as stream:
                    part = self._take(_Ratio(stream, member.compress_size), called, self._budget)
                parts.append(replace(part, fault=_fault(member)))
        return parts

    def _take(self, stream: Stream, name: str, budget: Budget) -> Part:
        part = take(stream, self._staging / str(next(self._numbers)), name, budget)
        if self._is_landed(part.sha256) and not part.fault:
            part.path.unlink()
        return part


class _Ratio:
    """A packed stream that stops when it yields far more than went into it."""

    def __init__(self, stream: Stream, packed: int) -> None:
        self._stream = stream
        self._left = _most(packed)

    def read(self, size: int, /) -> bytes:
        chunk = self._stream.read(size)
        self._left -= len(chunk)
        if self._left < 0:
            raise TooMuchError(f"unpacks to more than {MAX_RATIO} times its size")
        return chunk


def _members(packed: BinaryIO, name: str) -> list[zipfile.ZipInfo] | None:
    """What a zip file holds; None for one that is a document."""
    what = f"{name}: is a zip file that is cut off or damaged"
    with _damage_as(what, "Fetch it again."), zipfile.ZipFile(packed) as archive:
        members = archive.infolist()
    return None if is_document([member.filename for member in members]) else members


@contextmanager
def _damage_as(what: str, step: str) -> Iterator[None]:
    """Say what is wrong with packed bytes; what is wrong with the machine goes its way."""
    try:
        yield
    except _DAMAGE as error:
        raise ArchiveError(f"{what} ({error}). {step}") from error
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # EINVAL: a place before the beginning of the file
            raise
        raise ArchiveError(f"{what} ({error}). {step}") from error


def _size(stream: BinaryIO) -> int:
    return os.fstat(stream.fileno()).st_size


def _most(packed: int) -> int:
    """As much as so many packed bytes may unpack to."""
    return max(packed * MAX_RATIO, RATIO_FREE_BYTES)


def _unlimited() -> Budget:
    """For what is not packed: it cannot unpack to more than it is."""
    return Budget(sys.maxsize)


def _is_packed(path: Path) -> bool:
    with path.open("rb") as stream:
        magic = stream.read(4)
    return magic.startswith(_GZIP_MAGIC) or magic in _ZIP_MAGIC


def _fault(member: zipfile.ZipInfo) -> str:
    """Why a member may not be landed for its name or kind alone.

    No name is ever used as a path here; all the same, nobody who packs a data file writes such a name.
    """
    raw = member.orig_filename
    if not member.filename.isprintable():
        return "its name has a character that cannot be printed. Pack the file again under a plain name."
    if raw.startswith(("/", "\\")) or ".." in raw.replace("\\", "/").split("/") or raw[1:2] == ":":
        return f"its name {raw!r} points out of the archive, as no publisher's does. Ask where the archive comes from."
    if stat.S_ISLNK(member.external_attr >> 16):
        return "it is a link, not a file. Pack the file itself."
    return ""
