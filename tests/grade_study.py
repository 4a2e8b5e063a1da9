"""How often does a series without any change get a grade of change? Prints the table of docs/evidence.md.

What is here: simulated series with a season, with months that cluster and, in some, stay high or low for a while, run
through the very function that grades figures. What is not: assertions (tests/evidence/test_grade.py has some). Run it
with `python tests/grade_study.py`; it takes about a minute.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from safer_assets.evidence.assess import graded
from safer_assets.evidence.change import Floats

SERIES = 20_000
END = pd.Timestamp(2025, 2, 1)
WINDOWS = {"month": 1, "r3": 3, "r12": 12}
CASES = (
    ("no more than chance (1)", 48, 200, 1.0, 0.0),
    ("2", 48, 20, 2.0, 0.0),
    ("3", 48, 200, 3.0, 0.0),
    ("10", 48, 2000, 10.0, 0.0),
    ("3, of only 24 months", 24, 200, 3.0, 0.0),
    ("3, and a month takes after the one before (0.3)", 48, 200, 3.0, 0.3),
    ("3, and a month takes after the one before (0.6)", 48, 200, 3.0, 0.6),
)
"""What the table calls it, months, events a month, dispersion, correlation of a month's level with the next."""


def simulated(months: int, mean: float, phi: float, memory: float) -> Floats:
    """Counts of 48 months, the first of them missing where there are fewer; shape (series, 48)."""
    random = np.random.default_rng(20250201)
    expected = mean * (1 + 0.15 * np.sin(np.arange(48) / 12 * 2 * np.pi))
    spread = np.log1p((phi - 1) / mean)
    level = np.zeros((SERIES, 48))
    level[:, 0] = random.normal(0, np.sqrt(spread), SERIES)
    for month in range(1, 48):
        level[:, month] = memory * level[:, month - 1]
        level[:, month] += random.normal(0, np.sqrt(spread * (1 - memory**2)), SERIES)
    counts: Floats = random.poisson(expected * np.exp(level - spread / 2)).astype(float)
    counts[:, : 48 - months] = np.nan
    return counts


def figures(counts: Floats, window: str) -> pd.DataFrame:
    """The figures of a window against a year earlier, as marts.evidence's SELECT gives them."""
    length = WINDOWS[window]
    frame = pd.DataFrame({"area_code": [str(number) for number in range(len(counts))]})
    texts = ("area_name", "quality", "bcu_position", "london_position", "london_name", "london_why")
    rates = ("london_own_rate", "london_rest_rate", "london_usual_low", "london_usual_high")
    start = END - pd.DateOffset(months=length - 1)
    frame = frame.assign(
        indicator="burglary", window=window, **dict.fromkeys(texts, ""), **dict.fromkeys(rates, np.nan)
    )
    frame = frame.assign(start_month=start, end_month=END, data_month=END, change_pct=np.nan)
    frame = frame.assign(prior_start_month=start - pd.DateOffset(years=1), prior_end_month=END - pd.DateOffset(years=1))
    frame["value"], frame["prior_value"] = counts[:, 48 - length :].sum(axis=1), counts[:, 36 - length : 36].sum(axis=1)
    frame["change_abs"] = frame["value"] - frame["prior_value"]
    lists = {"offences": counts, "segments": np.zeros(counts.shape, dtype=int), "breaks": np.full(counts.shape, "")}
    return frame.assign(**{name: pd.Series(list(rows)) for name, rows in lists.items()})


def main(_: Sequence[str] = ()) -> None:
    """Print the table."""
    lines = ["| dispersion | window | exact p below 0.05 | clear | probable |", "|---|---|---|---|---|"]
    for name, months, mean, phi, memory in CASES:
        counts = simulated(months, mean, phi, memory)
        for window in WINDOWS:
            found = graded(figures(counts, window))
            first = found["grade"].str.partition(" ")[0]
            shares = ((found["p_value"] < 0.05).mean(), (first == "clear").mean(), (first == "probable").mean())
            cells = " | ".join(f"{100 * share:.1f} %" for share in shares)
            lines.append(f"| {name} | `{window}` | {cells} |")
    print("\n".join(lines))  # noqa: T201 # this is what it is for


if __name__ == "__main__":
    main()
