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
LEAST_P: Final = 1e-300
"""A smaller p-value is given as this one: what a computer cannot hold would be 0, which no p-value is."""


@dataclass(frozen=True)
class Comparison:
    """Two counts against each other; arrays of one shape.

    Attributes:
        p_value: Two-sided, never below LEAST_P.
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
    p_value = np.clip(2 * stats.binom.cdf(np.minimum(new, old), total, 0.5), LEAST_P, 1.0)
    p_value = np.where(total == 0, 1.0, p_value)
    tail = (1 - CONFIDENCE) / 2
    low = np.where(new == 0, 0.0, stats.beta.ppf(tail, new, old + 1))
    high = np.where(old == 0, 1.0, stats.beta.ppf(1 - tail, new + 1, old))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(old == 0, np.nan, new / old)
        found = Comparison(p_value, ratio, low / (1 - low), high / (1 - high))
    missing = np.isnan(total)
    return Comparison(*(np.where(missing, np.nan, part) for part in vars(found).values()))


@dataclass(frozen=True)
class Dispersion:
    """How much more months vary than independent crimes would.

    Attributes:
        phi: Pearson's chi-squared over its degrees of freedom; 1 is chance alone; NaN where it cannot be had.
        freedom: The degrees of freedom, by which it is known how well phi is known.
    """

    phi: Floats
    freedom: Floats


def dispersion(months: npt.ArrayLike) -> Floats:
    """The phi of `clustering`.

    Args:
        months: Monthly counts, shape (..., months).
    """
    return clustering(months).phi


def clustering(months: npt.ArrayLike) -> Dispersion:
    """How much more months vary than independent crimes would: Pearson's chi-squared over its degrees of freedom.

    Expected counts have the series' own years and seasons (year total x month total / grand total), so that neither a
    trend nor a season counts as clustering. Whole years are counted back from the last month, as far as none of their
    months is missing.

    Args:
        months: Monthly counts, shape (..., months), 24 without a gap at the end; NaN where a month is missing or
            counted another way.

    Returns:
        Shape (...); NaN for fewer than 24 months, or no crime.
    """
    counts = np.asarray(months, dtype=float)
    years = counts.shape[-1] // YEAR
    if years * YEAR < LEAST_MONTHS:
        none = np.full(counts.shape[:-1], np.nan)
        return Dispersion(none, none)
    table = counts[..., -years * YEAR :].reshape(*counts.shape[:-1], years, YEAR)
    whole = np.logical_and.accumulate(~np.isnan(table).any(axis=-1)[..., ::-1], axis=-1)[..., ::-1]
    held = np.where(whole[..., None], table, 0.0)
    by_year, by_month = held.sum(axis=-1, keepdims=True), held.sum(axis=-2, keepdims=True)
    total = held.sum(axis=(-2, -1), keepdims=True)
    expected = np.divide(by_year * by_month, total, out=np.zeros_like(held), where=total > 0)
    terms = np.divide((held - expected) ** 2, expected, out=np.zeros_like(held), where=expected > 0)
    number = whole.sum(axis=-1)
    usable = (number * YEAR >= LEAST_MONTHS) & (total[..., 0, 0] > 0)
    freedom = np.where(usable, (number - 1.0) * (YEAR - 1), np.nan)
    return Dispersion(terms.sum(axis=(-2, -1)) / freedom, freedom)


def widened(
    value: npt.ArrayLike, prior: npt.ArrayLike, phi: npt.ArrayLike, freedom: npt.ArrayLike = np.inf
) -> Comparison:
    """The same comparison with standard errors times sqrt(phi): on the log scale, because ratios are skew.

    Nothing is ever narrower than the exact comparison: phi counts as 1 where it is below 1 or unknown, and whichever
    of the two p-values is larger and of the two ends farther out is given. Half a crime is added to both counts where
    one is 0, so that a rise from nothing has a standard error too.

    Args:
        value: Counts, any shape.
        prior: Counts of the window before.
        phi: Dispersion, same shape.
        freedom: Its degrees of freedom: Student's t in place of the normal distribution, because an estimated phi is
            sometimes too small; infinite for a phi that is not an estimate.
    """
    from scipy import stats

    new, old = np.broadcast_arrays(np.asarray(value, dtype=float), np.asarray(prior, dtype=float))
    plain = exact(new, old)
    factor = np.sqrt(np.fmax(np.asarray(phi, dtype=float), 1.0))
    added = np.where((new == 0) | (old == 0), 0.5, 0.0)
    log = np.log(new + added) - np.log(old + added)
    error = factor * np.sqrt(1 / (new + added) + 1 / (old + added))
    spread = stats.t(np.where(np.isnan(freedom), np.inf, freedom))
    reach = spread.ppf(1 - (1 - CONFIDENCE) / 2) * error
    p_value = np.maximum(2 * spread.sf(np.abs(log) / error), plain.p_value)
    low, high = np.minimum(np.exp(log - reach), plain.low), np.maximum(np.exp(log + reach), plain.high)
    return Comparison(p_value, plain.rate_ratio, low, high)
