"""Protects what a board reads first: the evidence scorecard and the control charts say what the evidence says.

Nothing is drawn, averaged or compared across a break; neither way is good or bad where the reference list says so.
"""

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from chart_boards import FLAGGED, POPULATION, board, context, months, usual_board
from matplotlib.text import Text

from safer_assets import charts
from safer_assets.charts import (
    control,
    control_chart_focus,
    control_charts_flagged,
    control_charts_property,
    control_charts_violence,
    scorecard,
    wording,
)
from safer_assets.charts.context import BoardData

Drawn = dict[str, charts.Chart]
DRAW = (
    *(scorecard.draw, control_chart_focus.draw, control_charts_property.draw, control_charts_violence.draw),
    control_charts_flagged.draw,
)
AFTER_BREAK = datetime.date(2025, 2, 1)


def all_drawn(data: BoardData) -> Drawn:
    made = [draw(data) for draw in DRAW]
    return {chart.name: chart for chart in made if isinstance(chart, charts.Chart)}


@pytest.fixture(scope="module")
def usual() -> Drawn:
    return all_drawn(usual_board())


@pytest.fixture(scope="module")
def after_break() -> Drawn:
    return all_drawn(board(months(AFTER_BREAK), context(data_month=AFTER_BREAK), POPULATION))


@pytest.fixture(scope="module")
def city() -> charts.Chart:
    """The scorecard of a partnership without groups and without the flagged indicators."""
    about = context(groups=(), groups_with_area=())
    frame = months(without=FLAGGED)
    chart = scorecard.draw(board(frame[frame["area_code"] == about.area_code], about))
    assert isinstance(chart, charts.Chart)
    return chart


def counts(chart: charts.Chart, column: str) -> list[int | None]:
    return [None if pd.isna(found) else int(found) for found in chart.table[column]]


def cell(chart: charts.Chart, row: str, column: str) -> str:
    """One cell as text, empty where nothing is there; the first column names the rows."""
    found = chart.table.set_index(chart.table.columns[0])[column].to_dict()[row]
    return "" if found is None or found is pd.NA else str(found)


def texts(chart: charts.Chart) -> list[str]:
    return [" ".join(text.get_text().split()) for text in chart.figure.findobj(Text)]


def test_scorecard_counts_the_grades_of_its_table(usual: Drawn) -> None:
    chart = usual["scorecard"]
    grades = [str(grade) for grade in chart.table["What it shows"]]
    told = [grade for grade in grades if grade not in ("not comparable", "no figure")]
    rose, fell = (sum(grade.endswith(way) for grade in told) for way in ("rise", "fall"))
    assert rose + fell > 0, "the made-up months must show something to count"
    assert chart.title.startswith(f"Of {len(told)} indicators, ")
    assert not rose or f"{rose} rose" in chart.title
    assert not fell or f"{fell} fell" in chart.title
    assert f"{len(told) - rose - fell} cannot be told from chance" in chart.title
    pairs = zip(counts(chart, "12 months"), counts(chart, "12 months, year ago"), grades, strict=True)
    for now, before, grade in pairs:
        assert now is not None
        assert before is not None
        assert f"{wording.count(now)} against {wording.count(before)}" in chart.alt
        assert grade in chart.alt


def test_scorecard_has_the_evidence_of_every_indicator(usual: Drawn) -> None:
    chart, evidence = usual["scorecard"], usual_board().tables["evidence"]
    year = evidence[evidence["window"] == "r12"].set_index("indicator")
    for slug, facts in usual_board().indicator_rows.items():
        name = str(facts["name"])
        row = year.loc[slug]
        assert cell(chart, name, "What it shows") == row["grade"]
        assert cell(chart, name, "Why") == row["reason"]
        assert cell(chart, name, "Beside London (32 boroughs)") == row["london_position"]
        said = cell(chart, name, "Last month")
        assert ("common cause" in said) if row["spc_signal"] == "none" else (str(row["spc_signal"]) in said)


def test_a_direction_that_is_not_wanted_is_neither_good_nor_bad(usual: Drawn) -> None:
    context_only = {
        str(facts["name"]) for facts in usual_board().indicator_rows.values() if facts["good"] not in ("up", "down")
    }
    said = {name: cell(usual["scorecard"], name, "Last month") for name in context_only}
    assert len(said) >= 3
    assert not [text for text in said.values() if "concern" in text or "improvement" in text]


def test_control_charts_show_every_indicator_once(usual: Drawn) -> None:
    pages = [usual[name] for name in usual if name.startswith("control_charts_")]
    shown = [str(name) for chart in pages for name in chart.table["Indicator"].unique()]
    assert sorted(shown) == sorted(str(facts["name"]) for facts in usual_board().indicator_rows.values())


def with_spike(slug: str, month: str, factor: int) -> BoardData:
    frame = months()
    chosen = (frame["indicator"] == slug) & (frame["month"] == month) & (frame["area_code"] == "E09000003")
    frame.loc[chosen, "offences"] *= factor
    return board(frame, context(), POPULATION)


