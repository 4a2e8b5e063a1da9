"""The Met's recorded crime by ward and by LSOA, invented: the borough file of the same months, placed on the map.

What is here: their headers, their rows, and the share of offences that has no place. What is not: how many offences
there are (met.py) and where wards and LSOAs lie (world.py).
"""

from typing import TYPE_CHECKING

import numpy as np

from safer_assets.sample.met import BOROUGH_FILE_MONTHS, Recorded, neighbourhood_weights, published, wide_rows
from safer_assets.sample.rates import OFFENCES
from safer_assets.sample.world import Counts, Floats, SampleArea, World, draws, lsoas, wards

if TYPE_CHECKING:
    import pandas as pd

WARD_HEADER = ("MajorText", "MinorText", "WardName", "WardCode", "LookUp_BoroughName")
LSOA_HEADER = ("lsoa_code", "lsoa_name", "borough", "major_category", "minor_category")
_UNPLACED = 0.013  # share of a borough's offences that the files of its wards and LSOAs do not have
_PAIRS = [(offence.group, offence.subgroup) for offence in OFFENCES]


def small_area_rows(world: World, recorded: Recorded, vintage: int) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """The ward file and the LSOA file whose last month is `vintage`, of all boroughs, in the publisher's columns.

    Every month of a ward is the sum of its LSOAs, and a borough's wards have a little less than its row in the borough
    file of the same vintage. The LSOA file has a borough's code where the ward file has its name, as the real ones do.
    """
    counts = published(world, recorded, vintage)
    ward_keys, lsoa_keys, ward_counts, lsoa_counts = [], [], [], []
    for column, area in enumerate(world.boroughs):
        placed = _placed(world, area, counts[:, :, column], vintage)
        found = lsoas(world, area)
        of_ward = [ward for _, _, ward in found]
        for ward in wards(world, area):
            inside = [position for position, code in enumerate(of_ward) if code == ward.code]
            ward_keys += [(*pair, ward.name, ward.code, area.name) for pair in _PAIRS]
            ward_counts.append(placed[:, :, inside].sum(axis=2).T)
        lsoa_keys += [(code, name, area.code, *pair) for code, name, _ in found for pair in _PAIRS]
        lsoa_counts.append(placed.transpose(2, 1, 0).reshape(-1, BOROUGH_FILE_MONTHS))
    return (
        wide_rows(WARD_HEADER, ward_keys, np.concatenate(ward_counts), vintage),
        wide_rows(LSOA_HEADER, lsoa_keys, np.concatenate(lsoa_counts), vintage),
    )


def _placed(world: World, area: SampleArea, counts: Counts, vintage: int) -> Counts:
    """A borough's offences, shape (months, OFFENCES), less those without a place, by LSOA (third axis)."""
    rng = draws(world.seed, "placed", area.code, vintage)
    with_a_place = counts - rng.binomial(counts, _UNPLACED)
    return np.asarray(rng.multinomial(with_a_place, _weights(world, area)), dtype=np.int64)


def _weights(world: World, area: SampleArea) -> Floats:
    """Shares of a borough's offences by category and LSOA, shape (OFFENCES, LSOAs): busy wards, and busier corners."""
    found = lsoas(world, area)
    codes = [ward.code for ward in wards(world, area)]
    rng = draws(world.seed, "placed", area.code)
    busy = neighbourhood_weights(world) if area == world.home else rng.gamma(6.0, 1.0, len(codes))
    of_ward = np.array([codes.index(ward) for _, _, ward in found])
    weights = busy[of_ward] / np.bincount(of_ward)[of_ward] * rng.gamma(3.0, 1.0, (len(OFFENCES), len(found)))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float64)
