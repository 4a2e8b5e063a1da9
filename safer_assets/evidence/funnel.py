"""Funnels: which areas differ from a common rate by more than chance, and by more than areas usually do.

What is here: control limits and additive over-dispersion. What is not: drawing.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.change import Floats

WINSORISED: Final = 0.10
INNER, OUTER = 0.95, 0.998


def poisson_limits(rate: float, population: npt.ArrayLike, share: float) -> tuple[Floats, Floats]:
    """The rates between which `share` of areas of each size fall by chance alone.

    Args:
        rate: The common rate per 1,000.
        population: Residents, any shape.
        share: 0.95 or 0.998.

    Returns:
        Lower and upper rate per 1,000: Poisson quantiles of the expected count over the population.
    """
    from scipy import stats

    people = np.asarray(population, dtype=float)
    expected = rate * people / 1000
    tail = (1 - share) / 2
    return 1000 * stats.poisson.ppf(tail, expected) / people, 1000 * stats.poisson.ppf(1 - tail, expected) / people


def between_areas(counts: npt.ArrayLike, population: npt.ArrayLike, rate: float) -> tuple[float, float]:
    """Over-dispersion after Spiegelhalter (2005): z-scores winsorised at 10 % a side, then an additive variance.

    Args:
        counts: One count an area.
        population: Its residents.
        rate: The common rate per 1,000.

    Returns:
        phi (mean squared winsorised z; 1 is chance alone) and tau2, the variance between areas of the rate per 1,000;
        0 where areas differ no more than chance makes them.
    """
    observed, people = np.asarray(counts, dtype=float), np.asarray(population, dtype=float)
    variance = 1000 * rate / people  # of a rate per 1,000 whose count is Poisson
    z = (1000 * observed / people - rate) / np.sqrt(variance)
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    phi = float(np.mean(np.clip(z, low, high) ** 2))
    weights, areas = 1 / variance, observed.size
    excess = areas * phi - (areas - 1)
    if excess <= 0:
        return phi, 0.0
    return phi, float(excess / (weights.sum() - (weights**2).sum() / weights.sum()))


def widened_limits(rate: float, population: npt.ArrayLike, share: float, tau2: float) -> tuple[Floats, Floats]:
    """The rates between which `share` of areas fall when they differ as they usually do; floored at 0."""
    from scipy import stats

    people = np.asarray(population, dtype=float)
    reach = stats.norm.ppf(1 - (1 - share) / 2) * np.sqrt(1000 * rate / people + tau2)
    return np.maximum(rate - reach, 0.0), rate + reach
