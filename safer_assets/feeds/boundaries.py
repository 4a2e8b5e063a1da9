"""Boundaries of areas (GeoJSON, GeoPackage): landed only.

What is here: how many features a map has and what they carry. What is not: geometry.
"""

import json
import sqlite3
from typing import Final

from safer_assets.errors import FeedError
from safer_assets.feeds.base import Description, Feed
from safer_assets.feeds.content import Content
from safer_assets.feeds.tables import Connection, identifier

GEOJSON_LIMIT_BYTES: Final = 32 << 20  # read whole, to count its features; JSON can take 25 times its size in memory


class Boundaries(Feed):
    """A map of areas."""

    name = "boundaries"
    title = "Boundaries of areas"
    publisher = "Office for National Statistics; Ordnance Survey"
    url = "https://geoportal.statistics.gov.uk/"

    def recognises(self, content: Content) -> bool:
        """A GeoPackage, or a GeoJSON feature collection."""
        return content.kind == "gpkg" or (content.kind == "json" and content.what == "GeoJSON")

    def describe(self, content: Content, con: Connection) -> Description:
        """Features and what they carry; a map has no months.

        Raises:
            FeedError: The file is cut off, empty of features, or too big to be looked through.
        """
        del con  # neither format is DuckDB's here
        rows, columns = self._geopackage(content) if content.kind == "gpkg" else self._geojson(content)
        if not rows:
            raise self._refusal(content, "it has no features")
        return Description("", None, None, False, rows, columns)

    def _geojson(self, content: Content) -> tuple[int, tuple[str, ...]]:
        size = content.path.stat().st_size
        if size > GEOJSON_LIMIT_BYTES:
            raise self._refusal(content, f"it has {size:,} bytes, more than {GEOJSON_LIMIT_BYTES:,}: take a GeoPackage")
        try:
            collection = json.loads(content.path.read_text(encoding="utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise self._refusal(content, f"it is not whole ({error})") from error
        features = collection.get("features") if isinstance(collection, dict) else None
        if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
            raise self._refusal(content, "it has no list of features")
        properties = features[0].get("properties") if features else None
        return len(features), tuple(properties) if isinstance(properties, dict) else ()

    def _geopackage(self, content: Content) -> tuple[int, tuple[str, ...]]:
        con = sqlite3.connect(f"{content.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            rows = 0
            columns: list[str] = []
            for table in feature_tables(con):
                cursor = con.execute(f"select count(*) from {identifier(table)}")  # noqa: S608 # quoted
                rows += cursor.fetchone()[0]
                columns += [field[1] for field in con.execute(f"pragma table_info({identifier(table)})")]
        except sqlite3.DatabaseError as error:
            raise self._refusal(content, f"it is damaged ({error})") from error
        finally:
            con.close()
        return rows, tuple(columns)

    def _refusal(self, content: Content, problem: str) -> FeedError:
        return FeedError(
            f"{content.name}: recognised as {self.title}, but {problem}. Nothing of it was landed; fetch it again."
        )


def feature_tables(con: sqlite3.Connection) -> list[str]:
    """The tables of features in a GeoPackage.

    A view is none: reading it would run SQL of whoever made the file, and that need not ever end.

    Raises:
        sqlite3.DatabaseError: The file is damaged.
    """
    con.execute("pragma trusted_schema = off")
    found = con.execute(
        "select distinct table_name from gpkg_contents inner join sqlite_master on name = table_name "
        "where data_type = 'features' and type = 'table' and sql not like 'create virtual%'"
    )
    return [row[0] for row in found.fetchall()]
