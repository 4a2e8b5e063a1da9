"""The invented places of the sample: codes, neighbours, residents, levels and the seeded randomness behind them.

What is here: who is in the sample, and what makes one area or month differ from another. What is not: a publisher's
format (met.py, street.py, ons.py). Codes of small areas and wards begin where the real numbering has not reached
(E019..., E059...), so that no invented record can be taken for one of a real place.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safer_assets import reference
from safer_assets.errors import SettingsError

if TYPE_CHECKING:
    from safer_assets.partnership import Partnership

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

MET = "Metropolitan Police Service"
CITY_OF_LONDON = "E09000001"  # policed by its own force, so never in a Met file, but in London's population file

HOME_SMALL_AREAS = 40
NEIGHBOUR_SMALL_AREAS = 6
WARD_SMALL_AREAS = 2  # LSOAs of 2011 in a ward
BOX = (-1.06, 52.24, 0.12, 0.07)
"""West and south edge, width and height (degrees) of the box that holds the map of every sample: in the English
Midlands, so that coordinates are valid, and plainly not the area's own."""

_ANCHOR_YEAR = 2024.0
_ANCHOR_POPULATION_YEAR = 2020
_BLOCK, _FIRST_BLOCK = 4, 901  # names run 901A .. 901D, 902A ..; no real area has so many blocks
_SPLIT, _MERGED = 0, (4, 5)  # which of the home area's LSOAs of 2011 were split into two, or merged into one, in 2021
_NEW_CODES = 90
# Columns of the box (of 12) that an area's map fills, columns and rows of LSOAs of 2011 in it: home lies in the middle.
_HOME_PLOT, _PLOTS, _PLOT_COLUMNS = (2.0, 10.0, 8, 5), ((0.0, 2.0, 2, 3), (10.0, 12.0, 2, 3)), 12


@dataclass(frozen=True)
class SampleArea:
    """A local authority of the sample.

    Attributes:
        code: GSS code.
        name: Name as the reference list of places has it.
        number: Position in that list, 0-999; the invented codes within the area carry it.
    """

    code: str
    name: str
    number: int

    def small_area(self, index: int) -> str:
        """The invented LSOA code number `index` (0-99) of this area."""
        return f"E019{self.number:03d}{index:02d}"

    def ward(self, index: int) -> str:
        """The invented ward code number `index` (0-99) of this area."""
        return f"E059{self.number:03d}{index:02d}"


Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees of longitude and latitude."""


@dataclass(frozen=True)
class SampleWard:
    """A ward of the sample.

    Attributes:
        bounds: Where it lies; None in the boroughs that have no map, which are all but home and its neighbours.
    """

    code: str
    name: str
    bounds: Bounds | None


@dataclass(frozen=True)
class SmallArea:
    """A pair of an LSOA of 2011 and one of 2021 that share ground, in a ward.

    Attributes:
        change: U unchanged, S the one of 2011 was split, M several of 2011 were merged.
        bounds11: Where the LSOA of 2011 lies.
        bounds21: Where the LSOA of 2021 lies.
    """

    code11: str
    name11: str
    code21: str
    name21: str
    change: str
    ward: SampleWard
    bounds11: Bounds
    bounds21: Bounds


@dataclass(frozen=True)
class World:
    """Everything that does not depend on the month.

    Attributes:
        home: The partnership's own area.
        neighbours: Two areas in which a few of the home force's records land.
        boroughs: The areas of the Met's files in code order; empty for a partnership of another force.
        residents: The areas of the population file in code order.
        force: The home force, as data.police.uk spells it.
        seed: The seed of every draw.
    """

    home: SampleArea
    neighbours: tuple[SampleArea, ...]
    boroughs: tuple[SampleArea, ...]
    residents: tuple[SampleArea, ...]
    force: str
    seed: int


def invent_world(partnership: "Partnership", seed: int) -> World:
    """Chooses the areas of a sample.

    Raises:
        SettingsError: The partnership's area, or a member of one of its groups, is not in the reference list of places.
    """
    listed = sorted((place for place in reference.places() if place.kind != "not_a_place"), key=lambda p: p.area_code)
    areas = {place.area_code: SampleArea(place.area_code, place.area_name, n) for n, place in enumerate(listed)}
    members = [code for group in partnership.groups for code in group.members]
    for code in (partnership.area.code, *members):
        if code not in areas:
            raise SettingsError(
                f"partnership {partnership.slug}: {code} is not in the reference list of places, so no sample can be "
                "made for it. Correct the code in partnership.toml."
            )
    home = areas[partnership.area.code]
    boroughs = [place.area_code for place in listed if place.kind == "borough"] if partnership.force == MET else []
    if boroughs and home.code not in boroughs:
        raise SettingsError(
            f"partnership {partnership.slug}: {home.code} {home.name} is not policed by the {MET}, so it is in none of "
            "its files. Correct area or force in partnership.toml."
        )
    others = [code for code in members if code != home.code]
    # Members of a comparator group are the likeliest to border on the home area; without one, the next codes do.
    nearest = [
        code for code in sorted(areas, key=lambda code: abs(areas[code].number - home.number)) if code != home.code
    ]
    neighbours = tuple(areas[code] for code in dict.fromkeys([*others, *nearest]))[:2]
    city = [CITY_OF_LONDON] if boroughs else []
    residents = {home.code, *(area.code for area in neighbours), *members, *boroughs, *city}
    return World(
        home=home,
        neighbours=neighbours,
        boroughs=tuple(areas[code] for code in boroughs),
        residents=tuple(areas[code] for code in sorted(residents)),
        force=partnership.force,
        seed=seed,
    )


def wards(world: World, area: SampleArea) -> tuple[SampleWard, ...]:
    """The wards of a borough, numbered from 1: twenty at home, three elsewhere; none is cut by an LSOA's edge."""
    number = (HOME_SMALL_AREAS if area == world.home else NEIGHBOUR_SMALL_AREAS) // WARD_SMALL_AREAS
    mapped = area in (world.home, *world.neighbours)
    found = []
    for index in range(number):
        first, last = (index * WARD_SMALL_AREAS + n for n in (0, WARD_SMALL_AREAS - 1))
        bounds = _around(_cell(world, area, first), _cell(world, area, last)) if mapped else None
        found.append(SampleWard(area.ward(index + 1), f"Sample Ward {index + 1:02d}", bounds))
    return tuple(found)


