"""Met Police monthly crime dashboard (London Datastore, long CSV or workbook): TNO, Other and Knife crime data.

What is here: the columns and spellings of the three files, which are one shape. What is not: offence names and which of
them overlap (reference/offence_aliases.csv); borough and neighbourhood rows are kept apart in dbt_like_sql/staging.
"""

from collections.abc import Sequence

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column, Description, TableFeed, is_historical
from safer_assets.feeds.content import Content
from safer_assets.feeds.dates import DAY_SPELLINGS, day_sql, missing_months
from safer_assets.feeds.headings import Heading
from safer_assets.feeds.tables import Connection, first_row


class MpsDashboard(TableFeed):
    """The monthly crime dashboard."""

    name = "mps_dashboard"
    title = "Met monthly crime dashboard"
    publisher = "Metropolitan Police Service"
    url = "https://data.london.gov.uk/dataset/mps-monthly-crime-dashboard-data-e5n6w"
    loaded = True
    enough = 6
    headings = (
        Heading("month", "Month_Year", r"monthyear"),
        Heading("area_type", "Area Type", r"areatype"),
        Heading("borough", "Borough_SNT", r"boroughsnt"),
        Heading("area_name", "Area name", r"areaname"),
        Heading("area_code", "Area code", r"areacode"),
        Heading("offence_group", "Offence Group (or Crime Type)", r"offencegroup|crimetype"),
        Heading("offence_subgroup", "Offence Subgroup (or Crime Subtype)", r"offencesubgroup|crimesubtype"),
        Heading("measure", "Measure", r"measure"),
        Heading("financial_year", "Financial Year", r"financialyear", needed=False),
        Heading("financial_year_index", "FY_FYIndex", r"fyfyindex|fyindex", needed=False),
        Heading("records", "Count", r"count"),
        Heading("refresh_date", "Refresh Date", r"refreshdate"),
    )
    text_columns = (
        *("month", "area_type", "borough", "area_name", "area_code", "offence_group", "offence_subgroup"),
        *("measure", "records", "refresh_date"),
    )
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        Column("month", "DATE", "First of the month.", day_sql("month")),
        Column(
            "area_type", "VARCHAR", "Borough, or Safer Neighbourhood Teams (wards). Borough rows contain the others."
        ),
        Column("borough", "VARCHAR", "Borough name as published; some are not boroughs."),
        Column("area_name", "VARCHAR", "Borough or ward name as published."),
        Column("area_code", "VARCHAR", "GSS code as published; empty for what is not a place."),
        Column("offence_group", "VARCHAR", "Offence Group or Crime Type as published."),
        Column("offence_subgroup", "VARCHAR", "Offence Subgroup or Crime Subtype as published; sub-types overlap."),
        Column("measure", "VARCHAR", "Offences, or Positive Outcomes."),
        Column("records", "INTEGER", "Count of the measure in the month. A row absent from the file means 0."),
        Column("refresh_date", "DATE", "Day the publisher took the figures.", day_sql("refresh_date")),
    )

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """Months and the latest refresh date.

        Raises:
            FeedError: A month or refresh date is in no accepted spelling, a month is not the first of one (so days and
                months may have changed places), or a month is left out.
        """
        del names
        month, refreshed = day_sql("month"), day_sql("refresh_date")
        bad_month = f"month is not null and ({month} is null or day({month}) <> 1)"
        bad_refreshed = f"refresh_date is not null and {refreshed} is null"
        found = first_row(
            con,
            f"""
            select
                list(distinct {month}) filter (where {month} is not null), max({refreshed}),
                min(row_number) filter (where {bad_month}), arg_min(month, row_number) filter (where {bad_month}),
                min(row_number) filter (where {bad_refreshed}),
                arg_min(refresh_date, row_number) filter (where {bad_refreshed})
            from scanned
            """,  # noqa: S608 # our own SQL
        )
        if found[2] is not None:
            problem = f"data row {found[2]:,} has Month_Year {found[3]!r}, which must be the first of a month, as "
            raise self.refusal(content, problem + DAY_SPELLINGS)
        if found[4] is not None:
            problem = f"data row {found[4]:,} has Refresh Date {found[5]!r}, which must be a day, as "
            raise self.refusal(content, problem + DAY_SPELLINGS)
        months = sorted(found[0] or [])
        if not months:
            raise self.refusal(content, "no row has a Month_Year")
        if gaps := missing_months(months):
            raise self.refusal(content, f"months are left out: {', '.join(gaps)}")
        return Description(
            scheme="mps-dashboard",
            first_month=months[0],
            vintage=months[-1],
            historical=is_historical(months[0], months[-1]),
            rows=rows,
            columns=content.header,
            refreshed=found[1],
        )
