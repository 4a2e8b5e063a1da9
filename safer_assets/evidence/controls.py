"""Controls: for each unit of an area another unit like it, elsewhere.

What is here: the four areas of many trials at once - response, its control, buffer, and the buffer's own control - and
their counts. What is not: statistics on them (displacement.py), or random areas (placebo.py).

The rule: each unit of the response area, largest first, gets the free unit nearest to it in two things at once, the
count in the window before and the level over all months known before the operation; both on the square root scale, on
which chance is of one size whatever the count. So a control has as many units as its area and about its base. Free is
what is neither in nor near the response area. The buffer's control is chosen in the same way from what is left.

Why both: the count before alone picks controls by their luck, and luck does not last (regression to the mean). Over
random areas of real data that rule, a level alone, and a grown neighbouring area of the same size and base each drifted
further apart from what they were matched to than this one (docs/evidence.md has the figures).
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.change import Counts, Floats
from safer_assets.evidence.ground import YEAR, Flags, Ground, Trial, number

RESPONSE, CONTROL, BUFFER, BUFFER_CONTROL = range(4)
BASE_FACTOR: Final = 1.5
"""A control whose count before is further from its area's than this many times is no control."""

UNUSUAL: Final = 0.025
"""A count before that had less than this chance of being so high is a spike."""

Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Clock:
    """What trials of one length have in common, counted in months of a ground.

    Attributes:
        length: Months of each window.
        back: Months from the window before to the window after.
        lag: Months from the operation's beginning to the window after; what was counted since then matches nothing.
        starts: Shape (starts,): where a window after may begin, so that both windows are known and hold no break.
        since: Shape (months,): by beginning of the window after, the first month that may be used for matching.
    """

    length: int
    back: int
    lag: int
    starts: Places
    since: Places


@dataclass(frozen=True)
class Trials:
    """Many trials on one ground.

    Attributes:
        areas: Shape (4, trials, units): response, control, buffer, buffer control.
        starts: Shape (trials,): index of the first month of the window after.
        before: Shape (4, trials): crimes.
        after: Shape (4, trials): crimes.
    """

    areas: Flags
    starts: Places
    before: Counts
    after: Counts

    @property
    def has_control(self) -> Flags:
        """Shape (trials,): the response area has a control of its size and base."""
        return self._matched(RESPONSE, CONTROL)

    @property
    def has_buffer_control(self) -> Flags:
        """Shape (trials,): the buffer has one; a buffer without units needs none."""
        return self._matched(BUFFER, BUFFER_CONTROL)

    def _matched(self, area: int, control: int) -> Flags:
        sizes = self.areas.sum(axis=-1)
        base, other = self.before[area], self.before[control]
        found: Flags = (sizes[area] == sizes[control]) & (base <= BASE_FACTOR * other) & (other <= BASE_FACTOR * base)
        return found


def clock(ground: Ground, trial: Trial, breaks: tuple[date, ...] = ()) -> Clock:
    """The clock of a trial and of all placebos of it.

    Args:
        ground: Counts.
        trial: Its length, years back and beginning are used, not its place.
        breaks: First months of a new way of recording.
    """
    length, back, months = trial.months, YEAR * trial.years_back, len(ground.months)
    every = np.arange(months)
    first = number(ground.months[0])
    at = np.array(sorted(number(month) - first for month in breaks), dtype=np.intp)
    inside = (every[:, None] - back < at) & (at < every[:, None] + length)
    starts = every[(every >= back) & (every + length <= months) & ~inside.any(axis=1)]
    past = np.where(at <= every[:, None] - back, at, 0)
    since = np.maximum(past.max(axis=1, initial=0), 0)
    return Clock(length, back, number(trial.first_month) - number(trial.began), starts, since)