def small_areas(world: World, area: SampleArea) -> tuple[SmallArea, ...]:
    """The LSOAs of the home area or of a neighbour of it; one row a pair of an LSOA of 2011 and one of 2021.

    At home one was split and two were merged; every other is the same in both years.
    """
    in_wards = wards(world, area)
    found = []
    for index in range(HOME_SMALL_AREAS if area == world.home else NEIGHBOUR_SMALL_AREAS):
        code, name, ward = area.small_area(index), _small_area_name(area, index), in_wards[index // WARD_SMALL_AREAS]
        bounds, block = _cell(world, area, index), name[:-1]
        new = [(code, name, "U", bounds)]
        if area == world.home and index == _SPLIT:
            west, south, east, north = bounds
            middle = (west + east) / 2
            halves = ((west, south, middle, north), (middle, south, east, north))
            new = [(area.small_area(_NEW_CODES + n), f"{block}{'EF'[n]}", "S", halves[n]) for n in range(2)]
        elif area == world.home and index in _MERGED:
            joined = _around(*(_cell(world, area, part) for part in _MERGED))
            new = [(area.small_area(_NEW_CODES + 2), f"{block}E", "M", joined)]
        found += [
            SmallArea(code, name, code21, name21, change, ward, bounds, bounds21)
            for code21, name21, change, bounds21 in new
        ]
    return tuple(found)


def lsoas(world: World, area: SampleArea) -> list[tuple[str, str, str]]:
    """Code and name of the LSOAs of 2021 of any borough, and the code of the ward that each lies in."""
    if area in (world.home, *world.neighbours):
        return list(dict.fromkeys((found.code21, found.name21, found.ward.code) for found in small_areas(world, area)))
    return [
        (area.small_area(i), _small_area_name(area, i), area.ward(i // WARD_SMALL_AREAS + 1))
        for i in range(NEIGHBOUR_SMALL_AREAS)
    ]


def _small_area_name(area: SampleArea, index: int) -> str:
    """Name of an LSOA as the ONS makes it: area, number of the middle-layer area, letter."""
    return f"{area.name} {_FIRST_BLOCK + index // _BLOCK}{'ABCDEFGH'[index % _BLOCK]}"


def _cell(world: World, area: SampleArea, index: int) -> Bounds:
    """Where the LSOA of 2011 number `index` of an area lies: one cell of the area's grid, west to east, then north."""
    first, last, columns, rows = _HOME_PLOT if area == world.home else _PLOTS[world.neighbours.index(area)]
    column, row = index % columns, index // columns
    west, south, width, height = BOX
    across = [west + width * (first + (last - first) * (column + n) / columns) / _PLOT_COLUMNS for n in (0, 1)]
    up = [south + height * (row + n) / rows for n in (0, 1)]
    return (across[0], up[0], across[1], up[1])


def _around(*bounds: Bounds) -> Bounds:
    """The smallest box round some."""
    west, south, east, north = zip(*bounds, strict=True)
    return (min(west), min(south), max(east), max(north))


def draws(seed: int, *about: str | int) -> np.random.Generator:
    """A generator of its own for each subject, so that one month or area never changes because another was added."""
    subject = "|".join(str(part) for part in (seed, *about))
    return np.random.default_rng(int.from_bytes(sha256(subject.encode()).digest()[:8], "big"))


def month_number(month: date) -> int:
    """Months since year 0: the arithmetic of this package."""
    return month.year * 12 + month.month - 1


def month_date(number: int) -> date:
    """The first day of a month number."""
    return date(number // 12, number % 12 + 1, 1)


def population(area: SampleArea, year: int, seed: int) -> int:
    """Residents of an area at mid-year: drawn between 180,000 and 380,000, growing or shrinking by up to 1 % a year."""
    rng = draws(seed, "population", area.code)
    size, growth = rng.uniform(180_000, 380_000), rng.uniform(-0.003, 0.010)
    return round(size * (1 + growth) ** (year - _ANCHOR_POPULATION_YEAR))


def level(area: SampleArea, subject: str, spread: float, seed: int) -> float:
    """How far an area stands above or below the typical rate of a subject: log-normal round 1."""
    return float(np.exp(draws(seed, "level", area.code, subject).normal(0.0, spread)))


def local_drift(area: SampleArea, subject: str, seed: int) -> float:
    """What an area adds to the typical yearly drift of a subject, so that some areas rise while others fall."""
    return float(draws(seed, "drift", area.code, subject).normal(0.0, 0.05))


def season(month: int, swing: float, peak: int) -> float:
    """Seasonal factor of a month number: a cosine with its top in calendar month `peak`, times the month's length."""
    days = (month_date(month + 1) - month_date(month)).days
    return (1.0 + swing * float(np.cos(2 * np.pi * (month % 12 + 1 - peak) / 12))) * days / 30.44


def bounded_years(month: int) -> float:
    """Years of drift since the anchor, flattened by a sine so that no series runs away in a sample of decades later."""
    years = month / 12 - _ANCHOR_YEAR
    return float(6.0 * np.sin(np.clip(years / 6.0, -np.pi / 2, np.pi / 2)))
