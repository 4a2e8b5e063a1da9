"""The newest operation: what was counted before and after, what chance and placebos make of it, and what may be said.

What is here: which result is shown, and its words. What is not: the panels (operation_panels.py), and the paragraphs,
which are made with the numbers (evidence/claims.py).
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from safer_assets.charts import mapping, operation_panels, reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.operation_panels import Interval
from safer_assets.charts.operation_unplaced import unplaced, unplaced_note
from safer_assets.charts.origin import Origin, source_line
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from safer_assets.charts.context import BoardData, Row

NAME = "operations"
MAP_WIDTH = 2.55
BESIDE = 0.3  # inches between intervals and map
MONTHS_HEIGHT = 1.75
EARLIER = 12  # months drawn before the window before
PARTS = ("response", "control", "buffer")
TESTS = {"operation": "Operation", "plus_6": "6 months after", "plus_12": "12 months after"}
SHORT_SOURCES = {
    "mps_ward": "ward files",
    "mps_dashboard": "dashboard wards",
    "mps_lsoa": "small-area files",
    "police_uk_street": "street files",
}


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw the operation that began last, by the first of its offences that can be counted."""
    context = data.context
    rows = [row for row in data.rows("operations") if row["position"] == 0]
    if not rows:
        return NoChart(NAME, "No operation is registered (operations.toml in the partnership's folder).")
    counted = [row for row in rows if row["test"] == "operation" and _is_known(row["response_before"])]
    if not counted:
        return NoChart(NAME, f"{rows[0]['name']}: {rows[0]['refusal']}.")
    lead = counted[0]
    before, after = (_window(lead, name) for name in ("before", "after"))
    series = _series(data, lead, before[0] - EARLIER)
    shapes = _shapes(data, lead)
    shown = [_interval(data, row) for row in counted if _is_known(row["local"])]
    told = (("What can be said", str(lead["can_say"])), ("What cannot be said", str(lead["cannot_say"])))
    words = style.Words(
        title=_message(data, lead),
        subtitle=f"{_name(data, lead)} a month, {lead['name']} in {context.area_name}, "
        f"{reading.span(*after)} against {reading.span(*before)}",
        notes=(
            *_notes(lead, are_intervals=bool(shown)),
            unplaced_note(data, counted),
            *((mapping.borders_note(context),) if shapes else ()),
        ),
        source_line=source_line(context, _origins(data, lead)),
    )
    inside = style.WIDTH - 2 * style.MARGIN
    left = operation_panels.intervals_height(shown) + operation_panels.counts_height(_counts(lead))
    right = operation_panels.place_height(shapes, MAP_WIDTH) if shapes else 0.0
    second = MONTHS_HEIGHT + 0.5
    text_top = second + max(left, right) + 0.2
    page = style.page(context, words, body=text_top + operation_panels.paragraphs_height(inside, told))
    axes = page.axes(0.35, 0.0, inside - 0.35 - operation_panels.LABELS, MONTHS_HEIGHT)
    operation_panels.months(axes, series, before, after)
    wide = inside - ((MAP_WIDTH + BESIDE) if shapes else 0.0)
    operation_panels.counts(page, second, wide, _counts(lead))
    if shown:
        operation_panels.intervals(page, second + operation_panels.counts_height(_counts(lead)), wide, shown)
    if shapes:
        parts = {part: set(str(lead[f"{'' if part == 'response' else part + '_'}units"]).split()) for part in PARTS}
        operation_panels.place(page, inside - MAP_WIDTH, second, MAP_WIDTH, shapes, parts)
    operation_panels.paragraphs(page, text_top, inside, told)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=" ".join(
            (f"Page of an operation. {words.title}. {words.subtitle}.", *(f"{at}: {text}" for at, text in told))
        ),
        table=_table(data, rows),
        source_line=words.source_line,
        figure=page.figure,
    )


def _notes(lead: Row, *, are_intervals: bool) -> tuple[str, ...]:
    told = [str(lead["assumed"])] if lead["assumed"] else []
    if are_intervals:
        told.append(
            "Change where the operation was, less that in areas matched in size and crime. Thin line: plain 95% "
            "interval, which is too narrow for crime. Thick line: what placebo operations justify."
        )
    return tuple(told)