def counted(counts: Counts, near: Flags, clock: Clock, responses: Flags, starts: Places, blocked: Flags) -> Trials:
    """The areas of many trials, and their counts.

    Args:
        counts: Shape (units, months).
        near: Shape (units, units).
        clock: What the trials have in common.
        responses: Shape (trials, units).
        starts: Shape (trials,): where each window after begins.
        blocked: Shape (units,): something else happened there, so that they are neither control nor buffer.
    """
    before, after, level = series(counts, clock, starts)
    close = (responses.astype(np.float32) @ near.astype(np.float32)) > 0
    buffers = close & ~responses & ~blocked
    free = ~close & ~responses & ~blocked
    measures = np.stack([np.sqrt(before), np.sqrt(level)])
    controls = matched(responses, free, measures)
    others = matched(buffers, free & ~controls, measures)
    areas = np.stack([responses, controls, buffers, others])
    return Trials(areas, starts, (areas * before).sum(axis=-1), (areas * after).sum(axis=-1))


def series(counts: Counts, clock: Clock, starts: Places) -> tuple[Counts, Counts, Floats]:
    """Crimes before, crimes after, and the level before as crimes in a window of that length; (trials, units) each."""
    sums = np.zeros((counts.shape[1] + 1, counts.shape[0]), dtype=np.int64)
    np.cumsum(counts.T, axis=0, out=sums[1:])
    first, until, since = starts - clock.back, starts - clock.lag, clock.since[starts]
    level = (sums[until] - sums[since]) * (clock.length / (until - since))[:, None]
    return sums[first + clock.length] - sums[first], sums[starts + clock.length] - sums[starts], level


def matched(areas: Flags, free: Flags, measures: Floats) -> Flags:
    """For each unit of each area the nearest free unit, largest unit first; each is given once.

    Where several are as near, the one that comes first in the order of units is taken.

    Args:
        areas: Shape (trials, units).
        free: Shape (trials, units): may be given.
        measures: Shape (measures, trials, units): what units are alike in; distances add up.

    Returns:
        Shape (trials, units): smaller than its area where nothing was left.
    """
    found, free = np.zeros_like(areas), free.copy()
    sizes = areas.sum(axis=1)
    largest_first = np.argsort(np.where(areas, -measures[0], np.inf), axis=1, kind="stable")
    every = np.arange(len(areas))
    for rank in range(int(sizes.max(initial=0))):
        rows = every[(rank < sizes) & free.any(axis=1)]
        unit = largest_first[rows, rank]
        there = measures[:, rows]
        distance = np.abs(there - np.take_along_axis(there, unit[None, :, None], axis=2)).sum(axis=0)
        nearest = np.where(free[rows], distance, np.inf).argmin(axis=1)
        found[rows, nearest], free[rows, nearest] = True, False
    return found


def usual_before(ground: Ground, trial: Trial, clock: Clock) -> tuple[float, bool]:
    """What an area would have had before at its usual share of all crime, and whether it had more by no chance.

    Its usual share is that of all comparable months before the operation, the window before left out. An area that is
    chosen because crime was high there comes down again without anything being done: regression to the mean.

    Returns:
        Crimes, NaN where there are fewer such months than the window has; and whether the exact conditional test finds
        the count before too high (one-sided, 2.5 %).
    """
    from scipy import stats

    start = number(trial.first_month) - number(ground.months[0])
    window = np.zeros(len(ground.months), dtype=bool)
    window[start - clock.back : start - clock.back + clock.length] = True
    others = ~window
    others[start - clock.lag :] = False
    others[: clock.since[start]] = False
    every, here = ground.counts.sum(axis=0), ground.counts[trial.response].sum(axis=0)
    if others.sum() < clock.length or not here[others].sum():
        return float("nan"), False
    before, elsewhen = every[window].sum(), every[others].sum()
    together = here[window].sum() + here[others].sum()
    chance = stats.binom.sf(here[window].sum() - 1, together, before / (before + elsewhen))
    return float(here[others].sum() / elsewhen * before), bool(chance < UNUSUAL)
