"""Every figure with its evidence: the last step of marts.evidence.

What is here: putting test, dispersion, control chart and grade together for all figures at once. What is not: the
statistics themselves, the rules of the grade (grade.py), which figures there are and what may be compared (SQL).
"""

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence import chance, grade
from safer_assets.evidence.control_points import drawn
from safer_assets.evidence.series import MONTHS, Series, of_one_kind, stacked

if TYPE_CHECKING:
    import pandas as pd

TESTS: Final = (
    *("p_value", "rate_ratio", "rr_low", "rr_high", "dispersion"),
    *("p_widened", "widened_low", "widened_high"),
)
KINDS: Final = {
    **dict.fromkeys(("indicator", "area_code", "area_name", "window"), "str"),
    **dict.fromkeys(("start_month", "end_month", "prior_start_month", "prior_end_month"), "datetime64[s]"),
    **dict.fromkeys(("value", "prior_value", "change_abs"), "Int64"),
    **dict.fromkeys(("change_pct", *TESTS), "float64"),
    "spc_signal": "str",
    "spc_trial": "bool",
    **dict.fromkeys(("bcu_position", "london_position", "london_reason"), "str"),
    **dict.fromkeys(("grade", "direction", "reason", "quality"), "str"),
}


def graded(figures: "pd.DataFrame") -> "pd.DataFrame":
    """The evidence on every figure.

    Args:
        figures: One row a figure: its columns in marts.figures, data_month, the lists of marts.indicator_series (none
            where the indicator has no months), and its place beside the largest group.

    Returns:
        The columns that the header of marts.evidence documents.
    """
    found = figures.copy()
    value, prior = (np.asarray(figures[name].astype("float64"), dtype=np.float64) for name in ("value", "prior_value"))
    series, which = _each_series(figures)
    ends, lengths = _windows(figures)
    clusters = _dispersions(series, which, ends, lengths)
    phi = clusters.phi
    plain = chance.exact(value, prior)
    wide = chance.widened(value, prior, np.where(np.isnan(phi), grade.ASSUMED_DISPERSION, phi), clusters.freedom)
    case = grade.Case(value, prior, wide.p_value, plain.low, plain.high, phi)
    # A dispersion is told where it widens something.
    tested = np.where(np.isnan(prior), np.nan, phi)
    numbers = (plain.p_value, plain.rate_ratio, plain.low, plain.high, tested, wide.p_value, wide.low, wide.high)
    for name, column in zip(TESTS, numbers, strict=True):
        found[name] = column
    found["spc_signal"], found["spc_trial"] = _signals(series, which, ends)
    found["grade"] = grade.grades(case)
    found["direction"] = np.select([value > prior, value < prior], ["up", "down"], "none")
    found["reason"] = grade.reasons(case, figures["quality"].tolist())
    found["london_reason"] = _places(figures)
    return found[list(KINDS)].astype(KINDS)


def _each_series(figures: "pd.DataFrame") -> tuple[Series, npt.NDArray[np.intp]]:
    """The series that the figures come from, each once, and which of them each figure has."""
    keys = figures.groupby(["indicator", "area_code"], sort=False)
    which = np.asarray(keys.ngroup(), dtype=np.intp)
    return stacked(figures.iloc[np.unique(which, return_index=True)[1]]), which


def _windows(figures: "pd.DataFrame") -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where in its series each window ends, and its months."""
    months = {
        name: figures[name].dt.year.to_numpy(np.int64) * 12 + figures[name].dt.month.to_numpy(np.int64)
        for name in ("start_month", "end_month", "data_month")
    }
    return MONTHS - 1 + months["end_month"] - months["data_month"], months["end_month"] - months["start_month"] + 1


def _dispersions(
    series: Series, which: npt.NDArray[np.intp], ends: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
) -> chance.Dispersion:
    """The dispersion behind each figure, from months of its window's own segment.

    Where two years of them precede the window only those count, so that what happened in the window is not taken for an
    ordinary up and down; elsewhere the window's months count too, which makes the test more careful. One pass for each
    of the few kinds of window, over all series.
    """
    phi, freedom = np.full(which.shape, np.nan), np.full(which.shape, np.nan)
    for end, length in {*zip(ends.tolist(), lengths.tolist(), strict=True)}:
        if 0 <= end < MONTHS:
            months = of_one_kind(series, end)
            before, until = chance.clustering(months[:, :-length]), chance.clustering(months)
            known = ~np.isnan(before.phi)
            of_kind = (ends == end) & (lengths == length)
            each = which[of_kind]
            phi[of_kind] = np.where(known, before.phi, until.phi)[each]
            freedom[of_kind] = np.where(known, before.freedom, until.freedom)[each]
    return chance.Dispersion(phi, freedom)


def _signals(
    series: Series, which: npt.NDArray[np.intp], ends: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """The signal of each window's last month, and whether it is one of trial limits; none where there are no limits."""
    charts, _ = drawn(series)
    inside = (ends >= 0) & (ends < MONTHS)
    slot = np.where(inside, ends, 0)
    # A segment of one month has no moving range, so no limits that its month could be inside of.
    there = inside & ~np.isnan(charts.plotted[which, slot]) & ~np.isnan(charts.upper[which, slot])
    return np.where(there, charts.words()[which, slot], ""), np.where(there, charts.trial[which, slot], False)


def _places(figures: "pd.DataFrame") -> list[str]:
    """Why each figure has its place beside the largest group, in words."""
    names = ("london_position", "london_name", "london_why")
    numbers = ("london_own_rate", "london_rest_rate", "london_usual_low", "london_usual_high")
    rows = zip(*(figures[name].tolist() for name in (*names, *numbers)), strict=True)
    return [_place(*row) for row in rows]


def _place(position: str, name: str, why: str, own: float, rest: float, low: float, high: float) -> str:
    if not position:
        return why
    said = (
        f"12-month rate of {own:.1f} per 1,000 against {rest:.1f} in the rest of {name}, where {low:.1f} to {high:.1f} "
        "is usual"
    )
    return f"{said}; {why}" if why else said
