"""The archive of data.police.uk: the force's street files of the months that are new, read out of a zip of 1.7 GB.

What is here: the order of questions, from the cheapest on, and what is said of the answers. What is not: reading single
members (transport/members.py), fetching one month (month.py), which months are wanted (months.py), the page
of archives (index.py), and the API for a month that the archive does not have yet (api.py).

Two small requests tell that nothing is new: the day of the last update, and the version of the archive.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from safer_assets.errors import FetchError
from safer_assets.partnership import Partnership
from safer_assets.publishers.book import Entry
from safer_assets.publishers.desk import Desk, Fetched, Newest
from safer_assets.publishers.police_uk.answers import as_month, force_slug, last_updated, now
from safer_assets.publishers.police_uk.index import Listed, listed_archives, listing_of
from safer_assets.publishers.police_uk.month import NAME, Source, fetch_month, had
from safer_assets.publishers.police_uk.months import KINDS, Part, Parts, is_wanted, listed, members_of, withdrawn
from safer_assets.transport.http import Validators
from safer_assets.transport.members import RemoteArchive

ARCHIVE_KEY: Final = "police_uk_archive"


@dataclass(frozen=True)
class Remembered:
    """What the book has of the archive that was read last.

    Attributes:
        force: The slug of the force it was read for.
        updated: The day of the last update then.
        md5: As the page of archives gave it; empty where it gave none.
        last: The newest month of any force in it.
        parts: Files of the force that are in it, and those that are gone from it before their time.
        gone: The latter.
    """

    entry: Entry
    force: str
    updated: str
    md5: str
    last: date
    parts: tuple[Part, ...]
    gone: tuple[Part, ...]

    @property
    def newest(self) -> date | None:
        """The force's newest month in it."""
        return max((part.month for part in self.parts if part not in self.gone), default=None)


def remembered(desk: Desk) -> Remembered | None:
    """The archive that was read last, to the end; None where there was none."""
    entry = desk.book.get(ARCHIVE_KEY)
    if entry is None:
        return None
    about = entry.about
    parts, gone = (tuple(Part.of(text) for text in about[key].split()) for key in ("parts", "gone"))
    return Remembered(entry, about["force"], about["updated"], about["md5"], as_month(about["last"]), parts, gone)


class PoliceUkArchive:
    """Street files of the partnership's force, a file a month."""

    name = NAME

    def serves(self, partnership: Partnership) -> bool:
        """Every territorial force of England and Wales is in it."""
        return bool(partnership.force)

    def newest(self, desk: Desk) -> list[Newest]:
        """The archive's version; its newest month is known where it is the version that was read last.

        Raises:
            FetchError: It cannot be read.
        """
        updated, (_, version) = last_updated(desk), desk.http.head(desk.addresses["police_uk_archive"])
        known = remembered(desk)
        month = known.newest if known and known.entry.validators.same(version) else None
        token = f"{updated} {version.etag or version.last_modified or version.size}"
        return [Newest(NAME, "street-level crime", month, token)]

    def fetch(self, desk: Desk) -> Iterator[Fetched]:
        """The force's months that are new, or were published again.

        Raises:
            FetchError: It cannot be read, or has lost months that it had; names them. What is landed stays.
        """
        updated, slug = last_updated(desk), force_slug(desk)
        url, version = desk.http.head(desk.addresses["police_uk_archive"])
        known = remembered(desk)
        if known and (known.force != slug or not _has_all(desk, known)):
            known = None
        if known and known.entry.validators.same(version):
            _note(desk, known, version, updated)
            return
        listing = _listing(desk, url)
        listing.check_size(url, version.size)
        if known and listing.md5 and listing.md5 == known.md5:
            desk.say(
                f"data.police.uk: the newest archive has the MD5 of the one before ({listing.md5}): nothing is new"
            )
            _note(desk, known, version, updated)
            return
        yield from _fetch_parts(desk, Source(url, updated), listing, slug)


