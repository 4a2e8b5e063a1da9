"""One module a feed: how it is recognised, where it comes from, how it is read, what its columns are.

What is here: the list of feeds. What is not: landing (landing/), what is wrong with a row (quality/).
"""

from safer_assets.errors import FeedError
from safer_assets.feeds.base import Column, Description, Feed, TableFeed
from safer_assets.feeds.boundaries import Boundaries
from safer_assets.feeds.content import BadByte, Content, probe
from safer_assets.feeds.home_office_csp import HomeOfficeCsp
from safer_assets.feeds.mopac_pas import MopacPas
from safer_assets.feeds.mps_asb import MpsAsb
from safer_assets.feeds.mps_borough import MpsBorough
from safer_assets.feeds.mps_dashboard import MpsDashboard
from safer_assets.feeds.mps_lsoa import MpsLsoa
from safer_assets.feeds.mps_vawg import MpsVawg
from safer_assets.feeds.mps_ward import MpsWard
from safer_assets.feeds.ons_lookup import OnsLookup
from safer_assets.feeds.ons_population import OnsPopulation
from safer_assets.feeds.ons_population_lsoa import OnsPopulationLsoa
from safer_assets.feeds.police_uk_api import PoliceUkApi
from safer_assets.feeds.police_uk_outcomes import PoliceUkOutcomes
from safer_assets.feeds.police_uk_street import PoliceUkStreet

__all__ = ["ALL", "LOADED", "BadByte", "Column", "Content", "Description", "Feed", "TableFeed", "by_name", "probe"]

ALL: tuple[Feed, ...] = (
    MpsBorough(),
    MpsDashboard(),
    MpsAsb(),
    PoliceUkStreet(),
    OnsPopulation(),
    OnsLookup(),
    HomeOfficeCsp(),
    MpsWard(),
    MpsLsoa(),
    MpsVawg(),
    MopacPas(),
    PoliceUkOutcomes(),
    PoliceUkApi(),
    OnsPopulationLsoa(),
    Boundaries(),
)
"""Every feed; a file is of the first that recognises it, and tests hold that there is never a second."""

LOADED: tuple[Feed, ...] = tuple(feed for feed in ALL if feed.loaded)
"""The feeds whose rows reach the warehouse."""


def by_name(name: str) -> Feed:
    """The feed of this name.

    Raises:
        FeedError: There is none.
    """
    for feed in ALL:
        if feed.name == name:
            return feed
    raise FeedError(f"there is no feed {name!r}; there are {', '.join(feed.name for feed in ALL)}.")
