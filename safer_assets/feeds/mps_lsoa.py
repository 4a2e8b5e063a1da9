"""Met Police recorded crime by LSOA (London Datastore, wide CSV): recognised, described and landed.

What is here: its columns. What is not: its rows.
"""

from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading, matched
from safer_assets.feeds.mps_wide import BOROUGH, GROUP, SUBGROUP, WideFeed

_LSOA = (
    Heading("lsoa_code", "lsoa_code", r"lsoa(\d\d)?(code|cd)"),
    Heading("lsoa_name", "lsoa_name", r"lsoa(\d\d)?(name|nm)", needed=False),
)


class MpsLsoa(WideFeed):
    """Recorded crime by LSOA; its borough column may hold a GSS code in place of a name."""

    name = "mps_lsoa"
    title = "Met recorded crime by LSOA"
    headings = (*_LSOA, BOROUGH, GROUP, SUBGROUP)

    def recognises(self, content: Content) -> bool:
        """Wide, with LSOAs."""
        return self.is_wide(content) and matched(content.header, _LSOA) > 0
