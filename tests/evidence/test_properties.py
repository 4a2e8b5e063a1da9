"""What must hold of the evidence functions for any counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safer_assets.evidence import chance, change, concentration, displacement, funnel, rates, seasonal, spc

COUNT = st.integers(0, 100_000)
MONTHS = st.lists(st.integers(0, 500), min_size=25, max_size=60)


@given(MONTHS, st.integers(1, 12))
def test_the_identity_of_rolling_years(months: list[int], back: int) -> None:
    year = change.rolling_sums(months, 12)
    part = change.rolling_sums(months, back)
    found = change.year_old_part(year[-1 - back], year[-1], part[-1])
    assert float(found) == part[-13], "the same months a year earlier"


@given(COUNT, COUNT)
def test_swapping_the_windows_turns_the_ratio_over_and_keeps_the_p_value(value: int, prior: int) -> None:
    there, back = chance.exact(value, prior), chance.exact(prior, value)
    assert float(there.p_value) == pytest.approx(float(back.p_value))
    assert 0 <= float(there.p_value) <= 1
    if value and prior:
        assert float(there.low) == pytest.approx(1 / float(back.high))
        assert float(there.low) <= float(there.rate_ratio) <= float(there.high)


@given(st.integers(1, 5000), st.integers(1, 5000), st.floats(1, 20))
def test_dispersion_only_widens(value: int, prior: int, phi: float) -> None:
    plain, wide = chance.widened(value, prior, 1.0), chance.widened(value, prior, phi)
    assert float(wide.p_value) >= float(plain.p_value) - 1e-12
    assert float(wide.low) <= float(plain.low) + 1e-12
    assert float(wide.high) >= float(plain.high) - 1e-12


def test_dispersion_of_chance_alone_is_one_and_of_clusters_more() -> None:
    generator = np.random.default_rng(1998)
    season = 100 + 20 * np.sin(np.arange(36) / 12 * 2 * np.pi)
    alone = generator.poisson(season, (400, 36))
    clusters = 5 * generator.poisson(season / 5, (400, 36))
    assert chance.dispersion(alone).mean() == pytest.approx(1, abs=0.05)
    assert chance.dispersion(clusters).mean() == pytest.approx(5, abs=0.3)
    assert np.isnan(chance.dispersion(np.ones(23)))
    assert float(chance.dispersion(np.full(24, 7))) == 0
    assert np.isnan(chance.dispersion(np.zeros(36)))
    assert np.isnan(chance.dispersion(np.r_[np.ones(35), np.nan])), "nothing ends with the last month"
    late = generator.poisson(50, 30).astype(float)
    assert float(chance.dispersion(np.r_[[np.nan] * 9, late])) == float(chance.dispersion(late))
    assert chance.clustering(np.ones((2, 47))).freedom.tolist() == [22, 22], "three whole years"


@given(st.integers(0, 200_000))
def test_a_count_is_within_its_interval(count: int) -> None:
    low, high = rates.count_interval(count)
    assert 0 <= float(low) <= count <= float(high)


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_share_is_within_its_interval_and_between_0_and_1(part: int, whole: int) -> None:
    part = min(part, whole)
    low, high = rates.proportion_interval(part, whole)
    assert -1e-12 <= float(low) <= part / whole + 1e-12
    assert part / whole - 1e-12 <= float(high) <= 1 + 1e-12


@given(MONTHS)
def test_all_series_in_one_pass_are_as_each_alone(months: list[int]) -> None:
    together = np.array([months, months[::-1]], dtype=float)
    found = spc.signals(together, spc.limits(together))
    for row, series in zip(found, together, strict=True):
        assert row.tolist() == spc.signals(series, spc.limits(series)).tolist()


def test_each_rule_alone() -> None:
    flat = [10.0, 12.0] * 10
    within = spc.limits(flat)
    assert not spc.signals(flat, within).any()
    trend = [*flat[:10], 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.7, 10.0]
    found = spc.signals(trend, within)
    assert (found[10:17] == spc.Signal.TREND).all(), "six rises flag all seven points, the first one too"
    shift = [*flat, *[11.5, 11.6, 11.5, 11.6, 11.5, 11.6, 11.5]]
    assert (spc.signals(shift, within)[-7:] == spc.Signal.SHIFT).all()
    on_the_mean = [*flat, *[11.5, 11.6, 11.5, 11.0, 11.5, 11.6, 11.5]]
    assert not spc.signals(on_the_mean, within)[-7:].any(), "a point on the mean ends the run"
    near = float(within.near_upper[0])
    two = [*flat, near + 0.1, 11.1, near + 0.1, 10.0]
    flags = spc.signals(two, within)[-4:].tolist()
    assert flags == [spc.Signal.TWO_OF_THREE, 0, spc.Signal.TWO_OF_THREE, 0], "only the close ones"
    other_side = [*flat, near + 0.1, 10.9, near + 0.1, 10.0]
    assert not spc.signals(other_side, within)[-4:].any(), "all three are on one side"


@pytest.mark.parametrize(
    "series", [[], [5.0], [0.0] * 20, [7.0] * 20, [np.nan] * 20, [1.0, np.nan, 3.0], [1e12, 2e12] * 9]
)
def test_odd_series_have_no_signal_and_no_error(series: list[float]) -> None:
    points = np.array(series, dtype=float)
    assert not spc.signals(points, spc.limits(points)).any()


def test_adjustment_takes_a_season_out_and_leaves_short_series_alone() -> None:
    season = np.tile(np.r_[1:13], 4) * 10.0
    assert seasonal.adjusted(season) == pytest.approx(np.full(48, season.mean()))
    assert seasonal.adjusted(season[:35]).tolist() == season[:35].tolist()
    assert seasonal.adjusted(season[5:]) == pytest.approx(np.full(43, season.mean()), rel=0.02), (
        "a part of a year first"
    )


def test_areas_that_differ_by_chance_alone_widen_nothing_and_others_do() -> None:
    generator = np.random.default_rng(1998)
    people = np.linspace(150_000, 400_000, 32)
    alone = generator.poisson(6 * people / 1000)
    apart = generator.poisson(6 * people / 1000 * generator.normal(1, 0.3, 32))
    assert funnel.between_areas(alone, people, 6.0)[1] < 0.01
    phi, tau2 = funnel.between_areas(apart, people, 6.0)
    assert phi > 10
    low, high = funnel.widened_limits(6.0, people, funnel.INNER, tau2)
    rates_found = 1000 * apart / people
    assert np.mean((rates_found >= low) & (rates_found <= high)) > 0.8


@given(st.integers(1, 999), st.integers(1, 999), st.integers(1, 999), st.integers(1, 999))
def test_a_response_area_that_did_no_better_has_no_quotient(rb: int, ra: int, cb: int, ca: int) -> None:
    found = displacement.quotient((rb, ra), (50, 50), (cb, ca))
    assert np.isnan(float(found.wdq)) == (ra / ca >= rb / cb)


def test_weights_scale_an_estimate_with_its_error() -> None:
    plain = displacement.difference((207, 110), (308, 318))
    halved = displacement.difference((207, 110), (308, 318), weights=(0.5, 0.5, 0.5, 0.5))
    assert float(halved.estimate) == float(plain.estimate) / 2
    assert float(halved.z) == pytest.approx(float(plain.z))


@given(st.integers(0, 999), st.integers(0, 999), st.integers(1, 24), st.integers(1, 24))
def test_rates_that_do_not_change_are_no_difference_however_long_the_windows(
    response: int, control: int, before: int, after: int
) -> None:
    """As many a month in windows of unequal lengths are no difference; windows of one length give the plain one."""
    areas = [(rate * before, rate * after) for rate in (response, control)]
    found = displacement.difference(*areas, times=(before, after))
    assert float(found.estimate) == pytest.approx(0, abs=1e-9)
    assert float(found.error) ** 2 == pytest.approx((response + control) * (1 / before + 1 / after))
    plain, same = displacement.difference(*areas), displacement.difference(*areas, times=(before, before))
    assert float(same.estimate) == pytest.approx(float(plain.estimate) / before)
    assert float(same.z) == pytest.approx(float(plain.z), nan_ok=True)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=50))
def test_concentration_stays_in_its_bounds(counts: list[int]) -> None:
    found = concentration.gini(counts)
    assert np.isnan(found) if not sum(counts) else -1e-12 <= found < 1
