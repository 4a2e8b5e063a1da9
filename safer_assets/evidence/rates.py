"""Rates and proportions with their intervals.

What is here: Byar's and the exact interval of a count, rates per 1,000, the ratio of two rates, and Wilson's interval
of a proportion. What is not: which population belongs to a window (dbt_like_sql/marts/populations.sql).
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.chance import CONFIDENCE
from safer_assets.evidence.change import Floats

EXACT_BELOW: Final = 10
"""Byar's approximation is good from here on (as in the Public Health England technical guide)."""


def count_interval(count: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The 95 % interval of a Poisson count: exact below 10, Byar's approximation from there on.

    Args:
        count: Counts, any shape; NaN gives NaN.

    Returns:
        Lower and upper ends, same shape.
    """
    from scipy import stats

    observed = np.asarray(count, dtype=float)
    tail = (1 - CONFIDENCE) / 2
    z = stats.norm.ppf(1 - tail)
    more = observed + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        byar_low = observed * (1 - 1 / (9 * observed) - z / (3 * np.sqrt(observed))) ** 3
    byar_high = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    exact_low = np.where(observed == 0, 0.0, stats.chi2.ppf(tail, 2 * observed) / 2)
    exact_high = stats.chi2.ppf(1 - tail, 2 * more) / 2
    few = observed < EXACT_BELOW
    return np.where(few, exact_low, byar_low), np.where(few, exact_high, byar_high)


def rate_per_1000(count: npt.ArrayLike, population: npt.ArrayLike) -> Floats:
    """Counts per 1,000 residents; NaN where there is no population."""
    people = np.asarray(population, dtype=float)
    counts = np.asarray(count, dtype=float)
    shape = np.broadcast(counts, people).shape
    found: Floats = np.divide(1000 * counts, people, out=np.full(shape, np.nan), where=people > 0)
    return found


def proportion_interval(part: npt.ArrayLike, whole: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Wilson's 95 % interval of part / whole, both counts; NaN where whole is 0."""
    from scipy import stats

    some, every = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    z = stats.norm.ppf(1 - (1 - CONFIDENCE) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = some / every
        middle = share + z**2 / (2 * every)
        reach = z * np.sqrt(share * (1 - share) / every + z**2 / (4 * every**2))
        return (middle - reach) / (1 + z**2 / every), (middle + reach) / (1 + z**2 / every)


def ratio_interval(
    count: npt.ArrayLike, population: npt.ArrayLike, other_count: npt.ArrayLike, other_population: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """The ratio of two rates and its exact conditional 95 % interval, for unequal exposure.

    Given both counts together, one of them is binomial with a share that the ratio and the populations fix; Clopper and
    Pearson's interval of that share, as odds over the populations' own (chance.exact is the case of equal populations).

    Args:
        count: Counts, any shape; NaN gives NaN.
        population: Their residents.
        other_count: Counts to compare with.
        other_population: Their residents.

    Returns:
        Ratio (NaN where the other count is 0), lower and upper end (infinite where the other count is 0).
    """
    from scipy import stats

    here, there = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(other_count, dtype=float))
    tail = (1 - CONFIDENCE) / 2
    low = np.where(here == 0, 0.0, stats.beta.ppf(tail, here, there + 1))
    high = np.where(there == 0, 1.0, stats.beta.ppf(1 - tail, here + 1, there))
    with np.errstate(divide="ignore", invalid="ignore"):
        exposure = np.asarray(other_population, dtype=float) / np.asarray(population, dtype=float)
        ratio = np.where(there == 0, np.nan, exposure * here / there)
        ends = [np.where(np.isnan(here + there), np.nan, exposure * end / (1 - end)) for end in (low, high)]
    return ratio, ends[0], ends[1]
