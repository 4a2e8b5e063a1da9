"""Protects every chart: its words are its table's numbers, it draws whatever is missing, and its bytes repeat.

Nothing on a page runs off it or into something else, for real lengths of names and for the longest.
"""

import datetime
import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pandas as pd
import pytest
from chart_boards import FLAGGED, GROUPS, POPULATION, board, context, months, usual_board, with_tables
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from safer_assets import charts
from safer_assets.charts import (
    change_by_offence,
    confidence,
    control_chart_focus,
    control_charts_flagged,
    control_charts_property,
    control_charts_violence,
    funnel,
    hot_spots,
    indexed_total,
    offence_mix,
    operations,
    outcomes,
    rank_by_rate,
    scorecard,
    seasonal,
    small_area_map,
    street_outcomes,
    style,
    ward_map,
    wording,
)
from safer_assets.charts.context import BoardData

Draw = Callable[[BoardData], charts.Chart | charts.NoChart]
Boxes = list[tuple[str, Bbox]]
AFTER_BREAK = datetime.date(2025, 1, 1)
LONG = {
    "E09000003": "Bournemouth, Christchurch and Poole",
    "BCU-NW": "Districts most like Bournemouth, Christchurch and Poole",
    "MPS-32": "All districts of the South West of England",
}


def long_names() -> BoardData:
    groups = tuple((code, LONG[code]) for code in GROUPS)
    about = context(area_name=LONG["E09000003"], groups=groups)
    return board(months(names=LONG), about, POPULATION)


def city() -> BoardData:
    """A partnership without groups and without the flagged indicators and the total, as outside the Met."""
    about = context(groups=(), groups_with_area=())
    frame = months(without=(*FLAGGED, "total_notifiable_offences", "theft", "violence_with_injury"))
    return board(frame[frame["area_code"] == about.area_code], about)


def after_break() -> BoardData:
    about = context(data_month=AFTER_BREAK)
    return board(months(AFTER_BREAK), about, POPULATION)


def short() -> BoardData:
    """Thirteen months: nothing has a year-earlier twelve months."""
    return board(months(length=13), context(), POPULATION)


BOARDS: dict[str, Callable[[], BoardData]] = {
    "usual": usual_board,
    "sample": lambda: replace(usual_board(), context=context(sample=True)),
    "long names": long_names,
    "city": city,
    "after break": after_break,
    "short": short,
    "no population": lambda: board(months(), context()),
}


@pytest.fixture(scope="module")
def drawn() -> dict[str, dict[str, charts.Chart | charts.NoChart]]:
    made = {}
    for name, make in BOARDS.items():
        data = make()
        results = [draw(data) for draw in charts.ALL]
        made[name] = {result.name: result for result in results}
    return made


@pytest.fixture(scope="module")
def usual(drawn: dict[str, dict[str, charts.Chart | charts.NoChart]]) -> dict[str, charts.Chart]:
    made = {name: chart for name, chart in drawn["usual"].items() if isinstance(chart, charts.Chart)}
    assert len(made) == len(charts.ALL) >= 8, "every chart draws from a full board"
    return made


def change(now: int, before: int) -> Fraction:
    return Fraction(100 * (now - before), before)


def counts(chart: charts.Chart, column: str) -> list[int]:
    return [int(cell) for cell in chart.table[column]]


def cell(chart: charts.Chart, row: str, column: str) -> str | None:
    """One cell as text, None where it is empty; the first column names the rows."""
    found = chart.table.set_index(chart.table.columns[0])[column].to_dict()[row]
    return None if found is None or found is pd.NA else str(found)


# ---------------------------------------------------------------------------------------------- words and numbers


def test_a_chart_is_named_after_the_module_that_draws_it(usual: dict[str, charts.Chart]) -> None:
    assert list(usual) == [draw.__module__.rsplit(".", 1)[-1] for draw in charts.ALL]


def test_alt_text_gives_the_message_and_the_source_line_the_day(usual: dict[str, charts.Chart]) -> None:
    for chart in usual.values():
        assert chart.title in chart.alt
        assert "As at 12 April 2023" in chart.source_line
        assert "Barnet" in chart.title + chart.subtitle
        assert "2023" in chart.title + chart.subtitle


