"""Protects: an operation's page shows its counts and paragraphs, and says why where it cannot be drawn."""

import datetime
from pathlib import Path

import pandas as pd
import pytest
from chart_boards import context, indicator_frame
from operation_tables import CAN, CANNOT, of_operation, results

from safer_assets.board.operations import OtherCrime, told_operations
from safer_assets.charts import operations, render
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.context import BoardData

UNPLACED = (
    "Unplaced, before and after, and in no count here: burglary 1 of 1,700 (0.1%) and 42 of 2,000 (2.1%) of the "
    "borough's offences have no ward."
)


def board(rows: pd.DataFrame, *, maps: bool = True, unplaced: pd.DataFrame | None = None) -> BoardData:
    about = context(data_month=datetime.date(2024, 12, 1), sources={"mps_ward": "Met recorded crime by ward"})
    tables = of_operation(rows, maps=maps) | ({} if unplaced is None else {"operation_unplaced": unplaced})
    return BoardData(about, pd.DataFrame(), pd.DataFrame(), indicator_frame(), tables)


def drawn(data: BoardData) -> Chart:
    chart = operations.draw(data)
    assert isinstance(chart, Chart)
    return chart


def texts(chart: Chart) -> str:
    from matplotlib.text import Text

    return " ".join(item.get_text() for item in chart.figure.findobj(Text) if isinstance(item, Text))


@pytest.mark.parametrize("maps", [True, False])
def test_the_page_shows_counts_and_both_paragraphs(tmp_path: Path, maps: bool) -> None:
    chart = drawn(board(results(), maps=maps))
    assert chart.title == "North: 62 against 120 in burglary, and nothing can be claimed of the operation"
    assert "January 2024 to June 2024 against January 2023 to June 2023" in chart.subtitle
    shown = texts(chart)
    for words in (CAN, CANNOT):
        assert words in shown.replace("\n", " ")
        assert words in chart.alt
    assert "\u221258" in shown, "the change in counts"
    assert UNPLACED in shown.replace("\n", " ")
    assert chart.source_line.startswith("Source: Met recorded crime by ward, vintage 2024-12.")
    assert render(chart, tmp_path).png.stat().st_size > 20_000


def test_a_claim_is_the_title_only_with_a_verdict() -> None:
    chart = drawn(board(results(verdict="fell more", refusal="")))
    assert chart.title == "North: burglary fell by more than in matched areas (62 against 120)"


def test_the_table_has_every_test_and_offence() -> None:
    table = drawn(board(results())).table
    assert table["Test"].tolist() == ["Operation", "6 months after", "Operation"]
    assert table["Before"].tolist()[0] == 120
    assert table["Before"].isna().tolist() == [False, True, True]
    assert (table["Unplaced before"].iloc[0], table["Unplaced after"].iloc[0]) == ("0.1%", "2.1%")
    assert table["Interval by placebos"].iloc[0] == "\u2212120 to +4"


def test_without_an_operation_or_counts_the_reason_is_given() -> None:
    nothing = operations.draw(board(results().head(0)))
    assert isinstance(nothing, NoChart)
    assert nothing.reason.startswith("No operation is registered")
    uncounted = operations.draw(board(results().tail(1)))
    assert isinstance(uncounted, NoChart)
    assert uncounted.reason == "North: it was registered late."


def test_the_pack_tells_paragraphs_claims_and_other_crime() -> None:
    (told,) = told_operations(board(results()))
    burglary, asb = told.results
    assert (burglary.offence, burglary.can_say, burglary.cannot_say) == ("Burglary", CAN, CANNOT)
    assert (burglary.unplaced, asb.unplaced) == (UNPLACED, ""), "beside counts, and only there"
    assert burglary.later == ("Whether it lasted 6 months on cannot be said: the counts end.",)
    assert (asb.claim, asb.later) == ("ASB down 35%", ()), "nothing lasted that could not be counted"
    assert told.others == (OtherCrime("Theft", "ward files", 196, 222, "not known", "4.4%"),)


def test_later_months_that_were_counted_have_their_own_share_beside_them() -> None:
    rows = results()
    rows.loc[rows["test"] == "plus_6", "response_before"] = 80
    shares = of_operation(rows)["operation_unplaced"]
    later_share = shares.head(1).assign(test="plus_6", unplaced_before=-3, total_before=1500, unplaced_after=50)
    data = board(rows, unplaced=pd.concat([shares, later_share.assign(total_after=1000)]))
    (told,) = told_operations(data)
    (later,) = told.results[0].later
    assert (
        "burglary \u22123 of 1,500 (\u22120.2%) and 50 of 1,000 (5.0%) of the borough's offences have no ward" in later
    )
