"""Several series in one feed: which of them a file is.

What is here: telling the kind of a file. What is not: telling the feed, which is done by content (feeds/): files of one
feed have one shape, and only their name, or whose they are, says which series they carry.
"""

import re
from typing import Final, Protocol


class Kept(Protocol):
    """What a manifest tells here."""

    @property
    def feed(self) -> str:
        """Name of the feed."""
        ...

    @property
    def name(self) -> str:
        """Path in the source."""
        ...


# The Met's dashboard comes as three files of one shape; without one of them its indicators stand still.
_NAMED: Final = {"mps_dashboard": re.compile(r"(TNO|Other|Knife)\s*Crime", re.IGNORECASE)}


def kind_of(file: Kept) -> str:
    """The series within its feed, such as `knife` of the dashboard; empty where the feed has one, or nothing tells."""
    found = _NAMED[file.feed].search(_last(file.name)) if file.feed in _NAMED else None
    return found[1].lower() if found else ""


def _last(name: str) -> str:
    """The file's own name, of a member of an archive too."""
    return re.split(r"[/!\\]", name)[-1]
