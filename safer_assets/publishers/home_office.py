"""The Home Office: police recorded crime by Community Safety Partnership, as its page on GOV.UK links it.

What is here: which link of the page is the newest table, and fetching it. What is not: the table (feeds/
home_office_csp.py).
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import unquote, urljoin, urlsplit

from safer_assets.errors import FetchError
from safer_assets.partnership import Partnership
from safer_assets.publishers.book import Entry
from safer_assets.publishers.desk import Desk, Fetched, Newest, date_file

WHAT = "recorded crime by Community Safety Partnership"
KEY = "home_office/csp"
FILE_LIMIT = 1 << 30  # the newest has tens of megabytes

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LINK = r"""href\s*=\s*["']([^"'<>]*prc-csp[^"'<>]*)["']"""
# prc-csp-mar2021-mar2026-tables-230726.ods, prc-csp-mar21-sep25-tables-290126.ods: first and last quarter, day it came
# out. Tables of before 2016 (prc-csp-1112-1415-tables.ods) are named otherwise and never the newest.
_NAME = (
    r"prc-csp-(?P<first>[a-z]{3})[a-z]*(?P<first_year>20\d\d|\d\d)-(?P<last>[a-z]{3})[a-z]*(?P<last_year>20\d\d|\d\d)"
    r"-tables?-(?P<day>\d\d)(?P<month>\d\d)(?P<year>\d\d)(?P<rest>[-_a-z0-9]*)\.ods"
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that the page links.

    Attributes:
        last: First of the last month in it, by its name.
        published: The day it came out, by its name.
        first: First of the month that ends its first year, by its name.
    """

    last: date
    published: date
    first: date
    name: str
    url: str


class HomeOffice:
    """Recorded crime by partnership, for all of England and Wales: in London a check, elsewhere often the only feed."""

    name = "home_office"

    def serves(self, partnership: Partnership) -> bool:
        """Whether its area is in England or Wales, whose forces the Home Office counts."""
        return partnership.area.code.startswith(("E", "W"))

    def newest(self, desk: Desk) -> Sequence[Newest]:
        """The newest table's last month and address, from the page alone.

        Raises:
            FetchError: The page cannot be read, or links no table that can be dated.
        """
        table = newest_table(desk)
        return [Newest(self.name, WHAT, table.last, table.url)]

    def fetch(self, desk: Desk) -> Iterator[Fetched]:
        """The newest table, where it is not the one fetched last.

        Raises:
            FetchError: The page or the table cannot be had.
        """
        table = newest_table(desk)
        known = desk.book.get(KEY)
        if known and (known.url != table.url or not desk.is_kept(known.sha256)):
            known = None  # another table, or one that was fetched and is in no store
        path = desk.place(self.name, table.name)
        got = desk.http.download(
            table.url,
            path,
            known=known.validators if known else None,
            limit=FILE_LIMIT,
            progress=lambda done, whole: desk.progress(table.name, done, whole),
        )
        if got is None:
            return
        about = {"last": f"{table.last:%Y-%m}", "published": table.published.isoformat()}
        desk.book.note(
            KEY,
            Entry(
                url=table.url, validators=got.validators, sha256=got.sha256, fetched_at=datetime.now(UTC), about=about
            ),
        )
        if desk.is_kept(got.sha256):
            path.unlink()
            return
        published = table.published if table.published >= table.last else None
        if published:
            date_file(path, published)
        yield Fetched(self.name, table.name, table.url, path, got.bytes, published)


def newest_table(desk: Desk) -> Table:
    """The table that ends last, of several the one that came out last.

    Raises:
        FetchError: The page cannot be read, or links no table whose name can be read; says what it links.
    """
    page = desk.addresses["home_office_page"]
    links = [urljoin(page, html.unescape(link)) for link in re.findall(_LINK, desk.http.get_text(page), re.IGNORECASE)]
    tables = [table for link in dict.fromkeys(links) if (table := _table(link))]
    if not tables:
        names = ", ".join(sorted({_name(link) for link in links})) or "nothing"
        before = desk.book.get(KEY)
        was = f" The last one was {_name(before.url)}." if before else ""
        raise FetchError(
            f"{page}: links no table named as prc-csp-mar2021-mar2026-tables-230726.ods (of prc-csp files it links "
            f"{names}).{was} If its names have changed, add the new shape to publishers/home_office.py; if the page "
            "has moved, correct home_office_page in [addresses] of partnership.toml."
        )
    return max(tables, key=lambda table: (table.last, table.published, table.first, table.name))


def _table(link: str) -> Table | None:
    """What a link's name says; None for a name of another shape."""
    name = _name(link)
    found = re.fullmatch(_NAME, name, flags=re.IGNORECASE)
    if not found or urlsplit(link).scheme not in ("http", "https"):
        return None
    try:
        first, last = (_month(found[end], found[f"{end}_year"]) for end in ("first", "last"))
        published = date(2000 + int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return Table(last, published, first, name, link)


def _name(link: str) -> str:
    return unquote(urlsplit(link).path).rpartition("/")[2]


def _month(name: str, year: str) -> date:
    """`mar`, `2026` or `26` as the first of that month; ValueError where there is no such month."""
    return date(int(year) if len(year) == 4 else 2000 + int(year), _MONTHS.index(name.lower()) + 1, 1)
