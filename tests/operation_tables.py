"""One made-up operation as the tables that its chart and section read: burglary in ward files, and ASB nowhere."""

import pandas as pd
from shapely import box

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


def of_operation(rows: pd.DataFrame, *, maps: bool = True) -> dict[str, pd.DataFrame]:
    """The tables beside these rows: monthly counts of its areas, other crime, and the map of four wards."""
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
    unplaced = pd.DataFrame(
        [
            ("north", "mps_ward", "burglary", "operation", 1, 1700, 42, 2000),
            ("north", "mps_ward", "theft", "operation", None, None, 290, 6584),
        ],
    )
    of = [f"{part}_{window}" for window in ("before", "after") for part in ("unplaced", "total")]
    unplaced.columns = pd.Index(["operation_id", "source", "indicator", "test", *of])
    return {
        "operations": rows,
        "operation_months": part_months,
        "map_shapes": shapes,
        "operation_other_crimes": others,
        "operation_unplaced": unplaced,
    }
