"""Temp table `incoming` for tests: a small clean file of every feed, and the real files as the feeds hand them over."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb

from safer_assets.partnership import QualityLimits
from safer_assets.reference import offence_aliases, places

LIMITS = QualityLimits()

COLUMNS = {
    "mps_borough": ("offence_group", "offence_subgroup", "borough", "month", "offences"),
    "mps_ward": (*("offence_group", "offence_subgroup", "ward_name", "ward_code", "borough", "month", "offences"),),
    "mps_lsoa": ("lsoa_code", "borough", "offence_group", "offence_subgroup", "month", "offences"),
    "mps_dashboard": (
        *("month", "area_type", "borough", "area_name", "area_code"),
        *("offence_group", "offence_subgroup", "measure", "records", "refresh_date"),
    ),
    "mps_asb": (
        *("incident_day", "incident_hour", "opening_type_1", "opening_type_2", "opening_type_3"),
        *("ward_code", "ward_name", "borough", "duplicate", "incidents"),
    ),
    "mps_vawg": ("borough", "ward_name", "month", "month_committed", "offences"),
    "mopac_pas": ("day", "survey", "borough", "measure", "proportion", "proportion_mps"),
    "police_uk_street": (
        *("crime_id", "month", "reported_by", "falls_within", "longitude", "latitude"),
        *("location", "lsoa_code", "lsoa_name", "crime_type", "last_outcome"),
    ),
    "ons_population": ("area_code", "area_name", "mid_year", "population"),
    "ons_population_lsoa": ("lsoa21_code", "lsoa21_name", "lad_code", "mid_year", "population"),
    "boundaries": (
        *("kind", "code", "name", "shape", "defect", "geometry", "area_hectares"),
        *("west", "south", "east", "north"),
    ),
    "ons_lookup": (
        *("lsoa11_code", "lsoa21_code", "change_indicator", "ward_code", "ward_name", "lad_code", "lad_name"),
    ),
    "home_office_csp": (
        *("financial_year", "financial_quarter", "force", "csp_name", "offence_description"),
        *("offence_group", "offence_subgroup", "offence_code", "offences"),
    ),
}

_BOROUGHS = {place.area_name: place.area_code for place in places() if place.kind == "borough"}
_NEW_PAIRS = (("ROBBERY", "ROBBERY OF PERSONAL PROPERTY"), ("THEFT", "SHOPLIFTING"))

Row = tuple[int, *tuple[str | None, ...]]


def new_incoming(con: duckdb.DuckDBPyConnection, feed: str) -> None:
    """An empty `incoming` for a feed."""
    columns = ", ".join(f"{name} varchar" for name in COLUMNS[feed])
    con.execute(f"create or replace temp table incoming (file_id varchar, row_number integer, {columns})")


def add_rows(con: duckdb.DuckDBPyConnection, feed: str, file_id: str, rows: Iterable[Row]) -> None:
    """Append rows, each its row number and its cells."""
    marks = ", ".join("?" for _ in range(len(COLUMNS[feed]) + 2))
    con.executemany(f"insert into incoming values ({marks})", [[file_id, *row] for row in rows])  # marks only


def clean_rows(feed: str) -> list[Row]:
    """A small file of the feed that breaks no rule."""
    return {
        "mps_borough": _mps_borough,
        "mps_ward": _mps_ward,
        "mps_lsoa": _mps_lsoa,
        "mps_dashboard": _mps_dashboard,
        "mps_asb": _mps_asb,
        "mps_vawg": _mps_vawg,
        "mopac_pas": _mopac_pas,
        "police_uk_street": _police_uk_street,
        "ons_population": _ons_population,
        "ons_population_lsoa": _ons_population_lsoa,
        "boundaries": _boundaries,
        "ons_lookup": _ons_lookup,
        "home_office_csp": _home_office_csp,
    }[feed]()


def crime_id(number: int) -> str:
    """A Crime ID with the right shape."""
    return f"{number:064x}"


def _mps_borough() -> list[Row]:
    pairs = [
        (alias.offence_group, alias.offence_subgroup)
        for alias in offence_aliases()
        if alias.scheme == "mps-before-2024"
    ][:2]
    names = [place.area_name for place in places() if place.kind == "borough"] + ["Unknown"]
    wide = [(*pair, name) for pair in pairs for name in names]
    return [
        (number, *cells, month, str(number % 7))
        for number, cells in enumerate(wide, start=1)
        for month in ("202301", "202302", "202303")
    ]


def _mps_ward() -> list[Row]:
    # One ward is under its borough and under the airports too, and a row of neither is without a ward: no defects.
    rows: list[tuple[tuple[str, str], str | None, str | None, str]] = [
        (pair, f"Ward {number}", f"E05{number:06d}", name)
        for number, name in enumerate(_BOROUGHS, start=1)
        for pair in _NEW_PAIRS
    ]
    rows += [(_NEW_PAIRS[0], "Ward 1", "E05000001", "Aviation Security (SO18)"), (_NEW_PAIRS[0], None, None, "Unknown")]
    return [
        (number, *pair, ward, code, borough, month, str(number % 7))
        for number, (pair, ward, code, borough) in enumerate(rows, start=1)
        for month in ("202403", "202404", "202405")
    ]


def _mps_lsoa() -> list[Row]:
    rows = [
        (f"E01{number:06d}", code, *pair)
        for number, code in enumerate(_BOROUGHS.values(), start=1)
        for pair in _NEW_PAIRS
    ]
    return [
        (number, *cells, month, str(number % 7))
        for number, cells in enumerate(rows, start=1)
        for month in ("202403", "202404", "202405")
    ]


def _mps_dashboard() -> list[Row]:
    areas = [
        ("Borough", "Camden", "Camden", "E09000007"),
        ("Borough", "Sutton", "Sutton", "E09000029"),
        ("Borough", "Other / NK", "Unknown", None),
        ("Safer Neighbourhood Teams", "Camden Bloomsbury", "Bloomsbury", "E05013653"),
    ]
    kinds = [
        ("Domestic Abuse", "Domestic Abuse violence with injury", "Offences"),
        ("Domestic Abuse", "Domestic Abuse Violence with Injury", "Positive Outcomes"),
        ("Hate crime", "Hate crime", "Offences"),
    ]
    cells = [
        (month, *area, *kind, "4", "02/08/2025")
        for month in ("01/05/2025", "01/06/2025", "2025-07-01")
        for area in areas
        for kind in kinds
    ]
    return [(number, *row) for number, row in enumerate(cells, start=1)]


def _mps_asb() -> list[Row]:
    # Two calls of one hour agree in every column: that is no defect. One call in 92 has no place.
    first = date(2024, 7, 1)
    opening = ("ASB Nuisance", "Rowdy Or Inconsiderate Behaviour", None)
    rows: list[tuple[str | None, ...]] = [
        (f"{first + timedelta(days=day):%d-%m-%Y}", "09:00", *opening, "E05013631", "Colindale", "Barnet", "No", "1")
        for day in range(92)
        for _ in range(2)
    ]
    rows[7] = (rows[7][0], "10:00", *opening, None, None, None, "No", "1")
    return [(number, *row) for number, row in enumerate(rows, start=1)]


def _mps_vawg() -> list[Row]:
    # Several rows a borough and month are the rule, and some wards and months committed are not known.
    names = [place.area_name for place in places() if place.kind == "borough"] + ["Other"]
    cells: list[tuple[str | None, ...]] = [
        (name, ward, f"2024-{month:02}-01", committed, "4")
        for month in (11, 12)
        for name in names
        for ward, committed in (("West", f"2024-{month:02}-01"), ("West", "1973-01-01"), (None, None))
    ]
    return [(number, *row) for number, row in enumerate(cells, start=1)]


def _mopac_pas() -> list[Row]:
    cells = [
        (day, "PAS", borough, measure, share, "0,67")
        for day in ("30/06/2023", "30/09/2023", "31/12/2023")
        for borough, share in (("Barnet", "0,7"), ("Richmond Upon Thames", "0,65"), ("City of Westminster", "1"))
        for measure in ('"Good Job" local', "Trust MPS")
    ]
    return [(number, *row) for number, row in enumerate(cells, start=1)]


def _police_uk_street() -> list[Row]:
    force, transport = "Metropolitan Police Service", "British Transport Police"
    place = ("-0.2", "51.6", "On or near High Street", "E01000120", "Barnet 009D")
    rows: list[tuple[str | None, ...]] = [
        (crime_id(number), "2017-11", force, force, *place, "Burglary", "Under investigation") for number in range(46)
    ]
    rows.append((None, "2017-11", force, force, *place, "Anti-social behaviour", None))
    rows.append((None, "2017-11", force, force, *place, "Anti-social behaviour", None))
    rows.append((crime_id(99), "2017-11", force, force, *place, "Anti-social behaviour", None))
    rows.append((None, "2017-11", transport, transport, *place, "Drugs", "Under investigation"))
    rows.append(
        (crime_id(98), "2017-11", force, force, None, None, "No location", None, None, "Drugs", "Local resolution")
    )
    return [(number, *row) for number, row in enumerate(rows, start=1)]


def _ons_population() -> list[Row]:
    return [
        (1, "E09000003", "Barnet", "2021", "388639"),
        (2, "E09000003", "Barnet", "2022", "390346"),
        (3, "E09000005", "Brent", "2022", "341221"),
    ]


def _ons_population_lsoa() -> list[Row]:
    return [
        (1, "E01000115", "Barnet 009A", "E09000003", "2021", "1700"),
        (2, "E01000115", "Barnet 009A", "E09000003", "2022", "1720"),
        (3, "W01000003", None, None, "2022", "1501"),
    ]


def _boundaries() -> list[Row]:
    # One code in two kinds of map is no repeat: an LSOA that did not change has one code in both censuses.
    box, square = ("524000", "190000", "525000", "191000"), "00"
    return [
        (1, "ward", "E05013628", "Barnet Vale", "Polygon", "", square, "100.0", *box),
        (2, "ward", "W05000981", None, "MultiPolygon", "", square, "100.0", *box),
        (3, "borough", "E09000003", "Barnet", "Polygon", "", square, "100.0", *box),
        (4, "lsoa11", "E01000115", "Barnet 009A", "Polygon", "", square, "100.0", *box),
        (5, "lsoa21", "E01000115", "Barnet 009A", "Polygon", "", square, "100.0", *box),
    ]


def _ons_lookup() -> list[Row]:
    # Merged LSOAs share their LSOA of 2021, split ones their LSOA of 2011: neither is a repeated row.
    return [
        (1, "E01000120", "E01000120", "U", None, None, "E09000003", "Barnet"),
        (2, "E01000121", "E01033900", "M", None, None, "E09000003", "Barnet"),
        (3, "E01000122", "E01033900", "M", None, None, "E09000003", "Barnet"),
        (4, "E01000123", "E01033901", "S", None, None, "E09000003", "Barnet"),
        (5, "E01000123", "E01033902", "S", None, None, "E09000003", "Barnet"),
    ]


def _home_office_csp() -> list[Row]:
    offences = [
        ("Residential burglary of a home", "Theft offences", "Residential burglary", "28E"),
        ("Assault with injury", "Violence against the person", "VIOLENCE WITH INJURY", "8N"),
    ]
    places_of = [("London, City of", "London, City of"), ("Thames Valley", "Wycombe"), ("Kent", "Unassigned Kent")]
    cells = [
        (year, quarter, *place, *offence, "-1" if offence[3] == "8N" else "12")
        for year, quarter in (("2024/25", "3"), ("2024/25", "4"), ("2025/26", "1"))
        for place in places_of
        for offence in offences
    ]
    return [(number, *row) for number, row in enumerate(cells, start=1)]


def read_borough(con: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> None:
    """Real wide borough files; the first three columns are the pair and the borough whatever they are called."""
    for path in paths:
        con.execute(
            """
            insert into incoming
            with numbered as (
                select row_number() over () as row_number, * from read_csv(?, all_varchar = true, header = true)
            ), renamed as (
                select row_number, columns('^(MajorText|Group)$') as offence_group,
                    columns('^(MinorText|SubGroup)$') as offence_subgroup,
                    columns('^(LookUp_BoroughName|BoroughName|BOCU)$') as borough, columns('^[0-9]{6}$')
                from numbered
            )
            select ?, row_number, offence_group, offence_subgroup, borough, month, offences
            from renamed unpivot include nulls (offences for month in (columns('^[0-9]{6}$')))
            """,
            [str(path), path.stem],
        )


def read_long(
    con: duckdb.DuckDBPyConnection, paths: Sequence[Path], names: Sequence[str | None], delimiter: str = ","
) -> None:
    """Real long files; `names` are the file's own names of the feed's columns, None for one it lacks."""
    cells = ", ".join("null" if name is None else f'"{name}"' for name in names)
    for path in paths:
        con.execute(
            f"insert into incoming select ?, row_number() over (), {cells} "  # our own names
            "from read_csv(?, all_varchar = true, header = true, delim = ?)",
            [path.stem, str(path), delimiter],
        )


DASHBOARD_NAMES = (
    *("Month_Year", "Area Type", "Borough_SNT", "Area name", "Area code"),
    *("Crime Type", "Crime Subtype", "Measure", "Count", "Refresh Date"),
)
STREET_NAMES = (
    *("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude"),
    *("Location", "LSOA code", "LSOA name", "Crime type", "Last outcome category"),
)
VAWG_NAMES = (
    *("borough_name", "ward_name_clean_2", "recorded_date_months", "date_committed_from_date_months", "count"),
)
SURVEY_NAMES = ("Date", "Survey", "Borough", "Measure", "Proportion", "MPS")
POPULATION_NAMES = ("area_code", "area_name", "mid_year", "population")
LOOKUP_NAMES = {
    "lsoa2011_to_lsoa2021_to_lad2022_EW.csv": ("LSOA11CD", "LSOA21CD", "CHGIND", None, None, "LAD22CD", "LAD22NM"),
    "lsoa2021_to_ward2024_to_lad2024_EW.csv": (None, "LSOA21CD", None, "WD24CD", "WD24NM", "LAD24CD", "LAD24NM"),
    "ward2023_to_lad2023_UK.csv": (None, None, None, "WD23CD", "WardName", "LAD23CD", "LAD23NM"),
}
