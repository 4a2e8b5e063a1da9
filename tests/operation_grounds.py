"""Invented ground for tests of operations: a square of small areas with monthly counts."""

from datetime import date

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.ground import Ground, Trial, month_of, number

FIRST = date(2020, 1, 1)
MONTHS = 36
SIDE = 12


def ground(counts: npt.NDArray[np.int64], *, side: int = SIDE, reach: int = 1) -> Ground:
    """A square of side x side units; near is within `reach` steps, touching is an edge in common."""
    row, column = np.divmod(np.arange(side * side), side)
    across, down = np.abs(column[:, None] - column), np.abs(row[:, None] - row)
    others = ~np.eye(side * side, dtype=bool)
    months = tuple(month_of(number(FIRST) + step) for step in range(counts.shape[1]))
    codes = tuple(f"E{place:08d}" for place in range(side * side))
    return Ground(codes, months, counts, (np.maximum(across, down) <= reach) & others, across + down == 1)


def quiet(seed: int = 1, level: float = 20.0, *, side: int = SIDE, months: int = MONTHS) -> npt.NDArray[np.int64]:
    """Independent crimes at levels that differ between units: chance alone."""
    rng = np.random.default_rng(seed)
    levels = level * rng.uniform(0.6, 1.6, (side * side, 1))
    return rng.poisson(np.broadcast_to(levels, (side * side, months))).astype(np.int64)


def block(*units: int, side: int = SIDE) -> npt.NDArray[np.bool_]:
    """A response area."""
    found = np.zeros(side * side, dtype=bool)
    found[list(units)] = True
    return found


MIDDLE = block(65, 66, 77, 78)
"""Four units in the middle of the square."""
OPERATION = Trial(MIDDLE, date(2022, 1, 1), 6)
AFTER = slice(24, 30)
"""The months of its window after."""