def test_the_index_is_of_the_area_and_of_groups_without_it(usual: dict[str, charts.Chart]) -> None:
    chart, series = usual["indexed_total"], usual_board().series
    total = series[series["indicator"] == "total_notifiable_offences"].set_index(["area_code", "month"])["offences"]
    parts = total["E09000003"].astype(int)
    for name, left in (
        ("Barnet", parts),
        ("Rest of North West BCU", total["BCU-NW"].astype(int) - parts),
        ("Rest of London (32 boroughs)", total["MPS-32"].astype(int) - parts),
    ):
        totals = counts(chart, name)
        assert totals == [int(year) for year in left.rolling(12).sum().dropna()]
        end = wording.decimal(Fraction(100 * totals[-1], totals[0]))
        assert chart.table[f"{name}, index"].iloc[-1] == end
        assert f"{name} {end} ({wording.count(totals[0])} to {wording.count(totals[-1])} offences)" in chart.alt
        assert f"index {end}, beside" in chart.title or f"{end} in the {name.replace('Rest', 'rest')}" in chart.title
    assert not {"North West BCU", "London (32 boroughs)"} & set(chart.table.columns)
    notes = " ".join(" ".join(text.get_text() for text in chart.figure.findobj(Text)).split())
    assert "The rest of a group is the group without Barnet." in notes
    assert "include Barnet" not in notes


def graded_total(grade: str) -> BoardData:
    """The usual board with another grade of the total's 12 months."""
    evidence = usual_board().tables["evidence"].copy()
    wanted = (evidence["indicator"] == "total_notifiable_offences") & (evidence["window"] == "r12")
    evidence.loc[wanted, "grade"] = grade
    return replace(usual_board(), tables={**usual_board().tables, "evidence": evidence})


@pytest.mark.parametrize(
    ("grade", "said"),
    [
        ("no clear change", "no clear change in the 12 months to February 2023; index "),
        ("clear fall", "clear fall in the 12 months to February 2023; index "),
        ("too few to say", "index "),
        ("not comparable", "index "),
    ],
)
def test_the_index_message_says_no_more_of_the_area_than_its_grade(grade: str, said: str) -> None:
    chart = indexed_total.draw(graded_total(grade))
    assert isinstance(chart, charts.Chart)
    assert chart.title.startswith(f"Total notifiable offences in Barnet: {said}")
    assert not re.search(r"\b(rose|fell|did not change)\b", chart.title)


@pytest.mark.parametrize(("column", "other"), [("vintage", "2022-11"), ("scheme", "mps-2024"), ("source", "mps_tno")])
def test_a_group_whose_months_are_of_another_file_has_no_rest(column: str, other: str) -> None:
    data = usual_board()
    series = data.series.copy()
    bcu = (series["area_code"] == "BCU-NW") & (series["month"] >= "2022-06-01")
    series.loc[bcu, column] = other
    chart = indexed_total.draw(replace(data, series=series))
    assert isinstance(chart, charts.Chart)
    assert "London" in chart.title
    assert "North West BCU" not in chart.title + chart.alt + " ".join(chart.table.columns)


def test_a_group_that_does_not_contain_the_area_is_drawn_whole() -> None:
    chart = indexed_total.draw(replace(usual_board(), context=context(groups_with_area=("MPS-32",))))
    assert isinstance(chart, charts.Chart)
    assert {"North West BCU", "Rest of London (32 boroughs)"} <= set(chart.table.columns)


def percents(text: str) -> float:
    """'\u22127.3%' as -7.3."""
    return float(text.replace(wording.MINUS, "-").rstrip("%"))


