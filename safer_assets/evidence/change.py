"""Change between two counts, and the windows they are sums of.

What is here: percentage change, rolling sums and the identity between them. What is not: chance (chance.py) and
rounding, which is done where a figure is printed (charts/wording.py).
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MINIMUM_BASE: Final = 50
"""Below this a percentage says more than the counts do; a partnership can set its own."""


def change_pct(value: npt.ArrayLike, prior: npt.ArrayLike, minimum_base: int = MINIMUM_BASE) -> Floats:
    """100 (value - prior) / prior, unrounded; NaN where prior is 0 or below the minimum base.

    Args:
        value: Counts, any shape.
        prior: Counts of the window before, same shape.
        minimum_base: The least prior count that gets a percentage.

    Returns:
        Per cent, same shape.
    """
    new, old = np.asarray(value, dtype=float), np.asarray(prior, dtype=float)
    enough = old >= max(minimum_base, 1)
    found: Floats = np.divide(100 * (new - old), old, out=np.full(np.broadcast(new, old).shape, np.nan), where=enough)
    return found


def rolling_sums(months: npt.ArrayLike, length: int) -> Floats:
    """Sums of `length` months in a row, at the last of them.

    Args:
        months: Monthly counts, shape (..., months); NaN where a month is missing.
        length: Months in a window, at least 1.

    Returns:
        Same shape; NaN where the window is not whole.
    """
    counts = np.asarray(months, dtype=float)
    sums = np.full(counts.shape, np.nan)
    if counts.shape[-1] >= length:
        windows = np.lib.stride_tricks.sliding_window_view(counts, length, axis=-1)
        sums[..., length - 1 :] = windows.sum(axis=-1)
    return sums


def year_old_part(rolling_then: npt.ArrayLike, rolling_now: npt.ArrayLike, newest_part: npt.ArrayLike) -> Floats:
    """What the same k months a year ago must have been, from two rolling years k months apart and the newest k months.

    R12(t) - R12(t-k) = last k months - the same k months a year earlier. It checks published figures against each
    other, finds revisions, and tells what a suppressed part would give away.
    """
    then, now = np.asarray(rolling_then, dtype=float), np.asarray(rolling_now, dtype=float)
    found: Floats = np.asarray(newest_part, dtype=float) + then - now
    return found
