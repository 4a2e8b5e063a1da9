"""A figure's grade: the rules in their order, the reason with its numbers, and what odd series may be said to show."""

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safer_assets.evidence import chance, grade, rates
from safer_assets.evidence.assess import graded
from safer_assets.evidence.grade import RULES, Case, grades, p_words

LENGTHS = {"month": 1, "r3": 3, "r12": 12}
END = pd.Timestamp(2025, 2, 1)


def case(value: float, prior: float, p_value: float = 1.0, low: float = 0.9, high: float = 1.1, phi: float = 1) -> Case:
    return Case(*(np.array([number], dtype=float) for number in (value, prior, p_value, low, high, phi)))


def figures(series: np.ndarray, window: str = "r12", segments: np.ndarray | None = None) -> pd.DataFrame:
    """Rows as marts.evidence's SELECT gives them: the last months of each series against the same a year earlier."""
    counts, length = np.asarray(series, dtype=float), LENGTHS[window]
    start = END - pd.DateOffset(months=length - 1)
    value, prior = counts[:, 48 - length :].sum(axis=-1), counts[:, 36 - length : 36].sum(axis=-1)
    labels = np.zeros(counts.shape, dtype=int) if segments is None else segments
    found = pd.DataFrame({"area_code": [f"X{number}" for number in range(len(counts))]})
    found["indicator"], found["area_name"], found["window"], found["quality"] = "burglary", "Somewhere", window, ""
    found["start_month"], found["end_month"], found["data_month"] = start, END, END
    for name in ("start", "end"):
        found[f"prior_{name}_month"] = found[f"{name}_month"] - pd.DateOffset(years=1)
    found["value"], found["prior_value"] = pd.array(value).astype("Int64"), pd.array(prior).astype("Int64")
    found["change_abs"], found["change_pct"] = found["value"] - found["prior_value"], np.nan
    lists = {"offences": counts, "segments": labels, "breaks": np.full(counts.shape, "", dtype=object)}
    for name, rows in lists.items():
        found[name] = pd.Series(list(rows), index=found.index, dtype=object)
    found["bcu_position"] = found["london_position"] = found["london_name"] = found["london_why"] = ""
    for name in ("own_rate", "rest_rate", "usual_low", "usual_high"):
        found[f"london_{name}"] = np.nan
    return found.astype(dict.fromkeys(("start_month", "end_month", "data_month"), "datetime64[s]"))


def one(
    series: list[float], window: str = "r12", counts: tuple[int | None, int | None] | None = None, **other: str | float
) -> dict[str, object]:
    """The evidence on one series, by column; `counts` are the two of the figure where the series has not both."""
    frame = figures(np.array([series], dtype=float), window)
    for name, count in zip(("value", "prior_value"), counts or (), strict=False):
        frame[name] = pd.Series([count], dtype="Int64")
    for name, value in other.items():
        frame[name] = value
    return {str(name): value for name, value in graded(frame).iloc[0].items()}


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (case(np.nan, np.nan), "no figure"),
        (case(100, np.nan), "not comparable"),
        (case(9, 0, p_value=0.004), "too few to say"),
        (case(10, 0, p_value=0.002, low=2.6, high=np.inf), "clear rise"),
        (case(0, 10, p_value=0.002, low=0, high=0.3), "clear fall"),
        (case(130, 100, p_value=0.0099), "clear rise"),
        (case(130, 100, p_value=0.01), "probable rise"),
        (case(100, 130, p_value=0.0001, phi=np.nan), "probable fall"),
        (case(130, 100, p_value=0.05), "no clear change"),
        (case(28, 18, p_value=0.1839, low=0.831, high=2.986), "too few to say"),
        (case(20, 20, low=0.5, high=1.5), "too few to say"),
        (case(20, 20, low=0.501, high=1.5), "no clear change"),
        (case(0, 0), "too few to say"),
    ],
)
def test_the_first_rule_that_holds_gives_the_grade(about: Case, words: str) -> None:
    assert grades(about).tolist() == [words]


@given(st.integers(0, 3000), st.integers(0, 3000), st.floats(0.5, 20))
def test_looked_at_backwards_a_rise_is_a_fall(value: int, prior: int, phi: float) -> None:
    def words(new: int, old: int) -> str:
        plain, wide = chance.exact(new, old), chance.widened(new, old, phi, 22)
        parts = (new, old, wide.p_value, plain.low, plain.high, phi)
        return str(grades(Case(*(np.array([part], dtype=float) for part in parts)))[0])

    there, back = words(value, prior), words(prior, value)
    assert back == there.replace("rise", "FALL").replace("fall", "rise").replace("FALL", "fall")


