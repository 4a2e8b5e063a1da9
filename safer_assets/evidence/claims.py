"""What may be said of an operation, and what may not: the only place where these words are.

What is here: the rules that stand in place of a claim, and the two paragraphs of each result, made from its numbers.
What is not: the numbers (operation.py), and layout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import isnan
from typing import Final

from safer_assets.evidence.assessment import Area, Assessment, Claim
from safer_assets.evidence.ground import Window, month_of, number

SOURCES: Final = {
    "mps_ward": "the Met's ward files",
    "mps_lsoa": "the Met's small-area files",
    "mps_dashboard": "the wards of the Met's dashboard",
    "police_uk_street": "the street files of data.police.uk",
}
KINDS: Final = {"ward": ("ward", "wards"), "small_area": ("small area", "small areas")}
NO_SOURCE: Final = "no landed file counts {offence} below the borough, so that it cannot be judged here"
RESULTS_ON: Final = 6
"""Day of a month from which the figures of the month before it count as published."""
CAUSE: Final = "Counts cannot show that an operation was the cause: reporting and recording change them too."


@dataclass(frozen=True)
class Entry:
    """One offence of one operation in one source, as it was registered.

    Attributes:
        name: Of the operation.
        offence: Name of the indicator, as it reads inside a sentence.
        counted: offences or incidents.
        source: Feed; '' where no feed counts the offence below the borough.
        is_only_source: Whether no other feed counts it there.
        unit_kind: `ward` or `small_area`.
        first_month: First day of the operation's first whole month.
        registered_on: Day on which area, dates and offences were written down.
        assumed: What of the entry is assumed; '' for nothing.
        claim_words: What was claimed in public; '' for nothing.
        claim_source: Who claimed it.
        claim_change: The change it states, in per cent; NaN without one.
        minimum_base: The least count before that gets a percentage.
    """

    name: str
    offence: str
    counted: str
    source: str
    is_only_source: bool
    unit_kind: str
    first_month: date
    registered_on: date | None
    assumed: str
    claim_words: str
    claim_source: str
    claim_change: float
    minimum_base: int


@dataclass(frozen=True)
class Sweep:
    """Every window that a source holds, each against the same months before: how far a claim can be got by choosing.

    Attributes:
        shortest: Months of the shortest window tried.
        longest: Months of the longest.
        windows: How many there are.
        as_large: How many of them changed as much as claimed.
        lowest: Least change among them, in per cent.
        highest: Greatest.
        elsewhere: Share of such windows in the other units that changed as much; NaN where units are no such areas.
    """

    shortest: int
    longest: int
    windows: int
    as_large: int
    lowest: float
    highest: float
    elsewhere: float


def refusals(entry: Entry, reason: str, found: Assessment | None) -> tuple[str, ...]:
    """Why no claim may be made, in the order in which a reader should hear it; empty where one may.

    Args:
        entry: What was registered.
        reason: Why its area has no units in this source; '' where it has.
        found: What was counted, where that could be.
    """
    told = []
    if not entry.source:
        told.append(NO_SOURCE.format(offence=entry.offence))
    if reason:
        told.append(_clause(reason))
    if entry.assumed:
        told.append("its dates or area are assumed, not known")
    if entry.registered_on is None:
        told.append("area, dates and offences were not registered before results were visible")
    elif entry.registered_on >= (visible := _results_visible(entry.first_month)):
        told.append(
            f"it was registered on {_day(entry.registered_on)}, and figures of its first whole month could be seen "
            f"from {_day(visible)} on"
        )
    if found is not None and found.refusal:
        told += [_clause(reason) for reason in found.refusal.split("; ")]
    return tuple(told)


def can_say(entry: Entry, found: Assessment | None, refused: Sequence[str], change: float) -> str:
    """The paragraph of what the counts show; '' where there are none.

    Args:
        entry: What was registered.
        found: What was counted.
        refused: Why no claim may be made.
        change: Of the response area, in per cent; NaN where the base is too small.
    """
    if found is None or not found.response.codes:
        return ""
    source, area = SOURCES.get(entry.source, entry.source), found.response
    per_cent = "" if isnan(change) else f", {_signed(change)}%"
    told = [
        f"{_sentence(source)} count {_number(area.after)} {entry.counted} of {entry.offence} in {entry.name} "
        f"({_units(area, entry.unit_kind)}) in {span(found.after)}, against {_number(area.before)} in "
        f"{span(found.before)} ({_difference(area)}{per_cent})."
    ]
    if found.control.codes:
        told.append(f"In areas matched to it in size and crime it went from {_from_to(found.control)}.")
    if found.buffer.codes:
        told.append(f"Next to it, where crime may have moved, it went from {_from_to(found.buffer)}.")
    local = found.local
    if refused or local is None:
        return " ".join(told)
    between = _between(local)
    if found.verdict == "not told from chance":
        told.append(
            f"Against the matched areas that is {_signed(local.estimate)}, which is not told from chance: the interval "
            f"that placebos justify is {between}."
        )
    else:
        way = "fewer" if found.verdict == "fell more" else "more"
        told.append(
            f"Against the matched areas that is {_number(abs(_whole(local.estimate)))} {way} than was to be expected, "
            f"and it is told from chance: the interval that placebos justify is {between}."
        )
        if displaced := displacement(found):
            told.append(displaced)
    return " ".join(told)


def cannot_say(entry: Entry, found: Assessment | None, refused: Sequence[str], sweep: Sweep | None) -> str:
    """The paragraph of what must not be concluded; never empty.

    Args:
        entry: What was registered.
        found: What was counted, where that could be.
        refused: Why no claim may be made.
        sweep: What other windows would have given; none where there is no claim to hold against it.
    """
    if found is None or not found.response.codes:
        where = f" from {SOURCES.get(entry.source, entry.source)}" if entry.source else ""
        reason = refused[0] if found is None else _clause(found.refusal)
        told = [f"{_sentence(entry.offence)} in {entry.name} cannot be judged{where}: {reason}."]
        if entry.is_only_source:
            told.append("No other landed file counts it below the borough.")
        return " ".join([*told, *_claimed(entry, counted=False, sweep=None)])
    told = [f"No claim is made: {'; '.join(refused)}."] if refused else []
    local = found.local
    if local is not None and found.disagrees:
        told.append(
            f"Against matched areas the difference is {_signed(local.estimate)} ({_between(local)} by placebos), and "
            f"{_ratio(found.ratio)}: where crime falls or rises everywhere, the larger of two areas changes by more "
            "crimes without any effect."
        )
    elif local is not None and refused and not isnan(local.calibrated_low):
        holds = local.calibrated_low <= 0 <= local.calibrated_high
        told.append(
            f"Even without that, the change against matched areas, {_signed(local.estimate)} with an interval of "
            f"{_between(local)} by placebos, {'is not told from chance' if holds else 'would need a registered test'}."
        )
    if local is not None and not isnan(local.false_alarms):
        told.append(
            f"The plain interval, {_signed(local.low)} to {_signed(local.high)}, may not be quoted: of "
            f"{_number(found.placebos)} placebos{_worth(found)}, where nothing was done, it calls "
            f"{_whole(100 * local.false_alarms)}% an effect."
        )
    if not isnan(found.detectable):
        told.append(f"A fall of less than {_whole(100 * found.detectable)}% here would not be told from chance.")
    elif local is not None and not isnan(local.calibrated_low):
        told.append("No fall, however large, would be told from chance here in most cases.")
    if found.wdq_reason:
        told.append(f"Whether crime moved next door cannot be said: {_clause(found.wdq_reason)}.")
    if found.spike:
        told.append(
            f"The months before were unusually high, {_number(found.response.before)} against "
            f"{_whole(found.usual_before)} usually: a fall was to be expected without any operation (regression to the "
            "mean)."
        )
    return " ".join([*told, *_claimed(entry, counted=True, sweep=sweep), CAUSE])


def lasting(entry: Entry, found: Assessment, refused: Sequence[str], change: float, later: int) -> tuple[str, str]:
    """What can and cannot be said of the months from so many after the operation's end, against those before it."""
    if not found.response.codes:
        return "", f"Whether it lasted {later} months on cannot be said: {_clause(found.refusal)}."
    per_cent = "" if isnan(change) else f", {_signed(change)}%"
    told = (
        f"{later} months on, in {span(found.after)}, it was {_number(found.response.after)} {entry.counted} against "
        f"{_number(found.response.before)} in {span(found.before)}, before the operation "
        f"({_difference(found.response)}{per_cent}); in matched areas {_from_to(found.control)}."
    )
    if refused or found.local is None:
        return told, "; ".join(refused) and f"No claim is made: {'; '.join(refused)}."
    so = {
        "fell more": "That is lower than matched areas would have it, and told from chance.",
        "rose more": "That is higher than matched areas would have it, and told from chance: it is returning.",
    }.get(found.verdict, "Against the matched areas that is not told from chance.")
    return f"{told} {so} The interval by placebos is {_between(found.local)}.", CAUSE


