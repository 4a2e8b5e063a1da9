"""Protects the edge at which numbers are rounded and put into words."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safer_assets.charts import wording


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (0.5, 0, "1"),
        (-0.5, 0, "-1"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (2.45, 1, "2.5"),
        (2.675, 2, "2.68"),
        (Fraction(1, 3), 3, "0.333"),
        (0, 1, "0.0"),
        (28_736, 0, "28736"),
    ],
)
def test_half_goes_away_from_zero(value: float | Fraction, places: int, expected: str) -> None:
    assert str(wording.rounded(value, places)) == expected


@given(st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=4), st.integers(0, 3))
def test_rounding_is_that_of_decimal_arithmetic(value: Decimal, places: int) -> None:
    assert wording.rounded(Fraction(value), places) == value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("value", "prior", "expected"),
    [
        (2325, 2269, "+2.5%"),
        (28, 18, "+56%"),
        (28637, 30696, "\u22126.7%"),
        (393, 424, "\u22127.3%"),
        (28736, 30693, "\u22126.4%"),
        (100, 100, "0.0%"),
        (100_001, 100_000, "0.0%"),
        (10_996, 10_000, "+10%"),  # 9.96 is 10.0 with one decimal, and from 10 on there is none
        (10_994, 10_000, "+9.9%"),
        (0, 50, "\u2212100%"),
        (3_000, 100, "+2,900%"),
    ],
)
def test_changes_of_the_published_minutes(value: int, prior: int, expected: str) -> None:
    assert wording.signed_percent(Fraction(100 * (value - prior), prior)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Fraction(56, 2269) * 100, "rose 2.5%"),
        (Fraction(-2059, 30696) * 100, "fell 6.7%"),
        (0, "did not change"),
        (Fraction(1, 1000), "rose less than 0.1%"),
    ],
)
def test_a_change_as_a_verb(change: Fraction | int, expected: str) -> None:
    assert wording.moved(change) == expected


def test_counts_rates_and_shares() -> None:
    assert wording.count(28736) == "28,736"
    assert wording.signed_count(-1031) == "\u22121,031"
    assert wording.signed_count(10) == "+10"
    assert wording.rate(72.05) == "72.1"
    assert wording.rate(0.015) == "<0.1"
    assert wording.rate(0) == "0.0"
    assert wording.share(1, 8) == "12.5%"


@given(st.integers(1900 * 12, 2200 * 12))
def test_month_numbers_count_months(number: int) -> None:
    month = wording.month_of(number)
    assert wording.month_number(month) == number
    assert month.day == 1


def test_names_of_days_months_and_ranks() -> None:
    assert wording.month_words(date(2023, 2, 1)) == "February 2023"
    assert wording.month_short(date(2023, 2, 1)) == "Feb 2023"
    assert wording.day_words(date(2023, 5, 3)) == "3 May 2023"
    ranks = [wording.ordinal(rank) for rank in (1, 2, 3, 4, 11, 12, 13, 21, 22, 32, 111)]
    assert ranks == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "32nd", "111th"]


def test_grammar() -> None:
    assert wording.in_sentence("Knife crime") == "knife crime"
    assert wording.in_sentence("ASB incidents") == "ASB incidents"
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"
    assert wording.plural(1, "indicator") == "1 indicator"
    assert wording.plural(2, "district") == "2 districts"
