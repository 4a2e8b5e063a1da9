"""The points of control charts as rows: the last step of marts.control_points.

What is here: lists of months in, one row a month out, all series in one pass. What is not: the rules (spc.py,
control_chart.py) and which series are wanted (the model's SQL).
"""

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence import spc
from safer_assets.evidence.control_chart import ControlChart, chart, season_taken_out
from safer_assets.evidence.series import MONTHS, Series, stacked

if TYPE_CHECKING:
    import pandas as pd

KINDS: Final = {
    "indicator": "str",
    "area_code": "str",
    "month": "datetime64[s]",
    "offences": "Int64",
    **dict.fromkeys(("plotted", "mean", "lower", "upper", "near_lower", "near_upper"), "float64"),
    **dict.fromkeys(("adjusted", "floored", "trial"), "bool"),
    "signal": "str",
    "segment": "Int64",
    "break_before": "str",
}


def drawn(series: Series) -> tuple[ControlChart, npt.NDArray[np.bool_]]:
    """The charts of monthly counts, and which points had their season taken out."""
    plotted, adjusted = season_taken_out(series.counts, series.segments)
    return chart(plotted, series.segments, floor=0.0), adjusted


def control_points(frame: "pd.DataFrame") -> "pd.DataFrame":
    """One row a month that is there, of every series.

    Args:
        frame: indicator, area_code, data_month and the lists of marts.indicator_series.

    Returns:
        The columns that the header of marts.control_points documents.
    """
    import pandas as pd

    series = stacked(frame)
    charts, adjusted = drawn(series)
    there = ~np.isnan(series.counts)
    row, slot = np.nonzero(there)
    labels = pd.DataFrame({"series": row, "segment": series.segments[there]})
    first = ~labels.duplicated().to_numpy()
    segment = pd.Series(first).groupby(row).cumsum().to_numpy() - 1  # counted from the first that has a month
    last = frame["data_month"].to_numpy().astype("datetime64[M]")
    months = (last[row] + (slot - (MONTHS - 1))).astype("datetime64[s]")
    found = pd.DataFrame(
        {
            "indicator": frame["indicator"].to_numpy()[row],
            "area_code": frame["area_code"].to_numpy()[row],
            "month": months,
            "offences": series.counts[there],
            "plotted": charts.plotted[there],
            "adjusted": adjusted[there],
            "mean": charts.mean[there],
            "lower": charts.lower[there],
            "upper": charts.upper[there],
            "near_lower": charts.near_lower[there],
            "near_upper": charts.near_upper[there],
            "floored": charts.floored[there],
            "signal": np.where(charts.signals == spc.Signal.NONE, "", charts.words())[there],
            "segment": segment,
            "trial": charts.trial[there],
            "break_before": np.where(first & (segment > 0), series.breaks[there], ""),
        }
    )
    return found.astype(KINDS)
