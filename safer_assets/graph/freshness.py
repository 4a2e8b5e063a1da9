"""The asset check latest_published_month_is_present of raw/*: the newest month out is the newest month landed.

What is here: the check. What is not: when a month is out (board/lateness.py). A freshness policy of Dagster looks at
any partition, so that a backfill of an old month would look fresh; this looks at the newest month alone.
"""

from collections.abc import Sequence

import dagster as dg

from safer_assets.board.lateness import has_months, standings
from safer_assets.feeds.base import Feed
from safer_assets.graph.metadata import markdown_table
from safer_assets.landing import Manifest
from safer_assets.refresh import BoardRefresh, today

NAME = "latest_published_month_is_present"


def freshness_specs(feed: Feed, key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """The check's spec, for a feed that comes month by month; else none."""
    if not has_months(feed.name):
        return []
    words = (
        "The newest month that its publisher should have put out by today is landed; landing an old month changes "
        "nothing. Severity WARN; who acts: team:data-engineering."
    )
    return [dg.AssetCheckSpec(NAME, asset=key, description=words)]


def freshness_results(
    feed: Feed, key: dg.AssetKey, landed: Sequence[Manifest], refresh: BoardRefresh
) -> list[dg.AssetCheckResult]:
    """The check's result, where the feed has the check."""
    if not has_months(feed.name):
        return []
    own = [manifest for manifest in landed if manifest.feed == feed.name]
    found = standings(own, refresh.settings().force, today())
    late = [standing for standing in found if standing.is_late and standing.days_late]
    text = " ".join(standing.words() for standing in late or found) or "No file of this feed is landed."
    rows = [(s.title, f"{s.newest:%Y-%m}", f"{s.expected:%Y-%m}", s.days_late) for s in found]
    return [
        dg.AssetCheckResult(
            check_name=NAME,
            asset_key=key,
            passed=not late,
            severity=dg.AssetCheckSeverity.WARN,
            description=text,
            metadata={
                "days_late": max((standing.days_late for standing in late), default=0),
                "months": dg.MetadataValue.md(
                    markdown_table(("series", "newest month landed", "should be out", "days late"), rows)
                ),
            },
        )
    ]
