"""Whether two counts differ by more than chance.

What is here: the exact conditional test of two counts over equal exposure, its interval, and both widened for crimes
that come in clusters. What is not: the words for it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.change import Floats

CONFIDENCE: Final = 0.95
YEAR: Final = 12
LEAST_MONTHS: Final = 24


@dataclass(frozen=True)
class Comparison:
    """Two counts against each other; arrays of one shape.

    Attributes:
        p_value: Two-sided.
        rate_ratio: value / prior; NaN where prior is 0.
        low: Lower end of its 95 % interval.
        high: Upper end; infinite where prior is 0.
    """

    p_value: Floats
    rate_ratio: Floats
    low: Floats
    high: Floats


def exact(value: npt.ArrayLike, prior: npt.ArrayLike) -> Comparison:
    """The exact conditional binomial test: given the total, is each event as likely to be in either window?

    The interval is Clopper and Pearson's for the share, turned into odds. Exposure (months, population) must be equal.

    Args:
        value: Counts, any shape; NaN gives NaN.
        prior: Counts of the window before, same shape.
    """
    from scipy import stats

    new, old = np.broadcast_arrays(np.asarray(value, dtype=float), np.asarray(prior, dtype=float))
    total = new + old
    # At 1/2 the binomial is symmetric, so the two-sided p is twice the smaller tail.
    p_value = np.minimum(1.0, 2 * stats.binom.cdf(np.minimum(new, old), total, 0.5))
    p_value = np.where(total == 0, 1.0, p_value)
    tail = (1 - CONFIDENCE) / 2
    low = np.where(new == 0, 0.0, stats.beta.ppf(tail, new, old + 1))
    high = np.where(old == 0, 1.0, stats.beta.ppf(1 - tail, new + 1, old))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(old == 0, np.nan, new / old)
        found = Comparison(p_value, ratio, low / (1 - low), high / (1 - high))
    missing = np.isnan(total)
    return Comparison(*(np.where(missing, np.nan, part) for part in vars(found).values()))


def dispersion(months: npt.ArrayLike) -> Floats:
    """How much more months vary than independent crimes would: Pearson's chi-squared over its degrees of freedom.

    Expected counts have the series' own years and seasons (year total x month total / grand total), so that neither a
    trend nor a season counts as clustering; whole years back from the last month are used.

    Args:
        months: Monthly counts, shape (..., months); 24 at least.

    Returns:
        Shape (...); 1 is chance alone; NaN for fewer than 24 months, a missing month, or no crime.
    """
    counts = np.asarray(months, dtype=float)
    years = counts.shape[-1] // YEAR
    if years * YEAR < LEAST_MONTHS:
        return np.full(counts.shape[:-1], np.nan)
    table = counts[..., -years * YEAR :].reshape(*counts.shape[:-1], years, YEAR)
    total = table.sum(axis=(-2, -1), keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = table.sum(axis=-1, keepdims=True) * table.sum(axis=-2, keepdims=True) / total
        terms = np.where(expected > 0, (table - expected) ** 2 / expected, np.where(np.isnan(expected), np.nan, 0.0))
    phi: Floats = terms.sum(axis=(-2, -1)) / ((years - 1) * (YEAR - 1))
    return phi


def widened(value: npt.ArrayLike, prior: npt.ArrayLike, phi: npt.ArrayLike) -> Comparison:
    """The same comparison with standard errors times sqrt(phi): on the log scale, because ratios are skew.

    Where phi is below 1, or unknown, nothing is made narrower: phi counts as 1.

    Args:
        value: Counts, any shape.
        prior: Counts of the window before.
        phi: Dispersion, same shape.
    """
    from scipy import stats

    new, old = np.asarray(value, dtype=float), np.asarray(prior, dtype=float)
    factor = np.sqrt(np.fmax(np.asarray(phi, dtype=float), 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(old > 0, new / old, np.nan)
        log, error = np.log(ratio), factor * np.sqrt(1 / new + 1 / old)
        reach = stats.norm.ppf(1 - (1 - CONFIDENCE) / 2) * error
        p_value = 2 * stats.norm.sf(np.abs(log) / error)
        return Comparison(p_value, ratio, np.exp(log - reach), np.exp(log + reach))
