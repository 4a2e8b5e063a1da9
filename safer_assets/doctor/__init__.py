"""`safer doctor`: is this machine fit to make the board's pack, and what is to be done where it is not?

What is here: the order of the checks and the worst of their answers. What is not: the checks: the machine
(machine.py), the store (store.py), the board's calendar (calendar.py), what is outside (outside.py).
"""

from collections.abc import Callable, Iterator, Sequence

from safer_assets.doctor import calendar, machine, outside, store
from safer_assets.doctor.finding import Asked, Finding, State
from safer_assets.errors import SaferError

__all__ = ["Asked", "Finding", "State", "examine", "worst"]

Check = Callable[[Asked], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    machine.python,
    machine.packages,
    machine.font,
    machine.clock,
    machine.dagster,
    store.folders,
    store.disk,
    store.warehouse,
    store.landing,
    calendar.meetings,
    calendar.packs,
    outside.notices,
    outside.publishers,
)


def examine(asked: Asked) -> list[Finding]:
    """Every check's findings, in order. A check that cannot be made is a finding too, and stops no other."""
    found: list[Finding] = []
    for check in CHECKS:
        try:
            found.extend(check(asked))
        except (SaferError, OSError) as error:
            found.append(Finding(check.__name__, "bad", str(error), "Correct this, then run safer doctor again."))
    return found


def worst(found: Sequence[Finding]) -> State:
    """The worst state among the findings."""
    states = {finding.state for finding in found}
    return "bad" if "bad" in states else "warn" if "warn" in states else "ok"
