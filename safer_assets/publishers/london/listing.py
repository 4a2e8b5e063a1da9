"""What a dataset of the London Datastore holds, read from a listing in any of the shapes it has answered in.

What is here: resources as a list or a map by id, CKAN's wrapping, a catalogue of all datasets, and dates and checksums
as they are spelt there. What is not: any request, and which resources are wanted (datasets.py).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_ID = ("id", "@id")
_TITLE = ("title", "name")
_SIZE = ("size", "check_size", "bytes")
_HASH = ("hash", "check_hash", "checksum", "md5")
_UPDATED = ("timestamp", "updatedAt", "updated_at", "check_timestamp", "last_modified", "modified", "metadata_modified")
_FORMAT = ("format", "mimetype", "check_mimetype")
_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256"}


class UnknownShapeError(Exception):
    """A listing that is none of the known shapes; says in words what it is."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One file of a dataset.

    Attributes:
        id: The datastore's own, which changes when a file is put up anew.
        name: File name, or the title where there is none.
        title: As people see it; may be the file name.
        url: Absolute.
        kind: `csv`, `xlsx`, or what else its name or format says, in lower case.
        size: Bytes; None where not given.
        checksum: In lower case; empty where not given.
        updated: When it was last changed, as given; empty where not given.
    """

    id: str
    name: str
    title: str
    url: str
    kind: str
    size: int | None
    checksum: str
    updated: str

    @property
    def plain(self) -> str:
        """Title and name in small letters and digits alone, without endings: what patterns are matched with."""
        return "|".join(_plain(text) for text in (self.title, self.name))

    @property
    def stem(self) -> str:
        """The name without its ending; a csv and an xlsx of one stem are the same table."""
        return _plain(self.name)

    @property
    def day(self) -> date | None:
        """The day of `updated` in London; None where it is not given or not a date."""
        return day_of(self.updated)

    @property
    def algorithm(self) -> str:
        """md5, sha1 or sha256, told by the checksum's length; empty where it is none of them."""
        return _ALGORITHMS.get(len(self.checksum), "") if re.fullmatch(r"[0-9a-f]+", self.checksum) else ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A dataset as it is listed now; `updated` as given, empty where it is not."""

    id: str
    title: str
    updated: str
    resources: tuple[Resource, ...]


def read_listing(payload: object, base: str, *, id: str, slug: str, called: str) -> Listing:
    """A dataset's listing from what an address answered.

    Args:
        payload: The JSON.
        base: What relative addresses in it are relative to.
        id: The dataset's id; empty where it is not known.
        slug: The last part of its page's address.
        called: Regular expression of its title, after `_plain`; finds it in a catalogue when its id has changed.

    Raises:
        UnknownShapeError: It is none of the known shapes, or a catalogue without this dataset.
    """
    if isinstance(payload, Mapping) and isinstance(payload.get("result"), Mapping):
        payload = payload["result"]
    if isinstance(payload, Sequence) and not isinstance(payload, str):
        payload = _in_catalogue(payload, id, slug, called)
    if not isinstance(payload, Mapping):
        raise UnknownShapeError(f"the answer is {_kind(payload)} where a dataset is wanted")
    found = payload.get("resources")
    if isinstance(found, Mapping):
        entries = [(str(key), entry) for key, entry in found.items()]
    elif isinstance(found, Sequence) and not isinstance(found, str):
        entries = [("", entry) for entry in found]
    else:
        keys = ", ".join(sorted(str(key) for key in payload)[:12]) or "nothing"
        raise UnknownShapeError(f"the answer has no resources; it has {keys}")
    resources = tuple(_resource(key, entry, base) for key, entry in entries if isinstance(entry, Mapping))
    if not any(resource.url for resource in resources):
        raise UnknownShapeError(f"the answer lists {len(entries)} resources, none of which has an address")
    return Listing(
        _text(payload, _ID) or id,
        _text(payload, _TITLE),
        _text(payload, _UPDATED),
        tuple(resource for resource in resources if resource.url),
    )


def day_of(text: str) -> date | None:
    """The day in London of an ISO 8601 time, or of seconds or milliseconds since 1970; None for anything else."""
    try:
        if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
            seconds = float(text) / (1000 if len(text.partition(".")[0]) > 11 else 1)
            return datetime.fromtimestamp(seconds, LONDON).date()
        when = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text):
        return when.date()  # a day without a time is a day in London
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(LONDON).date()


def _resource(key: str, entry: Mapping[str, object], base: str) -> Resource:
    title = _text(entry, _TITLE)
    address = _text(entry, ("url", "download_url"))
    url = _whole(address, base) if address else ""
    name = _text(entry, ("filename", "file_name")) or PurePosixPath(unquote(urlsplit(url).path)).name or title
    ending = PurePosixPath(name).suffix or PurePosixPath(unquote(urlsplit(url).path)).suffix
    form = _text(entry, _FORMAT).lower()
    kind = ending.lower().lstrip(".") or ("xlsx" if "spreadsheet" in form else form.rpartition("/")[2])
    size = _text(entry, _SIZE)
    return Resource(
        id=_text(entry, _ID) or key,
        name=name,
        title=title or name,
        url=url,
        kind=kind,
        size=int(size) if re.fullmatch(r"[1-9]\d{0,14}", size) else None,
        checksum=_text(entry, _HASH).lower().rpartition(":")[2],
        updated=_text(entry, _UPDATED),
    )


def _whole(address: str, base: str) -> str:
    """An address in full; empty for what is none, or is of no web server."""
    try:
        url = urljoin(f"{base.rstrip('/')}/", address)
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:  # such as brackets that are no IPv6 address
        return ""


def _in_catalogue(entries: Iterable[object], id: str, slug: str, called: str) -> Mapping[str, object]:
    """The one dataset meant, by id, then by the end of its address, then by its title."""
    datasets = [entry for entry in entries if isinstance(entry, Mapping)]
    found = (
        *(dataset for dataset in datasets if id and _text(dataset, _ID) == id),
        *(dataset for dataset in datasets if slug in (_text(dataset, ("slug", "name")), _page(dataset))),
        *(dataset for dataset in datasets if re.fullmatch(called, _plain(_text(dataset, _TITLE)))),
    )
    if found:
        return found[0]
    raise UnknownShapeError(f"the answer is a catalogue of {len(datasets):,} datasets without {id or slug}")


def _page(dataset: Mapping[str, object]) -> str:
    """The last part of its page's address."""
    return _text(dataset, ("webpage", "url")).rstrip("/").rpartition("/")[2]


def _text(entry: Mapping[str, object], names: Iterable[str]) -> str:
    """The first of these that holds a text or a number."""
    for name in names:
        value = entry.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _plain(text: str) -> str:
    """Small letters and digits alone, without the ending of a file name."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\.(csv|xlsx?|zip)$", "", text.casefold()))


def _kind(payload: object) -> str:
    if isinstance(payload, str | int | float | bool) or payload is None:
        return f"{str(payload)[:40]!r}"
    return f"a {type(payload).__name__}"
