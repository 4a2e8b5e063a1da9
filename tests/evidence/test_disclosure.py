"""No hidden cell can be worked out from what is printed beside it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from safer_assets.evidence import change, disclosure

TABLES = arrays(np.int64, array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=5), elements=st.integers(0, 30))


def test_the_published_example() -> None:
    """12, 3, 9 and 6 of 30: the 3 is too small, and alone it would follow from the total; 6 is the least loss."""
    assert disclosure.hidden([12, 3, 9, 6]).tolist() == [False, True, False, True]


def test_rolling_years_give_a_quarter_away() -> None:
    """A year of 44, one of 41 three months earlier and the newest quarter of 7: the hidden one was 4."""
    assert float(change.year_old_part(41, 44, 7)) == 4


def test_a_zero_is_hidden_in_the_most_sensitive_class_alone() -> None:
    assert disclosure.hidden([20, 0, 30]).tolist() == [False, False, False]
    assert disclosure.hidden([20, 0, 30], hide_zero=True).tolist() == [True, True, False]


def test_two_small_cells_of_a_row_hide_each_other() -> None:
    assert disclosure.hidden([12, 3, 2, 40]).tolist() == [False, True, True, False]


def test_a_table_hides_a_rectangle_round_its_small_cell() -> None:
    found = disclosure.hidden([[3, 10, 20], [11, 12, 30], [21, 31, 40]])
    assert found.tolist() == [[True, True, False], [True, True, False], [False, False, False]]


def test_a_cell_between_two_rectangles_follows_from_the_totals() -> None:
    """Each row and column has two hidden cells or more, and yet one is what joins two blocks."""
    mask = np.zeros((4, 4), dtype=bool)
    mask[:2, :2] = mask[2:, 2:] = mask[1, 2] = True
    assert np.argwhere(disclosure.followed(mask)).tolist() == [[1, 2]]


@given(TABLES, st.booleans())
def test_what_is_hidden_never_follows_from_what_is_printed(counts: np.ndarray, hide_zero: bool) -> None:
    mask = disclosure.hidden(counts, hide_zero=hide_zero)
    small = (counts < disclosure.THRESHOLD) & (hide_zero | (counts > 0))
    assert mask[small].all()
    assert not disclosure.followed(mask).any()


@given(TABLES, st.data())
def test_another_table_with_the_same_print_exists_for_every_hidden_cell(
    counts: np.ndarray, data: st.DataObject
) -> None:
    """The claim itself, without the equations: a closed walk of hidden cells can be raised and lowered by one."""
    mask = disclosure.hidden(counts)
    cells = np.argwhere(mask).tolist()
    if not cells:
        return
    row, column = data.draw(st.sampled_from(cells))
    mask[row, column] = False  # without it the row and the column must still be joined by hidden cells
    reached, todo = {("row", row)}, [("row", row)]
    while todo:
        kind, at = todo.pop()
        line = mask[at] if kind == "row" else mask[:, at]
        for other in np.flatnonzero(line).tolist():
            place = ("column" if kind == "row" else "row", other)
            if place not in reached:
                reached.add(place)
                todo.append(place)
    assert ("column", column) in reached
