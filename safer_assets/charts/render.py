"""A chart as files: PNG for print, SVG for the screen, and a small preview, whose bytes repeat.

What is here: saving. What is not: drawing (one module a chart) and where files end up (board/pack.py).
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from safer_assets.charts.chart import Chart, RenderedChart
from safer_assets.charts.style import house_style

if TYPE_CHECKING:
    from pathlib import Path

PRINT_DPI = 180
PREVIEW_DPI = 72


@house_style
def render(chart: Chart, folder: Path) -> RenderedChart:
    """Write `<name>.png` and `<name>.svg` into `folder`; the same numbers give the same bytes (no date in them)."""
    folder.mkdir(parents=True, exist_ok=True)
    png, svg = folder / f"{chart.name}.png", folder / f"{chart.name}.svg"
    chart.figure.savefig(png, format="png", dpi=PRINT_DPI, metadata={"Software": None})
    words = {"Title": chart.title, "Description": chart.alt, "Creator": None, "Date": None}
    chart.figure.savefig(svg, format="svg", metadata=words)
    return RenderedChart(chart.name, chart.title, chart.subtitle, chart.alt, chart.table, chart.source_line, png, svg)


@house_style
def preview(chart: Chart) -> bytes:
    """A small PNG (72 dpi) for the asset's page in the Dagster UI."""
    buffer = BytesIO()
    chart.figure.savefig(buffer, format="png", dpi=PREVIEW_DPI, metadata={"Software": None})
    return buffer.getvalue()
