"""Areas and dates of real data in which nothing was done, tried as operations: for placebo_study.py.

What is here: the real data as grounds, random trials on them, other ways of choosing a control, and trials that are
held out of the placebos they are tried against. What is not: the cells of the study and its tables.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence import placebo
from safer_assets.evidence.change import MINIMUM_BASE
from safer_assets.evidence.controls import BUFFER, RESPONSE, Clock, Trials, clock, counted, matched, series
from safer_assets.evidence.displacement import difference
from safer_assets.evidence.ground import Flags, Ground, Trial
from safer_assets.evidence.operation import assess

STREET: Final = "police_uk_barnet_2016_2018/*/*.csv"
MAP: Final = "boundaries/barnet_lsoa2011.geojson"
OFFENCES: Final = (
    *("Anti-social behaviour", "Burglary", "Criminal damage and arson"),
    *("Other theft", "Vehicle crime", "Violence and sexual offences"),
)
BUFFER_METRES: Final = 250
POOL: Final = 2000
HELD_OUT: Final = 400
ASSESSED: Final = 10

Alarms = npt.NDArray[np.bool_]


def grounds(data: Path) -> tuple[dict[str, Ground], npt.NDArray[np.float64]]:
    """The ground of each offence, and how far east each unit's middle is, in metres."""
    import duckdb
    import geopandas as gpd

    areas = gpd.read_file(data / MAP).to_crs(27700).sort_values("LSOA11CD")
    shapes = areas.geometry
    apart = np.array([shapes.distance(shape) for shape in shapes])
    others = ~np.eye(len(areas), dtype=bool)
    codes = tuple(areas["LSOA11CD"])
    place = {code: number for number, code in enumerate(codes)}
    with duckdb.connect() as con:
        rows = con.execute(f"""
            select "Crime type", "LSOA code", "Month", count(*)
            from read_csv('{data / STREET}', all_varchar = true)
            where "LSOA code" is not null
            group by all
        """).fetchall()
    months = sorted({month for _, _, month, _ in rows})
    when = {month: number for number, month in enumerate(months)}
    counts = {offence: np.zeros((len(codes), len(months)), dtype=np.int64) for offence in OFFENCES}
    for offence, code, month, number in rows:
        if offence in counts:
            counts[offence][place[code], when[month]] = number
    days = tuple(date.fromisoformat(f"{month}-01") for month in months)
    near, touches = (apart <= BUFFER_METRES) & others, (apart < 1) & others
    known = {offence: Ground(codes, days, found, near, touches) for offence, found in counts.items()}
    return known, np.asarray(shapes.centroid.x, dtype=np.float64)


@dataclass(frozen=True)
class Pool:
    """Random areas and dates of one size and length, in which nothing was done."""

    ground: Ground
    clock: Clock
    trials: Trials

    @property
    def base(self) -> npt.NDArray[np.int64]:
        """Crimes before in each response area."""
        return np.asarray(self.trials.before[RESPONSE])

    @property
    def around(self) -> Flags:
        """Shape (trials, units): response area and buffer."""
        return np.asarray(self.trials.areas[RESPONSE] | self.trials.areas[BUFFER])

    def some(self, places: npt.NDArray[np.intp]) -> "Pool":
        """Some of its trials."""
        return Pool(self.ground, self.clock, placebo.chosen(self.trials, places))


def pool(ground: Ground, size: int, length: int, rng: np.random.Generator, allowed: Flags | None = None) -> Pool:
    """Random trials with a control of their size and base; `allowed` units alone are area, buffer and control."""
    everywhere = np.ones(len(ground.codes), dtype=bool) if allowed is None else allowed
    any_date = Trial(everywhere, ground.months[-1], length)
    time = clock(ground, any_date)
    areas = placebo.grow(ground.touches, size, POOL, everywhere, rng)
    starts = rng.choice(time.starts, len(areas))
    trials = counted(ground.counts, ground.near, time, areas, starts, ~everywhere)
    fine = np.flatnonzero(trials.has_control & trials.has_buffer_control)
    return Pool(ground, time, placebo.chosen(trials, fine))


def z_local(trials: Trials) -> npt.NDArray[np.float64]:
    """Of response areas against their controls."""
    return np.asarray(np.nan_to_num(placebo.local(trials).z))


def z_overall(trials: Trials) -> npt.NDArray[np.float64]:
    """Of the WDD."""
    return np.asarray(np.nan_to_num(placebo.overall(trials).z))


def plain(z: npt.NDArray[np.float64]) -> Alarms:
    """What the formula calls an effect."""
    return np.asarray(np.abs(z) > placebo.NORMAL)


def z_by_count_alone(of: Pool) -> npt.NDArray[np.float64]:
    """Of the same areas, with controls matched unit by unit in the count before and nothing else."""
    before, after, _ = series(of.ground.counts, of.clock, of.trials.starts)
    return _against(of, matched(of.trials.areas[RESPONSE], ~of.around, np.sqrt(before)[None]), before, after)


