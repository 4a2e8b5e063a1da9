"""What was fetched before, so that nothing is fetched twice: `fetched.json` beside the folder of fetched files.

What is here: reading and writing it. What is not: what is in landing, which is the truth; without this file everything
is fetched again and nothing else happens.
"""

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from safer_assets.landing.store import write_text
from safer_assets.transport.http import Validators


class Entry(BaseModel):
    """What is remembered of one address, dataset or member.

    Attributes:
        url: Where it was.
        validators: What the server said of the version that was fetched.
        sha256: Of the fetched content; empty where it is packed, or no file.
        fetched_at: UTC.
        about: What its publisher needs to remember besides.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    validators: Validators = Validators()
    sha256: str = ""
    fetched_at: datetime
    about: dict[str, str] = {}


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid")

    entries: dict[str, Entry] = {}


class Book:
    """Reads and writes what was fetched.

    Args:
        path: The file; made by the first save. One that cannot be read counts as empty, and so do entries of another
            version: the price is fetching again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._content = _Content.model_validate_json(path.read_bytes())
        except (FileNotFoundError, ValidationError):
            self._content = _Content()
        self._saved = self._content.model_dump_json()

    def get(self, key: str) -> Entry | None:
        """What is remembered under a key, such as 'london_datastore/e5n6w/<resource>'."""
        return self._content.entries.get(key)

    def keys(self, prefix: str) -> list[str]:
        """The keys that begin so."""
        return sorted(key for key in self._content.entries if key.startswith(prefix))

    def note(self, key: str, entry: Entry) -> None:
        """Remember; only `save` makes it last."""
        self._content.entries[key] = entry

    def forget(self, key: str) -> None:
        """Forget a key, so that what it stands for is fetched again."""
        self._content.entries.pop(key, None)

    def save(self) -> None:
        """Write what is remembered, whole or not at all; nothing where nothing has changed."""
        content = self._content.model_dump_json()
        if content == self._saved:
            return
        write_text(self._path, self._content.model_dump_json(indent=1), self._path.parent)
        self._saved = content
