"""The grade: what two counts against each other may be said to show, in four plain words.

What is here: the table of rules, the only place in which a grade is decided, its thresholds, and the sentence with the
numbers that gives the reason. What is not: the test behind it (chance.py), how a grade looks (charts/), and whether a
change is good: that is the indicator's direction, which no rule here reads.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.change import Floats

Flags = npt.NDArray[np.bool_]

CLEAR_BELOW: Final = 0.01
PROBABLE_BELOW: Final = 0.05
FEWEST_EVENTS: Final = 10
"""Fewer in both windows together are too few for any grade."""
WIDEST: Final = 3.0
"""An interval whose upper end is this many times its lower tells next to nothing."""
ASSUMED_DISPERSION: Final = 5.0
"""Taken where dispersion cannot be estimated: three in four borough series of London have less (docs/evidence.md)."""


@dataclass(frozen=True)
class Case:
    """What the rules look at; arrays of one shape, NaN where there is no number.

    Attributes:
        value: Count in the window.
        prior: Count in the comparator window; NaN where the two may not be compared.
        p_value: Two-sided, widened by the dispersion.
        low: Lower end of the exact 95 % interval of the ratio value / prior: how few the counts are, not how much they
            jump.
        high: Upper end.
        dispersion: Estimated; NaN where it is not known and `ASSUMED_DISPERSION` was taken.
    """

    value: Floats
    prior: Floats
    p_value: Floats
    low: Floats
    high: Floats
    dispersion: Floats

    @property
    def together(self) -> Floats:
        """Events in both windows."""
        return self.value + self.prior

    @property
    def known(self) -> Flags:
        """Whether the dispersion was estimated."""
        return ~np.isnan(self.dispersion)

    @property
    def wide(self) -> Flags:
        """Whether the interval tells next to nothing."""
        return self.high >= WIDEST * self.low


@dataclass(frozen=True)
class Rule:
    """One row of the table.

    Attributes:
        grade: The words; `{way}` becomes rise or fall.
        when: The condition, as the documentation prints it.
        means: What it tells a reader who is no statistician.
        holds: The condition.
    """

    grade: str
    when: str
    means: str
    holds: Callable[[Case], Flags]


RULES: Final[Sequence[Rule]] = (
    Rule(
        "no figure",
        "the window has no count",
        "A month of the window is missing, or no file has the indicator.",
        lambda case: np.isnan(case.value),
    ),
    Rule(
        "not comparable",
        "there is no comparator, or a comparability break lies in the window or between the two",
        "The counts stand, but were made in two ways, or there is nothing to compare with. No change may be quoted.",
        lambda case: np.isnan(case.prior),
    ),
    Rule(
        "too few to say",
        f"fewer than {FEWEST_EVENTS} events in both windows together",
        "So few that very different changes fit the same counts.",
        lambda case: case.together < FEWEST_EVENTS,
    ),
    Rule(
        "clear {way}",
        f"p below {CLEAR_BELOW}, and the over-dispersion is known",
        "Much larger than the ordinary ups and downs of this series.",
        lambda case: (case.p_value < CLEAR_BELOW) & case.known,
    ),
    Rule(
        "probable {way}",
        f"p below {PROBABLE_BELOW}",
        "Larger than the ordinary ups and downs nearly always are. Worth asking about, not yet worth acting on alone.",
        lambda case: case.p_value < PROBABLE_BELOW,
    ),
    Rule(
        "too few to say",
        f"the upper end of the ratio's exact 95 % interval is at least {WIDEST:g} times the lower",
        "So few that very different changes fit the same counts.",
        lambda case: case.wide,
    ),
    Rule(
        "no clear change",
        "otherwise",
        "The difference is within the ordinary ups and downs. It is not a rise, and it is not a fall.",
        lambda case: np.ones(case.value.shape, dtype=bool),
    ),
)
"""The first rule that holds gives the grade. p is the one that is widened by over-dispersion."""


def deciding_rule(case: Case) -> npt.NDArray[np.int64]:
    """The position in `RULES` of the first rule that holds, same shape as the case."""
    held: Flags = np.stack([rule.holds(case) for rule in RULES])
    found: npt.NDArray[np.int64] = held.argmax(axis=0)
    return found


def grades(case: Case) -> npt.NDArray[np.object_]:
    """The plain words of each figure, same shape as the case."""
    words = np.array([[rule.grade.format(way=way) for way in ("fall", "rise")] for rule in RULES], dtype=object)
    rises = (case.value > case.prior).astype(np.int64)
    found: npt.NDArray[np.object_] = words[deciding_rule(case), rises]
    return found


def reasons(case: Case, quality: Sequence[str]) -> list[str]:
    """One short sentence a figure that names the rule and the numbers.

    Args:
        case: Of shape (figures,).
        quality: Why a value or its comparator is missing, as marts.figures says it; one a figure.
    """
    rule = deciding_rule(case)
    columns = (rule, case.value, case.prior, case.p_value, case.low, case.high, case.known)
    rows = zip(*(column.tolist() for column in columns), quality, strict=True)
    return [_reason(*row) for row in rows]


def p_words(p_value: float) -> str:
    """A p-value in words: 'p = 0.44', 'p = 0.038', 'p < 0.001'; never rounded onto a threshold it is not at."""
    if p_value < 0.001:
        return "p < 0.001"
    places = 2 if p_value >= 0.1 else 3
    text = f"{p_value:.{places}f}"
    while float(text) in (CLEAR_BELOW, PROBABLE_BELOW) and float(text) != p_value and places < 9:
        places += 1
        text = f"{p_value:.{places}f}"
    return f"p = {text}"


def _reason(
    rule: int, value: float, prior: float, p_value: float, low: float, high: float, known: bool, quality: str
) -> str:
    if rule <= 1:
        return quality or "no comparator"
    counts = f"{value:,.0f} against {prior:,.0f}"
    if rule == 2:
        return f"{counts}: fewer than {FEWEST_EVENTS} together"
    how = "after widening"
    if not known:
        how = f"with a dispersion of {ASSUMED_DISPERSION:g} taken, as it is unknown for want of months that compare"
    words = f"{counts}: {p_words(p_value)} {how}"
    if rule == 3:
        return f"{words}, below {CLEAR_BELOW}"
    if rule == 4:
        return f"{words}, below {PROBABLE_BELOW}"
    if rule == 5:
        upper = f"{high:,.2f}" if np.isfinite(high) else "any number"
        return f"{words}, and so few that the ratio may be anything from {low:,.2f} to {upper}"
    return f"{words}, so within chance"
