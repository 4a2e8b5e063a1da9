"""The last step of positive outcomes: an interval only of a proportion, and fixed types also without rows."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safer_assets.evidence.outcomes import positive_outcomes

TYPES = {
    **dict.fromkeys(("indicator", "area_code", "window", "source", "scheme", "file_id", "quality"), "str"),
    **dict.fromkeys(("start_month", "end_month", "vintage"), "datetime64[s]"),
    **dict.fromkeys(("offences", "outcomes"), "Int64"),
    **dict.fromkeys(("share", "low", "high"), "float64"),
}


def counts(*pairs: tuple[float | None, float | None]) -> pd.DataFrame:
    """As a database gives them: counts with a gap among them are floats."""
    frame = pd.DataFrame(pairs, columns=["offences", "outcomes"], dtype="float64")
    month = pd.Timestamp(2023, 2, 1)
    texts = {name: "x" for name, kind in TYPES.items() if kind == "str"}
    return frame.assign(**texts, start_month=month, end_month=month, vintage=month)


def test_the_published_intervals_of_a_proportion() -> None:
    found = positive_outcomes(counts((29, 15), (263, 81), (148, 0)))  # Newcombe 1998, by Wilson's method
    assert list(found["low"]) == pytest.approx([0.3446, 0.2553, 0.0], abs=5e-4)
    assert list(found["high"]) == pytest.approx([0.6862, 0.3662, 0.0253], abs=5e-4)


def test_no_offences_more_outcomes_than_offences_and_missing_counts_have_no_share() -> None:
    found = positive_outcomes(counts((0, 0), (5, 6), (None, None)))
    assert found[["share", "low", "high"]].isna().all(axis=None)
    assert found["offences"].tolist()[:2] == [0, 5]
    assert found["offences"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize("pairs", [(), ((10, 1),), ((None, None),)])
def test_types_do_not_depend_on_what_is_there(pairs: tuple[tuple[float | None, float | None], ...]) -> None:
    found = positive_outcomes(counts(*pairs))
    assert found.dtypes.astype(str).to_dict() == TYPES


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)), min_size=1, max_size=20))
def test_a_share_lies_inside_its_interval_and_that_between_none_and_all(pairs: list[tuple[int, int]]) -> None:
    found = positive_outcomes(counts(*pairs))
    drawn = found.dropna(subset=["share"])
    assert len(drawn) == sum(whole > 0 and part <= whole for whole, part in pairs)
    ordered = (drawn["low"] <= drawn["share"] + 1e-12) & (drawn["share"] <= drawn["high"] + 1e-12)
    assert ordered.all()
    assert (drawn["low"] >= -1e-12).all()
    assert (drawn["high"] <= 1 + 1e-12).all()
