"""The Office for National Statistics: population of the partnership's districts, and which district an LSOA lies in.

What is here: the two tables, and how often they are asked for. What is not: the columns (feeds/ons_population.py,
feeds/ons_lookup.py) and when an estimate was out (dbt_like_sql/staging).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from safer_assets.errors import FetchError
from safer_assets.partnership import Partnership
from safer_assets.publishers.book import Entry
from safer_assets.publishers.desk import Desk, Fetched, Newest

YEARS = "latestMINUS9-latest"
"""Ten mid-years in Nomis' own words: enough for every meeting whose papers are still reconciled."""
FILE_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is asked for as a whole.

    Attributes:
        key: Its address in the table of addresses, and what it is remembered by.
        name: Of the file.
        what: For messages.
        every: How long an answer is trusted before the publisher is asked again.
        headings: What its first line must have one of, in lower case.
    """

    key: str
    name: str
    what: str
    every: timedelta
    headings: tuple[str, ...]


# Nomis makes its answers on request and gives them neither ETag nor date, so asking is downloading: once a week is
# plenty for what comes out once a year. The lookup has been published once and corrected twice since 2022.
POPULATION = Table(
    "nomis_population", "nomis_population.csv", "ONS mid-year population", timedelta(days=7), ("obs_value",)
)
LOOKUP = Table("ons_lookup", "lsoa_lookup.csv", "ONS lookup of LSOAs", timedelta(days=90), ("lsoa11cd", "lsoa21cd"))
TABLES = (POPULATION, LOOKUP)


class Ons:
    """Population and lookups, for every partnership."""

    name = "ons"

    def serves(self, partnership: Partnership) -> bool:
        """Every partnership is in England or Wales."""
        del partnership
        return True

    def newest(self, desk: Desk) -> Sequence[Newest]:
        """A token a table, of its address. Asks nobody: only a download tells what is new, and any refresh makes it."""
        return [
            Newest(self.name, table.what, None, hashlib.sha256(_address(desk, table).encode()).hexdigest()[:16])
            for table in TABLES
        ]

    def fetch(self, desk: Desk) -> Iterator[Fetched]:
        """Each table that is due and is not the one fetched last.

        Raises:
            FetchError: A table cannot be had; says what came in its place, after the other was asked for too.
        """
        problems = []
        for table in TABLES:
            try:
                yield from self._table(desk, table)
            except FetchError as error:
                problems.append(f"{table.what}: {error}")
        if problems:
            raise FetchError("\n".join(problems))

    def _table(self, desk: Desk, table: Table) -> Iterator[Fetched]:
        key, url = f"{self.name}/{table.key}", _address(desk, table)
        known = desk.book.get(key)
        if known and (known.url != url or not desk.is_kept(known.sha256)):
            known = None  # other districts than before, or fetched and in no store
        if known and abs(desk.today - known.fetched_at.date()) < table.every:  # abs: a clock that was set back
            return
        path = desk.place(self.name, table.name)
        got = desk.http.download(
            url,
            path,
            known=known.validators if known else None,
            limit=FILE_LIMIT,
            progress=lambda done, whole: desk.progress(table.name, done, whole),
        )
        if got is None and known is not None:
            desk.book.note(key, known.model_copy(update={"fetched_at": datetime.now(UTC)}))
            return
        if got is None:
            raise FetchError(f"{url}: answered that nothing has changed, to a first request. Refresh again later.")
        _check_is_table(path, url, table)
        desk.book.note(key, Entry(url=url, validators=got.validators, sha256=got.sha256, fetched_at=datetime.now(UTC)))
        if desk.is_kept(got.sha256):
            path.unlink()
            return
        yield Fetched(self.name, table.name, url, path, got.bytes)


def _address(desk: Desk, table: Table) -> str:
    return _filled(desk.addresses[table.key], {"areas": ",".join(_areas(desk.partnership)), "date": YEARS})


def _filled(template: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _areas(partnership: Partnership) -> list[str]:
    """The board's own area and all members of its groups, each once."""
    return sorted({partnership.area.code, *(code for group in partnership.groups for code in group.members)})


def _check_is_table(path: Path, url: str, table: Table) -> None:
    """Both publishers answer with status 200 and a message where they have no table (yet)."""
    with path.open("rb") as file:
        head = file.read(4096).decode("utf-8-sig", errors="replace")
    first = head.partition("\n")[0].strip()
    if not any(heading in first.lower() for heading in table.headings):
        path.unlink()
        raise FetchError(
            f"{url}: begins with {first[:120]!r}, where the headings of a table are wanted (one is "
            f"{table.headings[0].upper()}). It may still be in the making: refresh again later, or correct {table.key} "
            "in [addresses] of partnership.toml."
        )