def test_every_rule_can_be_reached_and_none_says_good_or_bad() -> None:
    text = " ".join(f"{rule.grade} {rule.means}" for rule in RULES).lower()
    for judgement in ("good", "bad", "better", "worse", "improve", "concern"):
        assert judgement not in text
    assert {rule.grade for rule in RULES} == {
        *("no figure", "not comparable", "too few to say", "clear {way}", "probable {way}", "no clear change")
    }


@pytest.mark.parametrize(
    ("p_value", "words"),
    [
        (0.443, "p = 0.44"),
        (0.0381, "p = 0.038"),
        (0.0496, "p = 0.0496"),
        (0.04996, "p = 0.04996"),
        (0.0098, "p = 0.0098"),
        (0.00996, "p = 0.00996"),
        (0.00021, "p < 0.001"),
        (1.0, "p = 1.00"),
    ],
)
def test_a_p_value_is_never_rounded_onto_a_threshold(p_value: float, words: str) -> None:
    assert p_words(p_value) == words


def test_the_figure_of_the_minutes() -> None:
    months = [189.25] * 36 + [193 + 8 / 12] * 12  # 2,271 and 2,324 a year
    found = one(months)
    assert float(str(found["p_value"])) == pytest.approx(0.443, abs=5e-4)
    assert (found["grade"], found["direction"]) == ("no clear change", "up")
    assert found["reason"] == "2,324 against 2,271: p = 0.44 after widening, so within chance"


def test_what_happened_in_the_window_is_not_its_own_ordinary_noise() -> None:
    random = np.random.default_rng(1998)
    calm = random.poisson(200, 48).astype(float)
    shaken = calm.copy()
    shaken[-12:] *= np.r_[1.6, np.full(10, 1), 1.6]
    first, second = one(calm.tolist()), one(shaken.tolist())
    assert first["dispersion"] == second["dispersion"]
    assert second["grade"] == "clear rise"


def test_months_of_another_method_say_nothing_of_dispersion() -> None:
    random = np.random.default_rng(1998)
    counts = np.r_[np.array([5.0, 400.0] * 8), random.poisson(200, 32)]
    labels = np.r_[np.zeros(16, dtype=int), np.ones(32, dtype=int)]
    together = graded(figures(counts[None], segments=np.zeros((1, 48), dtype=int))).iloc[0]
    apart = graded(figures(counts[None], segments=labels[None])).iloc[0]
    assert together["dispersion"] > 20
    assert apart["dispersion"] < 2.5, "32 months after the break hold two whole years"
    short = graded(figures(counts[None], segments=np.where(np.arange(48) < 25, 0, 1)[None])).iloc[0]
    assert np.isnan(short["dispersion"])


def test_an_unknown_dispersion_is_said_and_never_gives_a_clear_grade() -> None:
    months = [np.nan] * 25 + [20.0] * 11 + [60.0] * 12
    found = one(months, counts=(720, 240))
    assert np.isnan(float(str(found["dispersion"])))
    assert float(str(found["p_widened"])) < 0.01
    assert found["grade"] == "probable rise"
    assert "dispersion of 5 taken, as it is unknown" in str(found["reason"])
    assert one([np.nan] * 48, counts=(104, 100))["grade"] == "no clear change"


@pytest.mark.parametrize(
    ("about", "series", "grade_words", "reason"),
    [
        ("all zeros", [0.0] * 48, "too few to say", "0 against 0: fewer than 10 together"),
        ("constant", [7.0] * 48, "no clear change", "84 against 84: p = 1.00 after widening, so within chance"),
        ("huge", [1e9] * 48, "no clear change", "12,000,000,000 against 12,000,000,000: p = 1.00"),
        ("huge rise", [1e9] * 36 + [1.01e9] * 12, "clear rise", "p < 0.001 after widening, below 0.01"),
        ("from nothing", [0.0] * 36 + [9.0] * 12, "clear rise", "108 against 0: p < 0.001 after widening"),
        ("to nothing", [9.0] * 36 + [0.0] * 12, "clear fall", "0 against 108: p < 0.001 after widening"),
    ],
)
def test_odd_series_have_a_grade_and_a_reason(about: str, series: list[float], grade_words: str, reason: str) -> None:
    found = one(series)
    assert found["grade"] == grade_words, about
    assert reason in str(found["reason"])


