"""The small answers of the data.police.uk API, checked: what is new, which forces and categories there are.

What is here: one function an answer. What is not: crimes (area.py) and the archive (archive.py).
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from safer_assets.errors import FetchError
from safer_assets.publishers.book import Entry
from safer_assets.publishers.desk import Desk

FORCE_KEY: Final = "police_uk_force"


def last_updated(desk: Desk) -> date:
    """The day on which data.police.uk last changed its crimes.

    Raises:
        FetchError: It does not say, or cannot be read.
    """
    url, answer = _get(desk, "crime-last-updated")
    text = answer.get("date") if isinstance(answer, Mapping) else None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise _unexpected(url, 'a day as {"date": "2025-06-30"}', answer) from None


def months(desk: Desk) -> list[date]:
    """The months that the API has, newest first.

    Raises:
        FetchError: The answer is no list of months, or cannot be read.
    """
    url, answer = _get(desk, "crimes-street-dates")
    found = [str(row.get("date")) for row in _rows(url, answer)]
    if not found or not all(re.fullmatch(r"20\d{2}-(0[1-9]|1[0-2])", month) for month in found):
        raise _unexpected(url, 'months as {"date": "2025-06"}', answer)
    return sorted((as_month(month) for month in found), reverse=True)


def categories(desk: Desk, month: date) -> dict[str, str]:
    """The categories of a month: their names by the slug that addresses and crimes have.

    Raises:
        FetchError: The answer is no list of categories, or cannot be read.
    """
    url, answer = _get(desk, "crime-categories", {"date": f"{month:%Y-%m}"})
    found = {str(row.get("url") or ""): str(row.get("name") or "") for row in _rows(url, answer)}
    if not found or not all(slug and name for slug, name in found.items()):
        raise _unexpected(url, 'categories as {"url": "burglary", "name": "Burglary"}', answer)
    return found


def force_slug(desk: Desk) -> str:
    """The partnership's force as file names spell it; asked once and then remembered.

    Raises:
        FetchError: No force has this name; the nearest are listed.
    """
    force = desk.partnership.force
    known = desk.book.get(FORCE_KEY)
    if known and known.about.get("force") == force:
        return known.about["slug"]
    url, answer = _get(desk, "forces")
    slugs = {str(row.get("name")): str(row.get("id")) for row in _rows(url, answer)}
    if force not in slugs:
        near = difflib.get_close_matches(force, slugs, n=3, cutoff=0.4) or sorted(slugs)[:3]
        raise FetchError(
            f"{url}: lists {len(slugs)} forces and none is {force!r}; the nearest are {', '.join(near)}. "
            "Correct `force` in partnership.toml to the name as it is spelt there."
        )
    slug = slugs[force]
    if not re.fullmatch(r"[a-z0-9-]+", slug):
        raise _unexpected(url, "a force's id of a-z, 0-9 and hyphens", slug)
    desk.book.note(FORCE_KEY, Entry(url=url, fetched_at=now(), about={"force": force, "slug": slug}))
    return slug


def as_month(text: str) -> date:
    """First day of a month written YYYY-MM."""
    return date.fromisoformat(f"{text}-01")


def now() -> datetime:
    """The time, as the book keeps it."""
    return datetime.now(UTC)


def _get(desk: Desk, method: str, params: Mapping[str, str] | None = None) -> tuple[str, object]:
    url = f"{desk.addresses['police_uk_api']}/{method}"
    return url, desk.http.get_json(url, params=params)


def _rows(url: str, answer: object) -> Sequence[Mapping[str, object]]:
    if not isinstance(answer, list) or not all(isinstance(row, Mapping) for row in answer):
        raise _unexpected(url, "a list", answer)
    return answer


def _unexpected(url: str, wanted: str, found: object) -> FetchError:
    return FetchError(
        f"{url}: answered {str(found)[:80]!r} where {wanted} is expected. Nothing was fetched; look whether the API "
        "has changed, or refresh again later."
    )
