"""All publishers at once on the tests' server, with the generated sample as what they have published.

What is here: which publisher has which file of a sample, and the table of addresses. What is not: each one's manners
(the players).
"""

import shutil
import zipfile
from datetime import date
from pathlib import Path

from feeds.home_office_file import HOME_BURGLARY, quarters, row, write_table
from publishers.gov_players import Nomis, gov_uk
from publishers.london_player import BOROUGH, CONTENT, HISTORY, LSOA, VAWG, WARD, Datastore
from publishers.police_uk_player import Members, PoliceUk, with_ballast
from transport.server import Server

from safer_assets.partnership import load_partnership
from safer_assets.publishers.addresses import Addresses
from safer_assets.sample import write_sample

PARTNERSHIPS = Path(__file__).resolve().parents[2] / "partnerships"
LOOKUP, HOLIDAYS, HOME_OFFICE = "/lookup.csv", "/bank-holidays.json", "/government/open-data-tables"
TABLE = "prc-csp-mar2021-mar2026-tables-230726.ods"
DASHBOARD, BREAKDOWN, VIOLENCE = "e5n6w", "exy3m", "2yod5"


def only(folder: Path, pattern: str) -> str:
    """The text of the one file of that name."""
    (path,) = folder.glob(pattern)
    return path.read_text(encoding="utf-8")


class Everyone:
    """Everybody who publishes something for the Barnet board.

    Args:
        server: Plays them all.
        folder: For the files of the sample.
        last_month: Of the Met's files; street files end two months earlier.
    """

    def __init__(self, server: Server, folder: Path, last_month: date) -> None:
        self.server, self.folder = server, folder
        self.police = PoliceUk(server)
        self.nomis = Nomis()
        files = self._made(last_month)
        self.datastore = Datastore(server, files)
        server.answer("/nomis.csv", self.nomis)
        server.put(HOLIDAYS, gov_uk(), content_type="application/json")
        rows = [row(year, quarter, "Barnet", HOME_BURGLARY, 5) for year, quarter in quarters(2025, 1)]
        table = write_table(folder / "table.ods", rows)
        server.put(f"/media/{TABLE}", table.read_bytes())
        page = f'<!doctype html><html><body><a href="{server.url}/media/{TABLE}">Tables</a></body></html>'
        server.put(HOME_OFFICE, page.encode(), content_type="text/html")

    def publish(self, last_month: date) -> None:
        """A month later: the same publishers have newer files."""
        for dataset, files in self._made(last_month).items():
            for name in list(self.datastore.files[dataset]):
                if name not in files:
                    self.datastore.files[dataset].pop(name)
            for name, text in files.items():
                self.datastore.put(dataset, name, text)
            self.datastore.updated[dataset] = f"{last_month.replace(day=28):%Y-%m-%d}T09:30:00.000Z"

    def _made(self, last_month: date) -> dict[str, dict[str, str]]:
        """Write the sample; street files and the lookup to the server, the Met's files by dataset."""
        made = self.folder / f"{last_month:%Y-%m}"
        write_sample(made, load_partnership("barnet", PARTNERSHIPS), last_month)
        with zipfile.ZipFile(made / "latest.zip") as archive:
            members: Members = {name: archive.read(name) for name in archive.namelist()}
        self.police.publish(with_ballast(members))
        newest = max(name[:7] for name in members)
        self.police.updated, self.police.months = f"{last_month.replace(day=6):%Y-%m-%d}", [newest]
        (lookup,) = made.glob("LSOA_(2011)*")
        self.server.put(LOOKUP, lookup.read_bytes(), content_type="text/csv")
        boards = {path.name: path for path in made.glob("M1045*.csv")}
        files = {dataset: dict(content) for dataset, content in CONTENT.items()}
        files[DASHBOARD] = {name: path.read_text(encoding="utf-8") for name, path in boards.items()}
        oldest, *_, newest_file = sorted(made.glob("MPS Borough*"))
        files[BREAKDOWN] |= {
            BOROUGH: newest_file.read_text(encoding="utf-8"),
            HISTORY: oldest.read_text(encoding="utf-8"),
            WARD: only(made, "MPS Ward*"),
            LSOA: only(made, "MPS LSOA*"),
        }
        files[VIOLENCE] = {VAWG: only(made, "MPS VAWG*.csv")}
        return files

    def addresses(self, path: Path) -> Path:
        """A file for SAFER_ADDRESSES that sends every request here."""
        url = self.server.url
        population = Addresses.load()["nomis_population"].partition("?")[2]
        table = {
            **self.police.addresses,
            "london_datastore": url,
            "london_dataset_listings": [f"{url}/api/v3/{{id}}"],
            "london_asb_page": f"{url}/dataset/mpsantisocialbehaviour",
            "nomis_population": f"{url}/nomis.csv?{population}",
            "ons_lookup": url + LOOKUP,
            "bank_holidays": url + HOLIDAYS,
            "home_office_page": url + HOME_OFFICE,
        }
        lines = (f"{key} = {value!r}" for key, value in table.items())
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def close(self) -> None:
        """Remove what was written."""
        shutil.rmtree(self.folder)
