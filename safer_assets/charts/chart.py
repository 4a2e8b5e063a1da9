"""What a chart hands on: its words, its data table and its figure, or the reason why there is none.

What is here: the three results. What is not: how they are drawn (one module a chart) or saved (render.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Chart:
    """A drawn chart.

    Attributes:
        name: Stable name, also the file name.
        title: The message, a sentence made from the numbers.
        subtitle: Measure, place and period.
        alt: The message and its numbers for people who do not see the picture.
        table: The numbers drawn, with column names for people.
        source_line: Where the numbers come from and as at which day.
        figure: The drawing.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    table: pd.DataFrame
    source_line: str
    figure: Figure


@dataclass(frozen=True)
class NoChart:
    """A chart that cannot be drawn from these data, with the reason in words for the pack's reader."""

    name: str
    reason: str


@dataclass(frozen=True)
class RenderedChart:
    """A chart on disk: the words and table of `Chart`, and where its PNG and SVG are."""

    name: str
    title: str
    subtitle: str
    alt: str
    table: pd.DataFrame
    source_line: str
    png: Path
    svg: Path