def test_changes_are_clear_where_their_interval_leaves_out_nothing_happening(usual: dict[str, charts.Chart]) -> None:
    chart = usual["change_by_offence"]
    assert "Anti-social behaviour incidents" not in set(chart.table["Offence"])
    table = chart.table[chart.table["Offence"] != "Total notifiable offences"]
    table = table[table["From"].str.endswith("%")]
    ends = [(percents(low), percents(high)) for low, high in zip(table["From"], table["To"], strict=True)]
    rose, fell = sum(low > 0 for low, _ in ends), sum(high < 0 for _, high in ends)
    assert f"Of {len(ends)} offences in Barnet, {rose} rose and {fell} fell by more than chance" in chart.title
    for name, now, before, (low, high) in zip(
        table["Offence"], table["Last 12 months"], table["12 months before"], ends, strict=True
    ):
        assert low - 0.1 <= float(change(int(now), int(before))) <= high + 0.1, name


def test_a_group_is_compared_without_the_area_that_is_in_it(usual: dict[str, charts.Chart]) -> None:
    chart, data = usual["change_by_offence"], usual_board()
    figures = data.figures[(data.figures["window"] == "r12") & (data.figures["indicator"] == "theft")]
    counts = {code: (now, before) for code, now, before in figures[["area_code", "value", "prior_value"]].to_numpy()}
    now, before = (int(every) - int(own) for every, own in zip(counts["MPS-32"], counts["E09000003"], strict=True))
    moved = wording.signed_percent(change(now, before))
    assert cell(chart, "Theft", "Rest of London (32 boroughs)") == moved


def test_rank_is_the_place_in_the_table(usual: dict[str, charts.Chart]) -> None:
    chart = usual["rank_by_rate"]
    table = chart.table
    assert len(table) == len(POPULATION)
    own = table[table["Area"] == "Barnet"].to_dict("records")[0]
    rate = wording.rate(Fraction(1000 * int(own["Offences, 12 months"]), POPULATION["E09000003"]))
    assert own["Per 1,000 residents"] == rate
    high, low = int(own["Rank"]), len(table) + 1 - int(own["Rank"])
    place, end = (high, "highest") if high <= low else (low, "lowest")
    assert f"the {'' if place == 1 else wording.ordinal(place) + ' '}{end} rate" in chart.title
    assert f"of {len(table)} boroughs: {rate} per 1,000 residents" in chart.title
    for row in table.to_dict("records"):
        assert int(row["Highest rank"]) <= int(row["Rank"]) <= int(row["Lowest rank"])
    assert list(table["Most like"]).count("yes") == 7


def test_a_rate_far_above_all_others_does_not_press_them_together(usual: dict[str, charts.Chart]) -> None:
    chart = usual["rank_by_rate"]
    rates = [float(rate) for rate in chart.table["Per 1,000 residents"]]
    assert chart.table["Area"].iloc[0] == "Westminster"
    assert chart.figure.axes[0].get_xlim()[1] < rates[0]
    words = " ".join(text.get_text() for text in chart.figure.findobj(Text))
    assert "beyond the scale: Westminster" in words.replace("\n", " ")


def test_a_funnel_says_whether_the_own_rate_is_within_its_limits(usual: dict[str, charts.Chart]) -> None:
    chart = usual["funnel"]
    own = chart.table[chart.table["Area"] == "Barnet"]
    assert own["Offence"].iloc[0] == "Total notifiable offences"
    rows = own[["Per 1,000", "95% from", "95% to"]].astype(float)
    below = [str(name) for name, low in zip(own["Offence"], rows["Per 1,000"] < rows["95% from"], strict=True) if low]
    inside = ((rows["Per 1,000"] >= rows["95% from"]) & (rows["Per 1,000"] <= rows["95% to"])).sum()
    assert (f"{inside} of {len(own)} offences" in chart.title) or (f"all {len(own)} offences" in chart.title)
    assert all(name.lower() in chart.title.lower() for name in below)
    assert "Westminster" in " ".join(text.get_text() for text in chart.figure.findobj(Text)), "an outlier is named"


def test_a_funnel_needs_enough_areas_to_tell_how_far_they_differ() -> None:
    frame = months()
    few = frame[frame["area_code"].isin([*list(POPULATION)[:8], "E09000003", "BCU-NW", "MPS-32"])]
    chart = funnel.draw(board(few, context(), POPULATION))
    assert isinstance(chart, charts.NoChart)
    assert "enough areas" in chart.reason


