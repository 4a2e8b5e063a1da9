"""The London Datastore: the Met's crime datasets, as their listings name them on the day.

What is here: fetching what is new in the listings, and saying what changed in them. What is not: asking for a listing
(catalogue.py) and its shapes (listing.py), which files are wanted (datasets.py), HTTP (transport/).
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from safer_assets.errors import FetchError
from safer_assets.partnership import Partnership
from safer_assets.publishers.book import Entry
from safer_assets.publishers.desk import Desk, Fetched, Newest, date_file
from safer_assets.publishers.london.catalogue import PUBLISHER, Listings, datasets
from safer_assets.publishers.london.datasets import Dataset
from safer_assets.publishers.london.listing import Listing, Resource
from safer_assets.publishers.months import Months, months_of
from safer_assets.transport.http import Downloaded

FORCE = "Metropolitan Police Service"
FILE_LIMIT = 2 << 30  # the largest, the dashboard's TNO file, is 136 MB


class LondonDatastore:
    """The Met's datasets for partnerships in London."""

    name = PUBLISHER

    def serves(self, partnership: Partnership) -> bool:
        """Whether the Met polices it."""
        return partnership.force == FORCE

    def newest(self, desk: Desk) -> Sequence[Newest]:
        """One token a dataset, which changes when a file that is wanted does; a dataset that has no listing has none.

        Raises:
            FetchError: No listing can be read.
        """
        listings = Listings(desk, catalogues=False)
        found: list[Newest] = []
        problems: list[str] = []
        for dataset, listing, chosen in _readable(desk, listings, problems):
            token = "|".join(f"{key} {chosen[key].url} {_signature(chosen[key], listing)}" for key in sorted(chosen))
            found.append(Newest(self.name, dataset.what, None, hashlib.sha256(token.encode()).hexdigest()[:16]))
        if not found:
            raise FetchError("\n".join(problems))
        return found

    def fetch(self, desk: Desk) -> Iterator[Fetched]:
        """Every wanted file that is not the one fetched last; a dataset that fails does not stop the others.

        Raises:
            FetchError: Some of it cannot be had; says what, after all that can be had was.
        """
        listings = Listings(desk)
        problems: list[str] = []
        for dataset, listing, chosen in _readable(desk, listings, problems):
            problems += self._compare(desk, dataset, listing, chosen)
            for key, resource in chosen.items():
                try:
                    yield from self._file(desk, dataset, listing, key, resource)
                except FetchError as error:
                    problems.append(str(error))
        desk.book.save()
        if problems:
            raise FetchError("\n".join(problems))

    def _compare(self, desk: Desk, dataset: Dataset, listing: Listing, chosen: Mapping[str, Resource]) -> Iterator[str]:
        """What is missing from a listing, as problems; what is new in it and not understood is said."""
        key = f"{self.name}/{dataset.slug}"
        known = desk.book.get(key)
        about = dict(known.about) if known else {}
        before = json.loads(about.get("chosen", "{}"))
        titles = sorted(resource.title for resource in listing.resources)
        new = [title for title in dataset.unknown(listing.resources) if title not in json.loads(about.get("all", "[]"))]
        for wanted in dataset.wanted:
            if wanted.key not in chosen:
                was = f"It was {before[wanted.key]!r}" if wanted.key in before else "It has not been seen before"
                yield (
                    f"{dataset.what}: its listing has no table for {wanted.key!r} (a name with {wanted.pattern}). "
                    f"{was}; the listing has {', '.join(map(repr, titles)) or 'nothing'}. If one of these is it under "
                    "a new name, add the name to publishers/london/datasets.py; until then this file gets no newer."
                )
            elif before.get(wanted.key, chosen[wanted.key].title) != chosen[wanted.key].title:
                desk.say(
                    f"{dataset.what}: {before[wanted.key]!r} is now called {chosen[wanted.key].title!r}, and was taken "
                    f"for {wanted.key!r}."
                )
        if new and "all" in about:
            desk.say(
                f"{dataset.what}: new in its listing and not fetched: {', '.join(map(repr, new))}. It had: "
                f"{', '.join(map(repr, json.loads(about['all'])))}. If it is worth having, add it to "
                "publishers/london/datasets.py."
            )
        titled = {**before, **{slot: resource.title for slot, resource in chosen.items()}}
        about |= {"chosen": json.dumps(titled, sort_keys=True), "all": json.dumps(titles)}
        desk.book.note(key, Entry(url=known.url if known else "", fetched_at=datetime.now(UTC), about=about))

    def _file(self, desk: Desk, dataset: Dataset, listing: Listing, slot: str, resource: Resource) -> Iterator[Fetched]:
        """The file, where it is new."""
        key = f"{self.name}/{dataset.slug}/{slot}"
        known = desk.book.get(key)
        if known and not desk.is_kept(known.sha256):
            known = None  # it was fetched and is in no store: it counts as never fetched
        signature = _signature(resource, listing)
        if known and signature and known.about.get("signature") == signature:
            return
        path = desk.place(self.name, f"{dataset.id or dataset.slug}/{slot}/{_file_name(resource)}")
        got = _download(desk, resource, path, known)
        entry = known or Entry(fetched_at=datetime.now(UTC))
        if got is None:
            desk.book.note(key, entry.model_copy(update={"about": {**entry.about, "signature": signature}}))
            return
        about = {"signature": signature, "title": resource.title, "updated": resource.updated or listing.updated}
        entry = Entry(
            url=resource.url, validators=got.validators, sha256=got.sha256, fetched_at=datetime.now(UTC), about=about
        )
        if desk.is_kept(got.sha256):
            path.unlink()  # put up again, the same to the last byte
            desk.book.note(key, entry)
            return
        months = months_of(path)
        _say_steps_back(desk, resource, months)
        published = _published(desk, resource, listing, months)
        if published:
            date_file(path, published)
        desk.book.note(key, entry)
        yield Fetched(self.name, resource.name, resource.url, path, got.bytes, published)


