"""Protects what may be said of one figure: no percentage on a small base, no change across a break."""

import datetime

import pandas as pd
import pytest
from chart_boards import board, context, months, usual_board

from safer_assets.charts import reading
from safer_assets.charts.context import BoardData
from safer_assets.errors import PackError


def with_figure(data: BoardData, indicator: str, **cells: int | str | None) -> BoardData:
    """The same board with other cells in the own area's 12-month row of an indicator."""
    figures = data.figures.copy()
    own = (figures["indicator"] == indicator) & (figures["area_code"] == data.context.area_code)
    for column, cell in cells.items():
        figures.loc[own & (figures["window"] == "r12"), column] = cell
    return BoardData(data.context, figures, data.series, data.indicators)


@pytest.fixture(scope="module")
def data() -> BoardData:
    return usual_board()


@pytest.mark.parametrize(
    ("value", "prior", "label"),
    [(2325, 2269, "+2.5%"), (28, 18, "+10"), (49, 49, "0"), (60, 50, "+20%"), (60, 49, "+11"), (7, 0, "+7")],
)
def test_percentage_only_on_a_base_that_carries_one(data: BoardData, value: int, prior: int, label: str) -> None:
    figure = reading.reading(with_figure(data, "burglary", value=value, prior_value=prior), "burglary", "r12")
    assert figure.change_label == label


def test_rare_offences_have_counts_whatever_the_base(data: BoardData) -> None:
    figure = reading.reading(with_figure(data, "gun_crime", value=120, prior_value=80), "gun_crime", "r12")
    assert figure.percent is None
    assert figure.change_label == "+40"


@pytest.mark.parametrize(
    "quality",
    ["contains break: CONNECT", "not comparable: CONNECT", "no comparator: the file starts in 2021-08"],
)
def test_a_value_that_may_not_be_compared_has_no_change(data: BoardData, quality: str) -> None:
    board_with = with_figure(data, "hate_crime", value=800, prior_value=700, quality=quality)
    figure = reading.reading(board_with, "hate_crime", "r12")
    assert (figure.value, figure.prior, figure.change, figure.change_label) == (800, None, None, "")
    assert figure.sentence == f"800 ({quality})"


def test_a_value_that_may_not_be_shown_is_words(data: BoardData) -> None:
    board_with = with_figure(data, "hate_crime", value=None, prior_value=700, quality="missing feed")
    figure = reading.reading(board_with, "hate_crime", "r12")
    assert (figure.value, figure.prior, figure.sentence) == (None, None, "missing feed")


def test_an_absent_row_is_no_figure_and_not_zero(data: BoardData) -> None:
    figure = reading.reading(data, "burglary", "r12", "E09000999")
    assert (figure.value, figure.sentence) == (None, "no figure")


def test_an_unknown_indicator_is_an_error_that_says_where_to_add_it(data: BoardData) -> None:
    with pytest.raises(PackError, match=r"'jaywalking' is not in reference/indicators\.csv"):
        reading.reading(data, "jaywalking", "r12")


def test_long_reasons_have_a_short_form(data: BoardData) -> None:
    why = "missing feed: police_uk_street does not have every month of 2020-06 to 2020-08 for this area"
    figure = reading.reading(with_figure(data, "hate_crime", value=None, quality=why), "hate_crime", "r12")
    assert (figure.reason, figure.short_reason) == (why, "missing feed")
    assert reading.absent_note([figure]) == ("Not drawn: missing feed (Hate crime).",)
    assert reading.reading(data, "burglary", "r12").reason == "", "a figure that is ok has nothing to explain"


def test_direction_is_judged_only_where_one_is_wanted(data: BoardData) -> None:
    for slug, value, prior, verdict in (
        ("burglary", 90, 100, True),
        ("burglary", 110, 100, False),
        ("burglary", 100, 100, None),
        ("drug_offences", 110, 100, None),
        ("hate_crime", 90, 100, None),
    ):
        figure = reading.reading(with_figure(data, slug, value=value, prior_value=prior), slug, "r12")
        assert figure.favourable is verdict, slug


def test_a_gap_is_not_a_zero_and_stops_rolling_sums() -> None:
    frame = months(length=24)
    hole = pd.Timestamp(2022, 3, 1)
    frame = frame[~((frame["indicator"] == "burglary") & (frame["month"] == hole))]
    series = reading.monthly(board(frame, context()), "burglary")
    assert series is not None
    assert series.counts.count(None) == 1
    assert len(series.known) == 23
    assert [total for _, total in series.rolling()] == [sum(v for _, v in series.known[:12])]


def test_a_series_that_ends_early_shows_its_gap_at_the_end() -> None:
    frame = months(length=24)
    late = (frame["indicator"] == "burglary") & (frame["month"] > pd.Timestamp(2022, 10, 1))
    series = reading.monthly(board(frame[~late], context()), "burglary")
    assert series is not None
    assert series.counts[-4:] == (None,) * 4


def test_breaks_are_those_of_the_reference_table_inside_the_series() -> None:
    after = context(data_month=datetime.date(2025, 1, 1))
    data = board(months(after.data_month), after)
    hate, burglary = reading.monthly(data, "hate_crime"), reading.monthly(data, "burglary")
    assert hate is not None
    assert burglary is not None
    assert reading.breaks("hate_crime", hate) == [(2024 * 12 + 2, "Met record system CONNECT")]
    assert reading.breaks("burglary", burglary) == []


def test_groups_that_contain_the_area_are_named() -> None:
    assert reading.contains_note(context()) == ("North West BCU and London (32 boroughs) include Barnet.",)
    assert reading.contains_note(context(), ["MPS-32"]) == ("London (32 boroughs) includes Barnet.",)
    assert reading.contains_note(context(groups_with_area=())) == ()
