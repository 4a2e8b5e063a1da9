"""Every offence name and borough name in the real shared files: what the reference tables are held against.

What is here: reading names and counts with pandas. What is not: assertions on the tables and any product code.
"""

from pathlib import Path

import pandas as pd

MET_FOLDERS = ("mps_borough", "mps_ward", "mps_lsoa")
# What each vintage calls the same column.
RENAMES = {
    **dict.fromkeys(("MajorText", "Group", "major_category", "Crime Type"), "offence_group"),
    **dict.fromkeys(("MinorText", "SubGroup", "minor_category", "Crime Subtype"), "offence_subgroup"),
    **dict.fromkeys(("BoroughName", "LookUp_BoroughName", "BOCU", "Area name", "borough_name", "Borough"), "borough"),
}
PAIR = ["offence_group", "offence_subgroup"]


def read(path: Path, separator: str = ",") -> pd.DataFrame:
    """One published file, every cell as trimmed text, name columns under one name."""
    frame = pd.read_csv(path, sep=separator, dtype="str", encoding="utf-8-sig").rename(columns=RENAMES)
    return frame.assign(**{str(column): frame[column].str.strip() for column in frame.columns})


def met_files(shared_data: Path) -> list[Path]:
    """The Met's wide files: by borough, ward and LSOA."""
    return [path for folder in MET_FOLDERS for path in sorted((shared_data / folder).glob("*.csv"))]


def scheme_of(frame: pd.DataFrame) -> str:
    """The category scheme of a wide file: the Met went over to upper case with the categories of 2024."""
    upper = frame["offence_group"].str.isupper()
    assert upper.all() or not upper.any(), "one file mixes the two schemes"
    return "mps-2024" if upper.all() else "mps-before-2024"


def pairs_of(frame: pd.DataFrame) -> set[tuple[str, str]]:
    """Each (group, sub-group) of a file."""
    return set(frame[PAIR].drop_duplicates().itertuples(index=False, name=None))


def borough_months(path: Path) -> pd.DataFrame:
    """A borough file as one row a pair, borough and month (`YYYYMM`), with integer `offences`."""
    frame = read(path).melt([*PAIR, "borough"], var_name="month", value_name="offences")
    return frame.astype({"offences": "int64"})


def dashboard_offences(shared_data: Path) -> pd.DataFrame:
    """Rows of the dashboard that count offences by borough: pair, borough, month (`YYYYMM`), integer `offences`."""
    frame = dashboard_boroughs(shared_data)
    return frame[frame["Measure"] == "Offences"]


def dashboard_boroughs(shared_data: Path) -> pd.DataFrame:
    """Borough rows of the dashboard, offences and positive outcomes, the City and non-places among them."""
    frame = pd.concat(read(path) for path in sorted((shared_data / "mps_dashboard").glob("*.csv")))
    frame = frame[frame["Area Type"] == "Borough"]
    month = frame["Month_Year"].str[6:] + frame["Month_Year"].str[3:5]
    return frame.assign(month=month, offences=frame["Count"].astype("int64"))


def street_crime_types(shared_data: Path) -> set[str]:
    """Each crime type of the data.police.uk street files."""
    files = sorted(shared_data.glob("police_uk*/*/*-street.csv"))
    return set(pd.concat(pd.read_csv(path, usecols=["Crime type"])["Crime type"] for path in files).str.strip())


def met_place_names(shared_data: Path) -> set[str]:
    """Each borough name of the borough and ward files, the dashboard, the survey and the VAWG file."""
    frames = [read(path) for path in met_files(shared_data) if path.parent.name != "mps_lsoa"]
    frames += [read(path) for path in sorted((shared_data / "mps_vawg").glob("*.csv"))]
    frames += [read(path, ";") for path in sorted((shared_data / "pas").glob("*.csv"))]
    boroughs = dashboard_boroughs(shared_data)
    columns = [frame["borough"] for frame in frames] + [boroughs["borough"], boroughs["Borough_SNT"]]
    return set(pd.concat(columns).dropna())
