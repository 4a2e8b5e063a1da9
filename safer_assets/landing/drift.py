"""Drift: a file of a feed whose header differs from that of the newest file landed before it.

What is here: finding it, and saying it side by side. What is not: whether the file can be used all the same: the feed
says so (feeds/), and a drifted file may be landed as well as refused.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from safer_assets.landing.kinds import kind_of
from safer_assets.landing.manifest import Manifest, Refusal

MONTH: Final = "(a month, YYYYMM)"
"""What every month column of a wide file counts as: a window that moves on is no drift."""

_MONTH = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Drift:
    """One change of header.

    Attributes:
        feed: Name of the feed.
        names: The files that have the new header, as they are called in the source.
        before_name: The file it is compared with.
        before: That file's columns, months made one.
        after: The new ones.
        refused: Whether a file of the new header was refused.
    """

    feed: str
    names: tuple[str, ...]
    before_name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    refused: bool

    @property
    def differing(self) -> list[tuple[str, str]]:
        """The columns that differ, old beside new; one that only one side has stands beside nothing.

        Columns that went and columns that came are paired in their order, as a renaming mostly is one; columns that are
        the same in another order are shown at the places where they differ.
        """
        gone = list((Counter(self.before) - Counter(self.after)).elements())
        come = list((Counter(self.after) - Counter(self.before)).elements())
        if not gone and not come:
            return [(old, new) for old, new in zip(self.before, self.after, strict=True) if old != new]
        length = max(len(gone), len(come))
        return list(zip(gone + [""] * (length - len(gone)), come + [""] * (length - len(come)), strict=True))


def drifts(landed: Iterable[Manifest], new: Sequence[Manifest], refused: Iterable[Refusal]) -> list[Drift]:
    """The changes of header that a landing brought.

    A new file is compared with what was landed before this landing: a folder with years of files brings no news of
    each other. A refused file is compared with everything landed. Either way with files of its kind, not newer than
    itself where that is known, and of those with the newest.

    Args:
        landed: Every landed file, those of this landing included.
        new: Those of this landing.
        refused: What this landing kept out; those that no feed knows, or that have no columns, are left aside.
    """
    known = list(landed)
    now = {manifest.sha256 for manifest in new}
    earlier = [manifest for manifest in known if manifest.sha256 not in now]
    found: dict[tuple[str, tuple[str, ...], tuple[str, ...], bool], Drift] = {}
    for file in new:
        _note(found, file, _before(file, earlier, file.vintage, historical=file.historical), refused=False)
    for refusal in refused:
        if refusal.feed and refusal.columns:
            _note(found, refusal, _before(refusal, known, None, historical=None), refused=True)
    return list(found.values())


def shape(columns: Iterable[str]) -> tuple[str, ...]:
    """A header with its month columns made one."""
    made = [MONTH if _MONTH.fullmatch(column) else column for column in columns]
    return tuple(column for place, column in enumerate(made) if column != MONTH or MONTH not in made[:place])


def _before(
    file: Manifest | Refusal, known: Iterable[Manifest], month: date | None, *, historical: bool | None
) -> Manifest | None:
    """The file to compare with; None where there is none, so that a first file is no drift."""
    candidates = [
        other
        for other in known
        if other.feed == file.feed
        and other.columns
        and (month is None or other.vintage is None or other.vintage <= month)
        and (historical is None or other.historical == historical)
    ]
    kind = kind_of(file)
    same = [other for other in candidates if kind_of(other) == kind]
    if kind or not {kind_of(other) for other in candidates} - {""}:
        candidates = same
    if not candidates:
        return None
    if not kind and not same:
        # Its name does not say which of several series it is: the nearest header is the likeliest.
        mine = set(shape(file.columns))
        return max(candidates, key=lambda other: (len(mine & set(shape(other.columns))), _newness(other)))
    return max(candidates, key=_newness)


def _newness(manifest: Manifest) -> tuple[object, ...]:
    return (manifest.vintage or date.min, manifest.refreshed or date.min, manifest.landed_at, manifest.sha256)


def _note(found: dict[tuple[str, tuple[str, ...], tuple[str, ...], bool], Drift], file: Manifest | Refusal,
          before: Manifest | None, *, refused: bool) -> None:  # fmt: skip
    if before is None:
        return
    old, new = shape(before.columns), shape(file.columns)
    if old == new:
        return
    key = (file.feed, old, new, refused)
    names = found[key].names if key in found else ()
    found[key] = Drift(file.feed, (*names, file.name), before.name, old, new, refused)
