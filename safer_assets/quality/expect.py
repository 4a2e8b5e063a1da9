"""One rule as data: what it is called, what it looks at, how bad a breach is, and who acts.

What is here: `Expect`. What is not: the rules (rules/) and how a kind of rule is judged (kinds.py, judge.py).
"""

from dataclasses import dataclass
from typing import Final, Literal

from safer_assets.quality.kinds import Kind

Severity = Literal["ERROR", "WARN"]
Scope = Literal["row", "file"]

ERROR: Final[Severity] = "ERROR"
WARN: Final[Severity] = "WARN"
ENGINEERS: Final = "team:data-engineering"
ANALYSTS: Final = "team:analysis"


@dataclass(frozen=True)
class Expect:
    """One rule.

    Attributes:
        feed: Feed whose files it judges.
        name: Name of the rule, unique within the feed.
        title: What holds when the rule passes, as a plain sentence.
        columns: Columns of `incoming` it reads; it cannot be evaluated without them.
        rule: How it is judged.
        severity: ERROR holds the file back and blocks what is downstream; WARN does neither.
        why: What a breach means, one sentence.
        next_step: What the person in `who` does about a breach, one sentence.
        who: Owner, as Dagster writes it (`team:...`).
        scope: `row` marks the rows that break it, `file` marks none.
    """

    feed: str
    name: str
    title: str
    columns: tuple[str, ...]
    rule: Kind
    severity: Severity
    why: str
    next_step: str
    who: str = ENGINEERS
    scope: Scope = "row"
