"""Street-level crime and anti-social behaviour of one force and month (data.police.uk archive).

What is here: its twelve columns. What is not: repeats, strays and blank IDs (quality/), the district of an LSOA
(ons_lookup.py).
"""

from collections.abc import Sequence

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column, Description
from safer_assets.feeds.content import Content
from safer_assets.feeds.dates import month_sql
from safer_assets.feeds.police_uk import COMMON, STREET_ONLY, PoliceUkFeed, is_street
from safer_assets.feeds.tables import Connection


class PoliceUkStreet(PoliceUkFeed):
    """Street-level crime, one force and month a file."""

    name = "police_uk_street"
    title = "data.police.uk street-level crime"
    loaded = True
    headings = (*COMMON, *STREET_ONLY)
    text_columns = (
        *("crime_id", "month", "reported_by", "falls_within", "longitude", "latitude", "location"),
        *("lsoa_code", "lsoa_name", "crime_type", "last_outcome"),
    )
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        # Two thirds of the database would be the 64 characters of the ID; its MD5 tells crimes apart as well.
        Column("crime_key", "UUID", "MD5 of the Crime ID; NULL where the ID is blank.", "cast(md5(crime_id) as uuid)"),
        Column("month", "DATE", "First of the month.", month_sql("month")),
        Column("reported_by", "VARCHAR", "Force that reported it."),
        Column("falls_within", "VARCHAR", "Force whose area it fell in."),
        Column("longitude", "DOUBLE", "WGS84 degrees of a snap point near it; NULL where it has none."),
        Column("latitude", "DOUBLE", "WGS84 degrees of a snap point near it; NULL where it has none."),
        Column("location", "VARCHAR", "Name of the snap point."),
        Column("lsoa_code", "VARCHAR", "LSOA of 2011 or of 2021, by file; NULL where it has no coordinates."),
        Column("lsoa_name", "VARCHAR", "Name of the LSOA."),
        Column("crime_type", "VARCHAR", "One of 14 categories; anti-social behaviour is an incident, not a crime."),
        Column("last_outcome", "VARCHAR", "Newest outcome known when the file was made; NULL for ASB."),
    )

    def recognises(self, content: Content) -> bool:
        """The family's columns, with at least one that only street files have."""
        return self.has_common_columns(content) and is_street(content.header)

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """Its month and force.

        Raises:
            FeedError: A Month is not one, or the file holds several.
        """
        del names
        month = self.only_month(con, content)
        force = self.force(con, content)
        return Description("police-uk-2013", month, month, False, rows, content.header, force=force)
