"""MOPAC Public Attitude Survey by borough (London Datastore, semicolons, decimal commas).

What is here: its columns, dates and rows. What is not: how many people were asked, which the file does not say.
"""

from collections.abc import Sequence

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column, Description, TableFeed
from safer_assets.feeds.content import Content
from safer_assets.feeds.dates import day_sql
from safer_assets.feeds.headings import Heading
from safer_assets.feeds.mps_vawg import describe_days
from safer_assets.feeds.tables import Connection


def _share(column: str) -> str:
    """SQL for a share that the file writes with a decimal comma: '0,56'."""
    return f"cast(replace(trim({column}), ',', '.') as double)"


class MopacPas(TableFeed):
    """Trust and confidence by borough and quarter."""

    name = "mopac_pas"
    title = "MOPAC Public Attitude Survey by borough"
    publisher = "Mayor's Office for Policing and Crime"
    url = "https://data.london.gov.uk/dataset/mopac-surveys"
    loaded = True
    enough = 4
    headings = (
        Heading("day", "Date", r"date"),
        Heading("survey", "Survey", r"survey"),
        Heading("borough", "Borough", r"borough"),
        Heading("measure", "Measure", r"measure"),
        Heading("proportion", "Proportion", r"proportion"),
        Heading("proportion_mps", "MPS", r"mps"),
    )
    text_columns = ("day", "survey", "borough", "measure", "proportion", "proportion_mps")
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        Column("quarter_end", "DATE", "Last day of the quarter that the value is published for.", day_sql("day")),
        Column("survey", "VARCHAR", "PAS in all rows seen so far."),
        Column("borough", "VARCHAR", "Borough name as published."),
        Column("measure", "VARCHAR", "What people were asked about, as published."),
        Column("share", "DOUBLE", "Share of people who agree, from 0 to 1, as published.", _share("proportion")),
        Column("london_share", "DOUBLE", "The same for all of London.", _share("proportion_mps")),
    )

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """First and last quarter.

        Raises:
            FeedError: A Date is in no accepted spelling.
        """
        del names
        return describe_days(self, con, content, rows, "day", "Date")
