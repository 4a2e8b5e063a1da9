"""A group that contains the board's own area, without it: what the area is compared with.

What is here: how such a rest is named, and its months. What is not: its figures over longer windows
(change_by_offence.py for charts, board/rests.py for the page) and its rates (evidence/comparators.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from safer_assets.charts import reading

if TYPE_CHECKING:
    from safer_assets.charts.context import BoardContext, BoardData
    from safer_assets.charts.reading import Monthly


def label(context: BoardContext, code: str, name: str) -> str:
    """A group as a heading: 'Rest of North West BCU' where the own area is in it, else its name."""
    return f"Rest of {name}" if code in context.groups_with_area else name


def in_words(context: BoardContext, code: str, name: str) -> str:
    """The same inside a sentence: 'the rest of North West BCU'."""
    return f"the rest of {name}" if code in context.groups_with_area else name


def note(context: BoardContext) -> tuple[str, ...]:
    """What a rest is, in one sentence; none where no group contains the own area."""
    return (f"The rest of a group is the group without {context.area_name}.",) if context.groups_with_area else ()


def monthly(data: BoardData, indicator: str, code: str, months: int) -> Monthly | None:
    """A group's months without the own area where that is in it.

    A month stays open unless group and area both have it from the same feed, scheme and vintage: what is left of two
    files is the count of no place.
    """
    group = reading.monthly(data, indicator, code, months)
    if group is None or code not in data.context.groups_with_area:
        return group
    own = reading.monthly(data, indicator, months=months)
    if own is None:
        return None
    parts = dict(zip(own.numbers, zip(own.counts, own.month_origins, strict=True), strict=True))
    left = []
    for number, whole, origin in zip(group.numbers, group.counts, group.month_origins, strict=True):
        part, part_origin = parts.get(number, (None, None))
        left.append(None if whole is None or part is None or part_origin != origin else whole - part)
    return replace(group, counts=tuple(left))
