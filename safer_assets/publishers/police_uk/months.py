"""What of the data.police.uk archive is wanted: months that are new, and months that were published again.

What is here: pure decisions on month, size and checksum. What is not: any request (archive.py).

Outcomes are updated in most files every month, so a changed checksum means nothing. Row counts and IDs would tell, but
they are inside the file. Its size is in the archive's directory: it decides whether a month is looked into again, and
`rows_of` then compares what is in it, outcomes aside.
"""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from safer_assets.errors import FetchError
from safer_assets.feeds.tables import first_row, literal

KINDS: Final = ("street",)
"""Kinds of member that are fetched. Outcomes and stop-and-search are in the archive too, but no figure is made from
them: fetching them would only cost time and disk."""

GREW, SHRANK = 0.05, 0.02
"""Change of a month's bytes, as a share, above which it is looked into again. "Under investigation" is the shortest
common outcome, so files grow as crimes are concluded. Measured, bytes a row from the newest month to those of a year
before: 4.4 % (Met burglary, of it 2.9 % within the first month), 1.9 % (City of London, all types). They do not shrink
by that. A month that gained or lost fewer rows than this is not noticed."""

_MEMBER: Final = re.compile(r"(20\d{2}-(?:0[1-9]|1[0-2]))/\1-([a-z0-9-]+?)-(street|outcomes|stop-and-search)\.csv")


class Part(NamedTuple):
    """A force's file in the archive: its month, and `street`, `outcomes` or `stop-and-search`."""

    month: date
    kind: str

    @classmethod
    def of(cls, text: str) -> "Part":
        """From what str gives."""
        return cls(date.fromisoformat(f"{text[:7]}-01"), text[8:])

    def __str__(self) -> str:
        """As the file's name has it, such as 2025-06-street."""
        return f"{self.month:%Y-%m}-{self.kind}"


Parts = dict[Part, zipfile.ZipInfo]


@dataclass(frozen=True)
class Had:
    """A month that was fetched or landed before.

    Attributes:
        size: Bytes, unpacked.
        crc: Of the archive's directory; -1 where it is not known.
        is_landed: False for a file that landing refused: any other version of it is worth a try.
    """

    size: int
    crc: int
    is_landed: bool


def members_of(members: Iterable[zipfile.ZipInfo], url: str) -> dict[str, Parts]:
    """The archive's files by force; what is not named as a force's file of a month is left out.

    Raises:
        FetchError: A name stands twice: nobody could say which of the two counts.
    """
    found: dict[str, Parts] = {}
    for member in members:
        if not (name := _MEMBER.fullmatch(member.filename)):
            continue
        parts, part = found.setdefault(name[2], {}), Part(date.fromisoformat(f"{name[1]}-01"), name[3])
        if part in parts:
            raise FetchError(
                f"{url}: its directory has {member.filename} twice. Nothing was fetched; refresh again later."
            )
        parts[part] = member
    return found


def is_wanted(member: zipfile.ZipInfo, had: Had | None) -> bool:
    """Whether a month is new, or may have been published with other rows."""
    if had is None:
        return True
    if had.crc == member.CRC:
        return False
    if not had.is_landed:
        return True
    return not had.size * (1 - SHRANK) <= member.file_size <= had.size * (1 + GREW)


def withdrawn(before: Iterable[Part], now: Iterable[Part], span_start: date) -> list[Part]:
    """Files that were in the archive, should be still, and are not.

    Args:
        before: Files of the force that were seen in it.
        now: Those that are in it.
        span_start: The first month of any force in it now; what is older has left it as it should.
    """
    present = set(now)
    return sorted(part for part in before if part.month >= span_start and part not in present)


def listed(months: Iterable[date]) -> str:
    """Months for a message."""
    return ", ".join(f"{month:%Y-%m}" for month in sorted(set(months)))


def rows_of(path: Path) -> dict[str, str]:
    """How many rows a street file has, and a digest of all they say but outcome and context, whatever their order.

    Empty where it cannot be read as one: landing will say what is wrong with it.
    """
    source = f"read_csv({literal(str(path))}, header = true, all_varchar = true, delim = ',', quote = '\"')"
    try:
        with duckdb.connect(config={"threads": 1}) as con:
            count, digest = first_row(
                con,
                "with digests as (select md5(cast(crime as varchar)) as digest from "  # noqa: S608 # quoted
                f'(select * exclude ("Last outcome category", "Context") from {source}) as crime) '
                "select count(*), md5(string_agg(digest, '' order by digest)) from digests",
            )
    except duckdb.Error:
        return {}
    return {"rows": f"{count:,}", "digest": str(digest)}
