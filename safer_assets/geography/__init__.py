"""Maps and shapes: what a map file holds, in which coordinates, and how areas lie to one another.

What is here: reading GeoJSON and GeoPackage (maps.py), coordinate systems (grid.py), polygons that people draw and how
units lie to them (areas.py). What is not: which map is landed (landing/), whose crimes lie where (SQL), drawing
(charts/).

Shapes are shapely's; lengths are metres of the British National Grid (EPSG:27700) unless a name says otherwise.
"""

from safer_assets.geography.areas import neighbours, read_polygon, units_of, within
from safer_assets.geography.maps import Layer, read_layers

__all__ = ["Layer", "neighbours", "read_layers", "read_polygon", "units_of", "within"]
