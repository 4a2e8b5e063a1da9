"""ONS mid-year population of LSOAs.

What is here: its columns and years. What is not: when an estimate was out, and wards (dbt_like_sql/).
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column, Description, TableFeed
from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading, matched
from safer_assets.feeds.tables import Connection, first_row

LSOA_CODE: Final = Heading("lsoa21_code", "lsoa21_code", r"lsoa(\d\d)?(code|cd)")
CENSUS: Final = "21"
_POPULATION = Heading("population", "population", r"population")


class OnsPopulationLsoa(TableFeed):
    """Residents of LSOAs at 30 June of each year."""

    name = "ons_population_lsoa"
    title = "ONS mid-year population estimates of LSOAs"
    publisher = "Office for National Statistics"
    url = (
        "https://www.ons.gov.uk/peoplepopulationandcommunity/populationandmigration/populationestimates/datasets/"
        "lowersuperoutputareamidyearpopulationestimates"
    )
    loaded = True
    enough = 2
    headings = (
        LSOA_CODE,
        Heading("lsoa21_name", "lsoa21_name", r"lsoa(\d\d)?(name|nm)", needed=False),
        Heading("lad_code", "lad_code", r"lad(\d\d)?(code|cd)", needed=False),
        Heading("mid_year", "mid_year", r"midyear"),
        _POPULATION,
    )
    text_columns = ("lsoa21_code", "lsoa21_name", "lad_code", "mid_year", "population")
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        Column("lsoa21_code", "VARCHAR", "GSS code of an LSOA of 2021."),
        Column("lsoa21_name", "VARCHAR", "Name as published; NULL where the file has codes alone."),
        Column("lad_code", "VARCHAR", "GSS code of its district; NULL where the file does not say."),
        Column("mid_year", "INTEGER", "The estimate is for 30 June of this year."),
        Column("population", "INTEGER", "Residents, all ages."),
    )

    def recognises(self, content: Content) -> bool:
        """LSOAs and a population."""
        return content.is_table and matched(content.header, (LSOA_CODE, _POPULATION)) == 2

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """First and last mid-year.

        Raises:
            FeedError: Its LSOAs are of another census than 2021, or a mid-year is not a year.
        """
        del names
        code = next(heading for heading in content.header if LSOA_CODE.matches(heading))
        if (year := re.search(r"\d\d", code)) and year[0] != CENSUS:
            raise self.refusal(
                content,
                f"its column {code} says that its LSOAs are of 20{year[0]}, where those of 20{CENSUS} are wanted",
            )
        first, last = mid_years(self, con, content)
        return Description("", date(first, 6, 1), date(last, 6, 1), False, rows, content.header)


def mid_years(feed: TableFeed, con: Connection, content: Content) -> tuple[int, int]:
    """First and last mid-year in `scanned`.

    Raises:
        FeedError: A mid-year is not a year, or there is none.
    """
    first, last, wrong = first_row(
        con,
        r"""
        select
            min(mid_year) filter (where regexp_full_match(mid_year, '(19|20)\d\d')),
            max(mid_year) filter (where regexp_full_match(mid_year, '(19|20)\d\d')),
            min(row_number) filter (where not regexp_full_match(mid_year, '(19|20)\d\d'))
        from scanned
        """,
    )
    if wrong is not None:
        raise feed.refusal(content, f"the mid-year of data row {wrong:,} is not a year as 2022")
    if first is None:
        raise feed.refusal(content, "no row has a mid-year")
    return int(first), int(last)
