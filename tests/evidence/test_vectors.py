"""The evidence functions give the published examples to the printed precision."""

import numpy as np
import pytest

from safer_assets.charts.wording import rounded
from safer_assets.evidence import chance, change, concentration, displacement, funnel, rates, spc


@pytest.mark.parametrize(
    ("value", "prior", "p_value", "low", "high"),
    [
        (2325, 2269, 0.4171, 0.967, 1.086),
        (28, 18, 0.1839, 0.831, 2.986),
        (8, 3, 0.2266, 0.640, 15.606),
        (522, 480, 0.1952, 0.959, 1.234),
        (393, 424, 0.2939, 0.806, 1.066),
        (2324, 2271, 0.443, 0.965, 1.085),
    ],
)
def test_the_exact_comparison_of_two_counts(value: int, prior: int, p_value: float, low: float, high: float) -> None:
    found = chance.exact(value, prior)
    assert float(found.p_value) == pytest.approx(p_value, abs=5e-5)
    assert [float(found.low), float(found.high)] == pytest.approx([low, high], abs=5e-4)


@pytest.mark.parametrize(
    ("value", "prior", "shown"), [(2325, 2269, 2.5), (28, 18, 56), (28637, 30696, -6.7), (393, 424, -7.3)]
)
def test_percentage_change(value: int, prior: int, shown: float) -> None:
    found = float(change.change_pct(value, prior, minimum_base=1))
    assert float(rounded(found, 0 if shown == 56 else 1)) == shown


def test_no_percentage_on_nothing_or_on_a_small_base() -> None:
    assert np.isnan(change.change_pct([5, 28], [0, 18])).all()


def test_the_year_old_quarter_follows_from_two_rolling_years() -> None:
    assert float(change.year_old_part(2325, 2310, 587)) == 602


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (22, 13.782, 33.310),
        (65, 50.163, 82.849),
        (522, 478.174, 568.763),
        (2325, 2231.444, 2421.470),
        (8, 3.454, 15.763),
    ],
)
def test_the_interval_of_a_count(count: int, low: float, high: float) -> None:
    found = rates.count_interval(count)
    assert [float(end) for end in found] == pytest.approx([low, high], abs=5e-4)


def test_the_limits_of_an_xmr_chart() -> None:
    points = np.array([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1])
    found = spc.limits(points)
    ends = [float(part[0]) for part in (found.mean, found.lower, found.upper)]
    assert ends == pytest.approx([1.9444, -0.7156, 4.6044], abs=5e-5)
    assert int(found.ranges_kept) == 15
    assert np.flatnonzero(spc.signals(points, found)).tolist() == [4]
    assert float(spc.limits(points, screened=False).upper[0]) == pytest.approx(6.9515, abs=5e-5)


@pytest.mark.parametrize(
    ("population", "share", "low", "high"),
    [
        (400_000, funnel.INNER, 5.760, 6.240),
        (400_000, funnel.OUTER, 5.625, 6.3825),
        (50_000, funnel.INNER, 5.34, 6.68),
        (50_000, funnel.OUTER, 4.96, 7.10),
    ],
)
def test_the_limits_of_a_funnel(population: int, share: float, low: float, high: float) -> None:
    found = funnel.poisson_limits(6.0, population, share)
    assert [float(end) for end in found] == pytest.approx([low, high], abs=1e-9)


@pytest.mark.parametrize(
    ("control", "response", "buffer", "wdq", "net"),
    [
        ((500, 500), (100, 60), (80, 70), 0.25, 50),
        ((500, 500), (100, 60), (80, 100), -0.5, 20),
        ((500, 500), (100, 60), (80, 130), -1.25, -10),
        ((1000, 900), (120, 60), (90, 84), -0.0625, 45),
    ],
)
def test_the_weighted_displacement_quotient(
    control: tuple[int, int], response: tuple[int, int], buffer: tuple[int, int], wdq: float, net: float
) -> None:
    found = displacement.quotient(response, buffer, control)
    assert [float(found.wdq), float(found.net_effect)] == pytest.approx([wdq, net])


def test_the_weighted_displacement_difference() -> None:
    found = displacement.difference((207, 110), (308, 318), (178, 157), (150, 140))
    assert float(found.estimate) == -118
    assert [float(part) for part in (found.error, found.z)] == pytest.approx([39.6, -2.98], abs=5e-3)
    assert [float(found.low), float(found.high)] == pytest.approx([-195.6, -40.4], abs=0.05)


def test_the_weighted_displacement_difference_of_unequal_times_and_areas() -> None:
    # By hand, per month, of 12 months before and 6 after: response 120 and 30 are 10 and 5 a month, so -5; control 240
    # and 96 are 20 and 16, so -4; the difference is -1. Its variance is 30/36 + 120/144 + 96/36 + 240/144 = 6.
    found = displacement.difference((120, 30), (240, 96), times=(12, 6))
    assert float(found.estimate) == pytest.approx(-1)
    assert float(found.error) ** 2 == pytest.approx(6)
    # The same over 2 hectares of response and 4 of control: -5/2 + 4/4 = -1.5; 1.6667/4 + 4.3333/16 = 0.6875.
    found = displacement.difference((120, 30), (240, 96), weights=(1 / 2, 1 / 4, 1, 1), times=(12, 6))
    assert float(found.estimate) == pytest.approx(-1.5)
    assert float(found.error) ** 2 == pytest.approx(0.6875)


def test_concentration() -> None:
    counts = [0, 0, 0, 1, 1, 2, 3, 5, 8, 20]
    assert concentration.gini(counts) == pytest.approx(0.67)
    assert concentration.top_share(counts) == pytest.approx(0.5)
