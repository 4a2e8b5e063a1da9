"""Parts of one version of a remote file, by HTTP Range.

What is here: one range, checked to be of the version that was read first. What is not: what the bytes mean
(members.py).
"""

import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, cast

import requests

from safer_assets.errors import FetchError
from safer_assets.transport.bodies import refuse_page
from safer_assets.transport.http import Http
from safer_assets.transport.parts import disk_error
from safer_assets.transport.setbacks import Setback, shown
from safer_assets.transport.validators import Validators, first_byte, whole_size

IN_MEMORY = 4 << 20


class Changed(Exception):  # noqa: N818 # whoever reads decides whether to begin anew
    """The file is another version than the one whose parts were read before."""


class Ranges:
    """Reads parts of one version of a file.

    Args:
        http: The client.
        url: The file's address; after the first answer the place that it was redirected to.

    Attributes:
        version: Of the file; unknown until the first part was read.
        most: Bytes of one part at most.
    """

    def __init__(self, http: Http, url: str, most: int) -> None:
        self._http, self._url, self.most = http, url, most
        self.version = Validators()

    def read(self, first: int, last: int | None) -> tuple[BinaryIO, int, int]:
        """A part: its bytes, where it starts, and its size.

        Args:
            first: First byte; below 0, so many bytes from the end.
            last: Last byte; None for all that follow.

        Raises:
            Changed: The file is another version by now.
            FetchError: The server sends no parts, or they do not come whole.
        """
        span = f"bytes={first}" if first < 0 else f"bytes={first}-{'' if last is None else last}"
        return self._http.retried(self._url, lambda: self._read(span, first, last))

    def _read(self, span: str, first: int, last: int | None) -> tuple[BinaryIO, int, int]:
        headers = {"Accept-Encoding": "identity", "Range": span}
        with closing(self._http.open(self._url, headers, (416,))) as reply:
            start, size = self._check(reply, first, last)
            return _stored(self._http.chunks(reply), size), start, size

    def _check(self, reply: requests.Response, first: int, last: int | None) -> tuple[int, int]:
        """Where the part starts and its size, where it is one of the right version."""
        if reply.status_code == 416:
            raise Changed
        if reply.status_code != 206:
            refuse_page(reply, b"")
            raise Setback(
                "the server sends the whole file where a part was asked for, so nothing of it was read",
                "Refresh again later. If it stays so, a proxy on the way may remove Range requests: ask for an "
                "exception, or download the file by hand and give its folder with SOURCE=.",
                tries=2,
            )
        version, stated = Validators.of(reply.headers), reply.headers.get("Content-Range", "")
        start, whole = first_byte(stated), whole_size(stated)
        if reply.headers.get("Content-Encoding", "identity").lower() != "identity" or min(start, whole) < 0:
            raise FetchError(f"{shown(reply.url)}: answered a request for a part with headers that cannot be used.")
        self._note(version, reply.url)
        until = whole if first < 0 or last is None else min(last + 1, whole)
        if start != (max(0, whole + first) if first < 0 else first):
            raise Setback("it sent another part than was asked for")
        if until - start > self.most:
            raise FetchError(
                f"{shown(reply.url)}: a part of {until - start:,} bytes would have to be read, and {self.most:,} is "
                "the most. Nothing of it was kept."
            )
        return start, until - start

    def _note(self, version: Validators, url: str) -> None:
        """Remember the version that is read, and where it is; Changed where this is another."""
        if self.version == Validators():
            self.version, self._url = version, url
        same_size = version.size == self.version.size
        if not same_size or not (self.version.same(version) or not (self.version.etag or self.version.last_modified)):
            raise Changed


def _stored(chunks: Iterable[bytes], size: int) -> BinaryIO:
    """The bytes as a file that is gone when it is closed; Setback where they are not as many as announced."""
    body = cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 # whoever reads it closes it
    try:
        for chunk in chunks:
            body.write(chunk)
            if body.tell() > size:
                break
    except OSError as error:
        raise disk_error(Path(tempfile.gettempdir()), error) from error
    if (came := body.tell()) != size:
        body.close()
        raise Setback(f"{came:,} bytes came of a part of {size:,}")
    body.seek(0)
    return body