def test_equal_rates_share_a_rank() -> None:
    frame = months()
    total = frame["indicator"] == "total_notifiable_offences"
    same = frame[total & (frame["area_code"] == "E09000003")]["offences"].to_numpy()
    for code in POPULATION:
        frame.loc[total & (frame["area_code"] == code), "offences"] = same
    chart = rank_by_rate.draw(board(frame, context(), dict.fromkeys(POPULATION, 300_000)))
    assert isinstance(chart, charts.Chart)
    assert counts(chart, "Rank") == [1] * len(POPULATION)
    assert "the joint highest rate" in chart.title


def test_mix_adds_up_to_the_total(usual: dict[str, charts.Chart]) -> None:
    chart = usual["offence_mix"]
    parts = dict(zip(chart.table["Offence group"], counts(chart, "Barnet, offences"), strict=True))
    total = int(cell(usual["scorecard"], "Total notifiable offences", "12 months") or 0)
    assert sum(parts.values()) == total
    first = max((name for name in parts if name != "All other offences"), key=lambda name: parts[name])
    assert chart.title.startswith(f"{first} made up {wording.share(parts[first], total)} of recorded offences")


def test_mix_never_takes_parts_of_one_feed_from_a_total_of_another() -> None:
    frame = months()
    frame.loc[frame["indicator"] == "total_notifiable_offences", "source"] = "mps_dashboard"
    chart = offence_mix.draw(board(frame, context(), POPULATION))
    assert isinstance(chart, charts.Chart)
    assert "All other offences" not in set(chart.table["Offence group"])
    assert "of the offences shown" in chart.title


def test_season_is_the_mean_of_days_over_whole_years(usual: dict[str, charts.Chart]) -> None:
    chart = usual["seasonal"]
    years = [name for name in chart.table.columns if name.isdecimal()]
    means = {}
    for at, month in enumerate(chart.table["Month"], start=1):
        found = {int(year): cell(chart, month, year) for year in years}
        daily = [Fraction(int(text), monthrange(year, at)[1]) for year, text in found.items() if text]
        means[month] = sum(daily, Fraction(0)) / len(daily)
    high, low = max(means, key=lambda month: means[month]), min(means, key=lambda month: means[month])
    assert f"peaked in {high}, {wording.decimal(means[high])} a day" in chart.title
    assert f"lowest in {low}, {wording.decimal(means[low])}" in chart.title
    assert list(chart.table["Mean a day, whole years"]) == [wording.decimal(mean) for mean in means.values()]


# ------------------------------------------------------------------------------------------------- what is missing


def without(data: BoardData, slugs: Sequence[str]) -> BoardData:
    """The same board as if the feed of some indicators had not come."""
    figures, gone = data.figures.copy(), data.figures["indicator"].isin(slugs)
    figures.loc[gone, ["value", "prior_value", "rate_per_1000"]] = None
    figures.loc[gone, ["source", "quality"]] = ["", "missing feed"]
    series = data.series[~data.series["indicator"].isin(slugs)]
    left = BoardData(data.context, figures, series, data.indicators)
    return with_tables(left)


@cache
def usual_without(slugs: tuple[str, ...]) -> BoardData:
    return without(usual_board(), slugs)


@pytest.mark.parametrize("draw", charts.ALL, ids=lambda draw: draw.__module__.rsplit(".", 1)[-1])
def test_every_chart_survives_any_missing_indicator(draw: Draw) -> None:
    for slugs in (
        ("total_notifiable_offences",),
        ("violence_against_the_person", "gun_crime"),
        ("hate_crime",),
        FLAGGED,
    ):
        result = draw(usual_without(slugs))
        assert isinstance(result, charts.Chart) or result.reason, slugs


@pytest.mark.parametrize("draw", charts.ALL, ids=lambda draw: draw.__module__.rsplit(".", 1)[-1])
def test_a_board_without_any_figure_has_reasons_in_place_of_charts(draw: Draw) -> None:
    empty = usual_board()
    nothing = BoardData(empty.context, empty.figures.iloc[:0], empty.series.iloc[:0], empty.indicators)
    result = draw(nothing)
    assert isinstance(result, charts.NoChart)
    assert result.reason.endswith(".")


