"""ONS mid-year population of districts (a table of ours or a Nomis download).

What is here: both sets of columns, and why look-alikes are refused. What is not: LSOAs (ons_population_lsoa.py) and
when an estimate was out (dbt_like_sql/staging).
"""

import re
from collections.abc import Sequence
from datetime import date

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column, Description, TableFeed
from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading, matched, plain
from safer_assets.feeds.ons_population_lsoa import LSOA_CODE, mid_years
from safer_assets.feeds.tables import Connection, first_row, identifier, scanned

_POPULATION = Heading("population", "population (or obs_value)", r"population|obsvalue")
_SOURCE = "source"

# What Nomis adds when it is not told which columns to give; the rest of its columns are codes of the same.
_NOMIS = (
    r"(date|geography|gender|sex|cage|age|measures)(name|code|type|typecode|sortorder)?"
    r"|(obsstatus|obsconf)(name)?|recordoffset|recordcount|urn"
)
_WHOLE = {
    "gendername": ("total", "all persons", "persons"),
    "sexname": ("total", "all persons", "persons"),
    "gender": ("0", "total"),
    "sex": ("0", "total"),
    "cagename": ("all ages", "all", "total"),
    "agename": ("all ages", "all", "total"),
    "cage": ("200",),
    "age": ("200", "all ages", "total"),
    "measuresname": ("value",),
}
"""Columns by which a download may be split, with the values that mean it is not."""


class OnsPopulation(TableFeed):
    """Residents of districts at 30 June of each year."""

    name = "ons_population"
    title = "ONS mid-year population estimates"
    publisher = "Office for National Statistics"
    url = "https://www.nomisweb.co.uk/datasets/pestsyoala"
    loaded = True
    enough = 1
    headings = (
        Heading("area_code", "area_code (or geography_code)", r"areacode|geographycode"),
        Heading("area_name", "area_name (or geography_name)", r"areaname|geographyname", needed=False),
        Heading("mid_year", "mid_year (or date_name)", r"midyear|datename"),
        _POPULATION,
    )
    text_columns = ("area_code", "area_name", "mid_year", "population")
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        Column("area_code", "VARCHAR", "GSS code."),
        Column("area_name", "VARCHAR", "Name as published; NULL where the file has codes alone."),
        Column("mid_year", "INTEGER", "The estimate is for 30 June of this year."),
        Column("population", "INTEGER", "Residents, all ages."),
    )

    def recognises(self, content: Content) -> bool:
        """Anything with a population column and no LSOAs: a look-alike is better refused by name than unknown."""
        return (
            content.is_table
            and matched(content.header, (_POPULATION,)) > 0
            and matched(content.header, (LSOA_CODE,)) == 0
        )

    def describe(self, content: Content, con: Connection) -> Description:
        """As for any table, once the file has not said itself that it is something else.

        Raises:
            FeedError: It names other sources than ONS estimates, has no code or year, or holds LSOAs.
        """
        self._check_source(content, con)
        return super().describe(content, con)

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """First and last mid-year; never `historical`, because each mid-year has its own day of publication."""
        self._check_whole(con, content, names)
        first, last = mid_years(self, con, content)
        small = first_row(con, "select count(*) from scanned where regexp_matches(area_code, '^[EW]01')")[0]
        if small:
            raise self.refusal(content, f"{small:,} of its {rows:,} rows are LSOAs, where districts are wanted")
        return Description("", date(first, 6, 1), date(last, 6, 1), False, rows, content.header)

    def other_column(self, heading: str) -> str | None:
        """Only columns that Nomis adds are passed over."""
        return "" if re.fullmatch(_NOMIS, plain(heading)) else None

    def _check_whole(self, con: Connection, content: Content, names: Sequence[str]) -> None:
        """Men alone, or one age band, would pass for everybody."""
        for name, heading in zip(names, content.header, strict=True):
            if whole := _WHOLE.get(plain(heading)):
                column = identifier(name)
                found = con.execute(f"select distinct {column} from scanned order by all").fetchall()  # noqa: S608
                if parts := [row[0] for row in found if str(row[0]).casefold() not in whole]:
                    raise self.refusal(
                        content,
                        f"its column {heading} says {parts[0]!r}: all residents are wanted, not a part of them "
                        "(gender=0, c_age=200, measures=20100)",
                    )

    def _check_source(self, content: Content, con: Connection) -> None:
        """Another publisher's table may mix estimates with projections, under one label."""
        position = next((n for n, heading in enumerate(content.header) if plain(heading) == _SOURCE), None)
        if position is None:
            return
        names = tuple(f"column_{number}" for number in range(len(content.header)))
        with scanned(con, content, names):
            source = identifier(names[position])
            found = con.execute(
                f"select {source}, count(*) from scanned group by all order by all"  # noqa: S608 # our own names
            ).fetchall()
        counted = ", ".join(f"{name!r} ({rows:,} rows)" for name, rows in found)
        raise self.refusal(
            content,
            f"its column {content.header[position]} says {counted}: a table put together from other sources, or a "
            "projection, is not ONS mid-year estimates, whatever years it shares with them",
        )