def _readable(
    desk: Desk, listings: Listings, problems: list[str]
) -> Iterator[tuple[Dataset, Listing, Mapping[str, Resource]]]:
    """Each dataset that has a listing, with what is wanted of it; why the others have none is added to `problems`."""
    for dataset in datasets(desk):
        try:
            listing = listings.of(dataset)
        except FetchError as error:
            problems.append(str(error))
            continue
        yield dataset, listing, dataset.choose(listing.resources)


def _signature(resource: Resource, listing: Listing) -> str:
    """What tells one version of a file from another without asking for it; empty where the listing does not say."""
    if resource.checksum:
        return f"{resource.checksum} {resource.size or ''}"
    updated = resource.updated or listing.updated
    return f"{updated} {resource.size or ''} {resource.url}" if updated else ""


def _file_name(resource: Resource) -> str:
    """A name that is safe on any disk: letters, digits and a few signs, never hidden, never a sidecar's."""
    name = re.sub(r"[^A-Za-z0-9._() -]", "_", resource.name)[-120:].strip(". ")
    return name if name.lower().endswith((".csv", ".xlsx")) else f"table.{resource.kind}"


def _download(desk: Desk, resource: Resource, path: Path, known: Entry | None) -> Downloaded | None:
    got = desk.http.download(
        resource.url,
        path,
        known=known.validators if known and known.url == resource.url else None,
        size=resource.size,
        md5=resource.checksum if resource.algorithm == "md5" else None,
        sha256=resource.checksum if resource.algorithm == "sha256" else None,
        limit=FILE_LIMIT,
        progress=lambda done, whole: desk.progress(resource.name, done, whole),
    )
    if got and resource.algorithm == "sha1":
        with path.open("rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.new("sha1", usedforsecurity=False)).hexdigest()
        if found != resource.checksum:
            path.unlink()
            raise FetchError(
                f"{resource.url}: its sha1 is {found}, where its listing says {resource.checksum}. Refresh again later."
            )
    return got


def _say_steps_back(desk: Desk, resource: Resource, months: Months | None) -> None:
    """Say so where a file ends before the one of its name that is landed."""
    if months is None or months.last is None:
        return
    ends = [
        manifest.vintage
        for manifest in desk.landed
        if manifest.feed == months.feed
        and manifest.historical == months.historical
        and manifest.name.rpartition("/")[2] == _file_name(resource)
        and manifest.vintage
    ]
    if ends and months.last < max(ends):
        desk.say(
            f"{resource.title}: it now ends with {months.last:%Y-%m}, where one that is landed ends with "
            f"{max(ends):%Y-%m}: the publisher has gone back in time. It is landed too; figures stay with the file "
            "that ends later."
        )


def _published(desk: Desk, resource: Resource, listing: Listing, months: Months | None) -> date | None:
    """The day the listing gives the file, where it can be: landing refuses a file dated before its own last month."""
    day, text = resource.day, resource.updated
    if not text:
        day, text = replace(resource, updated=listing.updated).day, listing.updated
    if months is None or months.last is None or not text:
        return None
    if day is None or day > desk.today or day < months.last:
        desk.say(
            f"{resource.title}: its listing dates it {text!r}, which cannot be the day a file to {months.last:%Y-%m} "
            "came out. It is landed without a date."
        )
        return None
    return day