def test_without_groups_only_the_comparisons_are_missing(
    drawn: dict[str, dict[str, charts.Chart | charts.NoChart]],
) -> None:
    missing = {name for name, chart in drawn["city"].items() if isinstance(chart, charts.NoChart)}
    expected = {"indexed_total", "rank_by_rate", "funnel", "outcomes"}
    assert missing == expected
    assert "no comparator groups" in str(drawn["city"]["indexed_total"])


def largest_offence(data: BoardData) -> str:
    own = data.figures[(data.figures["area_code"] == "E09000003") & (data.figures["window"] == "r12")]
    offences = own[~own["indicator"].isin(["asb_incidents", "total_notifiable_offences"])].dropna(subset=["value"])
    return str(offences.sort_values("value")["indicator"].iloc[-1])


@pytest.mark.parametrize("draw", [rank_by_rate.draw, seasonal.draw])
def test_without_a_total_the_largest_offence_stands_for_crime_and_is_named(draw: Draw) -> None:
    data = without(usual_board(), ["total_notifiable_offences"])
    incidents = data.figures["indicator"] == "asb_incidents"
    assert data.figures.loc[incidents, "value"].max() > data.figures.loc[~incidents, "value"].max(), "tempting"
    name = str(data.indicator_rows[largest_offence(data)]["name"])
    chart = draw(data)
    assert isinstance(chart, charts.Chart)
    assert name.lower() in chart.title.lower()
    assert name in chart.subtitle
    notes = " ".join(text.get_text() for text in chart.figure.findobj(Text))
    assert "no usable figure of total notifiable offences" in notes


def test_an_offence_that_cannot_carry_the_chart_is_passed_over() -> None:
    data = without(usual_board(), ["total_notifiable_offences"])
    first = largest_offence(data)
    short = data.series[(data.series["indicator"] != first) | (data.series["month"] >= "2022-04-01")]
    figures = data.figures.copy()
    figures.loc[figures["indicator"] == first, "rate_per_1000"] = None
    data = with_tables(replace(data, figures=figures, series=short))
    for draw in (seasonal.draw, rank_by_rate.draw):
        chart = draw(data)
        assert isinstance(chart, charts.Chart)
        assert str(data.indicator_rows[first]["name"]).lower() not in chart.title.lower()


def test_nothing_of_offences_is_told_across_a_break(
    drawn: dict[str, dict[str, charts.Chart | charts.NoChart]],
) -> None:
    table = drawn["after break"]["change_by_offence"]
    assert isinstance(table, charts.Chart)
    assert cell(table, "Hate crime", "Difference") is None


def test_without_a_year_earlier_no_change_is_claimed(
    drawn: dict[str, dict[str, charts.Chart | charts.NoChart]],
) -> None:
    chart = drawn["short"]["scorecard"]
    assert isinstance(chart, charts.Chart)
    assert chart.title == "No indicator in Barnet can be compared with a year earlier"
    assert "[1] No comparator: the file starts in 2022-02." in [text.get_text() for text in chart.figure.findobj(Text)]
    assert isinstance(drawn["short"]["change_by_offence"], charts.NoChart)


def test_five_groups_draw_the_nearest_and_the_widest() -> None:
    groups = tuple((f"G{number}", f"Group {number}") for number in range(1, 6))
    frame = months()
    copies = [frame[frame["area_code"] == "MPS-32"].assign(area_code=code, area_name=name) for code, name in groups]
    data = board(pd.concat([frame, *copies]), context(groups=groups, groups_with_area=()), POPULATION)
    for draw in (indexed_total.draw, change_by_offence.draw):
        chart = draw(data)
        assert isinstance(chart, charts.Chart)
        assert "Group 5" in chart.alt
        assert "Group 4" not in chart.alt


# ------------------------------------------------------------------------------------------------- where it is from


