"""What one rule found in one file, and which files it holds back.

What is here: `Outcome`. What is not: how it is found (gate.py) and where it is kept (quality.results).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from safer_assets.quality.expect import ERROR, Severity

Status = Literal["passed", "failed", "errored"]


@dataclass(frozen=True)
class Outcome:
    """What one rule found in one file: a row of quality.results, in its column order.

    Attributes:
        file_id: First 12 hex digits of the file's sha256.
        feed: Feed the file belongs to.
        rule: Name of the rule.
        severity: The rule's severity; always ERROR when it could not be evaluated.
        status: `errored` means that the rule could not be evaluated, which is neither a pass nor a failure.
        examined: Rows of `incoming` the rule looked at in this file.
        failed: Rows that break it; 1 where the file as a whole does.
        examples: Up to five reasons with the row each was first seen in.
        message: All of this in words, with what it means, what to do and who does it. Does not name the file.
    """

    file_id: str
    feed: str
    rule: str
    severity: Severity
    status: Status
    examined: int
    failed: int
    examples: str
    message: str

    @property
    def holds_back(self) -> bool:
        """Whether the file must not be loaded because of this outcome."""
        return self.severity == ERROR and self.status != "passed"


def held_files(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """The files that must not be loaded, each with the names of the rules that hold it back."""
    held: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.holds_back:
            held.setdefault(outcome.file_id, []).append(outcome.rule)
    return {file_id: ", ".join(rules) for file_id, rules in held.items()}
