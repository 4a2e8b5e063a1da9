"""What a publisher's server can do wrong, for tests/publishers/server.py.

What is here: the faults, and a maker for each. What is not: how they are acted out (server.py).
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in to go on.</body></html>"


@dataclass(frozen=True)
class Fault:
    """One way to misbehave; the fields can be combined.

    Attributes:
        status: Answer with this status; 0 leaves it.
        body: Send this in place of the body.
        headers: Set these; an empty value takes the header away.
        length_off: Added to the true Content-Length.
        cut_after: Close the connection after so many bytes of the body.
        reset_after: Likewise, with a TCP reset; -1 resets before any header is sent.
        hang_after: Send nothing more after so many bytes; -1 hangs before any header is sent.
        drip: Seconds between two pieces of the body, of `drip_bytes` each.
        chunked: Send the body with Transfer-Encoding: chunked, and so without Content-Length.
        ignore_range: Send the whole file whatever range was asked for.
        ignore_conditions: Send the file though it has not changed.
        alter: Flip the last bit of the body.
    """

    status: int = 0
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    length_off: int = 0
    cut_after: int | None = None
    reset_after: int | None = None
    hang_after: int | None = None
    drip: float = 0
    drip_bytes: int = 1
    chunked: bool = False
    ignore_range: bool = False
    ignore_conditions: bool = False
    alter: bool = False


def cut(after: int, *, chunked: bool = False) -> Fault:
    """The body ends early."""
    return Fault(cut_after=after, chunked=chunked)


def too_long(by: int) -> Fault:
    """Content-Length announces more than comes."""
    return Fault(length_off=by)


def too_short(by: int) -> Fault:
    """Content-Length announces less than there is; a client sees only so much."""
    return Fault(length_off=-by)


def ignore_range() -> Fault:
    """Status 200 and the whole file, whatever range was asked for."""
    return Fault(ignore_range=True)


def altered() -> Fault:
    """Other bytes of the same length: no checksum fits."""
    return Fault(alter=True)


def redirect(to: str, status: int = 302) -> Fault:
    """A redirect; to its own path it is a loop."""
    return Fault(status=status, body=b"", headers={"Location": to})


@cache
def gzip_bomb(megabytes: int = 100) -> Fault:
    """A small body that unpacks to many megabytes of zeros, in one stream."""
    packer = zlib.compressobj(wbits=31)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()
    return Fault(body=packed, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})


def html(status: int = 200, *, content_type: str = "text/html; charset=utf-8") -> Fault:
    """A web page in place of the file."""
    return Fault(status=status, body=PAGE, headers={"Content-Type": content_type, "ETag": "", "Last-Modified": ""})


def too_many(retry_after: str | None = None) -> Fault:
    """429, with or without Retry-After (seconds, or a date)."""
    return Fault(status=429, body=b"", headers={} if retry_after is None else {"Retry-After": retry_after})


def unavailable(status: int = 503) -> Fault:
    """503 with an empty body."""
    return Fault(status=status, body=b"")


def hang(after: int = -1) -> Fault:
    """Silence, for as long as the server lives: before the headers, or after some bytes of the body."""
    return Fault(hang_after=after)


def drip(seconds: float, count: int = 1, *, chunked: bool = False) -> Fault:
    """A body that comes `count` bytes at a time."""
    return Fault(drip=seconds, drip_bytes=count, chunked=chunked)


def reset(after: int = -1) -> Fault:
    """A TCP reset: before the headers, or after some bytes of the body."""
    return Fault(reset_after=after)
