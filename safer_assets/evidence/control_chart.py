"""A whole XmR chart of many series at once: segments, limits, signals, and what its icons say.

What is here: limits that are set anew where a segment begins, limits kept after the first points, a floor for counts,
trial limits, and the variation and assurance icons of NHS "Making Data Count". What is not: the rules and limits of
one segment (spc.py), and drawing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence import seasonal, spc
from safer_assets.evidence.change import Floats

Whole = npt.NDArray[np.int64]


class Variation(StrEnum):
    """The variation icon: what the last point says; high and low where neither direction is good."""

    NONE = ""
    COMMON_CAUSE = "common cause"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    HIGH = "high"
    LOW = "low"


class Assurance(StrEnum):
    """The assurance icon: what the limits say of a target."""

    NONE = ""
    PASSES = "consistently passes"
    FAILS = "consistently fails"
    HIT_AND_MISS = "hit and miss"


SIDES: Final = {"up": 1, "down": -1, "none": 0}
"""The direction that is good, as the side of the mean that it lies on."""

WORDS: Final = {
    spc.Signal.OUTSIDE: ("below limits", "above limits"),
    spc.Signal.TREND: ("falling trend", "rising trend"),
    spc.Signal.TWO_OF_THREE: ("two of three low", "two of three high"),
    spc.Signal.SHIFT: ("low shift", "high shift"),
}
"""What a signal is called on either side."""


@dataclass(frozen=True)
class ControlChart:
    """Charts of series; every array has the shape of the points.

    Attributes:
        plotted: What the rules were applied to; NaN where there is no point.
        mean: Centre of the point's segment.
        lower: Lower limit of it, `upper` and the near limits (two thirds of the way) likewise.
        signals: Values of spc.Signal.
        sides: -1 below the mean, 1 above; of a trend -1 where it falls and 1 where it rises; 0 on the mean.
        trial: Whether the limits come from fewer than 13 points.
        floored: Whether the lower limit was below the floor and was set to it.
    """

    plotted: Floats
    mean: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats
    signals: spc.Signals
    sides: spc.Signals
    trial: spc.Flags
    floored: spc.Flags

    def words(self) -> npt.NDArray[np.object_]:
        """Each point's signal in words; 'none' for common cause, empty where there is no point."""
        found = np.where(np.isnan(self.plotted), "", "none").astype(object)
        for signal, (below, above) in WORDS.items():
            found[(self.signals == signal) & (self.sides < 0)] = below
            found[(self.signals == signal) & (self.sides > 0)] = above
        return found


def chart(
    points: npt.ArrayLike,
    segments: npt.ArrayLike | None = None,
    *,
    fix_after: int | None = None,
    floor: float | None = None,
) -> ControlChart:
    """Limits and signals of every segment by itself; no range, run or limit crosses from one into the next.

    Args:
        points: Shape (..., points), in order of time; NaN where there is none, which ends every run.
        segments: A number a point, same shape or one series' for all; a new number is a new baseline (rebasing).
        fix_after: Take limits from the first so many points of each segment and keep them for those after.
        floor: What no point can be below (0 for counts): lower limits are raised to it, and `floored` says so.
    """
    values = np.asarray(points, dtype=float)
    labels = np.zeros(values.shape, dtype=np.int64) if segments is None else np.broadcast_to(segments, values.shape)
    ends = {name: np.full(values.shape, np.nan) for name in ("mean", "lower", "upper", "near_lower", "near_upper")}
    signals, sides = np.zeros(values.shape, dtype=np.int8), np.zeros(values.shape, dtype=np.int8)
    trial = np.zeros(values.shape, dtype=bool)
    for label in np.unique(labels):
        inside = labels == label
        own = np.where(inside, values, np.nan)
        order = np.cumsum(~np.isnan(own), axis=-1)
        basis = own if fix_after is None else np.where(order <= fix_after, own, np.nan)
        within = spc.limits(basis)
        for name, held in ends.items():
            held[inside] = np.broadcast_to(getattr(within, name), values.shape)[inside]
        found = spc.signals(own, within)
        signals[inside] = found[inside]
        sides[inside] = _sides(own, within.mean, found)[inside]
        number = np.sum(~np.isnan(basis), axis=-1, keepdims=True)
        trial[inside] = np.broadcast_to(number < spc.FIRM_FROM, values.shape)[inside]
    floored = np.zeros(values.shape, dtype=bool) if floor is None else ends["lower"] < floor
    if floor is not None:
        # No point lies below the floor, so that this changes what is drawn and never which points are signals.
        ends["lower"], ends["near_lower"] = np.maximum(ends["lower"], floor), np.maximum(ends["near_lower"], floor)
    return ControlChart(values, **ends, signals=signals, sides=sides, trial=trial, floored=floored)


