"""One month of a force out of the archive of data.police.uk: fetched, checked, dated and remembered.

What is here: a file from the archive's directory to its place, and what is known of it from before. What is not: which
months are wanted (months.py), and reading single members (transport/members.py).
"""

import hashlib
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import Final

from safer_assets.landing import Manifest
from safer_assets.landing.source import SIDECAR_SUFFIX
from safer_assets.publishers.book import Entry
from safer_assets.publishers.desk import Desk, Fetched, date_file
from safer_assets.publishers.police_uk.answers import now
from safer_assets.publishers.police_uk.months import Had, Part, rows_of
from safer_assets.transport.members import RemoteArchive

NAME: Final = "police_uk"
FEEDS: Final = {"street": "police_uk_street", "outcomes": "police_uk_outcomes"}
MEMBER_LIMIT: Final = 512 << 20
"""Bytes of one month unpacked, at most; the largest force's are about 30 MB."""


@dataclass(frozen=True)
class Source:
    """Where the archive is, and the day of its publisher's last update, which brought `fresh` for the first time."""

    url: str
    updated: date
    fresh: frozenset[Part] = frozenset()


def had(desk: Desk, slug: str, part: Part) -> Had | None:
    """What is known of a month: from the book while its bytes are kept, else from what is landed."""
    noted = desk.book.get(_key(slug, part))
    if noted and desk.is_kept(noted.sha256):
        is_landed = any(manifest.sha256 == noted.sha256 for manifest in desk.landed)
        return Had(int(noted.about["size"]), int(noted.about["crc"]), is_landed)
    landed = _landed(desk, part)
    return Had(landed.bytes, -1, is_landed=True) if landed else None


def fetch_month(
    desk: Desk, remote: RemoteArchive, source: Source, slug: str, part: Part, member: zipfile.ZipInfo
) -> Fetched | None:
    """One month's file with its date; None where only outcomes changed since the version that is here.

    Raises:
        FetchError: It cannot be had whole.
    """
    target = desk.place(NAME, f"{part.month:%Y-%m}/{part.month:%Y-%m}-{slug}-{part.kind}.csv")
    target.unlink(missing_ok=True)
    remote.save(member, target, MEMBER_LIMIT)
    with target.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    about = {"size": str(member.file_size), "crc": str(member.CRC)} | rows_of(target)
    noted = desk.book.get(_key(slug, part))
    known = noted if noted and desk.is_kept(noted.sha256) else None
    if known and "digest" in about and about["digest"] == known.about.get("digest"):
        desk.say(f"data.police.uk: {target.name}: outcomes were updated; the {about['rows']} crimes are the same")
        target.unlink()
        desk.book.note(_key(slug, part), known.model_copy(update={"about": about}))
        return None
    if before := _rows_before(desk, known, part):
        desk.say(
            f"data.police.uk: {target.name} was published again: {about.get('rows', 'not readable')} rows, {before} "
            "before. Both versions are kept, and figures take the later one"
        )
    published = _published(source, part, again=bool(before))
    if published:
        date_file(target, published)
    else:
        target.with_name(target.name + SIDECAR_SUFFIX).unlink(missing_ok=True)
    entry = Entry(url=source.url, validators=remote.validators, sha256=sha256, fetched_at=now(), about=about)
    desk.book.note(_key(slug, part), entry)
    return Fetched(NAME, target.name, source.url, target, member.file_size, published)


def _published(source: Source, part: Part, *, again: bool) -> date | None:
    """The day this version came out, where the last update tells; None leaves it to the feed's nominal day.

    The first fetch brings months that were out long before the last update: dated with it, no meeting of the past would
    have any street crime.
    """
    by_this_update = again or part in source.fresh
    return source.updated if by_this_update and source.updated >= part.month else None


def _rows_before(desk: Desk, known: Entry | None, part: Part) -> str:
    """Rows of the version before, for a message; empty where there was none."""
    if known and "rows" in known.about:
        return known.about["rows"]
    landed = _landed(desk, part)
    return f"{landed.rows:,}" if landed else ""


def _landed(desk: Desk, part: Part) -> Manifest | None:
    """The file of this force and month that was landed last."""
    found = [
        manifest
        for manifest in desk.landed
        if manifest.feed == FEEDS.get(part.kind)
        and manifest.force == desk.partnership.force
        and manifest.vintage == part.month
    ]
    return max(found, key=lambda manifest: manifest.landed_at, default=None)


def _key(slug: str, part: Part) -> str:
    return f"{NAME}/{slug}/{part}"
