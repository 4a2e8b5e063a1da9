"""One download, from the first byte to the whole file under its own name.

What is here: one try of it: going on where the last one stopped, and every check of what came. What is not: the file on
disk (parts.py) and trying again (retries.py).
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import requests

from safer_assets.errors import FetchError
from safer_assets.transport.bodies import refuse_page, too_large, unpacked
from safer_assets.transport.parts import Part, disk_error
from safer_assets.transport.setbacks import Setback, shown
from safer_assets.transport.validators import Validators, first_byte, whole_size

SNIFFED = 512
"""Bytes in which a web page would show itself; they may come one by one."""
Progress = Callable[[int, int | None], None]
"""Takes bytes done, and bytes in all where they are known."""


@dataclass(frozen=True)
class Downloaded:
    """A file that came whole.

    Attributes:
        url: Where it was found after all redirects.
        bytes: Its size.
        sha256: Of its bytes on disk.
        validators: What the server said of its version.
        resumed: How often the download went on in the middle.
    """

    url: str
    bytes: int
    sha256: str
    validators: Validators
    resumed: int


@dataclass(frozen=True)
class Wanted:
    """What is known of a file before it comes; see Http.download."""

    known: Validators | None
    size: int | None
    md5: str | None
    sha256: str | None
    limit: int


class Sender(Protocol):
    """What a transfer needs of the client."""

    def open(self, url: str, headers: Mapping[str, str], also: Collection[int]) -> requests.Response:
        """One try of a GET; `also`: statuses that are answers here."""
        ...

    def chunks(self, reply: requests.Response) -> Iterator[bytes]:
        """The body as it comes."""
        ...


class Transfer:
    """A download that may take several tries; `attempt` is one."""

    def __init__(self, sender: Sender, url: str, target: Path, wanted: Wanted, progress: Progress | None) -> None:
        self._sender, self._url, self._target, self._wanted = sender, url, target, wanted
        self._progress = progress or (lambda _done, _whole: None)
        self._part = Part(target)
        self._resumed = 0
        self._plain = False  # without Range, for a server that cannot answer one

    def attempt(self) -> Downloaded | None:
        """The file, or None where it is the version that is known.

        Raises:
            Setback: It did not come whole; what can be gone on with is kept.
            FetchError: It cannot come, or is not what was wanted.
        """
        try:
            return self._attempt()
        except OSError as error:
            self._part.drop()
            raise disk_error(self._part.path, error) from error

    def give_up(self) -> None:
        """After the last try: only what a later refresh can go on with stays."""
        self._part.keep_if_resumable()

    def _attempt(self) -> Downloaded | None:
        have, version = self._part.so_far()
        with closing(self._sender.open(self._url, self._headers(have, version), (304, 416))) as reply:
            if reply.status_code == 304 and self._wanted.known is not None:
                self._part.drop()
                return None
            if reply.status_code == 416:
                return self._out_of_range(reply, have, version)
            if reply.status_code not in (200, 206):
                raise FetchError(f"{shown(reply.url)}: answered {reply.status_code}, which is no file.")
            validators = Validators.of(reply.headers)
            if self._wanted.known is not None and self._wanted.known.same(validators):
                self._part.drop()
                return None  # the server knows no conditions, but says that it is the same version
            start = self._start(reply, have, version, validators)
            self._check_sizes(reply, start, validators)
            with self._part.go_on() if start else self._part.begin(self._resumable(reply, validators)) as out:
                self._resumed += start > 0
                try:
                    done = self._write(reply, out, start, validators.size)
                except FetchError:  # what came is not the file, or more than was allowed: no use going on with it
                    self._part.drop()
                    raise
        if validators.size >= 0 and done != validators.size:
            raise Setback(f"it was cut off after {done:,} of {validators.size:,} bytes")
        return self._finish(reply.url, validators)

    def _headers(self, have: int, version: Validators) -> dict[str, str]:
        # Identity: ranges, sizes and checksums are those of the file itself.
        headers = {"Accept-Encoding": "identity"}
        if have:
            return headers | {"Range": f"bytes={have}-", "If-Range": version.for_ranges}
        # A range that is the whole file makes the server say its size twice: Content-Length that is too short shows.
        headers |= {} if self._plain else {"Range": "bytes=0-"}
        return headers | (self._wanted.known.conditions() if self._wanted.known else {})

    def _start(self, reply: requests.Response, have: int, version: Validators, now: Validators) -> int:
        """The byte that the answer begins with: where we stopped, or 0 where all of it comes anew."""
        if reply.status_code == 200:
            return 0
        start = first_byte(reply.headers.get("Content-Range", ""))
        if start == have and (have == 0 or version.same(now)):
            return start
        self._part.drop()
        self._plain = have == 0
        raise Setback(
            "it changed while it was downloaded" if have else "it sent another part than was asked for", wait=0
        )

    def _out_of_range(self, reply: requests.Response, have: int, version: Validators) -> Downloaded | None:
        """There is nothing after the bytes we have: they are the whole, or of a version that is gone."""
        if have and have == version.size == whole_size(reply.headers.get("Content-Range", "")):
            return self._finish(reply.url, version)
        self._part.drop()
        if not have and self._plain:
            raise FetchError(f"{shown(reply.url)}: answered 416 to a request without a range. Refresh again later.")
        self._plain = not have
        raise Setback("it has no such range", wait=0)

    def _resumable(self, reply: requests.Response, validators: Validators) -> Validators:
        """The version to note; none for a packed body, whose bytes are not the file's."""
        packed = reply.headers.get("Content-Encoding", "identity").lower() != "identity"
        return Validators() if packed else validators

    def _check_sizes(self, reply: requests.Response, start: int, validators: Validators) -> None:
        whole, wanted = validators.size, self._wanted
        length = reply.headers.get("Content-Length", "")
        if reply.status_code == 206 and whole >= 0 and length.isdecimal() and int(length) != whole - start:
            raise Setback(f"it announces {int(length):,} bytes where {whole - start:,} are left of its {whole:,}")
        if whole > wanted.limit:
            self._part.drop()
            raise too_large(reply.url, wanted.limit)
        if wanted.size is not None and whole >= 0 and whole != wanted.size:
            self._part.drop()
            raise Setback(f"has {whole:,} bytes where its publisher lists {wanted.size:,}", tries=2)

    def _write(self, reply: requests.Response, out: BinaryIO, start: int, whole: int) -> int:
        """Write the body; the size of the file then."""
        done, known = start, whole if whole >= 0 else self._wanted.size
        beginning = b""
        self._progress(done, known)
        for chunk in unpacked(self._sender.chunks(reply), reply):
            if done < SNIFFED:  # a resumed file was looked at before
                beginning += chunk
                refuse_page(reply, beginning)
            done += len(chunk)
            if done > self._wanted.limit:
                raise too_large(reply.url, self._wanted.limit)
            out.write(chunk)
            self._progress(done, known)
        return done

    def _finish(self, url: str, validators: Validators) -> Downloaded:
        """Check what is on disk, and give it its name."""
        size = self._part.path.stat().st_size
        if self._wanted.size not in (None, size):
            self._part.drop()
            raise Setback(f"{size:,} bytes came where its publisher lists {self._wanted.size:,}", tries=2)
        for name, expected in (("md5", self._wanted.md5), ("sha256", self._wanted.sha256)):
            if expected and self._digest(name) != expected.strip().lower():
                self._part.drop()
                raise Setback(f"its {name} is not the one that its publisher lists", tries=2)
        sha256 = self._digest("sha256")
        self._part.finish()
        return Downloaded(url, size, sha256, validators, self._resumed)

    def _digest(self, name: str) -> str:
        with self._part.path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.new(name, usedforsecurity=False)).hexdigest()
