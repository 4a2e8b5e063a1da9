"""A store that was damaged from outside: the same bytes heal it, and nothing is taken for landed that is not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from landing.landing_files import borough, everything_in, fill, street

from safer_assets.errors import LandingError
from safer_assets.landing import Landing


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return fill(tmp_path / "source", {"deep/x": borough(1), "y.txt": street("2023-12")})


@pytest.fixture
def landing(tmp_path: Path, source: Path) -> Landing:
    made = Landing(tmp_path / "landing")
    made.land(source)
    return made


def spoil(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: spoil(path, path.read_bytes()[:-1]), id="cut off"),
        pytest.param(lambda path: spoil(path, b""), id="empty"),
    ],
)
def test_bytes_that_are_gone_or_cut_off_are_landed_again_under_the_old_manifest(
    source: Path, landing: Landing, damage: Callable[[Path], None]
) -> None:
    before = everything_in(landing.root)
    manifests = landing.manifests()
    damage(landing.content_path(manifests[0]))
    report = landing.land(source)
    assert (report.new, report.known, report.healed) == ([], 2, [manifests[0]])
    assert everything_in(landing.root) == before
    assert landing.land(source).healed == []


def test_a_flipped_bit_is_found_by_reading_all_and_healed_by_the_next_landing(source: Path, landing: Landing) -> None:
    before = everything_in(landing.root)
    path = landing.content_path(landing.manifests()[0])
    good = path.read_bytes()
    spoil(path, bytes([good[0] ^ 1]) + good[1:])
    assert landing.land(source).healed == [], "a look at sizes does not find it"
    (said,) = landing.damaged()
    assert "its landed copy has sha256" in said
    assert "it is then landed again by itself" in said
    (kept,) = (landing.root / "damaged").iterdir()
    assert kept.read_bytes()[1:] == good[1:]
    kept.unlink()
    assert len(landing.land(source).healed) == 1
    assert landing.damaged() == []
    assert everything_in(landing.root) == before


def test_a_lost_file_that_the_source_has_no_more_is_named_until_it_is_set_aside(source: Path, landing: Landing) -> None:
    manifest = landing.manifests()[0]
    landing.content_path(manifest).unlink()
    (source / "deep" / "x").unlink()
    (source / "y.txt").rename(source / "z.txt")
    for _ in range(2):
        landing.land(source)
        assert manifest in landing.manifests(), "its rows stay in the figures"
        with pytest.raises(LandingError, match="go on without it: safer set-aside"):
            landing.verify(manifest)
    landing.set_aside(manifest.file_id, "lost with the disk")
    assert manifest not in landing.manifests()
    assert landing.damaged() == []


@pytest.mark.parametrize("noise", [b"", b"{", b"\xff\xfe", b'{"sha256": "x"}'])
def test_a_damaged_manifest_is_made_anew_from_the_source_or_else_from_the_file_itself(
    source: Path, landing: Landing, noise: bytes
) -> None:
    before = landing.manifests()
    records = [path.with_name(f"{path.name}.json") for path in map(landing.content_path, before)]
    for record in records:
        spoil(record, noise)
    (source / "y.txt").unlink()
    with pytest.raises(LandingError, match=r"damaged or of another version.*safer land "):
        landing.manifests()
    report = landing.land(source)
    assert len(report.healed) == 2
    after = landing.manifests()
    assert [found.sha256 for found in after] == [found.sha256 for found in before]
    assert [found.rows for found in after] == [found.rows for found in before]
    assert {found.name for found in after} == {
        "deep/x",
        before[1].sha256 if before[1].name == "y.txt" else before[0].sha256,
    }


def test_a_damaged_record_of_a_refusal_never_lets_a_file_that_was_set_aside_back_in(
    source: Path, landing: Landing
) -> None:
    manifest = landing.manifests()[0]
    landing.set_aside(manifest.sha256, "a cell was typed over")
    spoil(landing.root / "refused" / f"{manifest.sha256}.json", b"{")
    report = landing.land(source)
    assert manifest.sha256 not in {found.sha256 for found in landing.manifests()}
    assert any("record of why it was kept out is damaged" in refusal.reason for refusal in report.refused)


@pytest.mark.parametrize("noise", [b"", b"{", b"\xff\xfe", b"[]"])
def test_a_damaged_memory_of_sources_is_as_good_as_none(source: Path, landing: Landing, noise: bytes) -> None:
    (landing.root / "seen.json").write_bytes(noise)
    assert landing.land(source).known == 2


def test_a_landing_is_later_than_every_landing_before_whatever_the_clock_says(source: Path, landing: Landing) -> None:
    first = landing.manifests()[0]
    ahead = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=365)
    record = landing.content_path(first).with_name(f"{first.sha256}.json")
    spoil(record, first.model_copy(update={"landed_at": ahead}).model_dump_json().encode())
    fill(source, {"a third": borough(3), "b fourth": borough(4)})
    report = landing.land(source)
    assert [manifest.name for manifest in report.new] == ["a third", "b fourth"]
    assert ahead < report.new[0].landed_at < report.new[1].landed_at < ahead + timedelta(minutes=1)
