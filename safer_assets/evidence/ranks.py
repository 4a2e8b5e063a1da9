"""The place of an area among others by its rate, and the places that it could have.

What is here: ranks with an interval that holds the true rank. What is not: whether a rate is unusual (funnel.py).
"""

import numpy as np

from safer_assets.evidence import chance
from safer_assets.evidence.change import Floats


def ranked(value: Floats, people: Floats, clusters: Floats) -> dict[str, Floats]:
    """Rank 1 is the highest rate; its interval leaves out the areas that are clearly higher or clearly lower.

    Two areas differ clearly where their rates, on the square-root scale on which counts have one variance, are further
    apart than chance and clustering make them, at 5 % shared among all the comparisons of an area (Bonferroni). So the
    interval holds the true rank in 95 % of cases at least, which intervals of simulated ranks do not where areas are
    close (Mogstad, Romano, Shaikh and Wilhelm 2024, after Goldstein and Spiegelhalter 1996).

    Args:
        value: Counts, shape (sets, areas); NaN where an area has no rate.
        people: Residents, same shape.
        clusters: Dispersion of each area's months; unknown counts as 1.

    Returns:
        areas (how many are ranked), rank, rank_low and rank_high, each of that shape, NaN where there is no rate.
    """
    from scipy import stats

    known = np.isfinite(value)
    count = known.sum(axis=-1, keepdims=True)
    rate = value / people
    root, variance = np.sqrt((value + 3 / 8) / people), np.fmax(clusters, 1.0) / (4 * people)
    critical = stats.norm.isf((1 - chance.CONFIDENCE) / 2 / np.maximum(count - 1, 1))[..., np.newaxis]
    apart = (root[:, np.newaxis, :] - root[:, :, np.newaxis]) / np.sqrt(
        variance[:, np.newaxis, :] + variance[:, :, np.newaxis]
    )
    found = {
        "areas": np.broadcast_to(count, value.shape).astype(float),
        "rank": 1.0 + (rate[:, np.newaxis, :] > rate[:, :, np.newaxis]).sum(axis=-1),
        "rank_low": 1.0 + (apart > critical).sum(axis=-1),
        "rank_high": count - (apart < -critical).sum(axis=-1),
    }
    return {name: np.where(known, rank, np.nan) for name, rank in found.items()}
