"""The board's sentences: what the minutes printed comes word for word, and no sentence says more than its figure."""

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safer_assets.board.figures import Figure
from safer_assets.board.sentences import (
    change,
    comparison,
    counted,
    financial_quarter,
    headline_case,
    period,
    reason,
    sentence,
)
from safer_assets.charts.wording import rounded

R3 = Figure(
    indicator="residential_burglary",
    area_code="E09000003",
    area_name="Barnet",
    window="r3",
    start_month="2022-12",
    end_month="2023-02",
    value=522,
    comparator="year_earlier",
    prior_start_month="2021-12",
    prior_end_month="2022-02",
    prior_value=480,
    change_abs=42,
    change_pct=Decimal("8.8"),
    rate_per_1000=None,
    source="mps_borough",
    scheme="mps-before-2024",
    vintage="2023-02",
    as_at="2023-04-19",
    quality="",
)
R12 = dataclasses.replace(
    R3, window="r12", start_month="2022-03", value=2325, prior_value=2269, change_abs=56, change_pct=Decimal("2.5")
)


def test_three_months_are_told_as_the_minutes_told_them() -> None:
    told = sentence(R3, "Residential burglary")
    assert told.startswith(
        "In the 3 months of December 2022 to February 2023 (incl.) "
        "there were 522 cases of Residential Burglary in Barnet."
    )
    assert told.endswith(" In the same 3 months a year earlier there were 480. This is an increase of 8.8%.")


def test_twelve_months_are_told_as_the_minutes_told_them() -> None:
    assert sentence(R12, "Violence with injury") == (
        "There were 2325 cases of Violence with Injury in Barnet in the 12 months up to February 2023. "
        "In the 12 months prior there were 2269. This is an increase of 2.5%."
    )


@pytest.mark.parametrize(
    ("value", "prior", "words"),
    [
        (28637, 30696, "This is a decrease of 6.7%."),
        (393, 424, "This is a decrease of 7.3%."),
        (156, 100, "This is an increase of 56%."),
        (100, 100, "This is no change."),
        # One in ten thousand rounds to 0.0 %, which would read as no change.
        (10001, 10000, "This is an increase of less than 0.1%."),
        (9999, 10000, "This is a decrease of less than 0.1%."),
    ],
)
def test_the_change_is_worded_from_the_counts(value: int, prior: int, words: str) -> None:
    assert change(dataclasses.replace(R12, value=value, prior_value=prior)) == words


def test_a_figure_without_a_percentage_is_told_as_a_difference() -> None:
    small = dataclasses.replace(R3, value=28, prior_value=18, change_pct=None)
    assert sentence(small, "Knife crime").endswith("there were 18. This is an increase of 10.")
    assert "%" not in sentence(small, "Knife crime")


@pytest.mark.parametrize(
    ("quality", "words"),
    [
        ("no comparator: the file starts in 2021-08", "No comparison is made: the file starts in 2021-08."),
        ("contains break: CONNECT", "its months span the change named “CONNECT”, which altered how it is counted."),
        ("not comparable: CONNECT", "it was counted differently before and after the change named “CONNECT”."),
    ],
)
def test_a_value_that_stands_alone_says_why_and_gives_no_change(quality: str, words: str) -> None:
    alone = dataclasses.replace(R3, prior_value=None, change_abs=None, change_pct=None, quality=quality)
    told = sentence(alone, "Hate crime")
    assert "there were 522 cases of Hate Crime" in told
    assert told.endswith(words)
    assert "increase" not in told


def test_a_figure_that_may_not_be_shown_gives_its_reason_and_no_number() -> None:
    hidden = dataclasses.replace(R3, value=None, prior_value=None, change_pct=None, quality="suppressed")
    assert sentence(hidden, "Prevent referrals") == (
        "No figure is given for Prevent Referrals in Barnet in the 3 months of December 2022 to February 2023 (incl.): "
        "the number is too small to be shown."
    )