def season_taken_out(counts: npt.ArrayLike, segments: npt.ArrayLike) -> tuple[Floats, spc.Flags]:
    """Counts over their calendar month's index, each segment by itself, where it has 36 months.

    Args:
        counts: Monthly counts, shape (series, months); NaN where a month is missing.
        segments: A number a month, same shape, never falling along a series.

    Returns:
        What to plot, and whether it was adjusted, both of the same shape.
    """
    values, labels = np.asarray(counts, dtype=float), np.asarray(segments)
    plotted, adjusted = values.copy(), np.zeros(values.shape, dtype=bool)
    # Series whose segments begin and end in the same months are taken together: a few passes for each break.
    kinds, kind_of = np.unique(labels, axis=0, return_inverse=True)
    for kind, pattern in enumerate(kinds):
        rows = np.flatnonzero(kind_of.reshape(-1) == kind)
        for label in np.unique(pattern):
            months = np.flatnonzero(pattern == label)
            there: spc.Flags = ~np.isnan(values[np.ix_(rows, months)])
            # A series may end before the segment does: its years are counted back from its own last month, whatever
            # months other series have.
            lengths = np.where(there, np.arange(1, months.size + 1), 0).max(axis=-1, initial=0)
            for length in np.unique(lengths):
                own = np.ix_(rows[lengths == length], months[:length])
                index = seasonal.month_index(values[own])
                usable: spc.Flags = np.asarray((np.isfinite(index) & (index > 0)).all(axis=-1))
                plotted[own] = seasonal.adjusted(values[own])
                adjusted[own] = usable[:, None] & ~np.isnan(values[own])
    return plotted, adjusted


def variation(drawn: ControlChart, good: str) -> npt.NDArray[np.object_]:
    """The variation icon of each series, from its last point.

    Args:
        drawn: Charts of shape (..., points).
        good: up, down or none.
    """
    last = _last(~np.isnan(drawn.plotted))
    parts = (drawn.signals, drawn.sides, drawn.plotted - drawn.mean)
    signal, way, above = (np.take_along_axis(part, last, axis=-1)[..., 0] for part in parts)
    # As in the reference implementation the point's side of the mean counts, also of a trend.
    side = np.where(above == 0, way, np.nan_to_num(np.sign(above)))
    found = np.full(signal.shape, str(Variation.COMMON_CAUSE), dtype=object)
    special = signal != spc.Signal.NONE
    better = SIDES[good]
    found[special & (side > 0)] = Variation.HIGH if not better else _better(better > 0)
    found[special & (side < 0)] = Variation.LOW if not better else _better(better < 0)
    found[np.isnan(drawn.plotted).all(axis=-1)] = Variation.NONE
    return found


def assurance(drawn: ControlChart, good: str, target: float | None) -> npt.NDArray[np.object_]:
    """The assurance icon of each series: whether chance alone reaches its target; none without a target or direction.

    Args:
        drawn: Charts of shape (..., points).
        good: up, down or none.
        target: In the units of the points.
    """
    last = _last(~np.isnan(drawn.plotted))
    lower, upper = (np.take_along_axis(part, last, axis=-1)[..., 0] for part in (drawn.lower, drawn.upper))
    found = np.full(lower.shape, str(Assurance.NONE), dtype=object)
    if target is None or not SIDES[good]:
        return found
    known = np.isfinite(lower)
    rising = SIDES[good] > 0
    found[known] = Assurance.HIT_AND_MISS
    found[known & (target > upper)] = Assurance.FAILS if rising else Assurance.PASSES
    found[known & (target < lower)] = Assurance.PASSES if rising else Assurance.FAILS
    return found


def _better(better: bool) -> Variation:
    return Variation.IMPROVEMENT if better else Variation.CONCERN


def _sides(values: Floats, mean: Floats, signals: spc.Signals) -> spc.Signals:
    """The side of the mean, but of a trend the way it goes."""
    side = np.nan_to_num(np.sign(values - mean)).astype(np.int8)
    found: spc.Signals = np.where(signals == spc.Signal.TREND, spc.trends(values), side).astype(np.int8)
    return found


def _last(there: spc.Flags) -> Whole:
    """Where each series has its last point, kept as an axis of length 1."""
    found: Whole = there.shape[-1] - 1 - np.argmax(there[..., ::-1], axis=-1, keepdims=True)
    return found
