"""Landing small folders: once, unchanged, whole, and with a reason for everything that is kept out."""

import os
from datetime import date
from pathlib import Path

import pytest
from landing.landing_files import borough, everything_in, fill, street, watch_opens

from safer_assets.errors import LandingError
from safer_assets.landing import Landing, LandingReport, Manifest
from safer_assets.landing.store import Store


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return fill(tmp_path / "source", {"deep/er/x": borough(1), "y.txt": street("2023-12")})


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing")


def reasons(report: LandingReport) -> dict[str, str]:
    return {refusal.name: refusal.reason for refusal in (*report.refused, *report.unknown)}


def test_a_manifest_comes_back_as_it_was_written(source: Path, landing: Landing) -> None:
    report = landing.land(source)
    assert sorted(report.new, key=lambda manifest: manifest.feed) == landing.manifests()
    first = landing.manifests()[0]
    assert Manifest.model_validate_json(first.model_dump_json()) == first
    assert first.file_id == first.sha256[:12]
    assert (first.name, first.feed, first.rows, first.scheme) == ("deep/er/x", "mps_borough", 1, "mps-before-2024")
    assert first.origin == str(source / "deep/er/x")
    assert first.landed_at.tzinfo is None
    assert landing.manifests()[1].force == "Metropolitan Police Service"


def test_the_same_bytes_twice_change_nothing(source: Path, landing: Landing) -> None:
    fill(source, {"copy of x": borough(1)})
    report = landing.land(source)
    assert (len(report.new), report.known) == (2, 1)
    before = everything_in(landing.root)
    fill(source, {"a third name": borough(1)})
    report = landing.land(source)
    assert (report.new, report.known) == ([], 4)
    assert everything_in(landing.root) == before


def test_a_changed_file_is_read_again_and_the_old_one_stays(source: Path, landing: Landing) -> None:
    landing.land(source)
    fill(source, {"deep/er/x": borough(22)})
    report = landing.land(source)
    assert [manifest.name for manifest in report.new] == ["deep/er/x"]
    assert len(landing.manifests()) == 3


def test_a_landed_file_is_kept_when_its_source_goes(source: Path, landing: Landing) -> None:
    landing.land(source)
    (source / "y.txt").unlink()
    assert landing.land(source).known == 1
    assert len(landing.manifests()) == 2


def test_landed_files_cannot_be_written_by_accident_and_damage_is_found(source: Path, landing: Landing) -> None:
    landing.land(source)
    manifest = landing.manifests()[0]
    path = landing.content_path(manifest)
    assert path.stat().st_mode & 0o222 == 0
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(
        LandingError, match=rf"{manifest.name}.*changed from outside.*{manifest.origin}: it is then land"
    ):
        landing.verify(manifest)
    assert not path.exists(), "what is damaged makes way for the same file"
    with pytest.raises(LandingError, match="cannot be read"):
        landing.verify(manifest)
    report = landing.land(source)
    assert (report.new, report.healed, report.known) == ([], [manifest], 2)
    landing.verify(manifest)


