"""The tables of maps for boards to draw: a borough of square wards, each of four small areas, with made-up counts.

What is here: frames of the shapes that board/tables.py gives. What is not: tests.
"""

import numpy as np
import pandas as pd
from shapely import box, to_wkb

from safer_assets.charts.context import BoardData
from safer_assets.geography.grid import to_longitude_latitude

WARDS = ("Abbey", "Bishop's Meadow and Castle Hill", "Canal", "Dale", "Elm", "Ferry")
SIDE = 1_000.0  # metres of a small area
WEST, SOUTH = 524_000.0, 190_000.0
MIDDLE_YEAR = 2021


def of_board(plain: BoardData) -> dict[str, pd.DataFrame]:
    """The tables for a board's own area and data month; none where it has no monthly figures of its own."""
    own = plain.series[plain.series["area_code"] == plain.context.area_code]
    if own.empty:
        return {}
    known = set(own["indicator"])
    end = pd.Timestamp(plain.context.data_month)
    random = np.random.default_rng(20230515)
    small = [(f"E01900{n:03}", f"{plain.context.area_name} {n // 4 + 1:03}{'ABCD'[n % 4]}") for n in range(24)]
    return {
        "map_shapes": _shapes(small),
        "ward_rates": _rates(
            [(f"E0590000{n}", name) for n, name in enumerate(WARDS)],
            [slug for slug in ("total_notifiable_offences", "residential_burglary") if slug in known],
            random.integers(30, 900, len(WARDS)),
            ("mps_ward", end),
        ),
        "small_area_rates": _rates(
            [(code, f"{name} ({WARDS[n // 4]})") for n, (code, name) in enumerate(small)],
            ["burglary"] * ("burglary" in known),
            random.integers(0, 60, len(small)),
            ("mps_lsoa", end),
        ),
        "small_area_unplaced": _unplaced(end),
        "street_points": _points(random, end),
        "street_unplaced": pd.DataFrame(
            {"month": pd.date_range(end=end, periods=12, freq="MS"), "unplaced_rows": 12, "force_rows": 900}
        ),
    }


def _square(number: int) -> tuple[float, float]:
    """South-western corner of small area `number`: wards are three across, their small areas two by two."""
    ward, part = divmod(number, 4)
    return WEST + SIDE * (2 * (ward % 3) + part % 2), SOUTH + SIDE * (2 * (ward // 3) + part // 2)


def _shapes(small: list[tuple[str, str]]) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for number, name in enumerate(WARDS):
        west, south = _square(4 * number)
        outline = to_wkb(box(west, south, west + 2 * SIDE, south + 2 * SIDE))
        rows.append(("ward", f"E0590000{number}", None, None, name, bytearray(outline)))  # as DuckDB hands them over
    for number, (code, name) in enumerate(small):
        west, south = _square(number)
        outline = to_wkb(box(west, south, west + SIDE, south + SIDE))
        rows.append(("lsoa21", code, code, f"E0590000{number // 4}", name, bytearray(outline)))
    return pd.DataFrame(rows, columns=["kind", "code", "unit_code", "ward_code", "name", "geometry"])


def _rates(
    areas: list[tuple[str, str]], slugs: list[str], counts: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    origin: tuple[str, pd.Timestamp],
) -> pd.DataFrame:  # fmt: skip
    source, end = origin
    rows = [
        (slug, code, name, int(count) // (1 + 9 * place), 12, end, 400 if n == 3 else 1_500 + 10 * n, MIDDLE_YEAR)
        for place, slug in enumerate(slugs)
        for n, ((code, name), count) in enumerate(zip(areas, counts.tolist(), strict=True))
    ]
    columns = ["indicator", "code", "name", "offences", "months", "end_month", "population", "mid_year"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(source=source, scheme="mps-before-2024", vintage=f"{end:%Y-%m}")


def _unplaced(end: pd.Timestamp) -> pd.DataFrame:
    months = pd.date_range(end=end, periods=12, freq="MS")
    pairs = [("mps_ward", "total_notifiable_offences"), ("mps_lsoa", "burglary")]
    frames = [
        pd.DataFrame({"source": s, "indicator": i, "month": months, "unplaced": 3, "total": 250}) for s, i in pairs
    ]
    return pd.concat(frames, ignore_index=True)


def _points(random: np.random.Generator, end: pd.Timestamp) -> pd.DataFrame:
    places = np.column_stack([random.uniform(WEST, WEST + 6 * SIDE, 80), random.uniform(SOUTH, SOUTH + 4 * SIDE, 80)])
    degrees = to_longitude_latitude(places)
    return pd.DataFrame(
        {
            "longitude": degrees[:, 0],
            "latitude": degrees[:, 1],
            "location": [f"On or near Street {n}" for n in range(80)],
            "crimes": random.integers(0, 40, 80),
            "asb_incidents": random.integers(0, 40, 80),
            "start_month": end - pd.DateOffset(months=11),
            "end_month": end,
            "crime_types": 13,
            "only_type": None,
            "source": "police_uk_street",
            "vintage": f"{end - pd.DateOffset(months=11):%Y-%m}..{end:%Y-%m}",
        }
    )
