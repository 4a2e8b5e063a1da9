"""Reading the body of an answer, never more of it than was allowed, and never for ever.

What is here: chunks as they come, their unpacking, the slowest speed that is borne, and pages in place of data. What is
not: where the bytes go (transfer.py).
"""

import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator

import requests
import urllib3.exceptions as below

from safer_assets.errors import FetchError
from safer_assets.transport.setbacks import Setback, of_reading, shown

CHUNK = 1 << 16
SLOWEST = 1000
"""Bytes a second below which a transfer counts as stuck; a server that drips resets every read timeout."""


class Pace:
    """Watches that bytes keep coming.

    Args:
        seconds: The time over which the speed is judged.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds, self._bytes, self._since = seconds, 0, time.monotonic()

    def note(self, count: int) -> None:
        """Take the bytes that came; Setback where too few came in the time."""
        self._bytes += count
        passed = time.monotonic() - self._since
        if passed < self._seconds:
            return
        if self._bytes < SLOWEST * passed:
            raise Setback(f"only {self._bytes:,} bytes came in {passed:.0f} s", tries=2)
        self._bytes, self._since = 0, time.monotonic()


def chunks(
    reply: requests.Response, *, read_timeout: float, slow_after: float, tally: Callable[[int], None]
) -> Iterator[bytes]:
    """The body as it is on the wire, some bytes at a time.

    Raises:
        Setback: It broke, was cut, or came too slowly.
    """
    pace = Pace(slow_after)
    while True:
        setback = None
        chunk = b""
        try:
            chunk = reply.raw.read1(CHUNK, decode_content=False)  # what is there, without waiting for a whole chunk
        except (below.HTTPError, OSError) as error:
            setback = of_reading(error, read_timeout)
        if setback:
            raise setback
        if not chunk:
            return
        tally(len(chunk))
        pace.note(len(chunk))
        yield chunk


def unpacked(packed: Iterable[bytes], reply: requests.Response) -> Iterator[bytes]:
    """The body without its Content-Encoding, never more than a chunk at a time: a bomb is stopped by whoever counts.

    Raises:
        FetchError: It is packed in a way that was not asked for.
        Setback: What came cannot be unpacked.
    """
    encoding = reply.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        yield from packed
        return
    if encoding not in ("gzip", "x-gzip"):
        raise FetchError(f"{shown(reply.url)}: came with Content-Encoding {encoding[:40]!r}, which was not asked for.")
    unpacker, ended = zlib.decompressobj(wbits=31), False
    try:
        for chunk in packed:
            rest = chunk
            while rest:
                if ended:  # a gzip stream may have several members
                    unpacker = zlib.decompressobj(wbits=31)
                yield unpacker.decompress(rest, CHUNK)
                ended = unpacker.eof
                rest = unpacker.unused_data if ended else unpacker.unconsumed_tail
    except zlib.error:
        raise Setback("its gzip encoding is damaged", tries=2) from None
    if not ended:
        raise Setback("its gzip encoding ends in the middle")


def counted(parts: Iterable[bytes], reply: requests.Response, limit: int) -> Iterator[bytes]:
    """The same bytes, up to a limit.

    Raises:
        FetchError: There are more.
    """
    seen = 0
    for part in parts:
        seen += len(part)
        if seen > limit:
            raise too_large(reply.url, limit)
        yield part


def too_large(url: str, limit: int) -> FetchError:
    """The error for a body above its limit."""
    return FetchError(
        f"{shown(url)}: is larger than {limit:,} bytes, the most that is read of it. Nothing of it was kept; "
        "open the address in a browser to see what the publisher has put there."
    )


def refuse_page(reply: requests.Response, beginning: bytes) -> None:
    """FetchError where a web page stands in the place of data: a login, a filter, or a notice of maintenance."""
    kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    page = re.match(
        rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", beginning, re.I | re.S
    )
    if page or kind in ("text/html", "application/xhtml+xml"):
        raise FetchError(
            f"{shown(reply.url)}: is a web page (HTML) where data was expected. Open it in a browser: it may be a "
            "login, a filter of this network or a notice of maintenance. Then refresh again."
        )
