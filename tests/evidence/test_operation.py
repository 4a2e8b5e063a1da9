"""Protects the fair test of an operation: fair controls, no claim out of chance, and a reason where there is none."""

import time
from dataclasses import fields, replace
from datetime import date
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from operation_grounds import AFTER, MIDDLE, MONTHS, OPERATION, SIDE, block, ground, quiet

from safer_assets.evidence.assessment import Assessment
from safer_assets.evidence.controls import clock, counted, matched
from safer_assets.evidence.ground import Ground, Trial, Window
from safer_assets.evidence.operation import assess

FEW = 300  # placebos: enough for what is tested here


def same(one: Assessment, other: Assessment) -> bool:
    """Field by field; NaN is NaN."""
    return all(repr(getattr(one, field.name)) == repr(getattr(other, field.name)) for field in fields(one))


def test_two_thousand_placebos_take_less_than_thirty_seconds() -> None:
    began = time.monotonic()
    found = assess(ground(quiet(side=15), side=15), Trial(block(110, 111, 112, side=15), date(2022, 1, 1), 6), seed=1)
    assert found.placebos == 2000
    assert not found.refusal
    assert time.monotonic() - began < 30


def test_a_large_fall_is_told_and_recovered() -> None:
    counts = quiet()
    before = counts[MIDDLE, 12:18].sum()
    counts[MIDDLE, AFTER] = np.random.default_rng(2).binomial(counts[MIDDLE, AFTER], 0.4)
    found = assess(ground(counts), OPERATION, seed=1, placebos=FEW)
    assert found.verdict == "fell more"
    assert found.local is not None
    assert found.ratio is not None
    assert found.local.calibrated_low < -0.6 * before < found.local.calibrated_high < 0
    assert found.ratio.calibrated_low < 0.4 < found.ratio.calibrated_high < 1
    assert found.ratio.verdict == "fell more"
    assert found.local.p_value < 0.05
    assert found.detectable <= 0.6
    assert not isnan(found.wdq)
    assert (found.before, found.after) == (
        Window(date(2021, 1, 1), date(2021, 6, 1)),
        Window(date(2022, 1, 1), date(2022, 6, 1)),
    )
    assert found.response.before == before


def test_a_large_rise_is_told() -> None:
    counts = quiet()
    counts[MIDDLE, AFTER] *= 2
    found = assess(ground(counts), OPERATION, seed=1, placebos=FEW)
    assert found.verdict == "rose more"
    assert isnan(found.wdq)
    assert "no better than its control" in found.wdq_reason


def larger_than_its_control(left: float, left_elsewhere: float) -> Ground:
    """A third more crime in the response area than in any other, and the shares that are left of it after."""
    levels = np.full((SIDE * SIDE, MONTHS), 66.0)
    levels[MIDDLE] *= 4 / 3
    levels[:, AFTER] *= np.where(MIDDLE, left, left_elsewhere)[:, None]
    counts = np.random.default_rng(5).poisson(levels)
    counts[MIDDLE] = np.rint(levels[MIDDLE])
    return ground(counts.astype(np.int64))


@pytest.mark.parametrize(
    ("left", "left_elsewhere"), [(0.15, 0.15), (0.115, 0.15), (0.17, 0.15), (1.7, 1.8), (0.0, 0.0)]
)
def test_the_same_fall_everywhere_is_no_claim_for_the_larger_area(left: float, left_elsewhere: float) -> None:
    found = assess(larger_than_its_control(left, left_elsewhere), OPERATION, seed=1, placebos=FEW)
    assert found.local is not None
    assert found.local.verdict == ("rose more" if left > 1 else "fell more"), "by the difference alone"
    assert found.response.before <= 1.5 * found.control.before, "near enough in base to be its control"
    assert found.disagrees
    assert "the ratio does not show it" in found.refusal
    assert found.verdict == ""


@pytest.mark.parametrize(("left", "verdict"), [(0.09, "fell more"), (0.0, "fell more"), (2.5, "rose more")])
def test_a_claim_stands_where_difference_and_ratio_agree(left: float, verdict: str) -> None:
    ground = larger_than_its_control(left, 0.15 if left < 1 else 1.8)
    found = assess(ground, OPERATION, seed=1, placebos=FEW)
    (rb, ra), (cb, ca) = ((area.before, area.after) for area in (found.response, found.control))
    assert (found.verdict, found.disagrees) == (verdict, False)
    assert (ra / rb < ca / cb) is (verdict == "fell more")
    assert isnan(found.wdq) is (verdict == "rose more"), "a fall has a denominator below 0, and a rise has none"


