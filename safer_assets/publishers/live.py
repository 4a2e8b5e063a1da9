"""SOURCE=live: what the publishers have now, fetched and landed.

What is here: the desk of a refresh, and landing what was fetched. What is not: any publisher, and what the landed files
are made into.
"""

from collections.abc import Callable
from pathlib import Path

from safer_assets.errors import FetchError
from safer_assets.landing import Landing, LandingReport
from safer_assets.landing.alone import alone
from safer_assets.landing.source import SIDECAR_SUFFIX
from safer_assets.partnership import Partnership
from safer_assets.publishers import PUBLISHERS
from safer_assets.publishers.addresses import Addresses
from safer_assets.publishers.book import Book
from safer_assets.publishers.desk import Desk
from safer_assets.publishers.fetching import FetchReport, fetch_all
from safer_assets.refresh import BoardRefresh, today
from safer_assets.transport.http import Http


def desk_for(
    refresh: BoardRefresh,
    partnership: Partnership,
    *,
    say: Callable[[str], None],
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Desk:
    """The desk at which publishers work for this refresh.

    Raises:
        SettingsError: An address that is configured cannot be used.
    """
    landing = Landing(refresh.landing_folder)
    return Desk(
        http=Http(),
        addresses=Addresses.load(partnership.addresses),
        partnership=partnership,
        folder=refresh.home / "fetching",
        book=Book(refresh.book_file),
        is_kept=landing.is_kept,
        landed=landing.manifests(),
        today=today(),
        say=say,
        progress=progress or _silent,
        content_path=landing.content_path,
    )


def land_live(
    refresh: BoardRefresh,
    partnership: Partnership,
    *,
    say: Callable[[str], None],
    progress: Callable[[str, int, int | None], None] | None = None,
) -> tuple[LandingReport, FetchReport]:
    """Fetch what is new and land it; what landed is removed from the folder of fetched files.

    A publisher that fails is in the report, and the others' files are landed all the same.

    Raises:
        FetchError: No publisher that was asked could be read. Nothing was changed.
        LandingError: Another refresh is fetching, or landing is not what it was.
    """
    busy = f"another refresh is fetching into {refresh.home}. Wait until it has ended, then try again."
    with alone(refresh.home / ".fetching.lock", busy):
        desk = desk_for(refresh, partnership, say=say, progress=progress)
        fetched = fetch_all(desk, PUBLISHERS, refresh.fetched_folder)
        # One that was not asked says nothing of the network.
        if fetched.problems and not fetched.answered:
            reasons = "\n".join(f"  {problem.publisher}: {problem.message}" for problem in fetched.problems)
            raise FetchError(
                f"SOURCE=live: no publisher could be read. Nothing was changed. Each publisher and its reason:\n"
                f"{reasons}\nCheck the network (safer doctor --online), or give a folder of files with SOURCE=."
            )
        landing = Landing(refresh.landing_folder)
        if not any(path.is_file() for path in refresh.fetched_folder.rglob("*")):
            return LandingReport(known=len(desk.landed)), fetched
        landed = landing.land(refresh.fetched_folder)
        _clear(refresh.fetched_folder, landed)
        return landed, fetched


def _clear(folder: Path, report: LandingReport) -> None:
    """Remove what is landed; what was kept out stays, so that every refresh names it again until it is replaced."""
    kept_out = {refusal.name.partition("!")[0] for refusal in (*report.refused, *report.unknown)}
    for path in sorted(folder.rglob("*"), reverse=True):  # files before the folders they are in
        name = path.relative_to(folder).as_posix()
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif name.removesuffix(SIDECAR_SUFFIX) not in kept_out:
            path.unlink()


def _silent(_name: str, _done: int, _whole: int | None) -> None:
    """For where nobody watches."""
