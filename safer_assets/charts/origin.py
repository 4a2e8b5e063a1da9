"""Where the numbers of a chart come from, and the line under the chart that says so.

What is here: `Origin` (feed, scheme and vintage of one number) and the source line made from those that are drawn.
What is not: the numbers (reading.py), the list of all files a pack may use (board/pack.py).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from safer_assets.charts import wording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from safer_assets.charts.context import BoardContext

FEW = 3  # vintages that are listed one by one; more are given as a span
SPAN = ".."


class Origin(NamedTuple):
    """Where one number comes from.

    Attributes:
        feed: The feed's name.
        scheme: Category scheme of its files; empty for a feed without categories.
        vintage: 'YYYY-MM' of the file; of several files 'a+b', or 'a..b' from the oldest to the newest.
    """

    feed: str
    scheme: str
    vintage: str


def source_line(context: BoardContext, origins: Iterable[Origin], *, residents: bool = False) -> str:
    """The line under a chart: sources with their vintages, as-at day and basis; a sample says first that it is one.

    Args:
        context: The board's circumstances.
        origins: Of every number that is drawn, and of no other.
        residents: Whether a rate per resident is drawn.
    """
    drawn = [origin for origin in set(origins) if origin.feed]
    names = [_named(context, feed, drawn) for feed in sorted({origin.feed for origin in drawn})]
    if residents:
        names.append(context.sources.get("ons_population", "ons_population"))
    schemes = sorted({origin.scheme for origin in drawn if origin.scheme})
    of = f" of scheme{'s' if len(schemes) > 1 else ''} {wording.listed(schemes)}" if schemes else ""
    basis = "files available on that day" if context.basis == "as-at" else f"newest landed files{of}"
    sample = "SAMPLE, generated data and not real figures. " if context.sample else ""
    listed = "; ".join(names or ["none of the feeds"])
    return f"{sample}Source: {listed}. As at {wording.day_words(context.as_at)}, {basis}."


def vintage_words(cells: Iterable[str]) -> str:
    """'vintage 2023-02', 'vintages 2022-02, 2023-02', 'vintages 2020-06 to 2024-01'; empty where none is known."""
    known = {cell for cell in cells if cell}
    months = sorted({month for cell in known for month in re.split(r"\+|\.\.", cell)})
    if not months:
        return ""
    if len(months) == 1:
        return f"vintage {months[0]}"
    # A span does not say which months lie inside it, so nothing beside it can be listed one by one.
    spanned = len(months) > FEW or any(SPAN in cell for cell in known)
    return f"vintages {months[0]} to {months[-1]}" if spanned else f"vintages {', '.join(months)}"


def _named(context: BoardContext, feed: str, drawn: Iterable[Origin]) -> str:
    words = vintage_words(origin.vintage for origin in drawn if origin.feed == feed)
    title = context.sources.get(feed, feed)
    return f"{title}, {words}" if words else title
