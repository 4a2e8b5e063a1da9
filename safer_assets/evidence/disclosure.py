"""Small counts of sensitive kinds: which cells of a table must be hidden so that nobody can work them out again.

What is here: cells that are too small, the further ones that keep rows, columns and totals from giving them back, and
what rolling years give away. What is not: which indicators are sensitive (reference/indicators.csv) and how a hidden
cell is printed.
"""

import numpy as np
import numpy.typing as npt

THRESHOLD = 5
"""Counts below it are hidden in classes B and C."""

Mask = npt.NDArray[np.bool_]


def hidden(counts: npt.ArrayLike, *, threshold: int = THRESHOLD, hide_zero: bool = False) -> Mask:
    """The cells that may not be printed beside the totals of their rows and columns.

    Too small ones first. Then, for as long as a hidden cell follows from what is still printed, the smallest cell that
    is printed in its row or column goes too: the least loss.

    Args:
        counts: One row of cells with its total, or a table with the totals of its rows and columns.
        threshold: The smallest count that may be printed.
        hide_zero: Whether also a zero says too much, as in class C.

    Returns:
        A mask in the shape of the counts. Where all cells of a row are hidden and one still follows from its total,
        which happens to a row of one cell, the total may not be printed either.
    """
    given = np.asarray(counts, dtype=np.int64)
    table = np.atleast_2d(given)
    mask = (table < threshold) & (hide_zero | (table > 0))
    while True:
        candidates = [
            (table[row, column], row, column)
            for row, column in np.argwhere(followed(mask, columns=given.ndim == 2)).tolist()
        ]
        options = [
            place
            for _, row, column in sorted(candidates)
            if (place := _smallest_beside(table, mask, row, column, columns=given.ndim == 2)) is not None
        ]
        if not options:
            return mask.reshape(given.shape)
        mask[min(options, key=lambda place: (table[place], place))] = True


def followed(mask: Mask, *, columns: bool = True) -> Mask:
    """The hidden cells that follow from the printed cells and the totals of rows and (where printed) columns.

    A cell follows when every way of filling the hidden cells that gives the totals gives it the same value: when it is
    zero in all of the equations' null space.
    """
    cells = np.argwhere(mask)
    found = np.zeros(mask.shape, dtype=bool)
    if not len(cells):
        return found
    equations = cells[:, 0] == np.arange(mask.shape[0])[:, None]
    if columns:
        equations = np.vstack([equations, cells[:, 1] == np.arange(mask.shape[1])[:, None]])
    _, sizes, directions = np.linalg.svd(equations.astype(float), full_matrices=True)
    free = directions[int((sizes > 1e-9).sum()) :]
    found[tuple(cells.T)] = (np.abs(free) < 1e-9).all(axis=0)
    return found


def _smallest_beside(
    table: npt.NDArray[np.int64], mask: Mask, row: int, column: int, *, columns: bool
) -> tuple[int, int] | None:
    """The smallest printed cell in the row or the column of a hidden one, above zero where there is such a one."""
    beside = [(row, other) for other in range(table.shape[1])]
    if columns:
        beside += [(other, column) for other in range(table.shape[0])]
    printed = [place for place in beside if not mask[place]]
    return min(printed, key=lambda place: (table[place] == 0, table[place], place), default=None)
