"""Every operation's test as a frame: a pure function from series to results (models/computed.py).

What is here: frames to grounds and trials, and assessments to rows. What is not: the test (operation.py), and its words
(claims.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import isnan
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from safer_assets.evidence import claims
from safer_assets.evidence.assessment import Area, Assessment, Claim
from safer_assets.evidence.change import change_pct
from safer_assets.evidence.ground import YEAR, Flags, Ground, Trial, month_of, number, years_back
from safer_assets.evidence.operation import assess

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]  # cells of frames, whose types are DuckDB's

ANY_LENGTH: Final = (3, 12)
"""Months of the windows that a claim without dates may have meant: boards are told of quarters to years."""
TESTS: Final = {"operation": 0, "plus_6": 6, "plus_12": 12}
"""Each test's name and its months from the operation's end; 0 is the operation itself."""

KEY: Final = ["position", "offence_position", "source"]
TEXTS: Final = (
    *("operation_id", "name", "indicator", "source", "unit_kind", "test", "units", "control_units", "buffer_units"),
    *("wdq_reason", "verdict", "refusal", "can_say", "cannot_say", "claim", "claim_source", "assumed"),
)
MONTHS: Final = ("before_start", "before_end", "after_start", "after_end")
COUNTS: Final = (
    *("response_before", "response_after", "control_before", "control_after"),
    *("buffer_before", "buffer_after", "buffer_control_before", "buffer_control_after", "placebos"),
    *("position", "offence_position", "windows", "windows_as_claimed"),
)
NUMBERS: Final = (
    *("change_pct", "claim_change_pct", "wdq", "net_effect", "false_alarms", "usual_before", "fit"),
    *("independent", "detectable_pct", "wdd_per_hectare", "wdd_per_hectare_low", "wdd_per_hectare_high"),
    *(
        f"{name}{end}"
        for name in ("local", "wdd", "ratio")
        for end in ("", "_z", "_low", "_high", "_calibrated_low", "_calibrated_high", "_p")
    ),
)
FLAGS: Final = ("spike",)
KEPT: Final = ("operation_id", "name", "indicator", "source", "unit_kind", "position", "offence_position")


def assessed(rows: "pd.DataFrame") -> "pd.DataFrame":
    """One row per operation, offence, source and test.

    Args:
        rows: One row per operation, offence, source and unit, as dbt_like_sql/marts/operations.sql gives them. A unit
            has its counts over consecutive months from `series_start`; where nothing can be counted one row has the
            reason, and no unit.

    Returns:
        The columns of marts.operations; what is not known is empty.
    """
    import pandas as pd

    sources = rows.groupby(["position", "offence_position"])["source"].transform("nunique")
    series = rows.assign(is_only_source=(sources == 1) & (rows["source"] != "")).groupby(KEY, sort=True)
    found = [row for _, of in series for row in _results(of)]
    frame = pd.DataFrame(found, columns=[*TEXTS, *MONTHS, *COUNTS, *NUMBERS, *FLAGS])
    return frame.astype(
        {
            **dict.fromkeys(TEXTS, "str"),
            **dict.fromkeys(MONTHS, "datetime64[s]"),
            **dict.fromkeys(COUNTS, "Int64"),
            **dict.fromkeys(NUMBERS, "float64"),
            **dict.fromkeys(FLAGS, "boolean"),
        }
    )


def _results(rows: "pd.DataFrame") -> Iterator[Row]:
    """The rows of one operation, offence and source."""
    first: Row = {str(name): cell for name, cell in rows.iloc[0].items()}
    entry = _entry(first)
    usual: Row = {name: first[name] for name in KEPT}
    usual |= {"claim": entry.claim_words, "claim_source": entry.claim_source, "claim_change_pct": entry.claim_change}
    usual["assumed"] = entry.assumed
    if not first["unit_code"]:
        refused = claims.refusals(entry, str(first["reason"]), None)
        said = {"can_say": "", "cannot_say": claims.cannot_say(entry, None, refused, None)}
        yield {**usual, "test": "operation", "refusal": "; ".join(refused), **said}
        return
    ground = _ground(rows)
    response = (rows["part"] == "response").to_numpy()
    breaks = [_month(month) for month in first["breaks"]]
    others = sorted({_month(month) for months in rows["other_months"][response] for month in months})
    began, months = _month(first["start_day"]).replace(day=1), int(first["months"])
    ended = number(_month(first["end_day"])) + 1
    operation = _trial(response, number(entry.first_month), months, began)
    sweep = _sweep(ground, operation, entry, breaks)
    for test, later in TESTS.items():
        trial = _trial(response, ended + later, months, began) if later else operation
        seed = crc32(
            "|".join((str(first["operation_id"]), str(first["indicator"]), str(first["source"]), test)).encode()
        )
        result = assess(
            ground,
            trial,
            seed=seed,
            blocked=rows["other_months"].map(len).to_numpy() > 0,
            others=others,
            breaks=breaks,
            hectares=rows["hectares"].to_numpy(dtype=float),
            minimum_base=entry.minimum_base,
        )
        refused = claims.refusals(entry, "", result)
        change = _change(result.response, entry.minimum_base)
        row = {**usual, "test": test, "fit": first["fit"], "refusal": "; ".join(refused), **_numbers(result, change)}
        row["verdict"] = "" if refused else result.verdict
        if later:
            row["can_say"], row["cannot_say"] = claims.lasting(entry, result, refused, change, later)
        else:
            row["can_say"] = claims.can_say(entry, result, refused, change)
            row["cannot_say"] = claims.cannot_say(entry, result, refused, sweep)
            row |= {} if sweep is None else {"windows": sweep.windows, "windows_as_claimed": sweep.as_large}
        yield row


def _entry(first: Row) -> claims.Entry:
    registered, change = first["registered_on"], first["claim_change_pct"]
    return claims.Entry(
        name=first["name"],
        offence=first["offence"],
        counted=first["counted"],
        source=first["source"],
        is_only_source=bool(first["is_only_source"]),
        unit_kind=first["unit_kind"],
        first_month=_month(first["first_month"]),
        registered_on=None if _is_missing(registered) else _month(registered),
        assumed=first["assumed"],
        claim_words=first["claim"],
        claim_source=first["claim_source"],
        claim_change=float("nan") if _is_missing(change) else float(change),
        minimum_base=int(first["minimum_base"]),
    )


def _ground(rows: "pd.DataFrame") -> Ground:
    codes = tuple(rows["unit_code"])
    counts = np.array([np.asarray(one, dtype=np.int64) for one in rows["counts"]])
    start = number(_month(rows["series_start"].iloc[0]))
    months = tuple(month_of(start + step) for step in range(counts.shape[1]))
    return Ground(codes, months, counts, _pairs(codes, rows["near"]), _pairs(codes, rows["touches"]))


def _pairs(codes: Sequence[str], listed: "pd.Series[str]") -> npt.NDArray[np.bool_]:
    """Which units each unit's list names, (units, units); units that the source does not count are left out."""
    places = {code: at for at, code in enumerate(codes)}
    flags = np.zeros((len(codes), len(codes)), dtype=bool)
    for at, others in enumerate(listed):
        flags[at, [places[other] for other in others.split() if other in places]] = True
    return flags


