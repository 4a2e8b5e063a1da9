"""The tables of outcomes and of the survey that charts read, made up for a board.

What is here: frames of the shapes that the marts give; positive outcomes go through their real last step. What is not:
tests.
"""

import pandas as pd

from safer_assets.charts.context import BoardData
from safer_assets.evidence.outcomes import positive_outcomes
from safer_assets.reference import OUTCOME_GROUPS

FLAGS = ("knife_crime", "gun_crime", "domestic_abuse_offences", "hate_crime")
SHARES = {"knife_crime": 0.10, "gun_crime": 0.20, "domestic_abuse_offences": 0.07, "hate_crime": 0.12}
LONDON_SHARE = 0.10
CRIME_TYPES = {"Violence and sexual offences": 640, "Burglary": 220, "Drugs": 90, "Robbery": 45}
QUESTIONS = ('"Good Job" local', "Trust MPS", "Informed local")
QUARTERS = 12


def of_board(data: BoardData) -> dict[str, pd.DataFrame]:
    """Name of the table -> its rows for the own area, and its groups where they have any."""
    return {"positive_outcomes": _positive(data), "street_outcomes": _street(data), "confidence": _survey(data)}


def _positive(data: BoardData) -> pd.DataFrame:
    last = pd.Timestamp(data.context.data_month)
    first = last - pd.DateOffset(months=11)
    inside = data.series[(data.series["month"] >= first) & data.series["indicator"].isin(FLAGS)]
    areas = {data.context.area_code, *(code for code, _ in data.context.groups)}
    sums = inside[inside["area_code"].isin(areas)].groupby(["indicator", "area_code"], as_index=False)["offences"].sum()
    own = sums["area_code"] == data.context.area_code
    shares = sums["indicator"].map(SHARES).where(own, LONDON_SHARE).astype(float)
    outcomes = (sums["offences"].astype(float) * shares).round()
    small = (sums["offences"] < data.context.minimum_base).astype(bool)
    quality = pd.Series("", index=sums.index).where(~small, "small base: fewer than 50 offences")
    return positive_outcomes(
        sums.assign(
            window="r12",
            start_month=first,
            end_month=last,
            outcomes=outcomes,
            source="mps_dashboard",
            scheme="mps-dashboard",
            vintage=pd.Timestamp(2025, 7, 1),
            file_id="made up",
            quality=quality,
        )
    )


def _street(data: BoardData) -> pd.DataFrame:
    newest = pd.Timestamp(data.context.data_month)
    rows = []
    for place, (crime_type, crimes) in enumerate(CRIME_TYPES.items()):
        parts = [crimes * (2 + (place + group) % 5) // 40 for group in range(len(OUTCOME_GROUPS))]
        parts[4] += crimes - sum(parts)
        rows += [
            (crime_type, name, part, part / crimes) for name, part in zip(OUTCOME_GROUPS, parts, strict=True) if part
        ]
    frame = pd.DataFrame(rows, columns=["crime_type", "outcome", "crimes", "share"])
    return frame.assign(
        area_code=data.context.area_code,
        start_month=newest - pd.DateOffset(months=23),
        end_month=newest - pd.DateOffset(months=12),
        newest_month=newest,
        source="police_uk_street",
        scheme="police-uk-2013",
    )


def _survey(data: BoardData) -> pd.DataFrame:
    ends = pd.date_range(
        end=pd.Timestamp(data.context.data_month) + pd.DateOffset(months=2), periods=QUARTERS, freq="QE"
    )
    rows = [
        (measure, end, round(0.7 - 0.1 * number - 0.01 * place, 2), round(0.69 - 0.1 * number, 2))
        for number, measure in enumerate(QUESTIONS)
        for place, end in enumerate(ends)
    ]
    frame = pd.DataFrame(rows, columns=["measure", "quarter_end", "share", "london_share"])
    return frame.assign(
        area_code=data.context.area_code, source="mopac_pas", vintage=ends[-1].replace(day=1), file_id="made up"
    )
