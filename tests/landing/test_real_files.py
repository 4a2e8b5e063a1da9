"""All real files at once: what lands, what is refused, what nobody knows, and that nothing changes the second time."""

import hashlib
import shutil
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from landing.landing_files import everything_in, watch_opens

from safer_assets.landing import Landing, LandingReport


@pytest.fixture(scope="module")
def landed(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Landing, LandingReport]:
    landing = Landing(tmp_path_factory.mktemp("landing"))
    return landing, landing.land(shared_data)


def test_every_file_lands_or_is_listed_with_its_reason(
    landed: tuple[Landing, LandingReport], shared_data: Path
) -> None:
    landing, report = landed
    assert Counter(manifest.feed for manifest in landing.manifests()) == {
        "mps_borough": 15,
        "mps_ward": 4,
        "mps_lsoa": 1,
        "mps_dashboard": 1,
        "mps_vawg": 1,
        "mopac_pas": 1,
        "police_uk_street": 93,
        "police_uk_outcomes": 36,
        "ons_population": 1,
        "ons_population_lsoa": 1,
        "ons_lookup": 3,
        "boundaries": 4,
    }
    assert {refusal.name for refusal in report.refused} == {
        "malformed/mps_borough_hand_edited.csv",
        "malformed/mps_borough_headers_collapsed_to_years.csv",
        "population/gla_housing_density_borough_pop_1999-2050.csv",
        "population/ijti_population2019.csv",
    }
    assert {refusal.name for refusal in report.unknown} == {"PROVENANCE.csv", "README.md"}
    assert all(refusal.reason and not refusal.reason.startswith(refusal.name) for refusal in report.refused)
    files = sum(path.is_file() for path in shared_data.rglob("*"))
    assert len(report.new) + len(report.refused) + len(report.unknown) == files


def test_landed_bytes_are_the_source_bytes(landed: tuple[Landing, LandingReport], shared_data: Path) -> None:
    landing, _ = landed
    for manifest in landing.manifests():
        assert hashlib.sha256((shared_data / manifest.name).read_bytes()).hexdigest() == manifest.sha256
        assert landing.content_path(manifest).stat().st_size == manifest.bytes
        landing.verify(manifest)


def test_a_refused_file_is_kept_aside(landed: tuple[Landing, LandingReport], shared_data: Path) -> None:
    landing, report = landed
    for refusal in (*report.refused, *report.unknown):
        kept = landing.root / "refused" / refusal.sha256
        assert kept.read_bytes() == (shared_data / refusal.name).read_bytes()


def test_rows_and_days_are_those_known(landed: tuple[Landing, LandingReport]) -> None:
    by_name = {Path(manifest.name).name: manifest for manifest in landed[0].manifests()}
    assert by_name["mps_borough_24m_202103-202302.csv"].available_from == date(2023, 3, 6)
    assert by_name["mps_borough_hist_201004-202201.csv"].available_from is None
    assert by_name["M1045_MonthlyCrimeDashboard_OtherCrimeData.csv"].available_from == date(2025, 8, 21)
    assert by_name["2023-12-city-of-london-street.csv"].available_from == date(2024, 2, 29)
    assert by_name["ons_mid_year_population_london_boroughs_2011_2022.csv"].available_from == date.min
    assert by_name["london_lsoa.gpkg"].available_from == date.min
    barnet = [m.rows for m in landed[0].manifests() if m.name.startswith("police_uk_barnet_2016_2018")]
    assert (len(barnet), sum(barnet)) == (30, 83_723)


def test_a_second_landing_opens_no_source_file_and_changes_nothing(
    landed: tuple[Landing, LandingReport], shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing, first = landed
    before = everything_in(landing.root)
    opened = watch_opens(monkeypatch, shared_data)
    again = Landing(landing.root).land(shared_data)
    monkeypatch.undo()
    assert opened == []
    assert (again.new, again.known) == ([], len(first.new))
    assert again.refused == first.refused
    assert again.unknown == first.unknown
    assert everything_in(landing.root) == before


def test_names_folders_and_archives_make_no_difference(
    landed: tuple[Landing, LandingReport], shared_data: Path, tmp_path: Path
) -> None:
    """One file of each real folder, renamed to nothing in particular and packed in a zip, gives the same manifests."""
    landing, _ = landed
    chosen = {m.feed: m for m in landing.manifests() if m.bytes < 4_000_000}
    with zipfile.ZipFile(tmp_path / "data", "w") as archive:
        for number, manifest in enumerate(chosen.values()):
            archive.writestr(f"a/b/{number}.bin", (shared_data / manifest.name).read_bytes())
    shutil.copy(tmp_path / "data", tmp_path / "data again")
    other = Landing(tmp_path / "landing")
    report = other.land(tmp_path)
    same = {"name", "origin", "landed_at"}
    found = {manifest.feed: manifest.model_dump(exclude=same) for manifest in report.new}
    assert found == {feed: manifest.model_dump(exclude=same) for feed, manifest in chosen.items()}
    assert report.known == len(chosen)
