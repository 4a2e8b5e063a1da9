"""ONS lookups from small areas and wards to districts.

What is here: their columns, whose names carry a year. What is not: which lookup is used for what
(dbt_like_sql/staging).
"""

from collections.abc import Sequence

from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column, Description, TableFeed
from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading, matched
from safer_assets.feeds.tables import Connection

_LAD_CODE = Heading("lad_code", "LAD24CD", r"lad\d\dcd")
_FROM = (
    Heading("lsoa11_code", "LSOA11CD", r"lsoa11cd", needed=False),
    Heading("lsoa21_code", "LSOA21CD", r"lsoa21cd", needed=False),
    Heading("ward_code", "WD24CD", r"wd\d\dcd", needed=False),
)


class OnsLookup(TableFeed):
    """Which district a small area or ward lies in."""

    name = "ons_lookup"
    title = "ONS lookup to local authority districts"
    publisher = "Office for National Statistics"
    url = "https://geoportal.statistics.gov.uk/"
    loaded = True
    enough = 2
    headings = (
        *_FROM,
        Heading("change_indicator", "CHGIND", r"chgind|chngind", needed=False),
        Heading("ward_name", "WD24NM", r"wd\d\dnm|wardname", needed=False),
        _LAD_CODE,
        Heading("lad_name", "LAD24NM", r"lad\d\dnm"),
    )
    text_columns = (
        *("lsoa11_code", "lsoa21_code", "change_indicator", "ward_code", "ward_name", "lad_code", "lad_name"),
    )
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        Column("lsoa11_code", "VARCHAR", "LSOA of 2011; NULL in a lookup without."),
        Column("lsoa21_code", "VARCHAR", "LSOA of 2021; NULL in a lookup without."),
        Column("change_indicator", "VARCHAR", "U unchanged, S split, M merged, X other; NULL in a lookup without."),
        Column("ward_code", "VARCHAR", "Ward; NULL in a lookup without."),
        Column("ward_name", "VARCHAR", "Name of the ward; NULL in a lookup without."),
        Column("lad_code", "VARCHAR", "District (GSS code), of the year in the file's heading."),
        Column("lad_name", "VARCHAR", "Name of the district."),
    )

    def recognises(self, content: Content) -> bool:
        """At least two of its code columns."""
        return content.is_table and matched(content.header, (*_FROM, _LAD_CODE)) >= self.enough

    def names(self, content: Content) -> tuple[str, ...]:
        """One name a column.

        Raises:
            FeedError: There is no district, or nothing that lies in one.
        """
        if matched(content.header, _FROM) == 0:
            raise self.header_refusal(content, ["it has none of LSOA11CD, LSOA21CD and WD24CD"])
        return super().names(content)

    def other_column(self, heading: str) -> str:
        """Lookups carry Welsh names, object numbers and other geographies: passed over."""
        del heading
        return ""

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """A lookup has no months; its year stands in its headings."""
        del con, names
        return Description("", None, None, False, rows, content.header)