def test_crime_that_moved_next_door_is_seen_in_the_quotient_and_in_the_difference() -> None:
    counts = quiet()
    moved = counts[MIDDLE, AFTER].sum() - counts[MIDDLE, AFTER].sum() // 2
    counts[MIDDLE, AFTER] //= 2
    counts[64, 24] += moved
    found = assess(ground(counts), OPERATION, seed=1, placebos=FEW)
    assert found.verdict == "fell more"
    assert -1.6 < found.wdq < -0.4
    assert found.difference is not None
    assert found.difference.verdict == "not told from chance"


def test_series_of_crimes_stretch_the_interval_and_chance_alone_does_not() -> None:
    alone = assess(ground(quiet()), OPERATION, seed=1, placebos=FEW).local
    bursts = np.random.default_rng(3).negative_binomial(2, 0.1, (SIDE * SIDE, 36)).astype(np.int64)
    clustered = assess(ground(bursts), OPERATION, seed=1, placebos=FEW).local
    assert alone is not None
    assert clustered is not None
    assert alone.stretch < 1.3
    assert alone.false_alarms < 0.1
    assert clustered.stretch > 2
    assert clustered.false_alarms > 0.3
    assert clustered.calibrated_high - clustered.calibrated_low == pytest.approx(
        clustered.stretch * (clustered.high - clustered.low)
    )


def test_nothing_changed_anywhere_is_nothing() -> None:
    year = quiet(months=12)
    found = assess(ground(np.tile(year, (1, 3))), OPERATION, seed=1, placebos=FEW)
    assert found.local is not None
    assert (found.local.estimate, found.local.stretch, found.local.p_value) == (0, 1, 1)
    assert found.verdict == "not told from chance"


@settings(max_examples=4)
@given(st.permutations(range(SIDE * SIDE)), st.integers(0, 2**32))
def test_the_order_of_units_does_not_matter(order: list[int], seed: int) -> None:
    known = ground(quiet())
    blocked = block(0, 1, 2)
    mixed = Ground(
        tuple(known.codes[place] for place in order),
        known.months,
        known.counts[order],
        known.near[np.ix_(order, order)],
        known.touches[np.ix_(order, order)],
    )
    size = np.arange(SIDE * SIDE, dtype=float) + 1
    one = assess(known, OPERATION, seed=seed, placebos=100, blocked=blocked, hectares=size)
    other = assess(
        mixed,
        replace(OPERATION, response=MIDDLE[order]),
        seed=seed,
        placebos=100,
        blocked=blocked[order],
        hectares=size[order],
    )
    assert same(one, other)


def test_the_same_seed_gives_the_same_and_another_seed_other_placebos() -> None:
    known = ground(quiet())
    one, again, other = (assess(known, OPERATION, seed=seed, placebos=FEW) for seed in (1, 1, 2))
    assert same(one, again)
    assert one.control == other.control
    assert one.independent != other.independent


def test_four_times_the_crime_is_four_times_the_difference_with_the_same_controls() -> None:
    counts = quiet(level=8)
    one, four = (assess(ground(times * counts), OPERATION, seed=1, placebos=FEW) for times in (1, 4))
    assert one.local is not None
    assert four.local is not None
    assert one.control.codes == four.control.codes
    assert four.local.estimate == 4 * one.local.estimate
    assert four.local.z == pytest.approx(2 * one.local.z)
    assert four.local.stretch == pytest.approx(max(1.0, 2 * one.local.stretch), rel=0.3)


