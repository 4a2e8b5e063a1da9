"""Met Police recorded crime by ward (London Datastore, wide CSV).

What is here: the columns and their aliases. What is not: how a wide file becomes rows (mps_wide.py), which files have
the same wards (dbt_like_sql/marts/ward_months.sql); ward sums are not the borough's.
"""

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column
from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading, matched
from safer_assets.feeds.mps_wide import BOROUGH, GROUP, MONTH_COLUMN, SUBGROUP, WideFeed

_WARD = (
    Heading("ward_name", "WardName", r"wardname|ward"),
    Heading("ward_code", "WardCode", r"wardcode"),
)


class MpsWard(WideFeed):
    """Recorded crime by ward."""

    name = "mps_ward"
    title = "Met recorded crime by ward"
    loaded = True
    sparse = True
    headings = (GROUP, SUBGROUP, *_WARD, BOROUGH)
    text_columns = ("offence_group", "offence_subgroup", "ward_name", "ward_code", "borough", "month", "offences")
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        Column("offence_group", "VARCHAR", "Major category as published."),
        Column("offence_subgroup", "VARCHAR", "Minor category as published."),
        Column("ward_name", "VARCHAR", "Name of the ward as published; wards of several boroughs share names."),
        Column("ward_code", "VARCHAR", "Code of the ward; old or new boundaries, as the file has them."),
        Column("borough", "VARCHAR", "Borough as published; one ward can stand under its borough and the airports."),
        MONTH_COLUMN,
        Column("offences", "INTEGER", "Recorded offences in the month. A row absent here means 0."),
    )

    def recognises(self, content: Content) -> bool:
        """Wide, with wards."""
        return self.is_wide(content) and matched(content.header, _WARD) > 0
