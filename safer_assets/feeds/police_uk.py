"""What data.police.uk's street and outcomes files share: nine columns, one month a file, a force.

What is here: these columns and what a file says of itself. What is not: the columns of each (police_uk_street.py,
police_uk_outcomes.py, police_uk_api.py).
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from safer_assets.feeds.base import TableFeed
from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading, matched
from safer_assets.feeds.tables import Connection

COMMON: Final = (
    Heading("crime_id", "Crime ID", r"crimeid"),
    Heading("month", "Month", r"month"),
    Heading("reported_by", "Reported by", r"reportedby"),
    Heading("falls_within", "Falls within", r"fallswithin"),
    Heading("longitude", "Longitude", r"longitude"),
    Heading("latitude", "Latitude", r"latitude"),
    Heading("location", "Location", r"location"),
    Heading("lsoa_code", "LSOA code", r"lsoacode"),
    Heading("lsoa_name", "LSOA name", r"lsoaname"),
)
STREET_ONLY: Final = (
    Heading("crime_type", "Crime type", r"crimetype"),
    Heading("last_outcome", "Last outcome category", r"lastoutcomecategory"),
    Heading("context", "Context", r"context"),
)
OUTCOMES_ONLY: Final = (Heading("outcome", "Outcome type", r"outcometype"),)
API_ONLY: Final = (
    Heading("api_id", "API ID", r"apiid"),
    Heading("location_type", "Location type", r"locationtype"),
)

# Its rows are spread over every force's file; they say nothing about whose file it is.
BRITISH_TRANSPORT_POLICE: Final = "British Transport Police"
_COMMON_ENOUGH = 7
_MONTH = re.compile(r"(19|20)\d{2}-(0[1-9]|1[0-2])")


class PoliceUkFeed(TableFeed):
    """A file of the data.police.uk archive."""

    publisher = "Home Office, data.police.uk"
    url = "https://data.police.uk/data/archive/"
    enough = _COMMON_ENOUGH

    def has_common_columns(self, content: Content) -> bool:
        """Whether the header is of a file of the archive; what the API said has a feed of its own."""
        is_archive = content.is_table and not is_api(content.header)
        return is_archive and matched(content.header, COMMON) >= _COMMON_ENOUGH

    def months(self, con: Connection, content: Content) -> list[date]:
        """Months in `scanned`, in order.

        Raises:
            FeedError: A Month is not one, or there is none.
        """
        written = con.execute(
            "select month, min(row_number) as first_row from scanned where month is not null group by month "
            "order by first_row"
        ).fetchall()
        if not written:
            raise self.refusal(content, "no row has a Month")
        for month, row in written:
            if not _MONTH.fullmatch(month):
                raise self.refusal(content, f"data row {row:,} has Month {month!r}, which must be a month as 2023-01")
        return sorted(date(int(month[:4]), int(month[5:]), 1) for month, _ in written)

    def only_month(self, con: Connection, content: Content) -> date:
        """The month in `scanned`.

        Raises:
            FeedError: A Month is not one, or there are several, or none.
        """
        months = self.months(con, content)
        if len(months) > 1:
            shown = ", ".join(f"{month:%Y-%m}" for month in months)
            raise self.refusal(content, f"it holds {len(months)} months ({shown}) where a file holds one")
        return months[0]

    def force(self, con: Connection, content: Content) -> str:
        """The force most rows fall within, British Transport Police aside.

        Raises:
            FeedError: No row says.
        """
        found = con.execute(
            "select falls_within from scanned where falls_within is not null group by falls_within "
            "order by falls_within = ?, count(*) desc, falls_within limit 1",
            [BRITISH_TRANSPORT_POLICE],
        ).fetchone()
        if found is None:
            raise self.refusal(content, "no row says which force it falls within")
        return str(found[0])


def is_street(header: Sequence[str]) -> bool:
    """Whether a header of this family is of street crime: outcomes files have none of its last three columns."""
    return matched(header, STREET_ONLY) > 0


def is_api(header: Sequence[str]) -> bool:
    """Whether a header is of crimes that the API gave: it has both columns that no file of the archive has."""
    return matched(header, API_ONLY) == len(API_ONLY)
