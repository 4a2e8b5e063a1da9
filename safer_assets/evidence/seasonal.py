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
        months: Monthly counts, shape (..., months), 36 without a gap at the end; NaN where a month is missing.

    Returns:
        Shape (..., 12), mean 1, in the order of the calendar months of the last twelve points; NaN for fewer than 36
        months or a year without any count.
    """
    counts = np.asarray(months, dtype=float)
    years = counts.shape[-1] // YEAR
    if years * YEAR < LEAST_MONTHS:
        return np.full((*counts.shape[:-1], YEAR), np.nan)
    table = counts[..., -years * YEAR :].reshape(*counts.shape[:-1], years, YEAR)
    whole = np.logical_and.accumulate(~np.isnan(table).any(axis=-1)[..., ::-1], axis=-1)[..., ::-1]
    number = whole.sum(axis=-1)[..., None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(whole[..., None], table / table.mean(axis=-1, keepdims=True), np.inf)
        ordered = np.sort(share, axis=-2)  # years that are not whole come last
        middle = [np.take_along_axis(ordered, half, axis=-2) for half in (np.maximum(number - 1, 0) // 2, number // 2)]
        index = np.where(number * YEAR >= LEAST_MONTHS, (middle[0] + middle[1]) / 2, np.nan)[..., 0, :]
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
