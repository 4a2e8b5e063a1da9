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
COMPRESSION = 3  # of 9: for flat colours no larger than 6, and in two thirds of its time
PREVIEW_SHRINK = 2
PREVIEW_COLOURS = 128


@house_style
def render(chart: Chart, folder: Path) -> RenderedChart:
    """Write `<name>.png` and `<name>.svg` into `folder`; the same numbers give the same bytes (no date in them)."""
    folder.mkdir(parents=True, exist_ok=True)
    png, svg = folder / f"{chart.name}.png", folder / f"{chart.name}.svg"
    small = {"compress_level": COMPRESSION}
    chart.figure.savefig(png, format="png", dpi=PRINT_DPI, metadata={"Software": None}, pil_kwargs=small)
    words = {"Title": chart.title, "Description": chart.alt, "Creator": None, "Date": None}
    chart.figure.savefig(svg, format="svg", metadata=words)
    return RenderedChart(chart.name, chart.title, chart.subtitle, chart.alt, chart.table, chart.source_line, png, svg)


def preview(png: bytes) -> bytes:
    """A small PNG, half as wide, for the asset's page in the Dagster UI; shrinking takes a fifth of drawing again."""
    from PIL import Image

    with Image.open(BytesIO(png)) as printed:
        small = printed.convert("RGB").reduce(PREVIEW_SHRINK)
    buffer = BytesIO()
    # Flat colours need no more, and every materialisation keeps a copy of it.
    small.quantize(PREVIEW_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(buffer, "png")
    return buffer.getvalue()