def with_vintages(data: BoardData) -> BoardData:
    """Months before March 2021 from an older file, of which burglary's from one more."""
    series, old = data.series.copy(), data.series["month"] < "2021-03-01"
    borough = series["source"] == "mps_borough"
    series.loc[old & borough, "vintage"] = "2022-02"
    series.loc[old & (series["indicator"] == "burglary"), "vintage"] = "2021-12"
    return replace(data, series=series)


BOROUGH, DASHBOARD = "Met Police recorded crime by borough", "Met Police monthly crime dashboard"
RESIDENTS = "ONS mid-year population estimates, mid-2021"
VAWG = "Met Police violence against women and girls, vintage 2026-02"
OLD_SCHEME = "mps-before-2024"
DRAWN_FROM: dict[Draw, tuple[list[str], str]] = {
    scorecard.draw: (
        [
            f"{BOROUGH}, vintages 2021-12, 2022-02, 2023-02",
            f"{DASHBOARD}, vintage 2025-07",
            VAWG,
            "data.police.uk street-level crime, vintage 2025-12",
            RESIDENTS,
        ],
        f"schemes {OLD_SCHEME}, mps-dashboard, mps-vawg and police-uk-2013",
    ),
    # Of the made-up months only those of burglary end with a special cause.
    control_chart_focus.draw: ([f"{BOROUGH}, vintages 2021-12, 2023-02"], f"scheme {OLD_SCHEME}"),
    control_charts_property.draw: ([f"{BOROUGH}, vintages 2021-12, 2022-02, 2023-02"], f"scheme {OLD_SCHEME}"),
    control_charts_violence.draw: ([f"{BOROUGH}, vintages 2022-02, 2023-02"], f"scheme {OLD_SCHEME}"),
    control_charts_flagged.draw: (
        [f"{DASHBOARD}, vintage 2025-07", VAWG, "data.police.uk street-level crime, vintage 2025-12"],
        "schemes mps-dashboard, mps-vawg and police-uk-2013",
    ),
    indexed_total.draw: ([f"{BOROUGH}, vintages 2022-02, 2023-02"], f"scheme {OLD_SCHEME}"),
    change_by_offence.draw: (
        [f"{BOROUGH}, vintage 2023-02", f"{DASHBOARD}, vintage 2025-07", VAWG],
        f"schemes {OLD_SCHEME}, mps-dashboard and mps-vawg",
    ),
    funnel.draw: ([f"{BOROUGH}, vintage 2023-02", RESIDENTS], f"scheme {OLD_SCHEME}"),
    rank_by_rate.draw: ([f"{BOROUGH}, vintage 2023-02", RESIDENTS], f"scheme {OLD_SCHEME}"),
    offence_mix.draw: ([f"{BOROUGH}, vintage 2023-02"], f"scheme {OLD_SCHEME}"),
    seasonal.draw: ([f"{BOROUGH}, vintages 2022-02, 2023-02"], f"scheme {OLD_SCHEME}"),
    outcomes.draw: ([f"{DASHBOARD}, vintage 2025-07"], "scheme mps-dashboard"),
    street_outcomes.draw: (["data.police.uk street-level crime, vintages 2021-03 to 2022-02"], "scheme police-uk-2013"),
    confidence.draw: (["mopac_pas, vintage 2023-03"], ""),
    ward_map.draw: (["mps_ward, vintage 2023-02"], f"scheme {OLD_SCHEME}"),
    small_area_map.draw: (["mps_lsoa, vintage 2023-02"], f"scheme {OLD_SCHEME}"),
    operations.draw: (["mps_ward, vintage 2024-12"], "scheme mps-2024"),
    hot_spots.draw: (["data.police.uk street-level crime, vintages 2022-03 to 2023-02"], ""),
}


@pytest.mark.parametrize("draw", charts.ALL, ids=lambda draw: draw.__module__.rsplit(".", 1)[-1])
def test_the_source_line_names_the_files_of_what_is_drawn_and_no_other(draw: Draw) -> None:
    chart = draw(with_vintages(replace(usual_board(), context=context(basis="latest"))))
    assert isinstance(chart, charts.Chart)
    named, schemes = DRAWN_FROM[draw]
    end = f". As at 12 April 2023, newest landed files{f' of {schemes}' if schemes else ''}."
    assert chart.source_line == f"Source: {'; '.join(named)}{end}"


