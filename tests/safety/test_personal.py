"""Personal data is refused at landing: named by its place and kind, never by its value, and no byte of it is kept."""

import io
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from landing.landing_files import borough, fill, street

from safer_assets.feeds import Content, probe
from safer_assets.feeds.tables import literal
from safer_assets.landing import Landing, LandingReport
from safer_assets.landing.personal import SLICE_BYTES, SLICES, WHOLE_BYTES, Personal, find_personal
from safer_assets.landing.personal_shapes import SUSPECT, first_value, heading_kind, is_nhs_number

NHS = "943 476 5919"  # the example number of the NHS Data Dictionary
VALUES = {
    "an e-mail address": ("jo.bloggs@example.org.uk", "write to <x_1+y@mail.example.com>"),
    "a telephone number": ("020 7946 0000", "(020) 7946 0123", "07700 900123", "+44 7700 900123", "+44 (0)1632 960001"),
    "a full postcode": ("N12 0AB", "EC1A 1BB", "W1A0AX", "at 5 High Road NW4 4BG."),
    "a National Insurance number": ("AB 12 34 56 C", "AB123456C"),
    "an NHS number": (NHS, NHS.replace(" ", "-")),
}
INNOCENT = (
    *("Barnet 001A", "E01000115", "E09000003", "On or near High Street", "A406 North Circular", "2022/23", "202301"),
    *("-0.206779,51.589112", "0.0123456789", "12345678901", "a" * 64, "07" * 32, "QQ 12 34 56 C", "2023-05-12"),
    *(
        "N12",
        "N12 0",
        "1,234,567",
        "fy21-22",
        "@home",
        "Theft from the person",
        "0123456",
        "943 476 5918",
        "9434765919",
    ),
)
HEADINGS = (
    *(
        "Name",
        "Surname",
        "First name",
        "Victim Name",
        "suspect_name",
        "DOB",
        "Date of birth",
        "E-mail",
        "email address",
    ),
    *("Phone", "Mobile number", "Telephone No.", "Address", "Address line 1", "Postcode", "post_code", "NHS Number"),
    *("NI number", "National Insurance No", "Custody number", "Custody Record No", "PNC ID", "Passport number"),
)


def reasons(report: LandingReport) -> dict[str, str]:
    return {refusal.name: refusal.reason for refusal in (*report.refused, *report.unknown)}


def nothing_kept(landing: Landing, *traces: str) -> None:
    """No file below the store holds any of these texts, packed or not."""
    for path in landing.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for trace in traces:
                assert trace.encode() not in content, f"{path} holds {trace!r}"


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in VALUES.items() for text in texts])
def test_a_value_in_a_known_feed_is_refused_by_line_and_column_and_not_kept(
    kind: str, text: str, tmp_path: Path
) -> None:
    """Threat: personal data in a feed."""
    content = street("2023-12").replace("On or near High Street", text)
    landing = Landing(tmp_path / "landing")
    report = landing.land(fill(tmp_path / "source", {"x.csv": content, "good.csv": street("2023-11")}))
    assert [manifest.name for manifest in report.new] == ["good.csv"]
    (refusal,) = report.refused
    assert refusal.feed == "police_uk_street"
    assert refusal.reason.startswith(f"line 2, column 7 ('Location'), looks like {kind}.")
    assert text not in refusal.reason
    nothing_kept(landing, text)
    again = Landing(landing.root).land(tmp_path / "source")
    assert again.refused == report.refused, "the reason and the sha256 are kept"


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_column_named_so_is_refused_whatever_it_holds(heading: str, tmp_path: Path) -> None:
    """Threat: personal data in a feed."""
    assert heading_kind(heading)
    content = borough().replace("202302", f"202302,{heading}").replace(",1,1\n", ",1,1,Oidipous\n")
    landing = Landing(tmp_path / "landing")
    report = landing.land(fill(tmp_path / "source", {"x.csv": content}))
    assert f"column 6 ({heading!r})" in reasons(report)["x.csv"]
    nothing_kept(landing, "Oidipous")


@pytest.mark.parametrize(
    "content",
    [
        "case,outcome,contact\n1,closed,jo@example.org\n",
        "jo@example.org,07700 900123,closed\n",  # no header
        "a letter about N12 0AB\n\nand nothing else\n",
        '{"people": [{"mail": "jo@example.org"}]}',
        "<!doctype html><html>Call 020 7946 0000",
        "a,b,c\n1,2\njo@example.org,4\n",  # torn: no reader gets through it
        "case;what\n1;M\u00fcller, jo@example.org\n".encode("cp1252"),
        "case,what\n1,jo@example.org\n".encode("utf-16"),
        b"%PDF-1.4 jo@example.org",
    ],
)
def test_a_file_no_feed_knows_is_not_kept_either(content: str | bytes, tmp_path: Path) -> None:
    """Threat: personal data in a file that no feed knows."""
    landing = Landing(tmp_path / "landing")
    raw = content if isinstance(content, bytes) else content.encode()
    report = landing.land(fill(tmp_path / "source", {"x": raw}))
    assert len(reasons(report)) == 1
    for trace in ("jo@example.org", "07700 900123", "N12 0AB", "020 7946 0000"):
        assert trace not in reasons(report)["x"]
    nothing_kept(landing, "jo@example.org", "07700 900123", "N12 0AB", "020 7946 0000")
    assert not [path for path in (landing.root / "refused").glob("*") if path.suffix != ".json"]


