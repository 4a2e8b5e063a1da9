"""Protects: series become results with every column of the model, and nothing is claimed where a rule forbids it."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from safer_assets.evidence.operations_frame import assessed

SIDE = 8
UNITS = [(column, row) for column in range(SIDE) for row in range(SIDE)]
RESPONSE = {(1, 1), (1, 2), (2, 1), (2, 2)}
START = date(2020, 1, 1)
MONTHS = 66
FIRST = date(2023, 1, 1)
MODEL = Path(__file__).parents[2] / "dbt_like_sql" / "marts" / "operations.sql"
NONE = np.array([], dtype="datetime64[s]")


def name(unit: tuple[int, int]) -> str:
    return f"U{unit[0]}{unit[1]}"


def series(fall: float) -> dict[tuple[int, int], list[int]]:
    """Poisson months of 20 crimes a unit; the response area's fall by a share in the year 2023."""
    random = np.random.default_rng(20)
    months = pd.date_range(START, periods=MONTHS, freq="MS")
    during = months.year == FIRST.year
    return {unit: random.poisson(20 * np.where(during & (unit in RESPONSE), 1 - fall, 1.0)).tolist() for unit in UNITS}


def rows(fall: float = 0.0, **other: object) -> pd.DataFrame:
    """Rows as marts/operations.sql gives them: one operation, offence and source."""
    counts = series(fall)
    usual: dict[str, object] = {
        "operation_id": "north",
        "position": 0,
        "name": "North",
        "indicator": "burglary",
        "offence_position": 0,
        "offence": "burglary",
        "counted": "offences",
        "source": "mps_lsoa",
        "unit_kind": "small_area",
        "start_day": pd.Timestamp(FIRST),
        "first_month": pd.Timestamp(FIRST),
        "months": 12,
        "end_day": pd.Timestamp("2023-12-31"),
        "registered_on": pd.Timestamp("2022-12-01"),
        "assumed": "",
        "claim": "",
        "claim_source": "",
        "claim_change_pct": float("nan"),
        "minimum_base": 50,
        "reason": "",
        "hectares": 20.0,
        "fit": 1.0,
        "other_months": NONE,
        "series_start": pd.Timestamp(START),
        "breaks": NONE,
    }
    found = []
    for column, row in UNITS:
        beside = {(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)} & set(UNITS)
        is_near = any(unit in RESPONSE for unit in beside)
        part = "response" if (column, row) in RESPONSE else "buffer" if is_near else "elsewhere"
        near = " ".join(name(unit) for unit in sorted(beside))
        cells = {"unit_code": name((column, row)), "part": part, "near": near, "touches": near}
        found.append({**usual, **cells, "counts": counts[(column, row)], **other})
    return pd.DataFrame(found)


@cache
def result(fall: float) -> pd.DataFrame:
    return assessed(rows(fall))


def main(found: pd.DataFrame) -> pd.Series:
    return found[found["test"] == "operation"].iloc[0]


