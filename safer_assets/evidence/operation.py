"""The fair test of one operation: its counts, what they suggest, and what may be claimed.

What is here: `assess`, from a ground (ground.py) and a trial to an assessment (assessment.py). What is not: how
controls are chosen (controls.py), how often a claim would be wrong (placebo.py), and the words for people.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import exp, isfinite, nan
from typing import Final

import numpy as np

from safer_assets.evidence import placebo
from safer_assets.evidence.assessment import Area, Assessment, Claim, Verdict
from safer_assets.evidence.change import MINIMUM_BASE, Floats
from safer_assets.evidence.controls import (
    BASE_FACTOR,
    BUFFER,
    BUFFER_CONTROL,
    CONTROL,
    RESPONSE,
    Clock,
    Trials,
    clock,
    counted,
    usual_before,
)
from safer_assets.evidence.displacement import Difference, difference, quotient
from safer_assets.evidence.ground import Flags, Ground, Trial, Window, number, windows

PLACEBOS: Final = 2000
SIGNS: Final[dict[Verdict, int]] = {"fell more": -1, "rose more": 1}
"""What the ratio must say for each claim (placebo.shown_by_ratio)."""


def assess(
    ground: Ground,
    trial: Trial,
    *,
    seed: int,
    placebos: int = PLACEBOS,
    blocked: Flags | None = None,
    others: Sequence[date] = (),
    breaks: Sequence[date] = (),
    hectares: Floats | None = None,
    minimum_base: int = MINIMUM_BASE,
) -> Assessment:
    """Assess one operation.

    Args:
        ground: Counts of the offence.
        trial: Where, from when, and how long.
        seed: Of the placebos; the same seed gives the same assessment, in whatever order the units are.
        placebos: How many to make.
        blocked: Shape (units,): may be neither control, buffer nor placebo, because another operation was there.
        others: Months in which another operation was in the response area.
        breaks: First months of a new way of recording; none may be after the first month of the window before and
            not after the last of the window after.
        hectares: Shape (units,): areas, for the WDD per hectare.
        minimum_base: The least crimes before, in the response area, that get a claim.

    Returns:
        The assessment; what cannot be claimed has its reason in `refusal`.
    """
    order = np.array(sorted(range(len(ground.codes)), key=ground.codes.__getitem__), dtype=np.intp)
    ordered = Ground(
        tuple(ground.codes[place] for place in order),
        ground.months,
        ground.counts[order],
        ground.near[np.ix_(order, order)],
        ground.touches[np.ix_(order, order)],
    )
    elsewhere = np.zeros(order.size, dtype=bool) if blocked is None else blocked[order] & ~trial.response[order]
    trial = replace(trial, response=trial.response[order])
    before, after = windows(trial.first_month, trial.months, trial.years_back)
    empty = Area((), 0, 0)
    nothing = Assessment(before, after, empty, empty, empty, empty)
    if refusal := _uncountable(ordered, trial, before, after, breaks):
        return replace(nothing, refusal=refusal)
    time = clock(ordered, trial, tuple(breaks))
    start = np.array([number(trial.first_month) - number(ground.months[0])])
    one = counted(ordered.counts, ordered.near, time, trial.response[None], start, elsewhere)
    areas = [_area(ordered, one, area) for area in (RESPONSE, CONTROL, BUFFER, BUFFER_CONTROL)]
    wdq, net_effect, wdq_reason = _displaced(*areas)
    usual = usual_before(ordered, trial, time)
    known = replace(
        nothing,
        response=areas[RESPONSE],
        control=areas[CONTROL],
        buffer=areas[BUFFER],
        buffer_control=areas[BUFFER_CONTROL],
        wdq=wdq,
        net_effect=net_effect,
        wdq_reason=wdq_reason,
        usual_before=usual[0],
        spike=usual[1],
    )
    reasons = []
    if any(window.start <= month <= window.end for window in (before, after) for month in others):
        reasons.append("Another operation was in its area in one of the windows")
    if areas[RESPONSE].before < minimum_base:
        reasons.append(
            f"Its area had {areas[RESPONSE].before} in the window before, and a claim needs {minimum_base} at least"
        )
    if not one.has_control[0]:
        return replace(known, refusal="; ".join([*reasons, _no_control(areas[RESPONSE], areas[CONTROL])]))
    rng = np.random.default_rng(seed)
    around = trial.response | one.areas[BUFFER, 0] | elsewhere
    made = placebo.draw(ordered, time, int(trial.response.sum()), areas[RESPONSE].before, placebos, around, rng)
    worth = placebo.independent(ordered, time, made)
    calibration = placebo.calibrate(placebo.local(made).z, worth)
    if not isfinite(calibration.stretch):
        reasons.append(
            f"Only {made.starts.size} random areas and dates like it could be found, worth {int(worth)} independent "
            f"ones, and {int(placebo.LEAST_INDEPENDENT)} are needed"
        )
    local = _claim(placebo.local(one), calibration)
    ratio, ratios = placebo.ratio(one), placebo.calibrate(placebo.ratio(made).z, worth)
    # A control may be up to BASE_FACTOR smaller: where crime falls everywhere, fewer go there without any effect.
    shown = int(placebo.shown_by_ratio(one, ratios.stretch)[0])
    disagrees = local.verdict in SIGNS and shown != SIGNS[local.verdict]
    if disagrees:
        did = "better" if local.verdict == "fell more" else "worse"
        reasons.append(f"It did {did} than its control by the difference alone, and the ratio does not show it")
    return replace(
        known,
        local=local,
        difference=_overall(ordered, time, one, made),
        ratio=None if np.isnan(ratio.estimate[0]) else _as_ratio(_claim(ratio, ratios)),
        weighted=None if hectares is None else _per_hectare(one, hectares[order]),
        placebos=int(made.starts.size),
        disagrees=disagrees,
        refusal="; ".join(reasons),
        independent=worth,
        detectable=(
            placebo.detectable(made, calibration.stretch, ratios.stretch, rng) if isfinite(calibration.stretch) else nan
        ),
    )


def _uncountable(ground: Ground, trial: Trial, before: Window, after: Window, breaks: Sequence[date]) -> str:
    """Why the two windows cannot be counted, or not held against each other; '' where they can."""
    if not trial.response.any():
        return "Its area has no unit here"
    if trial.months < 1:
        return "It has no whole month"
    if not ground.months or before.start < ground.months[0] or after.end > ground.months[-1]:
        has = f"{ground.months[0]:%Y-%m} to {ground.months[-1]:%Y-%m}" if ground.months else "no month"
        return (
            f"The windows are {before.start:%Y-%m} to {before.end:%Y-%m} and {after.start:%Y-%m} to "
            f"{after.end:%Y-%m}, and the counts are of {has}"
        )
    for first in sorted(breaks):
        if before.start < first <= after.end:
            return f"Recording changed in {first:%Y-%m}, between the windows or in one of them"
    return ""


def _area(ground: Ground, one: Trials, area: int) -> Area:
    units = np.flatnonzero(one.areas[area, 0])
    return Area(tuple(ground.codes[unit] for unit in units), int(one.before[area, 0]), int(one.after[area, 0]))


def _displaced(response: Area, control: Area, buffer: Area, _: Area) -> tuple[float, float, str]:
    """The quotient and the net effect, or NaN and why."""
    if not buffer.codes:
        return nan, nan, "No unit is near enough to be its buffer"
    if not control.before or not control.after:
        return nan, nan, "Its control had no crime in one of the windows"
    found = quotient(*((area.before, area.after) for area in (response, buffer, control)))
    if np.isnan(found.wdq):
        return nan, nan, "Its area did no better than its control, so that there was no gain to displace"
    return float(found.wdq), float(found.net_effect), ""


def _no_control(response: Area, control: Area) -> str:
    if len(control.codes) < len(response.codes):
        return f"Only {len(control.codes)} of the {len(response.codes)} units that a control needs are free elsewhere"
    return (
        f"No control has its base: the nearest had {control.before} in the window before against {response.before}, "
        f"more than {BASE_FACTOR} times apart"
    )


def _claim(plain: Difference, calibration: placebo.Calibration) -> Claim:
    estimate, error = float(plain.estimate[0]), float(plain.error[0])
    z = float(np.nan_to_num(plain.z[0]))
    can_tell = isfinite(calibration.stretch)
    stretch = calibration.stretch if can_tell else nan
    reach = stretch * placebo.NORMAL * error
    verdict: Verdict = "not told from chance" if can_tell else ""
    if estimate + reach < 0:
        verdict = "fell more"
    elif estimate - reach > 0:
        verdict = "rose more"
    return Claim(
        estimate=estimate,
        error=error,
        z=z,
        low=float(plain.low[0]),
        high=float(plain.high[0]),
        stretch=stretch,
        calibrated_low=estimate - reach,
        calibrated_high=estimate + reach,
        false_alarms=calibration.false_alarms if calibration.distances.size else nan,
        p_value=calibration.p_value(z) if can_tell else nan,
        verdict=verdict,
    )


def _overall(ground: Ground, time: Clock, one: Trials, made: Trials) -> Claim | None:
    """The WDD; its placebos are those whose buffer has a control too."""
    if not one.has_buffer_control[0]:
        return None
    made = placebo.chosen(made, np.flatnonzero(made.has_buffer_control))
    worth = placebo.independent(ground, time, made, has_buffers=True)
    return _claim(placebo.overall(one), placebo.calibrate(placebo.overall(made).z, worth))


def _as_ratio(claim: Claim) -> Claim:
    """A claim on logs as one on ratios; error and z stay those of the log."""
    return replace(
        claim,
        estimate=exp(claim.estimate),
        low=exp(claim.low),
        high=exp(claim.high),
        calibrated_low=exp(claim.calibrated_low),
        calibrated_high=exp(claim.calibrated_high),
    )


def _per_hectare(one: Trials, hectares: Floats) -> Claim | None:
    """The WDD with each area's counts over its hectares, plain; None where a size is not known."""
    size = (one.areas[:, 0] * np.where(one.areas[:, 0], hectares, 0.0)).sum(axis=1)
    if not one.has_buffer_control[0] or np.isnan(size).any() or not size[[RESPONSE, CONTROL]].all():
        return None
    counts = [(one.before[area], one.after[area]) for area in (RESPONSE, CONTROL, BUFFER, BUFFER_CONTROL)]
    response, control, buffer, buffer_control = (1 / float(part) if part else 0.0 for part in size)
    found = difference(*counts, weights=(response, control, buffer, buffer_control))
    return _claim(found, placebo.Calibration(np.zeros(0), 0.0, float("inf")))
