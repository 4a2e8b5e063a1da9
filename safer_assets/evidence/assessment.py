"""What is found out of one operation.

What is here: its areas, its comparisons, and all of them together. What is not: how they are found (operation.py).
"""

from dataclasses import dataclass
from math import nan
from typing import Literal

from safer_assets.evidence.ground import Window

Verdict = Literal["fell more", "rose more", "not told from chance", ""]


@dataclass(frozen=True)
class Area:
    """Units and their crimes in both windows; `before` and `after` are sums over the units."""

    codes: tuple[str, ...]
    before: int
    after: int


@dataclass(frozen=True)
class Claim:
    """One comparison: as the formula gives it, and as placebos of the same size say it must be read.

    Attributes:
        estimate: Crimes for differences; a ratio (1 is no difference) for the ratio.
        error: Plain standard error; of the log for the ratio.
        z: Plain.
        low: Lower end of the plain 95 % interval.
        high: Upper end.
        stretch: How many times wider the interval must be, to be wrong in 5 % of placebos; NaN without them.
        calibrated_low: Lower end of the stretched interval; NaN without placebos.
        calibrated_high: Upper end.
        false_alarms: Share of placebos, where nothing was done, that the plain interval calls an effect.
        p_value: Share of placebos at least as far from nothing as this, itself counted as one.
        verdict: What may be said: from the stretched interval alone; '' where nothing may.
    """

    estimate: float
    error: float
    z: float
    low: float
    high: float
    stretch: float
    calibrated_low: float
    calibrated_high: float
    false_alarms: float
    p_value: float
    verdict: Verdict


@dataclass(frozen=True)
class Assessment:
    """All that can be said of one operation.

    Attributes:
        before: Window of the counts before; after: window of the counts after. Same calendar months.
        response: Where the operation was.
        control: Matched to it in size and base.
        buffer: Where crime may have moved to: near the response area, and not in it.
        buffer_control: Matched to the buffer.
        wdq: Weighted displacement quotient; NaN where it cannot be interpreted, and `wdq_reason` says why.
        net_effect: Crimes prevented in response area and buffer together; NaN with the quotient.
        local: dR - dC: response area against its control. The claim rests on this one, because a buffer adds chance;
            the ratio must say the same.
        difference: WDD, (dR - dC) + (dD - dDC): response area and buffer; None where the buffer has no control.
        ratio: (Ra/Rb) / (Ca/Cb); None where one of them is 0.
        disagrees: `local` is told from chance, and the ratio does not show it: its calibrated interval holds 1, or it
            says the opposite. Then there is no claim.
        weighted: WDD per hectare, plain; None where areas are not given.
        placebos: How many were made.
        usual_before: Crimes the response area would have had before, at its usual share of all units' crime; its usual
            share is that of the other months before the operation. NaN with fewer of them than the window has.
        spike: Crime before was above that by more than chance: a fall was to be expected without any operation.
        refusal: Why there is no claim; '' where there is one. Counts stand where they are known and comparable.
        independent: How many independent placebos the placebos are worth.
        detectable: Least fall, as a share in steps of 0.05, that the test claims in 80 % of placebos; NaN where it
            claims none.
    """

    before: Window
    after: Window
    response: Area
    control: Area
    buffer: Area
    buffer_control: Area
    wdq: float = nan
    wdq_reason: str = "Nothing could be counted"
    net_effect: float = nan
    local: Claim | None = None
    difference: Claim | None = None
    ratio: Claim | None = None
    disagrees: bool = False
    weighted: Claim | None = None
    placebos: int = 0
    usual_before: float = nan
    spike: bool = False
    refusal: str = ""
    independent: float = nan
    detectable: float = nan

    @property
    def verdict(self) -> Verdict:
        """The claim that may be made of the operation; '' where `refusal` says why there is none."""
        return "" if self.refusal or self.local is None else self.local.verdict
