"""Monthly series side by side: lists of a frame as arrays of one length.

What is here: stacking, and which months compare with the last of a window. What is not: statistics.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence.change import Floats

if TYPE_CHECKING:
    import pandas as pd

MONTHS: Final = 48
"""Length of every series: four years to the data month."""

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Series:
    """Series of 48 months each, the last of them the data month.

    Attributes:
        counts: Shape (series, 48); NaN where a month is missing.
        segments: The same shape; a new number after each comparability break.
        breaks: The same shape; the break that a month's segment begins with, else empty.
    """

    counts: Floats
    segments: Whole
    breaks: npt.NDArray[np.object_]


def stacked(frame: "pd.DataFrame") -> Series:
    """The lists `offences`, `segments` and `breaks` of each row as arrays; without lists a series of no months."""
    none = {"offences": np.full(MONTHS, np.nan), "segments": np.zeros(MONTHS), "breaks": np.full(MONTHS, "")}

    def rows(column: str) -> npt.NDArray[np.object_]:
        held = [none[column] if cell is None or np.ndim(cell) == 0 else np.asarray(cell) for cell in frame[column]]
        return np.array(held, dtype=object).reshape(len(frame), MONTHS)

    return Series(rows("offences").astype(float), rows("segments").astype(np.int64), rows("breaks"))


def of_one_kind(series: Series, end: int) -> Floats:
    """Counts to the month at `end`, only those of its own segment; NaN before.

    Args:
        series: All series.
        end: Position of the last month wanted, 0 to 47.

    Returns:
        Shape (series, end + 1).
    """
    counts, labels = series.counts[:, : end + 1], series.segments[:, : end + 1]
    found: Floats = np.where(labels == labels[:, end : end + 1], counts, np.nan)
    return found