def test_a_control_page_names_the_special_causes_of_its_last_month() -> None:
    data, found = with_spike("sexual_offences", "2023-02-01", 4), []
    for draw in DRAW[2:]:
        chart = draw(data)
        assert isinstance(chart, charts.Chart)
        last = chart.table[chart.table["Month"] == "February 2023"]
        special = [str(one) for one, signal in zip(last["Indicator"], last["Special cause"], strict=True) if signal]
        of = f"{len(last)} indicators"
        assert (f"{len(special)} of {of}" in chart.title) if special else chart.title.startswith("No special cause")
        assert all(wording.in_sentence(one) in chart.title for one in special)
        found += special
    assert "Sexual offences" in found


def test_focus_shows_a_recent_special_cause_and_no_old_one() -> None:
    chart = control_chart_focus.draw(with_spike("sexual_offences", "2023-01-01", 4))
    assert isinstance(chart, charts.Chart)
    assert "sexual offences (high)" in chart.title + chart.alt
    old = with_spike("sexual_offences", "2020-06-01", 4)
    recent = {one.name for one in control.controls(old).values() if one.recent(control_chart_focus.RECENT)}
    quiet = control_chart_focus.draw(old)
    names = set(quiet.table["Indicator"]) if isinstance(quiet, charts.Chart) else set()
    assert names <= recent
    assert "Sexual offences" not in names


def test_without_recent_special_cause_there_is_no_focus() -> None:
    calm = replace(usual_board(), tables={})
    points = usual_board().tables["control_points"].assign(signal="none")
    result = control_chart_focus.draw(replace(calm, tables={"control_points": points}))
    assert isinstance(result, charts.NoChart)
    assert "No indicator has special cause in its last 3 months" in result.reason


def test_scorecard_says_why_a_figure_is_missing(city: charts.Chart) -> None:
    assert cell(city, "Hate crime", "12 months, note") == "missing feed"
    assert cell(city, "Hate crime", "12 months") == ""
    assert cell(city, "Hate crime", "What it shows") == "no figure"
    assert "Hate crime (missing feed)" in city.alt
    assert not [text for text in texts(city) if text.startswith("Beside")], "there is nobody to stand beside"


def test_scorecard_has_footnotes_only_for_what_is_not_there(usual: Drawn) -> None:
    assert not [text for text in texts(usual["scorecard"]) if text.startswith("[")]
    assert not [note for note in usual["scorecard"].table["12 months, note"] if note], "an ok figure needs no note"


BROKEN = ("Domestic abuse offences", "Domestic abuse violence with injury", "Hate crime")


def test_limits_begin_anew_after_a_break(after_break: Drawn) -> None:
    chart = after_break["control_charts_flagged"]
    assert chart.alt.count("limits begin anew with March 2024: Met record system CONNECT") >= len(BROKEN)
    assert texts(chart).count("Met record system CONNECT from Mar 2024") >= len(BROKEN)
    for name in BROKEN:
        rows = chart.table[chart.table["Indicator"] == name].reset_index(drop=True)
        (at,) = rows.index[rows["Month"] == "March 2024"]
        assert rows["Mean"][: at - 1].nunique() == rows["Mean"][at:].nunique() == 1
        assert rows["Mean"][at - 1] != rows["Mean"][at]
        assert set(rows["Limits"][at:]) == {"trial, from Met record system CONNECT"}


def test_scorecard_names_the_break_and_grades_nothing_across_it(after_break: Drawn) -> None:
    chart = after_break["scorecard"]
    for name in BROKEN:
        assert cell(chart, name, "12 months, note") == "not comparable: Met record system CONNECT"
        assert cell(chart, name, "What it shows") == "not comparable"
    assert "[1] Not comparable: Met record system CONNECT." in texts(chart)


def test_no_line_is_drawn_across_a_break(after_break: Drawn) -> None:
    cut = wording.month_number(datetime.date(2024, 3, 1)) - 0.5
    figures = [after_break[name].figure for name in ("control_chart_focus", "control_charts_flagged")]
    panels = [
        axes for figure in figures for axes in figure.axes if any("CONNECT" in one.get_text() for one in axes.texts)
    ]
    assert len(panels) > len(BROKEN), "the large panels show a break too"
    for axes in panels:
        for line in axes.lines:
            months = np.asarray(line.get_xdata(), dtype=float)
            joined = line.get_linestyle() != "None"
            assert not joined or months.max() <= cut or months.min() >= cut


def test_lines_of_the_scorecard_fill_their_rows_and_stop_at_a_break(usual: Drawn, after_break: Drawn) -> None:
    def lengths(chart: charts.Chart) -> list[int]:
        return [len(np.asarray(line.get_ydata())) for line in chart.figure.axes[0].lines]

    lines = [np.asarray(line.get_ydata(), dtype=float) for line in usual["scorecard"].figure.axes[0].lines]
    heights = [float(np.ptp(line)) for line in lines if len(line) == 36]
    assert len(heights) == len(usual["scorecard"].table)
    assert heights == pytest.approx([scorecard.SPARK_HEIGHT] * len(heights))
    broken = sum(axes.startswith("limits begin") for axes in after_break["control_charts_flagged"].alt.split(", "))
    assert lengths(after_break["scorecard"]).count(36) == len(heights) - broken
    assert lengths(after_break["scorecard"]).count(12) == broken, "March 2024 to February 2025"


def test_a_title_counts_nothing_that_is_not_compared(city: charts.Chart) -> None:
    told = [grade for grade in city.table["What it shows"] if grade not in ("not comparable", "no figure")]
    assert f"{len(told)} indicators" in city.title
    assert len(told) < len(city.table)
