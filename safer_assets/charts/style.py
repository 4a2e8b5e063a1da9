"""How every chart looks: palette, type, page layout, light gridlines, direct labels, the watermark of a sample.

What is here: layout and drawing helpers that know no indicator. What is not: numbers and words (reading.py,
wording.py).
Lengths are inches and sizes points, so that a chart looks the same at print and preview resolution.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from math import cos, inf, radians, sin
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from safer_assets.charts import wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from safer_assets.charts.context import BoardContext

Look = dict[str, Any]  # keyword arguments for matplotlib, whose own signatures leave them open
P = ParamSpec("P")
R = TypeVar("R")

# Analysis Function categorical palette (gov.uk guidance on colours in charts); each is at least 3:1 on white.
NAVY, TEAL, PLUM, ORANGE, DARK_GREY, LILAC = "#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1"
PALETTE = (NAVY, TEAL, PLUM, ORANGE, DARK_GREY, LILAC)
CANVAS = "canvas"  # what the axes are called that a page has for free layout
PAPER, BLACK = "#FFFFFF", "#000000"
INK = "#222222"  # titles and labels
MUTED = "#595959"  # subtitles, axes, sources: 7:1 on white
CONTEXT_GREY = "#8C8C8C"  # marks that are only there to compare with: 3.4:1
GRID = "#DDDDDD"  # deliberately faint: a gridline carries no information of its own
BAND = "#F3F5F8"  # background of table bands and plot notes
# Of the area itself, then of its groups: line style and marker differ too, so that colour is not the only cue.
MARKS: tuple[tuple[str, str, str], ...] = (
    (NAVY, "-", "o"),
    (ORANGE, "--", "s"),
    (PLUM, ":", "D"),
    (TEAL, "-.", "^"),
    (LILAC, "--", "v"),
)
SHADES = ("#EDF2F7", NAVY)  # from few to many
# Of a map, from low to high. One hue: the order survives a black-and-white printer, and each is seen beside the next.
STEPS = ("#E4ECF4", "#B3C8DC", "#7C9FC2", "#43709F", NAVY)

WIDTH = 8.2
MARGIN, TOP, BOTTOM, GAP = 0.45, 0.36, 0.32, 0.22
ROW = 0.26  # height of one row in a list of bars or dots
TITLE, SUBTITLE, LABEL, SMALL = 13.0, 9.5, 8.5, 7.5
LINE = 1.32 / 72  # inches of line height per point of type
_TOGETHER = re.compile(rf"\([^()]{{1,24}}\)\S*|\d+ months?\b\S*|(?:{'|'.join(wording.MONTHS)}) \d{{4}}\S*|\S+")
"""What one line keeps: '(32 boroughs),', '12 months', 'April 2024'."""

_RC: Look = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so the bytes are the same on every machine
    "font.size": LABEL,
    "text.color": INK,
    "text.hinting": "none",  # widths that do not depend on resolution: what fits in print fits in the preview
    "text.parse_math": False,
    "axes.edgecolor": CONTEXT_GREY,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "lines.solid_capstyle": "round",
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.hashsalt": "safer-assets",  # without it the ids inside an SVG differ from run to run
    "svg.fonttype": "path",
}


def house_style(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function under the house's settings and none of the machine's (a user's matplotlibrc changes nothing)."""

    @wraps(function)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        import matplotlib as mpl

        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(mpl.RcParams(_RC))
            return function(*args, **kwargs)

    return styled


@dataclass(frozen=True)
class Words:
    """The words on a chart's page, top to bottom."""

    title: str
    subtitle: str
    notes: tuple[str, ...]
    source_line: str


