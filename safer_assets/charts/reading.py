"""How one figure reads: its value, what it may be compared with, and what must be said in place of a number.

What is here: `Reading` (a figure), `Monthly` (a series, its gaps left open) and their look-ups in `BoardData`. What is
not: the line that names sources (origin.py), rounding and grammar (wording.py), how figures are made (SQL models).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from safer_assets.charts import cells, wording
from safer_assets.charts.origin import Origin
from safer_assets.errors import PackError

if TYPE_CHECKING:
    from safer_assets.charts.context import BoardContext, BoardData, Row

TOTAL = "total_notifiable_offences"
# Offence groups that do not overlap: they may be added and shown as parts of the total.
OFFENCE_GROUPS = (
    "violence_against_the_person",
    "theft",
    "vehicle_offences",
    "burglary",
    "public_order",
    "criminal_damage",
    "drug_offences",
    "sexual_offences",
    "robbery",
    "weapons_possession",
)
# A figure with one of these in `quality` has no change, whatever else its row holds.
NO_CHANGE = ("contains break", "not comparable", "no comparator", "suppressed", "missing feed")


@dataclass(frozen=True)
class Reading:
    """One figure as a chart may use it; `value` and `prior` are None where they may not be shown."""

    indicator: str
    name: str
    short_name: str
    good: str
    counted: str
    value: int | None
    prior: int | None
    rate: float | None
    origin: Origin
    quality: str
    percent_allowed: bool

    @property
    def origins(self) -> frozenset[Origin]:
        """Where the value comes from: one origin, or none without a value."""
        return frozenset() if self.value is None else frozenset({self.origin})

    @property
    def change(self) -> int | None:
        """Value less comparator, as counts."""
        return None if self.value is None or self.prior is None else self.value - self.prior

    @property
    def percent(self) -> Fraction | None:
        """100 (value - prior) / prior, unrounded; None where the base is too small or the indicator has counts only."""
        if self.change is None or not self.prior or not self.percent_allowed:
            return None
        return Fraction(100 * self.change, self.prior)

    @property
    def favourable(self) -> bool | None:
        """True where the change goes the wanted way; None without a change or where neither way is wanted."""
        if not self.change or self.good not in ("up", "down"):
            return None
        return (self.change > 0) == (self.good == "up")

    @property
    def change_label(self) -> str:
        """The change: '+2.5%', or '+10' where no percentage may be given; empty without a comparator."""
        if self.percent is not None:
            return wording.signed_percent(self.percent)
        return "" if self.change is None else wording.signed_count(self.change)

    @property
    def reason(self) -> str:
        """Why a value, comparator or change is not there, in the words of `quality`."""
        return self.quality or (
            "no figure" if self.value is None else "" if self.prior is not None else "no comparator"
        )

    @property
    def short_reason(self) -> str:
        """The reason without details that would fill a line: 'missing feed: it has ...' -> 'missing feed'."""
        return self.reason if len(self.reason) <= 60 else self.reason.split(":")[0]

    @property
    def sentence(self) -> str:
        """'2,325 against 2,269 (+2.5%)', '28 against 18 (+10)', or the value with the reason why it stands alone."""
        if self.value is None:
            return self.reason
        if self.prior is None:
            return f"{wording.count(self.value)} ({self.reason})"
        return f"{wording.count(self.value)} against {wording.count(self.prior)} ({self.change_label})"


@dataclass(frozen=True)
class Monthly:
    """A monthly series: consecutive months from `first`; None is a month without a figure, never zero."""

    first: int
    counts: tuple[int | None, ...]
    month_origins: tuple[Origin | None, ...]

    @property
    def numbers(self) -> range:
        """Month numbers (wording.month_number) of `counts`."""
        return range(self.first, self.first + len(self.counts))

    @property
    def known(self) -> list[tuple[int, int]]:
        """(month number, count) of the months that have a figure."""
        return [(number, value) for number, value in zip(self.numbers, self.counts, strict=True) if value is not None]

    @property
    def origins(self) -> frozenset[Origin]:
        """Where the months come from."""
        return self.origins_since(self.first)

    def origins_since(self, number: int) -> frozenset[Origin]:
        """Where the months from this month number on come from."""
        pairs = zip(self.numbers, self.month_origins, strict=True)
        return frozenset(origin for month, origin in pairs if origin is not None and month >= number)

    def rolling(self, window: int = 12) -> list[tuple[int, int]]:
        """(month number, sum of the `window` months up to it) wherever every one of them has a figure."""
        sums = []
        for end in range(window, len(self.counts) + 1):
            inside = [value for value in self.counts[end - window : end] if value is not None]
            if len(inside) == window:
                sums.append((self.first + end - 1, sum(inside)))
        return sums


def reading(data: BoardData, indicator: str, window: str, area_code: str | None = None) -> Reading:
    """Look up one figure (the partnership's own area by default); one that is not there reads 'no figure'.

    Raises:
        PackError: The indicator is not in the reference list.
    """
    facts = data.indicator_rows.get(indicator)
    if facts is None:
        raise PackError(f"charts: indicator {indicator!r} is not in reference/indicators.csv; add its row there.")
    row = data.figure_rows.get((indicator, area_code or data.context.area_code, window), {})
    quality = cells.text(row, "quality")
    quality = "" if quality == "ok" else quality
    value, prior = cells.whole(row, "value"), cells.whole(row, "prior_value")
    if value is None or quality.startswith(NO_CHANGE):
        prior = None
    return Reading(
        indicator=indicator,
        name=str(facts["name"]),
        short_name=str(facts["short_name"]),
        good=cells.text(facts, "good"),
        counted=cells.text(facts, "counted"),
        value=value,
        prior=prior,
        rate=cells.real(row, "rate_per_1000"),
        origin=_origin(row),
        quality=quality,
        percent_allowed=facts["percent"] == "yes" and prior is not None and prior >= data.context.minimum_base,
    )


def readings(data: BoardData, indicators: Iterable[str], window: str, area_code: str | None = None) -> list[Reading]:
    """Look up several figures; indicators that the reference list does not have are left out."""
    return [reading(data, slug, window, area_code) for slug in indicators if slug in data.indicator_rows]


def monthly(data: BoardData, indicator: str, area_code: str | None = None, months: int = 36) -> Monthly | None:
    """The last `months` months up to the data month, from the first that has a figure; None without any."""
    frame = data.series_frames.get((indicator, area_code or data.context.area_code))
    if frame is None:
        return None
    last = wording.month_number(data.context.data_month)
    rows = {
        wording.month_number(month): row
        for month, row in zip(frame["month"].dt.date, frame.to_dict("records"), strict=True)
        if not cells.is_missing(row["offences"])
    }
    inside = [number for number in rows if last - months < number <= last]
    if not inside:
        return None
    drawn = [rows.get(number) for number in range(min(inside), last + 1)]
    return Monthly(
        first=min(inside),
        counts=tuple(None if row is None else cells.whole(row, "offences") for row in drawn),
        month_origins=tuple(None if row is None else _origin(row) for row in drawn),
    )


def leading(data: BoardData, usable: Callable[[Reading], bool]) -> Reading | None:
    """The 12-month figure that stands for crime as a whole: the total, else the offence with the most of them.

    Args:
        data: The board.
        usable: Whether a figure can carry the chart; others are passed over. Incidents never stand in for offences.
    """
    if TOTAL in data.indicator_rows and usable(total := reading(data, TOTAL, "r12")):
        return total
    offences = [slug for slug, row in data.indicator_rows.items() if row["counted"] == "offences"]
    found = [one for one in readings(data, offences, "r12") if one.value is not None and usable(one)]
    return max(found, key=lambda one: one.value or 0, default=None)


def leading_note(data: BoardData, shown: Reading) -> tuple[str, ...]:
    """A note that another offence stands where the total would; none where it is the total."""
    if shown.indicator == TOTAL or TOTAL not in data.indicator_rows:
        return ()
    name = wording.in_sentence(str(data.indicator_rows[TOTAL]["name"]))
    return (
        f"There is no usable figure of {name}: of the offences with one, that with the most in 12 months is shown.",
    )


def breaks(indicator: str, series: Monthly) -> list[tuple[int, str]]:
    """(month number, name) of the comparability breaks inside a series: the month is the first of the new method."""
    from safer_assets import reference

    found = []
    for change in reference.comparability_breaks():
        number = wording.month_number(change.first_month)
        inside = series.first < number <= series.numbers[-1]
        of_feed = not change.feeds or not set(change.feeds).isdisjoint(origin.feed for origin in series.origins)
        if inside and of_feed and change.geography == "all" and indicator in change.indicators:
            found.append((number, change.name))
    return found


def span(first: int, last: int) -> str:
    """'March 2022 to February 2023' for month numbers: what is really drawn, also where a feed ends early."""
    return f"{wording.month_words(wording.month_of(first))} to {wording.month_words(wording.month_of(last))}"


def period(context: BoardContext, months: int) -> str:
    """'March 2022 to February 2023' for the months up to the data month."""
    last = wording.month_number(context.data_month)
    return span(last - months + 1, last)


def twelve_months(context: BoardContext) -> str:
    """'the 12 months to February 2023'."""
    return f"the 12 months to {wording.month_words(context.data_month)}"


def absent_note(figures: Iterable[Reading]) -> tuple[str, ...]:
    """A note that names what a chart leaves out, by reason: 'Not drawn: missing feed (Knife crime, Gun crime).'."""
    names: dict[str, list[str]] = {}
    for figure in figures:
        names.setdefault(figure.short_reason or "no monthly figures", []).append(figure.short_name)
    said = [f"{reason} ({', '.join(left_out)})" for reason, left_out in names.items()]
    return (f"Not drawn: {'; '.join(said)}.",) if said else ()


def contains_note(context: BoardContext, codes: Sequence[str] | None = None) -> tuple[str, ...]:
    """A note that groups (all by default) contain the area they are compared with; none where no group does."""
    shown = [code for code, _ in context.groups] if codes is None else codes
    inside = [name for code, name in context.groups if code in shown and code in context.groups_with_area]
    if not inside:
        return ()
    return (f"{wording.listed(inside)} {'includes' if len(inside) == 1 else 'include'} {context.area_name}.",)


def _origin(row: Row) -> Origin:
    return Origin(cells.text(row, "source"), cells.text(row, "scheme"), cells.text(row, "vintage"))
