"""Met Police recorded crime by LSOA (London Datastore, wide CSV).

What is here: the columns and their aliases. What is not: how a wide file becomes rows (mps_wide.py), LSOAs of 2011 and
2021 (dbt_like_sql/staging/lsoa_units.sql).
"""

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column
from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading, matched
from safer_assets.feeds.mps_wide import BOROUGH, GROUP, MONTH_COLUMN, SUBGROUP, WideFeed

_LSOA = (
    Heading("lsoa_code", "lsoa_code", r"lsoa(\d\d)?(code|cd)"),
    Heading("lsoa_name", "lsoa_name", r"lsoa(\d\d)?(name|nm)", needed=False),
)


class MpsLsoa(WideFeed):
    """Recorded crime by LSOA; its borough column may hold a GSS code in place of a name."""

    name = "mps_lsoa"
    title = "Met recorded crime by LSOA"
    loaded = True
    sparse = True
    headings = (*_LSOA, BOROUGH, GROUP, SUBGROUP)
    text_columns = ("lsoa_code", "borough", "offence_group", "offence_subgroup", "month", "offences")
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        Column("lsoa_code", "VARCHAR", "Code of the LSOA, of 2011 or 2021, as the file has it."),
        Column("borough", "VARCHAR", "Borough as published: a GSS code, or a name."),
        Column("offence_group", "VARCHAR", "Major category as published."),
        Column("offence_subgroup", "VARCHAR", "Minor category as published."),
        MONTH_COLUMN,
        Column("offences", "INTEGER", "Recorded offences in the month. A row absent here means 0."),
    )

    def recognises(self, content: Content) -> bool:
        """Wide, with LSOAs."""
        return self.is_wide(content) and matched(content.header, _LSOA) > 0
