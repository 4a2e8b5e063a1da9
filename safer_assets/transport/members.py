"""Single members of a remote zip archive, without the rest of it.

What is here: an archive's directory, and members saved as files, all of one version of the archive. What is not: the
requests (ranges.py), and which members are wanted.
"""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from safer_assets.errors import FetchError
from safer_assets.transport.bodies import CHUNK
from safer_assets.transport.http import Http
from safer_assets.transport.parts import Part, disk_error
from safer_assets.transport.ranges import Changed, Ranges
from safer_assets.transport.setbacks import Setback, shown
from safer_assets.transport.validators import Validators

Answer = TypeVar("Answer")
DIRECTORY_LIMIT = 64 << 20
"""Bytes of an archive's directory at most; that of data.police.uk has about 0.5 million."""
BESIDE = 1 << 20
"""Bytes that may stand between a member's data and the next member: its header and its name."""
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError)
UNREADABLE = (NotImplementedError, RuntimeError, ValueError, IndexError)
"""What zipfile raises for encryption, unknown methods, and directories that contradict themselves."""


class RemoteArchive:
    """A zip archive that stays where it is; use it in a `with` block.

    Args:
        http: The client: its retries, limits of time and count of bytes hold here too.
        url: The archive's address.

    Attributes:
        validators: The version whose directory was read first, even where a later member came from a newer one with the
            same member in it: so whoever remembers it will look again.
    """

    def __init__(self, http: Http, url: str) -> None:
        self._http, self._url = http, url
        self._zip: zipfile.ZipFile | None = None
        self.validators = Validators()

    def __enter__(self) -> Self:
        """Read the directory.

        Raises:
            FetchError: It cannot be read, is no zip archive, or its server sends no parts.
        """
        self._anew_once(self._open)
        self.validators = self._ranges.version
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of what was read."""
        self._close()

    def members(self) -> list[zipfile.ZipInfo]:
        """The directory, in the archive's order."""
        return self._opened().infolist()

    def save(self, member: zipfile.ZipInfo, target: Path, limit: int) -> int:
        """Unpack one member into a file; its bytes.

        Args:
            member: One of `members()`.
            target: Where it is to stand; its folder is made.
            limit: Bytes at most, packed and unpacked.

        Raises:
            FetchError: It does not come whole, is damaged (CRC), too large, or the archive changed while it was read
                and has another such member now. Nothing new stands under the target's name.
        """
        if max(member.file_size, member.compress_size) > limit:
            raise FetchError(
                f"{self._name(member)}: has {member.file_size:,} bytes ({member.compress_size:,} packed), and "
                f"{limit:,} is the most that is read. Nothing of it was kept."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Part(target)

        def attempt() -> int:
            if self._zip is None:
                self._open()
            return self._http.retried(self._url, lambda: self._save(self._current(member), part))

        try:
            return self._anew_once(attempt)
        except OSError as error:
            raise disk_error(part.path, error) from error
        finally:
            part.drop()

    def _save(self, member: zipfile.ZipInfo, part: Part) -> int:
        self._ranges.most = member.compress_size + BESIDE
        problem = None
        try:
            with part.begin(Validators()) as out, self._opened().open(member) as packed:
                while chunk := packed.read(CHUNK):
                    out.write(chunk)
                size = out.tell()
        except DAMAGED:
            problem = Setback(f"{member.filename} is damaged (its CRC or its packing)", tries=2)
        except UNREADABLE as error:
            raise FetchError(f"{self._name(member)}: cannot be unpacked ({type(error).__name__}).") from error
        if problem is None and size != member.file_size:
            problem = Setback(f"{member.filename} has {size:,} bytes where the directory says {member.file_size:,}")
        if problem:
            raise problem
        part.finish()
        return size

    def _current(self, member: zipfile.ZipInfo) -> zipfile.ZipInfo:
        """The same member in the directory as it is now; Changed where the content is no longer the one asked for."""
        try:
            now = self._opened().getinfo(member.filename)
        except KeyError:
            raise Changed from None
        if (now.CRC, now.file_size) != (member.CRC, member.file_size):
            raise Changed
        return now

    def _open(self) -> None:
        from remotezip import RemoteZip  # type: ignore[import-untyped]  # it ships no types

        self._ranges = Ranges(self._http, self._url, DIRECTORY_LIMIT)
        ranges = self._ranges
        problem = None
        try:
            self._zip = RemoteZip(self._url, fetcher=lambda *_args, **_kwargs: _Fetcher(ranges))
        except DAMAGED:
            problem = f"{shown(self._url)}: is no zip archive, or its directory is damaged. Nothing was fetched."
        except UNREADABLE as error:
            problem = f"{shown(self._url)}: its directory cannot be read ({type(error).__name__}). Nothing was fetched."
        if problem:
            raise FetchError(problem)

    def _anew_once(self, work: Callable[[], Answer]) -> Answer:
        """The work's answer; where the archive changes during it, it is opened and worked on once more."""
        for _ in range(2):
            try:
                return work()
            except Changed:
                self._close()
        raise FetchError(
            f"{shown(self._url)}: changed while being read. What is whole stays; refresh again in some minutes, when "
            "its publisher has finished."
        )

    def _opened(self) -> zipfile.ZipFile:
        if self._zip is None:
            raise FetchError(
                f"{shown(self._url)}: is not open any more, as it changed while being read. Refresh again."
            )
        return self._zip

    def _close(self) -> None:
        if self._zip is not None:
            self._zip.close()
        self._zip = None

    def _name(self, member: zipfile.ZipInfo) -> str:
        return f"{shown(self._url)}, {member.filename}"


class _Fetcher:
    """What remotezip asks for bytes, in place of its own that knows no retries and no versions."""

    def __init__(self, ranges: Ranges) -> None:
        self._ranges = ranges

    def fetch(self, data_range: tuple[int, int | None], stream: bool = False) -> object:
        """The bytes of a range, as remotezip wants them."""
        from remotezip import PartialBuffer

        body, start, size = self._ranges.read(*data_range)
        return PartialBuffer(body, start, size, stream)
