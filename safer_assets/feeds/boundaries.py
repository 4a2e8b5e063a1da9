"""Boundaries of areas (GeoJSON, GeoPackage): wards, LSOAs and districts, as shapes on the National Grid.

What is here: which column says whose shape it is, and the rows of `incoming`. What is not: reading a map and its
coordinates (geography/), and which map counts where two have one area (dbt_like_sql/staging/boundaries.sql).
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from safer_assets.errors import FeedError, MapError
from safer_assets.feeds.base import FILE_ID, ROW_NUMBER, Column, Description, Feed
from safer_assets.feeds.content import Content
from safer_assets.feeds.headings import listed, plain
from safer_assets.feeds.tables import Connection
from safer_assets.geography import Layer, read_layers
from safer_assets.geography.areas import defects, mended

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

WARD, LSOA_2011, LSOA_2021, BOROUGH = "ward", "lsoa11", "lsoa21", "borough"

CODES: Final = (
    (LSOA_2021, r"lsoa21(cd|code)"),
    (LSOA_2011, r"lsoa11(cd|code)"),
    (WARD, r"(ons)?ward(cd|code)|wd\d\d(cd|code)"),
    (BOROUGH, r"lad\d\d(cd|code)|(borough|district|lad)code|ctyua\d\d(cd|code)"),
)
"""Kind -> the columns that have its codes. The smallest comes first: a map of wards may name each ward's district."""

NAMES: Final = {
    LSOA_2021: r"lsoa21(nm|name)",
    LSOA_2011: r"lsoa11(nm|name)",
    WARD: r"ward(nm|name)|wd\d\d(nm|name)",
    BOROUGH: r"lad\d\d(nm|name)|(borough|district|lad)name|ctyua\d\d(nm|name)",
}
ANY_CODE: Final = r"code|gss(code)?|areacode|geographycode|(feature|census)code"
ANY_NAME: Final = r"name|areaname|geographyname"
PREFIXES: Final = ((WARD, r"[EW]05|S13|N08"), (BOROUGH, r"[EW]0[6-9]|E10|S12|N09"))
"""Kind -> how its codes begin, where a column is only called `code`."""

SQUARE_METRES_A_HECTARE: Final = 10_000


class Boundaries(Feed):
    """A map of areas."""

    name = "boundaries"
    title = "Boundaries of areas"
    publisher = "Office for National Statistics; Ordnance Survey"
    url = "https://geoportal.statistics.gov.uk/"
    loaded = True
    text_columns = (
        *("kind", "code", "name", "shape", "defect", "geometry", "area_hectares"),
        *("west", "south", "east", "north"),
    )
    raw_columns = (
        FILE_ID,
        ROW_NUMBER,
        Column("kind", "VARCHAR", "What the area is: ward, lsoa11, lsoa21 or borough (any district)."),
        Column("code", "VARCHAR", "GSS code."),
        Column("name", "VARCHAR", "Name as published; NULL where the map has codes alone."),
        Column(
            "geometry",
            "BLOB",
            "Outline as well-known binary, in metres of the British National Grid (EPSG:27700), valid: one that "
            "crossed itself is mended.",
            "unhex(geometry)",
        ),
        Column("area_hectares", "DOUBLE", "Area of that outline in hectares."),
        Column("mended", "BOOLEAN", "Whether the published outline crossed itself.", "coalesce(defect, '') <> ''"),
    )

    def recognises(self, content: Content) -> bool:
        """A GeoPackage, or a GeoJSON feature collection."""
        return content.kind == "gpkg" or (content.kind == "json" and content.what == "GeoJSON")

    def describe(self, content: Content, con: Connection) -> Description:
        """Features and what they carry; a map has no months.

        Raises:
            FeedError: The file is cut off, empty of features, too big, of things that are neither wards nor LSOAs nor
                districts, or in other coordinates than it says.
        """
        del con  # neither format is DuckDB's here
        layers = self._layers(content.path, content.name)
        rows = sum(len(layer.properties) for layer in layers)
        columns = tuple(column for layer in layers for column in layer.columns)
        return Description("", None, None, False, rows, columns)

    def read(self, con: Connection, path: Path, file_id: str) -> None:
        """Append the features of a landed map to the temp table `incoming`, every cell as text."""
        import pandas as pd

        layers = self._layers(path, f"landed file {file_id}")
        frame = pd.concat([_cells(layer) for layer in layers], ignore_index=True)
        con.register("features", frame.assign(row_number=range(1, len(frame) + 1)))
        con.execute(
            "insert into incoming by name select ? as file_id, cast(row_number as integer) as row_number, "  # noqa: S608 # our own names
            f"{', '.join(self.text_columns)} from features order by row_number",
            [file_id],
        )
        con.unregister("features")

    def _layers(self, path: Path, name: str) -> list[Layer]:
        """The layers that have features, each known to be of one kind and in coordinates that can be used."""
        try:
            layers = [layer for layer in read_layers(path) if layer.properties]
            for layer in layers:
                layer.on_grid()
                _identity(layer)
        except MapError as error:
            raise self._refusal(name, str(error)) from error
        if not layers:
            raise self._refusal(name, "it has no features. Fetch it again, or export it again.")
        return layers

    def _refusal(self, name: str, problem: str) -> FeedError:
        return FeedError(f"{name}: recognised as {self.title}, but {problem} Nothing of it was landed.")


