"""Placebos: operations that never were, to see how often a claim would be wrong.

What is here: random areas of an operation's size and base at random dates, how much wider an interval must be to be
wrong in 5 % of them, and how large a fall would be told from chance. What is not: controls (controls.py), which
placebos get by the same rule as the operation, and the claim (operation.py).

An area and a date without an operation still differ from their control by more than the plain formula allows, because
crimes come in series and places change on their own. Placebos show by how much, on the very data: randomisation
inference as in Abadie, Diamond and Hainmueller (2010), with the margin of split conformal prediction for a finite
number (Lei et al. 2018).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.change import Floats
from safer_assets.evidence.controls import BUFFER, BUFFER_CONTROL, CONTROL, RESPONSE, Clock, Trials, counted, series
from safer_assets.evidence.displacement import Difference, difference, log_ratio
from safer_assets.evidence.ground import Flags, Ground

if TYPE_CHECKING:
    from numpy.random import Generator

BASE_BAND: Final = 2.0
"""A placebo had between half and twice the operation's crimes in its window before."""
ROUNDS: Final = 8
"""Rounds of random areas before it is said that there are no more like the operation's."""
LEAST_PLACEBOS: Final = 100
LEAST_INDEPENDENT: Final = 19.0
"""With fewer, no interval is wrong in only 5 %: the largest of 19 is exceeded by a twentieth one time in 20."""
POWER: Final = 0.8
FALLS: Final = tuple(round(0.05 * step, 2) for step in range(1, 20))
NORMAL: Final = 1.959963984540054
"""The 97.5 % point of the normal distribution, by which the plain interval reaches."""


@dataclass(frozen=True)
class Calibration:
    """What placebos say of one statistic.

    Attributes:
        distances: Absolute z of each placebo, ascending.
        independent: How many independent placebos they are worth; they share areas and months.
        stretch: How many times wider the interval must be; at least 1, infinite where there are too few to say.
    """

    distances: Floats
    independent: float
    stretch: float

    @property
    def false_alarms(self) -> float:
        """Share of placebos that the plain interval calls an effect."""
        return float(np.mean(self.distances > NORMAL))

    def p_value(self, z: float) -> float:
        """Share of placebos at least as far from nothing as z, itself counted as one."""
        further = self.distances.size - np.searchsorted(self.distances, abs(z), side="left")
        return float((1 + further) / (1 + self.distances.size))


def grow(touches: Flags, size: int, number: int, allowed: Flags, rng: "Generator") -> Flags:
    """Random contiguous areas: from a random unit, one random neighbour of the area after the other.

    Args:
        touches: Shape (units, units).
        size: Units in an area.
        number: How many to begin.
        allowed: Shape (units,).
        rng: Of the operation's seed.

    Returns:
        Shape (up to number, units): those that could grow to the size.
    """
    units = np.flatnonzero(allowed)
    if not units.size:
        return np.zeros((0, allowed.size), dtype=bool)
    areas = np.zeros((number, allowed.size), dtype=bool)
    edges, rows = touches.astype(np.float32), np.arange(number)
    areas[rows, rng.choice(units, number)] = True
    for _ in range(size - 1):
        beside = ((areas.astype(np.float32) @ edges) > 0) & ~areas & allowed
        chosen = np.where(beside, rng.random(beside.shape, dtype=np.float32), -1.0).argmax(axis=1)
        areas[rows, chosen] |= beside[rows, chosen]
    whole: Flags = areas[areas.sum(axis=1) == size]
    return whole


def draw(ground: Ground, clock: Clock, size: int, base: int, number: int, blocked: Flags, rng: "Generator") -> Trials:
    """Placebos of an operation, each with the areas and the control that the operation's own rule gives it.

    Args:
        ground: Counts.
        clock: The operation's.
        size: Units in its response area.
        base: Its crimes before.
        number: How many are wanted; fewer come where fewer are found.
        blocked: Shape (units,): the operation's response area and buffer, and those of others.
        rng: Of the operation's seed.
    """
    found = []
    missing = number
    for _ in range(ROUNDS if clock.starts.size else 0):
        areas = grow(ground.touches, size, number, ~blocked, rng)
        starts = rng.choice(clock.starts, len(areas))
        before = (areas * series(ground.counts, clock, starts)[0]).sum(axis=1)
        alike = np.flatnonzero((before * BASE_BAND >= base) & (before <= base * BASE_BAND))
        trials = counted(ground.counts, ground.near, clock, areas[alike], starts[alike], blocked)
        found.append(chosen(trials, np.flatnonzero(trials.has_control)[:missing]))
        missing -= found[-1].starts.size
        if not missing:
            break
    if not found:
        nothing = np.zeros((0, len(ground.codes)), dtype=bool)
        return counted(ground.counts, ground.near, clock, nothing, np.zeros(0, dtype=np.intp), blocked)
    return Trials(
        np.concatenate([part.areas for part in found], axis=1),
        np.concatenate([part.starts for part in found]),
        np.concatenate([part.before for part in found], axis=1),
        np.concatenate([part.after for part in found], axis=1),
    )


