"""Met Police recorded crime by borough (London Datastore, wide CSV).

What is here: the columns and their aliases. What is not: how a wide file becomes rows (mps_wide.py), offence names
(reference/offence_aliases.csv), figures (dbt_like_sql/marts).
"""

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column
from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading
from safer_assets.feeds.mps_wide import BOROUGH, GROUP, MONTH_COLUMN, SUBGROUP, WideFeed

_SMALLER = Heading("smaller", "ward or LSOA", r"(ward|lsoa)(\d\d)?(code|name|cd|nm)")


class MpsBorough(WideFeed):
    """Recorded crime by borough: 24-month and historical files, in either category scheme."""

    name = "mps_borough"
    title = "Met recorded crime by borough"
    loaded = True
    headings = (GROUP, SUBGROUP, BOROUGH)
    text_columns = ("offence_group", "offence_subgroup", "borough", "month", "offences")
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        Column("offence_group", "VARCHAR", "Major category as published."),
        Column("offence_subgroup", "VARCHAR", "Minor category as published."),
        Column("borough", "VARCHAR", "Borough name as published; some are not boroughs."),
        MONTH_COLUMN,
        Column("offences", "INTEGER", "Recorded offences in the month. A row absent from the file means 0."),
    )

    def recognises(self, content: Content) -> bool:
        """Wide, and of no smaller area than the borough."""
        return self.is_wide(content) and not any(_SMALLER.matches(heading) for heading in content.header)
