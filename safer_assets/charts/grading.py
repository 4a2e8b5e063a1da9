"""What a figure may be said to show, as charts read it: its grade, its place beside comparators, its variation.

What is here: rows of the table `evidence`, looked up and put into words. What is not: how a grade is given
(dbt_like_sql/marts/evidence.sql), the points of control charts (control.py), the drawing of icons (icons.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from safer_assets.charts import cells, wording
from safer_assets.charts.icons import Kind, Variation
from safer_assets.errors import PackError

if TYPE_CHECKING:
    from safer_assets.charts.context import BoardData, Row

TABLE: Final = "evidence"
SIDES: Final[Mapping[str, str]] = {
    "above limits": "high",
    "rising trend": "high",
    "two of three high": "high",
    "high shift": "high",
    "below limits": "low",
    "falling trend": "low",
    "two of three low": "low",
    "low shift": "low",
}
"""Signal of special cause -> the side of the mean it lies on."""
POSITIONS: Final = ("higher", "similar", "lower")
CHANGES: Final = ("rise", "fall", "change")
"""How the grades of two counts that can be compared end: 'clear rise', 'probable fall', 'no clear change'."""


@dataclass(frozen=True)
class Finding:
    """One figure's evidence; texts are empty and numbers None where there is nothing to say.

    Attributes:
        grade: The plain words ('no clear change').
        reason: Why it has that grade, or none.
        p_value: Exact, of the change.
        p_widened: The same, allowing for crimes that come in clusters.
        signal: The special cause at its last month; 'none' for common cause.
        trial: Whether that rests on trial limits.
        london: The position against the widest group without this area: one of `POSITIONS`.
        london_reason: Why there is none.
    """

    grade: str = ""
    reason: str = ""
    p_value: float | None = None
    p_widened: float | None = None
    signal: str = ""
    trial: bool = False
    london: str = ""
    london_reason: str = ""

    def variation(self, good: str) -> Variation | None:
        """The icon's meaning where this way (`up`, `down`, `none`) is wanted; None where nothing is known."""
        return variation(self.signal, good, trial=self.trial)

    @property
    def sentence(self) -> str:
        """The grade as a sentence with its p: 'No clear change (p = 0.44).'; empty without a grade."""
        if not self.grade:
            return ""
        return f"{self.grade[:1].upper()}{self.grade[1:]}{self._chance}."

    @property
    def _chance(self) -> str:
        """' (p = 0.44)', or with what clusters make of it: ' (p = 0.02; 0.11 allowing for clusters)'."""
        from safer_assets.evidence.grade import p_words

        if self.p_value is None or not self.grade.endswith(CHANGES):
            return ""
        exact = p_words(self.p_value)
        wide = exact if self.p_widened is None else p_words(self.p_widened)
        return f" ({exact})" if wide == exact else f" ({exact}; {wide.removeprefix('p = ')} allowing for clusters)"


def findings(rows: Iterable[Row], area_code: str) -> dict[tuple[str, str, int], Finding]:
    """(indicator, window, number of its last month) -> the evidence on one area's figure."""
    found = {}
    for row in rows:
        month = cells.month(row, "end_month")
        if cells.text(row, "area_code") == area_code and month is not None:
            found[cells.text(row, "indicator"), cells.text(row, "window"), month] = _finding(row)
    return found


def at_data_month(data: BoardData, window: str) -> dict[str, Finding]:
    """Indicator -> the evidence on the own area's figure whose window ends with the data month."""
    due = wording.month_number(data.context.data_month)
    found = findings(data.rows(TABLE), data.context.area_code)
    return {slug: one for (slug, over, month), one in found.items() if (over, month) == (window, due)}


def variation(signal: str, good: str, *, trial: bool) -> Variation | None:
    """The meaning of a signal where `good` is wanted: `up`, `down`, or `none`, which makes nothing good or bad.

    Raises:
        PackError: The signal is none of `SIDES`.
    """
    if not signal:
        return None
    if signal == "none":
        return Variation(Kind.COMMON, trial=trial)
    if signal not in SIDES:
        raise PackError(f"evidence: signal {signal!r} is none of {', '.join(SIDES)}; add it to SIDES in {__name__}.")
    side = SIDES[signal]
    if good not in ("up", "down"):
        kind = Kind.NEUTRAL
    else:
        kind = Kind.IMPROVEMENT if (side == "high") == (good == "up") else Kind.CONCERN
    return Variation(kind, side, signal, trial)


def by_change(found: Iterable[Finding]) -> dict[str, int]:
    """How many grades end with each of `CHANGES`."""
    grades = [one.grade for one in found]
    return {end: sum(grade.endswith(end) for grade in grades) for end in CHANGES}


def _finding(row: Row) -> Finding:
    return Finding(
        grade=cells.text(row, "grade"),
        reason=cells.text(row, "reason"),
        p_value=cells.real(row, "p_value"),
        p_widened=cells.real(row, "p_widened"),
        signal=cells.text(row, "spc_signal"),
        trial=cells.flag(row, "spc_trial"),
        london=cells.text(row, "london_position"),
        london_reason=cells.text(row, "london_reason"),
    )
