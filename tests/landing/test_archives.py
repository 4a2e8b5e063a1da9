"""Packed files: looked into, never trusted, and kept out whole when they are damaged."""

import gzip
import io
import stat
import zipfile
from pathlib import Path

import pytest
from landing.landing_files import borough, fill, street

from safer_assets.landing import Landing, LandingReport, archives


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def land(tmp_path: Path, files: dict[str, str | bytes]) -> tuple[Landing, LandingReport]:
    landing = Landing(tmp_path / "landing")
    return landing, landing.land(fill(tmp_path / "source", files))


def test_a_police_archive_is_looked_into(tmp_path: Path) -> None:
    archive = zipped(
        {
            "2023-11/2023-11-metropolitan-street.csv": street("2023-11"),
            "2023-12/2023-12-metropolitan-street.csv": street("2023-12"),
            "2023-12/2023-12-metropolitan-stop-and-search.csv": "Type,Date,Gender\nPerson search,2023-12-01,Male\n",
        }
    )
    landing, report = land(tmp_path, {"latest": archive})
    assert [manifest.name for manifest in landing.manifests()] == [
        *("latest!2023-11/2023-11-metropolitan-street.csv", "latest!2023-12/2023-12-metropolitan-street.csv"),
    ]
    assert [refusal.name for refusal in report.unknown] == ["latest!2023-12/2023-12-metropolitan-stop-and-search.csv"]
    again = landing.land(tmp_path / "source")
    assert (again.new, again.known, again.unknown) == ([], 2, report.unknown)


def test_packed_or_not_the_same_file_lands_once(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.csv": borough(),
        "b.csv.gz": gzip.compress(borough().encode()),
        "c.zip": zipped({"deep/c.csv": borough()}),
        "d": zipped({"inner.zip": zipped({"d.csv.gz": gzip.compress(borough().encode())})}),
    }
    landing, report = land(tmp_path, files)
    assert (len(report.new), report.known) == (1, 3)
    assert landing.content_path(report.new[0]).read_text() == borough()
    (other,) = Landing(tmp_path / "other").land(tmp_path / "source" / "d").new
    assert other.name == "d!inner.zip!d.csv.gz!d.csv"


@pytest.mark.parametrize("name", ["cut.zip", "cut.gz", "spoiled.zip"])
def test_a_damaged_archive_is_refused_whole_by_name(name: str, tmp_path: Path) -> None:
    noise = "".join(f"Robbery,Personal Property,Barnet,{number * 7919 % 10007},{number}\n" for number in range(4000))
    members: dict[str, str | bytes] = {"good.csv": borough(1), "other.csv": borough(2) + noise}
    whole = gzip.compress(str(members["other.csv"]).encode()) if name.endswith(".gz") else zipped(members)
    content = whole[:-900] if name.startswith("cut") else whole[:2000] + b"\x00" * 50 + whole[2050:]
    landing, report = land(tmp_path, {name: content, "sound.csv": borough(3)})
    assert [manifest.name for manifest in report.new] == ["sound.csv"]
    (refusal,) = report.refused
    assert refusal.name == name
    assert "damaged" in refusal.reason or "cannot be unpacked" in refusal.reason
    assert "etch" in refusal.reason
    assert (landing.root / "refused" / refusal.sha256).read_bytes() == content


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:\\evil.csv"])
def test_a_member_whose_name_points_elsewhere_is_refused_and_written_nowhere(name: str, tmp_path: Path) -> None:
    landing, report = land(tmp_path, {"x.zip": zipped({name: borough(1), "good.csv": borough(2)})})
    assert [manifest.name for manifest in report.new] == ["x.zip!good.csv"]
    (refusal,) = report.refused
    assert "points out of the archive" in refusal.reason
    assert not list(tmp_path.rglob("*evil*"))
    assert (landing.root / "refused" / refusal.sha256).read_text() == borough(1)


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    _, report = land(tmp_path, {"x.zip": out.getvalue()})
    assert "is a link" in report.refused[0].reason


def test_a_locked_archive_says_so(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.csv": borough()}))
    content[6] |= 1  # the flag in the member's own header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    _, report = land(tmp_path, {"x.zip": bytes(content)})
    assert "locked with a password" in report.refused[0].reason


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [
        ("MAX_MEMBERS", 1, "more than 1 files"),
        ("MAX_UNPACKED_BYTES", 100, "more than 100 bytes"),
        ("MAX_DEPTH", 0, "archives inside archives"),
    ],
)
def test_limits_keep_an_archive_out_whole(
    limit: str, value: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, limit, value)
    landing, report = land(tmp_path, {"x.zip": zipped({"a.csv": borough(1), "b.csv": borough(2)})})
    assert words in report.refused[0].reason
    assert landing.manifests() == []


def test_a_bomb_is_stopped_long_before_it_has_gone_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "RATIO_FREE_BYTES", 1 << 20)
    _, report = land(tmp_path, {"x.gz": gzip.compress(b"\x20" * (8 << 20))})
    assert f"more than {archives.MAX_RATIO} times its size" in report.refused[0].reason


def test_a_workbook_in_an_archive_is_a_workbook(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Group", "SubGroup", "BOCU", 202301])
    book.active.append(["BURGLARY", "BURGLARY IN A DWELLING", "Barnet", 12])
    book.save(tmp_path / "book")
    _, report = land(tmp_path, {"x.zip": zipped({"book.xlsx": (tmp_path / "book").read_bytes()})})
    assert [(manifest.feed, manifest.rows) for manifest in report.new] == [("mps_borough", 1)]
