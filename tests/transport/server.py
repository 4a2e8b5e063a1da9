"""A real HTTP server on this machine that plays publishers and can be told to misbehave.

What is here: files with ETag, Range and conditions; answers of an API; a record of all requests; faults acted out. What
is not: the faults themselves (faults.py) and any publisher's content.

    with Server() as server:
        server.put("/data.csv", b"...")
        server.misbehave("/data.csv", cut(100), times=1)
        server.answer("/api/", lambda request: Response.json({...}))
"""

import hashlib
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from transport.exchange import File, Request, Response, Seen
from transport.faults import Fault
from transport.handler import Threads, handler_of

__all__ = ["Fault", "Request", "Response", "Seen", "Server"]


class Server:
    """A server on a free port of 127.0.0.1, for as long as the `with` block lasts.

    Args:
        certificate: A file with certificate and key: the server then speaks https.

    Attributes:
        url: Its address, without a slash at the end.
        requests: All requests so far, in the order in which they came.
    """

    def __init__(self, certificate: Path | None = None) -> None:
        self.requests: list[Seen] = []
        self.problems: list[str] = []
        self.ended = threading.Event()
        self._lock = threading.RLock()
        self._files: dict[str, File] = {}
        self._answers: dict[str, Callable[[Request], Response]] = {}
        self._faults: dict[str, list[tuple[Fault, int | None]]] = {}
        self._after: dict[str, list[Callable[[], object]]] = {}
        self._http = Threads(("127.0.0.1", 0), handler_of(self))
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ended.set()
        self._http.shutdown()
        self._http.server_close()
        if kind is None:
            assert not self.problems, "an answer of the test's server failed:\n" + "\n".join(self.problems)

    def put(
        self,
        path: str,
        body: bytes | Path,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        content_type: str = "application/octet-stream",
        honour_range: bool = True,
    ) -> str:
        """Serve a file; its address.

        Args:
            path: Begins with a slash; with a query only requests with just that query get it.
            body: Its content, or the file that has it.
            etag: Without quotes; None makes one from the content, "" sends none.
            last_modified: As it is sent; None sends none.
            content_type: As it is sent.
            honour_range: Whether ranges are answered with 206.
        """
        if etag is None:
            content = body if isinstance(body, bytes) else f"{body}:{body.stat()}".encode()
            etag = hashlib.sha256(content).hexdigest()[:16]
        headers = {"Content-Type": content_type}
        headers |= {"ETag": etag if etag.startswith(("W/", '"')) else f'"{etag}"'} if etag else {}
        headers |= {"Last-Modified": last_modified} if last_modified else {}
        with self._lock:
            self._files[path] = File(body, headers, honour_range)
        return self.url + path

    def remove(self, path: str) -> None:
        """Answer 404 from now on."""
        with self._lock:
            del self._files[path]

    def answer(self, prefix: str, answer: Callable[[Request], Response]) -> str:
        """Let a function answer all paths that begin so, GET and POST; the longest prefix wins, files win over it."""
        with self._lock:
            self._answers[prefix] = answer
        return self.url + prefix

    def move(self, old: str, new: str, status: int = 301) -> None:
        """Redirect an address to another for good."""
        headers = {"Location": new}
        with self._lock:
            self._files.pop(old, None)
        self.answer(old, lambda _request: Response(b"", status, "text/plain", headers))

    def misbehave(self, path: str, fault: Fault, times: int | None = None) -> None:
        """Act a fault out for the next `times` requests of a path, None for all; a path ending in * is a prefix.

        Faults of one path queue: the second begins when the first is used up.
        """
        with self._lock:
            self._faults.setdefault(path, []).append((fault, times))

    def behave(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()

    def after(self, path: str, action: Callable[[], object]) -> None:
        """Do something once, after the next request of a path was served: change the file between two ranges."""
        with self._lock:
            self._after.setdefault(path, []).append(action)

    def bytes_sent(self, path: str | None = None) -> int:
        """Bytes of bodies sent; for one path, for all below one that ends in a slash, or in all."""
        return sum(seen.bytes_sent for seen in self.requests if path is None or _below(seen.path, path))

    def count(self, path: str, method: str | None = None) -> int:
        """Requests of a path, or of all below one that ends in a slash."""
        return sum(_below(seen.path, path) and method in (None, seen.method) for seen in self.requests)

    def find(self, request: Request, target: str) -> Response | File:
        """What is served under a path."""
        with self._lock:
            file = self._files.get(target) or self._files.get(request.path)
            prefixes = [prefix for prefix in self._answers if request.path.startswith(prefix)]
            answer = self._answers[max(prefixes, key=len)] if prefixes else None
        if file:
            return file
        return answer(request) if answer else Response(b"not found", 404, "text/plain")

    def next_fault(self, path: str) -> Fault:
        """The fault to act out now."""
        with self._lock:
            for key, queue in self._faults.items():
                if queue and (path == key or (key.endswith("*") and path.startswith(key[:-1]))):
                    fault, times = queue[0]
                    if times is not None:
                        queue[0] = (fault, times - 1)
                        if times <= 1:
                            del queue[0]
                    return fault
        return Fault()

    def served(self, path: str) -> None:
        """Do what was to be done after this request."""
        with self._lock:
            actions = self._after.get(path, [])
            action = actions.pop(0) if actions else None
        if action:
            action()


def _below(path: str, asked: str) -> bool:
    bare = path.partition("?")[0]
    return path.startswith(asked) if asked.endswith("/") else asked in (path, bare)
