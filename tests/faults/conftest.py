"""What the tests of faults share: the feed, the processes that refresh, and the states that every trial must end in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.trial import Known, Place, Zygote, must_be_able_to_mount, write_feed


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """Runs refreshes."""
    with Zygote() as running:
        assert running.threads == 1, "a fork beside other threads may hang"
        yield running


@pytest.fixture(scope="session")
def mounting() -> Iterator[Zygote]:
    """Runs refreshes where small disks can be mounted."""
    must_be_able_to_mount()
    with Zygote(mounts=True) as running:
        yield running


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory, shared_data: Path, zygote: Zygote) -> Known:
    """The feed, and what becomes of it without a fault."""
    root = tmp_path_factory.mktemp("faults")
    feed = write_feed(root / "feed", shared_data)
    good = Place(root / "good")
    good.root.mkdir()
    zygote.refresh_well(good, feed.first)
    first = zygote.state(good)
    place = good.copy_to(root / "second")
    ended = zygote.refresh_well(place, feed.both)
    both = zygote.state(place)
    fresh = Place(root / "at_once")
    fresh.root.mkdir()
    zygote.refresh_well(fresh, feed.both)
    at_once = zygote.state(fresh)
    for held in (first, both, at_once):
        assert not held.left_over
        assert not held.torn
    assert first.packs != both.packs
    assert both.packs == at_once.packs
    assert both.of_schema("marts", "raw", "quarantine") == at_once.of_schema("marts", "raw", "quarantine")
    return Known(feed, good, first, both, at_once, ended.moments, ended.seconds)