def displacement(found: Assessment) -> str:
    """The size of the weighted displacement quotient; '' where it cannot be interpreted.

    Never a direction: no interval of the buffer against its own control is calibrated by placebos, so that nothing
    tells crime that moved, or benefit that spread, from chance.
    """
    if isnan(found.wdq):
        return ""
    return (
        f"The displacement quotient is {_hundredths(found.wdq)}: a size alone, since what changed next to it is not "
        "told from chance."
    )


def span(window: Window) -> str:
    """'April to September 2024', 'October 2023 to March 2024', 'May 2024'."""
    start, end = window.start, window.end
    if start == end:
        return f"{start:%B %Y}"
    return f"{start:%B} to {end:%B %Y}" if start.year == end.year else f"{start:%B %Y} to {end:%B %Y}"


def _claimed(entry: Entry, *, counted: bool, sweep: Sweep | None) -> list[str]:
    """What was claimed in public, beside what the counts show; nothing without a claim."""
    if not entry.claim_words:
        return []
    without = "without its dates and counts" if entry.assumed else "by this alone"
    told = [f"The claim \u201c{entry.claim_words}\u201d cannot be checked{f' {without}' if counted else ''}."]
    if sweep is None or not sweep.windows or isnan(entry.claim_change):
        return told
    length = f"{sweep.shortest} to {sweep.longest}" if sweep.shortest < sweep.longest else f"{sweep.longest}"
    many = f"{_number(sweep.as_large)} of them" if sweep.as_large else "none of them"
    way = "fell" if entry.claim_change < 0 else "rose"
    told.append(
        f"This source holds {_number(sweep.windows)} windows of {length} months with the same months before. Between "
        f"them the change here runs from {_signed(sweep.lowest)}% to {_signed(sweep.highest)}%, and {many} {way} as "
        "much as claimed: a figure without its window can be any of these."
    )
    if not isnan(sweep.elsewhere):
        told.append(f"In the other areas {_share(sweep.elsewhere)} of such windows {way} as much.")
    return told


