"""Icons of variation, as the NHS "Making Data Count" charts use them: drawn shapes, no letters of a font.

What is here: the four icons and their words. What is not: which one a figure has (grading.py). They differ in outline
and filling as well as in colour, so that they can be told apart in grey: a thin ring with a wave for common cause, a
thick ring for an improvement, a full disc in a second ring for a concern, a dashed ring where neither way is good.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import pi, sin
from typing import TYPE_CHECKING

from safer_assets.charts import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RADIUS = 0.095  # inches, in a row of a table
Outline = tuple[tuple[float, float], ...]

# Outlines in a circle of radius 1 round (0, 0), y upwards: the letter on the left, the arrow on the right.
LETTERS: dict[str, Outline] = {
    "high": (
        *((-0.66, -0.42), (-0.66, 0.42), (-0.46, 0.42), (-0.46, 0.1), (-0.24, 0.1), (-0.24, 0.42), (-0.04, 0.42)),
        *((-0.04, -0.42), (-0.24, -0.42), (-0.24, -0.1), (-0.46, -0.1), (-0.46, -0.42)),
    ),
    "low": ((-0.62, 0.42), (-0.42, 0.42), (-0.42, -0.23), (-0.06, -0.23), (-0.06, -0.42), (-0.62, -0.42)),
}
ARROW: Outline = (
    *((0.4, 0.5), (0.7, 0.06), (0.5, 0.06), (0.5, -0.42)),
    *((0.3, -0.42), (0.3, 0.06), (0.1, 0.06)),
)


class Kind(StrEnum):
    """What a variation is, given which way is wanted."""

    COMMON = "common cause"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL = "neither way is good or bad"


@dataclass(frozen=True)
class Variation:
    """The variation of a series at its last point.

    Attributes:
        kind: See `Kind`.
        side: `high` or `low`; empty for common cause.
        rule: The rule that says so, in the words of the tables ('above limits').
        trial: Whether the limits rest on few points.
    """

    kind: Kind
    side: str = ""
    rule: str = ""
    trial: bool = False

    @property
    def colour(self) -> str:
        """The colour of its marks; never that of good or bad where neither way is."""
        return COLOURS[self.kind]

    @property
    def words(self) -> str:
        """'common cause'; 'special cause, high, concern (above limits)'; with 'trial limits' where they are."""
        trial = "; trial limits" if self.trial else ""
        if self.kind is Kind.COMMON:
            return f"{self.kind}{trial}"
        return f"special cause, {self.side}, {self.kind} ({self.rule}{trial})"


COLOURS = {
    Kind.COMMON: style.CONTEXT_GREY,
    Kind.IMPROVEMENT: style.NAVY,
    Kind.CONCERN: style.PLUM,
    Kind.NEUTRAL: style.DARK_GREY,
}


def draw(axes: Axes, x: float, y: float, variation: Variation, *, radius: float = RADIUS) -> None:
    """Draw an icon on a canvas.

    Args:
        axes: In inches with y downwards (style.Page.canvas).
        x: Its middle.
        y: Its middle.
        variation: What it says.
        radius: Of the whole icon, in inches.
    """
    from matplotlib.patches import Circle, Polygon

    colour, unit = variation.colour, radius * 72  # points
    on_disc = variation.kind is Kind.CONCERN

    def ring(size: float, width: float, *, fill: str = style.PAPER, dashes: object = "solid") -> None:
        # The edge is drawn half outside: the icon is as large as asked for.
        inside = radius * size - width / 144
        look: style.Look = {"facecolor": fill, "edgecolor": colour, "linewidth": width, "linestyle": dashes}
        axes.add_patch(Circle((x, y), inside, zorder=3, **look))

    def glyph(outline: Outline) -> None:
        places = [(x + across * radius, y - up * radius) for across, up in outline]
        axes.add_patch(Polygon(places, closed=True, color=style.PAPER if on_disc else colour, lw=0, zorder=4))

    match variation.kind:
        case Kind.COMMON:
            ring(1, unit * 0.09)
            steps = [-0.6 + 1.2 * step / 24 for step in range(25)]
            wave = [y - 0.24 * radius * sin(across * pi / 0.6 * 1.5) for across in steps]
            axes.plot([x + across * radius for across in steps], wave, color=colour, lw=unit * 0.15, zorder=4)
        case Kind.IMPROVEMENT:
            ring(1, unit * 0.17)
        case Kind.CONCERN:
            ring(1, unit * 0.08)
            ring(0.86, unit * 0.05, fill=colour)
        case Kind.NEUTRAL:
            ring(1, unit * 0.12, dashes=(0, (2.2, 1.3)))
    if variation.side:
        arrow = ARROW if variation.side == "high" else tuple((across, -up) for across, up in ARROW)
        glyph(LETTERS[variation.side])
        glyph(arrow)
