"""Seasonal adjustment by same-month index.

What is here: the index and the adjusted series. What is not: anything fitted: with three years of months an index of
twelve numbers is all that the data can bear.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.change import Floats

YEAR: Final = 12
LEAST_MONTHS: Final = 36


def month_index(months: npt.ArrayLike) -> Floats:
    """How each calendar month differs from the year's own mean, as the median over whole years back from the end.

    Args:
        months: Monthly counts, shape (..., months), 36 at least.

    Returns:
        Shape (..., 12), mean 1, in the order of the calendar months of the last twelve points; NaN for fewer than 36
        months, a missing month, or a year without any count.
    """
    counts = np.asarray(months, dtype=float)
    years = counts.shape[-1] // YEAR
    if years * YEAR < LEAST_MONTHS:
        return np.full((*counts.shape[:-1], YEAR), np.nan)
    table = counts[..., -years * YEAR :].reshape(*counts.shape[:-1], years, YEAR)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = table / table.mean(axis=-1, keepdims=True)
        index = np.median(share, axis=-2)
        found: Floats = index / index.mean(axis=-1, keepdims=True)
    return found


def adjusted(months: npt.ArrayLike) -> Floats:
    """Counts over their calendar month's index; the counts themselves where no index can be had, or one is 0.

    Args:
        months: Monthly counts, shape (..., months).
    """
    counts = np.asarray(months, dtype=float)
    index = month_index(counts)
    length = counts.shape[-1]
    repeats = -(-length // YEAR)
    by_month = np.tile(index, repeats)[..., -length:] if length else index[..., :0]
    usable = np.isfinite(index).all(axis=-1, keepdims=True) & (index > 0).all(axis=-1, keepdims=True)
    found: Floats = np.divide(counts, by_month, out=counts.copy(), where=np.broadcast_to(usable, counts.shape))
    return found
