"""Boards to draw: frames of the shapes that the marts give, made from months of counts by plain pandas.

What is here: windows and comparators computed independently of the SQL, for charts only. What is not: tests.
"""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import comparator_tables
import evidence_tables
import map_tables
import numpy as np
import operation_tables
import outcome_tables
import pandas as pd

from safer_assets.charts.context import BoardContext, BoardData
from safer_assets.reference import comparability_breaks, reference_path

HOME = ("E09000003", "Barnet")
DISTRICTS = (
    HOME,
    ("E09000005", "Brent"),
    ("E09000007", "Camden"),
    ("E09000010", "Enfield"),
    ("E09000015", "Harrow"),
)
# Enough more for a funnel: how far areas differ cannot be told from five.
OTHERS = {
    "E09000002": "Barking and Dagenham",
    "E09000004": "Bexley",
    "E09000006": "Bromley",
    "E09000008": "Croydon",
    "E09000009": "Ealing",
    "E09000011": "Greenwich",
    "E09000013": "Hammersmith and Fulham",
    "E09000033": "Westminster",
}
GROUPS = {
    "BCU-NW": ("E09000003", "E09000005", "E09000015"),
    "MPS-32": (*(code for code, _ in DISTRICTS), *OTHERS),
}
POPULATION = {
    **{code: 180_000 + 20_000 * place for place, code in enumerate(OTHERS)},
    "E09000003": 389_101,
    "E09000005": 338_918,
    "E09000007": 210_390,
    "E09000010": 329_601,
    "E09000015": 260_987,
}
# Counts a month of the size that one London borough has.
SIZES = {
    "total_notifiable_offences": 2_420,
    "burglary": 220,
    "residential_burglary": 170,
    "non_residential_burglary": 50,
    "robbery": 75,
    "personal_robbery": 60,
    "theft": 520,
    "vehicle_offences": 400,
    "violence_against_the_person": 650,
    "violence_with_injury": 190,
    "sexual_offences": 60,
    "public_order": 160,
    "criminal_damage": 150,
    "drug_offences": 90,
    "weapons_possession": 13,
    "knife_crime": 35,
    "knife_crime_with_injury": 8,
    "gun_crime": 4,
    "lethal_barrelled_discharge": 1,
    "domestic_abuse_offences": 250,
    "domestic_abuse_violence_with_injury": 58,
    "hate_crime": 70,
    "asb_incidents": 900,
    "vawg_offences": 210,
}
FLAGGED: tuple[str, ...] = ("knife_crime", "knife_crime_with_injury", "gun_crime", "lethal_barrelled_discharge")
FLAGGED += ("domestic_abuse_offences", "domestic_abuse_violence_with_injury", "hate_crime")
# Scheme and vintage of files that are newer than the data month; the borough files end with it.
FILES = {
    "mps_dashboard": ("mps-dashboard", "2025-07"),
    "police_uk_street": ("police-uk-2013", "2025-12"),
    "mps_vawg": ("mps-vawg", "2026-02"),
}
WINDOWS = {"month": 1, "r3": 3, "r12": 12}
COLUMNS = (
    *("indicator", "area_code", "area_name", "window", "start_month", "end_month", "value", "comparator"),
    *("prior_start_month", "prior_end_month", "prior_value", "change_abs", "change_pct", "rate_per_1000"),
    *("source", "scheme", "vintage", "as_at", "quality"),
)


def indicator_frame() -> pd.DataFrame:
    return pd.read_csv(reference_path("indicators.csv"))


def context(**other: object) -> BoardContext:
    usual: dict[str, object] = {
        "board_name": "Barnet Safer Communities Partnership Board",
        "area_code": HOME[0],
        "area_name": HOME[1],
        "groups": (("BCU-NW", "North West BCU"), ("MPS-32", "London (32 boroughs)")),
        "meeting_date": datetime.date(2023, 5, 12),
        "meeting_title": "Board meeting",
        "data_month": datetime.date(2023, 2, 1),
        "as_at": datetime.date(2023, 4, 12),
        "basis": "as-at",
        "scheme": "mps-before-2024",
        "sample": False,
        "sources": {
            "mps_borough": "Met Police recorded crime by borough",
            "mps_dashboard": "Met Police monthly crime dashboard",
            "police_uk_street": "data.police.uk street-level crime",
            "mps_vawg": "Met Police violence against women and girls",
            "ons_population": "ONS mid-year population estimates, mid-2021",
        },
        "minimum_base": 50,
        "groups_with_area": ("BCU-NW", "MPS-32"),
    }
    return BoardContext(**{**usual, **other})  # type: ignore[arg-type]  # keyword arguments by name, checked at run time