def test_months_before_those_drawn_do_not_count_as_sources() -> None:
    data = with_vintages(replace(usual_board(), context=context(basis="latest")))
    series = data.series[data.series["month"] >= "2021-03-01"]
    chart = indexed_total.draw(replace(data, series=series))
    assert isinstance(chart, charts.Chart)
    assert "vintage 2023-02." in chart.source_line


# --------------------------------------------------------------------------------------------------------- the page


def test_the_mix_shows_both_ends_of_every_row(usual: dict[str, charts.Chart]) -> None:
    axes = usual["offence_mix"].figure.axes[0]
    bars = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in axes.patches if isinstance(bar, Rectangle)]
    assert len(bars) == 2 * len(usual["offence_mix"].table)
    for (_, end), (start, _) in pairwise(sorted(bars)):
        assert end <= start + 1e-9, "one bar hides another"


def pen(chart: charts.Chart) -> RendererAgg:
    """What draws and measures the chart's figure at its resolution."""
    width, height = chart.figure.bbox.size
    return RendererAgg(float(width), float(height), chart.figure.dpi)  # type: ignore[no-untyped-call]


def boxes(chart: charts.Chart) -> Boxes:
    """Every visible text with its place in pixels at 100 dpi, tick labels as one box an axis."""
    chart.figure.set_dpi(100)
    renderer = pen(chart)
    chart.figure.draw(renderer)
    ticks = {
        label
        for axes in chart.figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for label in axis.get_ticklabels(which="both")
    }
    ticks |= {label for axes in chart.figure.axes for axis in (axes.xaxis, axes.yaxis) for label in [axis.offsetText]}
    found = [
        (text.get_text(), text.get_window_extent(renderer))
        for text in chart.figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in ticks and not text.get_gid()
    ]
    for axes in chart.figure.axes:
        for name, axis in (("x axis", axes.xaxis), ("y axis", axes.yaxis)):
            box = axis.get_tightbbox(renderer) if axes.axison else None
            if box is not None:
                found.append((name, box))
    return found


@pytest.fixture(scope="module")
def placed(drawn: dict[str, dict[str, charts.Chart | charts.NoChart]]) -> dict[str, list[tuple[charts.Chart, Boxes]]]:
    return {
        name: [(chart, boxes(chart)) for chart in made.values() if isinstance(chart, charts.Chart)]
        for name, made in drawn.items()
    }


@pytest.mark.parametrize("name", BOARDS)
def test_no_text_leaves_the_page(name: str, placed: dict[str, list[tuple[charts.Chart, Boxes]]]) -> None:
    for chart, found in placed[name]:
        page = chart.figure.bbox
        for text, box in found:
            inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page.x1 and box.y1 <= page.y1
            assert inside, f"{chart.name}: {text!r} at {box}"


@pytest.mark.parametrize("name", BOARDS)
def test_no_text_covers_another(name: str, placed: dict[str, list[tuple[charts.Chart, Boxes]]]) -> None:
    for chart, found in placed[name]:
        for (one, first), (other, second) in combinations([(text, box.extents) for text, box in found], 2):
            wide = min(first[2], second[2]) - max(first[0], second[0])
            tall = min(first[3], second[3]) - max(first[1], second[1])
            # Line boxes have room above and below their letters: only a real overlap in both directions counts.
            assert not (wide > 2 and tall > 3), f"{chart.name}: {one!r} over {other!r}"


def test_a_sample_is_marked_on_every_chart(drawn: dict[str, dict[str, charts.Chart | charts.NoChart]]) -> None:
    for chart in drawn["sample"].values():
        assert isinstance(chart, charts.Chart)
        marks = [text for text in chart.figure.findobj(Text) if text.get_gid() == "watermark"]
        assert [mark.get_text() for mark in marks] == ["SAMPLE"]
        box = marks[0].get_window_extent(pen(chart))
        assert chart.figure.bbox.x0 <= box.x0 <= box.x1 <= chart.figure.bbox.x1
        assert chart.source_line.startswith("SAMPLE")
    for chart in drawn["usual"].values():
        assert isinstance(chart, charts.Chart)
        assert not [text for text in chart.figure.findobj(Text) if text.get_gid() == "watermark"]


