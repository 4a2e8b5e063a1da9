"""How much of an area's crime happens in few of its places.

What is here: the share of the top tenth and Gini's coefficient. What is not: repeat victims, whom open data cannot
show.
"""

from math import ceil

import numpy as np
import numpy.typing as npt


def top_share(counts: npt.ArrayLike, tenth: float = 0.10) -> float:
    """The share of all crime that happens in the most affected tenth of places (rounded up); NaN without crime."""
    places = np.sort(np.asarray(counts, dtype=float))[::-1]
    total = places.sum()
    return float(places[: ceil(tenth * places.size)].sum() / total) if total else float("nan")


def gini(counts: npt.ArrayLike) -> float:
    """Gini's coefficient of counts by place: 0 where all have the same, near 1 where one has all; NaN without crime."""
    places = np.sort(np.asarray(counts, dtype=float))
    total, number = places.sum(), places.size
    if not total:
        return float("nan")
    ranks = np.arange(1, number + 1)
    return float(2 * (ranks * places).sum() / (number * total) - (number + 1) / number)
