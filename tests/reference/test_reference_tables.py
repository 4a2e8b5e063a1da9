"""The reference tables agree with the field and refuse an edit that they could not mean."""

import datetime
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from reference.published import met_place_names

from safer_assets import reference
from safer_assets.errors import SettingsError

# Written out, not read: packs on disk and other tools already use these names.
FIRST_SLUGS = [
    "total_notifiable_offences",
    "burglary",
    "residential_burglary",
    "non_residential_burglary",
    "robbery",
    "personal_robbery",
    "theft",
    "vehicle_offences",
    "violence_against_the_person",
    "violence_with_injury",
    "sexual_offences",
    "public_order",
    "criminal_damage",
    "drug_offences",
    "weapons_possession",
    "knife_crime",
    "knife_crime_with_injury",
    "gun_crime",
    "lethal_barrelled_discharge",
    "domestic_abuse_offences",
    "domestic_abuse_violence_with_injury",
    "hate_crime",
    "asb_incidents",
    "vawg_offences",
]


def test_the_slugs_that_packs_already_promise_all_exist_in_a_fixed_order() -> None:
    assert [row.indicator for row in reference.indicators()] == FIRST_SLUGS
    assert len({row.position for row in reference.indicators()}) == len(FIRST_SLUGS)
    assert len({row.short_name for row in reference.indicators()}) == len(FIRST_SLUGS)


def test_what_may_be_said_about_an_indicator() -> None:
    rows = {row.indicator: row for row in reference.indicators()}
    assert {slug for slug, row in rows.items() if row.good == "none"} == {
        "drug_offences",
        "weapons_possession",
        "domestic_abuse_offences",
        "hate_crime",
        "vawg_offences",
    }
    assert {slug for slug, row in rows.items() if not row.percent} == {"gun_crime", "lethal_barrelled_discharge"}
    assert {slug for slug, row in rows.items() if row.counted == "incidents"} == {"asb_incidents"}
    assert {row.comparator for row in rows.values()} == {"year_earlier"}
    assert {row.disclosure_class for row in rows.values()} == {"A"}


def test_the_street_file_comes_after_the_mets_own_files_of_asb_too() -> None:
    for row in reference.indicators():
        monthly = [feed for feed in row.feeds if feed != "home_office_csp"]
        assert "police_uk_street" not in monthly[:-1]
        if "mps_borough" in row.feeds:
            assert row.feeds[:2] == ("mps_borough", "mps_dashboard")
    assert [row.feeds for row in reference.indicators() if row.indicator == "asb_incidents"] == [
        ("mps_asb", "police_uk_street")
    ]


def test_counts_of_quarters_come_after_every_feed_of_months() -> None:
    with_quarters = [row for row in reference.indicators() if "home_office_csp" in row.feeds]
    assert len(with_quarters) == 15
    for row in with_quarters:
        assert row.feeds[-1] == "home_office_csp"
        assert "mps_borough" in row.feeds


def test_partnerships_of_the_home_office_are_the_parts_and_unions_of_districts_that_ons_has() -> None:
    rows = {row.csp_name: row for row in reference.csp_areas()}
    names = {place.area_code: place.area_name for place in reference.places()}
    parts = [row.csp_name for row in rows.values() if row.area_codes == ("E06000060",)]
    assert parts == ["Aylesbury Vale", "Chiltern", "South Bucks", "Wycombe"]
    assert names["E06000060"] == "Buckinghamshire"
    assert [names[code] for code in rows["Northern Devon"].area_codes] == ["North Devon", "Torridge"]
    assert [names[code] for code in rows["Dorset"].area_codes] == ["Dorset", "Bournemouth, Christchurch and Poole"]
    assert rows["Manchester Airport"].area_codes == ()
    incomplete = {name: row.incomplete_from for name, row in rows.items() if row.incomplete_from}
    assert set(incomplete.values()) == {datetime.date(2024, 1, 1)}
    assert set(incomplete) == {
        *("Dartford and Gravesham", "Maidstone", "Medway", "Tonbridge and Malling", "Tunbridge Wells"),
    }


def test_breaks_name_real_indicators_and_the_change_of_record_system_touches_every_geography() -> None:
    connect = next(row for row in reference.comparability_breaks() if row.first_month == datetime.date(2024, 3, 1))
    assert (connect.geography, connect.feeds) == ("all", ())
    assert set(connect.indicators) == {
        *("hate_crime", "domestic_abuse_offences", "domestic_abuse_violence_with_injury", "vawg_offences"),
    }
    assert {row.geography for row in reference.comparability_breaks()} == {"all", "ward", "small_area"}


def test_places_are_the_districts_of_england_and_wales_and_32_boroughs(shared_data: Path) -> None:
    lookup = pd.read_csv(shared_data / "lookups" / "lsoa2011_to_lsoa2021_to_lad2022_EW.csv", encoding="utf-8-sig")
    official = dict(zip(lookup["LAD22CD"], lookup["LAD22NM"], strict=True))
    assert {row.area_code: row.area_name for row in reference.places() if row.area_code} == official
    boroughs = {row.area_code for row in reference.places() if row.kind == "borough"}
    assert boroughs == {f"E090000{number:02}" for number in range(2, 34)}