def z_by_grown_area(of: Pool, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Of the same areas, with the control the one of 1,500 contiguous areas that is nearest in the count before."""
    before, after, _ = series(of.ground.counts, of.clock, of.trials.starts)
    size = int(of.trials.areas[RESPONSE, 0].sum())
    areas = placebo.grow(of.ground.touches, size, 1500, np.ones(before.shape[1], dtype=bool), rng)
    taken = of.around.astype(np.float32)
    apart = np.abs(before @ areas.T.astype(np.float64) - of.base[:, None])
    nearest = np.where(taken @ areas.T.astype(np.float32) > 0, np.inf, apart).argmin(axis=1)
    return _against(of, areas[nearest], before, after)


def z_by_the_rest(of: Pool) -> npt.NDArray[np.float64]:
    """Of the same areas, with all units outside area and buffer as control."""
    before, after, _ = series(of.ground.counts, of.clock, of.trials.starts)
    return _against(of, ~of.around, before, after)


def _against(
    of: Pool, control: Flags, before: npt.NDArray[np.int64], after: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    response = (of.trials.before[RESPONSE], of.trials.after[RESPONSE])
    found = difference(response, ((control * before).sum(axis=1), (control * after).sum(axis=1)))
    return np.asarray(np.nan_to_num(found.z))


def left_out(
    of: Pool, z: npt.NDArray[np.float64], rng: np.random.Generator, *, has_buffers: bool = False, least_base: int = 0
) -> Alarms:
    """Each of some trials as the operation, and whether it would claim an effect; those that may claim nothing are out.

    Calibrated as `assess` does it: on those of about its base that share no unit with its area or buffer.
    """
    around = of.around.astype(np.float32)
    response = of.trials.areas[RESPONSE].astype(np.float32)
    ones = rng.permutation(np.flatnonzero(of.base >= least_base))[:HELD_OUT]
    base = of.base[ones, None]
    alike = (of.base * placebo.BASE_BAND >= base) & (of.base <= base * placebo.BASE_BAND)
    others = alike & (around[ones] @ response.T == 0)
    picked = others.astype(np.float32)
    squared = placebo.shared(of.ground, of.clock, of.trials, has_buffers=has_buffers)
    together = np.asarray(((picked @ squared) * picked).sum(axis=1))
    alarms = []
    for one, mask, number, sum_of_squares in zip(ones, others, picked.sum(axis=1), together, strict=True):
        stretch = placebo.calibrate(z[mask], float(number**2 / sum_of_squares)).stretch if number else np.inf
        if np.isfinite(stretch):
            alarms.append(abs(z[one]) > stretch * placebo.NORMAL)
    return np.array(alarms, dtype=bool)


def assessed(of: Pool, rng: np.random.Generator) -> Alarms:
    """The whole test, as an operation gets it, of some trials with the minimum base: whether it claims an effect."""
    alarms = []
    for one in rng.permutation(np.flatnonzero(of.base >= MINIMUM_BASE))[:ASSESSED]:
        first = of.ground.months[of.trials.starts[one]]
        trial = Trial(of.trials.areas[RESPONSE, one], first, of.clock.length)
        found = assess(of.ground, trial, seed=int(one), placebos=500)
        if found.verdict:
            alarms.append(found.verdict != "not told from chance")
    return np.array(alarms, dtype=bool)


def across(learnt: Pool, tested: Pool) -> Alarms:
    """Calibrated on one pool, tried on another: whether each trial of the other would claim an effect."""
    worth = placebo.independent(learnt.ground, learnt.clock, learnt.trials)
    stretch = placebo.calibrate(z_local(learnt.trials), worth).stretch
    if not np.isfinite(stretch) or tested.trials.starts.size < placebo.LEAST_PLACEBOS:
        return np.zeros(0, dtype=bool)
    return np.asarray(np.abs(z_local(tested.trials)) > stretch * placebo.NORMAL)


def halves_of_place(
    ground: Ground, size: int, length: int, east: npt.NDArray[np.float64], rng: np.random.Generator
) -> Alarms:
    """Calibrated in the west and tried in the east, and the other way; no unit is in both, not even as control."""
    is_east = east > np.median(east)
    one, other = (pool(ground, size, length, rng, half) for half in (~is_east, is_east))
    return np.concatenate([across(one, other), across(other, one)])


def halves_of_time(of: Pool) -> Alarms:
    """Calibrated on earlier dates and tried on later ones, and the other way; windows after share no month."""
    first, last = of.clock.starts[[0, -1]]
    middle = (first + last + of.clock.length) // 2
    early = of.some(np.flatnonzero(of.trials.starts + of.clock.length <= middle))
    late = of.some(np.flatnonzero(of.trials.starts >= middle))
    if not early.trials.starts.size or not late.trials.starts.size:
        return np.zeros(0, dtype=bool)
    return np.concatenate([across(early, late), across(late, early)])


def detectable(of: Pool, rng: np.random.Generator) -> float:
    """Least fall told in 80 % of these trials by the claim calibrated on them."""
    if of.trials.starts.size < placebo.LEAST_PLACEBOS:
        return float("nan")
    worth = placebo.independent(of.ground, of.clock, of.trials)
    calibration, ratios = (placebo.calibrate(z, worth) for z in (z_local(of.trials), placebo.ratio(of.trials).z))
    if not np.isfinite(calibration.stretch):
        return float("nan")
    return placebo.detectable(of.trials, calibration.stretch, ratios.stretch, rng)
