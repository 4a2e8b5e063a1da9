"""Whether crime fell in a response area, and whether it moved next door.

What is here: the weighted displacement quotient, the weighted displacement difference, and the ratio difference in
differences. What is not: the claim. These are over-confident on real crime, which clusters; a claim rests on placebos.
All counts are of the same calendar months before and after, and so of equal lengths; only `difference` can weigh
lengths that differ. Arrays are of one shape.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.change import Floats


@dataclass(frozen=True)
class Quotient:
    """The weighted displacement quotient.

    Attributes:
        wdq: Above 0 a diffusion of benefit, -1 to 0 displacement smaller than the gain, below -1 the gain wiped out;
            NaN where it cannot be interpreted, because the response area did no better than its control.
        net_effect: Crimes prevented in all: expected less observed, in response area and buffer together.
    """

    wdq: Floats
    net_effect: Floats


@dataclass(frozen=True)
class Difference:
    """An estimate with its standard error, z and 95 % interval."""

    estimate: Floats
    error: Floats
    z: Floats
    low: Floats
    high: Floats


def quotient(
    response: tuple[npt.ArrayLike, npt.ArrayLike],
    buffer: tuple[npt.ArrayLike, npt.ArrayLike],
    control: tuple[npt.ArrayLike, npt.ArrayLike],
) -> Quotient:
    """WDQ = (Da/Ca - Db/Cb) / (Ra/Ca - Rb/Cb) of Bowers and Johnson (2003); each area is (before, after)."""
    (rb, ra), (db, da), (cb, ca) = (_floats(area) for area in (response, buffer, control))
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = ra / ca - rb / cb
        wdq = np.where(gain < 0, (da / ca - db / cb) / gain, np.nan)
        trend = ca / cb
        return Quotient(wdq, (rb * trend - ra) + (db * trend - da))


def difference(
    response: tuple[npt.ArrayLike, npt.ArrayLike],
    control: tuple[npt.ArrayLike, npt.ArrayLike],
    buffer: tuple[npt.ArrayLike, npt.ArrayLike] = (0, 0),
    buffer_control: tuple[npt.ArrayLike, npt.ArrayLike] = (0, 0),
    *,
    weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
    times: tuple[float, float] = (1.0, 1.0),
) -> Difference:
    """WDD = (dR - dC) + (dD - dDC) of Wheeler and Ratcliffe (2018); its variance is the sum of the eight counts.

    With weights w and lengths t each change d is w (after / t_after - before / t_before), and each count's variance is
    the count times the square of what it is multiplied by (the time and area weights of R's ptools::wdd).

    Args:
        response: (before, after).
        control: Of the response area, matched in size and base.
        buffer: Where crime may have moved to.
        buffer_control: Its own control.
        weights: Of the four areas in the order of the arguments: 1 / hectares, for areas that are not of one size.
        times: Length of the window before and of that after, in one unit; estimate and error are then per that unit.
    """
    areas = (response, control, buffer, buffer_control)
    counts = [_floats(area) for area in areas]
    signs = (1, -1, 1, -1)
    tb, ta = times
    estimate = sum(
        (s * w * (a / ta - b / tb) for s, w, (b, a) in zip(signs, weights, counts, strict=True)), np.zeros(())
    )
    variance = sum((w**2 * (a / ta**2 + b / tb**2) for w, (b, a) in zip(weights, counts, strict=True)), np.zeros(()))
    return _with_interval(np.asarray(estimate), np.sqrt(variance))


def log_ratio(treated: tuple[npt.ArrayLike, npt.ArrayLike], control: tuple[npt.ArrayLike, npt.ArrayLike]) -> Difference:
    """log((Ra/Rb) / (Ca/Cb)): the difference in differences of logs; NaN where a count is 0."""
    (rb, ra), (cb, ca) = _floats(treated), _floats(control)
    every = [np.where(count > 0, count, np.nan) for count in (rb, ra, cb, ca)]
    before, after, control_before, control_after = every
    estimate = np.log(after / before) - np.log(control_after / control_before)
    return _with_interval(estimate, np.sqrt(sum((1 / count for count in every), np.zeros(()))))


def _floats(area: tuple[npt.ArrayLike, npt.ArrayLike]) -> tuple[Floats, Floats]:
    before, after = area
    return np.asarray(before, dtype=float), np.asarray(after, dtype=float)


def _with_interval(estimate: Floats, error: Floats) -> Difference:
    from scipy import stats

    reach = stats.norm.ppf(0.975) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(error > 0, estimate / error, np.nan)
    return Difference(estimate, error, z, estimate - reach, estimate + reach)
