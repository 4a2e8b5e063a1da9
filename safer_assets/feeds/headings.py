"""Headings of a file against the columns a feed wants: by alias, and everything else refused by name.

What is here: `Heading` and the one function that matches. What is not: the headings of any feed.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

_SHOWN = 30  # headings listed in a message; a historical file has 160


@dataclass(frozen=True, slots=True)
class Heading:
    """A column that a feed reads or knows.

    Attributes:
        name: Its name in the warehouse.
        shown: How publishers print it, for messages.
        pattern: Regular expression of every spelling, after `plain`.
        needed: Whether a file without it is refused.
    """

    name: str
    shown: str
    pattern: str
    needed: bool = True

    def matches(self, heading: str) -> bool:
        """Whether a file's heading is this column."""
        return re.fullmatch(self.pattern, plain(heading)) is not None


@cache
def plain(heading: str) -> str:
    """A heading without case, blanks and punctuation: `Month_Year`, `Month Year` and `MONTH YEAR` are one."""
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def matched(header: Sequence[str], headings: Sequence[Heading]) -> int:
    """How many of the headings stand in a file's header."""
    return sum(any(wanted.matches(heading) for heading in header) for wanted in headings)


def assign(
    header: Sequence[str], headings: Sequence[Heading], other: Callable[[str], str | None]
) -> tuple[tuple[str, ...], list[str]]:
    """Give every column of a file its name in the warehouse.

    Args:
        header: The file's headings.
        headings: What the feed wants.
        other: The name for a heading that is none of these, or None where it must not be there.

    Returns:
        One name a column (made unique), and in words everything that is wrong with the header.
    """
    names: list[str] = []
    unexpected: list[str] = []
    for position, heading in enumerate(header, start=1):
        wanted = next((wanted.name for wanted in headings if wanted.matches(heading)), None)
        name = wanted or other(heading)
        if name is None:
            unexpected.append(repr(heading) if heading else f"a blank heading (column {position})")
        names.append(name or f"unused_{position}")
    problems = []
    if missing := [wanted.shown for wanted in headings if wanted.needed and wanted.name not in names]:
        problems.append(f"{_columns(missing)} missing")
    if unexpected:
        problems.append(f"{_columns(unexpected)} not expected")
    if twice := [f"{name} ({number} times)" for name, number in Counter(names).items() if number > 1]:
        problems.append(f"{_columns(twice)} in the file more than once")
    return tuple(names), problems


def listed(header: Sequence[str]) -> str:
    """The headings of a file for a message."""
    shown = ", ".join(heading or "(blank)" for heading in header[:_SHOWN])
    return shown if len(header) <= _SHOWN else f"{shown} and {len(header) - _SHOWN} more"


def _columns(names: Sequence[str]) -> str:
    return f"column {names[0]} is" if len(names) == 1 else f"columns {', '.join(names)} are"
