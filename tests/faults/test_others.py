"""Others at the same files, and a clock that is wrong: two refreshes at once, readers, a year forward and back."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from faults.trial import Ended, Known, Place, Zygote

READER = """
import duckdb, sys, time
con = duckdb.connect(sys.argv[1], read_only=True)
print(con.execute("select count(*) from marts.figures").fetchone()[0], flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def place(tmp_path: Path, known: Known) -> Place:
    """Good figures of the first batch."""
    return known.good.copy_to(tmp_path / "place")


@pytest.mark.slow
def test_of_two_refreshes_at_once_one_is_right_and_the_other_says_why_not(
    place: Place, tmp_path: Path, known: Known, zygote: Zygote
) -> None:
    told: list[Ended] = []
    with Zygote() as second:
        for pause in (0.0, 0.1, 0.5 * known.seconds):
            place = known.good.copy_to(tmp_path / f"pause-{pause}")
            thread = threading.Thread(target=lambda at=place: told.append(second.refresh(at, known.feed.both)))
            thread.start()
            time.sleep(pause)
            mine = zygote.refresh(place, known.feed.both)
            thread.join()
            ends = sorted([mine, told[-1]], key=lambda ended: ended.exit)
            assert [ended.exit for ended in ends] == [0, 1], [ended.said for ended in ends]
            assert "is under way. Wait until it has ended" in ends[1].said
            assert zygote.state(place).differs_from(known.both) == []


@pytest.mark.slow
def test_a_reader_that_stays_is_named_and_one_that_goes_is_waited_for(
    place: Place, known: Known, zygote: Zygote
) -> None:
    for stays, exit_code in ((120.0, 1), (2.0, 0)):
        reader = subprocess.Popen(
            [sys.executable, "-c", READER, str(place.warehouse), str(stays)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert reader.stdout
            assert int(reader.stdout.readline()) > 0
            ended = zygote.refresh(place, known.feed.both)
            assert ended.exit == exit_code, ended.said
            if exit_code:
                assert f"PID {reader.pid}" in ended.said
                assert "is open in another program" in ended.said
                assert zygote.state(place).packs == known.first.packs
        finally:
            reader.kill()
            reader.wait()
    assert zygote.state(place).differs_from(known.both) == []


@pytest.mark.slow
def test_whoever_holds_a_landed_file_or_the_pack_open_disturbs_nobody(
    place: Place, known: Known, zygote: Zygote
) -> None:
    landed = next(path for path in (place.home / "landing" / "files").glob("*/*") if not path.suffix)
    page = next(place.out.rglob("pack.html"))
    before = page.read_bytes()
    with landed.open("rb") as first, page.open("rb") as second:
        zygote.refresh_well(place, known.feed.both)
        assert second.read() == before, "who reads the old pack reads it to the end"
        assert first.read() == landed.read_bytes()
    assert zygote.state(place).differs_from(known.both) == []


@pytest.fixture
def faked_clock(tmp_path: Path) -> tuple[dict[str, str], Path]:
    """The environment of a process whose clock is told by a file, and that file."""
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not libraries:
        if os.environ.get("CI"):
            pytest.fail("CI must have libfaketime (Debian's package faketime).")
        pytest.skip("needs libfaketime, which this machine does not have")
    offset = tmp_path / "offset"
    offset.write_text("+0d", encoding="utf-8")
    environment = {
        "LD_PRELOAD": str(libraries[0]),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    return environment, offset


@pytest.mark.slow
def test_a_clock_a_year_ahead_and_then_back_changes_no_figure(
    tmp_path: Path, known: Known, faked_clock: tuple[dict[str, str], Path]
) -> None:
    environment, offset = faked_clock
    place = Place(tmp_path / "place")
    place.root.mkdir()
    with Zygote(environment=environment) as runner:
        for days, source in (("+365d", known.feed.first), ("+0d", known.feed.both), ("-365d", known.feed.both)):
            offset.write_text(days, encoding="utf-8")
            runner.refresh_well(place, source)
        held = runner.state(place)
    assert held.differs_from(known.both) == []
    with duckdb.connect(str(place.warehouse), read_only=True) as con:
        order = con.execute(
            "select name, landed_at > now()::timestamp from landing.files order by landed_at"
        ).fetchall()
    assert order[-1] == ("revised 2024-12.csv", True), "the file landed last is the newest, whatever the clock said"
