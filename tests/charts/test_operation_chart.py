"""Protects: an operation's page shows its counts and paragraphs, and says why where it cannot be drawn."""

import datetime
from pathlib import Path

import pandas as pd
import pytest
from chart_boards import context, indicator_frame
from shapely import box

from safer_assets.board.operations import told_operations
from safer_assets.charts import operations, render
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.context import BoardData
from safer_assets.evidence.operations_frame import COUNTS, FLAGS, NUMBERS, TEXTS

MONTHS = pd.date_range("2022-01-01", "2024-12-01", freq="MS")
CAN = "The files count 62 offences of burglary in North, against 120."
CANNOT = "No claim is made: it was registered late."


def results(**other: object) -> pd.DataFrame:
    """One operation's rows as the table has them: burglary in ward files, with its later tests, and ASB nowhere."""
    usual: dict[str, object] = dict.fromkeys(TEXTS, "") | dict.fromkeys([*COUNTS, *NUMBERS, *FLAGS])
    usual |= {"operation_id": "north", "name": "North", "position": 0, "offence_position": 0}
    usual |= {"indicator": "burglary", "source": "mps_ward", "unit_kind": "ward", "refusal": "it was registered late"}
    days = {"before_start": "2023-01-01", "before_end": "2023-06-01", "after_start": "2024-01-01"}
    usual |= {name: pd.Timestamp(day) for name, day in {**days, "after_end": "2024-06-01"}.items()}
    parts = ("response", "control", "buffer", "buffer_control")
    counts = {f"{part}_{when}": 100 + at for at, part in enumerate(parts) for when in ("before", "after")}
    counts |= {"response_before": 120, "response_after": 62}
    local = {"local": -58.0, "local_low": -90.0, "local_high": -26.0}
    local |= {"local_calibrated_low": -120.0, "local_calibrated_high": 4.0}
    units = {"units": "W0", "control_units": "W3", "buffer_units": "W1"}
    main = {**usual, **counts, **local, **units, "test": "operation", "can_say": CAN, "cannot_say": CANNOT, **other}
    later = {**usual, "test": "plus_6", "cannot_say": "Whether it lasted 6 months on cannot be said: the counts end."}
    none = {**usual, "indicator": "asb_incidents", "source": "", "offence_position": 1, "test": "operation"}
    none |= {"cannot_say": "ASB in North cannot be judged.", "claim": "ASB down 35%", "claim_source": "A newsletter."}
    return pd.DataFrame([main, later, none]).convert_dtypes()


def board(rows: pd.DataFrame, *, maps: bool = True) -> BoardData:
    part_months = pd.DataFrame(
        [
            ("north", "burglary", "mps_ward", part, month, "mps-2024", pd.Timestamp("2024-12-01"), 10 + at)
            for at, part in enumerate(("response", "control", "buffer"))
            for month in MONTHS
        ],
        columns=["operation_id", "indicator", "source", "part", "month", "scheme", "vintage", "offences"],
    )
    shapes = pd.DataFrame(
        [
            ("ward", f"W{at}", f"Ward {at}", bytearray(box(at * 900, 0, at * 900 + 900, 900).wkb), None)
            for at in range(4)
        ][: 4 if maps else 0],
        columns=["kind", "code", "name", "geometry", "unit_code"],
    )
    others = pd.DataFrame([("north", "mps_ward", "ward", "theft", 196, 222)])
    others.columns = pd.Index(["operation_id", "source", "unit_kind", "indicator", "before", "after"])
    tables = {
        "operations": rows,
        "operation_months": part_months,
        "map_shapes": shapes,
        "operation_other_crimes": others,
    }
    about = context(data_month=datetime.date(2024, 12, 1), sources={"mps_ward": "Met recorded crime by ward"})
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
    assert burglary.later == ("Whether it lasted 6 months on cannot be said: the counts end.",)
    assert (asb.claim, asb.later) == ("ASB down 35%", ()), "nothing lasted that could not be counted"
    assert [(other.name, other.before, other.after) for other in told.others] == [("Theft", 196, 222)]
