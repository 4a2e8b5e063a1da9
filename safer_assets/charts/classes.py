"""Few classes for a map's shades: bounds from the values themselves, equal values always in one class.

What is here: classes of about equally many areas, and classes that each hold about equally much of the total. What is
not: the shades (style.py) and drawing (mapping.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from safer_assets.charts import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 5


@dataclass(frozen=True)
class Classes:
    """Values in classes, from the lowest.

    Attributes:
        of: The class of each value, from 0.
        bounds: Lowest and highest value in each class: what a legend can promise.
        sizes: How many values are in each.
    """

    of: tuple[int, ...]
    bounds: tuple[tuple[float, float], ...]
    sizes: tuple[int, ...]


def alike(values: Sequence[float], most: int = MOST) -> Classes:
    """Classes of about equally many values (quantiles), fewer where there are few values or many equal ones."""
    number = max(1, min(most, len(values) // 3, len(set(values))))
    weights = [1.0] * len(values)
    return _cut(values, weights, number)


def of_rates(rates: Sequence[float]) -> Classes:
    """Classes of about equally many areas by rate; areas whose rates print alike (one decimal) have one shade."""
    return alike([float(wording.rounded(rate, 1)) for rate in rates])


def by_share(values: Sequence[float], most: int = MOST) -> Classes:
    """Classes that each hold about as much of the total, so that the highest has few values and much of it."""
    return _cut(values, list(values), max(1, min(most, len(set(values)))))


def _cut(values: Sequence[float], weights: Sequence[float], number: int) -> Classes:
    """Go up the distinct values and begin a class whenever the weight so far has passed the next share of the whole."""
    together: dict[float, float] = {}
    for value, weight in sorted(zip(values, weights, strict=True)):
        together[value] = together.get(value, 0.0) + weight
    whole, below = sum(together.values()), 0.0
    place: dict[float, int] = {}
    for value, weight in together.items():
        middle = (below + weight / 2) / whole if whole else 0.0
        place[value] = min(number - 1, int(middle * number))
        below += weight
    used = {old: new for new, old in enumerate(sorted(set(place.values())))}
    of = tuple(used[place[value]] for value in values)
    members = [[value for value, one in zip(values, of, strict=True) if one == cls] for cls in range(len(used))]
    return Classes(of, tuple((min(one), max(one)) for one in members), tuple(len(one) for one in members))
