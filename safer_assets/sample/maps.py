"""Invented boundaries: a map of wards and one of LSOAs of 2021, as GeoJSON in longitude and latitude.

What is here: outlines of the areas of world.py, and the bend that makes their straight edges look like borders. What is
not: which areas there are. Every corner and every snap point goes through one bend, so a point stays in its area.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from safer_assets.sample.world import BOX, Bounds, Floats, World, small_areas, wards

_STEP = (0.00125, 0.00175)
"""Degrees between the points of an outline: an eighth of an LSOA at home, so that neighbours share every point."""

# How far, and over which length, the bend moves places (degrees). Its slopes stay below 1/2: nothing folds over.
_EAST, _EAST_WAVE, _NORTH, _NORTH_WAVE = 0.0022, 0.031, 0.0024, 0.043
_DECIMALS = 7  # of a degree: a centimetre


def bent(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Where a place of the straight map lies on the bent one."""
    west, south, *_ = BOX
    east = longitude + _EAST * np.sin(2 * np.pi * (latitude - south) / _EAST_WAVE + 1.0)
    north = latitude + _NORTH * np.sin(2 * np.pi * (longitude - west) / _NORTH_WAVE + 2.0)
    return east, north


def write_wards(path: Path, world: World) -> None:
    """Writes the wards of the home area and its neighbours."""
    found = [ward for area in (world.home, *world.neighbours) for ward in wards(world, area)]
    names = ("WD24CD", "WD24NM")
    _write(path, ((dict(zip(names, (w.code, w.name), strict=True)), w.bounds) for w in found if w.bounds))


def write_small_areas(path: Path, world: World) -> None:
    """Writes the LSOAs of 2021 of the home area and its neighbours."""
    found = {one.code21: one for area in (world.home, *world.neighbours) for one in small_areas(world, area)}
    names = ("LSOA21CD", "LSOA21NM")
    _write(path, ((dict(zip(names, (a.code21, a.name21), strict=True)), a.bounds21) for a in found.values()))


def _write(path: Path, features: Iterable[tuple[dict[str, str], Bounds]]) -> None:
    content = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "Polygon", "coordinates": [_ring(bounds)]},
            }
            for properties, bounds in features
        ],
    }
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


def _ring(bounds: Bounds) -> list[list[float]]:
    """The bent outline of a box, from its south-western corner against the clock, closed."""
    west, south, east, north = bounds
    across = np.linspace(west, east, max(2, round((east - west) / _STEP[0]) + 1))
    up = np.linspace(south, north, max(2, round((north - south) / _STEP[1]) + 1))
    longitude = np.concatenate([across, np.full(up.size - 1, east), across[-2::-1], np.full(up.size - 1, west)])
    latitude = np.concatenate([np.full(across.size, south), up[1:], np.full(across.size - 1, north), up[-2::-1]])
    points = np.round(np.column_stack(bent(longitude, latitude)), _DECIMALS).tolist()
    return [*points[:-1], points[0]]
