"""One request of the test's server: ranges, conditions, and faults acted out on the socket.

What is here: HTTP as a publisher's server speaks it, and as it fails to. What is not: what is served (server.py).
"""

import re
import socket
import ssl
import struct
import threading
import traceback
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import unquote, urlsplit

from transport.exchange import File, Headers, Request, Response, Seen, last_values
from transport.faults import Fault

PIECE = 1 << 16


class Owner(Protocol):
    """The server that a request came to."""

    requests: list[Seen]
    problems: list[str]
    ended: threading.Event

    def find(self, request: Request, target: str) -> Response | File: ...  # noqa: D102 # see server.py

    def next_fault(self, path: str) -> Fault: ...  # noqa: D102 # see server.py

    def served(self, path: str) -> None: ...  # noqa: D102 # see server.py


class Threads(ThreadingHTTPServer):
    """A thread a connection; a client that goes away is no failure of the server."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: what went wrong in an answer is kept in `problems`."""


def handler_of(owner: Owner) -> type[BaseHTTPRequestHandler]:
    """The handler of one server's requests."""

    class Handler(_Handler):
        server_owner = owner

    return Handler


class _Stop(Exception):  # noqa: N818 # no error: the fault says that the connection ends here
    """The connection is not to be used any more."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_owner: Owner

    def log_message(self, format: str, *args: object) -> None:
        """Tests read `server.requests` instead."""

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        request = Request(self.command, path, last_values(parts.query), dict(self.headers.items()), body)
        seen = Seen(self.command, self.path, request.headers, body)
        self.server_owner.requests.append(seen)
        fault = self.server_owner.next_fault(path)
        try:
            self._disturb(-1, fault)
            self._answer(self.server_owner.find(request, self.path), fault, seen)
        except (_Stop, ConnectionError, ssl.SSLError):
            self.close_connection = True
        except Exception:  # whatever a test's answer raises is shown by that test
            self.close_connection = True
            self.server_owner.problems.append(traceback.format_exc())
        finally:
            self.server_owner.served(path)

    def _answer(self, found: Response | File, fault: Fault, seen: Seen) -> None:
        if isinstance(found, Response):
            headers = {"Content-Type": found.content_type} | found.headers
            status, content = found.status, File(found.body, headers, honour_range=False)
        else:
            status, content = 200, found
        if fault.body is not None:
            content = replace(content, body=fault.body, honour_range=False)
        start, end = 0, content.size()
        headers = dict(content.headers)
        if fault.status:
            status = fault.status
        elif status == 200 and not fault.ignore_conditions and self._unchanged(headers):
            status, start, end = 304, 0, 0
        elif content.honour_range and not fault.ignore_range and status == 200:
            status, start, end, extra = self._range(end, headers)
            headers |= extra
        headers |= fault.headers
        seen.status = status
        self._send_headers(status, {name: value for name, value in headers.items() if value}, end - start, fault)
        if self.command != "HEAD" and status != 304:
            self._send_body(content, start, end, fault, seen)

    def _unchanged(self, headers: Headers) -> bool:
        """What If-None-Match and If-Modified-Since say."""
        if asked := self.headers.get("If-None-Match"):
            return asked.removeprefix("W/") == headers.get("ETag", "").removeprefix("W/")
        return "Last-Modified" in headers and self.headers.get("If-Modified-Since") == headers["Last-Modified"]

    def _range(self, size: int, headers: Headers) -> tuple[int, int, int, Headers]:
        """Status, first byte, byte after the last, and headers of what Range and If-Range ask for."""
        whole = 200, 0, size, {"Accept-Ranges": "bytes"}
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        condition = self.headers.get("If-Range")
        if not asked or not any(asked.groups()):
            return whole
        if condition and condition not in (headers.get("ETag"), headers.get("Last-Modified")):
            return whole
        first, last = asked.groups()
        start = int(first) if first else max(0, size - int(last))
        end = min(size, int(last) + 1) if first and last else size
        if start >= end:
            return 416, 0, 0, {"Content-Range": f"bytes */{size}"}
        return 206, start, end, {"Content-Range": f"bytes {start}-{end - 1}/{size}", "Accept-Ranges": "bytes"}

    def _send_headers(self, status: int, headers: Headers, length: int, fault: Fault) -> None:
        self.send_response(status, HTTPStatus(status).phrase)
        for name, value in headers.items():
            self.send_header(name, value)
        if fault.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif status != 304:
            self.send_header("Content-Length", str(length + fault.length_off))
        self.end_headers()

    def _send_body(self, content: File, start: int, end: int, fault: Fault, seen: Seen) -> None:
        for piece in self._pieces(content, start, end, fault):
            self._disturb(seen.bytes_sent, fault)
            seen.bytes_sent += len(piece)  # before it goes out: a test may ask as soon as it has come
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if fault.chunked else piece)
        self._disturb(seen.bytes_sent, fault)
        if fault.chunked:
            self.wfile.write(b"0\r\n\r\n")
        if fault.length_off:
            raise _Stop

    def _pieces(self, content: File, start: int, end: int, fault: Fault) -> Iterator[bytes]:
        """The body, divided so that a fault can strike at its byte."""
        ends = [after for after in (fault.cut_after, fault.reset_after, fault.hang_after) if after is not None]
        at = start
        while at < end:
            until = min(end, at + (fault.drip_bytes if fault.drip else PIECE))
            until = min([until, *(start + stop for stop in ends if at < start + stop)])
            piece = content.read(at, until)
            if fault.alter and until == end:
                piece = piece[:-1] + bytes([piece[-1] ^ 1])
            if fault.drip and self.server_owner.ended.wait(fault.drip):
                raise _Stop
            yield piece
            at = until

    def _disturb(self, sent: int, fault: Fault) -> None:
        """End or hold the connection where the fault says so; `sent` is -1 before the headers."""
        if fault.cut_after == sent:
            raise _Stop
        if fault.reset_after == sent:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            socket.socket(fileno=self.connection.detach()).close()
            raise _Stop
        if fault.hang_after == sent:
            self.server_owner.ended.wait()
            raise _Stop
