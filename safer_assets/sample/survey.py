"""MOPAC's Public Attitude Survey, invented: shares of people by quarter, borough and question.

What is here: its header and rows. What is not: areas (world.py).
"""

from typing import TYPE_CHECKING

import numpy as np

from safer_assets.sample.world import World, bounded_years, draws, month_date

if TYPE_CHECKING:
    import pandas as pd

HEADER = ("Date", "Survey", "Borough", "Measure", "Proportion", "MPS")
SEPARATOR = ";"
QUARTERS = 16

MEASURES: tuple[tuple[str, float], ...] = (
    ('"Good Job" local', 0.52),
    ("Trust MPS", 0.72),
    ("Relied on to be there", 0.60),
    ("Listen to concerns", 0.62),
    ("Understand issues", 0.61),
    ("Treat everyone fairly", 0.66),
    ("Informed local", 0.33),
    ("Contact ward officer", 0.20),
)
"""The publisher's questions, and the share of people who agree in an average invented borough."""

_BOROUGH_SPREAD, _QUARTER_NOISE, _DRIFT = 0.04, 0.06, -0.012  # the drift is a year's
_SPAN = 4  # quarters behind a published value: the survey asks too few people in one


def survey_rows(world: World, last: int) -> "pd.DataFrame":
    """The file whose last quarter is the newest that ends in or before the month number `last`."""
    import pandas as pd

    end = last - (last % 12 + 1) % 3
    ends = [end - 3 * back for back in reversed(range(QUARTERS))]
    names = [area.name for area in world.boroughs]
    frames = []
    for measure, typical in MEASURES:
        levels = draws(world.seed, "survey level", measure).normal(typical, _BOROUGH_SPREAD, len(names))
        asked = {
            quarter: levels
            + _DRIFT * bounded_years(quarter)
            + draws(world.seed, "survey", measure, quarter).normal(0, _QUARTER_NOISE, len(names))
            for quarter in range(ends[0] - 3 * (_SPAN - 1), end + 1, 3)
        }
        for quarter in ends:
            shares = np.clip(np.mean([asked[quarter - 3 * back] for back in range(_SPAN)], axis=0), 0.02, 0.98)
            day = month_date(quarter + 1).replace(day=1) - pd.Timedelta(days=1)
            cells = {"Date": f"{day:%d/%m/%Y}", "Survey": "PAS", "Borough": names, "Measure": measure}
            frame = pd.DataFrame(cells).assign(
                Proportion=[_decimal_comma(share) for share in shares], MPS=_decimal_comma(shares.mean())
            )
            frames.append(frame)
    return pd.concat(frames, ignore_index=True)[list(HEADER)]


def _decimal_comma(share: float) -> str:
    return f"{share:.2f}".replace(".", ",")
