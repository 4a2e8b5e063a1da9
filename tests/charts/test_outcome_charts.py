"""Charts of outcomes and of the survey say what their numbers allow, and in words where they allow nothing.

What it protects: a difference is named only outside the interval; small bases, breaks and gaps are said; every part of
a bar adds up; a survey is context.
"""

import datetime
from dataclasses import replace

import numpy as np
import outcome_tables
import pandas as pd
import pytest
from chart_boards import board, context, months, usual_board
from matplotlib.patches import Rectangle

from safer_assets.charts import Chart, NoChart, confidence, outcomes, street_outcomes
from safer_assets.charts.context import BoardData
from safer_assets.evidence.outcomes import positive_outcomes
from safer_assets.reference import OUTCOME_GROUPS


def with_table(name: str, frame: pd.DataFrame) -> BoardData:
    data = usual_board()
    return replace(data, tables={**data.tables, name: frame})


def rates(**cells: tuple[int, int]) -> BoardData:
    """A board with outcomes and offences of the own area; the widest group has 1,000 of 10,000 of each."""
    usual = usual_board().tables["positive_outcomes"].iloc[:1]
    rows = []
    for slug, (part, whole) in cells.items():
        for code, some, every in (("E09000003", part, whole), ("MPS-32", 1_000, 10_000)):
            rows.append(usual.assign(indicator=slug, area_code=code, outcomes=some, offences=every, quality=""))
    return with_table("positive_outcomes", positive_outcomes(pd.concat(rows)))


def drawn(result: Chart | NoChart) -> Chart:
    assert isinstance(result, Chart), result
    return result


# --- positive outcomes ---


def test_a_difference_is_named_where_the_group_lies_outside_the_interval() -> None:
    chart = drawn(outcomes.draw(rates(knife_crime=(20, 400), hate_crime=(44, 400), gun_crime=(60, 400))))
    assert chart.title == (
        "Barnet had fewer positive outcomes per offence than London (32 boroughs) for knife crime and more positive "
        "outcomes per offence than London (32 boroughs) for gun crime; no clear difference for 1 other"
    )


def test_chance_alone_is_no_difference() -> None:
    chart = drawn(outcomes.draw(rates(knife_crime=(35, 400), hate_crime=(44, 400))))
    assert chart.title == (
        "No clear difference between Barnet and London (32 boroughs) in positive outcomes, for 2 kinds of offence"
    )
    assert list(chart.table["Barnet, 95% interval"]) == ["6.4 to 11.9", "8.3 to 14.4"]


def test_what_has_no_share_and_what_is_too_few_is_named_and_not_drawn() -> None:
    data = rates(knife_crime=(35, 400), hate_crime=(9, 8), gun_crime=(3, 20))
    table = data.tables["positive_outcomes"]
    quality = (
        table["indicator"].map({"hate_crime": "more outcomes than offences", "gun_crime": "small base"}).fillna("")
    )
    chart = drawn(outcomes.draw(with_table("positive_outcomes", table.assign(quality=quality))))
    assert list(chart.table["Indicator"]) == ["Knife crime"]
    words = " ".join(text.get_text() for text in chart.figure.texts)
    assert "Not drawn: Hate crime (more outcomes than offences); Gun crime (small base)." in words.replace("\n", " ")


def test_a_break_in_the_window_is_said_beside_its_rate() -> None:
    table = rates(hate_crime=(44, 400)).tables["positive_outcomes"].assign(quality="contains break: Met record system")
    chart = drawn(outcomes.draw(with_table("positive_outcomes", table)))
    words = " ".join(text.get_text() for text in chart.figure.texts)
    assert "Hate crime: contains break: Met record system." in words


def test_without_a_group_the_title_is_the_rate_of_the_most_frequent() -> None:
    data = replace(rates(knife_crime=(35, 400), hate_crime=(44, 300)), context=context(groups=(), groups_with_area=()))
    chart = drawn(outcomes.draw(data))
    assert chart.title.startswith(
        "Barnet had 8.8 positive outcomes per 100 offences of knife crime in the 12 months to"
    )


def test_when_every_rate_is_missing_the_reasons_stand_there() -> None:
    result = outcomes.draw(rates(hate_crime=(9, 8)))
    assert isinstance(result, NoChart)
    assert "Hate crime (no rate)" in result.reason


# --- outcomes of street crimes ---


