"""The board pack's charts, in the order in which the pack shows them.

What is here: the list. What is not: drawing (one module a chart), saving (render.py), the look (style.py).
"""

from collections.abc import Callable
from typing import Final

from safer_assets.charts import (
    change_by_offence,
    confidence,
    control_chart_focus,
    control_charts_flagged,
    control_charts_property,
    control_charts_violence,
    funnel,
    hot_spots,
    indexed_total,
    offence_mix,
    operations,
    outcomes,
    rank_by_rate,
    scorecard,
    seasonal,
    small_area_map,
    street_outcomes,
    ward_map,
)
from safer_assets.charts.chart import Chart, NoChart, RenderedChart
from safer_assets.charts.context import BoardContext, BoardData
from safer_assets.charts.render import preview, render

__all__ = ["ALL", "BoardContext", "BoardData", "Chart", "NoChart", "RenderedChart", "preview", "render"]

ALL: Final[tuple[Callable[[BoardData], Chart | NoChart], ...]] = (
    scorecard.draw,
    control_chart_focus.draw,
    control_charts_property.draw,
    control_charts_violence.draw,
    control_charts_flagged.draw,
    indexed_total.draw,
    change_by_offence.draw,
    rank_by_rate.draw,
    funnel.draw,
    offence_mix.draw,
    seasonal.draw,
    ward_map.draw,
    small_area_map.draw,
    hot_spots.draw,
    operations.draw,
    outcomes.draw,
    street_outcomes.draw,
    confidence.draw,
)
