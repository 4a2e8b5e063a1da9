"""Fetching from all publishers: one that fails does not stop the others.

What is here: the order of things, and the report. What is not: any publisher, and landing what was fetched.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from safer_assets.errors import FetchError
from safer_assets.landing.source import SIDECAR_SUFFIX
from safer_assets.publishers.desk import Desk, Fetched, Publisher


@dataclass(frozen=True)
class Problem:
    """A publisher that could not be read to the end, and why."""

    publisher: str
    message: str


@dataclass
class FetchReport:
    """What became of a fetch.

    Attributes:
        fetched: Files that were fetched now, in order.
        answered: Publishers that were asked and read to the end.
        not_due: Publishers that were not asked, because what they gave lately still counts.
        problems: Publishers that could not be read to the end.
        requests: Requests made.
        bytes: Bytes of bodies received.
    """

    fetched: list[Fetched] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    not_due: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    requests: int = 0
    bytes: int = 0

    def words(self) -> str:
        """The report in a line."""
        files = f"{len(self.fetched)} files fetched" if len(self.fetched) != 1 else "1 file fetched"
        failed = f", {len(self.problems)} of {len(self.problems) + len(self.answered)} publishers asked failed"
        return f"{files}, {self.bytes:,} bytes in {self.requests} requests" + (failed if self.problems else "")


def fetch_all(desk: Desk, publishers: Sequence[Publisher], done: Path) -> FetchReport:
    """Fetch what is new at every publisher that serves the partnership.

    A file is moved to `done` when it is whole and only then remembered, so that a fetch that is cut off anywhere goes
    on where it ended.

    Args:
        desk: Where publishers work; what is half-way stays in its folder.
        publishers: In the order in which they are asked.
        done: The folder of whole files, on the same disk.
    """
    report = FetchReport()
    for publisher in publishers:
        if not publisher.serves(desk.partnership):
            continue
        asked_before = desk.http.requests_made
        try:
            for fetched in publisher.fetch(desk):
                report.fetched.append(_hand_over(fetched, desk.folder, done))
                desk.book.save()
            desk.book.save()
            was_asked = desk.http.requests_made > asked_before
            (report.answered if was_asked else report.not_due).append(publisher.name)
        except FetchError as error:
            report.problems.append(Problem(publisher.name, str(error)))
    report.requests, report.bytes = desk.http.requests_made, desk.http.bytes_received
    return report


def _hand_over(fetched: Fetched, folder: Path, done: Path) -> Fetched:
    """Move a whole file, its date first: a file never stands there undated."""
    target = done / fetched.path.relative_to(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    for suffix in (SIDECAR_SUFFIX, ""):
        source = fetched.path.with_name(fetched.path.name + suffix)
        beside = target.with_name(target.name + suffix)
        if source.exists():
            source.replace(beside)
        else:
            beside.unlink(missing_ok=True)
    return replace(fetched, path=target)