def test_parts_of_every_bar_add_up_and_the_title_is_the_whole() -> None:
    chart = drawn(street_outcomes.draw(usual_board()))
    bars = [bar for bar in chart.figure.axes[1].patches if isinstance(bar, Rectangle) and bar.get_width() > 0]
    lengths = pd.Series([bar.get_width() for bar in bars]).groupby([round(bar.get_y(), 2) for bar in bars]).sum()
    assert list(lengths) == pytest.approx([100.0] * len(outcome_tables.CRIME_TYPES))
    assert chart.title.startswith("No suspect was identified for")
    assert f"of {sum(outcome_tables.CRIME_TYPES.values())} street-level crimes in Barnet" in chart.title
    assert list(chart.table["Crimes"]) == sorted(outcome_tables.CRIME_TYPES.values(), reverse=True)


def test_months_drawn_are_a_year_old_and_the_newest_known_is_said() -> None:
    chart = drawn(street_outcomes.draw(usual_board()))
    assert chart.subtitle == (
        "Crimes of March 2021 to February 2022 by the newest outcome known in February 2023, Barnet"
    )
    assert "vintages 2021-03 to 2022-02" in chart.source_line


def test_a_file_of_one_crime_type_is_not_called_all_crime() -> None:
    table = usual_board().tables["street_outcomes"]
    chart = drawn(street_outcomes.draw(with_table("street_outcomes", table[table["crime_type"] == "Burglary"])))
    assert "of 220 crimes of the type burglary in Barnet" in chart.title


def test_an_outcome_without_a_group_is_drawn_and_named() -> None:
    table = usual_board().tables["street_outcomes"]
    other = table["outcome"].replace(OUTCOME_GROUPS[1], street_outcomes.REST)
    chart = drawn(street_outcomes.draw(with_table("street_outcomes", table.assign(outcome=other))))
    assert street_outcomes.REST in chart.table.columns
    assert OUTCOME_GROUPS[1] not in chart.table.columns


def test_without_two_years_of_street_files_the_reason_says_so() -> None:
    result = street_outcomes.draw(with_table("street_outcomes", pd.DataFrame()))
    assert isinstance(result, NoChart)
    assert "all of the 24 months" in result.reason


# --- the survey ---


def test_the_survey_is_told_without_a_change_or_an_interval() -> None:
    chart = drawn(confidence.draw(usual_board()))
    assert "59% said the police do a good job locally (the force area 69%)" in chart.title
    words = " ".join(text.get_text() for text in chart.figure.texts)
    assert "does not say how many people were asked" in words.replace("\n", " ")
    assert not any(word in chart.title for word in ("rose", "fell", "up", "down"))
    assert len(chart.table) == outcome_tables.QUARTERS


def test_a_quarter_that_is_not_there_is_a_gap_in_the_line() -> None:
    table = usual_board().tables["confidence"]
    gone = sorted(table["quarter_end"].unique())[4]
    chart = drawn(confidence.draw(with_table("confidence", table[table["quarter_end"] != gone])))
    line = chart.figure.axes[0].get_lines()[0]
    assert np.isnan(np.asarray(line.get_ydata(), dtype=float)).sum() == 1
    assert len(chart.table) == outcome_tables.QUARTERS - 1


def test_a_survey_that_ended_long_ago_says_so() -> None:
    data = usual_board()
    late = replace(data, context=replace(data.context, data_month=datetime.date(2024, 6, 1)))
    words = " ".join(text.get_text() for text in drawn(confidence.draw(late)).figure.texts)
    assert "The newest survey file ends 15 months before the other figures." in words.replace("\n", " ")


def test_without_a_dated_survey_file_the_reason_names_the_sidecar() -> None:
    empty = usual_board().tables["confidence"].iloc[:0]
    result = confidence.draw(with_table("confidence", empty))
    assert isinstance(result, NoChart)
    assert "sidecar" in result.reason
    few = usual_board().tables["confidence"].groupby("measure").head(confidence.FEWEST - 1)
    assert isinstance(confidence.draw(with_table("confidence", few)), NoChart)


@pytest.mark.parametrize("draw", [outcomes.draw, street_outcomes.draw, confidence.draw])
def test_the_charts_follow_the_boards_area(draw: object) -> None:
    names = {"E09000003": "Kingston upon Thames and Richmond"}
    about = context(area_name="Kingston upon Thames and Richmond")
    chart = drawn(draw(board(months(names=names), about)))  # type: ignore[operator]  # a chart's draw
    assert "Kingston upon Thames and Richmond" in chart.title + chart.subtitle
    assert "Barnet" not in chart.title + chart.alt
