"""The data.police.uk archive, invented: 36 monthly street files of the home force in one zip.

What is here: the 12 columns, the oddities real files have (blank IDs, stray rows, rows without a place, repeated IDs)
and the zip's layout. What is not: how many records of a type there are (rates.py) and the small areas (ons.py).
"""

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from safer_assets.sample.maps import bent
from safer_assets.sample.rates import ASB, CLOSED_OUTCOMES, OPEN_OUTCOME, STREET_TYPES, StreetType
from safer_assets.sample.world import (
    World,
    bounded_years,
    draws,
    month_date,
    season,
    small_areas,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

HEADER = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
)
BTP = "British Transport Police"
ARCHIVE_MONTHS = 36
LAG = 2
"""The archive's newest month is this many months behind the Met's files."""

_POINTS = 5  # snap points of a small area
_STRAY, _NO_LOCATION = 0.04, 0.015  # shares of the force's rows
_REPEATS = 3  # rows a month whose ID stands twice, with two outcomes
_TRANSPORT_ROWS = 9  # a month
_OPEN_AT_FIRST, _OPEN_FADE, _OPEN_FOR_EVER = 0.85, 5.0, 0.04  # share under investigation; the fade is in months
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the zip's own clock, so that bytes repeat


def force_slug(force: str) -> str:
    """The force's name in file names: "Metropolitan Police Service" is `metropolitan`."""
    words = re.sub(r"\b(police|service|constabulary)\b", "", force.lower().replace("&", "and"))
    return re.sub(r"[^a-z]+", "-", words).strip("-")


def write_archive(path: Path, world: World, newest: int) -> None:
    """Writes the archive whose newest month is the month number `newest`, laid out as data.police.uk lays it out."""
    places = _Places(world)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for month in range(newest - ARCHIVE_MONTHS + 1, newest + 1):
            text = io.StringIO()
            _rows(world, places, month, newest - month).to_csv(text, index=False, lineterminator="\n")
            label = f"{month_date(month):%Y-%m}"
            member = zipfile.ZipInfo(f"{label}/{label}-{force_slug(world.force)}-street.csv", date_time=_EPOCH)
            member.external_attr = 0o644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, text.getvalue())


class _Places:
    """The small areas of the home area, then of its neighbours, with their snap points."""

    def __init__(self, world: World) -> None:
        self.codes: list[str] = []
        self.names: list[str] = []
        self.homes = 0
        bounds = []
        for area in (world.home, *world.neighbours):
            found = {place.code21: place for place in small_areas(world, area)}  # merged ones stand there twice
            self.codes += found
            self.names += [place.name21 for place in found.values()]
            bounds += [place.bounds21 for place in found.values()]
            self.homes = self.homes or len(found)
        rng = draws(world.seed, "points", world.home.code)
        size = (len(self.codes), _POINTS)
        west, south, east, north = (edge[:, None] for edge in np.array(bounds).T)
        across, up = (rng.uniform(0.05, 0.95, size) for _ in range(2))
        self.longitude, self.latitude = bent(west + (east - west) * across, south + (north - south) * up)
        self.street = rng.permutation(size[0] * size[1]).reshape(size) + 1
        weights = rng.gamma(1.5, 1.0, (len(STREET_TYPES), self.homes)) + 0.3
        self.weights = weights / weights.sum(axis=1, keepdims=True)


def _rows(world: World, places: _Places, month: int, age: int) -> "pd.DataFrame":
    """One month's file as an archive `age` months younger has it: the same records, of which fewer are still open."""
    import pandas as pd

    rng = draws(world.seed, "street", world.home.code, month)
    kind = np.repeat(np.arange(len(STREET_TYPES)), rng.poisson([_expected(t, month) for t in STREET_TYPES]))
    own = len(kind)
    crime = np.array([t.name != ASB for t in STREET_TYPES])
    shares = np.array([t.a_month for t in STREET_TYPES]) * crime
    kind = np.concatenate([kind, rng.choice(len(STREET_TYPES), rng.poisson(_TRANSPORT_ROWS), p=shares / shares.sum())])
    n = len(kind)
    transport = np.arange(n) >= own
    where = np.empty(n, dtype=np.int64)
    for position, weights in enumerate(places.weights):
        of_kind = kind == position
        where[of_kind] = rng.choice(places.homes, int(of_kind.sum()), p=weights)
    stray = (rng.random(n) < _STRAY) & ~transport
    where[stray] = rng.integers(places.homes, len(places.codes), int(stray.sum()))
    point = rng.integers(0, _POINTS, n)
    nowhere = (rng.random(n) < _NO_LOCATION) & ~transport
    street = np.char.add("On or near Sample Street ", places.street[where, point].astype(str))
    frame = pd.DataFrame(
        {
            "Crime ID": np.where(transport | ~crime[kind], "", _ids(rng, n)),
            "Month": f"{month_date(month):%Y-%m}",
            "Reported by": np.where(transport, BTP, world.force),
            "Falls within": np.where(transport, BTP, world.force),
            "Longitude": np.where(nowhere, "", np.char.mod("%.6f", places.longitude[where, point])),
            "Latitude": np.where(nowhere, "", np.char.mod("%.6f", places.latitude[where, point])),
            "Location": np.where(nowhere, "No Location", np.where(transport, "Sample Station", street)),
            "LSOA code": np.where(nowhere, "", np.array(places.codes)[where]),
            "LSOA name": np.where(nowhere, "", np.array(places.names)[where]),
            "Crime type": np.array([t.name for t in STREET_TYPES])[kind],
            "Last outcome category": np.where(crime[kind], _outcomes(rng, n, age), ""),
            "Context": "",
        },
        columns=list(HEADER),
        dtype=object,
    )
    repeated = frame.iloc[rng.choice(np.flatnonzero(crime[kind] & ~transport), _REPEATS, replace=False)].copy()
    still_open = repeated["Last outcome category"] == OPEN_OUTCOME
    repeated["Last outcome category"] = np.where(still_open, CLOSED_OUTCOMES[0][0], OPEN_OUTCOME)
    # The publisher's order: by small area, rows without a place at the end.
    frame["unplaced"] = nowhere
    repeated["unplaced"] = repeated["LSOA code"] == ""
    whole = pd.concat([frame, repeated], ignore_index=True)
    return whole.sort_values(["unplaced", "LSOA name"], kind="stable")[list(HEADER)]


def _expected(kind: StreetType, month: int) -> float:
    """Records of one type in a month of the home area."""
    return kind.a_month * float(np.exp(kind.drift * bounded_years(month))) * season(month, kind.swing, kind.peak)


def _ids(rng: np.random.Generator, n: int) -> "NDArray[np.str_]":
    """Crime IDs of 64 hexadecimal digits."""
    return np.frombuffer(rng.bytes(32 * n).hex().encode("ascii"), dtype="S64").astype(np.str_)


def _outcomes(rng: np.random.Generator, n: int, age: int) -> "NDArray[np.str_]":
    """Outcomes of n records: the older the month, the fewer are still under investigation."""
    chance, which = rng.random(n), rng.random(n)
    shares = np.cumsum([share for _, share in CLOSED_OUTCOMES])
    closed = np.minimum(np.searchsorted(shares, which), len(shares) - 1)
    still_open = chance < _OPEN_AT_FIRST * np.exp(-age / _OPEN_FADE) + _OPEN_FOR_EVER
    return np.where(still_open, OPEN_OUTCOME, np.array([name for name, _ in CLOSED_OUTCOMES])[closed])