@dataclass(frozen=True)
class Page:
    """A figure with its words set; `body` is the free rectangle (left, bottom, width, height) in inches."""

    figure: Figure
    width: float
    height: float
    body: tuple[float, float, float, float]

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes inside the body; `left` and `top` are measured from the body's upper left corner."""
        x, y, _, tall = self.body
        box = (
            (x + left) / self.width,
            (y + tall - top - height) / self.height,
            width / self.width,
            height / self.height,
        )
        axes: Axes = self.figure.add_axes(box)
        return axes

    def canvas(self) -> Axes:
        """The one pair of axes over the whole body, in inches, with (0, 0) at the upper left: for free layout."""
        for axes in self.figure.axes:
            if axes.get_label() == CANVAS:
                return axes
        _, _, wide, tall = self.body
        axes = self.axes(0, 0, wide, tall)
        axes.set_label(CANVAS)
        axes.set_xlim(0, wide)
        axes.set_ylim(tall, 0)
        axes.set_axis_off()
        return axes

    def rows(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes for a list of bars or dots: y is the row number, 0 at the top, `ROW` inches each."""
        axes = self.axes(left, top, width, height)
        axes.set_ylim(height / ROW - 0.5, -0.5)
        axes.set_yticks([])
        return axes


def page(context: BoardContext, words: Words, *, body: float, width: float = WIDTH) -> Page:
    """Set title, subtitle, notes and source line round a free body of `body` inches height; watermark a sample."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    inside = width - 2 * MARGIN
    title = balanced(words.title, inside, TITLE, bold=True)
    subtitle = balanced(words.subtitle, inside, SUBTITLE)
    foot = [line for text in (*words.notes, words.source_line) for line in wrapped(text, inside, SMALL)]
    title_height, subtitle_height = len(title) * TITLE * LINE + 0.06, len(subtitle) * SUBTITLE * LINE
    foot_height = len(foot) * SMALL * LINE
    height = TOP + title_height + subtitle_height + GAP + body + GAP + foot_height + BOTTOM
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)

    def block(lines: Sequence[str], top: float, size: float, **look: Any) -> None:
        for number, text in enumerate(lines):
            y = (top - number * size * LINE) / height
            figure.text(MARGIN / width, y, text, size=size, va="top", **look)

    block(title, height - TOP, TITLE, weight="bold", color=INK)
    block(subtitle, height - TOP - title_height, SUBTITLE, color=MUTED)
    block(foot, BOTTOM + foot_height, SMALL, color=MUTED)
    if context.sample:
        _watermark(figure, width, height)
    return Page(figure, width, height, (MARGIN, BOTTOM + foot_height + GAP, inside, body))


def _watermark(figure: Figure, width: float, height: float) -> None:
    """SAMPLE across the page, as large as fits: light enough to read through, and no crop of the body loses it."""
    long, tall = text_width("SAMPLE", 100, bold=True), 100 / 72
    slant = radians(30)
    across, up = (long * f(slant) + tall * g(slant) for f, g in ((cos, sin), (sin, cos)))
    size = 100 * min(0.94 * width / across, 0.94 * height / up)
    look: Look = {"weight": "bold", "color": DARK_GREY, "alpha": 0.07, "rotation": 30, "ha": "center", "va": "center"}
    figure.text(0.5, 0.5, "SAMPLE", size=size, zorder=9, gid="watermark", **look)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a text in inches, as it will be set (kerning across blanks, a hundredth at most, left out)."""
    return sum(_word_width(word, size, bold) for word in text.split(" ")) + text.count(" ") * _word_width(
        " ", size, bold
    )


@cache
def _word_width(word: str, size: float, bold: bool) -> float:
    """Measuring is a quarter of the time of a chart, and words come again: measure each once."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=["DejaVu Sans"], size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(word, font, ismath=False)
    return float(width) / 72


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `width` inches (a single longer word keeps its line).

    A short bracket and a number with its months stay on one line where that line is wide enough for them.
    """
    words: list[str] = []
    for piece in _TOGETHER.findall(text):
        words += [piece] if text_width(piece, size, bold=bold) <= width * 0.99 else piece.split()
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width * 0.99:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def balanced(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text into as few lines as `wrapped` does, of about one length, so that no line holds a last lone word."""
    lines = wrapped(text, width, size, bold=bold)
    for part in range(19, 9, -1) if len(lines) > 1 else ():
        narrower = wrapped(text, width * part / 20, size, bold=bold)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def put(axes: Axes, x: float, y: float, text: str, *, size: float = SMALL, color: str = INK, **look: Any) -> None:
    """Write a text at a place in the axes' own coordinates, centred on its line unless told otherwise."""
    axes.text(x, y, text, size=size, color=color, **{"va": "center_baseline", **look})


