"""What one refresh is asked to do, and where it keeps its files.

What is here: the typed run configuration that the Launchpad, the schedule and the command line all fill in, and the
folders that follow from it. What is not: dates (board/calendar.py) and the database (warehouse.py).
"""

import os
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
from pydantic import Field

from safer_assets.errors import SettingsError
from safer_assets.partnership import Partnership, load_partnership

SAMPLE = "sample"
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
        description="'sample' for the generated sample (every output is watermarked SAMPLE), or a folder of feed "
        "files, read with all folders below it.",
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

    def settings(self) -> Partnership:
        """The partnership's settings; SettingsError where they cannot be used."""
        return load_partnership(self.partnership or only_partnership())

    @property
    def home(self) -> Path:
        """The folder of everything kept for this partnership; the sample is kept apart from real files."""
        slug = Path(self.partnership or only_partnership()).resolve().name
        return Path(self.store).resolve() / slug / (SAMPLE if self.is_sample else "real")

    @property
    def landing_folder(self) -> Path:
        """Where landed files are kept."""
        return self.home / "landing"

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
                f"SOURCE={self.source}: there is no such folder. Give a folder of feed files, or 'sample' for the "
                "generated sample."
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