def months(
    last: datetime.date = datetime.date(2023, 2, 1),
    length: int = 48,
    without: Sequence[str] = (),
    names: dict[str, str] | None = None,
) -> pd.DataFrame:
    """Made-up months of every indicator for thirteen districts and two groups: the same on every call."""
    random = np.random.default_rng(20230513)
    dates = pd.date_range(end=pd.Timestamp(last), periods=length, freq="MS")
    titles = {**dict(DISTRICTS), **OTHERS, **dict(context().groups), **(names or {})}
    other = np.random.default_rng(20230514)
    frames = []
    for slug, size in SIZES.items():
        own = {"asb_incidents": "police_uk_street", "vawg_offences": "mps_vawg"}
        source = "mps_dashboard" if slug in FLAGGED else own.get(slug, "mps_borough")
        scheme, vintage = FILES.get(source, (context().scheme, f"{last:%Y-%m}"))
        areas = {code: random.poisson(size * (0.7 + 0.25 * place), length) for place, (code, _) in enumerate(DISTRICTS)}
        busy = {"E09000033": 4.0}  # a place of visitors, far above all others
        areas |= {
            code: other.poisson(size * busy.get(code, 0.3 + 0.12 * place), length) for place, code in enumerate(OTHERS)
        }
        areas |= {group: np.sum([areas[code] for code in members], axis=0) for group, members in GROUPS.items()}
        if slug not in without:
            for code, counts in areas.items():
                columns = {"indicator": slug, "area_code": code, "area_name": titles[code], "month": dates}
                origin = {"source": source, "scheme": scheme, "vintage": vintage}
                frames.append(pd.DataFrame({**columns, "offences": counts, **origin}))
    return pd.concat(frames)


@cache
def usual_board() -> BoardData:
    """A board with every indicator and 48 months."""
    return board(months(), context(), POPULATION)


def board(months: pd.DataFrame, about: BoardContext, population: dict[str, int] | None = None) -> BoardData:
    """Make figures from months, a frame with the columns of BoardData.series; absent months are missing."""
    last = pd.Period(about.data_month, "M")
    rows: list[dict[str, object]] = []
    for (slug, code), frame in months.groupby(["indicator", "area_code"]):
        stamps = frame["month"].dt.to_period("M")
        counts = {stamp.ordinal: int(value) for stamp, value in zip(stamps, frame["offences"], strict=True)}
        first = frame.iloc[0]
        for window, length in WINDOWS.items():
            row = _figure(counts, str(slug), window, length, last)
            row |= {"area_code": code, "area_name": first["area_name"], "source": first["source"]}
            row |= {"scheme": first["scheme"], "vintage": first["vintage"], "as_at": about.as_at.isoformat()}
            value = row["value"]
            if window == "r12" and isinstance(value, int) and population and code in population:
                row["rate_per_1000"] = 1000 * value / population[str(code)]
            rows.append(row)
    have = {(row["indicator"], row["area_code"]) for row in rows}
    indicators = indicator_frame()
    areas = [(about.area_code, about.area_name), *about.groups]
    for slug in indicators["indicator"]:
        for code, name in areas:
            if (slug, code) not in have:
                for window, length in WINDOWS.items():
                    blank = _blank(str(slug), window, length, last)
                    rows.append({**blank, "area_code": code, "area_name": name, "quality": "missing feed"})
    figures = pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        {"value": "Int64", "prior_value": "Int64", "change_abs": "Int64"}
    )
    series = months.astype({"offences": "Int64"})
    plain = BoardData(about, figures, series, indicators)
    return with_tables(plain)


def with_tables(plain: BoardData) -> BoardData:
    """The same board with the tables of evidence and comparators that its figures and months give."""
    evidence, comparators = evidence_tables.of_board(plain), comparator_tables.of_board(plain, GROUPS)
    outcomes, maps = outcome_tables.of_board(plain), map_tables.of_board(plain)
    operation = operation_tables.of_operation(operation_tables.results())
    return replace(plain, tables={**operation, **evidence, **comparators, **outcomes, **maps})


def _blank(slug: str, window: str, length: int, last: pd.Period) -> dict[str, object]:
    return {
        "indicator": slug,
        "window": window,
        "start_month": str(last - length + 1),
        "end_month": str(last),
        "comparator": "year_earlier",
        "quality": "ok",
    }


def _figure(counts: dict[int, int], slug: str, window: str, length: int, last: pd.Period) -> dict[str, object]:
    row = _blank(slug, window, length, last)
    row["value"] = _total(counts, last, length)
    prior = _total(counts, last - 12, length)
    breaks = [one for one in comparability_breaks() if slug in one.indicators and one.geography == "all"]
    for one in breaks:
        month = pd.Period(one.first_month, "M")
        if last - length + 1 < month <= last:
            return row | {"quality": f"contains break: {one.name}"}
        if last - length - 11 < month <= last - length + 1:
            return row | {"quality": f"not comparable: {one.name}"}
    if row["value"] is None:
        return row | {"quality": "missing feed"}
    if prior is None:
        return row | {"quality": f"no comparator: the file starts in {pd.Period(ordinal=min(counts), freq='M')}"}
    row |= {"prior_value": prior, "prior_start_month": str(last - length - 11), "prior_end_month": str(last - 12)}
    return row


def _total(counts: dict[int, int], last: pd.Period, length: int) -> int | None:
    wanted = range(last.ordinal - length + 1, last.ordinal + 1)
    return sum(counts[month] for month in wanted) if all(month in counts for month in wanted) else None
