"""The official list of bank holidays, from gov.uk: kept beside landing, since working days are counted with it.

What is here: fetching it, and saying what it changes. What is not: how it goes together with the `holidays` package
(reference/bank_holidays.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from safer_assets.errors import FetchError
from safer_assets.landing.store import write_text
from safer_assets.partnership import Partnership
from safer_assets.publishers.book import Entry
from safer_assets.publishers.desk import Desk, Fetched, Newest
from safer_assets.reference import bank_holidays
from safer_assets.reference.bank_holidays import Days, NotAListError

EVERY = timedelta(days=7)
"""How long a list is trusted: a holiday is proclaimed months ahead, and ten days ahead at the very least so far."""
LIMIT = 1 << 20


class BankHolidays:
    """gov.uk's bank holidays of England and Wales."""

    name = "bank_holidays"

    def serves(self, partnership: Partnership) -> bool:
        """Every board has working days."""
        del partnership
        return True

    def newest(self, desk: Desk) -> Sequence[Newest]:
        """Nothing: no figure changes with a bank holiday, so none is worth a refresh of its own."""
        del desk
        return []

    def fetch(self, desk: Desk) -> Iterator[Fetched]:
        """Keep the list where it has changed, and say what is new in it; there is no file to land.

        Raises:
            FetchError: It cannot be had or is no list of bank holidays. What was known before stays.
        """
        home = desk.folder.parent
        known = desk.book.get(self.name)
        url = desk.addresses["bank_holidays"]
        fresh = known and known.url == url and abs(desk.today - known.fetched_at.date()) < EVERY
        if fresh and (home / bank_holidays.FILE).is_file():
            return
        try:
            official = bank_holidays.parsed(desk.http.get_json(url, limit=LIMIT))
        except NotAListError as error:
            raise FetchError(
                f"{url}: is not the list of bank holidays ({error}). The list of before is used. Open the address; if "
                "it has moved, correct bank_holidays in [addresses] of partnership.toml."
            ) from error
        before = bank_holidays.kept(home)
        after = bank_holidays.merged(before, official)
        if after != before or not (home / bank_holidays.FILE).is_file():
            write_text(home / bank_holidays.FILE, bank_holidays.written(after), home)
            _say_what_changed(desk, before, after)
            _say_where_the_package_differs(desk, after)
        desk.book.note(self.name, Entry(url=url, fetched_at=datetime.now(UTC)))
        yield from ()


def _say_what_changed(desk: Desk, before: Days, after: Days) -> None:
    """One line for each year that gets other working days than it had."""
    for year in sorted({day.year for day, _ in after}):
        was, now = (_weekdays(bank_holidays.of_year(year, days)) for days in (before, after))
        if was != now:
            desk.say(f"Bank holidays {year} have changed: {_difference(was, now)}. Deadlines are counted anew.")


def _say_where_the_package_differs(desk: Desk, official: Days) -> None:
    """One line for each year from this one on for which package and official list disagree; the list wins."""
    for year in sorted(bank_holidays.whole_years(official)):
        package, now = (_weekdays(bank_holidays.computed(year)), _weekdays(bank_holidays.of_year(year, official)))
        if package != now:
            desk.say(
                f"Bank holidays {year}: gov.uk and the installed holidays package differ, and gov.uk's are used: "
                f"{_difference(package, now)}. A newer holidays package may know them."
            )


def _weekdays(days: Iterable[date]) -> frozenset[date]:
    """Those that are no weekend anyway: the package lists a Christmas Day on a Sunday, gov.uk only its substitute."""
    return frozenset(day for day in days if day.weekday() < 5)


def _difference(was: frozenset[date], now: frozenset[date]) -> str:
    added = [f"{day} is one" for day in sorted(now - was)]
    return ", ".join(added + [f"{day} is none" for day in sorted(was - now)])
