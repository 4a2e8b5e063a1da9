"""Met Police recorded crime by ward (London Datastore, wide CSV): recognised, described and landed.

What is here: its columns. What is not: its rows; wards change, and ward sums are not the borough's.
"""

from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import Heading, matched
from safer_assets.feeds.mps_wide import BOROUGH, GROUP, SUBGROUP, WideFeed

_WARD = (
    Heading("ward_name", "WardName", r"wardname|ward"),
    Heading("ward_code", "WardCode", r"wardcode"),
)


class MpsWard(WideFeed):
    """Recorded crime by ward."""

    name = "mps_ward"
    title = "Met recorded crime by ward"
    headings = (GROUP, SUBGROUP, *_WARD, BOROUGH)

    def recognises(self, content: Content) -> bool:
        """Wide, with wards."""
        return self.is_wide(content) and matched(content.header, _WARD) > 0
