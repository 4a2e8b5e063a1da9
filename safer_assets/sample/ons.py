"""Two invented files in the format of the Office for National Statistics: mid-year population and the LSOA lookup.

What is here: their headers and rows. What is not: who lives where (world.py).
"""

from datetime import date
from typing import TYPE_CHECKING

from safer_assets.sample.world import SampleArea, World, month_date, month_number, population

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
POPULATION_YEARS = 6
HOME_SMALL_AREAS = 40
NEIGHBOUR_SMALL_AREAS = 6

_BLOCK, _FIRST_BLOCK = 4, 901  # names run 901A .. 901D, 902A ..; no real area has so many blocks
_SPLIT, _MERGED = 0, (4, 5)  # which of the home area's LSOAs of 2011 were split into two, or merged into one, in 2021
_NEW_CODES = 90


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


def small_area_name(area: SampleArea, index: int) -> str:
    """Name of an LSOA as the ONS makes it: area, number of the middle-layer area, letter."""
    return f"{area.name} {_FIRST_BLOCK + index // _BLOCK}{'ABCDEFGH'[index % _BLOCK]}"


def small_areas(world: World, area: SampleArea) -> list[tuple[str, str]]:
    """Code and name of the LSOAs of 2021 of an area, which the street files use."""
    return list(dict.fromkeys((new, new_name) for _, _, new, new_name, _ in _changes(world, area)))


def lookup_rows(world: World) -> "pd.DataFrame":
    """One row per pair of an LSOA of 2011 and an LSOA of 2021, for the home area and its neighbours."""
    import pandas as pd

    rows = [
        (*change, area.code, area.name, "")
        for area in sorted((world.home, *world.neighbours), key=lambda area: area.name)
        for change in _changes(world, area)
    ]
    return pd.DataFrame([(*row, number) for number, row in enumerate(rows, start=1)], columns=list(LOOKUP_HEADER))


def _changes(world: World, area: SampleArea) -> list[tuple[str, str, str, str, str]]:
    """LSOA 2011 code and name, LSOA 2021 code and name, and kind of change (U unchanged, S split, M merged)."""
    if area != world.home:
        same = [(area.small_area(i), small_area_name(area, i)) for i in range(NEIGHBOUR_SMALL_AREAS)]
        return [(code, name, code, name, "U") for code, name in same]
    changes = []
    for index in range(HOME_SMALL_AREAS):
        code, name = area.small_area(index), small_area_name(area, index)
        block = name[:-1]
        if index == _SPLIT:
            changes += [(code, name, area.small_area(_NEW_CODES + n), f"{block}{'EF'[n]}", "S") for n in range(2)]
        elif index in _MERGED:
            changes.append((code, name, area.small_area(_NEW_CODES + 2), f"{block}E", "M"))
        else:
            changes.append((code, name, code, name, "U"))
    return changes
