"""Met Police recorded crime by borough (London Datastore, wide CSV).

What is here: the columns, their aliases and how one file becomes rows. What is not: offence names
(reference/offence_aliases.csv), figures (dbt_like_sql/marts).
"""

from collections.abc import Sequence

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column
from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading
from safer_assets.feeds.mps_wide import BOROUGH, GROUP, SUBGROUP, WideFeed
from safer_assets.feeds.tables import Connection

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
        Column("month", "DATE", "First of the month.", "cast(strptime(month || '01', '%Y%m%d') as date)"),
        Column("offences", "INTEGER", "Recorded offences in the month. A row absent from the file means 0."),
    )

    def recognises(self, content: Content) -> bool:
        """Wide, and of no smaller area than the borough."""
        return self.is_wide(content) and not any(_SMALLER.matches(heading) for heading in content.header)

    def read_rows(self, con: Connection, file_id: str, names: Sequence[str]) -> None:
        """One row a month; blank cells stay, for the gate to find."""
        del names  # months are told by their shape
        con.execute(
            """
            insert into incoming by name
            select ? as file_id, row_number, offence_group, offence_subgroup, borough, month, offences
            from scanned unpivot include nulls (offences for month in (columns('^[0-9]{6}$')))
            """,
            [file_id],
        )
