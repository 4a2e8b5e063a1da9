"""Funnels: which areas differ from a common rate by more than chance, and by more than areas usually do.

What is here: control limits, and how far areas differ beyond chance (additive over-dispersion). What is not: drawing.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.change import Floats

WINSORISED: Final = 0.10
INNER, OUTER = 0.95, 0.998


def poisson_limits(rate: npt.ArrayLike, population: npt.ArrayLike, share: float) -> tuple[Floats, Floats]:
    """The rates between which `share` of areas of each size fall by chance alone.

    Args:
        rate: The common rate per 1,000, any shape.
        population: Residents.
        share: 0.95 or 0.998.

    Returns:
        Lower and upper rate per 1,000: Poisson quantiles of the expected count over the population.
    """
    from scipy import stats

    people = np.asarray(population, dtype=float)
    expected = np.asarray(rate, dtype=float) * people / 1000
    tail = (1 - share) / 2
    return 1000 * stats.poisson.ppf(tail, expected) / people, 1000 * stats.poisson.ppf(1 - tail, expected) / people


def between_areas(counts: npt.ArrayLike, population: npt.ArrayLike, rate: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Over-dispersion after Spiegelhalter (2005): z-scores winsorised at 10 % a side, then an additive variance.

    Args:
        counts: One count an area, shape (..., areas); NaN where an area does not count.
        population: Its residents, same shape.
        rate: The common rate per 1,000, shape (...).

    Returns:
        phi (mean squared winsorised z; 1 is chance alone) and tau2, the variance between areas of the rate per 1,000,
        both of shape (...); tau2 is 0 where areas differ no more than chance makes them, and both are NaN without two
        areas or without any crime.
    """
    observed, people = np.asarray(counts, dtype=float), np.asarray(population, dtype=float)
    common = np.asarray(rate, dtype=float)[..., np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = 1000 * common / people  # of a rate per 1,000 whose count is Poisson
        z = (1000 * observed / people - common) / np.sqrt(variance)
        areas = np.isfinite(z).sum(axis=-1)
        phi = np.nansum(_winsorised(z) ** 2, axis=-1) / areas
        weights = np.where(np.isfinite(z), 1 / variance, 0.0)
        excess = areas * phi - (areas - 1)
        tau2 = excess / (weights.sum(axis=-1) - (weights**2).sum(axis=-1) / weights.sum(axis=-1))
    known = areas > 1
    return np.where(known, phi, np.nan), np.where(known, np.maximum(tau2, 0.0), np.nan)


def widened_limits(
    rate: npt.ArrayLike, population: npt.ArrayLike, share: float, tau2: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """The rates between which `share` of areas fall when they differ as they usually do.

    Areas' own rates are taken as gamma distributed with variance tau2 and their counts as Poisson round them, so that
    counts are negative binomial. With tau2 of 0 these are the limits of chance alone; a normal limit would fall below 0
    where areas differ much, and would find too many areas high where counts are few.

    Args:
        rate: The common rate per 1,000, any shape.
        population: Residents.
        share: 0.95 or 0.998.
        tau2: Variance between areas of the rate per 1,000.

    Returns:
        Lower and upper rate per 1,000; NaN where anything is.
    """
    from scipy import stats

    common, people, variance = np.broadcast_arrays(
        *(np.asarray(part, dtype=float) for part in (rate, population, tau2))
    )
    tail = (1 - share) / 2
    alone = poisson_limits(common, people, share)
    with np.errstate(divide="ignore", invalid="ignore"):
        shape = common**2 / variance
        chance = shape / (shape + common * people / 1000)
        apart = [1000 * stats.nbinom.ppf(quantile, shape, chance) / people for quantile in (tail, 1 - tail)]
    low, high = (np.where(variance == 0, one, other) for one, other in zip(alone, apart, strict=True))
    return low, high


def _winsorised(z: Floats) -> Floats:
    """Values beyond the tenth and the ninetieth percentile of their last axis pulled in to these; NaN stays."""
    ordered = np.sort(z, axis=-1)  # NaN comes last
    last = np.maximum(np.isfinite(z).sum(axis=-1, keepdims=True) - 1, 0)

    def quantile(share: float) -> Floats:
        place = share * last
        below = np.floor(place).astype(int)
        above = np.minimum(below + 1, last)
        low, high = (np.take_along_axis(ordered, at, axis=-1) for at in (below, above))
        found: Floats = low + (place - below) * (high - low)
        return found

    return np.clip(z, quantile(WINSORISED), quantile(1 - WINSORISED))