def test_a_gap_and_a_single_point_leave_the_reason_of_the_figures() -> None:
    gap = "missing feed: a month of 2024-03 to 2025-02 is not there"
    found = one([5.0] * 40 + [np.nan] + [5.0] * 7, counts=(None, None), quality=gap)
    assert (found["grade"], found["reason"], found["direction"]) == ("no figure", gap, "none")
    assert all(np.isnan(float(str(found[name]))) for name in ("p_value", "rr_low", "dispersion", "p_widened"))
    alone = "no comparator: figures start 2025-02"
    found = one([np.nan] * 47 + [5.0], "month", counts=(5, None), quality=alone)
    assert (found["grade"], found["reason"]) == ("not comparable", alone)


def test_a_single_month_after_a_break_has_no_limits_and_so_no_signal() -> None:
    counts = np.array([[50.0] * 46 + [90.0, 95.0]])
    for since, signal in ((47, ""), (46, "none")):
        labels = (np.arange(48) >= since).astype(int)[None]
        found = graded(figures(counts, "month", segments=labels)).iloc[0]
        assert (found["spc_signal"], found["spc_trial"]) == (signal, signal != "")


def test_a_break_forbids_a_grade_by_name() -> None:
    broken = "not comparable: New record system"
    found = one([5.0] * 36 + [50.0] * 12, counts=(600, None), quality=broken)
    assert (found["grade"], found["reason"]) == ("not comparable", broken)


def test_without_a_population_there_is_no_place_and_no_rate() -> None:
    why = "no rate: there is no population estimate"
    assert one([50.0] * 48, london_why=why)["london_reason"] == why
    assert np.isnan(rates.rate_per_1000([5, 5], [np.nan, 0])).all()
    placed = one(
        [50.0] * 48,
        london_position="lower",
        london_name="Town",
        london_own_rate=6.04,
        london_rest_rate=8.0,
        london_usual_low=6.5,
        london_usual_high=9.5,
    )
    said = placed["london_reason"]
    assert said == "12-month rate of 6.0 per 1,000 against 8.0 in the rest of Town, where 6.5 to 9.5 is usual"


def test_the_signal_is_that_of_the_windows_last_month() -> None:
    months = [*np.random.default_rng(1998).poisson(100, 46), 180, 100]
    frame = pd.concat([figures(np.array([months]), "month"), figures(np.array([months]), "r3")], ignore_index=True)
    frame.loc[1, "end_month"] = pd.Timestamp(2025, 1, 1)
    frame.loc[1, "start_month"] = pd.Timestamp(2024, 11, 1)
    last, month_before = graded(frame)["spc_signal"]
    assert last != month_before == "above limits"


def test_the_table_of_the_documentation_is_that_of_the_code() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
    section = page.partition("## The rules")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][2:]
    assert rows == [
        [str(number), " / ".join(dict.fromkeys(rule.grade.format(way=way) for way in ("rise", "fall"))), *about]
        for number, rule in enumerate(RULES, start=1)
        for about in [(rule.when, rule.means)]
    ]


def test_no_figures_make_no_evidence_of_the_same_kinds() -> None:
    some = figures(np.full((1, 48), 5.0))
    assert len(graded(some.iloc[:0])) == 0
    assert graded(some.iloc[:0]).dtypes.to_dict() == graded(some).dtypes.to_dict()


def test_false_alarms_are_as_often_as_the_thresholds_say() -> None:
    """Series without change whose months vary three times as much as chance: 1 % clear and 4 % probable in the end."""
    random = np.random.default_rng(1998)
    season = 200 * (1 + 0.2 * np.sin(np.arange(48) / 12 * 2 * np.pi))
    series = random.negative_binomial(season / 2, 1 / 3, (4000, 48))
    found = graded(figures(series, "r12"))["grade"].str.partition(" ")[0].value_counts(normalize=True)
    assert 0.005 < found["clear"] < 0.018
    assert 0.025 < found["probable"] < 0.055
    plain = graded(figures(series, "r12"))["p_value"]
    assert (plain < grade.PROBABLE_BELOW).mean() > 0.2, "without over-dispersion one in four would be called a change"


def test_all_evidence_takes_less_than_five_seconds() -> None:
    """24 indicators x 34 areas, a year to each of 36 months: 1 s when it was measured. A board has one such month."""
    random = np.random.default_rng(1998)
    series = random.poisson(200, (24 * 34, 48)).astype(float)
    frame = pd.concat([figures(series, "r12")] * 36, ignore_index=True)
    began = time.process_time()
    assert len(graded(frame)) == 24 * 34 * 36
    assert time.process_time() - began < 5
