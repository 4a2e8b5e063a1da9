"""Protects the placebos: areas in one piece, as many independent ones as there are, and a stretch that is enough."""

from datetime import date
from math import isinf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from operation_grounds import OPERATION, SIDE, block, ground, quiet
from placebo_study import study, together

from safer_assets.evidence import placebo
from safer_assets.evidence.controls import RESPONSE, Trials, clock, counted
from safer_assets.evidence.ground import Trial


@settings(max_examples=10)
@given(st.integers(1, 12), st.integers(0, 2**32))
def test_random_areas_are_in_one_piece_of_the_size_and_only_where_they_may_be(size: int, seed: int) -> None:
    known = ground(quiet())
    allowed = ~block(*range(0, SIDE * SIDE, 7))
    areas = placebo.grow(known.touches, size, 50, allowed, np.random.default_rng(seed))
    for area in areas:
        assert area.sum() == size
        assert not (area & ~allowed).any()
        steps = np.linalg.matrix_power((known.touches | np.eye(len(area), dtype=bool))[np.ix_(area, area)], size)
        assert steps.all()  # every unit is reached from every other without leaving the area


def test_an_area_larger_than_its_island_is_not_made() -> None:
    known = ground(quiet())
    assert len(placebo.grow(known.touches, 5, 50, block(0, 1, 2, 3), np.random.default_rng(1))) == 0
    assert len(placebo.grow(known.touches, 1, 50, block(), np.random.default_rng(1))) == 0


def test_placebos_have_the_size_and_about_the_base_and_keep_away() -> None:
    known, blocked = ground(quiet(level=5)), block(*range(50))
    time = clock(known, OPERATION)
    base = int(known.counts[:, 12:18].sum(axis=1).mean() * 4)
    made = placebo.draw(known, time, 4, base, 500, blocked, np.random.default_rng(1))
    assert made.starts.size == 500
    assert (made.areas[RESPONSE].sum(axis=1) == 4).all()
    assert not made.areas[:, :, blocked].any()
    assert set(made.starts) <= set(time.starts)
    assert (made.before[RESPONSE] >= base / 2).all()
    assert (made.before[RESPONSE] <= base * 2).all()
    assert made.has_control.all()


def test_the_published_example_of_the_difference() -> None:
    # Wheeler and Ratcliffe (2018): response, control, buffer, buffer control.
    before, after = np.array([[207], [308], [178], [150]]), np.array([[110], [318], [157], [140]])
    found = placebo.overall(Trials(np.zeros((4, 1, 1), dtype=bool), np.array([0]), before, after))
    assert found.estimate[0] == -118
    assert (round(found.error[0], 1), round(found.z[0], 2)) == (39.6, -2.98)
    assert (round(found.low[0], 1), round(found.high[0], 1)) == (-195.6, -40.4)


def test_repeats_are_worth_one_and_strangers_each_one() -> None:
    known = ground(np.full((SIDE * SIDE, 36), 3, dtype=np.int64))
    time = clock(known, Trial(block(0), date(2022, 1, 1), 6))
    here = np.stack([block(65)] * 40)
    same = counted(known.counts, known.near, time, here, np.full(40, 20), block())
    assert placebo.independent(known, time, same) == pytest.approx(1, rel=1e-5)
    apart = counted(known.counts, known.near, time, here[:3], np.array([12, 18, 30]), block())
    # The windows of the first and the second share no month; the third's window before is the second's after.
    squares = placebo.shared(known, time, apart)
    assert squares[0, 1] == pytest.approx(0)
    assert squares[1, 2] == pytest.approx(0.25)
    assert 2 < placebo.independent(known, time, apart) < 3
    assert placebo.independent(known, time, placebo.chosen(same, np.array([], dtype=np.intp))) == 0


def test_the_stretch_holds_ninety_five_in_a_hundred_of_those_not_seen() -> None:
    rng = np.random.default_rng(5)
    outside = []
    for _ in range(300):
        calibration = placebo.calibrate(1.7 * rng.standard_t(5, 200), 200)
        outside.append(np.mean(np.abs(1.7 * rng.standard_t(5, 200)) > calibration.stretch * placebo.NORMAL))
    assert 0.045 < np.mean(outside) < 0.055


def test_the_fewer_are_independent_the_wider_and_below_nineteen_not_at_all() -> None:
    z = np.random.default_rng(6).normal(0, 2, 2000)
    wide, wider, widest = (placebo.calibrate(z, worth).stretch for worth in (2000, 50, 20))
    assert 1.9 < wide < wider < widest
    assert isinf(placebo.calibrate(z, 18.9).stretch)
    assert isinf(placebo.calibrate(z[:99], 99).stretch)


def test_no_interval_becomes_narrower_than_the_plain_one() -> None:
    assert placebo.calibrate(np.random.default_rng(7).normal(0, 0.3, 500), 500).stretch == 1


def test_the_share_as_far_from_nothing_counts_the_operation_itself() -> None:
    calibration = placebo.calibrate(np.arange(99, dtype=float), 99)
    assert calibration.p_value(1000) == 1 / 100
    assert calibration.p_value(-98) == 2 / 100
    assert calibration.p_value(0) == 1


def test_the_ratio_shows_a_direction_only_where_its_interval_does_and_alone_where_it_has_none() -> None:
    # Response 200 before and 80, 190, 200, 330, 0 and 80 after; control 100 before and 100, or 0 in the last, after.
    after = np.array([[80, 190, 200, 330, 0, 80], [100, 100, 100, 100, 100, 0]])
    before = np.array([[200] * 6, [100] * 6])
    none = np.zeros_like(before)
    trials = Trials(np.zeros((4, 6, 1), dtype=bool), np.arange(6), np.vstack([before, none]), np.vstack([after, none]))
    assert placebo.shown_by_ratio(trials, 1.0).tolist() == [-1, 0, 0, 1, -1, 1]
    assert placebo.shown_by_ratio(trials, np.inf).tolist() == [-1, -1, 0, 1, -1, 1], "no interval: the sign alone"
    assert placebo.shown_by_ratio(trials, 9.0).tolist() == [0, 0, 0, 0, -1, 1]


def test_a_fall_is_detectable_only_where_the_ratio_shows_it_too() -> None:
    known = ground(quiet())
    made = placebo.draw(known, clock(known, OPERATION), 4, 500, 300, block(), np.random.default_rng(1))
    falls = [placebo.detectable(made, 1.0, ratio, np.random.default_rng(1)) for ratio in (1.0, 3.0)]
    assert 0 < falls[0] < falls[1]
    assert np.isnan(placebo.detectable(made, 100.0, 1.0, np.random.default_rng(1)))


@pytest.mark.slow
def test_on_real_crime_the_plain_formula_is_wrong_too_often_and_the_claim_is_not(shared_data: Path) -> None:
    cells = list(study(shared_data))
    assert together(cells, "by_rest").mean() > 0.4
    assert together(cells, "plain").mean() > 0.07
    assert together(cells, "plain_wdd").mean() > together(cells, "plain").mean()
    for rule in ("by_count", "by_grown"):
        assert together(cells, rule).mean() > together(cells, "plain").mean()
    for held_out in ("left_out", "left_out_wdd", "claims", "places", "dates"):
        assert 0.03 <= together(cells, held_out).mean() <= 0.08