def _trial(response: Flags, first: int, months: int, began: date) -> Trial:
    """A test of months from a month number on, against the same calendar months before the operation began."""
    return Trial(response, month_of(first), months, years_back(first + months - number(began)), began)


def _sweep(ground: Ground, operation: Trial, entry: claims.Entry, breaks: Sequence[date]) -> claims.Sweep | None:
    """What a claimed change could be got from: windows of the operation's length, of any where dates are assumed."""
    if not entry.claim_words or isnan(entry.claim_change):
        return None
    shortest, longest = ANY_LENGTH if entry.assumed else (operation.months, operation.months)
    lengths = range(shortest, longest + 1)
    series = ground.counts[operation.response].sum(axis=0)
    at = [number(month) - number(ground.months[0]) for month in breaks]
    here = _changes(series[np.newaxis], lengths, at)
    if not here.size:
        return None
    others = _changes(ground.counts[~operation.response], lengths, at)
    one_unit = operation.response.sum() == 1 and others.size > 0
    return claims.Sweep(
        shortest=shortest,
        longest=longest,
        windows=int(here.size),
        as_large=int(_as_large(here, entry.claim_change).sum()),
        lowest=float(here.min()),
        highest=float(here.max()),
        elsewhere=float(_as_large(others, entry.claim_change).mean()) if one_unit else float("nan"),
    )


