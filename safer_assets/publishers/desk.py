"""What a publisher works with, and what it hands over.

What is here: the desk, the records, and the protocol of a publisher. What is not: any publisher (police_uk.py, ...).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from safer_assets.landing import Manifest
from safer_assets.landing.source import SIDECAR_SUFFIX
from safer_assets.partnership import Partnership
from safer_assets.publishers.addresses import Addresses
from safer_assets.publishers.book import Book
from safer_assets.transport.http import Http


@dataclass(frozen=True)
class Desk:
    """One refresh's place of work for all publishers.

    Attributes:
        folder: Fetched files are put below it, in a folder of the publisher's name.
        is_kept: Tells by sha256 whether the bytes are landed, or kept aside as refused.
        landed: Every landed file.
        say: Takes one line for people: what is being done, what was noticed.
        progress: Takes a file's name, bytes done, and bytes in all where they are known.
        content_path: Where the bytes of a landed file stand.
    """

    http: Http
    addresses: Addresses
    partnership: Partnership
    folder: Path
    book: Book
    is_kept: Callable[[str], bool]
    landed: Sequence[Manifest]
    today: date
    say: Callable[[str], None]
    progress: Callable[[str, int, int | None], None]
    content_path: Callable[[Manifest], Path] = lambda manifest: Path(manifest.origin)

    def place(self, publisher: str, name: str) -> Path:
        """Where a fetched file is to stand; its folder exists afterwards."""
        path = self.folder / publisher / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


@dataclass(frozen=True)
class Fetched:
    """A file that was fetched and is still to be landed.

    Attributes:
        name: What people call it.
        path: Where it is.
        published: The day its publisher says it came out; None where it does not say.
    """

    publisher: str
    name: str
    url: str
    path: Path
    bytes: int
    published: date | None = None


@dataclass(frozen=True)
class Newest:
    """What a publisher has now: a sensor compares tokens; one that changed means that there is something new.

    Attributes:
        dataset: Name of the series.
        month: The newest month in it, where the publisher says so.
        token: Changes with everything that would be fetched.
    """

    publisher: str
    dataset: str
    month: date | None
    token: str


class Publisher(Protocol):
    """One publisher: what it has, and how its new files are fetched."""

    @property
    def name(self) -> str:
        """Its name in messages, folders and the book."""
        ...

    def serves(self, partnership: Partnership) -> bool:
        """Whether it has anything for this partnership."""
        ...

    def newest(self, desk: Desk) -> Sequence[Newest]:
        """What it has now, from listings and headers alone.

        Raises:
            FetchError: It cannot be read.
        """
        ...

    def fetch(self, desk: Desk) -> Iterator[Fetched]:
        """Fetch what is new; what was handed over stays, whatever comes after.

        Raises:
            FetchError: It cannot be read.
        """
        ...


def date_file(path: Path, published: date) -> None:
    """Write the sidecar that tells landing when a file came out."""
    path.with_name(path.name + SIDECAR_SUFFIX).write_text(f"published = {published.isoformat()}\n", encoding="utf-8")