@pytest.mark.parametrize("stop_at", ["add", "record"])
def test_a_crash_half_way_leaves_whole_files_and_the_next_landing_goes_on(
    stop_at: str, source: Path, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`add` dies before anything is moved, `record` between the bytes and their manifest."""
    real = getattr(Store, stop_at)
    calls = []

    def dying(self: Store, *args: object) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(self, *args)

    monkeypatch.setattr(Store, stop_at, dying)
    with pytest.raises(KeyboardInterrupt):
        landing.land(source)
    monkeypatch.undo()
    landed = landing.manifests()
    assert len(landed) == 1
    landing.verify(landed[0])
    report = landing.land(source)
    assert (len(report.new), report.known) == (1, 1)
    assert not list((landing.root / "staging").glob("*")) if (landing.root / "staging").exists() else True
    for manifest in landing.manifests():
        landing.verify(manifest)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty (0 bytes)"),
        (b"<!doctype html><html><title>503</title>", "HTML page"),
        (borough(1).splitlines()[0].encode() + b"\n", "a header and no rows"),
        (b"PK\x03\x04 cut off", "cut off or damaged"),
        (borough(1).replace("Barnet", "B\u00e4rnet").encode("cp1252"), "line 2 (byte 0xe4 at offset 81) is not UTF-8"),
        (borough(1).encode("utf-16"), "saved as utf-16"),
        (borough(1, "202301,202303").encode(), "months are left out: 2023-02"),
        (street("2023-13").encode(), "'2023-13'"),
    ],
)
def test_a_bad_file_is_refused_by_name_kept_aside_and_costs_nothing_else(
    content: bytes, words: str, source: Path, landing: Landing
) -> None:
    fill(source, {"bad.csv": content})
    report = landing.land(source)
    assert len(report.new) == 2
    assert words in reasons(report)["bad.csv"]
    (refusal,) = report.refused
    assert (landing.root / "refused" / refusal.sha256).read_bytes() == content
    again = landing.land(source)
    assert again.refused == report.refused


def test_one_bad_byte_is_found_wherever_chunks_end(
    source: Path, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = borough(1).replace("Barnet", "Bärnet €"), borough(2).encode() + b"Robbery,\xc3"
    for size in (1, 2, 3, 5, 64):
        monkeypatch.setattr("safer_assets.landing.intake.CHUNK_BYTES", size)
        fill(source, {"good": good + f"Robbery,Personal Property,Barnet,{size},0\n", "bad": bad + bytes([size])})
        report = landing.land(source)
        assert "line 3" in reasons(report)["bad"]
        assert f"offset {len(borough(2)) + 8}" in reasons(report)["bad"]
        assert "good" in {manifest.name for manifest in report.new}


def test_unknown_files_are_listed_with_what_they_are(source: Path, landing: Landing) -> None:
    fill(source, {"notes.md": "# Notes\n", "list.csv": "file,sha256\na,b\n", "p.pdf": b"%PDF-1.4\n"})
    found = reasons(landing.land(source))
    assert "no feed knows its columns: file, sha256" in found["list.csv"]
    assert "text without columns" in found["notes.md"]
    assert "a PDF document" in found["p.pdf"]


def test_what_was_unknown_is_looked_at_again_when_the_recognisers_change(
    source: Path, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(source, {"list.csv": "file,sha256\na,b\n"})
    landing.land(source)
    monkeypatch.setattr("safer_assets.landing.seen._rules", lambda: "newer")
    opened = watch_opens(monkeypatch, source)
    landing.land(source)
    assert {Path(name).name for name in opened} == {"list.csv", "list.csv.meta.toml"}


def test_a_file_set_aside_stays_aside(source: Path, landing: Landing, tmp_path: Path) -> None:
    landing.land(source)
    manifest = landing.manifests()[0]
    landing.set_aside(manifest.sha256, "counts are of another year")
    assert len(landing.manifests()) == 1
    assert (landing.root / "refused" / manifest.sha256).read_text() == borough(1)
    assert reasons(landing.land(source)) == {"deep/er/x": "counts are of another year"}
    other = fill(tmp_path / "other", {"again": borough(1)})
    assert reasons(landing.land(other)) == {"again": "counts are of another year"}
    with pytest.raises(LandingError, match="is not landed"):
        landing.set_aside(manifest.sha256, "twice")


def test_two_landings_at_once_are_kept_apart(source: Path, landing: Landing) -> None:
    with landing.still(), pytest.raises(LandingError, match=r"another landing .* is under way"):
        Landing(landing.root).land(source)
    assert len(landing.land(source).new) == 2


def test_a_source_that_is_not_there_is_an_error(landing: Landing, tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="nowhere is not there"):
        landing.land(tmp_path / "nowhere")
    assert landing.manifests() == []


def test_one_file_is_a_source_too(source: Path, landing: Landing) -> None:
    assert [manifest.name for manifest in landing.land(source / "deep/er/x").new] == ["x"]


def test_a_store_inside_its_source_is_not_landed(source: Path) -> None:
    landing = Landing(source / "store")
    landing.land(source)
    assert (len(landing.land(source).new), len(landing.manifests())) == (0, 2)


def test_links_out_of_the_source_are_listed_and_not_followed(source: Path, landing: Landing, tmp_path: Path) -> None:
    outside = fill(tmp_path / "outside", {"secret": borough(9)})
    (source / "out").symlink_to(outside / "secret")
    (source / "folder").symlink_to(outside)
    (source / "broken").symlink_to("nothing")
    (source / "inside").symlink_to(source / "y.txt")
    os.mkfifo(source / "pipe")
    fill(source, {".hidden": borough(8)})
    report = landing.land(source)
    assert len(report.new) == 2
    found = reasons(report)
    assert set(found) == {"out", "folder", "broken", "pipe", ".hidden"}
    assert all("link out of the source" in found[name] for name in ("out", "folder", "broken"))


def test_a_file_that_changes_while_it_is_read_is_read_again(
    source: Path, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safer_assets.landing.archives import Unpacker

    real = Unpacker.unpack

    def growing(self: Unpacker, path: Path, name: str) -> object:
        parts = real(self, path, name)
        if name == "y.txt":
            path.write_text(street("2023-11"))
            os.utime(path, ns=(1, 1))
        return parts

    monkeypatch.setattr(Unpacker, "unpack", growing)
    assert "changed while it was being read" in reasons(landing.land(source))["y.txt"]
    monkeypatch.undo()
    assert [manifest.vintage for manifest in landing.land(source).new] == [date(2023, 11, 1)]


def test_progress_is_told_file_by_file(source: Path, landing: Landing) -> None:
    told: list[tuple[int, int, str]] = []
    landing.land(source, lambda number, of, name: told.append((number, of, name)))
    assert told == [(1, 2, "deep/er/x"), (2, 2, "y.txt")]
