"""The Met's file on violence against women and girls, invented: rows by borough, ward, month recorded and committed.

What is here: its header and rows. What is not: areas and their levels (world.py), the Met's other files (met.py).
"""

from typing import TYPE_CHECKING

import numpy as np

from safer_assets.sample.world import World, bounded_years, draws, level, local_drift, month_date, population, season

if TYPE_CHECKING:
    import pandas as pd

HEADER = (
    "bcu_location",
    "borough_name",
    "ward_name_clean_2",
    "recorded_date_months",
    "date_committed_from_date_months",
    "count",
)
WARDS = ("Sample North", "Sample South", "")
"""Wards of every borough; the blank one is where the publisher could not place the offence."""

_PER_1000, _DRIFT, _SWING, _PEAK = 14.0, -0.02, 0.08, 7  # offences a year and 1,000 residents; as in rates.py
_NOISE = 0.05
_ELSEWHERE = ("Other", 6_000.0)  # a row that is no borough, as large as the offences of so many residents
_CELLS = np.array([0.44, 0.10, 0.34, 0.08, 0.03, 0.01])  # by ward, then committed in the month recorded or before it


def vawg_rows(world: World, months: tuple[int, ...]) -> "pd.DataFrame":
    """The file of these month numbers; a month's rows do not depend on which other months are asked for."""
    import pandas as pd

    names = [area.name for area in world.boroughs] + [_ELSEWHERE[0]]
    residents = [population(area, 2024, world.seed) for area in world.boroughs] + [_ELSEWHERE[1]]
    levels = [level(area, "vawg", 0.18, world.seed) for area in world.boroughs] + [1.0]
    drifts = [_DRIFT + local_drift(area, "vawg", world.seed) for area in world.boroughs] + [_DRIFT]
    size = np.array(residents) * np.array(levels) * _PER_1000 / 12 / 1000
    counts = np.empty((len(months), len(names), len(_CELLS)), dtype=np.int64)
    for row, month in enumerate(months):
        rng = draws(world.seed, "vawg", month)
        expected = size * np.exp(np.array(drifts) * bounded_years(month)) * season(month, _SWING, _PEAK)
        noisy = expected * rng.gamma(_NOISE**-2, _NOISE**2, len(names))
        counts[row] = rng.multinomial(rng.poisson(noisy), _CELLS)
    at, borough, cell = np.nonzero(counts)
    recorded = np.array([f"{month_date(number):%Y-%m-%d}" for number in months])
    before = np.array([f"{month_date(number - 1):%Y-%m-%d}" for number in months])
    columns = (
        np.full(len(at), "Sample BCU"),
        np.array(names)[borough],
        np.array(WARDS)[cell // 2],
        recorded[at],
        np.where(cell % 2, before[at], recorded[at]),
        counts[at, borough, cell],
    )
    return pd.DataFrame(dict(zip(HEADER, columns, strict=True)))