@settings(max_examples=25)
@given(st.data(), st.integers(0, 2**32), st.sampled_from([3, 6, 12]))
def test_controls_are_as_many_and_never_in_or_near_the_area_or_where_something_else_was_done(
    data: st.DataObject, seed: int, months: int
) -> None:
    units = data.draw(st.sets(st.integers(0, SIDE * SIDE - 1), min_size=1, max_size=8))
    blocked = block(*data.draw(st.sets(st.integers(0, SIDE * SIDE - 1), max_size=10))) & ~block(*units)
    known = ground(quiet(seed, level=2.0))
    trial = Trial(block(*units), date(2022, 1, 1), months)
    time = clock(known, trial)
    one = counted(known.counts, known.near, time, trial.response[None], np.array([24]), blocked)
    response, control, buffer, buffer_control = one.areas[:, 0]
    around = trial.response | known.near[trial.response].any(axis=0)
    assert (response == trial.response).all()
    assert (buffer == around & ~response & ~blocked).all()
    assert not (control & (around | blocked)).any()
    assert not (buffer_control & (around | blocked | control)).any()
    assert control.sum() == response.sum()
    assert buffer_control.sum() == buffer.sum()


@given(st.integers(0, 2**32), st.integers(1, 5))
def test_each_unit_gets_the_nearest_that_is_left(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    measures = rng.integers(0, 6, (2, 1, 15)).astype(float)
    order = rng.permutation(15)
    area, free = np.zeros((1, 15), dtype=bool), np.zeros((1, 15), dtype=bool)
    area[0, order[:size]], free[0, order[size:13]] = True, True
    left, expected = set(np.flatnonzero(free[0])), set()
    for unit in sorted(np.flatnonzero(area[0]), key=lambda at: (-measures[0, 0, at], at)):
        nearest = min(left, key=lambda at: (np.abs(measures[:, 0, at] - measures[:, 0, unit]).sum(), at))
        left.remove(nearest)
        expected.add(nearest)
    assert set(np.flatnonzero(matched(area, free, measures)[0])) == expected


def test_what_came_after_the_operation_began_does_not_choose_its_control() -> None:
    later = Trial(MIDDLE, date(2022, 7, 1), 6, back=2, operation_month=date(2021, 1, 1))
    counts = quiet()
    changed = counts.copy()
    changed[:, 12:] = np.random.default_rng(4).poisson(90, changed[:, 12:].shape)
    one, other = (assess(ground(of), later, seed=1, placebos=FEW, minimum_base=0) for of in (counts, changed))
    assert one.before == Window(date(2020, 7, 1), date(2020, 12, 1))
    assert (one.control.codes, one.buffer_control.codes) == (other.control.codes, other.buffer_control.codes)


def test_other_operations_are_neither_control_nor_buffer_nor_placebo() -> None:
    blocked = block(*range(60))
    counts = quiet()
    counts[blocked, AFTER] = 0  # would be a very good control to rise against, and many false alarms
    found = assess(ground(counts), OPERATION, seed=1, placebos=FEW, blocked=blocked)
    used = {*found.control.codes, *found.buffer.codes, *found.buffer_control.codes}
    assert not used & {f"E{place:08d}" for place in range(60)}
    assert found.local is not None
    assert found.local.false_alarms < 0.1


@pytest.mark.parametrize(
    ("month", "refused"),
    [
        (date(2020, 12, 1), False),
        (date(2021, 1, 1), True),
        (date(2021, 6, 1), True),
        (date(2021, 9, 1), False),
        (date(2022, 6, 1), True),
        (date(2022, 7, 1), False),
    ],
)
def test_no_claim_where_another_operation_was_there_in_one_of_the_windows(month: date, refused: bool) -> None:
    found = assess(ground(quiet()), OPERATION, seed=1, placebos=FEW, others=[month])
    assert ("Another operation was in its area" in found.refusal) is refused
    assert (found.verdict == "") is refused
    assert found.response.before > 0, "counts stand"


def test_no_claim_below_the_minimum_base() -> None:
    found = assess(ground(quiet(level=1.0)), OPERATION, seed=1, placebos=FEW)
    assert found.response.before < 50
    assert f"had {found.response.before} in the window before, and a claim needs 50" in found.refusal
    assert found.verdict == ""
    assert found.local is not None


def test_windows_that_are_not_counted_are_named() -> None:
    for first in (date(2020, 12, 1), date(2022, 8, 1)):
        found = assess(ground(quiet()), Trial(MIDDLE, first, 6), seed=1)
        assert "the counts are of 2020-01 to 2022-12" in found.refusal
        assert found.response.codes == ()
        assert found.local is None


@pytest.mark.parametrize(
    ("month", "refused"),
    [
        (date(2021, 1, 1), False),
        (date(2021, 2, 1), True),
        (date(2021, 9, 1), True),
        (date(2022, 6, 1), True),
        (date(2022, 7, 1), False),
    ],
)
def test_no_comparison_crosses_a_break(month: date, refused: bool) -> None:
    found = assess(ground(quiet()), OPERATION, seed=1, placebos=FEW, breaks=[month])
    assert ("Recording changed" in found.refusal) is refused
    assert (found.local is None) is refused


def test_no_placebo_crosses_a_break_and_nothing_before_it_is_matched_on() -> None:
    time = clock(ground(quiet()), OPERATION, (date(2020, 4, 1), date(2022, 7, 1)))
    assert time.starts.tolist() == list(range(15, 25))
    assert time.since[15] == 3
    assert clock(ground(quiet()), OPERATION).starts.tolist() == list(range(12, 31))


def test_a_place_like_no_other_has_no_control() -> None:
    counts = quiet()
    counts[MIDDLE] *= 10
    found = assess(ground(counts), OPERATION, seed=1)
    assert "No control has its base" in found.refusal
    assert found.local is None
    assert found.response.before > 0


def test_an_area_with_too_little_elsewhere_has_no_control() -> None:
    found = assess(ground(quiet()), Trial(block(*range(84)), date(2022, 1, 1), 6), seed=1)
    assert "of the 84 units that a control needs" in found.refusal
    assert found.verdict == ""


def test_too_few_independent_placebos_are_no_ground_for_a_claim() -> None:
    found = assess(ground(quiet(side=4), side=4), Trial(block(0, side=4), date(2022, 1, 1), 12), seed=1)
    assert "independent ones, and 19 are needed" in found.refusal
    assert found.verdict == ""
    assert found.local is not None
    assert isnan(found.local.calibrated_low)


def test_an_area_without_units_or_months_says_so() -> None:
    assert assess(ground(quiet()), Trial(block(), date(2022, 1, 1), 6), seed=1).refusal == "Its area has no unit here"
    assert "no whole month" in assess(ground(quiet()), Trial(MIDDLE, date(2022, 1, 1), 0), seed=1).refusal


def test_without_a_buffer_there_is_no_quotient_and_the_claim_stands() -> None:
    found = assess(ground(quiet(), reach=0), OPERATION, seed=1, placebos=FEW)
    assert found.wdq_reason == "No unit is near enough to be its buffer"
    assert found.local is not None
    assert found.difference is not None
    assert found.difference.estimate == found.local.estimate
    assert not found.refusal


def test_no_crime_at_all_afterwards_has_a_difference_and_no_ratio() -> None:
    counts = quiet()
    counts[MIDDLE, AFTER] = 0
    found = assess(ground(counts), OPERATION, seed=1, placebos=FEW)
    assert found.ratio is None
    assert found.verdict == "fell more"


def test_no_crime_anywhere_claims_nothing() -> None:
    found = assess(ground(np.zeros((SIDE * SIDE, 36), dtype=np.int64)), OPERATION, seed=1, placebos=FEW)
    assert found.verdict == ""
    assert found.refusal


def test_an_area_chosen_after_a_spike_is_called_one() -> None:
    counts = quiet()
    assert not assess(ground(counts), OPERATION, seed=1, placebos=FEW).spike
    usual = counts[MIDDLE, 12:18].sum()
    counts[MIDDLE, 12:18] *= 2
    found = assess(ground(counts), OPERATION, seed=1, placebos=FEW)
    assert found.spike
    assert found.usual_before == pytest.approx(usual, rel=0.15)


def test_a_ground_that_does_not_fit_together_is_refused() -> None:
    known = ground(quiet())
    with pytest.raises(ValueError, match="not consecutive"):
        replace(known, months=(*known.months[:-1], date(2030, 1, 1)))
    with pytest.raises(ValueError, match="counts are"):
        replace(known, codes=known.codes[1:])
    with pytest.raises(ValueError, match="near is"):
        replace(known, near=known.near[1:])


def test_a_window_before_that_holds_the_operation_is_refused() -> None:
    with pytest.raises(ValueError, match="not before 2021-06, when the operation began"):
        Trial(MIDDLE, date(2022, 1, 1), 6, operation_month=date(2021, 6, 1))
    assert Trial(MIDDLE, date(2022, 1, 1), 6, operation_month=date(2021, 7, 1)).years_back == 1
