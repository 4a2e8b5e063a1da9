"""Protects where areas are said to stand: rests without the area, ranks that hold the truth, and a reason for a gap."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from safer_assets.evidence import chance, funnel, rates, similar
from safer_assets.evidence.comparators import FEWEST_AREAS, compared

AREAS = 32


def rows(
    counts: Mapping[str, int | None],
    people: Mapping[str, int | None] | None = None,
    *,
    group: str = "ALL",
    indicator: str = "theft",
    **other: Any,  # columns to put in place of these
) -> pd.DataFrame:
    """What the model's SQL gives for one group: 100,000 residents an area unless told otherwise."""
    codes = sorted(counts)
    frame = pd.DataFrame(
        {
            "indicator": indicator,
            "group_code": group,
            "area_code": codes,
            "member": True,
            "shown": True,
            "end_month": pd.Timestamp("2023-02-01"),
            "value": pd.array([counts[code] for code in codes], dtype="Int64"),
            "population": pd.array([(people or {}).get(code, 100_000) for code in codes], dtype="Int64"),
            "mid_year": 2021,
            "quality": "",
            "months": None,
        }
    )
    return frame.assign(**other)


def by_area(found: pd.DataFrame) -> Any:  # cells of many kinds, asked for by name
    return found.set_index("area_code")


def many(generator: np.random.Generator, spread: float = 0.25) -> dict[str, int]:
    true = 60 * np.exp(generator.normal(0, spread, AREAS))
    return {f"E{place:02}": int(count) for place, count in enumerate(generator.poisson(true * 100))}


def test_the_rest_of_a_group_is_its_members_without_the_area() -> None:
    found = by_area(compared(rows({"A": 300, "B": 100, "C": 140}, {"A": 100_000, "B": 50_000, "C": 70_000})))
    assert found.loc["A", ["rest_value", "rest_population", "rest_rate"]].tolist() == [240, 120_000, 2.0]
    assert found.loc["A", "rest_rr"] == pytest.approx(1.5)
    assert found["rank"].tolist() == [1, 2, 2], "equal rates share a rank"


def test_a_group_that_the_area_is_not_in_is_compared_whole() -> None:
    frame = rows({"A": 100, "B": 200, "C": 300})
    found = by_area(compared(frame.assign(member=frame["area_code"] != "A")))
    assert found.loc["A", "rest_value"] == 500
    assert found.loc["B", "rest_value"] == 300, "what is no member is in nobody's rest"
    assert found.loc["A", "common_rate"] == pytest.approx(2.5)


def test_a_group_total_exists_only_where_every_other_member_has_the_figure() -> None:
    found = by_area(compared(rows({"A": 100, "B": 200, "C": None})))
    assert set(found.index) == {"A", "B"}
    assert found["rest_value"].isna().all()
    assert found["reason"].str.startswith("no group total and no rank: not every other member").all()


def test_a_group_with_a_gap_or_two_years_of_estimates_has_no_rank_and_no_funnel() -> None:
    counts = many(np.random.default_rng(5))
    frame = rows(counts)
    two_years = frame.assign(mid_year=np.where(frame["area_code"] == "E03", 2020, 2021))
    of_group = ["areas", "rank", "rank_low", "rank_high", "common_rate", "funnel_low", "funnel_high_998", "phi", "tau2"]
    for broken in (rows({**counts, "E03": None}), rows(counts, {"E03": None}), two_years):
        found = compared(broken)
        assert found[of_group].isna().all(axis=None)
        assert (found[["outside", "rest_position"]] == "").all(axis=None)
        assert (found["reason"] != "").all()
    beside = pd.concat([frame, rows({"Z9": 5_000}, {"Z9": None}, member=False)], ignore_index=True)
    assert compared(beside).set_index("area_code").loc["E00", of_group].notna().all(), "it is no member"


