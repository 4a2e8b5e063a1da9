"""What is written down about a landed file, and about one that was kept out.

What is here: the two records, as they stand in JSON beside the files. What is not: where (store.py).
"""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

FILE_ID_DIGITS = 12


class Manifest(BaseModel):
    """One landed file.

    Attributes:
        sha256: Of its content, unpacked.
        feed: Name of the feed that knows it.
        scheme: The publisher's edition of its categories; empty where the feed has none.
        first_month: First of the first month in it; None for what has no months.
        vintage: First of the last month in it.
        historical: Spans more than 36 months.
        rows: Data rows.
        columns: Headings as published.
        name: Path in the source it came from, members of archives after `!`.
        origin: Where it was read, in full.
        bytes: Size.
        landed_at: UTC.
        available_from: The day from which as-at reads may use it; None never.
        force: Of a data.police.uk file.
        refreshed: The publisher's own date in the file, where it has one.
        published: What a sidecar says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    feed: str
    scheme: str
    first_month: date | None
    vintage: date | None
    historical: bool
    rows: int
    columns: tuple[str, ...]
    name: str
    origin: str
    bytes: int
    landed_at: datetime
    available_from: date | None
    force: str | None
    refreshed: date | None
    published: date | None

    @property
    def file_id(self) -> str:
        """The file's short name in the warehouse."""
        return self.sha256[:FILE_ID_DIGITS]


class Refusal(BaseModel):
    """A file that was kept out.

    Attributes:
        name: Path in the source it came from.
        reason: Why, and what to do, in words for people.
        sha256: Under which its bytes are kept aside; empty where it could not be read.
        feed: The feed that knows it and refuses it; empty where none knows it.
        final: It was landed and then set aside; landing it again does not judge it again.
        columns: Headings as published; empty where it was kept out before they were looked at.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    reason: str
    sha256: str = ""
    feed: str = ""
    final: bool = False
    columns: tuple[str, ...] = ()