def _changes(series: npt.NDArray[np.int64], lengths: Iterable[int], breaks: Sequence[int]) -> npt.NDArray[np.float64]:
    """Changes in per cent of every window of these lengths in (units, months), against the same months before.

    Left out are windows with a new way of recording, which begins at one of `breaks`, in or between the two.
    """
    found: list[npt.NDArray[np.float64]] = [np.empty(0)]
    for length in lengths:
        back = YEAR * years_back(length)
        if series.shape[1] >= length + back:
            sums = np.lib.stride_tricks.sliding_window_view(series, length, axis=1).sum(axis=-1)
            starts = np.arange(sums.shape[1] - back)[:, np.newaxis]
            is_broken = ((starts < breaks) & (breaks < starts + back + length)).any(axis=1)
            before, after = sums[:, :-back], sums[:, back:]
            known = (before > 0) & ~is_broken
            found.append(100 * (after[known] - before[known]) / before[known])
    return np.concatenate(found)


def _as_large(changes: npt.NDArray[np.float64], claimed: float) -> npt.NDArray[np.bool_]:
    return changes <= claimed if claimed < 0 else changes >= claimed


def _numbers(result: Assessment, change: float) -> Row:
    areas = {
        "response": result.response,
        "control": result.control,
        "buffer": result.buffer,
        "buffer_control": result.buffer_control,
    }
    known = bool(result.response.codes)
    row: Row = {f"{name}_before": area.before if known else None for name, area in areas.items()}
    row |= {f"{name}_after": area.after if known else None for name, area in areas.items()}
    row |= {
        "units": " ".join(result.response.codes),
        "control_units": " ".join(result.control.codes),
        "buffer_units": " ".join(result.buffer.codes),
    }
    row |= {"before_start": result.before.start, "before_end": result.before.end}
    row |= {"after_start": result.after.start, "after_end": result.after.end}
    row |= _claim("local", result.local) | _claim("wdd", result.difference) | _claim("ratio", result.ratio)
    if result.weighted is not None:
        row |= {"wdd_per_hectare": result.weighted.estimate}
        row |= {"wdd_per_hectare_low": result.weighted.low, "wdd_per_hectare_high": result.weighted.high}
    return row | {
        "change_pct": change,
        "wdq": result.wdq,
        "wdq_reason": result.wdq_reason,
        "net_effect": result.net_effect,
        "placebos": result.placebos,
        "false_alarms": float("nan") if result.local is None else result.local.false_alarms,
        "usual_before": result.usual_before,
        "spike": result.spike,
        "independent": result.independent,
        "detectable_pct": 100 * result.detectable,
    }


def _claim(name: str, claim: Claim | None) -> Row:
    if claim is None:
        return {}
    return {
        name: claim.estimate,
        f"{name}_z": claim.z,
        f"{name}_low": claim.low,
        f"{name}_high": claim.high,
        f"{name}_calibrated_low": claim.calibrated_low,
        f"{name}_calibrated_high": claim.calibrated_high,
        f"{name}_p": claim.p_value,
    }


def _change(area: Area, minimum_base: int) -> float:
    return float(change_pct(area.after, area.before, minimum_base)) if area.codes else float("nan")


def _month(cell: Any) -> date:  # DuckDB gives a Timestamp, or datetime64 inside a list
    import pandas as pd

    return pd.Timestamp(cell).date()


def _is_missing(cell: object) -> bool:
    import pandas as pd

    return bool(pd.isna(cell))  # type: ignore[call-overload]  # one cell