def test_without_a_population_there_is_no_rate_and_a_reason() -> None:
    found = by_area(compared(rows({"A": 100, "B": 200, "C": 300}, {"A": None})))
    assert np.isnan(found.loc["A", "rate"])
    assert pd.isna(found.loc["A", "rank"])
    assert found.loc["A", "reason"] == "no rate: there is no population estimate"
    assert found.loc["B", "reason"].startswith("no group total and no rank")


def test_estimates_of_different_years_are_not_added() -> None:
    frame = rows({"A": 100, "B": 200, "C": 300})
    frame.loc[frame["area_code"] == "C", "mid_year"] = 2020
    found = by_area(compared(frame))
    assert found["rest_value"].isna().all()
    assert found.loc["A", "reason"] == "no group total and no rank: the population estimates are of different years"


def test_twelve_months_with_a_break_inside_have_no_position_and_the_break_is_named() -> None:
    counts = many(np.random.default_rng(7))
    assert (compared(rows(counts))["rest_position"] != "").all()
    found = compared(rows(counts, quality="contains break: record system"))
    assert (found["rest_position"] == "").all()
    assert set(found["reason"]) == {"no position: the 12 months contain a break: record system"}


def test_a_few_areas_cannot_tell_how_far_areas_differ() -> None:
    found = compared(rows({"A": 100, "B": 200, "C": 300}))
    assert (found["rest_position"] == "").all()
    assert found["funnel_low"].isna().all()
    assert (found["outside"] == "").all()
    assert found["reason"].str.contains(f"fewer than {FEWEST_AREAS} others").all()


def test_a_small_group_borrows_the_spread_of_the_largest() -> None:
    counts = many(np.random.default_rng(7))
    few = {code: counts[code] for code in ("E00", "E01", "E02")}
    both = pd.concat([rows(counts), rows(few, group="FEW")], ignore_index=True)
    found = compared(both.sort_values(["indicator", "group_code", "area_code"], ignore_index=True))
    small = found[found["group_code"] == "FEW"]
    assert (small["rest_position"] != "").all()
    wide = small["usual_high"] - small["usual_low"]
    alone = [funnel.poisson_limits(rate, 100_000, funnel.INNER) for rate in small["rest_rate"]]
    assert (wide.to_numpy() > 3 * np.array([high - low for low, high in alone])).all()


def test_positions_are_of_areas_that_are_unusual_and_not_only_significant() -> None:
    counts = many(np.random.default_rng(11))
    counts["E00"] = 30_000  # five times the rest
    found = by_area(compared(rows(counts)))
    assert found.loc["E00", ["rest_position", "outside"]].tolist() == ["higher", "high"]
    differs = (found["rest_low"] > 1) | (found["rest_high"] < 1)
    assert differs.mean() > 0.7, "with counts of this size nearly every area differs by more than chance"
    assert (found["rest_position"] == "similar").mean() > 0.8


def test_ranks_hold_the_true_order_in_95_per_cent_of_cases() -> None:
    generator = np.random.default_rng(1996)
    true = np.sort(60 * np.exp(generator.normal(0, 0.06, AREAS)))[::-1]
    codes = [f"E{place:02}" for place in range(AREAS)]
    frames = []
    for turn in range(40):
        counts = dict(zip(codes, (int(count) for count in generator.poisson(true * 20)), strict=True))
        frames.append(rows(counts, indicator=f"turn {turn:02}"))
    found = compared(pd.concat(frames, ignore_index=True))
    place = found["area_code"].str[1:].astype(int) + 1
    held = (found["rank_low"] <= place) & (place <= found["rank_high"])
    assert held.mean() >= 0.95
    assert (found["rank_high"] - found["rank_low"]).mean() < AREAS - 1, "and say something"


def test_clusters_widen_rates_and_ranks() -> None:
    counts = many(np.random.default_rng(5), spread=0.05)
    plain = compared(rows(counts))
    clusters = np.random.default_rng(3).poisson(40, 36) * 12
    months = pd.Series([clusters.tolist()] * AREAS, dtype=object)
    wide = compared(rows(counts).assign(months=months))
    assert (wide["dispersion"] > 4).all()
    assert (wide["widened_high"] - wide["widened_low"] > plain["widened_high"] - plain["widened_low"]).all()
    assert (wide["rank_high"] - wide["rank_low"]).sum() > (plain["rank_high"] - plain["rank_low"]).sum()
    assert (wide["rate_low"] == plain["rate_low"]).all(), "the interval of chance alone stays what it is"


