"""What stands beside a map: its shades with their meaning, and the highest areas by name.

What is here: shades from light to dark, a legend with class bounds, a short list. What is not: the map (mapping.py) and
its classes (classes.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from safer_assets.charts import style, wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SWATCH, LEGEND_ROW = 0.24, 0.19


@dataclass(frozen=True)
class Key:
    """One line of a legend."""

    colour: str
    text: str
    hatch: str = ""


def shades(number: int) -> tuple[str, ...]:
    """This many shades, from the lightest to the darkest; one class alone has a middle one."""
    return {
        1: style.STEPS[2:3],
        2: style.STEPS[1::2],
        3: style.STEPS[::2],
        4: (*style.STEPS[:2], *style.STEPS[3:]),
    }.get(number, style.STEPS)


def legend(canvas: Axes, left: float, top: float, heading: str, keys: Sequence[Key]) -> None:
    """Swatches with their meaning, one below the other."""
    from matplotlib.patches import Rectangle

    canvas.text(left, top, heading, size=style.SMALL, color=style.MUTED, va="top")
    for row, key in enumerate(keys):
        middle = top + 0.24 + row * LEGEND_ROW
        box: style.Look = {"facecolor": key.colour, "edgecolor": style.CONTEXT_GREY, "linewidth": 0.6}
        canvas.add_patch(Rectangle((left, middle - 0.065), SWATCH, 0.13, **box))
        if key.hatch:
            pattern: style.Look = {
                "facecolor": "none",
                "edgecolor": style.DARK_GREY,
                "linewidth": 0.0,
                "hatch": key.hatch,
            }
            canvas.add_patch(Rectangle((left, middle - 0.065), SWATCH, 0.13, **pattern))
        style.put(canvas, left + SWATCH + 0.08, middle, key.text)


def listing(canvas: Axes, left: float, top: float, width: float, heading: str, rows: Sequence[tuple[str, str]]) -> None:
    """Names with their numbers at the right, one below the other, in the lines of a legend."""
    canvas.text(left, top, heading, size=style.SMALL, color=style.MUTED, va="top")
    for row, (name, number) in enumerate(rows):
        middle = top + 0.24 + row * LEGEND_ROW
        room = width - style.text_width(number, style.SMALL) - 0.08
        style.put(canvas, left, middle, _shortened(name, room))
        style.put(canvas, left + width, middle, number, ha="right")


def _shortened(text: str, width: float) -> str:
    """The text, or as much of its beginning as fits into some inches."""
    if style.text_width(text, style.SMALL) <= width:
        return text
    fits = max(n for n in range(len(text)) if style.text_width(text[:n] + "\u2026", style.SMALL) <= width)
    return text[:fits].rstrip() + "\u2026"


def remark(canvas: Axes, left: float, top: float, text: str) -> None:
    """A few words beside a map."""
    canvas.text(left, top, text, size=style.SMALL, color=style.MUTED, va="top")


def legend_height(keys: int) -> float:
    """Inches that a legend of so many lines takes."""
    return 0.24 + keys * LEGEND_ROW


def span(low: float, high: float) -> str:
    """The rates of a class: '62.3 to 75.1'."""
    first, last = wording.rate(low), wording.rate(high)
    return first if first == last else f"{first} to {last}"
