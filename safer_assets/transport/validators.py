"""What a server says of the version of a file: how two answers are known to be of the same bytes.

What is here: reading, comparing and sending validators (RFC 9110, section 8.8). What is not: any request.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Validators:
    """What a server says of a version of a file.

    Attributes:
        etag: With its quotes, as sent; empty where there is none.
        last_modified: As sent; empty where there is none.
        size: Bytes of the whole file; -1 where unknown.
    """

    etag: str = ""
    last_modified: str = ""
    size: int = -1

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Validators":
        """Those in an answer's headers (looked up whatever their case)."""
        packed = headers.get("Content-Encoding", "identity").lower() != "identity"
        if "Content-Range" in headers:
            size = whole_size(headers["Content-Range"])
        else:
            size = -1 if packed else _count(headers.get("Content-Length", ""))
        return cls(headers.get("ETag", ""), headers.get("Last-Modified", ""), size)

    @property
    def for_ranges(self) -> str:
        """What If-Range may carry: a strong ETag, else the date; empty where neither is there."""
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        return self.last_modified

    def conditions(self) -> dict[str, str]:
        """Headers that ask for the file only if it is another version."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}

    def same(self, other: "Validators") -> bool:
        """Whether both are surely of one version: one of ETag and date agrees, and nothing that both have differs."""
        if self.size >= 0 and other.size >= 0 and self.size != other.size:
            return False
        if self.etag and other.etag:
            return self.etag.removeprefix("W/") == other.etag.removeprefix("W/")
        return bool(self.last_modified) and self.last_modified == other.last_modified


def first_byte(content_range: str) -> int:
    """The first byte of `bytes 100-199/200`; -1 where it cannot be read."""
    found = re.fullmatch(r"bytes (\d{1,15})-\d{1,15}/(?:\d{1,15}|\*)", content_range.strip())
    return int(found[1]) if found else -1


def whole_size(content_range: str) -> int:
    """The whole size in `bytes 100-199/200` or `bytes */200`; -1 where it cannot be read."""
    found = re.fullmatch(r"bytes .*/(\d{1,15})", content_range.strip())
    return int(found[1]) if found else -1


def _count(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,15}", text.strip()) else -1