def test_text_is_horizontal_and_no_axis_is_doubled(usual: dict[str, charts.Chart]) -> None:
    for chart in usual.values():
        texts = [text for text in chart.figure.findobj(Text) if text.get_text()]
        assert {text.get_rotation() for text in texts} == {0.0}
        places = [tuple(axes.get_position().bounds) for axes in chart.figure.axes]
        assert len(places) == len(set(places)), "two axes on one place would be a dual axis"
        assert not [axes for axes in chart.figure.axes if axes.get_legend()], "labels are direct"


# --------------------------------------------------------------------------------------------------------- the files


def test_bytes_repeat(tmp_path: Path) -> None:
    data, same = usual_board(), board(months(), context(), POPULATION)
    for draw in charts.ALL:
        one, other = draw(data), draw(same)
        assert isinstance(one, charts.Chart)
        assert isinstance(other, charts.Chart)
        first, second = charts.render(one, tmp_path / "1"), charts.render(other, tmp_path / "2")
        again = charts.render(one, tmp_path / "3")
        assert first.png.read_bytes() == second.png.read_bytes() == again.png.read_bytes(), one.name
        assert first.svg.read_bytes() == second.svg.read_bytes() == again.svg.read_bytes(), one.name


def test_files_carry_no_date_and_no_software_name(tmp_path: Path, usual: dict[str, charts.Chart]) -> None:
    rendered = charts.render(usual["seasonal"], tmp_path)
    png, svg = rendered.png.read_bytes(), rendered.svg.read_text()
    assert b"Software" not in png
    assert b"tIME" not in png
    assert "<dc:date>" not in svg
    assert "Matplotlib v" not in svg
    assert rendered.title in svg, "the SVG carries the message for readers that look for one"


def test_print_size_and_preview_size(tmp_path: Path, usual: dict[str, charts.Chart]) -> None:
    chart = usual["seasonal"]
    png = charts.render(chart, tmp_path).png.read_bytes()
    small = charts.preview(png)

    def width(picture: bytes) -> int:
        return int.from_bytes(picture[16:20], "big")

    assert width(png) == round(style.WIDTH * 180)
    assert width(small) == round(style.WIDTH * 90)
    assert len(small) < len(png) / 2


def test_another_number_gives_another_picture(tmp_path: Path) -> None:
    usual, other = seasonal.draw(usual_board()), seasonal.draw(board(months(length=47), context(), POPULATION))
    assert isinstance(usual, charts.Chart)
    assert isinstance(other, charts.Chart)
    assert (
        charts.render(usual, tmp_path / "1").png.read_bytes() != charts.render(other, tmp_path / "2").png.read_bytes()
    )


def test_order_of_the_pack() -> None:
    order = list(charts.ALL)
    assert order[:2] == [scorecard.draw, control_chart_focus.draw], "what a board reads first"
    assert order.index(control_charts_property.draw) < order.index(indexed_total.draw) < order.index(seasonal.draw)


def test_a_late_feed_is_dated_by_its_own_last_month_and_not_by_the_data_month() -> None:
    data = usual_board()
    last = pd.Timestamp(data.context.data_month) - pd.DateOffset(months=5)
    late = replace(data, series=data.series[data.series["month"] <= last])
    end = f"{last:%B %Y}"
    late = with_tables(late)
    for draw in (seasonal.draw, control_charts_property.draw):
        chart = draw(late)
        assert isinstance(chart, charts.Chart)
        assert chart.subtitle.endswith(f"to {end}"), chart.subtitle
    indexed = indexed_total.draw(late)
    assert isinstance(indexed, charts.Chart)
    assert indexed.title.endswith(f", up to {end}"), indexed.title