def test_every_borough_name_the_met_prints_is_a_place_or_is_known_not_to_be_one(shared_data: Path) -> None:
    known = {spelling for row in reference.places() for spelling in (row.area_name, *row.names)}
    assert met_place_names(shared_data) - known == set()


def test_rows_that_are_not_places_are_known_as_such() -> None:
    kinds = {name: row.kind for row in reference.places() for name in (row.area_name, *row.names)}
    for name in ("Other / NK", "Unknown", "Aviation Security (SO18)", "Heathrow", "Non Met", "-1", "N/K (Legacy Only)"):
        assert kinds[name] == "not_a_place"
    assert kinds["City of Westminster"] == kinds["Hammersmith & Fulham"] == "borough"


def test_every_outcome_of_the_street_and_outcomes_files_has_a_group(shared_data: Path) -> None:
    streets = [*shared_data.glob("police_uk/*/*-street.csv"), *shared_data.glob("police_uk_barnet_2016_2018/*/*.csv")]
    columns = {"Last outcome category": streets, "Outcome type": list(shared_data.glob("police_uk/*/*-outcomes.csv"))}
    seen: set[str] = set()
    for column, paths in columns.items():
        assert paths
        sql = f'select distinct "{column}" from read_csv(?, all_varchar = true, header = true)'
        seen |= {cell for (cell,) in duckdb.execute(sql, [[str(path) for path in paths]]).fetchall() if cell}
    assert len(seen) > 25
    assert seen - {row.outcome for row in reference.outcome_groups()} == set()


READERS: dict[str, Callable[[], object]] = {
    "indicators.csv": reference.indicators,
    "offence_aliases.csv": reference.offence_aliases,
    "comparability_breaks.csv": reference.comparability_breaks,
    "places.csv": reference.places,
    "csp_areas.csv": reference.csp_areas,
    "outcome_groups.csv": reference.outcome_groups,
}


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the tables that a test may spoil."""
    for name in READERS:
        shutil.copy(reference.reference_path(name), tmp_path / name)
    monkeypatch.setattr(reference, "reference_path", lambda name: tmp_path / name)
    _forget()
    yield tmp_path
    _forget()


def _forget() -> None:
    for reader in READERS.values():
        reader.cache_clear()  # type: ignore[attr-defined] # each is cached


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("indicators.csv", ",down,A,", ",downwards,A,", r"indicators.csv, line 2: good is 'downwards'. It may be down"),
        ("indicators.csv", "\nburglary,", "\nrobbery,", r"line 6: indicator 'robbery' stands twice"),
        (
            "indicators.csv",
            ",year_earlier,10,",
            ",year_earlier,ten,",
            r"line 2: position is 'ten'. Give a whole number",
        ),
        (
            "offence_aliases.csv",
            " criminal_damage",
            " criminal_harm",
            r"line 2: unknown indicator criminal_harm. Add it",
        ),
        (
            "offence_aliases.csv",
            "Arson,total",
            "Arson ,total",
            r"line 2: offence_subgroup 'Arson ' has blanks at an end",
        ),
        ("offence_aliases.csv", "Criminal Damage,Criminal Damage", "Criminal Damage,Arson", r"line 3: .* stands twice"),
        ("offence_aliases.csv", "mps_recorded,mps-2024", "mps_recorded,mps-2025", r"scheme is 'mps-2025'"),
        ("offence_aliases.csv", "family,scheme", "scheme,family", r"offence_aliases.csv, line 1: the columns are"),
        (
            "comparability_breaks.csv",
            "2024-03",
            "2024-13",
            r"line 2: first_month is '2024-13'. Give a month as YYYY-MM",
        ),
        ("comparability_breaks.csv", "vawg_offences,,all", "vawg_offences,all", r"line 2: 5 cells, not 6. Put quotes"),
        ("places.csv", "\n,Unknown", "\nE09000099,Unknown", r"does not go with kind not_a_place"),
        (
            "csp_areas.csv",
            "Chiltern,E06000060",
            "Chiltern,E06000099",
            r"line 4: area code E06000099 is not in places.csv",
        ),
        ("csp_areas.csv", "\nChiltern,", "\nBournemouth,", r"line 4: csp_name 'Bournemouth' stands twice"),
        ("outcome_groups.csv", "fined,Charged or", "fined,Charged and", r"line 14: outcome_group is 'Charged and sent"),
        (
            "outcome_groups.csv",
            "Offender fined",
            "Local resolution",
            r"line 21: outcome 'Local resolution' stands twice",
        ),
        ("places.csv", "Barking & Dagenham", "Camden", r"'Camden' already means Barking and Dagenham"),
    ],
)
def test_an_edit_that_cannot_be_meant_is_refused_with_its_line(
    edited: Path, file: str, old: str, new: str, message: str
) -> None:
    text = (edited / file).read_text(encoding="utf-8")
    assert old in text
    READERS[file]()
    _forget()
    (edited / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        READERS[file]()


def test_a_reference_file_that_does_not_exist_is_named() -> None:
    with pytest.raises(SettingsError, match=r"wards.csv: no such reference file; there are indicators.csv"):
        reference.reference_path("wards.csv")