@pytest.mark.parametrize("counts", [dict.fromkeys("ABCDEFGHIJKLM", 0), {**dict.fromkeys("ABCDEFGHIJKLM", 0), "A": 3}])
def test_no_crime_is_a_result_and_no_error(counts: dict[str, int | None]) -> None:
    found = compared(rows(counts))
    assert len(found) == len(counts)
    assert found["rank"].notna().all()
    assert (found["rank_high"] == len(counts)).all(), "three offences put nobody in order"


def test_nothing_in_gives_nothing_out_of_the_same_shape() -> None:
    empty, full = compared(rows({})), compared(rows({"A": 1, "B": 2}))
    assert empty.empty
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_a_year_of_every_indicator_and_borough_is_quick() -> None:
    generator = np.random.default_rng(24)
    frames = [rows(many(generator), indicator=f"indicator {place:02}", group=g) for place in range(24) for g in "AB"]
    frame = pd.concat(frames, ignore_index=True)
    frame["months"] = pd.Series(generator.poisson(500, (len(frame), 36)).tolist(), dtype=object)
    compared(frame.head(AREAS))  # what is imported once
    began = time.process_time()
    assert len(compared(frame)) == 24 * 2 * AREAS
    assert time.process_time() - began < 1


def test_a_ratio_of_equal_populations_is_the_exact_comparison() -> None:
    exact = chance.exact([2325, 28, 0], [2269, 18, 4])
    ratio, low, high = rates.ratio_interval([2325, 28, 0], 1000, [2269, 18, 4], 1000)
    assert ratio == pytest.approx(exact.rate_ratio)
    assert low == pytest.approx(exact.low)
    assert high == pytest.approx(exact.high)
    twice = rates.ratio_interval(2325, 2000, 2269, 1000)
    assert [float(part) for part in twice] == pytest.approx([float(part[0]) / 2 for part in (ratio, low, high)])


def test_limits_without_spread_are_those_of_chance_and_never_fall_below_nothing() -> None:
    people = np.linspace(150_000, 400_000, 5)
    for share in (funnel.INNER, funnel.OUTER):
        assert np.array_equal(funnel.widened_limits(6.0, people, share, 0.0), funnel.poisson_limits(6.0, people, share))
    low, high = funnel.widened_limits(3.0, people, funnel.OUTER, 9.0)
    assert (low >= 0).all()
    assert (high > 9).all()
    assert np.isnan(funnel.widened_limits(3.0, people, funnel.INNER, np.nan)).all()


def test_areas_are_alike_by_who_lives_there() -> None:
    count = similar.FEWEST_CANDIDATES + 4
    people = np.linspace(100_000, 400_000, count).round()
    frame = pd.DataFrame(
        {
            "area_code": [f"E{place:02}" for place in range(count)],
            "area_name": [f"Area {place}" for place in range(count)],
            "home": [place == 5 for place in range(count)],
            "population": people,
            "growth_pct": np.arange(count) / 10,
            "residents_per_hectare": np.nan,
            "crowded_pct": np.nan,
            "geometry": None,
        }
    )
    found = similar.nearest(frame)
    assert len(found) == similar.NEAREST
    assert set(found["similar_code"].head(2)) == {"E04", "E06"}
    assert found["distance"].is_monotonic_increasing
    assert "E05" not in set(found["similar_code"])
    assert found["why"].str.contains("growth of residents").all()
    assert similar.nearest(frame.assign(growth_pct=np.nan)).empty, "one feature is no likeness"
    assert similar.nearest(frame.head(similar.FEWEST_CANDIDATES)).empty
    assert similar.nearest(frame.head(0)).dtypes.to_dict() == found.dtypes.to_dict()