def _fetch_parts(desk: Desk, source: Source, listing: Listed, slug: str) -> Iterator[Fetched]:
    """What the archive has of this force and we do not; then it is remembered."""
    with RemoteArchive(desk.http, source.url) as remote:
        forces = members_of(remote.members(), source.url)
        parts = {part: member for part, member in forces.get(slug, {}).items() if part.kind in KINDS}
        if not parts:
            raise FetchError(
                f"{source.url}: has files of {len(forces)} forces, and no {' or '.join(KINDS)} file of {slug!r}. "
                "Nothing was fetched; look at `force` in partnership.toml and at the change log of data.police.uk."
            )
        months = [part.month for found in forces.values() for part in found]
        known = remembered(desk)
        before = known.parts if known and known.force == slug else ()
        if known and max(months) < known.last:
            raise FetchError(
                f"{source.url}: ends with {max(months):%Y-%m}, and ended with {known.last:%Y-%m} when it was read on "
                f"{known.entry.fetched_at:%Y-%m-%d}: it went back in time. Nothing was fetched, what is landed stays; "
                "the publisher has put an older archive in place of the newest. Refresh again later."
            )
        newest = max(part.month for part in parts)
        fresh = parts.keys() - set(before) if before else {part for part in parts if part.month == newest}
        source = replace(source, fresh=frozenset(fresh))
        wanted = _wanted(desk, parts, slug)
        whole, done = sum(member.compress_size for member in wanted.values()), 0
        for part, member in wanted.items():
            desk.progress(member.filename, done, whole)
            fetched = fetch_month(desk, remote, source, slug, part, member)
            done += member.compress_size
            desk.progress(member.filename, done, whole)
            if fetched:
                yield fetched
        gone = withdrawn(before, parts, min(months))
        about = {
            "force": slug,
            "updated": source.updated.isoformat(),
            "md5": listing.md5,
            "last": f"{max(months):%Y-%m}",
            "parts": " ".join(str(part) for part in sorted({*parts, *gone})),
            "gone": " ".join(str(part) for part in gone),
        }
        desk.book.note(ARCHIVE_KEY, Entry(url=source.url, validators=remote.validators, fetched_at=now(), about=about))
    desk.book.save()  # before months that are gone are named: they are named from the book, and nothing is read again
    _refuse_gone(source.url, gone)


def _wanted(desk: Desk, parts: Parts, slug: str) -> Parts:
    """The files to fetch, oldest month first."""
    found = {part: parts[part] for part in sorted(parts) if is_wanted(parts[part], had(desk, slug, part))}
    if found:
        size = sum(member.compress_size for member in found.values())
        names = listed(part.month for part in found) if len(found) <= 3 else f"{len(found)} months"
        desk.say(f"data.police.uk: fetching {names} of {slug} ({size:,} bytes packed)")
    return found


def _has_all(desk: Desk, known: Remembered) -> bool:
    """Whether everything the archive had is still here: landed, or kept aside with a reason."""
    return all(part in known.gone or had(desk, known.force, part) for part in known.parts)


def _note(desk: Desk, known: Remembered, version: Validators, updated: date) -> None:
    """Remember that the archive is the one that was read; name again what is gone from it.

    Raises:
        FetchError: Months are gone from it before their time.
    """
    about = known.entry.about | {"updated": updated.isoformat()}
    desk.book.note(ARCHIVE_KEY, known.entry.model_copy(update={"validators": version, "about": about}))
    desk.book.save()
    _refuse_gone(known.entry.url, known.gone)


def _refuse_gone(url: str, gone: tuple[Part, ...] | list[Part]) -> None:
    if gone:
        raise FetchError(
            f"{url}: no longer has {listed(part.month for part in gone)} of this force, which it had. What is landed "
            "stays in use; ask data.police.uk why, and set the files aside (safer set-aside) if they were wrong."
        )


def _listing(desk: Desk, url: str) -> Listed:
    """What the page of archives says of this one; nothing where it cannot be read, which is said."""
    page = desk.addresses["police_uk_archive_index"]
    try:
        found = listing_of(listed_archives(desk.http.get_text(page)), url)
    except FetchError as error:
        desk.say(f"data.police.uk: the page of archives cannot be read, so their sizes are not compared: {error}")
        return Listed("", "", "")
    if not found.md5:
        desk.say(f"data.police.uk: {page} gives no MD5 for {found.name}.zip; each file's own checksum is compared")
    return found
