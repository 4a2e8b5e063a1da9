"""A group is compared with an area in it only without that area, and only where one may be taken from the other."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from safer_assets.board.figures import Figure
from safer_assets.board.rests import OTHER_FILES, without_area
from safer_assets.board.sentences import comparison
from safer_assets.charts.context import BoardContext

HOME, GROUP, KEY = "E09000003", "BCU-NW", ("BCU-NW", "residential_burglary", "r3")
CONTEXT = BoardContext(
    board_name="Barnet Safer Communities Partnership Board",
    area_code=HOME,
    area_name="Barnet",
    groups=((GROUP, "North West BCU"), ("ELSEWHERE", "Elsewhere")),
    meeting_date=dt.date(2025, 3, 7),
    meeting_title="",
    data_month=dt.date(2025, 2, 1),
    as_at=dt.date(2025, 2, 10),
    basis="as-at",
    scheme="mps-2024",
    sample=False,
    sources={},
    minimum_base=50,
    groups_with_area=(GROUP,),
)
AREA = Figure(
    indicator="residential_burglary",
    area_code=HOME,
    area_name="Barnet",
    window="r3",
    start_month="2024-12",
    end_month="2025-02",
    value=570,
    comparator="year_earlier",
    prior_start_month="2023-12",
    prior_end_month="2024-02",
    prior_value=479,
    change_abs=91,
    change_pct=Decimal("19.0"),
    rate_per_1000=None,
    source="mps_borough",
    scheme="mps-2024",
    vintage="2025-02",
    as_at="2025-02-10",
    quality="",
)
# The whole group rose by 5 % because the area in it did; what is left of it fell: 1206 - 570 against 1149 - 479.
BCU = dataclasses.replace(
    AREA,
    area_code=GROUP,
    area_name="North West BCU",
    value=1206,
    prior_value=1149,
    change_abs=57,
    change_pct=Decimal("5.0"),
)


def rest(group: Figure = BCU, area: Figure = AREA, context: BoardContext = CONTEXT) -> Figure:
    shown = {(one.area_code, one.indicator, one.window): one for one in (area, group)}
    return without_area(shown, context)[KEY]


def test_a_rest_that_fell_is_not_told_as_the_rise_of_the_whole_group() -> None:
    found = rest()
    assert (found.value, found.prior_value, found.change_abs, found.change_pct) == (636, 670, -34, Decimal("-5.1"))
    assert comparison([found]) == "Over the same period it fell 5.1% in the rest of North West BCU."


def test_a_group_that_does_not_contain_the_area_stays_whole() -> None:
    elsewhere = dataclasses.replace(BCU, area_code="ELSEWHERE", area_name="Elsewhere")
    shown = {(one.area_code, one.indicator, one.window): one for one in (AREA, BCU, elsewhere)}
    assert list(without_area(shown, CONTEXT)) == [KEY]


@pytest.mark.parametrize(
    "other",
    [
        {"start_month": "2024-11"},
        {"end_month": "2025-01"},
        {"prior_start_month": "2023-11"},
        {"prior_end_month": "2024-01"},
        {"comparator": "previous_period"},
        {"source": "mps_dashboard"},
        {"scheme": "mps-before-2024"},
        {"vintage": "2025-01"},
        {"quality": "something to say"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_counts_of_other_months_or_files_are_not_taken_from_each_other(other: dict[str, str]) -> None:
    found = rest(area=dataclasses.replace(AREA, **other))  # type: ignore[arg-type]  # text fields by name
    assert (found.value, found.prior_value, found.change_pct, found.quality) == (None, None, None, OTHER_FILES)
    assert comparison([found]) == "", "never the whole group in its place"


def test_a_group_without_the_areas_own_figure_has_no_rest() -> None:
    assert without_area({KEY: BCU}, CONTEXT)[KEY].value is None


def test_a_group_that_cannot_be_compared_keeps_its_reason() -> None:
    alone = dataclasses.replace(BCU, prior_value=None, change_abs=None, change_pct=None, quality="not comparable: X")
    found = rest(alone, dataclasses.replace(AREA, prior_value=None, quality="not comparable: X"))
    assert (found.value, found.prior_value, found.quality) == (None, None, "not comparable: X")


@pytest.mark.parametrize(("prior", "percent"), [(49, None), (50, Decimal("100.0"))])
def test_a_small_rest_of_a_large_group_has_no_percentage(prior: int, percent: Decimal | None) -> None:
    found = rest(dataclasses.replace(BCU, value=570 + 2 * prior, prior_value=479 + prior))
    assert (found.change_abs, found.change_pct) == (prior, percent)


def test_an_indicator_of_counts_only_has_no_percentage_in_the_rest() -> None:
    assert rest(dataclasses.replace(BCU, change_pct=None)).change_pct is None


def test_an_empty_rest_has_no_percentage_even_where_any_base_will_do() -> None:
    context = dataclasses.replace(CONTEXT, minimum_base=0)
    assert rest(dataclasses.replace(BCU, value=570, prior_value=479), context=context).change_pct is None
