"""Bank holidays of England and Wales: the `holidays` package, corrected by the list that gov.uk publishes.

What is here: the list as shipped (bank_holidays.csv, a copy of gov.uk's of 2019 to 2027), reading a newer one, and how
lists and package go together. What is not: working days (board/calendar.py) and fetching (publishers/).

The package computes any year and knows what was proclaimed before it was made. The official list wins for every year it
is whole for, and adds days to any other year. So a list that is empty, damaged or cut off never takes a holiday away.
"""

import csv
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

DIVISION = "england-and-wales"
FILE = "bank_holidays.json"

Days = tuple[tuple[date, str], ...]
"""Days with their titles, in order of date."""

_EVERY_YEAR = ("new year", "good friday", "easter monday", "christmas", "boxing")
_FEWEST = 8
_MOST = 14


class NotAListError(ValueError):
    """What should be a list of bank holidays is none; says in words what it is."""


@cache
def shipped() -> Days:
    """The official list as it was when this version was made."""
    with Path(__file__).with_name("bank_holidays.csv").open(encoding="utf-8", newline="") as text:
        return tuple(sorted((date.fromisoformat(row["date"]), row["title"]) for row in csv.DictReader(text)))


def parsed(payload: object) -> Days:
    """A list as gov.uk publishes it: {"england-and-wales": {"events": [{"date": ..., "title": ...}, ...]}}.

    Raises:
        NotAListError: It is anything else, one event cannot be read, or no year of it is whole.
    """
    division = payload.get(DIVISION) if isinstance(payload, Mapping) else None
    events = division.get("events") if isinstance(division, Mapping) else None
    if not isinstance(events, list) or not events:
        raise NotAListError(f"there are no events under {DIVISION!r}")
    found = {}
    for event in events:
        day = event.get("date") if isinstance(event, Mapping) else None
        title = event.get("title") if isinstance(event, Mapping) else None
        try:
            when = date.fromisoformat(day) if isinstance(day, str) else None
        except ValueError:
            when = None
        if when is None or not 2000 <= when.year <= 2100 or not isinstance(title, str) or not title.strip():
            raise NotAListError(f"an event cannot be read: {str(event)[:120]}")
        found[when] = title.strip()
    days = tuple(sorted(found.items()))
    if not whole_years(days):
        raise NotAListError(f"none of its years is whole: it has {len(days)} days, the first {days[0][0]}")
    return days


def written(days: Days) -> str:
    """A list as `parsed` reads it."""
    events = [{"title": title, "date": day.isoformat()} for day, title in days]
    return json.dumps({DIVISION: {"division": DIVISION, "events": events}}, ensure_ascii=False, indent=1)


def merged(older: Days, newer: Days) -> Days:
    """Both lists: in a year for which the newer one is whole it alone counts, since past years drop out of it."""
    replaced = whole_years(newer)
    kept = {day: title for day, title in older if day.year not in replaced}
    return tuple(sorted({**kept, **dict(newer)}.items()))


def kept(home: Path) -> Days:
    """The shipped list with the one that a refresh kept in this folder; a damaged one counts as none."""
    try:
        return merged(shipped(), parsed(json.loads((home / FILE).read_text(encoding="utf-8"))))
    except (OSError, ValueError):
        return shipped()


@cache
def whole_years(days: Days) -> frozenset[int]:
    """The years of which a list has every holiday that comes each year, and no more than a year can have."""
    return frozenset(
        year
        for year in {day.year for day, _ in days}
        if _FEWEST <= sum(day.year == year for day, _ in days) <= _MOST
        and all(any(day.year == year and name in title.casefold() for day, title in days) for name in _EVERY_YEAR)
    )


@cache
def of_year(year: int, official: Days | None = None) -> Mapping[date, str]:
    """Bank holidays of a year by day, substitute days and proclaimed ones included.

    Args:
        year: The year.
        official: The official list; None for the shipped one.
    """
    official = shipped() if official is None else official
    days = {day: title for day, title in official if day.year == year}
    if year not in whole_years(official):
        days = {**computed(year), **days}
    return MappingProxyType(dict(sorted(days.items())))


@cache
def computed(year: int) -> Mapping[date, str]:
    """What the `holidays` package says of a year."""
    import holidays  # a quarter of a second, for the few commands that ask for a date

    return MappingProxyType(dict(holidays.country_holidays("GB", subdiv="ENG", years=year)))
