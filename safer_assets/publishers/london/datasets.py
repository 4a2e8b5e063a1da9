"""Which datasets of the London Datastore are read, and which of their files.

What is here: the table, and choosing from a listing. What is not: reading a listing (listing.py), fetching
(london.py). Names change: a file is known by what is always in its name, in any spelling.

Left out while no feed reads it: stop and search (e6yjz).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from safer_assets.publishers.london.listing import Resource

TABLES = ("csv", "xlsx")
FRESH_ENOUGH = timedelta(days=7)
"""A csv that is older than its xlsx by more than this was left behind by the publisher."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is wanted.

    Attributes:
        key: Under which it is remembered.
        pattern: What its title or name has in it, in small letters and digits.
        without: What must not be in it.
    """

    key: str
    pattern: str
    without: str = r"(?!)"

    def means(self, resource: Resource) -> bool:
        """Whether a resource is this file."""
        return (
            resource.kind in TABLES
            and re.search(self.pattern, resource.plain) is not None
            and re.search(self.without, resource.plain) is None
        )


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset.

    Attributes:
        id: The last five characters of its page's address; empty where it is not known yet.
        slug: The last part of its page's address.
        called: Regular expression of its title, in small letters and digits.
        what: What it is, for messages.
        wanted: The files that are fetched.
        passed_over: Regular expression of other tables in it that are known and not wanted, matched as `Wanted` is.
    """

    id: str
    slug: str
    called: str
    what: str
    wanted: tuple[Wanted, ...]
    passed_over: str = r"(?!)"

    def choose(self, resources: Sequence[Resource]) -> dict[str, Resource]:
        """The newest file for each that is wanted, by its key; what is not there has none."""
        return {
            wanted.key: _newest([resource for resource in resources if wanted.means(resource)])
            for wanted in self.wanted
            if any(wanted.means(resource) for resource in resources)
        }

    def unknown(self, resources: Sequence[Resource]) -> list[str]:
        """Titles of tables that are neither wanted nor known to be passed over."""
        return sorted(
            resource.title
            for resource in resources
            if resource.kind in TABLES
            and not any(wanted.means(resource) for wanted in self.wanted)
            and not re.search(self.passed_over, resource.plain)
        )


def _newest(candidates: Sequence[Resource]) -> Resource:
    """The newest; of one table as csv and as xlsx the csv; else what the listing has first."""
    newest = max(candidates, key=_day)
    same = [c for c in candidates if c.stem == newest.stem and _day(newest) - _day(c) <= FRESH_ENOUGH]
    return next((c for c in same if c.kind == "csv"), newest)


def _day(resource: Resource) -> date:
    return resource.day or date.min


DASHBOARD = Dataset(
    "e5n6w",
    "mps-monthly-crime-dashboard-data-e5n6w",
    r"mpsmonthlycrimedas?hboarddata",  # their spelling has been dahboard
    "Met monthly crime dashboard",
    (
        Wanted("tno", r"tnocrime"),
        Wanted("other", r"othercrime"),
        Wanted("knife", r"knifecrime"),
    ),
)
BREAKDOWN = Dataset(
    "exy3m",
    "mps-recorded-crime-geographic-breakdown-exy3m",
    r"mpsrecordedcrimegeographicbreakdown",
    "Met recorded crime, geographic breakdown",
    (
        Wanted("borough", r"borough(level)?crime", without=r"historic"),
        Wanted("borough-historical", r"borough(level)?crime.*historic"),
        Wanted("ward", r"ward(level)?crime", without=r"historic"),
        Wanted("lsoa", r"lsoa(level)?crime", without=r"historic"),
    ),
    # Small areas are compared over the latest 24 months; the historical files of both are the largest of the datastore.
    passed_over=r"(ward|lsoa)(level)?crime.*historic",
)
VIOLENCE = Dataset(
    "2yod5",
    "mps-violence-against-women-and-girls-2yod5",
    r"mps(violenceagainstwomenandgirls|vawg).*",
    "Met violence against women and girls",
    (Wanted("offences", r"offence", without=r"victim|hate|flag"),),
    passed_over=r"victim|outcome|hate|flag|domestic",
)
ASB = Dataset(
    "",
    "mpsantisocialbehaviour",
    r"mpsantisocialbehaviou?r(data)?",
    "Met anti-social behaviour",
    (Wanted("incidents", r"antisocialbehaviou?r|asb"),),
)

DATASETS = (DASHBOARD, BREAKDOWN, VIOLENCE, ASB)
