"""The real files, from the publishers' formats to the very figures that the board's minutes printed."""

import json
from pathlib import Path

import pytest
from end_to_end.place import HOME, Place, read_evidence, read_figures


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Place:
    """A place in which all real files have been landed and loaded once."""
    place = Place(tmp_path_factory.mktemp("real"))
    place.board(source=str(shared_data), meeting="2023-05-12", data_month="2023-02", out=str(place.root / "first"))
    return place


def test_the_figures_that_the_minutes_printed(real: Place, shared_data: Path) -> None:
    pack = real.board(source=str(shared_data), meeting="2023-05-12", data_month="2023-02")
    figures = read_figures(pack)
    minuted = {
        ("residential_burglary", "r3"): "522",
        ("non_residential_burglary", "r3"): "169",
        ("personal_robbery", "r3"): "191",
        ("violence_with_injury", "r3"): "540",
        ("violence_with_injury", "r12"): "2324",
    }
    for (indicator, window), value in minuted.items():
        row = figures[indicator, HOME, window, "2023-02"]
        assert (row["value"], row["vintage"], row["as_at"]) == (value, "2023-02", "2023-04-20"), row
    assert figures["violence_with_injury", HOME, "r12", "2023-02"]["prior_value"] == "2271"
    assert figures["violence_with_injury", HOME, "r12", "2023-02"]["change_pct"] == "2.3"
    for indicator in ("knife_crime", "gun_crime", "hate_crime", "domestic_abuse_offences"):
        row = figures[indicator, HOME, "r3", "2023-02"]
        assert (row["value"], row["quality"]) == ("", "missing feed"), "that file was refreshed in 2025"
    minuted_as_a_rise = read_evidence(pack)["violence_with_injury", HOME, "r12", "2023-02"]
    assert (minuted_as_a_rise["value"], minuted_as_a_rise["prior_value"]) == ("2324", "2271")
    assert (minuted_as_a_rise["p_value"], minuted_as_a_rise["grade"]) == ("0.4430", "no clear change")
    assert minuted_as_a_rise["london_position"] in ("higher", "similar", "lower")
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert "evidence.csv" in {entry["path"] for entry in manifest["files"]}
    reasons = {Path(entry["name"]).name: entry["reason"] for entry in manifest["refused"]}
    assert "mps_borough_hand_edited.csv" in reasons
    assert "mps_borough_headers_collapsed_to_years.csv" in reasons


@pytest.mark.slow
def test_latest_uses_everything_of_the_meetings_scheme(real: Place, shared_data: Path) -> None:
    figures = read_figures(
        real.board(source=str(shared_data), meeting="2023-05-12", data_month="2023-02", basis="latest")
    )

    def about(indicator: str, window: str) -> tuple[str, str, str]:
        row = figures[indicator, HOME, window, "2023-02"]
        return row["value"], row["scheme"], row["vintage"]

    assert about("residential_burglary", "r3") == ("522", "mps-before-2024", "2023-04"), "504 would be the new scheme"
    assert about("non_residential_burglary", "r3") == ("169", "mps-before-2024", "2023-04")
    assert about("personal_robbery", "r3") == ("187", "mps-before-2024", "2023-04")
    assert about("violence_with_injury", "r3") == ("544", "mps-before-2024", "2023-04")
    assert about("knife_crime_with_injury", "r3")[0] == "18"
    assert about("lethal_barrelled_discharge", "r3")[0] == "10"
    assert about("domestic_abuse_violence_with_injury", "r3")[0] == "163"
    for indicator, value in (("domestic_abuse_violence_with_injury", "700"), ("domestic_abuse_offences", "3078")):
        row = figures[indicator, HOME, "r12", "2023-02"]
        assert (row["value"], row["prior_value"]) == (value, "")
        assert row["quality"] == "no comparator: figures start 2021-08"


@pytest.mark.slow
def test_total_notifiable_offences_of_the_2020_meeting(real: Place, shared_data: Path) -> None:
    pack = real.board(source=str(shared_data), meeting="2020-10-23", data_month="2020-08", basis="latest")
    figures = read_figures(pack)
    row = figures["total_notifiable_offences", HOME, "r12", "2020-08"]
    assert (row["value"], row["prior_value"], row["change_pct"]) == ("28736", "30693", "-6.4")
    assert (row["scheme"], row["vintage"]) == ("mps-before-2024", "2022-01")
    shown = read_evidence(pack)["total_notifiable_offences", HOME, "r12", "2020-08"]
    assert shown["grade"] == "clear fall"
    assert float(shown["p_value"]) < 1e-10, "without over-dispersion"
    assert float(shown["dispersion"]) > 3
    assert shown["reason"] == "28,736 against 30,693: p < 0.001 after widening, below 0.01", "and with it"
    assert float(shown["rr_high"]) < 1


@pytest.mark.slow
def test_figures_across_the_break_of_2024_are_not_compared(real: Place, shared_data: Path) -> None:
    pack = real.board(source=str(shared_data), meeting="2025-03-07", data_month="2025-02", basis="latest")
    figures, evidence = read_figures(pack), read_evidence(pack)
    for indicator in ("hate_crime", "domestic_abuse_offences", "domestic_abuse_violence_with_injury"):
        row = figures[indicator, HOME, "r12", "2025-02"]
        assert row["quality"].startswith("not comparable: ")
        assert row["value"]
        assert (row["prior_value"], row["change_abs"], row["change_pct"]) == ("", "", "")
        shown = evidence[indicator, HOME, "r12", "2025-02"]
        assert (shown["grade"], shown["reason"]) == ("not comparable", "not comparable: Met record system CONNECT")
        assert (shown["value"], shown["prior_value"], shown["p_value"]) == (row["value"], "", "")
    assert figures["burglary", HOME, "r12", "2025-02"]["change_pct"]
