"""A store that was restored from a backup goes on as if nothing had happened."""

from pathlib import Path

import pytest
from faults.trial import CITY, Known, Place, Zygote

from safer_assets.backup import backup, restore
from safer_assets.refresh import BoardRefresh


@pytest.mark.slow
def test_after_a_restore_into_an_empty_folder_a_refresh_gives_the_same_figures_and_pack(
    tmp_path: Path, known: Known, zygote: Zygote
) -> None:
    kept = known.good.copy_to(tmp_path / "kept")
    file, _ = backup(BoardRefresh(partnership=str(CITY), source=".", store=str(kept.root / "store")), tmp_path)
    same, next_one = Place(tmp_path / "same"), Place(tmp_path / "next")
    for place, source, wanted in ((same, known.feed.first, known.first), (next_one, known.feed.both, known.both)):
        restore(file, place.root / "store")
        zygote.refresh_well(place, source)
        assert zygote.state(place).differs_from(wanted) == []
