"""Protects: an operation's area becomes the units it is made of, and one that is made of none says why."""

import pandas as pd
import pytest
from shapely import box
from shapely.geometry.base import BaseGeometry

from safer_assets.geography.operation_areas import COLUMNS, operation_units

SIDE = 1000.0  # metres
WEST, SOUTH = 520_000.0, 190_000.0


def cell(column: float, row: float, wide: float = 1.0, tall: float = 1.0) -> BaseGeometry:
    """A rectangle on a grid of one-kilometre squares."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return box(west, south, west + wide * SIDE, south + tall * SIDE)


SQUARES = {f"U{column}{row}": cell(column, row) for column in range(4) for row in range(3)}


def ground(
    area: dict[str, BaseGeometry | None], *, units: dict[str, BaseGeometry] = SQUARES, buffer: int = 500, wkt: str = ""
) -> pd.DataFrame:
    """Rows as the SQL gives them: an area's parts, and the units of one kind."""
    usual = {"operation_id": "north", "area_name": "Camden", "buffer_metres": buffer}
    rows = [
        {
            **usual,
            "role": "area",
            "unit_kind": "",
            "code": code,
            "geometry": None if shape is None else bytearray(shape.wkb),
            "outline": wkt,
        }
        for code, shape in area.items()
    ]
    rows += [
        {**usual, "role": "unit", "unit_kind": "ward", "code": code, "geometry": bytearray(shape.wkb), "outline": ""}
        for code, shape in units.items()
    ]
    return operation_units(pd.DataFrame(rows))


def of(found: pd.DataFrame, part: str) -> set[str]:
    return set(found.loc[found["part"] == part, "unit_code"])


def only_reason(found: pd.DataFrame) -> str:
    assert len(found) == 1
    assert found["unit_code"].item() == ""
    return str(found["reason"].item())


def test_a_ward_is_itself_and_its_neighbours_are_the_buffer() -> None:
    found = ground({"U11": SQUARES["U11"]})
    assert of(found, "response") == {"U11"}
    assert of(found, "buffer") == {f"U{column}{row}" for column in range(3) for row in range(3)} - {"U11"}
    assert of(found, "elsewhere") == {"U30", "U31", "U32"}
    row = found[found["unit_code"] == "U11"].iloc[0]
    assert row["touches"] == "U01 U10 U12 U21", "corners are no borders"
    assert row["hectares"] == pytest.approx(100)
    assert row["fit"] == pytest.approx(1)


def test_without_a_buffer_nothing_is_near() -> None:
    found = ground({"U11": SQUARES["U11"]}, buffer=0)
    assert of(found, "buffer") == set()
    assert set(found["near"]) == {""}
    assert (found["touches"] != "").all()


def test_a_drawn_area_is_the_units_that_lie_mostly_in_it() -> None:
    found = ground({"outline": None}, wkt=cell(-0.05, 0.0, 2.15, 1.0).wkt)
    assert of(found, "response") == {"U00", "U10"}
    assert found["fit"].iloc[0] == pytest.approx(2.0 / 2.15, abs=1e-6)


def test_several_parts_are_one_area_and_parts_of_a_unit_are_one_unit() -> None:
    split = {code: shape for code, shape in SQUARES.items() if code != "U00"}
    usual = ground({"U10": SQUARES["U10"], "U20": SQUARES["U20"]}, units=split)
    assert of(usual, "response") == {"U10", "U20"}


@pytest.mark.parametrize(
    ("area", "why"),
    [
        (cell(20, 20), "Its area lies outside the wards of Camden"),
        (cell(3, 0, 2.0, 1.0), "Its area lies for 50% of its size outside the wards of Camden"),
        (cell(0.3, 0.3, 0.4, 0.4), "Its area is not made of whole wards: the nearest share 1% with it"),
        (cell(0.5, 0, 1.0, 1.0), "Its area is not made of whole wards"),
    ],
)
def test_an_area_that_is_not_made_of_units_says_why(area: BaseGeometry, why: str) -> None:
    assert only_reason(ground({"outline": None}, wkt=area.wkt)).startswith(why)


def test_a_code_that_no_map_has_is_named() -> None:
    told = only_reason(ground({"E05999999": None, "U00": SQUARES["U00"]}))
    assert told.startswith("Its area is not in this data: no landed map has E05999999.")


def test_without_any_map_that_is_the_reason() -> None:
    assert only_reason(ground({"outline": None}, units={}, wkt=cell(0, 0).wkt)).startswith("No map of wards")


def test_no_operation_gives_an_empty_frame_with_its_columns() -> None:
    empty = pd.DataFrame(
        columns=["operation_id", "area_name", "buffer_metres", "role", "unit_kind", "code", "geometry", "outline"]
    )
    found = operation_units(empty)
    assert tuple(found.columns) == COLUMNS
    assert found["fit"].dtype == "float64"
