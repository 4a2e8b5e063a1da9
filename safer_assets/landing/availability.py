"""When a file became available, where nobody wrote it down: what an as-at read may use.

What is here: the nominal rule of each feed. What is not: the board's own calendar (board/calendar.py) and the day of
each mid-year estimate, which is judged row by row (dbt_like_sql/staging).
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from safer_assets.reference.bank_holidays import of_year

ALWAYS: Final = date.min
MET_FEED_DAY: Final = 6
POLICE_UK_MONTHS_LATE: Final = 2
HOME_OFFICE_MONTHS_LATE: Final = 4

Rule = Callable[[date], date | None]
"""From the last month in a file (first of it) to the day it was out."""


def available_from(
    feed: str, *, vintage: date | None, historical: bool, refreshed: date | None, published: date | None
) -> date | None:
    """The first day on which a file could be used; None where it cannot be told, and as-at reads skip it.

    What a sidecar says comes first, then the publisher's own date in the file, then the feed's nominal rule. A file of
    more than 36 months has no nominal day: it ends where the 24-month file of its day began.
    """
    known = published or refreshed
    if known or feed in TIMELESS:
        return known or ALWAYS
    if historical or vintage is None:
        return None
    return NOMINAL[feed](vintage)


def sixth_of_next_month(month: date) -> date:
    """Met files: the 6th of the month after their last one."""
    return _add_months(month, 1).replace(day=MET_FEED_DAY)


def last_working_day_two_months_on(month: date) -> date:
    """data.police.uk: the last working day (England) of the second month after."""
    # The shipped list, never a refreshed one: a file's nominal day must not depend on when it was landed.
    day = _add_months(month, POLICE_UK_MONTHS_LATE + 1) - timedelta(days=1)
    closed = of_year(day.year)
    while day.weekday() >= 5 or day in closed:  # Saturday is 5
        day -= timedelta(days=1)
    return day


def last_day_four_months_on(month: date) -> date:
    """Home Office tables: about four months after the last quarter in them, on no fixed day."""
    return _add_months(month, HOME_OFFICE_MONTHS_LATE + 1) - timedelta(days=1)


def unknown(month: date) -> None:
    """A publisher without a habit."""
    del month


TIMELESS: Final = frozenset({"ons_population", "ons_population_lsoa", "ons_lookup", "boundaries"})
"""Lookups and maps may always be used; of a population file, each mid-year is judged by itself."""

NOMINAL: Final[Mapping[str, Rule]] = {
    "mps_borough": sixth_of_next_month,
    "mps_ward": sixth_of_next_month,
    "mps_lsoa": sixth_of_next_month,
    "mps_dashboard": sixth_of_next_month,
    # The copy with months to February 2026 came out in April.
    "mps_vawg": last_working_day_two_months_on,
    "mps_asb": sixth_of_next_month,
    "police_uk_street": last_working_day_two_months_on,
    "police_uk_outcomes": last_working_day_two_months_on,
    "police_uk_api": last_working_day_two_months_on,
    "mopac_pas": unknown,
    "home_office_csp": last_day_four_months_on,
}


QUARTERLY: Final = frozenset({"home_office_csp"})
"""Feeds that move on by calendar quarters: no month but the last of one is ever due."""


def _add_months(month: date, number: int) -> date:
    months = month.year * 12 + month.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)
