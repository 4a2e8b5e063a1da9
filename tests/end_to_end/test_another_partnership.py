"""A second partnership is a second folder: the City of London, from street files alone."""

import csv
from pathlib import Path

import pytest
from end_to_end.place import Place, query, read_figures

CITY = Path(__file__).resolve().parents[1] / "partnerships" / "city-of-london"


@pytest.mark.slow
def test_the_city_of_london_from_street_files_alone(tmp_path: Path, shared_data: Path) -> None:
    place = Place(tmp_path)
    pack = place.board(
        partnership=str(CITY), source=str(shared_data / "police_uk"), basis="latest", data_month="2025-12"
    )
    figures = read_figures(pack)
    counted = _plain_counts_of_the_city(shared_data)
    assert len({month for _, month in counted}) == 27
    for (indicator, month), offences in counted.items():
        assert figures[indicator, "E09000001", "month", month]["value"] == str(offences), (indicator, month)
    for (indicator, _, _, end), row in figures.items():
        if indicator not in {name for name, _ in counted}:
            assert (row["value"], row["quality"]) == ("", "missing feed"), (indicator, end)
    store = place.root / "store" / "city-of-london" / "real"
    assert query(store, "select sum(stray_rows), sum(unplaced_rows) from marts.street_unplaced") == [(937, 1823)]


def _plain_counts_of_the_city(shared_data: Path) -> dict[tuple[str, str], int]:
    """Counts by hand: the City's rows in the City's LSOAs, one row of those that differ in nothing but the outcome."""
    kinds = {
        "Burglary": "burglary",
        "Robbery": "robbery",
        "Vehicle crime": "vehicle_offences",
        "Public order": "public_order",
        "Drugs": "drug_offences",
        "Possession of weapons": "weapons_possession",
        "Criminal damage and arson": "criminal_damage",
        "Anti-social behaviour": "asb_incidents",
    }
    counts: dict[tuple[str, str], int] = {}
    for path in sorted((shared_data / "police_uk").glob("*/*-city-of-london-street.csv")):
        month = path.parent.name
        counts |= {(indicator, month): 0 for indicator in kinds.values()}
        seen: set[tuple[str, ...]] = set()
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                same = tuple(value for name, value in row.items() if name != "Last outcome category")
                repeated = bool(row["Crime ID"]) and row["Crime type"] != "Anti-social behaviour" and same in seen
                seen.add(same)
                here = row["LSOA name"].startswith("City of London ") and row["Falls within"] == "City of London Police"
                if here and not repeated and row["Crime type"] in kinds:
                    counts[kinds[row["Crime type"]], month] += 1
    return counts
