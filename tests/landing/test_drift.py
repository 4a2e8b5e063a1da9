"""A change of header is reported when it comes, side by side, landed or refused; a window that moves on is none."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from landing.landing_files import STREET_HEADER, borough, fill, street

from safer_assets.landing import Landing, LandingReport, Manifest, Refusal
from safer_assets.landing.drift import MONTH, Drift, drifts, shape
from safer_assets.landing.kinds import kind_of

OTHER = "M1045_MonthlyCrimeDashboard_OtherCrimeData.csv"
TNO = "M1045_MonthlyCrimeDashboard_TNOCrimeData.csv"
DASHBOARD = "Month_Year,Area Type,Borough_SNT,Area name,Area code,Crime Type,Crime Subtype,Measure,Count,Refresh Date"


def dashboard(header: str, month: str = "01/01/2023", refreshed: str = "2023-02-06") -> str:
    """A dashboard file of one row."""
    return f"{header}\n{month},Borough,Barnet,Barnet,E09000003,Knife Crime,Knife,Offences,5,{refreshed}\n"


def landed(root: Path, files: dict[str, str]) -> tuple[list[Drift], LandingReport]:
    """Land files from a folder of their own, and what drifted."""
    landing = Landing(root / "store")
    report = landing.land(fill(root / f"source {len(list(root.iterdir()))}", dict(files)))
    return drifts(landing.manifests(), report.new, report.refused), report


def test_a_window_that_moves_on_is_no_drift(tmp_path: Path) -> None:
    assert landed(tmp_path, {"a.csv": borough()})[0] == []
    assert landed(tmp_path, {"b.csv": borough(months="202302,202303")})[0] == []
    assert shape(["MajorText", "202301", "202302", "Total"]) == ("MajorText", MONTH, "Total")


def test_a_renamed_column_that_is_still_read_is_reported_with_both_headers(tmp_path: Path) -> None:
    landed(tmp_path, {"a.csv": borough()})
    newer = borough(months="202302,202303").replace("LookUp_BoroughName", "BoroughName")
    found, report = landed(tmp_path, {"b.csv": newer})
    assert len(report.new) == 1
    (drift,) = found
    assert (drift.feed, drift.names, drift.before_name, drift.refused) == ("mps_borough", ("b.csv",), "a.csv", False)
    assert drift.before == ("MajorText", "MinorText", "LookUp_BoroughName", MONTH)
    assert drift.after == ("MajorText", "MinorText", "BoroughName", MONTH)
    assert drift.differing == [("LookUp_BoroughName", "BoroughName")]


def test_a_file_refused_for_a_renamed_column_is_reported_as_often_as_it_is_refused(tmp_path: Path) -> None:
    landed(tmp_path, {"2023-01.csv": street("2023-01")})
    broken = street("2023-02").replace("LSOA code", "Output area")
    landing = Landing(tmp_path / "store")
    source = fill(tmp_path / "broken", {"2023-02.csv": broken})
    for _ in range(2):  # the second time from memory, without opening it
        report = landing.land(source)
        assert [refusal.name for refusal in report.refused] == ["2023-02.csv"]
        (drift,) = drifts(landing.manifests(), report.new, report.refused)
        assert drift.refused
        assert drift.differing == [("LSOA code", "Output area")]
    (drift,) = drifts(Landing(tmp_path / "store").manifests(), [], report.refused)
    assert drift.before == tuple(STREET_HEADER.strip().split(","))


def test_a_dropped_and_an_added_column_stand_beside_nothing() -> None:
    assert compared(["a", "b", "c"], ["a", "c"]) == [("b", "")]
    assert compared(["a", "c"], ["a", "b", "c"]) == [("", "b")]
    assert compared(["a", "b", "c"], ["c", "x", "y", "z"]) == [("a", "x"), ("b", "y"), ("", "z")]


def test_columns_in_another_order_are_a_drift() -> None:
    assert compared(["a", "b", "c"], ["b", "a", "c"]) == [("a", "b"), ("b", "a")]


def test_a_first_landing_of_many_years_brings_no_news(shared_data: Path, tmp_path: Path) -> None:
    landing = Landing(tmp_path / "store")
    report = landing.land(shared_data / "mps_borough")
    headers = {shape(manifest.columns) for manifest in landing.manifests()}
    assert len(report.new) > 10
    assert len(headers) >= 3, "the real files do have several headers"
    assert drifts(landing.manifests(), report.new, report.refused) == []


def test_the_real_change_of_2026_is_seen(shared_data: Path, tmp_path: Path) -> None:
    landing = Landing(tmp_path / "store")
    landing.land(shared_data / "mps_borough" / "mps_borough_24m_202401-202512.csv")
    report = landing.land(shared_data / "mps_borough" / "mps_borough_24m_202407-202606.csv")
    (drift,) = drifts(landing.manifests(), report.new, report.refused)
    assert drift.differing == [("MajorText", "Group"), ("MinorText", "SubGroup"), ("BoroughName", "BOCU")]


def test_a_backfill_of_an_old_header_is_no_news(tmp_path: Path) -> None:
    landed(tmp_path, {"new.csv": borough(months="202302,202303")})
    old = borough(months="202001,202002").replace("LookUp_BoroughName", "BoroughName")
    assert landed(tmp_path, {"old.csv": old})[0] == []


def test_the_three_files_of_the_dashboard_are_each_compared_with_their_own(tmp_path: Path) -> None:
    tno = DASHBOARD.replace("Crime Type,Crime Subtype", "Offence Group,Offence Subgroup")
    landed(tmp_path, {OTHER: dashboard(DASHBOARD), TNO: dashboard(tno)})
    later = {"month": "01/02/2023", "refreshed": "2023-03-06"}
    assert landed(tmp_path, {OTHER: dashboard(DASHBOARD, **later), TNO: dashboard(tno, **later)})[0] == []
    changed = {"month": "01/03/2023", "refreshed": "2023-04-06"}
    lower = DASHBOARD.replace("Crime Type", "CRIME TYPE")
    (drift,) = landed(tmp_path, {OTHER: dashboard(lower, **changed), TNO: dashboard(tno, **changed)})[0]
    assert drift.names == (OTHER,)
    assert drift.differing == [("Crime Type", "CRIME TYPE")]


def test_a_file_whose_name_tells_no_kind_is_compared_with_the_nearest_header(tmp_path: Path) -> None:
    tno = DASHBOARD.replace("Crime Type,Crime Subtype", "Offence Group,Offence Subgroup")
    landed(tmp_path, {OTHER: dashboard(DASHBOARD), TNO: dashboard(tno)})
    assert landed(tmp_path, {"renamed.csv": dashboard(tno, "01/02/2023", "2023-03-06")})[0] == []


def test_many_files_with_one_new_header_are_one_drift(tmp_path: Path) -> None:
    landed(tmp_path, {"2023-01.csv": street("2023-01")})
    months = [f"2023-{month:02}" for month in range(2, 7)]
    (drift,) = landed(
        tmp_path, {f"{month}.csv": street(month).replace("Crime type", "Crime Type") for month in months}
    )[0]
    assert drift.names == tuple(f"{month}.csv" for month in months)


def test_what_nobody_knows_and_what_was_set_aside_is_no_drift(tmp_path: Path) -> None:
    landed(tmp_path, {"a.csv": borough()})
    landing = Landing(tmp_path / "store")
    aside = landing.set_aside(landing.manifests()[0].sha256, "a cell was typed over")
    landed(tmp_path, {"b.csv": borough(2)})
    strange = Refusal(name="x.csv", reason="no feed knows it", columns=("a", "b"))
    assert drifts(landing.manifests(), [], [aside, strange]) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (TNO, "tno"),
        (f"2026.zip!data/{OTHER}", "other"),
        ("m1045 monthly crime dashboard Knife Crime Data.xlsx", "knife"),
        ("knife/dashboard.csv", ""),
    ],
)
def test_the_kind_is_in_the_files_own_name(name: str, kind: str) -> None:
    assert kind_of(manifest("x", ["a"], name=name, feed="mps_dashboard")) == kind
    assert kind_of(manifest("x", ["a"], name=name, feed="mps_borough")) == ""


headings = st.lists(st.sampled_from(["a", "b", "c", "d", "202301", "202302"]), min_size=1, max_size=6, unique=True)


@given(headings, headings)
def test_a_drift_is_found_exactly_where_shapes_differ(before: list[str], after: list[str]) -> None:
    found = drifts([manifest("old", before), manifest("new", after)], [manifest("new", after)], [])
    assert bool(found) == (shape(before) != shape(after))
    for drift in found:
        gone = [old for old, new in drift.differing if old and old not in drift.after]
        come = [new for old, new in drift.differing if new and new not in drift.before]
        assert gone == [column for column in drift.before if column not in drift.after]
        assert come == [column for column in drift.after if column not in drift.before]


def compared(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    new = manifest("new", after)
    (drift,) = drifts([manifest("old", before), new], [new], [])
    return drift.differing


def manifest(sha256: str, columns: Sequence[str], *, name: str = "a.csv", feed: str = "mps_borough") -> Manifest:
    """A landed file with this header."""
    return Manifest(
        sha256=sha256, feed=feed, scheme="", first_month=date(2023, 1, 1), vintage=date(2023, 1, 1), historical=False,
        rows=1, columns=tuple(columns), name=name, origin=name, bytes=1, landed_at=datetime(2023, 2, 6),  # noqa: DTZ001 # UTC
        available_from=None, force=None, refreshed=None, published=None,
    )  # fmt: skip
