"""Outcomes of one force and month (data.police.uk archive): landed only.

What is here: its ten columns. What is not: its rows; a Crime ID repeats in them legitimately.
"""

from collections.abc import Sequence

from safer_assets.feeds.base import Description, is_historical
from safer_assets.feeds.content import Content
from safer_assets.feeds.police_uk import COMMON, OUTCOMES_ONLY, PoliceUkFeed, is_street
from safer_assets.feeds.tables import Connection


class PoliceUkOutcomes(PoliceUkFeed):
    """Outcomes decided in a month."""

    name = "police_uk_outcomes"
    title = "data.police.uk outcomes"
    headings = (*COMMON, *OUTCOMES_ONLY)

    def recognises(self, content: Content) -> bool:
        """The family's columns, with none that only street files have."""
        return self.has_common_columns(content) and not is_street(content.header)

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """Its month and force.

        Raises:
            FeedError: A Month is not one.
        """
        del names
        months = self.months(con, content)
        force = self.force(con, content)
        historical = is_historical(months[0], months[-1])
        return Description("", months[0], months[-1], historical, rows, content.header, force=force)
