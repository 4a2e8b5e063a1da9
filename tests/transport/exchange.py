"""What goes to and fro between a client and the test's server.

What is here: requests, answers, files, and the record of a request. What is not: who serves them (server.py).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

Headers = dict[str, str]


@dataclass(frozen=True)
class Request:
    """What a client asked for; `query` and `form` hold the last value of each name."""

    method: str
    path: str
    query: dict[str, str]
    headers: Headers
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The posted form."""
        return last_values(self.body.decode())


@dataclass
class Response:
    """What is answered."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: Headers = field(default_factory=dict)

    @classmethod
    def json(cls, value: object, status: int = 200) -> Self:
        """A JSON document."""
        return cls(json.dumps(value).encode(), status)


@dataclass
class Seen:
    """A request that came, and the bytes of body that went out for it; `path` carries the query."""

    method: str
    path: str
    headers: Headers
    body: bytes
    bytes_sent: int = 0
    status: int = 0

    def __iter__(self) -> Iterator[Any]:
        return iter((self.method, self.path, self.headers, self.body, self.bytes_sent))


@dataclass
class File:
    """What is served: bytes, or a file on disk that may be large."""

    body: bytes | Path
    headers: Headers
    honour_range: bool

    def size(self) -> int:
        """Bytes of the whole."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.stat().st_size

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to, but without, `end`."""
        if isinstance(self.body, bytes):
            return self.body[start:end]
        with self.body.open("rb") as file:
            file.seek(start)
            return file.read(end - start)


def last_values(query: str) -> dict[str, str]:
    """The last value of each name in a query or form."""
    return {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
