"""The tables of comparators that charts read, made from a board's own figures by the real last steps.

What is here: what the SQL of marts.similar_areas and marts.comparators hands to those steps, for charts only.
What is not: tests.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from safer_assets.charts.context import BoardData
from safer_assets.evidence.comparators import compared
from safer_assets.evidence.similar import nearest


def of_board(data: BoardData, members: Mapping[str, Sequence[str]]) -> dict[str, pd.DataFrame]:
    """Name of the table -> its rows, for the board's groups whose members are given."""
    groups = {code: members[code] for code, _ in data.context.groups if code in members}
    years = _years(data)
    alike = _similar(years, max(groups.values(), key=len, default=()), data.context.area_code)
    return {"similar_areas": alike, "comparators": _comparators(data, years, groups, alike)}


def _similar(years: pd.DataFrame, widest: Sequence[str], home: str) -> pd.DataFrame:
    """The areas most like the board's own, by residents and a made-up growth."""
    people = years.dropna(subset=["population"]).drop_duplicates("area_code")
    people = people[people["area_code"].isin(widest)].sort_values("area_code", ignore_index=True)
    growth = people["population"].astype(float) % 97 / 50
    rows = people[["area_code", "area_name", "population"]].assign(home=people["area_code"] == home, growth_pct=growth)
    return nearest(rows.assign(residents_per_hectare=np.nan, crowded_pct=np.nan, geometry=None))


def _comparators(
    data: BoardData, years: pd.DataFrame, groups: Mapping[str, Sequence[str]], alike: pd.DataFrame
) -> pd.DataFrame:
    """Ranks, funnels and positions in every group."""
    home = data.context.area_code
    sets = [(group, area) for group, areas in groups.items() for area in areas]
    sets += [("similar", area) for area in (*alike["similar_code"], home) if len(alike)]
    rows = pd.DataFrame(sets, columns=["group_code", "area_code"]).merge(years, on="area_code")
    rows = rows.sort_values(["indicator", "group_code", "area_code"], ignore_index=True)
    own, plain = rows["area_code"] == home, rows["group_code"] != "similar"
    rows = rows.assign(member=plain | ~own, shown=plain | own, months=None, mid_year=2021)
    found = compared(rows.assign(end_month=pd.Timestamp(data.context.data_month)))
    names = years.drop_duplicates("area_code")[["area_code", "area_name"]]
    return found.merge(names, on="area_code", how="left", sort=False)


def _years(data: BoardData) -> pd.DataFrame:
    """The figures of twelve months, with the population that their rate was made of."""
    years = data.figures[data.figures["window"] == "r12"]
    rate = pd.to_numeric(years["rate_per_1000"]).astype("Float64")
    return years.assign(population=(1000 * years["value"].astype("Float64") / rate).round())
