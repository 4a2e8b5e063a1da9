"""The API of data.police.uk, for a month that the archive does not have yet: the crimes of the partnership's own area.

What is here: when it is asked, and what for. What is not: the questions (area.py) and the file that is made
of the answers (crimes.py). The file is landed as evidence under a feed of its own and is in no figure:
feeds/api.py says why. The archive's file of the month is fetched as soon as there is one.
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Final

from safer_assets.errors import FetchError
from safer_assets.partnership import Partnership
from safer_assets.publishers.book import Entry
from safer_assets.publishers.desk import Desk, Fetched, Newest, date_file
from safer_assets.publishers.police_uk.answers import categories, last_updated, months, now
from safer_assets.publishers.police_uk.archive import remembered
from safer_assets.publishers.police_uk.area import Crimes, asked_area
from safer_assets.publishers.police_uk.crimes import write_crimes
from safer_assets.publishers.police_uk.maps import SmallAreas, small_areas
from safer_assets.publishers.police_uk.months import listed
from safer_assets.reference import places

NAME: Final = "police_uk_api"
CATEGORY: Final = "all-crime"
AT_MOST: Final = 3
"""Months that are fetched from the API: it stands in for an archive that is late, not for one that is lost."""


class PoliceUkApi:
    """Crimes of the partnership's area in the months after the archive's newest."""

    name = NAME

    def serves(self, partnership: Partnership) -> bool:
        """Every area of England and Wales is in it."""
        return bool(partnership.force)

    def newest(self, desk: Desk) -> list[Newest]:
        """Its newest month.

        Raises:
            FetchError: It cannot be read.
        """
        newest = months(desk)[0]
        return [Newest(NAME, "street-level crime of the area", newest, f"{newest:%Y-%m}")]

    def fetch(self, desk: Desk) -> Iterator[Fetched]:
        """The months that the API has and the archive has not.

        Raises:
            FetchError: It cannot be read, or answers something other than was asked for.
        """
        archive = remembered(desk)
        if archive is None or archive.newest is None:
            desk.say("data.police.uk API: not asked, because the archive has not been read yet")
            return
        newest = archive.newest
        updated = last_updated(desk)
        ahead = sorted(month for month in months(desk) if month > newest)
        if len(ahead) > AT_MOST:
            desk.say(
                f"data.police.uk API: is {len(ahead)} months ahead of the archive; the newest {AT_MOST} are fetched"
            )
        missing = [month for month in ahead[-AT_MOST:] if not _is_here(desk, month, updated)]
        if not missing:
            return
        areas = _small_areas(desk)
        if areas is None:
            desk.say(
                f"data.police.uk API: has {listed(missing)}, which the archive lacks; not fetched, because no map of "
                f"the LSOAs of {desk.partnership.area.name} is landed (SOURCE=<folder with one> lands it)"
            )
            return
        for month in missing:
            yield _fetch_month(desk, month, updated, areas)


def _fetch_month(desk: Desk, month: date, updated: date, areas: SmallAreas) -> Fetched:
    url = f"{desk.addresses['police_uk_api']}/crimes-street/{CATEGORY}"
    known = categories(desk, month)
    if CATEGORY not in known:
        raise FetchError(
            f"{url}: {CATEGORY!r} is no category of {month:%Y-%m} (there are {', '.join(sorted(known))}). Nothing was "
            "asked for: the API would have answered with whatever it likes."
        )
    name = f"{month:%Y-%m}-{desk.partnership.slug}-street-api.csv"
    target = desk.place(NAME, f"{month:%Y-%m}/{name}")
    target.unlink(missing_ok=True)
    asked = Crimes(desk.http, url, f"{month:%Y-%m}")
    answers = (answer for part in asked_area(areas.outline) for answer in asked.within(part))
    before = desk.http.requests_made
    desk.progress(name, 0, None)
    counted = write_crimes(target, answers, url=url, month=month, categories=known, areas=areas)
    size = target.stat().st_size
    desk.progress(name, size, size)
    desk.say(
        f"data.police.uk API: {counted.rows:,} crimes of {month:%Y-%m} in {desk.partnership.area.name}, which the "
        f"archive lacks ({desk.http.requests_made - before} requests; {counted.outside:,} crimes beyond its outline "
        "left out). They are kept as evidence and are in no figure"
    )
    published = updated if updated >= month else None
    if published:
        date_file(target, published)
    with target.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    about = {"updated": updated.isoformat(), "rows": f"{counted.rows:,}", "map": areas.origin}
    desk.book.note(_key(desk, month), Entry(url=url, sha256=sha256, fetched_at=now(), about=about))
    return Fetched(NAME, name, url, target, size, published)


def _small_areas(desk: Desk) -> SmallAreas | None:
    area = desk.partnership.area
    spellings = next((place.names for place in places() if place.area_code == area.code), ())
    maps = [(manifest.name, desk.content_path(manifest)) for manifest in desk.landed if manifest.feed == "boundaries"]
    return small_areas(maps, area.code, (area.name, *spellings))


def _is_here(desk: Desk, month: date, updated: date) -> bool:
    """Whether the month was fetched since the publisher's last update, and is kept."""
    noted = desk.book.get(_key(desk, month))
    return noted is not None and noted.about.get("updated") == updated.isoformat() and desk.is_kept(noted.sha256)


def _key(desk: Desk, month: date) -> str:
    return f"{NAME}/{desk.partnership.area.code}/{month:%Y-%m}"