@pytest.mark.parametrize(
    ("quality", "words"),
    [
        ("missing feed", "no data that carries it was available"),
        ("missing feed: mps_dashboard", "no data that carries it was available (mps_dashboard)"),
        ("no comparator: suppressed", "the number is too small to be shown"),
        ("something new", "something new"),
        ("", "no reason was recorded"),
    ],
)
def test_every_reason_reads_as_words(quality: str, words: str) -> None:
    assert reason(quality) == words


@pytest.mark.parametrize(
    ("window", "start", "end", "words"),
    [
        ("month", "2023-02", "2023-02", "February 2023"),
        ("r3", "2022-12", "2023-02", "the 3 months of December 2022 to February 2023 (incl.)"),
        ("r12", "2022-03", "2023-02", "the 12 months up to February 2023"),
        ("fyq", "2022-10", "2022-12", "Quarter 3 of 2022/23 (October 2022 to December 2022)"),
        ("fytd", "2022-04", "2023-02", "the financial year to date (April 2022 to February 2023)"),
        ("fytd", "2023-04", "2023-04", "the financial year to date (April 2023)"),
    ],
)
def test_a_window_is_named_with_its_months(window: str, start: str, end: str, words: str) -> None:
    assert period(dataclasses.replace(R3, window=window, start_month=start, end_month=end)) == words


@pytest.mark.parametrize(
    ("window", "when"),
    [
        ("month", "In the same month a year earlier there were 480."),
        ("fyq", "In the same quarter a year earlier there were 480."),
        ("fytd", "In the same months a year earlier there were 480."),
    ],
)
def test_the_comparator_is_named_for_its_window(window: str, when: str) -> None:
    assert when in sentence(dataclasses.replace(R3, window=window), "Robbery")


def test_a_previous_period_is_named_by_its_months() -> None:
    before = dataclasses.replace(
        R3, comparator="previous_period", prior_start_month="2022-09", prior_end_month="2022-11"
    )
    assert "In September 2022 to November 2022 there were 480." in sentence(before, "Robbery")


@pytest.mark.parametrize(
    ("end_month", "words"),
    [
        ("2022-06", "Quarter 1 of 2022/23"),
        ("2022-09", "Quarter 2 of 2022/23"),
        ("2022-12", "Quarter 3 of 2022/23"),
        ("2023-03", "Quarter 4 of 2022/23"),
        ("2000-03", "Quarter 4 of 1999/00"),
    ],
)
def test_financial_quarters_start_in_april(end_month: str, words: str) -> None:
    assert financial_quarter(end_month) == words


@pytest.mark.parametrize(
    ("count", "name", "words"),
    [
        (522, "Residential burglary", "522 cases of Residential Burglary"),
        (1, "Robbery", "1 case of Robbery"),
        (3078, "Domestic abuse offences", "3078 Domestic Abuse Offences"),
        (1, "ASB incidents", "1 ASB Incident"),
        (0, "Gun crime", "0 cases of Gun Crime"),
    ],
)
def test_what_is_counted_agrees_with_its_number(count: int, name: str, words: str) -> None:
    assert counted(count, name) == words


def test_names_keep_their_small_words_small() -> None:
    assert headline_case("Violence against the person") == "Violence against the Person"


def test_other_areas_are_compared_only_where_they_have_a_percentage() -> None:
    bcu = dataclasses.replace(R12, area_name="North West BCU", value=1020, prior_value=1000, change_pct=Decimal("2.0"))
    london = dataclasses.replace(R12, area_name="London", value=900, prior_value=1000, change_pct=Decimal("-10.0"))
    small = dataclasses.replace(R12, area_name="Elsewhere", change_pct=None)
    told = "Over the same period it rose 2.0% in North West BCU and fell 10% in London."
    assert comparison([bcu, small, london]) == told
    assert comparison([small]) == ""


@given(value=st.integers(0, 200_000), prior=st.integers(1, 200_000))
def test_the_words_never_contradict_the_counts(value: int, prior: int) -> None:
    told = change(dataclasses.replace(R12, value=value, prior_value=prior, change_pct=rounded(0.0, 1)))
    assert ("increase" in told, "decrease" in told, "no change" in told) == (
        value > prior,
        value < prior,
        value == prior,
    )
