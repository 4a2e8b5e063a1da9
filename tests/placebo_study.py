"""How often would a claim about an operation be wrong? `python tests/placebo_study.py` prints the tables.

What is here: the cells of the study (offence, size, length) and its tables in markdown: how often the plain formula and
how often the calibrated claim says that something was done where nothing was, and how large a fall must be to be told.
What is not: the trials (placebo_trials.py), and the test itself (safer_assets/evidence/), which is used as it is.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
import placebo_trials as trials
from placebo_trials import OFFENCES, Alarms

from safer_assets.evidence.change import MINIMUM_BASE

SIZES: Final = (1, 5, 10)
LENGTHS: Final = (3, 6, 12)
LEAST_TRIALS: Final = 100
"""A cell with fewer is not called the least or the greatest."""
BANDS: Final = ((25, 50), (50, 100), (100, 200), (200, 400))
COLUMNS: Final = ("plain", "by_rest", "left_out", "places", "dates")
SEED: Final = 20180630


@dataclass(frozen=True)
class Cell:
    """What one offence, size and length gave: alarms of each kind, and the least fall told by crimes before."""

    offence: str
    size: int
    length: int
    base: float
    alarms: dict[str, Alarms]
    falls: dict[tuple[int, int], float]


def study(data: Path, offences: tuple[str, ...] = OFFENCES) -> Iterator[Cell]:
    """Every cell; the same figures each time."""
    known, east = trials.grounds(data)
    for offence, size, length in product(offences, SIZES, LENGTHS):
        rng = np.random.default_rng([SEED, OFFENCES.index(offence), size, length])
        ground = known[offence]
        one = trials.pool(ground, size, length, rng)
        z, both = trials.z_local(one.trials), trials.z_overall(one.trials)
        alarms = {
            "plain": trials.plain(z),
            "plain_wdd": trials.plain(both),
            "by_count": trials.plain(trials.z_by_count_alone(one)),
            "by_grown": trials.plain(trials.z_by_grown_area(one, rng)),
            "by_rest": trials.plain(trials.z_by_the_rest(one)),
            "left_out": trials.left_out(one, z, rng),
            "left_out_wdd": trials.left_out(one, both, rng, has_buffers=True),
            "claims": trials.left_out(one, z, rng, least_base=MINIMUM_BASE),
            "assessed": trials.assessed(one, rng),
            "places": trials.halves_of_place(ground, size, length, east, rng),
            "dates": trials.halves_of_time(one),
        }
        falls = {
            band: trials.detectable(one.some(np.flatnonzero((one.base >= band[0]) & (one.base < band[1]))), rng)
            for band in BANDS
        }
        yield Cell(offence, size, length, float(np.median(one.base)), alarms, falls)


def per_cent(alarms: Alarms) -> str:
    """'5.3', or a dash where nothing may be claimed."""
    return f"{100 * alarms.mean():.1f}" if alarms.size else "\u2013"


def together(cells: list[Cell], kind: str) -> Alarms:
    """Alarms of one kind over cells."""
    return np.concatenate([cell.alarms[kind] for cell in cells])


def section(cells: list[Cell]) -> Iterator[str]:
    """The tables, a line at a time."""
    kinds = {
        "plain": "plain difference, matched control",
        "by_count": "plain difference, control by the count before alone",
        "by_grown": "plain difference, control a grown area of the nearest count before",
        "by_rest": "plain difference, control the rest of the borough",
        "plain_wdd": "plain WDD with buffer, matched controls",
        "left_out": "**calibrated claim**, placebos left out in turn",
        "claims": f"calibrated claim, the same, only trials with {MINIMUM_BASE} crimes before",
        "assessed": "calibrated claim, the whole test run for each of some of those",
        "places": "calibrated claim, learnt in one half of the borough and tried in the other",
        "dates": "calibrated claim, learnt on one half of the dates and tried on the other",
        "left_out_wdd": "calibrated WDD with buffer, placebos left out in turn",
    }
    yield "| false alarms, % of trials in which nothing was done | all | least cell | greatest cell | trials |"
    yield "|---|---:|---:|---:|---:|"
    for kind, words in kinds.items():
        large = sorted((cell.alarms[kind] for cell in cells if cell.alarms[kind].size >= LEAST_TRIALS), key=np.mean)
        ends = [per_cent(large[0]), per_cent(large[-1])] if large else ["\u2013", "\u2013"]
        whole = together(cells, kind)
        yield f"| {words} | {per_cent(whole)} | {ends[0]} | {ends[1]} | {whole.size:,} |"
    yield ""
    yield "| size, months | plain | rest of the borough | calibrated | across places | across dates |"
    yield "|---|---:|---:|---:|---:|---:|"
    for size, length in product(SIZES, LENGTHS):
        found = [
            per_cent(together([cell for cell in cells if (cell.size, cell.length) == (size, length)], kind))
            for kind in COLUMNS
        ]
        yield f"| {size} LSOA{'s' if size > 1 else ''}, {length} | {' | '.join(found)} |"
    yield ""
    yield "| offence | plain | rest of the borough | calibrated | across places | across dates |"
    yield "|---|---:|---:|---:|---:|---:|"
    for offence in dict.fromkeys(cell.offence for cell in cells):
        found = [per_cent(together([cell for cell in cells if cell.offence == offence], kind)) for kind in COLUMNS]
        yield f"| {offence} | {' | '.join(found)} |"
    yield ""
    yield "Least fall told from chance in 80 % of trials, by crimes before (median of the cells with enough trials):"
    yield ""
    yield f"| offence | {' | '.join(f'{low} to {high - 1}' for low, high in BANDS)} |"
    yield f"|---|{'---:|' * len(BANDS)}"
    for offence in dict.fromkeys(cell.offence for cell in cells):
        falls = defaultdict(list)
        for cell in cells:
            if cell.offence == offence:
                for band, fall in cell.falls.items():
                    falls[band].append(fall)
        yield f"| {offence} | {' | '.join(_fall(falls[band]) for band in BANDS)} |"


def _fall(falls: list[float]) -> str:
    known = [fall for fall in falls if not np.isnan(fall)]
    return f"\u2212{100 * np.median(known):.0f} %" if known else "none"


def main() -> None:
    """Print the section."""
    data = Path(__file__).resolve().parents[2] / "shared" / "data"
    cells = list(study(data))
    print("\n".join(section(cells)))  # noqa: T201 # this is what it is for


if __name__ == "__main__":
    main()
