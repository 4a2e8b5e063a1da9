"""Board figures worked out a second time, with pandas, from one borough file: what marts.figures is held against.

What is here: an arithmetic that shares nothing with the product but its inputs, the reference tables
offence_aliases.csv and places.csv. What is not: assertions, choice of vintage, percentages, rates and quality notes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

REFERENCE = Path(__file__).resolve().parents[1] / "safer_assets" / "reference"
PAIR = ["offence_group", "offence_subgroup"]
KEY = ["indicator", "area_code"]
NAME_COLUMNS = 3  # group, sub-group and borough, whatever this vintage calls them
YEAR = 12


def independent_figures(csv: Path, data_month: str, groups: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Every window of every indicator, borough and group that one borough file carries.

    Args:
        csv: A Met borough file as published, any header set, either category scheme.
        data_month: The month that the windows end at, `YYYY-MM`.
        groups: Group code -> GSS codes of its members, for example `{"BCU-NW": ["E09000003", ...]}`.

    Returns:
        One row an indicator, area and window (`month`, `r3`, `r12`, `fyq`, `fytd`), in this order of columns:
        indicator, area_code, window, start_month, end_month, value, prior_start_month, prior_end_month, prior_value.
        Months are `YYYY-MM`; values are Int64 counts of offences, NA where the file does not hold every month of the
        window. The comparator is the same window a year earlier. A borough without a row for an indicator has 0; a
        group stands only where the file has every member.

    Raises:
        ValueError: A (group, sub-group) pair of the file has no row in offence_aliases.csv.
    """
    monthly = _monthly_counts(csv, groups)
    held = pd.PeriodIndex(monthly.columns, freq="M")
    frames = []
    for window, (start, end) in _windows(pd.Period(data_month, freq="M")).items():
        figures = pd.DataFrame(index=monthly.index)
        figures["window"] = window
        for prefix, first, last in (("", start, end), ("prior_", start - YEAR, end - YEAR)):
            span = pd.period_range(first, last, freq="M")
            figures[f"{prefix}start_month"] = str(first)
            figures[f"{prefix}end_month"] = str(last)
            covered = span.isin(held).all()
            figures[f"{prefix}value"] = monthly[list(span)].sum(axis=1).astype("Int64") if covered else pd.NA
            figures[f"{prefix}value"] = figures[f"{prefix}value"].astype("Int64")
        frames.append(figures)
    columns = ["indicator", "area_code", "window", "start_month", "end_month", "value"]
    columns += ["prior_start_month", "prior_end_month", "prior_value"]
    return pd.concat(frames).reset_index()[columns].sort_values(columns[:3], ignore_index=True)


def _monthly_counts(csv: Path, groups: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Counts with one row an (indicator, area_code) and one column a month (Period); groups only where whole."""
    wide = pd.read_csv(csv, encoding="utf-8-sig")
    months = list(wide.columns[NAME_COLUMNS:])
    keys = pd.DataFrame({name: wide.iloc[:, place].str.strip() for place, name in enumerate((*PAIR, "borough"))})
    keys["area_code"] = keys["borough"].map(_borough_codes())
    aliases = _aliases("mps-2024" if keys["offence_group"].str.isupper().all() else "mps-before-2024")

    counted = keys.reset_index(names="row").merge(aliases, on=PAIR, how="left")
    if counted["indicator"].isna().any():
        raise ValueError(f"{csv.name}: no alias for {counted[counted['indicator'].isna()][PAIR].drop_duplicates()}")
    by_area = wide.loc[counted["row"], months].set_axis(counted.index).groupby([counted[key] for key in KEY]).sum()
    every = pd.MultiIndex.from_product(
        [sorted(aliases["indicator"].unique()), sorted(keys["area_code"].dropna().unique())], names=KEY
    )
    by_area = by_area.reindex(every, fill_value=0)  # absent means zero in these files
    by_area.columns = pd.PeriodIndex([pd.Period(f"{m[:4]}-{m[4:]}", freq="M") for m in months])

    area_codes = by_area.index.get_level_values("area_code")
    totals = {
        code: by_area[area_codes.isin(members)].groupby("indicator").sum()
        for code, members in groups.items()
        if set(members) <= set(area_codes)
    }
    if not totals:
        return by_area
    return pd.concat([by_area, pd.concat(totals, names=["area_code"]).swaplevel()])


def _windows(data_month: pd.Period) -> dict[str, tuple[pd.Period, pd.Period]]:
    """First and last month of each window; the financial year starts in April."""
    into_year = (data_month.month - 4) % YEAR  # months since April
    april = data_month - into_year
    whole_quarters = (into_year + 1) // 3
    quarter_end = april + 3 * whole_quarters - 1  # with no whole quarter yet this is March of the year before
    return {
        "month": (data_month, data_month),
        "r3": (data_month - 2, data_month),
        "r12": (data_month - (YEAR - 1), data_month),
        "fyq": (quarter_end - 2, quarter_end),
        "fytd": (april, data_month),
    }


def _aliases(scheme: str) -> pd.DataFrame:
    """One row a (pair, indicator) of a Met category scheme."""
    aliases = pd.read_csv(REFERENCE / "offence_aliases.csv", keep_default_na=False)
    aliases = aliases[(aliases["family"] == "mps_recorded") & (aliases["scheme"] == scheme)]
    aliases = aliases.assign(indicator=aliases["indicators"].str.split()).explode("indicator")
    return aliases[["offence_group", "offence_subgroup", "indicator"]].dropna()


def _borough_codes() -> dict[str, str]:
    """Every spelling of every London borough -> its GSS code."""
    places = pd.read_csv(REFERENCE / "places.csv", keep_default_na=False)
    boroughs = places[places["kind"] == "borough"]
    others = boroughs.assign(area_name=boroughs["names"].str.split("|")).explode("area_name")
    spellings = pd.concat([boroughs, others[others["area_name"] != ""]])
    return dict(zip(spellings["area_name"], spellings["area_code"], strict=True))
