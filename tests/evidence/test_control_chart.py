"""Whole control charts: segments, fixed limits, floors, seasons and icons, for all series at once."""

import numpy as np
import pandas as pd
import pytest

from safer_assets.evidence import spc
from safer_assets.evidence.control_chart import assurance, chart, season_taken_out, variation
from safer_assets.evidence.control_points import control_points

EXAMPLE = np.array([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1], dtype=float)
FLAT = np.array([10.0, 12.0] * 10)


def test_limits_are_those_of_the_segment_alone() -> None:
    points, segments = np.r_[FLAT, FLAT + 100], np.r_[np.zeros(20), np.ones(20)]
    found = chart(points, segments)
    assert not found.signals.any(), "one baseline for both would flag all of them"
    assert chart(points).signals.all()
    for name in ("mean", "lower", "upper", "near_lower", "near_upper"):
        halves = getattr(found, name)
        assert halves[:20] == pytest.approx(np.full(20, getattr(spc.limits(FLAT), name)[0]))
        assert halves[20:] == pytest.approx(halves[:20] + 100)


def test_no_run_crosses_into_the_next_segment() -> None:
    rising = np.arange(12.0)
    assert set(chart(rising).words()[3:9]) == {"rising trend"}, "the first and last three points are outside the limits"
    assert "rising trend" not in chart(rising, np.r_[np.zeros(6), np.ones(6)]).words()
    gap = np.r_[rising[:6], np.nan, rising[6:]]
    assert "rising trend" not in chart(gap).words(), "a missing month ends every run"
    assert chart(gap).words()[6] == ""


def test_fixed_limits_are_those_of_the_first_points_and_judge_those_after() -> None:
    points = np.r_[FLAT, FLAT + 2]
    fixed = chart(points, fix_after=20)
    assert fixed.upper == pytest.approx(np.full(40, spc.limits(FLAT).upper[0]))
    assert set(fixed.words()[20:]) == {"high shift"}
    twice = chart(np.r_[points, points], np.r_[np.zeros(40), np.ones(40)], fix_after=20)
    assert twice.upper[40:] == pytest.approx(fixed.upper), "counted anew in each segment"


def test_fewer_than_thirteen_points_give_trial_limits() -> None:
    assert chart(FLAT[:12]).trial.all()
    assert not chart(FLAT[:13]).trial.any()
    assert chart(np.r_[FLAT, FLAT[:5]], np.r_[np.zeros(20), np.ones(5)]).trial.tolist() == [False] * 20 + [True] * 5
    assert chart(FLAT, fix_after=12).trial.all(), "what counts is how many points the limits come from"


def test_a_count_has_no_limit_below_nothing_and_it_is_said() -> None:
    plain, floored = chart(EXAMPLE), chart(EXAMPLE, floor=0.0)
    assert plain.lower[0] == pytest.approx(-0.7156, abs=5e-5)
    assert not plain.floored.any()
    assert (floored.lower == 0).all()
    assert floored.floored.all()
    assert (floored.upper == plain.upper).all()
    assert not chart(FLAT, floor=0.0).floored.any()
    assert (floored.signals == plain.signals).all()


def test_all_series_in_one_pass_are_as_each_alone() -> None:
    random = np.random.default_rng(1998)
    points = random.poisson(40, (50, 48)).astype(float)
    points[random.random(points.shape) < 0.05] = np.nan
    segments = np.sort(random.integers(0, 3, points.shape), axis=-1)
    together = chart(points, segments, floor=0.0)
    for row in range(50):
        alone = chart(points[row], segments[row], floor=0.0)
        assert together.words()[row].tolist() == alone.words().tolist()
        assert together.upper[row] == pytest.approx(alone.upper, nan_ok=True)


def test_a_signal_is_named_with_its_side() -> None:
    trend = [*FLAT[:10], 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.7, 10.0]
    assert set(chart(trend).words()[10:17]) == {"rising trend"}, "also of the points that lie below the mean"
    assert set(chart([22.0 - point for point in trend]).words()[10:17]) == {"falling trend"}
    assert chart(EXAMPLE).words()[4] == "above limits"
    assert chart(-EXAMPLE).words()[4] == "below limits"


def test_the_season_is_taken_out_of_each_segment_that_has_three_years() -> None:
    season = np.tile(np.r_[1:13] * 10.0, 4)
    one, after_a_break = np.zeros(48, dtype=int), np.r_[np.zeros(10, dtype=int), np.ones(38, dtype=int)]
    short = np.r_[np.zeros(20, dtype=int), np.ones(28, dtype=int)]
    plotted, adjusted = season_taken_out(np.stack([season] * 3), np.stack([one, after_a_break, short]))
    assert plotted[0] == pytest.approx(np.full(48, season.mean()))
    assert adjusted[0].all()
    assert adjusted[1].tolist() == [False] * 10 + [True] * 38
    assert plotted[1, :10].tolist() == season[:10].tolist(), "as counted, no index crosses the break"
    assert plotted[1, 10:] == pytest.approx(np.full(38, plotted[1, 10]))
    assert not adjusted[2].any()
    assert plotted[2].tolist() == season.tolist()


