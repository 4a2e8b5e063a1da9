"""How areas lie to one another, and polygons that people draw.

What is here: which areas border on each other, which are near, which lie inside a polygon, and reading that polygon.
What is not: whose areas they are.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from safer_assets.errors import MapError
from safer_assets.geography import grid
from safer_assets.geography.maps import geojson_layer, read_layers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

GAP_METRES: Final = 2.0
"""Maps that were simplified leave slivers between areas that border on each other; this wide ones are none."""

SHORTEST_BORDER_METRES: Final = 15.0
"""Areas that touch along less only meet at a corner: simplifying alone makes such borders."""


def mended(shapes: "NDArray[np.object_]") -> "NDArray[np.object_]":
    """The areas without outlines that cross themselves, (n,); lines and points that were in them are gone.

    A shape that is no area becomes an empty one.
    """
    from shapely import make_valid

    return make_valid(shapes, method="structure", keep_collapsed=False)


def defects(shapes: "NDArray[np.object_]") -> "NDArray[np.object_]":
    """What is wrong with each outline, as 'Self-intersection[524170 190020]'; empty where nothing is."""
    import numpy as np
    from shapely import is_valid, is_valid_reason

    return np.where(is_valid(shapes), "", is_valid_reason(shapes))


def neighbours(shapes: "Sequence[BaseGeometry] | NDArray[np.object_]") -> "NDArray[np.bool_]":
    """Which areas share a border of more than a corner: (n, n), symmetric, False on the diagonal."""
    import numpy as np
    from shapely import STRtree, boundary, buffer, intersection, length

    areas = np.asarray(shapes, dtype=object)
    found = np.zeros((len(areas), len(areas)), dtype=bool)
    one, other = STRtree(areas).query(areas, predicate="dwithin", distance=GAP_METRES)
    one, other = one[one < other], other[one < other]
    lines, wide = boundary(areas), buffer(areas, GAP_METRES, quad_segs=2)
    shared = length(intersection(lines[one], wide[other])) >= SHORTEST_BORDER_METRES
    found[one[shared], other[shared]] = found[other[shared], one[shared]] = True
    return found


def within(
    shapes: "Sequence[BaseGeometry] | NDArray[np.object_]", area: "BaseGeometry", metres: float
) -> "NDArray[np.bool_]":
    """Which shapes have any part within `metres` of an area, (n,); those that overlap or touch it do."""
    import numpy as np
    from shapely import dwithin, prepare

    prepare(area)
    return np.asarray(dwithin(area, np.asarray(shapes, dtype=object), metres), dtype=bool)


def units_of(polygon: "BaseGeometry", units: "Mapping[str, BaseGeometry]") -> tuple[str, ...]:
    """The codes of the units of which more than half the area lies inside a polygon, in code order."""
    import numpy as np
    from shapely import area, intersection

    codes = sorted(units)
    shapes = np.array([units[code] for code in codes], dtype=object)
    if not codes:
        return ()
    inside = area(intersection(shapes, polygon)) > area(shapes) / 2
    return tuple(np.array(codes)[inside].tolist())


def read_polygon(source: Path | str | Mapping[str, object]) -> "BaseGeometry":
    """An area that somebody drew, in metres of the British National Grid; several features are one area together.

    Args:
        source: A GeoJSON or GeoPackage file, GeoJSON as text, or GeoJSON as it was parsed.

    Raises:
        MapError: It cannot be read, its coordinate system is another one, it is no area, crosses itself, or lies
            outside Great Britain; names the file, what is wrong and where.
    """
    import numpy as np
    from shapely import get_type_id, is_empty, total_bounds, union_all

    name, shapes = _read(source)
    shapes = shapes[np.array([shape is not None for shape in shapes], dtype=bool)]
    shapes = shapes[~is_empty(shapes)] if len(shapes) else shapes
    if not len(shapes):
        raise MapError(f"{name}: it has no shape. Draw the area as a polygon and save it again.")
    if not np.isin(get_type_id(shapes), (3, 6)).all():
        raise MapError(f"{name}: it has points or lines, where an area is wanted. Draw the area as a polygon.")
    # First, because an outline at infinity has no valid reason.
    if grid.outside(box := total_bounds(shapes)):
        places = ", ".join(f"{side:.6g}" for side in box)
        raise MapError(
            f"{name}: it lies outside Great Britain (metres of the National Grid from west, south to east, north: "
            f"{places}). Are longitude and latitude, or easting and northing, the wrong way round?"
        )
    if crossing := next((reason for reason in defects(shapes) if reason), ""):
        raise MapError(
            f"{name}: its outline is not that of an area: {crossing} (metres of the National Grid). Mend it where it "
            "was drawn: which side is inside must not be guessed."
        )
    return union_all(shapes)


def _read(source: Path | str | Mapping[str, object]) -> "tuple[str, NDArray[np.object_]]":
    """What messages call it, and its shapes on the grid."""
    import numpy as np

    is_text = isinstance(source, str) and source.lstrip().startswith("{")
    name = "the polygon" if is_text or isinstance(source, Mapping) else Path(source).name
    try:
        if isinstance(source, Mapping):
            layers = [geojson_layer(dict(source))]
        elif is_text:
            layers = [geojson_layer(json.loads(str(source)))]
        else:
            layers = read_layers(Path(source))
        return name, np.concatenate([layer.on_grid() for layer in layers]) if layers else np.array([], dtype=object)
    except MapError as error:
        raise MapError(f"{name}: {error}") from error
    except OSError as error:
        raise MapError(f"{name}: it cannot be read ({error.strerror or error}). Correct the path.") from error
    except (ValueError, RecursionError) as error:
        raise MapError(f"{name}: it is not GeoJSON ({error}).") from error
