"""Street-level crime of one partnership's area and month, from the data.police.uk API: landed only.

What is here: the twelve columns that publishers/police_uk/api.py writes, and what such a file says of itself. What is
not: its rows in any figure. An answer of the API is less than a file of the archive, in ways that cannot be mended:

- a row does not say which force it fell within, so another force's strays cannot be told from the area's own crimes;
- rows without a place are in no polygon, so the share of unplaced rows, which stands beside every small-area figure,
  would read as zero;
- it holds one area, so no group has the month.

So it stands under its own name, as evidence of what the API said, until the archive brings the month.
"""

from collections.abc import Sequence
from typing import Final

from safer_assets.feeds.base import Description
from safer_assets.feeds.content import Content
from safer_assets.feeds.police_uk import API_ONLY, COMMON, STREET_ONLY, PoliceUkFeed, is_api
from safer_assets.feeds.tables import Connection

_FORCES: Final = frozenset({"reported_by", "falls_within"})


class PoliceUkApi(PoliceUkFeed):
    """Street-level crime of one area and month, as the API gave it."""

    name = "police_uk_api"
    title = "data.police.uk street-level crime, one area from the API"
    url = "https://data.police.uk/docs/"
    headings = (
        *API_ONLY,
        *(heading for heading in (*COMMON, *STREET_ONLY) if heading.name not in _FORCES),
    )

    def recognises(self, content: Content) -> bool:
        """A column that only the API's crimes have, beside those of the family."""
        return content.is_table and is_api(content.header)

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """Its month.

        Raises:
            FeedError: A Month is not one, or the file holds several.
        """
        del names
        month = self.only_month(con, content)
        return Description("police-uk-2013", month, month, False, rows, content.header)
