"""Bytes coming in: copied to staging while they are hashed and watched for what is not UTF-8, in one pass.

What is here: `take`. What is not: archives (archives.py) and judgement (land.py).
"""

import codecs
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from safer_assets.feeds import BadByte

CHUNK_BYTES: Final = 1 << 20


class Stream(Protocol):
    """What can be read from: an open file, or a member of an archive."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One staged file: a source file, or a member of an archive.

    Attributes:
        name: How messages call it.
        path: Its staged copy, which is gone where these bytes are landed already.
        bad_byte: Its first byte that is not UTF-8.
        fault: Why it must not be landed whatever it holds; empty for most.
    """

    name: str
    path: Path
    sha256: str
    size: int
    bad_byte: BadByte | None
    fault: str = ""


class Budget:
    """How many bytes may still come out of one source file; a packed file can unpack to more than any disk holds."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.left = limit

    def spend(self, size: int) -> None:
        """Take from what is left.

        Raises:
            TooMuchError: Nothing is left.
        """
        self.left -= size
        if self.left < 0:
            raise TooMuchError(f"unpacks to more than {self.limit:,} bytes")


class TooMuchError(Exception):
    """A packed file unpacks to more than is allowed."""


def take(stream: Stream, target: Path, name: str, budget: Budget) -> Part:
    """Copy a stream to a new file.

    Raises:
        TooMuchError: It is longer than the budget.
    """
    digest, watch, size = hashlib.sha256(), Utf8Watch(), 0
    with target.open("xb") as out:
        while chunk := stream.read(CHUNK_BYTES):
            budget.spend(len(chunk))
            digest.update(chunk)
            watch.see(chunk)
            out.write(chunk)
            size += len(chunk)
        out.flush()
        os.fsync(out.fileno())  # so that the rename that lands it cannot come before its bytes
    return Part(name, target, digest.hexdigest(), size, watch.end())


class Utf8Watch:
    """Finds the first byte that is not UTF-8 in bytes that come in pieces."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._offset = 0  # bytes before the piece
        self._lines = 0  # line ends before the piece
        self._found: BadByte | None = None

    def see(self, chunk: bytes, *, last: bool = False) -> None:
        """Look at the next piece."""
        if self._found:
            return
        carried = self._decoder.getstate()[0]  # the beginning of a character that the piece before ended in
        if carried or last or not chunk.isascii():
            try:
                self._decoder.decode(chunk, last)
            except UnicodeDecodeError as error:
                whole = carried + chunk
                self._found = BadByte(
                    offset=self._offset - len(carried) + error.start,
                    line=self._lines + whole[: error.start].count(b"\n") + 1,
                    value=whole[error.start],
                )
                return
        self._offset += len(chunk)
        self._lines += chunk.count(b"\n")

    def end(self) -> BadByte | None:
        """What was found, a character cut off by the end included."""
        self.see(b"", last=True)
        return self._found
