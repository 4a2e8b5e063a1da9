"""The London Datastore as the tests' server plays it: its listings in four shapes, and the files.

What is here: its manners, and small files of every kind it has. What is not: what a client should make of them.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from feeds.asb_files import asb_csv
from feeds.feed_files import BOROUGH_HEADER, DASHBOARD_HEADER, borough_csv, dashboard_row, table
from transport.server import Request, Response, Server

BOROUGH = "MPS Borough Level Crime (most recent 24 months).csv"
HISTORY = "MPS Borough Level Crime (Historical).csv"
WARD = "MPS Ward Level Crime (most recent 24 months).csv"
LSOA = "MPS LSOA Level Crime (most recent 24 months).csv"
DASHBOARDS = [f"M1045_MonthlyCrimeDashboard_{kind}CrimeData.csv" for kind in ("TNO", "Other", "Knife")]
VAWG = "VAWG Offence Data by Location.csv"
INCIDENTS = "MPS_Antisocial_Behaviour.csv"


def dashboard(count: str = "273", subtype: str = "Domestic Abuse") -> str:
    """A dashboard file of one row."""
    return table(
        DASHBOARD_HEADER, [[subtype if cell == "Domestic Abuse" else cell for cell in dashboard_row(count=count)]]
    )


def wide(*first: str, cells: tuple[str, ...], months: tuple[str, ...] = ("202501", "202502")) -> str:
    """A wide file of one row."""
    return table((*first, *months), [(*cells, *("1" for _ in months))])


CONTENT: dict[str, dict[str, str]] = {
    "e5n6w": {name: dashboard(str(number)) for number, name in enumerate(DASHBOARDS)},
    "exy3m": {
        BOROUGH: borough_csv(),
        HISTORY: borough_csv(months=[f"{year}{month:02}" for year in range(2018, 2022) for month in range(1, 13)],
                             rows=[("Burglary", "Domestic Burglary", "Barnet", *["1"] * 48)]),
        WARD: wide(*BOROUGH_HEADER[:2], "WardName", "WardCode", "LookUp_BoroughName",
                   cells=("Burglary", "Domestic Burglary", "Colindale", "E05013631", "Barnet")),
        LSOA: wide("LSOA Code", "LSOA Name", "Borough", "Major Category", "Minor Category",
                   cells=("E01000115", "Barnet 001A", "Barnet", "Burglary", "Domestic Burglary")),
    },
    "2yod5": {VAWG: table(
        ("bcu_location", "borough_name", "ward_name_clean_2", "recorded_date_months",
         "date_committed_from_date_months", "count"),
        [("NW", "Barnet", "Colindale", "01/02/2025", "01/01/2025", "3")])},
    "mpsantisocialbehaviour": {INCIDENTS: asb_csv()},
}  # fmt: skip
TITLES = {
    "e5n6w": "MPS Monthly Crime Dashboard Data",
    "exy3m": "MPS Recorded Crime: Geographic Breakdown",
    "2yod5": "MPS Violence Against Women and Girls",
    "mpsantisocialbehaviour": "MPS Anti-Social Behaviour",
}


class Datastore:
    """A London Datastore that holds the Met's datasets; tests change `files` and `shape` between two refreshes."""

    def __init__(self, server: Server, content: Mapping[str, Mapping[str, str]]) -> None:
        self.server = server
        self.files = {dataset: dict(files) for dataset, files in content.items()}
        self.updated = dict.fromkeys(content, "2026-11-06T09:30:00.000Z")
        self.extra: dict[str, dict[str, Any]] = {}
        self.with_hash = True
        self.relative = False
        self.listing_answers = True
        for api in ("v3", "ckan", "catalogue"):
            server.answer(f"/api/{api}", getattr(self, api))
        for dataset, files in self.files.items():
            for name in files:
                self.put(dataset, name)

    def put(self, dataset: str, name: str, text: str | None = None) -> None:
        """Put a file up, or up again with other content."""
        if text is not None:
            self.files[dataset][name] = text
        self.server.put(self.path(dataset, name), self.files[dataset][name].encode())

    def rename(self, dataset: str, old: str, new: str) -> None:
        """Put a file up under another name, at another address."""
        self.files[dataset][new] = self.files[dataset].pop(old)
        self.put(dataset, new)

    def rename_dataset(self, old: str, new: str) -> None:
        """Give a dataset another id."""
        self.files[new], self.updated[new], TITLES[new] = self.files.pop(old), self.updated.pop(old), TITLES[old]
        for name in self.files[new]:
            self.put(new, name)

    def path(self, dataset: str, name: str) -> str:
        """Where a file is."""
        return f"/download/{dataset}/{hashlib.md5(name.encode()).hexdigest()[:3]}/{name.replace(' ', '_')}"  # noqa: S324

    def resources(self, dataset: str) -> dict[str, dict[str, Any]]:
        """A dataset's files as a map by id."""
        found = {}
        for name, text in self.files[dataset].items():
            address = self.path(dataset, name)
            entry: dict[str, Any] = {"title": name, "filename": name, "format": "csv", "size": len(text.encode())}
            entry |= {"url": address if self.relative else self.server.url + address}
            entry |= {"hash": hashlib.md5(text.encode()).hexdigest()} if self.with_hash else {}  # noqa: S324
            found[hashlib.md5(name.encode()).hexdigest()[:3]] = entry | self.extra.get(name, {})  # noqa: S324
        return found

    def dataset(self, dataset: str, *, as_list: bool = False) -> dict[str, Any]:
        """A dataset as version 3 lists it, or with its files as a list."""
        found = self.resources(dataset)
        resources = [{"id": id, **entry} for id, entry in found.items()] if as_list else found
        return {"id": dataset, "title": TITLES[dataset], "updatedAt": self.updated[dataset], "resources": resources}

    def v3(self, request: Request) -> Response:
        """/api/v3/<id>."""
        name = request.path.rpartition("/")[2]
        if name not in self.files or not self.listing_answers:
            return Response.json({"error": {"message": "Not found"}}, 404)
        return Response.json(self.dataset(name))

    def ckan(self, request: Request) -> Response:
        """/api/ckan?id=<id or slug>."""
        name = request.query["id"]
        if name not in self.files:
            return Response.json({"success": False}, 404)
        return Response.json({"success": True, "result": self.dataset(name, as_list=True)})

    def catalogue(self, _request: Request) -> Response:
        """/api/catalogue: all datasets."""
        others = [{"id": "zzzzz", "title": "Trees", "resources": []}]
        return Response.json(others + [self.dataset(name, as_list=True) for name in self.files])

    def downloads(self) -> int:
        """Requests of files so far."""
        return self.server.count("/download/")
