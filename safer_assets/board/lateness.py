"""Is a feed late? The newest month landed against the latest month that should have been published.

What is here: pure functions of files and a day; they know no clock. What is not: when a month is nominally out
(landing/availability.py), and telling people (pack_page.py, graph/freshness.py, automation/late.py).

They look at the newest month and at nothing else: a backfill of old months never makes a feed look fresh.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from safer_assets.charts.wording import day_words, month_words, plural
from safer_assets.feeds import by_name
from safer_assets.landing.availability import NOMINAL, QUARTERLY
from safer_assets.landing.kinds import kind_of
from safer_assets.reference import indicators

_MONTHS_BACK: Final = 24  # no publisher is nominally further behind


class File(Protocol):
    """What is looked at of a landed file; a manifest has it."""

    @property
    def feed(self) -> str:
        """Name of the feed."""
        ...

    @property
    def name(self) -> str:
        """Path in the source."""
        ...

    @property
    def vintage(self) -> date | None:
        """First of the last month in it."""
        ...

    @property
    def force(self) -> str | None:
        """Of a data.police.uk file."""
        ...


@dataclass(frozen=True)
class Standing:
    """Where one series of a feed stands on a day.

    Attributes:
        feed: Name of the feed.
        kind: The series within it, such as `knife` of the dashboard; empty where the feed is one series.
        newest: The newest month landed, as its first day.
        expected: The latest month that should have been out, and is wanted.
        due: The day on which the first month after the newest is nominally out.
        day: The day it is judged on.
    """

    feed: str
    kind: str
    newest: date
    expected: date
    due: date
    day: date

    @property
    def is_late(self) -> bool:
        """Whether a month that should be out is not landed; on the very day it is due, it is late by 0 days."""
        return self.newest < self.expected

    @property
    def days_late(self) -> int:
        """Days since the first missing month was due; 0 where none is missing."""
        return (self.day - self.due).days if self.is_late else 0

    @property
    def title(self) -> str:
        """The feed's title, with the series where there are several."""
        title = by_name(self.feed).title
        return f"{title}, {self.kind.upper() if len(self.kind) < 4 else self.kind}" if self.kind else title

    def words(self) -> str:
        """Where it stands, in a sentence."""
        newest = month_words(self.newest)
        if not self.is_late:
            return f"{self.title}: on time, {newest} is landed."
        first = _next_due(self.feed, self.newest)
        months = f"{month_words(first)} was" if first == self.expected else f"{month_words(first)} and later were"
        late = f"{plural(self.days_late, 'day')} late" if self.days_late else "due that very day"
        return (
            f"{self.title}: {months} due on {day_words(self.due)} and had not come by {day_words(self.day)} "
            f"({late}). The newest month is {newest}."
        )


def has_months(feed: str) -> bool:
    """Whether the feed comes month by month on a nominal day, so that it can be late at all."""
    return feed in NOMINAL and NOMINAL[feed](date(2020, 1, 1)) is not None


def latest_due(feed: str, day: date) -> date | None:
    """The latest month of a feed that should be out on a day, as its first day; None for a feed without a habit."""
    month = day.replace(day=1)
    for _ in range(_MONTHS_BACK if has_months(feed) else 0):
        out = NOMINAL[feed](month)
        if _can_be_due(feed, month) and out is not None and out <= day:
            return month
        month = _before(month)
    return None


def standings(files: Iterable[File], force: str, day: date, *, until: date | None = None) -> tuple[Standing, ...]:
    """Where every feed stands that has been landed and comes month by month.

    Args:
        files: Landed files.
        force: The partnership's force; another force's months say nothing.
        day: The day to judge on.
        until: The last month that is wanted, such as a meeting's data month; later ones are no matter.
    """
    found = []
    for (feed, kind), newest in sorted(_newest(files, force).items()):
        expected = latest_due(feed, day)
        due = NOMINAL[feed](_next_due(feed, newest))
        if expected is not None and due is not None:
            found.append(Standing(feed, kind, newest, min(expected, until or expected), due, day))
    return tuple(found)


def late_for_board(
    files: Collection[File], force: str, day: date, *, until: date | None = None
) -> tuple[Standing, ...]:
    """The feeds that a board's figures need and that are late on a day; arguments as of `standings`."""
    needed = first_choices({file.feed for file in files})
    return tuple(s for s in standings(files, force, day, until=until) if s.is_late and s.feed in needed)


def first_choices(landed: Collection[str]) -> set[str]:
    """The feeds that some indicator prefers among those landed.

    While one is late, its indicators stand still or are taken from a feed that counts another way: both are worth
    saying.
    """
    preferred = (next((feed for feed in entry.feeds if feed in landed), None) for entry in indicators())
    return {feed for feed in preferred if feed}


def _newest(files: Iterable[File], force: str) -> dict[tuple[str, str], date]:
    """Feed and kind -> newest month. A file whose name does not tell its kind may be of any, and counts for each."""
    newest: dict[tuple[str, str], date] = {}
    for file in files:
        if file.vintage and has_months(file.feed) and file.force in (None, force):
            key = (file.feed, kind_of(file))
            newest[key] = max(newest.get(key, file.vintage), file.vintage)
    for feed in {feed for feed, kind in newest if kind}:
        unnamed = newest.pop((feed, ""), None)
        for key in [key for key in newest if key[0] == feed and unnamed]:
            newest[key] = max(newest[key], unnamed or newest[key])
    return newest


def _next_due(feed: str, month: date) -> date:
    """The first month after this one that can be due."""
    month = _next(month)
    while not _can_be_due(feed, month):
        month = _next(month)
    return month


def _can_be_due(feed: str, month: date) -> bool:
    return feed not in QUARTERLY or month.month % 3 == 0


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