def plain(axes: Axes, *, grid: str | None = "y", baseline: str = "bottom") -> None:
    """A quiet frame: one baseline, light gridlines along one axis, no box."""
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(side == baseline)
    if grid == "y":
        axes.grid(visible=True, axis="y")
    elif grid == "x":
        axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0, pad=4)


def count_ticks(axes: Axes, *, vertical: bool = True, most: int = 5) -> None:
    """Few round tick values with thousands separators."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.yaxis if vertical else axes.xaxis
    axis.set_major_locator(MaxNLocator(most, integer=True, steps=(1, 2, 5, 10)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: wording.count(int(wording.rounded(float(value))))))


def month_ticks(axes: Axes, first: int, last: int, *, every: int = 6) -> None:
    """Ticks on Januaries and Julys (every 6) or Januaries (12); years stand under January and the first tick."""
    from matplotlib.ticker import FixedLocator

    numbers = [number for number in range(first, last + 1) if number % every == 0]
    labels = []
    for position, number in enumerate(numbers):
        month = wording.month_of(number)
        year = f"\n{month.year}" if position == 0 or month.month == 1 else ""
        labels.append(f"{wording.MONTHS[month.month - 1][:3]}{year}")
    axes.xaxis.set_major_locator(FixedLocator(numbers))
    axes.set_xticklabels(labels)


def spread(positions: Sequence[float], gap: float, limits: tuple[float, float] = (-inf, inf)) -> list[float]:
    """Move labels apart, in their order and little, until each is `gap` from the next and in `limits`."""
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    blocks: list[list[int]] = []  # labels that touch move as one block round their mean
    for index in order:
        blocks.append([index])
        while len(blocks) > 1 and _top(blocks[-2], positions, gap) + gap > _bottom(blocks[-1], positions, gap):
            last = blocks.pop()
            blocks[-1] += last
    placed = list(positions)
    for block in blocks:
        start = _bottom(block, positions, gap)
        for step, index in enumerate(block):
            placed[index] = start + step * gap
    low, high = limits
    for index in reversed(order):
        placed[index], high = min(placed[index], high), min(placed[index], high) - gap
    for index in order:
        placed[index], low = max(placed[index], low), max(placed[index], low) + gap
    return placed


def _bottom(block: Sequence[int], positions: Sequence[float], gap: float) -> float:
    return sum(positions[index] for index in block) / len(block) - gap * (len(block) - 1) / 2


def _top(block: Sequence[int], positions: Sequence[float], gap: float) -> float:
    return _bottom(block, positions, gap) + gap * (len(block) - 1)


def marks(areas: int) -> tuple[tuple[str, str, str], ...]:
    """Colour, line style and marker of this many areas, the partnership's own first."""
    return MARKS[:areas]


def pieces(first: int, last: int, cuts: Sequence[int]) -> list[tuple[int, int]]:
    """Split the months first..last (both in) before every month in `cuts`: (1, 5, [3]) -> (1, 2), (3, 5)."""
    starts = [first, *sorted(cuts)]
    return list(zip(starts, [*(cut - 1 for cut in starts[1:]), last], strict=True))


def inches(axes: Axes) -> float:
    """Width of axes in inches."""
    return float(axes.bbox.width / axes.figure.dpi)


def inches_tall(axes: Axes) -> float:
    """Height of axes in inches."""
    return float(axes.bbox.height / axes.figure.dpi)


def percent_ticks(axes: Axes, *, most: int = 6) -> None:
    """Few round tick values along x, signed percentages."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(most, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{wording.signed_count(round(value))}%"))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, relative luminance): 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable_on(background: str) -> str:
    """Black or paper, whichever stands out more on a background: the better of the two is never below 4.5:1."""
    return BLACK if contrast(BLACK, background) >= contrast(PAPER, background) else PAPER


def _luminance(colour: str) -> float:
    from matplotlib.colors import to_rgb

    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
