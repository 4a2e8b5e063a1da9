"""Met Police violence against women and girls by borough, ward and month (London Datastore).

What is here: its columns, months and rows. What is not: offence names (it has none: every row counts towards one
indicator); flags for hate crime and domestic abuse, which the publisher has in other files.
"""

from collections.abc import Sequence

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column, Description, TableFeed, is_historical
from safer_assets.feeds.content import Content
from safer_assets.feeds.dates import DAY_SPELLINGS, day_sql
from safer_assets.feeds.headings import Heading
from safer_assets.feeds.tables import Connection, first_row


class MpsVawg(TableFeed):
    """Violence against women and girls: offences by place, month recorded and month committed.

    A borough and month stand in several rows; months are those in which offences were recorded.
    """

    name = "mps_vawg"
    title = "Met violence against women and girls"
    publisher = "Metropolitan Police Service"
    url = "https://data.london.gov.uk/dataset/mps-violence-against-women-and-girls-2yod5"
    loaded = True
    enough = 4
    headings = (
        Heading("bcu", "bcu_location", r"bculocation"),
        Heading("borough", "borough_name", r"boroughname"),
        Heading("ward_name", "ward_name_clean_2", r"wardname(clean\d?)?"),
        Heading("month", "recorded_date_months", r"recordeddatemonths?"),
        Heading("month_committed", "date_committed_from_date_months", r"datecommittedfromdatemonths?"),
        Heading("offences", "count", r"count"),
    )
    text_columns = ("borough", "ward_name", "month", "month_committed", "offences")
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        Column("borough", "VARCHAR", "Borough name as published; some are not boroughs."),
        Column("ward_name", "VARCHAR", "Ward name as published; NULL where the publisher could not place it."),
        Column("month", "DATE", "First of the month in which the offences were recorded.", day_sql("month")),
        Column(
            "month_committed",
            "DATE",
            "First of the month in which they were committed, often years earlier; NULL where it is not known.",
            day_sql("month_committed"),
        ),
        Column("offences", "INTEGER", "Recorded offences. A row absent from the file means 0."),
    )

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """First and last month recorded.

        Raises:
            FeedError: A month recorded is in no accepted spelling.
        """
        del names
        return describe_days(self, con, content, rows, "month", "recorded_date_months")


def describe_days(
    feed: TableFeed, con: Connection, content: Content, rows: int, column: str, shown: str
) -> Description:
    """The description of a feed without categories, of which only one day column matters.

    Raises:
        FeedError: A cell of it is in no accepted spelling, or all are blank.
    """
    day = day_sql(column)
    first, last, wrong = first_row(
        con,
        f"select date_trunc('month', min({day}))::date, date_trunc('month', max({day}))::date, "  # noqa: S608 # our SQL
        f"min(row_number) filter (where {day} is null and {column} is not null) from scanned",
    )
    if wrong is not None:
        raise feed.refusal(content, f"{shown} of data row {wrong:,} is not a day as {DAY_SPELLINGS}")
    if first is None:
        raise feed.refusal(content, f"no row has a {shown}")
    return Description("", first, last, is_historical(first, last), rows, content.header)