def test_a_series_that_starts_late_or_ends_early_is_adjusted_by_the_years_it_has() -> None:
    season = np.tile(np.r_[1:13] * 10.0, 4)
    late, early, holed = season.copy(), season.copy(), season.copy()
    late[:7], early[40:], holed[30] = np.nan, np.nan, np.nan
    plotted, adjusted = season_taken_out(np.stack([late, holed]), np.zeros((2, 48), dtype=int))
    assert adjusted[0].tolist() == [False] * 7 + [True] * 41
    assert plotted[0, 7:] == pytest.approx(np.full(41, season.mean()))
    assert not adjusted[1].any(), "a gap leaves no three whole years"
    plotted, adjusted = season_taken_out(early[None], np.zeros((1, 48), dtype=int))
    assert adjusted[0].tolist() == [True] * 40 + [False] * 8
    assert plotted[0, :40] == pytest.approx(np.full(40, plotted[0, 0]))


def test_whether_the_season_is_taken_out_of_a_series_does_not_hang_on_another() -> None:
    season = np.tile(np.r_[1:13] * 10.0, 4)
    early, nothing = season.copy(), np.full(48, np.nan)
    early[45:] = np.nan
    plotted, adjusted = season_taken_out(np.stack([season, early, nothing]), np.zeros((3, 48), dtype=int))
    alone, alone_adjusted = season_taken_out(early[None], np.zeros((1, 48), dtype=int))
    assert plotted[1] == pytest.approx(alone[0], nan_ok=True)
    assert adjusted[1].tolist() == alone_adjusted[0].tolist() == [True] * 45 + [False] * 3
    assert plotted[1, :45] == pytest.approx(np.full(45, plotted[1, 0]))
    assert adjusted.any(axis=1).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("last", "up", "down", "none"),
    [
        (30.0, "improvement", "concern", "high"),
        (0.0, "concern", "improvement", "low"),
        (11.0, "common cause", "common cause", "common cause"),
    ],
)
def test_the_variation_icon_is_that_of_the_last_point(last: float, up: str, down: str, none: str) -> None:
    found = chart(np.stack([np.r_[FLAT, last], np.r_[FLAT, last]]))
    assert [variation(found, good).tolist() for good in ("up", "down", "none")] == [[up] * 2, [down] * 2, [none] * 2]


def test_a_series_that_ended_earlier_has_the_icon_of_its_own_last_point() -> None:
    found = chart(np.r_[FLAT, 30.0, np.nan, np.nan])
    assert variation(found, "down").item() == "concern"
    assert variation(chart([np.nan] * 5), "down").item() == ""


@pytest.mark.parametrize(
    ("target", "up", "down"),
    [
        (100.0, "consistently fails", "consistently passes"),
        (0.0, "consistently passes", "consistently fails"),
        (11.0, "hit and miss", "hit and miss"),
        (None, "", ""),
    ],
)
def test_the_assurance_icon_needs_a_target_and_a_direction(target: float | None, up: str, down: str) -> None:
    found = chart(FLAT)
    assert [assurance(found, good, target).item() for good in ("up", "down", "none")] == [up, down, ""]
    assert assurance(chart([np.nan] * 3), "up", target).item() == ""


@pytest.mark.parametrize(
    "series", [[], [5.0], [0.0] * 48, [7.0] * 48, [np.nan] * 48, [1.0, np.nan, 3.0], [1e9, 1.1e9] * 24]
)
def test_odd_series_have_no_signal_and_no_error(series: list[float]) -> None:
    found = chart(np.array(series, dtype=float), floor=0.0)
    assert not found.signals.any()
    assert set(found.words()) <= {"", "none"}


def series_frame(offences: list[float], segments: list[int], breaks: list[str]) -> pd.DataFrame:
    """One row as marts.control_points' SELECT gives it."""
    row = {"indicator": "burglary", "area_code": "X1", "data_month": pd.Timestamp(2025, 2, 1), "offences": offences}
    return pd.DataFrame([row | {"segments": segments, "breaks": breaks}])


def test_points_are_rows_and_the_first_after_a_break_names_it() -> None:
    counts = [np.nan] * 4 + [float(100 + number % 7) for number in range(44)]
    counts[36] = np.nan  # the first month after the break is missing
    found = control_points(series_frame(counts, [0] * 36 + [1] * 12, [""] * 36 + ["New system"] * 12))
    assert len(found) == 43
    assert [found["month"].min(), found["month"].max()] == [pd.Timestamp(2021, 7, 1), pd.Timestamp(2025, 2, 1)]
    named = found[found["break_before"] != ""]
    assert named[["month", "break_before"]].to_numpy().tolist() == [[pd.Timestamp(2024, 4, 1), "New system"]]
    assert found["segment"].tolist() == [0] * 32 + [1] * 11
    assert found["trial"].tolist() == [False] * 32 + [True] * 11
    assert len(set(found.loc[found["segment"] == 1, "mean"])) == 1
    assert found["offences"].tolist() == [int(count) for count in counts if not np.isnan(count)]


def test_a_series_that_begins_after_a_break_has_none() -> None:
    found = control_points(series_frame([np.nan] * 40 + [5.0] * 8, [0] * 36 + [1] * 12, [""] * 36 + ["New"] * 12))
    assert found["segment"].tolist() == [0] * 8
    assert (found["break_before"] == "").all()


def test_no_series_make_no_points_of_the_same_kinds() -> None:
    some = control_points(series_frame([5.0] * 48, [0] * 48, [""] * 48))
    none = control_points(series_frame([5.0] * 48, [0] * 48, [""] * 48).iloc[:0])
    assert len(none) == 0
    assert none.dtypes.to_dict() == some.dtypes.to_dict()
