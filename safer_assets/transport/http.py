"""The HTTP client of all publishers: it comes back with what was asked for, or with one FetchError that says why not.

What is here: the requests that publishers make. What is not: one request on the wire (session.py), retries
(retries.py), downloads (transfer.py), and single members of a remote archive (members.py).
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import requests

from safer_assets.errors import FetchError
from safer_assets.transport.bodies import chunks, counted, refuse_page, unpacked
from safer_assets.transport.retries import Retries, retry_after
from safer_assets.transport.session import Wire
from safer_assets.transport.setbacks import Setback, StatusError, shown, status_advice, status_words
from safer_assets.transport.transfer import Downloaded, Progress, Transfer, Wanted
from safer_assets.transport.validators import Validators

__all__ = ["Downloaded", "Http", "StatusError", "Validators"]

Answer = TypeVar("Answer")
WORTH_RETRYING = frozenset({429, 500, 502, 503, 504})
PACKED = {"Accept-Encoding": "gzip"}


class Http:
    """One client for one refresh: hosts that cannot be reached, and the time spent waiting, are remembered.

    Args:
        connect_timeout: Seconds for finding a host, and for connecting to it.
        read_timeout: Seconds that a server may send nothing.
        attempts: Tries of one request at most.
        longest_wait: Seconds of one wait between tries at most, whatever the server asks for.
        patience: Seconds of such waits in all; None for six of the longest.
        slow_after: Seconds over which a body's speed is judged.

    Attributes:
        session: The session under it, which follows no redirects by itself.
        bytes_received: Bytes of bodies as they came over the wire.
    """

    def __init__(
        self,
        *,
        connect_timeout: float = 10.0,
        read_timeout: float = 30.0,
        attempts: int = 5,
        longest_wait: float = 20.0,
        patience: float | None = None,
        slow_after: float = 60.0,
    ) -> None:
        self._wire = Wire(connect_timeout, read_timeout)
        self._retries = Retries(attempts, longest_wait, 6 * longest_wait if patience is None else patience)
        self._read_timeout, self._slow_after = read_timeout, slow_after
        self.session = self._wire.session
        self.bytes_received = 0

    @property
    def requests_made(self) -> int:
        """Requests sent so far, redirects and retries counted."""
        return self._wire.requests_made

    def head(self, url: str) -> tuple[str, Validators]:
        """Where a file is found after all redirects, and its version; nothing of it is read.

        Raises:
            FetchError: It is not there, or its server cannot be read.
        """

        def attempt() -> tuple[str, Validators]:
            headers = {"Accept-Encoding": "identity"}
            with closing(self._send("HEAD", url, headers, also=(403, 405, 501))) as reply:
                if reply.ok:
                    return reply.url, Validators.of(reply.headers)
            # Servers that know no HEAD, and addresses signed for GET alone: the first byte tells the same.
            with closing(self._send("GET", url, headers | {"Range": "bytes=0-0"})) as reply:
                return reply.url, Validators.of(reply.headers)

        return self._retries.run(url, attempt)

    def get_json(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        limit: int = 16 << 20,
        final: Collection[int] = (),
    ) -> object:
        """A JSON document.

        Args:
            url: Its address.
            params: Added to the address as its query.
            limit: Bytes of the document, unpacked, at most.
            final: Statuses that mean something at this address, so that they are not tried again (StatusError).

        Raises:
            FetchError: It cannot be had, is no JSON, or is too large.
        """
        asked = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url
        return self._retries.run(url, lambda: self._json("GET", asked, limit, final))

    def post_json(
        self, url: str, data: Mapping[str, str], *, limit: int = 64 << 20, final: Collection[int] = ()
    ) -> object:
        """The JSON document that answers a posted form; the arguments are those of get_json."""
        return self._retries.run(url, lambda: self._json("POST", url, limit, final, data))

    def get_text(self, url: str, *, limit: int = 4 << 20) -> str:
        """A page or another text, decoded as its server says, as UTF-8 where it does not.

        Raises:
            FetchError: It cannot be had, or is larger than `limit` bytes, unpacked.
        """

        def attempt() -> str:
            with closing(self._send("GET", url, PACKED)) as reply:
                body = self._body(reply, limit)
                encoding = reply.encoding if "charset" in reply.headers.get("Content-Type", "").lower() else None
            try:
                return body.decode(encoding or "utf-8-sig", "replace")
            except LookupError:  # a charset that nobody knows
                return body.decode("utf-8-sig", "replace")

        return self._retries.run(url, attempt)

    def download(
        self,
        url: str,
        target: Path,
        *,
        known: Validators | None = None,
        size: int | None = None,
        md5: str | None = None,
        sha256: str | None = None,
        limit: int = 4 << 30,
        progress: Progress | None = None,
    ) -> Downloaded | None:
        """A file, written beside its target as `.part` and renamed when it is whole; a later call goes on with a part.

        Args:
            url: Its address.
            target: Where it is to stand; its folder is made.
            known: The version that is here already; None comes back where it is still that one.
            size: Bytes that its publisher lists; other sizes are refused.
            md5: Likewise, in hex.
            sha256: Likewise.
            limit: Bytes at most.
            progress: Told of bytes done, and bytes in all where they are known.

        Raises:
            FetchError: It cannot be had whole, is a web page, or is not what its publisher lists. Nothing new stands
                under the target's name.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        transfer = Transfer(self, url, target, Wanted(known, size, md5, sha256, limit), progress)
        try:
            return self._retries.run(url, transfer.attempt)
        except FetchError:
            transfer.give_up()
            raise

    def retried(self, url: str, attempt: Callable[[], Answer]) -> Answer:
        """What an attempt that uses `open` and `chunks` brings, tried again as all requests are."""
        return self._retries.run(url, attempt)

    def open(self, url: str, headers: Mapping[str, str], also: Collection[int] = ()) -> requests.Response:
        """One try of a GET, its body unread; the caller closes the answer.

        Args:
            url: Its address.
            headers: Sent besides our own.
            also: Statuses that are answers here beside 2xx.

        Raises:
            Setback: It failed and may be tried again.
            FetchError: It failed and may not.
        """
        return self._send("GET", url, headers, also=also)

    def chunks(self, reply: requests.Response) -> Iterator[bytes]:
        """An answer's body as it comes, each byte counted.

        Raises:
            Setback: It broke, was cut, or came too slowly.
        """
        return chunks(reply, read_timeout=self._read_timeout, slow_after=self._slow_after, tally=self._tally)

    def _tally(self, count: int) -> None:
        self.bytes_received += count

    def _json(
        self, method: str, url: str, limit: int, final: Collection[int], data: Mapping[str, str] | None = None
    ) -> object:
        with closing(self._send(method, url, PACKED, final=final, data=data)) as reply:
            body = self._body(reply, limit)
            refuse_page(reply, body[:1000])
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise Setback(f"{len(body):,} bytes came that are no JSON", tries=2) from None

    def _body(self, reply: requests.Response, limit: int) -> bytes:
        return b"".join(counted(unpacked(self.chunks(reply), reply), reply, limit))

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        also: Collection[int] = (),
        final: Collection[int] = (),
        data: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One try; `also` are statuses to hand over, `final` those not to try again."""
        reply = self._wire.send(method, url, headers, data)
        status = reply.status_code
        if 200 <= status < 300 or status in also:
            return reply
        with closing(reply):
            empty = method != "HEAD" and self._is_empty(reply)
        what = f"answered {status_words(status)}" + (" with an empty body" if empty else "")
        if status in WORTH_RETRYING and status not in final:
            wait = retry_after(reply.headers.get("Retry-After"))
            raise Setback(what, wait=wait, status=status, empty=empty)
        raise StatusError(f"{shown(reply.url)}: {what}. {status_advice(status)}", status, empty=empty)

    def _is_empty(self, reply: requests.Response) -> bool:
        """Whether no byte of a body comes; one that breaks counts as none."""
        try:
            return not next(self.chunks(reply), b"")
        except Setback:
            return True
