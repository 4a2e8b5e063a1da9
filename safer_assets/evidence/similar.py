"""The areas most like one area, by what is publicly known of who lives there and never by crime.

What is here: the last step of marts.similar_areas. What is not: the features' sources (the model's SQL), and what they
cannot say: nothing here knows deprivation, age or who comes to work and visit.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from safer_assets.evidence.change import Floats

if TYPE_CHECKING:
    import pandas as pd

NEAREST: Final = 7
FEWEST_CANDIDATES: Final = 10
"""Of fewer other areas, seven would be most of them and none would be chosen."""
FEWEST_FEATURES: Final = 2
COLUMNS: Final = ("area_code", "similar_code", "similar_name", "position", "distance", "why")


@dataclass(frozen=True)
class Feature:
    """A column of what is compared; `log` where a ratio and not a difference makes areas unlike."""

    column: str
    words: str
    log: bool


FEATURES: Final = (
    Feature("population", "number of residents", log=True),
    Feature("growth_pct", "growth of residents", log=False),
    Feature("residents_per_hectare", "residents a hectare", log=True),
    Feature("crowded_pct", "residents in the densest small areas", log=False),
    Feature("km_from_centre", "distance from the centre", log=False),
)


def nearest(areas: "pd.DataFrame") -> "pd.DataFrame":
    """The seven areas nearest to the board's own, by the root mean square of the standardised differences.

    Every feature counts the same. One that any area lacks is left out; with fewer than two features, or fewer than ten
    other areas, there is no row.

    Args:
        areas: One row an area: area_code, area_name, home (true for the board's own), geometry (well-known binary, in
            metres) and the columns of `FEATURES` but the distance, all of which may be missing.

    Returns:
        area_code, similar_code, similar_name, position (1 is the nearest), distance (in standard deviations), why;
        nearest first.
    """
    import pandas as pd

    areas = areas.assign(km_from_centre=_km_from_centre(areas))
    features = [one for one in FEATURES if _usable(areas[one.column], one)]
    home = areas["home"].to_numpy(bool)
    if home.sum() != 1 or len(areas) <= FEWEST_CANDIDATES or len(features) < FEWEST_FEATURES:
        return _typed(pd.DataFrame(columns=list(COLUMNS)))
    values = np.column_stack([areas[one.column].to_numpy(float) for one in features])
    values = np.where([one.log for one in features], np.log(np.maximum(values, np.finfo(float).tiny)), values)
    apart = np.abs(values - values[home]) / values.std(axis=0, ddof=1)
    distance = np.sqrt((apart**2).mean(axis=1))
    distance[home] = np.inf
    chosen = np.lexsort((areas["area_code"].to_numpy(str), distance))[: min(NEAREST, len(areas) - 1)]
    found = pd.DataFrame(
        {
            "area_code": areas["area_code"].to_numpy(str)[home][0],
            "similar_code": areas["area_code"].to_numpy(str)[chosen],
            "similar_name": areas["area_name"].to_numpy(str)[chosen],
            "position": np.arange(1, len(chosen) + 1),
            "distance": distance[chosen],
            "why": [_why(features, apart[row]) for row in chosen],
        }
    )
    return _typed(found)


def _km_from_centre(areas: "pd.DataFrame") -> Floats:
    """From the middle of each area to the centre of all their residents; NaN throughout where an outline is missing."""
    import shapely

    if areas.empty or areas["geometry"].isna().any() or areas["population"].isna().any():
        return np.full(len(areas), np.nan)
    middles = shapely.get_coordinates(shapely.centroid(shapely.from_wkb([bytes(one) for one in areas["geometry"]])))
    centre = np.average(middles, axis=0, weights=areas["population"].to_numpy(float))
    found: Floats = np.hypot(*(middles - centre).T) / 1000
    return found


def _usable(column: "pd.Series", feature: Feature) -> bool:
    """Whether all areas have it, it tells any apart, and its logarithm exists where that is what counts."""
    values = column.astype("Float64").to_numpy(float, na_value=np.nan)
    if not np.isfinite(values).all() or values.size == 0:
        return False
    return bool(np.ptp(values) > 0 and (not feature.log or values.min() > 0))


def _why(features: list[Feature], apart: Floats) -> str:
    """'closest in density (0.1), furthest in growth of residents (0.9 standard deviations)'."""
    order = np.argsort(apart, kind="stable")
    first, last = features[order[0]], features[order[-1]]
    return (
        f"closest in {first.words} ({apart[order[0]]:.1f}), "
        f"furthest in {last.words} ({apart[order[-1]]:.1f} standard deviations)"
    )


def _typed(found: "pd.DataFrame") -> "pd.DataFrame":
    kinds = {"area_code": "str", "similar_code": "str", "similar_name": "str", "why": "str"}
    return found.astype({**kinds, "position": "Int64", "distance": "float64"})
