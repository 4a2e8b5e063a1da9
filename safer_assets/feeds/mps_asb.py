"""Met Police anti-social behaviour, one row a call (London Datastore, MPS_Antisocial_Behaviour.csv).

What is here: the columns that are read of its 27, and which of its months are whole. What is not: figures
(dbt_like_sql/marts), and the street files of data.police.uk, which count the same calls another way: one series never
mixes the two.

The columns are those of a copy of September 2024, which several people have written down: 255,432 rows from 1 August
2023 to 31 August 2024, days as 10-03-2024, no Ward_Code, ASBCount 1 in every row, no borough in 2,472 rows.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column, Description, TableFeed, is_historical
from safer_assets.feeds.content import Content
from safer_assets.feeds.dates import day_sql
from safer_assets.feeds.headings import Heading, matched
from safer_assets.feeds.tables import Connection, first_row, identifier

DAY_SPELLINGS: Final = "10-03-2024, 10/03/2024 (day first), 2024-03-10 or 10-Mar-2024"

_ITS_OWN = (
    Heading("opening_type_1", "Opening_Type_1", r"openingtype1"),
    Heading("opening_type_2", "Opening_Type_2", r"openingtype2", needed=False),
    Heading("opening_type_3", "Opening_Type_3", r"openingtype3", needed=False),
    Heading("borough", "Safer_Neighborhood_Team_Borough_Name", r"(saferneighbou?rhoodteam|snt)boroughname"),
    Heading("incidents", "ASBCount", r"asb(count|incidents)"),
    Heading("resolution", "Resolution_Type_1", r"resolutiontype1", needed=False),
)


def incident_day_sql(column: str) -> str:
    """SQL for a text column as a DATE; NULL where it is blank or in none of DAY_SPELLINGS.

    Days come before months. A file that has them the other way round has a 13th month on most days, and is refused.
    """
    cell = identifier(column)
    dashed = f"regexp_full_match({cell}, '\\d{{2}}-\\d{{2}}-\\d{{4}}')"
    return f"case when {dashed} then cast(try_strptime({cell}, '%d-%m-%Y') as date) else {day_sql(column)} end"


class MpsAsb(TableFeed):
    """Calls to the Met about anti-social behaviour."""

    name = "mps_asb"
    title = "Met anti-social behaviour"
    publisher = "Metropolitan Police Service"
    url = "https://data.london.gov.uk/dataset/mpsantisocialbehaviour"
    loaded = True
    enough = 3
    headings = (
        Heading("incident_day", "Date", r"(incident)?date"),
        Heading("incident_hour", "Hour", r"(incident)?hour", needed=False),
        *_ITS_OWN,
        Heading("duplicate", "Duplicate", r"duplicate", needed=False),
        Heading("ward_code", "Ward_WardCode", r"wardwardcode", needed=False),
        Heading("ward_name", "Safer_Neighborhood_Team_Name", r"(saferneighbou?rhoodteam|snt)name", needed=False),
    )
    text_columns = (
        *("incident_day", "incident_hour", "opening_type_1", "opening_type_2", "opening_type_3"),
        *("ward_code", "ward_name", "borough", "duplicate", "incidents"),
    )
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        Column("incident_day", "DATE", "Day of the call.", incident_day_sql("incident_day")),
        Column("incident_hour", "VARCHAR", "Hour of the call as published, such as 09:00."),
        Column(
            "opening_type_1", "VARCHAR", "First opening code in words: as a rule the qualifier, such as ASB Nuisance."
        ),
        Column("opening_type_2", "VARCHAR", "Second opening code: as a rule one of the 13 headings, such as Noise."),
        Column("opening_type_3", "VARCHAR", "Third opening code."),
        Column("ward_code", "VARCHAR", "Code of the neighbourhood's ward; NULL where the call has no place."),
        Column("ward_name", "VARCHAR", "Name of the neighbourhood."),
        Column("borough", "VARCHAR", "Borough as published; NULL where the call has no place."),
        Column("duplicate", "VARCHAR", "Whether the call repeats another, as published."),
        Column("incidents", "INTEGER", "What the publisher counts the row as; 1 in all rows seen so far."),
    )

    def recognises(self, content: Content) -> bool:
        """Columns that no other feed has."""
        return content.is_table and matched(content.header, _ITS_OWN) >= self.enough

    def other_column(self, heading: str) -> str:
        """Codes beside their words, and what became of the call: passed over, since no count depends on them."""
        del heading
        return ""

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """First and last month of which every day is within the file's days.

        Raises:
            FeedError: A day is in no accepted spelling, or no month is whole.
        """
        del names
        day = incident_day_sql("incident_day")
        first, last, row, cell = first_row(
            con,
            f"""
            select min({day}), max({day}), min(row_number) filter (where {day} is null),
                arg_min(incident_day, row_number) filter (where {day} is null)
            from scanned
            """,  # noqa: S608 # our SQL
        )
        if row is not None:
            raise self.refusal(content, f"data row {row:,} has Date {cell!r}, which must be a day, as {DAY_SPELLINGS}")
        first_month = first if first.day == 1 else _next_month(first)
        last_month = last.replace(day=1)
        if last + timedelta(days=1) != _next_month(last):
            last_month = (last_month - timedelta(days=1)).replace(day=1)
        if last_month < first_month:
            raise self.refusal(content, f"it holds {first:%Y-%m-%d} to {last:%Y-%m-%d}, and no whole month")
        return Description("", first_month, last_month, is_historical(first_month, last_month), rows, content.header)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