def test_the_columns_are_those_of_the_model() -> None:
    header = re.findall(r"^-- @column (\w+)", MODEL.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(result(0.5).columns) == sorted(header)


def test_a_large_fall_that_was_registered_is_claimed() -> None:
    row = main(result(0.5))
    assert row["response_before"] > 900
    assert row["response_after"] < 600
    assert (row["verdict"], row["refusal"]) == ("fell more", "")
    assert row["local_calibrated_high"] < 0
    assert row["local_calibrated_low"] <= row["local_low"], "calibrating never makes an interval narrower"
    assert "told from chance" in row["can_say"]


def test_nothing_done_is_nothing_claimed() -> None:
    row = main(result(0.0))
    assert row["verdict"] == "not told from chance"
    assert row["local_calibrated_low"] < 0 < row["local_calibrated_high"]


def test_it_is_tested_again_after_6_and_12_months_against_months_before_the_operation() -> None:
    found = result(0.5).set_index("test")
    assert found.index.tolist() == ["operation", "plus_6", "plus_12"]
    assert found.loc["operation", "before_start"] == pd.Timestamp("2022-01-01")
    six = found.loc["plus_6"]
    assert (six["after_start"], six["before_end"]) == (pd.Timestamp("2024-07-01"), pd.Timestamp("2022-06-01"))
    assert six["can_say"].startswith("6 months on, in July 2024 to June 2025")
    assert found.loc["plus_12", "before_end"] == pd.Timestamp("2022-12-01")


def _with_another() -> pd.DataFrame:
    """Another operation in one unit of the response area, in the last month of the window before."""
    found = rows(0.5)
    there = np.array(["2022-12-01"], dtype="datetime64[s]")
    return found.assign(other_months=found["unit_code"].map(lambda code: there if code == "U11" else NONE))


REFUSED: list[tuple[str, Callable[[], pd.DataFrame]]] = [
    ("not registered", lambda: rows(0.5, registered_on=pd.NaT)),
    ("it was registered on 6 February 2023", lambda: rows(0.5, registered_on=pd.Timestamp("2023-02-06"))),
    ("another operation was in its area", _with_another),
    ("assumed", lambda: rows(0.5, assumed="Nobody knows when.")),
    ("2022-07", lambda: rows(0.5, breaks=np.array(["2022-07-01"], dtype="datetime64[s]"))),
    ("needs 100000", lambda: rows(0.5, minimum_base=100_000)),
]


@pytest.mark.parametrize(("why", "make"), REFUSED, ids=[why for why, _ in REFUSED])
def test_no_claim_stands_where_a_rule_forbids_it(why: str, make: Callable[[], pd.DataFrame]) -> None:
    row = main(assessed(make()))
    assert row["verdict"] == ""
    assert why in row["refusal"]
    assert not re.search(r"was to be expected|displacement quotient", row["can_say"])


def test_an_area_without_units_has_one_row_with_the_reason() -> None:
    blank = (
        rows().head(1).assign(unit_code="", part="", reason="Its area lies outside the wards of Camden: correct it.")
    )
    found = assessed(blank)
    assert len(found) == 1
    assert found["response_before"].isna().all()
    assert "lies outside the wards of Camden" in found["cannot_say"].item()
    assert found["can_say"].item() == ""


def test_an_offence_without_a_source_says_that_no_file_has_it() -> None:
    blank = (
        rows().head(1).assign(unit_code="", part="", source="", unit_kind="", claim="Down 35%", claim_source="Paper.")
    )
    found = assessed(blank)
    assert "no landed file counts burglary below the borough" in found["cannot_say"].item()
    assert "cannot be checked" in found["cannot_say"].item()


def test_a_claim_without_dates_is_held_against_every_window() -> None:
    found = main(assessed(rows(0.5, assumed="Nobody knows.", claim="Down 40%", claim_change_pct=-40.0)))
    # Of each length, every start from which the window and the same months a year later lie in the months there are.
    assert found["windows"] == sum(MONTHS - 12 - length + 1 for length in range(3, 13))
    assert 0 < found["windows_as_claimed"] < found["windows"]


def test_no_window_that_a_claim_is_held_against_crosses_a_break() -> None:
    claimed = {"assumed": "Nobody knows.", "claim": "Down 40%", "claim_change_pct": -40.0}
    first = 18
    month = np.array([START], dtype="M8[M]") + first
    found = main(assessed(rows(0.5, breaks=month.astype("M8[s]"), **claimed)))
    whole = [
        (start, length)
        for length in range(3, 13)
        for start in range(MONTHS - 12 - length + 1)
        if not start < first <= start + 12 + length - 1
    ]
    assert found["windows"] == len(whole) > 0


def test_months_with_some_days_of_the_operation_are_neither_before_nor_after_it() -> None:
    days = {"start_day": pd.Timestamp("2022-12-15"), "end_day": pd.Timestamp("2024-01-20")}
    found = assessed(rows(0.5, **days)).set_index("test")
    # Twelve months from January 2023: those a year before hold the operation's first days, in December 2022.
    assert found.loc["operation", "before_start"] == pd.Timestamp("2021-01-01")
    assert found.loc["plus_6", "after_start"] == pd.Timestamp("2024-08-01"), "six months from 20 January are in July"


def test_no_operation_gives_an_empty_frame_with_types() -> None:
    found = assessed(rows().head(0))
    assert found.empty
    assert str(found["response_before"].dtype) == "Int64"
    assert str(found["local"].dtype) == "float64"
