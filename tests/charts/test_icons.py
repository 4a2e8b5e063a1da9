"""Protects the icons: told apart without colour, seen on paper, and never good or bad by mistake."""

from itertools import combinations
from math import pi

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from safer_assets.charts import grading, icons, style
from safer_assets.charts.icons import Kind, Variation
from safer_assets.errors import PackError
from safer_assets.evidence import control_chart

ALL = [Variation(Kind.COMMON)] + [
    Variation(kind, side, "above limits" if side == "high" else "below limits")
    for kind in (Kind.IMPROVEMENT, Kind.CONCERN, Kind.NEUTRAL)
    for side in ("high", "low")
]
Picture = npt.NDArray[np.float64]


@style.house_style
def picture(state: Variation) -> Picture:
    """An icon at the size it has in the scorecard, as lightness from 0 (black) to 1 at print resolution."""
    figure = Figure(figsize=(0.24, 0.24), dpi=180)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, 0.24)
    axes.set_ylim(0.24, 0)
    axes.set_axis_off()
    icons.draw(axes, 0.12, 0.12, state)
    canvas.draw()  # type: ignore[no-untyped-call]
    found: Picture = np.asarray(canvas.buffer_rgba())[..., :3].mean(axis=-1) / 255  # type: ignore[no-untyped-call]
    return found


@pytest.mark.parametrize("kind", Kind)
def test_every_icon_stands_out_from_paper_and_from_the_band_of_a_theme(kind: Kind) -> None:
    assert style.contrast(icons.COLOURS[kind], style.PAPER) >= 3
    assert style.contrast(icons.COLOURS[kind], style.BAND) >= 3


def test_what_is_written_on_a_disc_stands_out_from_it() -> None:
    assert style.contrast(icons.COLOURS[Kind.CONCERN], style.PAPER) >= 4.5


def test_icons_differ_in_shape_and_not_only_in_colour() -> None:
    """Each is turned into black and white, whatever its colour, and laid over each other one."""
    shapes = {state.words: picture(state) < 0.75 for state in ALL}
    disc = pi * (icons.RADIUS * 180) ** 2
    for (one, first), (other, second) in combinations(shapes.items(), 2):
        assert (first != second).sum() > 0.1 * disc, f"{one} looks like {other}"


def test_a_concern_is_the_darkest_and_common_cause_the_lightest() -> None:
    dark = {kind: min((1 - picture(state)).mean() for state in ALL if state.kind is kind) for kind in Kind}
    assert max(dark, key=lambda kind: dark[kind]) is Kind.CONCERN
    assert min(dark, key=lambda kind: dark[kind]) is Kind.COMMON


def test_an_icon_stays_inside_its_radius() -> None:
    for state in ALL:
        drawn = picture(state) < 0.95
        rows, columns = np.nonzero(drawn)
        reach = np.hypot(rows - (len(drawn) - 1) / 2, columns - (len(drawn) - 1) / 2).max() / 180
        assert reach <= icons.RADIUS + 1 / 180


@pytest.mark.parametrize(
    ("signal", "good", "kind", "side"),
    [
        ("above limits", "down", Kind.CONCERN, "high"),
        ("above limits", "up", Kind.IMPROVEMENT, "high"),
        ("low shift", "down", Kind.IMPROVEMENT, "low"),
        ("falling trend", "up", Kind.CONCERN, "low"),
        ("two of three high", "none", Kind.NEUTRAL, "high"),
        ("none", "down", Kind.COMMON, ""),
    ],
)
def test_what_a_signal_means_depends_on_what_is_wanted(signal: str, good: str, kind: Kind, side: str) -> None:
    state = grading.variation(signal, good, trial=False)
    assert state is not None
    assert (state.kind, state.side) == (kind, side)


def test_no_signal_has_no_icon_and_an_unknown_one_is_refused() -> None:
    assert grading.variation("", "down", trial=False) is None
    with pytest.raises(PackError, match="signal 'sideways' is none of above limits"):
        grading.variation("sideways", "down", trial=False)


def test_every_signal_of_the_control_charts_has_a_side() -> None:
    words = {word: side for low, high in control_chart.WORDS.values() for word, side in ((low, "low"), (high, "high"))}
    assert words == grading.SIDES


def test_trial_limits_are_said() -> None:
    state = grading.variation("above limits", "down", trial=True)
    assert state is not None
    assert state.words == "special cause, high, concern (above limits; trial limits)"


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (grading.Finding("no clear change", p_value=0.443, p_widened=0.443), "No clear change (p = 0.44)."),
        (
            grading.Finding("no clear change", p_value=0.0002, p_widened=0.11),
            "No clear change (p < 0.001; 0.11 allowing for clusters).",
        ),
        (grading.Finding("clear fall", p_value=1e-9, p_widened=1e-4), "Clear fall (p < 0.001)."),
        (grading.Finding("too few to say", p_value=0.5, p_widened=0.5), "Too few to say."),
        (grading.Finding(), ""),
    ],
)
def test_a_grade_as_a_sentence(finding: grading.Finding, said: str) -> None:
    assert finding.sentence == said
