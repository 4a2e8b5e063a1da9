"""MOPAC Public Attitude Survey by borough (London Datastore, semicolons): landed only.

What is here: its columns and dates. What is not: its rows.
"""

from collections.abc import Sequence

from safer_assets.feeds.base import Description, TableFeed
from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading
from safer_assets.feeds.mps_vawg import describe_days
from safer_assets.feeds.tables import Connection


class MopacPas(TableFeed):
    """Trust and confidence by borough and quarter."""

    name = "mopac_pas"
    title = "MOPAC Public Attitude Survey by borough"
    publisher = "Mayor's Office for Policing and Crime"
    url = "https://data.london.gov.uk/dataset/mopac-surveys"
    enough = 4
    headings = (
        Heading("day", "Date", r"date"),
        Heading("survey", "Survey", r"survey"),
        Heading("borough", "Borough", r"borough"),
        Heading("measure", "Measure", r"measure"),
        Heading("proportion", "Proportion", r"proportion"),
        Heading("proportion_mps", "MPS", r"mps"),
    )

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """First and last quarter.

        Raises:
            FeedError: A Date is in no accepted spelling.
        """
        del names
        return describe_days(self, con, content, rows, "day", "Date")
