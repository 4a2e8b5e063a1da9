"""Where files come from when SOURCE=live: the publishers, and how they are read.

What is here: one module a publisher (or a few short ones), the addresses, the book of what was fetched, and the HTTP
client under them all. What is not: what becomes of a file once it is fetched (landing/). The order below is the order
in which they are asked.
"""

from typing import Final

from safer_assets.publishers.bank_holidays import BankHolidays
from safer_assets.publishers.desk import Publisher
from safer_assets.publishers.home_office import HomeOffice
from safer_assets.publishers.london.datastore import LondonDatastore
from safer_assets.publishers.ons import Ons
from safer_assets.publishers.police_uk.api import PoliceUkApi
from safer_assets.publishers.police_uk.archive import PoliceUkArchive

PUBLISHERS: Final[tuple[Publisher, ...]] = (
    BankHolidays(),
    LondonDatastore(),
    PoliceUkArchive(),
    PoliceUkApi(),  # after the archive: it asks only for what the archive lacks
    Ons(),
    HomeOffice(),
)

__all__ = ["PUBLISHERS"]
