"""The figures of a group that contains the board's own area, without it: what the page compares the area with.

What is here: one count less another, and when they may be taken from each other. What is not: the whole groups, which
figures.csv has, and the rates of rests (evidence/comparators.py).
"""

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter

from safer_assets.board.figures import Figure, percent_change
from safer_assets.charts import rests
from safer_assets.charts.context import BoardContext
from safer_assets.charts.wording import rounded

OTHER_FILES = "not made of the same months and files as the figure of the board's own area"
"""The quality of a rest that cannot be had though its group has a figure."""

_ALIKE = attrgetter(
    *("start_month", "end_month", "comparator", "prior_start_month", "prior_end_month"),
    *("source", "scheme", "vintage", "quality"),
)


def without_area(
    shown: Mapping[tuple[str, str, str], Figure], context: BoardContext
) -> dict[tuple[str, str, str], Figure]:
    """The figures of the groups that contain the own area as those of their rests, under the keys of the groups."""
    names = {code: rests.in_words(context, code, name) for code, name in context.groups}
    return {
        (code, slug, window): _rest(
            replace(figure, area_name=names[code]), shown.get((context.area_code, slug, window)), context
        )
        for (code, slug, window), figure in shown.items()
        if code in names and code in context.groups_with_area
    }


def _rest(group: Figure, area: Figure | None, context: BoardContext) -> Figure:
    """The group less the area; without counts, and with the reason, where one of them may not be taken from the other.

    A percentage stands only where the group has one and the rest's own base is large enough.
    """
    blank = replace(group, value=None, prior_value=None, change_abs=None, change_pct=None, rate_per_1000=None)
    if group.prior_value is None or group.value is None:
        return blank
    if area is None or _ALIKE(group) != _ALIKE(area) or area.prior_value is None or area.value is None:
        return replace(blank, quality=OTHER_FILES)
    value, prior = group.value - area.value, group.prior_value - area.prior_value
    percent = group.change_pct is not None and prior >= max(context.minimum_base, 1)
    return replace(
        blank,
        value=value,
        prior_value=prior,
        change_abs=value - prior,
        change_pct=rounded(percent_change(value, prior), 1) if percent else None,
    )
