"""A desk at which a publisher works in a test: real client, real landing, a book on disk, addresses of the test."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from safer_assets.landing import Landing, LandingReport
from safer_assets.partnership import Partnership, load_partnership
from safer_assets.publishers.addresses import Addresses
from safer_assets.publishers.book import Book
from safer_assets.publishers.desk import Desk, Publisher
from safer_assets.publishers.fetching import FetchReport, fetch_all
from safer_assets.transport.http import Http

TODAY = date(2026, 11, 22)
PARTNERSHIPS = Path(__file__).resolve().parents[2] / "partnerships"


class Place:
    """A home folder on which refresh after refresh is made.

    Attributes:
        said: What the publishers said in the last refresh.
        home: As SOURCE=live has it: landing/, fetching/, fetched/ and fetched.json.
    """

    def __init__(self, home: Path, addresses: Mapping[str, str | Sequence[str]], today: date = TODAY) -> None:
        self.home, self.today, self.said = home, today, list[str]()
        self._addresses = addresses
        self.partnership: Partnership = load_partnership("barnet", PARTNERSHIPS)

    def desk(self) -> Desk:
        """The desk of one refresh."""
        self.said.clear()
        landing = Landing(self.home / "landing")
        return Desk(
            http=Http(connect_timeout=2, read_timeout=2, attempts=2, longest_wait=0.05),
            addresses=Addresses(self._addresses),
            partnership=self.partnership,
            folder=self.home / "fetching",
            book=Book(self.home / "fetched.json"),
            is_kept=landing.is_kept,
            landed=landing.manifests(),
            today=self.today,
            say=self.said.append,
            progress=lambda _name, _done, _whole: None,
            content_path=landing.content_path,
        )

    def fetch(self, publisher: Publisher) -> FetchReport:
        """Fetch what is new, without landing it."""
        return fetch_all(self.desk(), (publisher,), self.home / "fetched")

    def refresh(self, publisher: Publisher) -> tuple[FetchReport, LandingReport]:
        """Fetch what is new and land it."""
        fetched = self.fetch(publisher)
        (self.home / "fetched").mkdir(exist_ok=True)
        landed = Landing(self.home / "landing").land(self.home / "fetched")
        for path in (self.home / "fetched").rglob("*"):
            if path.is_file():
                path.unlink()
        return fetched, landed
