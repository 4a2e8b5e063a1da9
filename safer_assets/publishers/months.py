"""Which months a fetched file holds, so that a publisher's date can be checked, and a step back in time noticed.

What is here: asking the feeds before landing does. What is not: refusing the file, which is landing's to do.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from safer_assets.errors import FeedError
from safer_assets.feeds import ALL, probe


@dataclass(frozen=True, slots=True)
class Months:
    """A file's feed, and first of the last month in it; None where the feed has no months."""

    feed: str
    last: date | None
    historical: bool


def months_of(path: Path) -> Months | None:
    """What the feeds say of a file; None where none knows it or the one that does must refuse it.

    Reads the whole file once (877,000 rows take about two seconds), and only files that are new are asked for.
    """
    for content in probe(path, path.name):
        for feed in ALL:
            if not content.problem and feed.recognises(content):
                try:
                    with duckdb.connect() as con:
                        found = feed.describe(content, con)
                except FeedError:
                    return None
                return Months(feed.name, found.vintage, found.historical)
    return None