def _identity(layer: Layer) -> tuple[str, str, str | None]:
    """What the layer's areas are, and the columns of their codes and (where it has them) names.

    Raises:
        MapError: No column has codes of wards, LSOAs or districts.
    """
    for kind, pattern in CODES:
        if column := _column(layer, pattern):
            return kind, column, _column(layer, NAMES[kind]) or _column(layer, ANY_NAME)
    column = _column(layer, ANY_CODE)
    code = next((code for code in _texts(layer, column) if code), "") if column else ""
    for kind, prefix in PREFIXES:
        if column and re.match(prefix, code):
            return kind, column, _column(layer, NAMES[kind]) or _column(layer, ANY_NAME)
    where = f"its layer {layer.name}" if layer.name else "it"
    found = f"{column} begins with {code!r}" if column else f"found {listed(layer.columns) or 'no column'}"
    raise MapError(
        f"{where} has no column of codes of wards (WD24CD), LSOAs (LSOA21CD, LSOA11CD) or districts (LAD24CD): "
        f"{found}. Take a map whose columns are called so, and of a GeoPackage only such layers."
    )


def _column(layer: Layer, pattern: str) -> str | None:
    return next((column for column in layer.columns if re.fullmatch(pattern, plain(column))), None)


def _texts(layer: Layer, column: str | None) -> list[str | None]:
    """The cells of a column as text, blanks at their ends removed; None where nothing is left."""
    cells = (row.get(column) if column else None for row in layer.properties)
    return [None if cell is None or isinstance(cell, bytes) else str(cell).strip() or None for cell in cells]


def _cells(layer: Layer) -> "pd.DataFrame":
    """The columns of `incoming` of one layer's features."""
    import numpy as np
    import pandas as pd
    from shapely import area, bounds, is_empty, is_missing, to_wkb

    kind, code, name = _identity(layer)
    published = layer.on_grid()
    box = bounds(published)
    there = np.isfinite(box).all(axis=1)  # a place far off has no place on the grid, and an empty shape none anywhere
    nothing = np.full(len(published), None, dtype=object)
    shapes = mended(np.where(there, published, nothing))
    usable = ~is_missing(shapes) & ~is_empty(shapes)

    def text(values: "NDArray[np.generic]") -> "NDArray[np.object_]":
        return np.where(usable, values.astype(str).astype(object), nothing)

    return pd.DataFrame(
        {
            "kind": kind,
            "code": _texts(layer, code),
            "name": _texts(layer, name),
            "shape": [_shape(shape) for shape in np.where(usable, shapes, published)],
            "defect": np.where(usable, defects(np.where(usable, published, nothing)), nothing),
            "geometry": np.where(usable, to_wkb(shapes, hex=True), nothing),
            "area_hectares": text(np.round(area(shapes) / SQUARE_METRES_A_HECTARE, 4)),
            **{side: text(box[:, position]) for position, side in enumerate(("west", "south", "east", "north"))},
        },
        dtype=object,
    )


def _shape(shape: "BaseGeometry | None") -> str | None:
    return None if shape is None or shape.is_empty else str(shape.geom_type)
