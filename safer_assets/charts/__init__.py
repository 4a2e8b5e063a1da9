"""The board pack's charts, in the order in which the pack shows them.

What is here: the list. What is not: drawing (one module a chart), saving (render.py), the look (style.py).
"""

from collections.abc import Callable
from typing import Final

from safer_assets.charts import (
    change_against_groups,
    change_by_offence,
    domestic_abuse_hate_crime,
    indexed_total,
    offence_mix,
    rank_by_rate,
    scorecard,
    seasonal,
    small_multiples,
)
from safer_assets.charts.chart import Chart, NoChart, RenderedChart
from safer_assets.charts.context import BoardContext, BoardData
from safer_assets.charts.render import preview, render

__all__ = ["ALL", "BoardContext", "BoardData", "Chart", "NoChart", "RenderedChart", "preview", "render"]

ALL: Final[tuple[Callable[[BoardData], Chart | NoChart], ...]] = (
    scorecard.draw,
    small_multiples.draw,
    indexed_total.draw,
    change_by_offence.draw,
    change_against_groups.draw,
    rank_by_rate.draw,
    offence_mix.draw,
    domestic_abuse_hate_crime.draw,
    seasonal.draw,
)
