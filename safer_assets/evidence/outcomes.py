"""Positive outcomes per offence, with their interval.

What is here: the last step of marts.positive_outcomes. What is not: counting, and choosing the months and the file
(dbt_like_sql/marts/positive_outcomes.sql).
"""

from typing import TYPE_CHECKING

from safer_assets.evidence.rates import proportion_interval

if TYPE_CHECKING:
    import pandas as pd


def positive_outcomes(counts: "pd.DataFrame") -> "pd.DataFrame":
    """Add share, low and high: outcomes per offence with Wilson's 95 % interval, each from 0 to 1.

    All three are NaN where there are no offences, and where outcomes are more than offences: then some belong to
    offences of earlier months, and no interval of a proportion means anything.

    Args:
        counts: One row an indicator and area; `offences` and `outcomes` are counts or missing, every other column is
            kept as it is, months as datetime64.
    """
    import numpy as np

    whole = counts["offences"].astype("float64").to_numpy()
    part = counts["outcomes"].astype("float64").to_numpy()
    is_share = (whole > 0) & (part <= whole)
    some, every = np.where(is_share, part, np.nan), np.where(is_share, whole, np.nan)
    low, high = proportion_interval(some, every)
    types = {"offences": "Int64", "outcomes": "Int64"}
    months = dict.fromkeys(("start_month", "end_month", "vintage"), "datetime64[s]")
    texts = dict.fromkeys(("indicator", "area_code", "window", "source", "scheme", "file_id", "quality"), "str")
    return counts.assign(share=some / every, low=low, high=high).astype({**types, **months, **texts})
