"""Protects the look: contrast, layout arithmetic, and that drawing neither uses nor disturbs global state."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import pytest
from chart_boards import usual_board
from hypothesis import given
from hypothesis import strategies as st

from safer_assets import charts
from safer_assets.charts import scorecard, style

CODE = sorted(Path(charts.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("colour", [*style.PALETTE, style.CONTEXT_GREY])
def test_marks_stand_out_from_the_paper(colour: str) -> None:
    assert style.contrast(colour, style.PAPER) >= 3


@pytest.mark.parametrize("colour", [style.INK, style.MUTED, style.NAVY, style.PLUM, style.DARK_GREY])
def test_colours_of_text_are_readable(colour: str) -> None:
    assert style.contrast(colour, style.PAPER) >= 4.5
    assert style.contrast(colour, style.BAND) >= 4.5


def test_contrast_is_that_of_the_web_guidelines() -> None:
    assert style.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert style.contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)


@given(st.integers(0, 255))
def test_text_in_heat_map_cells_is_readable_on_every_shade(part: int) -> None:
    shade = "#" + "".join(
        f"{round(int(low, 16) + (int(high, 16) - int(low, 16)) * part / 255):02X}"
        for low, high in ((style.SHADES[0][at : at + 2], style.SHADES[1][at : at + 2]) for at in (1, 3, 5))
    )
    assert style.contrast(style.readable_on(shade), shade) >= 4.5


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6), st.floats(0.1, 20))
def test_spread_labels_do_not_touch_and_keep_their_order(places: list[float], gap: float) -> None:
    moved = style.spread(places, gap)
    ordered = [after for _, after in sorted(zip(places, moved, strict=True))]
    assert all(high - low >= gap * (1 - 1e-6) for low, high in pairwise(sorted(ordered)))
    assert ordered == sorted(ordered)


def test_spread_labels_stay_inside_limits() -> None:
    assert style.spread([9, 10, 10], 2, (0, 10)) == [6, 8, 10]
    assert style.spread([0, 0, 1], 2, (0, 10)) == [0, 2, 4]


def test_spread_leaves_labels_alone_that_are_apart() -> None:
    assert style.spread([10, 0, 5], 2) == [10, 0, 5]


@given(st.text("abcdefgh ", min_size=1, max_size=200), st.floats(0.8, 4))
def test_wrapped_lines_fit_and_lose_no_word(text: str, width: float) -> None:
    lines = style.wrapped(text, width, 9)
    assert " ".join(lines).split() == text.split()
    assert all(style.text_width(line, 9) <= width or " " not in line for line in lines)
    assert len(style.balanced(text, width, 9)) == len(lines)


def test_pieces_cut_before_each_first_month() -> None:
    assert style.pieces(1, 5, []) == [(1, 5)]
    assert style.pieces(1, 9, [3, 7]) == [(1, 2), (3, 6), (7, 9)]


def test_no_colour_is_used_that_the_style_does_not_name() -> None:
    for path in CODE:
        if path.name != "style.py":
            assert "#" not in [word[:1] for word in path.read_text().split('"') if len(word) == 7], path.name


def test_charts_do_not_use_the_global_plotting_state() -> None:
    """A figure made through pyplot stays in memory until somebody closes it, and needs the main thread."""
    assert not [path.name for path in CODE if "import matplotlib.pyplot" in path.read_text()]
    drawing = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
        "import chart_boards, safer_assets.charts as charts\n"
        "data = chart_boards.usual_board()\n"
        "[draw(data) for draw in charts.ALL]\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", drawing], check=True)


def test_drawing_ignores_and_keeps_the_users_settings(tmp_path: Path) -> None:
    plain = scorecard.draw(usual_board())
    with mpl.rc_context({"font.size": 31.0, "axes.facecolor": "red", "text.color": "blue"}):
        odd = scorecard.draw(usual_board())
        assert mpl.rcParams["font.size"] == 31.0
        assert isinstance(odd, charts.Chart)
        assert isinstance(plain, charts.Chart)
        pictures = [charts.render(chart, tmp_path / name).png for chart, name in ((odd, "odd"), (plain, "plain"))]
        assert pictures[0].read_bytes() == pictures[1].read_bytes()


def test_no_place_is_written_into_the_code() -> None:
    for path in CODE:
        assert not [name for name in ("Barnet", "London", "Brent") if name in path.read_text()], path.name


def test_brackets_and_months_stay_together_where_a_line_has_room() -> None:
    assert style.wrapped("London (32 boroughs)", 0.86, style.SMALL) == ["London", "(32 boroughs)"]
    assert style.wrapped("Barnet, 12 months to May", 0.65, style.SMALL) == ["Barnet,", "12 months", "to May"]
    assert style.wrapped("London (32 boroughs)", 0.5, style.SMALL) == ["London", "(32", "boroughs)"]