def _clause(text: str) -> str:
    """A sentence as a part of another; a name or abbreviation at its beginning stays as it is."""
    text = text.rstrip(".")
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _share(share: float) -> str:
    return "fewer than 1%" if 0 < share < 0.01 else f"{_whole(100 * share)}%"


def _worth(found: Assessment) -> str:
    """Placebos share areas and months, so that they are worth fewer."""
    return "" if isnan(found.independent) else f" (worth {_number(int(found.independent))} independent ones)"


def _units(area: Area, kind: str) -> str:
    one, many = KINDS[kind]
    return f"{_number(len(area.codes))} {one if len(area.codes) == 1 else many}"


def _from_to(area: Area) -> str:
    return f"{_number(area.before)} to {_number(area.after)}"


def _difference(area: Area) -> str:
    return _signed(area.after - area.before)


def _between(claim: Claim) -> str:
    return f"{_signed(claim.calibrated_low)} to {_signed(claim.calibrated_high)}"


def _ratio(claim: Claim | None) -> str:
    """'the ratio is 0.98 (0.84 to 1.15)', with the interval by placebos where there is one."""
    if claim is None:
        return "a ratio cannot be formed, since a count is 0"
    ends = (claim.calibrated_low, claim.calibrated_high)
    between = "" if isnan(ends[0]) else f" ({' to '.join(map(_hundredths, ends))})"
    return f"the ratio is {_hundredths(claim.estimate)}{between}"


def _results_visible(month: date) -> date:
    """The first day on which a month's figures count as published."""
    following = month_of(number(month) + 1)
    return following.replace(day=RESULTS_ON)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _whole(value: float) -> int:
    """Rounded half away from zero."""
    return int(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))


def _hundredths(value: float) -> str:
    return _minus(f"{Decimal(str(value)).quantize(Decimal('0.01'), ROUND_HALF_UP)}")


def _number(value: int) -> str:
    return _minus(f"{value:,}")


def _minus(text: str) -> str:
    return text.replace("-", "\u2212")


def _signed(value: float) -> str:
    whole = _whole(value)
    return f"{'+' if whole > 0 else ''}{_number(whole)}"
