"""What one refresh is asked to do, and where it keeps its files.

What is here: the typed run configuration that the Launchpad, the schedule and the command line all fill in, and the
folders that follow from it. What is not: dates (board/calendar.py) and the database (warehouse.py).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
from pydantic import Field

from safer_assets.errors import SettingsError
from safer_assets.logs import About, logged
from safer_assets.partnership import Partnership, load_partnership
from safer_assets.reference import bank_holidays

SAMPLE = "sample"
LIVE = "live"
LONDON = ZoneInfo("Europe/London")

Basis = Enum("Basis", {"as-at": "as-at", "latest": "latest"})
"""as-at: only files available on the meeting's data-cut day. latest: everything landed."""


class BoardRefresh(dg.ConfigurableResource["BoardRefresh"]):
    """One refresh of one board's figures; with every field at its default it is for the next meeting."""

    partnership: str = Field(
        default=os.environ.get("SAFER_PARTNERSHIP", ""),
        description="A name under partnerships/, or a path to such a folder. Empty: the only one there.",
    )
    source: str = Field(
        default=os.environ.get("SAFER_SOURCE", SAMPLE),
        description="'sample' for the generated sample (every output is watermarked SAMPLE), 'live' for what the "
        "publishers have now, or a folder of feed files, read with all folders below it.",
    )
    meeting: str = Field(
        default="",
        description="The board meeting, YYYY-MM-DD, as in the partnership's meetings.csv. Empty: the next one.",
    )
    basis: Basis = Field(
        default=Basis["as-at"],
        description="as-at: only files available on the meeting's data-cut day. latest: everything landed, in the "
        "meeting's category scheme.",
    )
    scheme: str = Field(
        default="",
        description="Category scheme to use in place of the meeting's own, such as mps-before-2024. Empty: the one in "
        "force in the newest file at the data cut.",
    )
    data_month: str = Field(
        default="", description="Last month of the figures, YYYY-MM. Empty: what the meeting's calendar gives."
    )
    out: str = Field(default=os.environ.get("SAFER_OUT", "out"), description="Folder that packs are written to.")
    store: str = Field(
        default=os.environ.get("SAFER_STORE", "var"), description="Folder of landed files, warehouse and chart cache."
    )

    @property
    def is_sample(self) -> bool:
        """Whether the figures are made from the generated sample."""
        return self.source == SAMPLE

    @property
    def is_live(self) -> bool:
        """Whether files are fetched from their publishers."""
        return self.source == LIVE

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> "Iterator[BoardRefresh]":
        """Dagster's hook round the steps of a run: they are in the log of refreshes, whoever started the run."""
        asked = {"source": self.source, "basis": self.basis.value, "scheme": self.scheme, "data month": self.data_month}
        words = ", ".join(f"{name} {value}" for name, value in asked.items() if value)
        if context.log is None or context.run is None:
            yield self  # built by hand, outside a run
            return
        about = About(context.run.run_id, self.slug, Path(self.store).resolve(), self.meeting)
        with logged(context.log, about, words):
            yield self

    def settings(self) -> Partnership:
        """The partnership's settings, with the bank holidays last fetched; SettingsError where they cannot be used."""
        partnership = load_partnership(self.partnership or only_partnership())
        cycle = partnership.cycle.with_holidays(bank_holidays.kept(self.home))
        return partnership.model_copy(update={"cycle": cycle})

    @property
    def slug(self) -> str:
        """The name of the partnership's folder."""
        return Path(self.partnership or only_partnership()).resolve().name

    @property
    def home(self) -> Path:
        """The folder of everything kept for this partnership; the sample is kept apart from real files."""
        return Path(self.store).resolve() / self.slug / (SAMPLE if self.is_sample else "real")

    @property
    def landing_folder(self) -> Path:
        """Where landed files are kept."""
        return self.home / "landing"

    @property
    def fetched_folder(self) -> Path:
        """Where fetched files wait to be landed, and those that were refused stay."""
        return self.home / "fetched"

    @property
    def book_file(self) -> Path:
        """What was fetched before; without it everything is fetched again."""
        return self.home / "fetched.json"

    @property
    def warehouse_file(self) -> Path:
        """The DuckDB file; it can be deleted and is rebuilt from landing."""
        return self.home / "warehouse.duckdb"

    @property
    def chart_folder(self) -> Path:
        """Where rendered charts are kept by fingerprint, so that nothing is drawn twice."""
        return self.home / "charts"

    def source_folder(self) -> Path:
        """The folder of feed files; SettingsError where there is none. Not for the sample, which writes its own."""
        folder = Path(self.source).expanduser()
        if not folder.exists():
            raise SettingsError(
                f"SOURCE={self.source}: there is no such folder. Give a folder of feed files, 'live' for what the "
                "publishers have now, or 'sample' for the generated sample."
            )
        return folder

    def data_month_asked(self) -> date | None:
        """The data month that was asked for, as its first day; None where the calendar decides."""
        return parse_month(self.data_month) if self.data_month else None

    def meeting_asked(self) -> date | None:
        """The meeting day that was asked for; None for the next one."""
        if not self.meeting:
            return None
        try:
            return date.fromisoformat(self.meeting)
        except ValueError as error:
            raise SettingsError(f"MEETING={self.meeting} is not a date; write it as 2023-05-12.") from error


def parse_month(text: str) -> date:
    """First day of a month written YYYY-MM; SettingsError where it is not one."""
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=LONDON).date()
    except ValueError as error:
        raise SettingsError(f"DATA_MONTH={text} is not a month; write it as 2023-02.") from error


def today() -> date:
    """Today in London, where the boards meet."""
    return datetime.now(LONDON).date()


def partnership_names(root: Path = Path("partnerships")) -> list[str]:
    """The names of all folders under partnerships/."""
    return sorted(path.parent.name for path in root.glob("*/partnership.toml"))


def only_partnership(root: Path = Path("partnerships")) -> str:
    """The name of the one folder under partnerships/; SettingsError where there is none, or a choice to make."""
    names = partnership_names(root)
    if len(names) == 1:
        return names[0]
    found = ", ".join(names) or "none"
    raise SettingsError(f"Name a partnership with PARTNERSHIP=: under {root}/ there are {found}.")