def _message(data: BoardData, lead: Row) -> str:
    """'Burnt Oak: 106 residential burglaries against 105, and no claim can be made'."""
    counts = f"{wording.count(_count(lead['response_after']))} against {wording.count(_count(lead['response_before']))}"
    name = wording.in_sentence(_name(data, lead))
    verdict = {
        "fell more": "fell by more than in matched areas",
        "rose more": "rose by more than in matched areas",
        "not told from chance": "did not differ from matched areas by more than chance",
    }.get(str(lead["verdict"]), "")
    if not verdict:
        return f"{lead['name']}: {counts} in {name}, and nothing can be claimed of the operation"
    return f"{lead['name']}: {name} {verdict} ({counts})"


def _name(data: BoardData, row: Row) -> str:
    return str(data.indicator_rows[str(row["indicator"])]["name"])


def _window(row: Row, name: str) -> tuple[int, int]:
    return wording.month_number(_day(row[f"{name}_start"])), wording.month_number(_day(row[f"{name}_end"]))


def _series(data: BoardData, lead: Row, first: int) -> dict[str, dict[int, int]]:
    """Part -> month number -> count, from month number `first` on, for the result that is shown."""
    found: dict[str, dict[int, int]] = {}
    for row in data.rows("operation_months"):
        number = wording.month_number(_day(row["month"]))
        if _is_of(row, lead) and number >= first:
            found.setdefault(str(row["part"]), {})[number] = _count(row["offences"])
    return {part: found[part] for part in PARTS if part in found}


def _origins(data: BoardData, lead: Row) -> set[Origin]:
    rows = [row for row in data.rows("operation_months") if _is_of(row, lead)]
    return {Origin(str(row["source"]), str(row["scheme"]), f"{_day(row['vintage']):%Y-%m}") for row in rows}


def _is_of(row: Row, lead: Row) -> bool:
    return all(row[key] == lead[key] for key in ("operation_id", "indicator", "source"))


def _shapes(data: BoardData, lead: Row) -> Mapping[str, BaseGeometry]:
    """The outlines of the board's own units of the kind that the result is counted by."""
    if lead["unit_kind"] == "small_area":
        return mapping.unit_shapes(data)
    wards = mapping.shapes(data, "ward")
    return dict(zip(wards.codes, wards.outlines, strict=True))


def _counts(lead: Row) -> list[tuple[str, int, int]]:
    """Words, count before and count after of each part that there is."""
    words = {part: text for part, (_, _, text) in operation_panels.LOOKS.items()}
    words["buffer_control"] = "areas matched to those"
    known = [part for part in words if _is_known(lead[f"{part}_before"])]
    return [(words[part], _count(lead[f"{part}_before"]), _count(lead[f"{part}_after"])) for part in known]


def _interval(data: BoardData, row: Row) -> Interval:
    return Interval(
        f"{_name(data, row)}, {SHORT_SOURCES.get(str(row['source']), str(row['source']))}",
        _number(row["local"]),
        (_number(row["local_low"]), _number(row["local_high"])),
        (_number(row["local_calibrated_low"]), _number(row["local_calibrated_high"])),
    )


def _table(data: BoardData, rows: list[Row]) -> pd.DataFrame:
    columns = [
        *("Offence", "Source", "Test", "Before", "After", "Matched before", "Matched after"),
        *("Next to it before", "Next to it after", "Unplaced before", "Unplaced after"),
        *("Against matched areas", "Interval by placebos", "What may be said"),
    ]
    return table(columns, [_cells(data, row) for row in rows])


def _cells(data: BoardData, row: Row) -> list[object]:
    counts = [
        _count(row[f"{part}_{when}"]) if _is_known(row[f"{part}_{when}"]) else None
        for part in PARTS
        for when in ("before", "after")
    ]
    local, low, high = (_number(row[name]) for name in ("local", "local_calibrated_low", "local_calibrated_high"))
    ends = [wording.signed_count(int(wording.rounded(end))) for end in (low, high) if not isnan(end)]
    return [
        _name(data, row),
        SHORT_SOURCES.get(str(row["source"]), "none"),
        TESTS[str(row["test"])],
        *counts,
        *unplaced(data, row, str(row["test"])).cells,
        None if isnan(local) else wording.signed_count(int(wording.rounded(local))),
        " to ".join(ends) or None,
        str(row["verdict"] or row["refusal"]),
    ]


def _is_known(cell: object) -> bool:
    import pandas as pd

    return not pd.isna(cell)  # type: ignore[call-overload]  # one cell


def _count(cell: object) -> int:
    return int(str(cell))


def _number(cell: object) -> float:
    return float(str(cell)) if _is_known(cell) else float("nan")


def _day(cell: object) -> date:
    import pandas as pd

    return pd.Timestamp(str(cell)).date()
