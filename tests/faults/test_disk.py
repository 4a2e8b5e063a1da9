"""A disk that is full or may not be written: the refresh says so, what was good stays, and the next one is right.

The disk is a real small one, mounted for the test; it is filled to its last byte at the moment named.
"""

from pathlib import Path

import pytest
from faults.trial import Known, Place, Zygote

SMALL_DISK = "96m"


@pytest.fixture
def disk(tmp_path: Path, mounting: Zygote) -> Path:
    """An empty small disk; it goes with the process that mounted it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting.run("mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(folder))
    return folder


def good_place(mounting: Zygote, known: Known, root: Path) -> Place:
    """A place with good figures, on a disk that only the mounting process sees."""
    place = Place(root)
    mounting.run("cp", "-a", str(known.good.root / "store"), str(known.good.root / "out"), str(root))
    assert mounting.state(place).differs_from(known.first) == []
    return place


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("begin landing/files", "landing cannot be written (No space left on device)"),
        ("begin raw/street_catch_up", "is full"),
        ("begin sql_models", "is full"),
        ("begin charts/control_charts_property", "the chart could not be written"),
        ("begin board/pack", "the pack could not be written"),
    ],
)
def test_a_full_disk_ends_the_refresh_and_loses_nothing(
    disk: Path, known: Known, mounting: Zygote, moment: str, words: str
) -> None:
    place = good_place(mounting, known, disk)
    ended = mounting.refresh(place, known.feed.both, at=moment, action="fill")
    assert ended.exit == 1, ended.said
    assert words in ended.said
    assert "Traceback" not in ended.said
    mounting.run("rm", str(disk / "filler"))
    held = mounting.state(place)
    assert held.packs == known.first.packs, "the last good pack stays"
    assert not held.torn
    mounting.refresh_well(place, known.feed.both)
    assert mounting.state(place).differs_from(known.both) == []


@pytest.mark.slow
def test_a_full_disk_under_dagsters_own_records_is_said_in_a_sentence(
    disk: Path, known: Known, mounting: Zygote
) -> None:
    place = good_place(mounting, known, disk)
    ended = mounting.refresh(place, known.feed.both, at="begin raw/street_catch_up", action="fill", on_disk=True)
    assert ended.exit == 1, ended.said
    assert "Dagster's own records in" in ended.said
    assert "Traceback" not in ended.said
    mounting.run("rm", str(disk / "filler"))
    mounting.refresh_well(place, known.feed.both, on_disk=True)
    assert mounting.state(place).differs_from(known.both) == []


@pytest.mark.slow
@pytest.mark.parametrize("which", ["store", "out"])
def test_a_folder_that_may_not_be_written_is_named_and_nothing_is_lost(
    tmp_path: Path, known: Known, mounting: Zygote, which: str
) -> None:
    place = good_place(mounting, known, tmp_path)
    folder = place.root / which
    mounting.run("mount", "--bind", str(folder), str(folder))
    mounting.run("mount", "-o", "remount,ro,bind", str(folder))
    ended = mounting.refresh(place, known.feed.both)
    assert ended.exit == 1, ended.said
    assert str(folder) in ended.said
    assert "Read-only file system" in ended.said
    assert "Traceback" not in ended.said
    assert mounting.state(place).packs == known.first.packs
    mounting.run("umount", str(folder))
    mounting.refresh_well(place, known.feed.both)
    assert mounting.state(place).differs_from(known.both) == []
