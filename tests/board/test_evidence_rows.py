"""evidence.csv: the columns other tools rely on, numbers as they are read, nothing that a spreadsheet runs."""

import csv
import io
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from safer_assets.board.evidence_rows import EVIDENCE_COLUMNS, evidence_csv, evidence_of
from safer_assets.errors import PackError
from safer_assets.evidence import chance

ROW = {
    "indicator": "violence_with_injury",
    "area_code": "E09000003",
    "window": "r12",
    "end_month": pd.Timestamp(2023, 2, 1),
    "value": 2324,
    "prior_value": 2271,
    "p_value": 0.442997,
    "rate_ratio": 1.023338,
    "rr_low": 0.965055,
    "rr_high": 1.085144,
    "dispersion": 2.045,
    "spc_signal": "none",
    "london_position": "lower",
    "grade": "no clear change",
    "reason": "2,324 against 2,271: p = 0.59 after widening, so within chance",
}


def frame(*others: dict[str, object]) -> pd.DataFrame:
    """The row with others of its cells replaced, once for each."""
    return pd.DataFrame([{**ROW, **other} for other in others or ({},)])


def cells(rows: pd.DataFrame) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(evidence_csv(evidence_of(rows)).decode())))


def test_the_columns_are_those_of_the_contract() -> None:
    assert evidence_csv(()).decode() == (
        "indicator,area_code,window,end_month,value,prior_value,p_value,rate_ratio,rr_low,rr_high,"
        "dispersion,spc_signal,london_position,grade,reason\n"
    )


def test_numbers_have_fixed_decimals_and_months_no_day() -> None:
    (row,) = cells(frame())
    assert list(row.values()) == [
        *("violence_with_injury", "E09000003", "r12", "2023-02", "2324", "2271", "0.4430", "1.023", "0.965", "1.085"),
        *("2.05", "none", "lower", "no clear change", ROW["reason"]),
    ]


@pytest.mark.parametrize(
    ("p_value", "shown"),
    [(1.0, "1.0000"), (0.0001, "0.0001"), (0.00004, "0.000040"), (8.24e-16, "8.2E-16"), (1e-300, "1.0E-300")],
)
def test_a_small_p_value_is_not_zero(p_value: float, shown: str) -> None:
    (row,) = cells(frame({"p_value": p_value}))
    assert row["p_value"] == shown
    assert float(row["p_value"]) == pytest.approx(p_value, rel=0.05)


def test_counts_far_apart_have_a_p_value_above_zero_too() -> None:
    p_value = float(chance.exact(20_000, 10_000).p_value)
    assert 0 < p_value <= float(chance.widened(20_000, 10_000, 1.0).p_value)
    (row,) = cells(frame({"value": 20_000, "prior_value": 10_000, "p_value": p_value}))
    assert row["p_value"] == "1.0E-300"


def test_what_is_not_there_is_empty() -> None:
    numbers = ("prior_value", "p_value", "rate_ratio", "rr_low", "dispersion")
    nothing: dict[str, object] = dict.fromkeys(numbers, np.nan)
    (row,) = evidence_of(frame({**nothing, "rr_high": np.inf, "value": 10}))
    assert [getattr(row, name) for name in (*numbers, "rr_high")] == [None] * 6
    assert row.value == 10
    (written,) = cells(frame(dict.fromkeys(numbers)))
    assert [written[name] for name in numbers] == [""] * 5


def test_rows_come_in_the_order_of_their_keys() -> None:
    rows = evidence_of(frame({"window": "r3"}, {"area_code": "E01"}, {"indicator": "burglary"}))
    assert [(row.area_code, row.indicator, row.window) for row in rows] == [
        ("E01", "violence_with_injury", "r12"),
        ("E09000003", "burglary", "r12"),
        ("E09000003", "violence_with_injury", "r3"),
    ]
    assert rows[0].rate_ratio == Decimal("1.023")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d"])
def test_no_text_is_run_as_a_formula(start: str) -> None:
    (row,) = cells(frame({"reason": f"{start}1+1\nnext"}))
    assert row["reason"] == f"'{start}1+1 next"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"value": 2324.5}, "value is 2324.5, which is no whole number"),
        ({"p_value": 1.2}, "p-value of 1.2"),
        ({"p_value": 0.0}, "p-value of 0.0"),
        ({"grade": ""}, "violence_with_injury E09000003 r12 to 2023-02 has no grade"),
    ],
)
def test_a_wrong_row_is_refused_by_name(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(PackError, match=said):
        evidence_of(frame(wrong))


def test_a_missing_column_and_a_second_row_are_refused() -> None:
    with pytest.raises(PackError, match="'grade' is missing"):
        evidence_of(frame().drop(columns="grade"))
    with pytest.raises(PackError, match="stands twice"):
        evidence_of(frame({}, {}))
    assert set(ROW) == set(EVIDENCE_COLUMNS)