def test_in_an_archive_a_workbook_and_a_map(tmp_path: Path) -> None:
    """Threat: personal data in a feed."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["Group", "SubGroup", "BOCU", 202301], ["BURGLARY", "BURGLARY IN A DWELLING", "jo@example.org", 12]):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/x.csv", street("2023-12").replace("On or near High Street", "jo@example.org"))
    feature = '{"type": "Feature", "properties": {"name": "A ward", "dob": "1970"}}'
    plain = '{"type": "Feature", "properties": {"ward_code": "E05000001", "name": "A ward"}}'
    files: dict[str, str | bytes] = {
        "a.zip": packed.getvalue(),
        "b": (tmp_path / "x.xlsx").read_bytes(),
        "c": f'{{"type": "FeatureCollection", "features": [{feature}]}}',
        "d": f'{{"type": "FeatureCollection", "features": [{plain}]}}',
    }
    landing = Landing(tmp_path / "landing")
    found = reasons(landing.land(fill(tmp_path / "source", files)))
    assert set(found) == {"a.zip!a/x.csv", "b", "c"}
    assert "row 2, column 3 ('BOCU'), looks like an e-mail address" in found["b"]
    assert "field 'dob' of the map looks like a date of birth" in found["c"]
    nothing_kept(landing, "jo@example.org", "1970")


def test_what_was_kept_aside_before_the_rule_is_removed_when_it_is_seen_again(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "landing")
    source = fill(tmp_path / "source", {"x": "case,contact\n1,jo@example.org\n"})
    (refusal,) = landing.land(source).unknown
    kept = landing.root / "refused" / refusal.sha256
    kept.write_bytes((source / "x").read_bytes())
    (landing.root / "seen.json").unlink()
    landing.land(source)
    assert not kept.exists()


@pytest.mark.parametrize("text", INNOCENT)
def test_what_feeds_are_full_of_is_not_taken_for_personal(text: str) -> None:
    assert first_value(text) is None


@pytest.mark.parametrize(
    "heading",
    ["Location", "LSOA name", "Area name", "BoroughName", "CSP Name", "Borough_SNT", "Measure", "ward_name", "202301"],
)
def test_headings_of_feeds_are_not_taken_for_personal(heading: str) -> None:
    assert heading_kind(heading) == ""


def test_ten_digits_are_nhs_numbers_when_nearly_all_have_the_check_digit() -> None:
    numbers = [str(number) for number in range(4_000_000_000, 4_000_000_200) if is_nhs_number(str(number))]
    assert len(numbers) > 10
    found = first_value("\n".join(f"{number},1" for number in numbers))
    assert found is not None
    assert found.kind == "an NHS number"
    assert first_value("\n".join(str(number) for number in range(4_000_000_000, 4_000_000_200))) is None


def test_no_file_of_real_open_data_is_taken_for_personal_and_the_search_is_cheap(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measured, the search takes 8 % of the time of landing all real files; the alarm is for machines that do more."""
    seconds: list[float] = []

    def timed(contents: Sequence[Content], con: duckdb.DuckDBPyConnection, *, known: bool) -> Personal | None:
        begun = time.perf_counter()
        found = find_personal(contents, con, known=known)
        seconds.append(time.perf_counter() - begun)
        assert found is None, contents[0].name
        return found

    monkeypatch.setattr("safer_assets.landing.land.find_personal", timed)
    begun = time.perf_counter()
    Landing(tmp_path / "landing").land(shared_data)
    landed = time.perf_counter() - begun
    assert len(seconds) > 150
    assert sum(seconds) < 0.30 * landed, f"{sum(seconds):.2f} s of {landed:.2f} s"


@pytest.mark.parametrize("slice_number", [0, 7, SLICES - 1])
def test_a_large_file_is_searched_in_slices_from_end_to_end(slice_number: int, tmp_path: Path) -> None:
    line = b"Burglary,Domestic Burglary,Barnet,1\n"
    size = WHOLE_BYTES * 3
    path = tmp_path / "large.csv"
    path.write_bytes(b"a,b,c,d\n" + line * (size // len(line)))
    with path.open("r+b") as stream:
        step = (path.stat().st_size - SLICE_BYTES) // (SLICES - 1)
        stream.seek(step * slice_number + SLICE_BYTES // 2)
        stream.write(b"\n1,2,3,jo@example.org\n")
    with duckdb.connect() as con:
        found = find_personal(probe(path, "large.csv"), con, known=True)
    assert found is not None
    number = path.read_bytes().split(b"jo@example.org")[0].count(b"\n") + 1
    assert found.place == f"line {number:,}, column 4 ('d'),"


@given(st.text(alphabet="aB19@. -()+0N\n,", max_size=300))
def test_whatever_is_found_is_first_suspected_by_the_quicker_matcher(text: str) -> None:
    """Else the search would pass over it: the two sets of patterns are written apart."""
    if first_value(text) is not None:
        with duckdb.connect() as con:
            assert con.execute(f"select regexp_matches(?, {literal(SUSPECT)})", [text]).fetchone() == (True,)


@given(st.integers(0, 999_999_999))
def test_the_check_digit_is_the_only_one_of_ten_that_fits(number: int) -> None:
    assert sum(is_nhs_number(f"{number:09}{digit}") for digit in range(10)) <= 1


@pytest.mark.parametrize("text", ["@" * 200_000, "a" * 200_000, "0 " * 100_000, "@a." * 60_000, "a@" + "a." * 100_000])
def test_no_text_makes_the_search_slow(text: str) -> None:
    begun = time.process_time()
    first_value(text)
    assert time.process_time() - begun < 2