def chosen(trials: Trials, places: npt.NDArray[np.intp]) -> Trials:
    """Some of the trials."""
    return Trials(trials.areas[:, places], trials.starts[places], trials.before[:, places], trials.after[:, places])


def local(trials: Trials) -> Difference:
    """DR - DC of each trial: its response area against its control."""
    return difference(*(_windows(trials, area) for area in (RESPONSE, CONTROL)))


def overall(trials: Trials) -> Difference:
    """The WDD of each trial: response area and buffer, against their controls."""
    return difference(*(_windows(trials, area) for area in (RESPONSE, CONTROL, BUFFER, BUFFER_CONTROL)))


def ratio(trials: Trials) -> Difference:
    """The log of (Ra/Rb) / (Ca/Cb) of each trial."""
    return log_ratio(*(_windows(trials, area) for area in (RESPONSE, CONTROL)))


def shown_by_ratio(trials: Trials, stretch: float) -> npt.NDArray[np.int64]:
    """What the ratio says of each trial: -1 fell more than its control, 1 rose more, 0 not told from chance.

    The sign is that of Ra/Ca - Rb/Cb, the denominator of the WDQ. Where a count is 0, or the stretch is infinite, there
    is no interval, and the sign alone is given.

    Args:
        trials: Any number.
        stretch: Of the interval of the log ratio.
    """
    (rb, ra), (cb, ca) = (_windows(trials, area) for area in (RESPONSE, CONTROL))
    reach = stretch * NORMAL if np.isfinite(stretch) else 0.0
    return np.where(np.abs(ratio(trials).z) <= reach, 0, np.sign(ra * cb - rb * ca))


def independent(ground: Ground, clock: Clock, trials: Trials, *, has_buffers: bool = False) -> float:
    """How many independent trials these are worth for telling a spread: 1 / mean of their squared correlations.

    Args:
        ground: Counts.
        clock: The trials'.
        trials: Any number.
        has_buffers: Whether buffers are in the statistic.
    """
    if not trials.starts.size:
        return 0.0
    return float(1 / shared(ground, clock, trials, has_buffers=has_buffers).mean(dtype=np.float64))


def shared(ground: Ground, clock: Clock, trials: Trials, *, has_buffers: bool = False) -> npt.NDArray[np.float32]:
    """Squared correlation of each two trials, (trials, trials), as far as they count the same crimes.

    With the units of a control counted negatively, and the variance of each unit as its mean count, the correlation is
    the weighted cosine of their units times the share of months that they have in common.
    """
    signed = trials.areas[RESPONSE].astype(np.float32) - trials.areas[CONTROL]
    if has_buffers:
        signed += trials.areas[BUFFER].astype(np.float32) - trials.areas[BUFFER_CONTROL]
    signed *= np.sqrt(ground.counts.mean(axis=1, dtype=np.float32))
    length = np.sqrt((signed**2).sum(axis=1, keepdims=True))
    signed /= np.where(length > 0, length, 1)
    apart = np.arange(-len(ground.months), len(ground.months) + 1)
    same, earlier, later = (np.maximum(clock.length - np.abs(apart + by), 0) for by in (0, -clock.back, clock.back))
    months = ((2 * same - earlier - later) / (2 * clock.length)).astype(np.float32)
    steps = trials.starts[:, None] - trials.starts
    squared: npt.NDArray[np.float32] = (signed @ signed.T * months[steps + len(ground.months)]) ** 2
    np.fill_diagonal(squared, 1.0)
    return squared


def calibrate(z: Floats, worth: float) -> Calibration:
    """The stretch that makes the interval of 95 % of placebos hold nothing.

    With n independent placebos, the one in hand is beyond the largest share q of them with a chance of up to
    1 - q n / (n + 1); so the quantile that is taken is 0.95 (1 + 1/n) (Lei et al. 2018).

    Args:
        z: Of each placebo; NaN where it has none.
        worth: How many independent ones they are worth.
    """
    distances = np.sort(np.abs(z[~np.isnan(z)]))
    if worth < LEAST_INDEPENDENT or distances.size < LEAST_PLACEBOS:
        return Calibration(distances, worth, float("inf"))
    level = min(0.95 * (1 + 1 / worth), 1.0)
    reach = float(np.quantile(distances, level, method="higher"))
    return Calibration(distances, worth, max(1.0, reach / NORMAL))


def detectable(trials: Trials, stretch: float, ratio_stretch: float, rng: "Generator") -> float:
    """The least fall, in steps of 5 %, that would be claimed in 80 % of placebos; NaN where none would.

    Each crime after in a response area is taken away with that probability (binomial thinning).

    Args:
        trials: The placebos.
        stretch: Of the interval of the difference.
        ratio_stretch: Of that of the log ratio, which must say the same.
        rng: Of the operation's seed.
    """
    for fall in FALLS:
        after = trials.after.copy()
        after[RESPONSE] = rng.binomial(after[RESPONSE], 1 - fall)
        thinned = Trials(trials.areas, trials.starts, trials.before, after)
        told = (local(thinned).z < -stretch * NORMAL) & (shown_by_ratio(thinned, ratio_stretch) < 0)
        if np.mean(told) >= POWER:
            return fall
    return float("nan")


def _windows(trials: Trials, area: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return trials.before[area], trials.after[area]
