"""Rules of maps: whose shape each feature is, and whether it can be measured and drawn.

What is here: what a map must hold, and why. What is not: coordinate systems, which are refused at landing (feeds/).
"""

from typing import Final

from safer_assets.geography import grid
from safer_assets.quality.cells import quoted, text
from safer_assets.quality.expect import ANALYSTS, ERROR, WARN, Expect
from safer_assets.quality.kinds import EachRow, NoTwoRows, matches
from safer_assets.quality.rules.common import file_has_rows

FEED: Final = "boundaries"

_SHAPES: Final = r"ward:(?:[EW]05|S13|N08)\d{6}|lsoa(?:11|21):[EW]01\d{6}|borough:(?:[EW]0[6-9]|E10|S12|N09)\d{6}"
_IS_AREA: Final = "coalesce(shape, '') in ('Polygon', 'MultiPolygon')"
_ON_GRID: Final = (
    "try_cast(west as double) >= 0 and try_cast(south as double) >= 0 "
    f"and try_cast(east as double) <= {grid.WIDTH_METRES} and try_cast(north as double) <= {grid.HEIGHT_METRES}"
)
_WHOSE: Final = "coalesce(code, 'an area without a code')"
_AGAIN: Final = "Fetch the map again from its publisher, or export it again."


RULES: Final[tuple[Expect, ...]] = (
    file_has_rows(FEED),
    Expect(
        FEED,
        "code_has_its_shape",
        "Every area has a code of the map's kind of area",
        ("kind", "code"),
        EachRow(
            "kind || ':' || " + text("code"),
            matches(_SHAPES),
            quoted("is not a code of the map's kind of area", text("code")) + " || ' (' || kind || ')'",
        ),
        ERROR,
        why="Crimes and residents are joined to shapes by code; an area without one stays blank on every map.",
        next_step=_AGAIN,
    ),
    Expect(
        FEED,
        "one_row_a_key",
        "No area stands twice",
        ("kind", "code"),
        NoTwoRows(("kind", "code"), where=text("code") + " <> ''"),
        ERROR,
        why="Two shapes for one area: which of them is drawn and measured would be chance.",
        next_step="Join the parts of each area into one feature, or take the publisher's own map.",
        who=ANALYSTS,
    ),
    Expect(
        FEED,
        "shape_is_an_area",
        "Every shape is an area",
        ("shape",),
        EachRow(
            f"case when {_IS_AREA} then 'area' else {text('shape')} end",
            matches("area"),
            f"{_WHOSE} || case value when '' then ' has no shape' else ' is a ' || value end",
        ),
        ERROR,
        why="An area that is empty, a line or a point has no inside that crimes could lie in.",
        next_step=_AGAIN,
    ),
    Expect(
        FEED,
        "inside_great_britain",
        "Every area lies inside the grid of Great Britain",
        ("shape", "west", "south", "east", "north"),
        EachRow(
            f"case when {_ON_GRID} then 'inside' else 'outside' end",
            matches("inside"),
            f"{_WHOSE} || ' lies outside (west ' || {text('west')} || ', south ' || {text('south')} || ' metres)'",
            where=_IS_AREA,
        ),
        ERROR,
        why="Longitude and latitude, or easting and northing, may be the wrong way round.",
        next_step="Export the map again with longitude before latitude, or on the National Grid.",
    ),
    Expect(
        FEED,
        "outline_does_not_cross_itself",
        "No outline crosses or touches itself",
        ("code", "defect"),
        EachRow(text("defect"), matches(""), f"{_WHOSE} || ' was mended: ' || value"),
        WARN,
        why="Such an outline has no certain inside; it was mended, which moves no border that can be seen on a map.",
        next_step="Nothing, if the place is a corner where the area touches itself; else fetch the map again.",
        who=ANALYSTS,
        scope="file",
    ),
)
