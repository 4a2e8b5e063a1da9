"""Which small areas an operation's area is, and how they lie to one another.

What is here: from shapes to units, a pure function from frame to frame (models/computed.py). What is not: crimes.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from safer_assets.geography.areas import neighbours, units_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

COLUMNS: Final = ("operation_id", "unit_kind", "unit_code", "part", "hectares", "near", "touches", "fit", "reason")
PLURAL: Final = {"ward": "wards", "small_area": "small areas"}
LEAST_INSIDE: Final = 0.90
"""The share of an operation's area that must lie where this partnership's crimes are counted."""
LEAST_FIT: Final = 0.75
"""The least overlap, as a share of area and units together, at which the units stand for the area."""


def operation_units(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Every unit of each operation's ground: whether it is in the response area or near it, and who is next to it.

    Args:
        rows: operation_id, area_name (of the partnership), buffer_metres, role, unit_kind, code, geometry (WKB) and
            outline (WKT). Role `area`: a part of the operation's area, with neither where no map has it; role `unit`: a
            part of the unit `code` of `unit_kind`, one row a shape.

    Returns:
        A row a unit: part is `response`, `buffer` or `elsewhere`; near and touches are unit codes separated by blanks
        (within the buffer distance; sharing a border); fit is the area that operation and response units share, as a
        share of both together. An operation that is made of no units of a kind has one row with the reason and no code.
    """
    import pandas as pd

    found: list[tuple[object, ...]] = []
    for operation, of in rows.groupby("operation_id", sort=True):
        area_rows, unit_rows = of[of["role"] == "area"], of[of["role"] == "unit"]
        missing = sorted(area_rows.loc[area_rows["geometry"].isna() & (area_rows["outline"] == ""), "code"])
        first = of.iloc[0]
        kinds = sorted(unit_rows["unit_kind"].unique()) or [""]
        for kind in kinds:
            place = (operation, kind)
            if missing:
                found.append((*place, *_none(_no_map(missing))))
            elif not kind:
                found.append((*place, *_none("No map of wards or small areas is landed: land one.")))
            else:
                units = unit_rows[unit_rows["unit_kind"] == kind]
                area = _union(area_rows)
                found += [
                    (*place, *unit)
                    for unit in _units(area, units, str(first["area_name"]), int(first["buffer_metres"]))
                ]
    text = dict.fromkeys(COLUMNS, "str")
    return pd.DataFrame(found, columns=list(COLUMNS)).astype(text | {"hectares": "float64", "fit": "float64"})


def _units(area: "BaseGeometry", rows: "pd.DataFrame", area_name: str, buffer_metres: int) -> list[tuple[object, ...]]:
    """The rows of one operation and kind, without their first two cells."""
    import numpy as np
    from shapely import STRtree, union_all
    from shapely import area as square_metres

    shapes = {str(code): _union(parts) for code, parts in rows.groupby("code", sort=True)}
    codes, outlines = tuple(shapes), np.array(list(shapes.values()), dtype=object)
    kind = PLURAL[str(rows["unit_kind"].iloc[0])]
    inside = area.intersection(union_all(outlines)).area / area.area
    if inside < LEAST_INSIDE:
        where = "lies" if inside == 0 else f"lies for {_percent(1 - inside)} of its size"
        return [_none(f"Its area {where} outside the {kind} of {area_name}: correct the area.")]
    response = np.isin(codes, units_of(area, shapes))
    covered = union_all(outlines[response])
    fit = area.intersection(covered).area / area.union(covered).area
    if fit < LEAST_FIT:
        return [_none(f"Its area is not made of whole {kind}: the nearest share {_percent(fit)} with it.")]
    near = np.zeros((len(codes), len(codes)), dtype=bool)
    if buffer_metres:
        one, other = STRtree(outlines).query(outlines, predicate="dwithin", distance=buffer_metres)
        near[one, other] = True
        np.fill_diagonal(near, val=False)
    part = np.where(response, "response", np.where(near[response].any(axis=0), "buffer", "elsewhere"))
    touches = neighbours(outlines)
    hectares = square_metres(outlines) / 10_000
    return [
        (code, part[at], hectares[at], _listed(codes, near[at]), _listed(codes, touches[at]), fit, "")
        for at, code in enumerate(codes)
    ]


def _none(reason: str) -> tuple[object, ...]:
    return "", "", float("nan"), "", "", float("nan"), reason


def _no_map(missing: Sequence[str]) -> str:
    shown = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
    return f"Its area is not in this data: no landed map has {shown}. Correct the code, or land the map."


def _union(rows: "pd.DataFrame") -> "BaseGeometry":
    from shapely import from_wkb, from_wkt, union_all

    pairs = zip(rows["geometry"], rows["outline"], strict=True)
    return union_all([from_wkt(outline) if outline else from_wkb(bytes(blob)) for blob, outline in pairs])


def _listed(codes: Sequence[str], flags: "NDArray[np.bool_]") -> str:
    return " ".join(code for code, flag in zip(codes, flags, strict=True) if flag)


def _percent(share: float) -> str:
    """Whole per cents, half away from zero; never 0 or 100 for what is not."""
    return f"{min(max(int(100 * share + 0.5), 1), 99)}%"
