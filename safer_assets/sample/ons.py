"""Invented files in the format of the Office for National Statistics: mid-year population and two LSOA lookups.

What is here: their headers and rows. What is not: who lives where (world.py).
"""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from safer_assets.sample.world import SampleArea, World, draws, month_date, month_number, population, small_areas

if TYPE_CHECKING:
    import pandas as pd

POPULATION_HEADER = ("area_code", "area_name", "mid_year", "population")
LOOKUP_HEADER = (
    "LSOA11CD",
    "LSOA11NM",
    "LSOA21CD",
    "LSOA21NM",
    "CHGIND",
    "LAD22CD",
    "LAD22NM",
    "LAD22NMW",
    "ObjectId",
)
WARD_LOOKUP_HEADER = (
    "LSOA21CD",
    "LSOA21NM",
    "LSOA21NMW",
    "WD24CD",
    "WD24NM",
    "WD24NMW",
    "LAD24CD",
    "LAD24NM",
    "LAD24NMW",
    "ObjectId",
)
SMALL_AREA_POPULATION_HEADER = ("lsoa21_code", "lsoa21_name", "lad_code", "mid_year", "population")
POPULATION_YEARS = 6
_EVEN = 12.0  # how evenly residents are spread over LSOAs: the shape of a gamma draw


def newest_mid_year(last_month: date) -> int:
    """The newest estimate that is out when the files to `last_month` are; it comes 18 months after its mid-year."""
    return month_date(month_number(last_month) + 1).year - 2


def population_rows(world: World, last_month: date) -> "pd.DataFrame":
    """One row per area and mid-year, areas in code order."""
    import pandas as pd

    newest = newest_mid_year(last_month)
    rows = [
        (area.code, area.name, year, population(area, year, world.seed))
        for area in world.residents
        for year in range(newest - POPULATION_YEARS + 1, newest + 1)
    ]
    return pd.DataFrame(rows, columns=list(POPULATION_HEADER))


def small_area_population_rows(world: World, last_month: date) -> "pd.DataFrame":
    """One row per LSOA of 2021 and mid-year, for the home area and its neighbours; a year's add up to the area's."""
    import pandas as pd

    newest = newest_mid_year(last_month)
    rows = []
    for area in _mapped(world):
        found = {one.code21: one for one in small_areas(world, area)}
        # By the ground of each, so that the parts of a split LSOA have about half of what it had.
        ground = [(east - west) * (north - south) for west, south, east, north in (o.bounds21 for o in found.values())]
        weights = np.array(ground) * draws(world.seed, "residents", area.code).gamma(_EVEN, 1.0, len(found))
        for year in range(newest - POPULATION_YEARS + 1, newest + 1):
            edges = np.round(population(area, year, world.seed) * np.cumsum(weights) / weights.sum())
            people = np.diff(edges, prepend=0.0).astype(int).tolist()
            rows += [(o.code21, o.name21, area.code, year, n) for o, n in zip(found.values(), people, strict=True)]
    return pd.DataFrame(rows, columns=list(SMALL_AREA_POPULATION_HEADER))


def lookup_rows(world: World) -> "pd.DataFrame":
    """One row per pair of an LSOA of 2011 and an LSOA of 2021, for the home area and its neighbours."""
    import pandas as pd

    rows = [
        (found.code11, found.name11, found.code21, found.name21, found.change, area.code, area.name, "")
        for area in _mapped(world)
        for found in small_areas(world, area)
    ]
    return pd.DataFrame([(*row, number) for number, row in enumerate(rows, start=1)], columns=list(LOOKUP_HEADER))


def ward_lookup_rows(world: World) -> "pd.DataFrame":
    """One row per LSOA of 2021, with the ward it lies in, for the home area and its neighbours."""
    import pandas as pd

    rows = dict.fromkeys(
        (found.code21, found.name21, "", found.ward.code, found.ward.name, "", area.code, area.name, "")
        for area in _mapped(world)
        for found in small_areas(world, area)
    )
    return pd.DataFrame([(*row, number) for number, row in enumerate(rows, start=1)], columns=list(WARD_LOOKUP_HEADER))


def _mapped(world: World) -> list[SampleArea]:
    return sorted((world.home, *world.neighbours), key=lambda area: area.name)
