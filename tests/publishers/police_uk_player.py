"""data.police.uk as the tests' server plays it: the page of archives, the archive, and the API with its traps.

What is here: its content and its manners. What is not: what a client should make of them (test_police_uk*.py).
"""

import hashlib
import io
import json
import random
import time
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shapely import Point, Polygon
from transport.server import Request, Response, Server

from safer_assets.partnership import load_partnership
from safer_assets.sample.street import write_archive
from safer_assets.sample.world import invent_world, month_number

PARTNERSHIPS = Path(__file__).resolve().parents[2] / "partnerships"
SLUG = "metropolitan"
FORCES = {
    "city-of-london": "City of London Police",
    "essex": "Essex Police",
    "metropolitan": "Metropolitan Police Service",
    "west-yorkshire": "West Yorkshire Police",  # after ours, so that our newest month is not at the archive's end
}
ARCHIVE = "/data/archive/latest.zip"
CATEGORIES = {"all-crime": "All crime", "anti-social-behaviour": "Anti-social behaviour", "burglary": "Burglary"}
BALLAST = 50_000
"""Bytes of each file of the other forces; they cannot be packed."""

Members = dict[str, bytes]


def street_name(month: str, slug: str = SLUG, kind: str = "street") -> str:
    """As the archive names a file."""
    return f"{month}/{month}-{slug}-{kind}.csv"


def sample_members(folder: Path, newest: date) -> Members:
    """The force's 36 street files of the invented archive that ends with a month."""
    path = folder / f"{newest:%Y-%m}.zip"
    write_archive(path, invent_world(load_partnership("barnet", PARTNERSHIPS), 1998), month_number(newest))
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_ballast(members: Members) -> Members:
    """The same archive with what else is in one: other forces, and other kinds of file."""
    months = sorted({name[:7] for name in members})
    rng = random.Random(7)  # noqa: S311 # not a secret
    return members | {
        street_name(month, slug, kind): rng.randbytes(BALLAST)
        for month in months
        for slug, kind in (
            *((slug, "street") for slug in FORCES if slug != SLUG),
            (SLUG, "outcomes"),
            (SLUG, "stop-and-search"),
        )
    }


