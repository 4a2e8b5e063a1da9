"""Files of the store that are damaged: found, said, made whole, and never in a figure."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from faults.trial import Known, Place, Zygote

from safer_assets.landing import Landing

BLOCK = 262144
HEADERS = 12288


@pytest.fixture
def place(tmp_path: Path, known: Known) -> Place:
    """Good figures of the first batch."""
    return known.good.copy_to(tmp_path / "place")


def overwrite(path: Path, at: int, size: int) -> None:
    """Bytes of no meaning in the middle of a file."""
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(at)
        file.write(random.Random(at).randbytes(size))  # noqa: S311 # the same damage every time


def cut(path: Path, size: int) -> None:
    """Only the first bytes are left."""
    path.chmod(0o644)
    os.truncate(path, size)


def block_of(warehouse: Path, table: str) -> int:
    """Where in the file the first block of a table's rows stands."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        found = con.execute("select min(block_id) from pragma_storage_info(?) where block_id >= 0", [table]).fetchone()
    assert found
    return HEADERS + int(found[0]) * BLOCK


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: overwrite(path, 0, 4096), id="garbage in place of the header"),
        pytest.param(lambda path: cut(path, 0), id="empty"),
        pytest.param(lambda path: overwrite(path, 4096, 8192), id="garbage in place of its directory"),
    ],
)
def test_a_warehouse_that_cannot_be_opened_is_moved_aside_and_made_anew(
    place: Place, known: Known, zygote: Zygote, damage: Callable[[Path], None]
) -> None:
    damage(place.warehouse)
    ended = zygote.refresh_well(place, known.feed.both)
    assert "is damaged" in ended.said
    assert "All that it held is made from what is landed." in ended.said
    assert zygote.state(place).differs_from(known.both) == []
    assert len(list(place.home.glob("warehouse.duckdb.damaged-*"))) == 1


@pytest.mark.slow
@pytest.mark.parametrize("table", ["raw.police_uk_street", "marts.figures", "landing.loads"])
def test_a_warehouse_that_is_damaged_inside_is_made_anew_by_the_next_refresh(
    place: Place, known: Known, zygote: Zygote, table: str
) -> None:
    overwrite(place.warehouse, block_of(place.warehouse, table) + 100, 4096)
    said = ""
    for _ in range(2):  # where the block is replaced without being read, the first refresh is right at once
        ended = zygote.refresh(place, known.feed.both)
        said += ended.said
        if ended.exit == 0:
            break
        assert "is damaged" in ended.said
        assert "Run the refresh again: it is then made anew." in ended.said
        assert zygote.state(place).packs == known.first.packs
    assert ended.exit == 0, said
    assert zygote.state(place).differs_from(known.both) == []


@pytest.mark.slow
def test_a_warehouse_that_was_cut_off_is_made_anew(place: Place, known: Known, zygote: Zygote) -> None:
    cut(place.warehouse, place.warehouse.stat().st_size // 2)
    ended = zygote.refresh(place, known.feed.both)
    if ended.exit:
        assert "is damaged" in ended.said
        zygote.refresh_well(place, known.feed.both)
    assert zygote.state(place).differs_from(known.both) == []


def landed_street_file(place: Place) -> tuple[Landing, Path]:
    """The landed copy of a file that both batches have, and a landing that knows it."""
    landing = Landing(place.home / "landing")
    manifest = next(found for found in landing.manifests() if found.name.startswith("2024-11"))
    return landing, landing.content_path(manifest)


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: cut(path, 100), id="cut off"),
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: path.with_name(f"{path.name}.json").write_text("{"), id="its manifest is damaged"),
        pytest.param(lambda path: path.with_name(f"{path.name}.json").write_bytes(b"\xff"), id="its manifest is noise"),
    ],
)
def test_a_landed_file_whose_damage_shows_is_landed_again(
    place: Place, known: Known, zygote: Zygote, damage: Callable[[Path], None]
) -> None:
    _, path = landed_street_file(place)
    damage(path)
    place.warehouse.unlink()  # so that it is read again
    ended = zygote.refresh_well(place, known.feed.both)
    assert "1 landed file had a damaged copy and is whole again" in ended.said
    assert zygote.state(place).differs_from(known.both) == []


@pytest.mark.slow
def test_a_flipped_bit_is_found_when_the_file_is_read_and_healed_by_the_next_refresh(
    place: Place, known: Known, zygote: Zygote
) -> None:
    _, path = landed_street_file(place)
    overwrite(path, 2000, 1)
    zygote.refresh_well(place, known.feed.first)  # it is loaded already, and is not read again
    place.warehouse.unlink()
    ended = zygote.refresh(place, known.feed.both)
    assert ended.exit == 1
    assert "2024-11-city-of-london-street.csv: its landed copy has sha256" in ended.said
    assert "it is then landed again by itself" in ended.said
    zygote.refresh_well(place, known.feed.both)
    assert zygote.state(place).differs_from(known.both) == []


@pytest.mark.slow
def test_a_manifest_is_made_anew_from_the_landed_file_where_the_source_has_it_no_more(
    place: Place, known: Known, zygote: Zygote, tmp_path: Path
) -> None:
    _, path = landed_street_file(place)
    path.with_name(f"{path.name}.json").write_text("{")
    zygote.refresh_well(place, one_file(tmp_path, known))
    held = zygote.state(place)
    assert not held.torn
    assert held.of_schema("raw") == known.first.of_schema("raw")


def one_file(folder: Path, known: Known) -> Path:
    """A source that has only one of the files."""
    source = folder / "less"
    source.mkdir()
    name = "archive.zip"
    (source / name).write_bytes((known.feed.first / name).read_bytes())
    return source


@pytest.mark.slow
def test_a_damaged_memory_of_sources_is_as_good_as_none(place: Place, known: Known, zygote: Zygote) -> None:
    for noise in (b"", b"{", b"\xff\xfe\x00", b"[]"):
        (place.home / "landing" / "seen.json").write_bytes(noise)
        zygote.refresh_well(place, known.feed.both)
        assert zygote.state(place).differs_from(known.both) == []


@pytest.mark.slow
def test_damaged_charts_are_drawn_again(place: Place, known: Known, zygote: Zygote) -> None:
    def charts(ending: str) -> list[Path]:
        return sorted((place.home / "charts").glob(f"control_charts_property-*/{ending}"))

    for ending, damage in (
        ("*.png", lambda path: overwrite(path, 100, 4)),
        ("*.svg", lambda path: cut(path, 10)),
        ("chart.json", lambda path: path.write_text("{")),
        ("chart.json", lambda path: path.write_text(path.read_text().replace("City of London", "City of Lindon"))),
        ("preview.png", lambda path: path.unlink()),
    ):
        for path in charts(ending):
            damage(path)
        ended = zygote.refresh_well(place, known.feed.first)
        assert "drawn" in ended.said
        assert zygote.state(place).differs_from(known.first) == []


@pytest.mark.slow
def test_a_damaged_pack_is_written_anew(place: Place, known: Known, zygote: Zygote) -> None:
    pack = next(place.out.rglob("manifest.json")).parent
    (pack / "manifest.json").write_text("{")
    cut(pack / "figures.csv", 10)
    zygote.refresh_well(place, known.feed.first)
    assert zygote.state(place).differs_from(known.first) == []
