"""What a check is asked, and what it answers.

What is here: the two records. What is not: any check.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from safer_assets.refresh import BoardRefresh

State = Literal["ok", "warn", "bad"]


@dataclass(frozen=True)
class Asked:
    """What is examined.

    Attributes:
        refresh: The refresh whose store, packs and partnership are looked at.
        today: Today in London.
        deep: Verify every landed file rather than the newest.
        online: Ask the publishers, also where the source is not live.
    """

    refresh: BoardRefresh
    today: date
    deep: bool = False
    online: bool = False


@dataclass(frozen=True)
class Finding:
    """One answer: bad keeps a board from its pack or puts data at risk; warn will, or hides something.

    Attributes:
        check: What was looked at.
        found: What was found.
        advice: What to do; empty where all is well.
    """

    check: str
    state: State
    found: str
    advice: str = ""