def packed(members: Members) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name), members[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def packed_size(archive: bytes, name: str) -> int:
    """Bytes of one member in an archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return found.getinfo(name).compress_size


def directory_size(archive: bytes) -> int:
    """Bytes of an archive's directory, to its end."""
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return len(archive) - found.start_dir


@dataclass
class Crime:
    """A crime of the API."""

    id: int
    longitude: float
    latitude: float
    category: str = "burglary"
    month: str = "2026-08"
    location_type: str = "Force"
    outcome: str = "Under investigation"

    def shown(self) -> dict[str, object]:
        """As the API gives it."""
        is_crime = self.category != "anti-social-behaviour"
        return {
            "category": self.category,
            "location_type": self.location_type,
            "location": {
                "latitude": f"{self.latitude:.6f}",
                "street": {"id": 1_000_000 + self.id, "name": f"On or near Street {self.id}, end"},
                "longitude": f"{self.longitude:.6f}",
            },
            "context": "",
            "outcome_status": {"category": self.outcome, "date": self.month} if is_crime else None,
            "persistent_id": hashlib.sha256(str(self.id).encode()).hexdigest() if is_crime else "",
            "id": self.id,
            "location_subtype": "",
            "month": self.month,
        }


class PoliceUk:
    """The publisher.

    Attributes:
        updated: The day of the last update.
        months: What the API has, newest first.
        crimes: What the API has in them.
        too_many: Crimes above which it answers 503 without a body.
        answers_for: The month that it answers for whatever was asked; empty for the one that was.
        asked: When each polygon was asked for, and how many corners it had.
    """

    def __init__(self, server: Server, *, too_many: int = 10_000) -> None:
        self.server, self.too_many = server, too_many
        self.updated: object = "2026-10-05"
        self.months: list[str] = ["2026-07"]
        self.crimes: list[Crime] = []
        self.categories: Mapping[str, str] = CATEGORIES
        self.forces: Mapping[str, str] = FORCES
        self.answers_for = ""
        self.asked: list[tuple[float, int]] = []
        server.answer("/api/", self._answer)

    @property
    def addresses(self) -> dict[str, str]:
        """For the table of addresses."""
        return {
            "police_uk_api": f"{self.server.url}/api",
            "police_uk_archive": self.server.url + ARCHIVE,
            "police_uk_archive_index": f"{self.server.url}/data/archive/",
        }

    def publish(self, members: Members, *, md5: str | None = None, size: str | None = None) -> bytes:
        """Put an archive in the place of the newest, and its row on the page."""
        archive = packed(members)
        self.server.put(ARCHIVE, archive, content_type="application/zip")
        found = hashlib.md5(archive, usedforsecurity=False).hexdigest() if md5 is None else md5
        shown = f"{len(archive) / 1e6:.1f} MB" if size is None else size
        month = max((name[:7] for name in members), default="")
        page = (
            "<html><body><h1>Archive</h1><ul>"
            f'<li><a href="/data/archive/{month}.zip">{month}</a> <span>({shown})</span> <code>MD5: {found}</code></li>'
            '<li><a href="/data/archive/2013-12.zip">December 2013</a> (1.1 GB) MD5: '
            + "0" * 32
            + "</li></ul></body></html>"
        )
        self.server.put("/data/archive/", page.encode(), content_type="text/html; charset=utf-8")
        return archive

    def busiest_second(self) -> int:
        """The most polygons that were asked for within any second."""
        times = sorted(when for when, _ in self.asked)
        return max(sum(start <= when < start + 1 for when in times) for start in times)

    def _answer(self, request: Request) -> Response:
        method = request.path.removeprefix("/api/")
        if method == "crime-last-updated":
            return Response.json({"date": self.updated})
        if method == "forces":
            return Response.json([{"id": slug, "name": name} for slug, name in self.forces.items()])
        if method == "crimes-street-dates":
            return Response.json([{"date": month, "stop-and-search": ["essex"]} for month in self.months])
        if method == "crime-categories":
            return Response.json([{"url": slug, "name": name} for slug, name in self.categories.items()])
        if method.startswith("crimes-street/") and request.method == "POST":
            return self._crimes(method.removeprefix("crimes-street/"), request.form)
        return Response(b"", 404)

    def _crimes(self, category: str, form: Mapping[str, str]) -> Response:
        """Crimes in a polygon. Unknown categories are all crime, and months it cannot read are its newest."""
        corners = [tuple(map(float, pair.split(","))) for pair in form["poly"].split(":")]
        self.asked.append((time.monotonic(), len(corners)))
        polygon = Polygon([(longitude, latitude) for latitude, longitude in corners])
        month = form.get("date", "")
        month = self.answers_for or (month if len(month) == 7 else self.months[0])
        only = category if category in CATEGORIES and category != "all-crime" else None
        found = [
            crime.shown()
            for crime in self.crimes
            if crime.month == month
            and only in (None, crime.category)
            and polygon.covers(Point(crime.longitude, crime.latitude))
        ]
        return Response(b"", 503) if len(found) > self.too_many else Response.json(found)


def grid_map(path: Path, *, side: int = 4, name: str = "Barnet", skip: Iterable[int] = ()) -> Path:
    """A GeoJSON map of side x side small areas in a box of 0.16 degrees, and one of a neighbour east of it."""
    step = 0.16 / side
    features = []
    for number in range(side * side):
        west, south = -0.30 + step * (number % side), 51.55 + step * (number // side)
        if number not in set(skip):
            features.append(_square(f"E0199{number:04}", f"{name} {number + 1:03}A", west, south, step))
    features.append(_square("E01998000", "Enfield 001A", -0.14, 51.55, 0.16))
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def district_map(path: Path, code: str = "E09000003") -> Path:
    """A GeoJSON map with the outline of the district of grid_map."""
    feature = _square("", "", -0.30, 51.55, 0.16) | {"properties": {"code": code, "name": "Barnet"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    return path


def _square(code: str, name: str, west: float, south: float, size: float) -> dict[str, object]:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"LSOA21CD": code, "LSOA21NM": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
