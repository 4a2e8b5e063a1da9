"""XmR charts by the NHS "Making Data Count" rules: limits, and points of special cause.

What is here: all series in one pass. What is not: rolling sums, which must never be put in here (each shares eleven
months with the next, so that runs mean nothing), seasonal adjustment (seasonal.py), and icons (charts/). The rules are
those of the reference implementation NHSRplotthedots, which tests hold by its published example.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.change import Floats

LIMIT: Final = 2.66
SCREEN: Final = 3.267
NEAR: Final = 2 / 3
RUN: Final = 7
FIRM_FROM: Final = 13
"""Points from which limits are firm; with fewer they are trial limits."""

Signals = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


class Signal(IntEnum):
    """Why a point is of special cause, in the order in which the rules are tried; the sign of `side` says where."""

    NONE = 0
    OUTSIDE = 1
    TREND = 2
    TWO_OF_THREE = 3
    SHIFT = 4


@dataclass(frozen=True)
class Limits:
    """Centre and limits of series, each of shape (..., 1), to be compared with their points.

    Attributes:
        ranges_kept: How many moving ranges the limits come from, after screening once.
    """

    mean: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats
    ranges_kept: npt.NDArray[np.int64]


def limits(points: npt.ArrayLike, *, screened: bool = True) -> Limits:
    """Mean +/- 2.66 x the mean moving range; ranges not below 3.267 x their mean are dropped once.

    Args:
        points: Shape (..., points), in order of time; NaN where there is none.
        screened: False keeps every range.
    """
    values = np.asarray(points, dtype=float)
    ranges = np.abs(np.diff(values, axis=-1))
    first = _mean(ranges)
    # All ranges are 0 in a constant series: none is below 3.267 x 0, and the limits are the mean.
    kept = np.where((ranges < SCREEN * first) | (first == 0) | (not screened), ranges, np.nan)
    spread, mean = LIMIT * _mean(kept), _mean(values)
    near = NEAR * spread
    return Limits(mean, mean - spread, mean + spread, mean - near, mean + near, np.sum(~np.isnan(kept), axis=-1))


def signals(points: npt.ArrayLike, within: Limits) -> Signals:
    """The first rule that each point breaks.

    Outside the limits; a trend of 7 (six strict rises or falls, all seven flagged); two of three beyond the near limit
    and inside the limit, all three on one side of the mean (only the close ones flagged); seven on one side of the
    mean, where a point on the mean ends the run.

    Args:
        points: Shape (..., points); NaN breaks every run.
        within: Their limits.

    Returns:
        Values of `Signal`, same shape.
    """
    values = np.asarray(points, dtype=float)
    outside = (values > within.upper) | (values < within.lower)
    side = np.sign(values - within.mean)
    found = np.zeros(values.shape, dtype=np.int8)
    for rule, broken in (
        (Signal.SHIFT, _runs(side > 0, RUN) | _runs(side < 0, RUN)),
        (Signal.TWO_OF_THREE, _two_of_three(values, side, within)),
        (Signal.TREND, trends(values) != 0),
        (Signal.OUTSIDE, outside),
    ):
        found[broken] = rule
    return found


def trends(points: npt.ArrayLike) -> Signals:
    """Which way the trend goes that each point is part of: 1 rising, -1 falling, 0 for no trend.

    Args:
        points: Shape (..., points); NaN breaks every trend.

    Returns:
        Same shape. A peak that ends one trend and begins another counts with the rising one.
    """
    values = np.asarray(points, dtype=float)
    steps = np.diff(values, axis=-1)
    found = np.zeros(values.shape, dtype=np.int8)
    for way in (-1, 1):
        run = _runs(way * steps > 0, RUN - 1)
        # Six steps are between seven points.
        found[..., 1:][run] = way
        found[..., :-1][run] = way
    return found


def _two_of_three(values: Floats, side: Floats, within: Limits) -> Flags:
    close_above = (values > within.near_upper) & (values <= within.upper)
    close_below = (values < within.near_lower) & (values >= within.lower)
    broken = np.zeros(values.shape, dtype=bool)
    for close, same in ((close_above, side > 0), (close_below, side < 0)):
        enough: Flags = np.asarray(_windows(close, 3).sum(axis=-1) >= 2)
        together: Flags = np.asarray(_windows(same, 3).all(axis=-1))
        broken |= _spread(enough, together, values.shape) & close
    return broken


def _spread(enough: Flags, same: Flags, shape: tuple[int, ...]) -> Flags:
    """Mark every point of each window of three that holds."""
    holds = enough & same
    marked = np.zeros(shape, dtype=bool)
    length = holds.shape[-1]
    for offset in range(shape[-1] - length + 1):
        marked[..., offset : offset + length] |= holds
    return marked


def _runs(condition: Flags, length: int) -> Flags:
    """Points that are in at least `length` points in a row for which the condition holds."""
    if condition.shape[-1] < length:
        return np.zeros(condition.shape, dtype=bool)
    holds: Flags = np.asarray(_windows(condition, length).all(axis=-1))
    return _spread(holds, holds, condition.shape)


def _windows(values: Flags, length: int) -> Flags:
    if values.shape[-1] < length:
        return np.zeros((*values.shape[:-1], 0, length), dtype=bool)
    return np.lib.stride_tricks.sliding_window_view(values, length, axis=-1)


def _mean(values: Floats) -> Floats:
    """Mean of what is there, kept as an axis of length 1; NaN where there is nothing."""
    there = ~np.isnan(values)
    number = there.sum(axis=-1, keepdims=True)
    total = np.where(there, values, 0.0).sum(axis=-1, keepdims=True)
    found: Floats = np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)
    return found
