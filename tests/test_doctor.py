"""`safer doctor` finds what keeps a board from its pack, in places that really are so, and says what to do."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from click.testing import CliRunner
from landing.landing_files import borough, fill
from transport.server import Server

from safer_assets.cli import main
from safer_assets.doctor import CHECKS, Asked, Finding, calendar, examine, machine, outside, store, worst
from safer_assets.landing import Landing
from safer_assets.refresh import BoardRefresh
from safer_assets.warehouse import open_warehouse

TODAY = date(2023, 4, 3)
CUT, MEETING = date(2023, 4, 20), date(2023, 5, 12)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk, which only root may")


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """Real files in a store of their own, shortly before a meeting."""
    store, out = str(tmp_path / "store"), str(tmp_path / "out")
    return Asked(BoardRefresh(partnership="barnet", source="folder", store=store, out=out), TODAY)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB."""
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(place)], check=True)
    yield place
    subprocess.run(["umount", str(place)], check=True)


def the(findings: Iterator[Finding], check: str = "") -> Finding:
    """The one finding of a check."""
    (found,) = [finding for finding in findings if check in ("", finding.check)]
    assert found.advice or found.state == "ok", "whatever is wrong comes with advice"
    return found


def land(asked: Asked, tmp_path: Path, files: int = 2) -> None:
    source = fill(tmp_path / "source", {f"{number}.csv": borough(number + 1) for number in range(files)})
    Landing(asked.refresh.landing_folder).land(source)


# --- the machine ------------------------------------------------------------------------------------------------------


def test_the_environment_of_the_tests_is_the_one_that_was_pinned(asked: Asked) -> None:
    for check in (machine.python, machine.packages, machine.font, machine.clock):
        assert the(check(asked)).state == "ok", check.__name__


def test_another_version_or_a_missing_package_is_named(asked: Asked, tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    pins.write_text("dagster==0.1 \\\n    --hash=sha256:00\npandas==3.0.0 ; python_version > '3'\n")
    found = the(machine.packages(asked, pins))
    assert found.state == "warn"
    assert f"dagster {machine.installed('dagster')} (tested: 0.1)" in found.found
    assert machine.installed("no-such-package") == ""
    assert the(machine.packages(asked, tmp_path / "nothing")).state == "warn"


def test_a_clock_before_what_was_landed_is_bad(asked: Asked, tmp_path: Path) -> None:
    land(asked, tmp_path, 1)
    (record,) = asked.refresh.landing_folder.glob("files/*/*.json")
    about = json.loads(record.read_text())
    about["landed_at"] = (datetime.now(UTC) + timedelta(days=2)).replace(tzinfo=None).isoformat()
    record.chmod(0o644)
    record.write_text(json.dumps(about))
    found = the(machine.clock(asked))
    assert found.state == "bad"
    assert "before a file that was landed" in found.found


def test_dagsters_records_and_a_daemon_that_is_not_there(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    assert the(machine.dagster(asked)).state == "warn", "not made yet"
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    assert the(machine.dagster(asked), "dagster").state == "ok"
    daemon = the(machine.dagster(asked), "daemon")
    assert (daemon.state, "no schedule" in daemon.found) == ("warn", True)


@pytest.mark.parametrize("how", ["nobody listens", "not yaml", "unknown key"])
def test_storage_that_cannot_be_reached_is_bad_and_its_password_stays_secret(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    settings = {
        "nobody listens": "storage:\n  postgres:\n    postgres_db:\n      hostname: 127.0.0.1\n      port: 1\n"
        "      db_name: dagster\n      username: safer\n      password: s3cretCanary\n"
        "      scheme: postgresql+psycopg2\n",
        "not yaml": "storage: [",
        "unknown key": "storrage:\n  sqlite:\n    base_dir: x\n",
    }
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text(settings[how])
    found = the(machine.dagster(asked))
    assert found.state == "bad"
    assert "s3cretCanary" not in f"{found}"


def test_an_address_in_an_error_loses_its_password() -> None:
    text = "could not connect to postgresql+psycopg2://safer:s3cret@db.example:5432/dagster\nmore"
    assert machine.harmless(text) == "could not connect to postgresql+psycopg2://db.example:5432/dagster"


def test_a_live_daemon_is_seen(asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    command = [sys.executable, "-m", "dagster._daemon", "run", "--empty-workspace"]
    daemon = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = datetime.now(UTC) + timedelta(seconds=90)
        while datetime.now(UTC) < until and the(machine.dagster(asked), "daemon").state != "ok":
            with dg.DagsterInstance.get():
                pass
        assert the(machine.dagster(asked), "daemon").state == "ok"
    finally:
        daemon.terminate()
        daemon.wait(30)


# --- the store --------------------------------------------------------------------------------------------------------


def test_folders_that_are_not_made_yet_are_no_fault(asked: Asked) -> None:
    assert [finding.state for finding in store.folders(asked)] == ["ok", "ok"]
    assert not Path(asked.refresh.store).exists(), "looking changes nothing"


def test_a_folder_that_cannot_be_made_is_bad(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file in the folder's place")
    found = the(store.folders(asked), "store")
    assert (found.state, "cannot be written" in found.found) == ("bad", True)


@as_root
def test_a_folder_on_a_read_only_disk_is_bad(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    found = the(store.folders(Asked(BoardRefresh(partnership="barnet", store=str(small_disk)), TODAY)), "store")
    assert found.state == "bad"
    assert "Read-only" in found.found


def test_a_folder_that_everybody_can_write_is_bad(asked: Asked) -> None:
    asked.refresh.home.mkdir(parents=True)
    asked.refresh.home.chmod(0o777)
    found = the(store.folders(asked), "store")
    assert (found.state, "drwxrwxrwx" in found.found) == ("bad", True)


@as_root
def test_a_full_disk_is_bad(asked: Asked, small_disk: Path) -> None:
    refresh = BoardRefresh(partnership="barnet", store=str(small_disk), out=asked.refresh.out)
    findings = list(store.disk(Asked(refresh, TODAY)))
    assert [finding.state for finding in findings] == ["bad", "ok"]
    assert "8 MB free" in findings[0].found


def test_the_warehouse_that_is_not_made_the_good_the_busy_and_the_damaged(asked: Asked) -> None:
    assert the(store.warehouse(asked)).state == "warn"
    with open_warehouse(asked.refresh):
        pass
    found = the(store.warehouse(asked))
    assert (found.state, "another version" in found.found) == ("warn", True), "it has no tables of ours"
    program = (
        f"import duckdb; con = duckdb.connect({str(asked.refresh.warehouse_file)!r}); print(1, flush=True); input()"
    )
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    found = the(store.warehouse(asked))
    holder.communicate(b"\n")
    assert (found.state, "open in another program" in found.found) == ("warn", True)
    asked.refresh.warehouse_file.write_bytes(b"no database" * 5000)
    assert the(store.warehouse(asked)).state == "bad"
    assert asked.refresh.warehouse_file.read_bytes() == b"no database" * 5000, "looking changes nothing"


def test_the_tables_of_this_version_are_known(asked: Asked) -> None:
    from safer_assets.feeds import LOADED
    from safer_assets.loading import prepare

    with open_warehouse(asked.refresh) as con:
        prepare(con, LOADED)
    assert the(store.warehouse(asked)).state == "ok"
    with duckdb.connect(str(asked.refresh.warehouse_file)) as con:
        con.execute("alter table landing.loads drop column held")
    assert "landing.loads" in the(store.warehouse(asked)).found


def test_a_damaged_landed_file_is_found_among_the_newest_or_when_all_are_read(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert the(store.landing(asked)).state == "warn", "nothing is landed"
    land(asked, tmp_path)
    assert the(store.landing(asked)).state == "ok"
    landed = sorted(Landing(asked.refresh.landing_folder).manifests(), key=lambda manifest: manifest.landed_at)
    oldest = Landing(asked.refresh.landing_folder).content_path(landed[0])
    oldest.chmod(0o644)
    oldest.write_bytes(oldest.read_bytes().replace(b"Barnet", b"Barmet"))
    found = the(store.landing(asked))
    assert found.state == "bad"
    assert landed[0].name in found.found
    monkeypatch.setattr(store, "VERIFIED", 1)
    assert the(store.landing(asked)).state == "ok", "the newest is whole"
    assert the(store.landing(Asked(asked.refresh, TODAY, deep=True))).state == "bad"
    assert b"Barmet" in oldest.read_bytes(), "looking changes nothing"
    oldest.unlink()
    assert "cannot be read" in the(store.landing(Asked(asked.refresh, TODAY, deep=True))).found


# --- the calendar -----------------------------------------------------------------------------------------------------


def at(asked: Asked, day: date) -> Asked:
    return Asked(asked.refresh, day)


def test_a_calendar_that_has_run_out_is_bad_and_a_long_gap_is_told(asked: Asked) -> None:
    assert the(calendar.meetings(asked)).state == "ok"
    gap = the(calendar.meetings(at(asked, date(2025, 3, 8))))
    assert (gap.state, "2027" in gap.found) == ("warn", True)
    assert the(calendar.meetings(at(asked, date(2090, 1, 1)))).state == "bad"


def test_a_cut_that_passed_without_a_pack_is_told_and_is_bad_after_publication(asked: Asked) -> None:
    assert the(calendar.packs(asked)).state == "ok", "the cut is to come"
    missing = next(iter(calendar.packs(at(asked, CUT))))
    assert (missing.state, f"MEETING={MEETING}" in missing.advice) == ("warn", True)
    assert next(iter(calendar.packs(at(asked, date(2023, 5, 4))))).state == "bad"


@pytest.mark.parametrize(
    ("manifest", "state", "words"),
    [
        ('{"preview": false, "sample": false}', "ok", "pack.html"),
        ('{"preview": true, "sample": false}', "warn", "only a preview"),
        ('{"preview": false, "sample": true}', "warn", "pack of the sample"),
        ('{"preview":', "warn", "damaged"),
    ],
)
def test_only_the_boards_own_pack_counts(asked: Asked, manifest: str, state: str, words: str) -> None:
    folder = Path(asked.refresh.out) / "barnet" / MEETING.isoformat()
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(manifest)
    found = next(iter(calendar.packs(at(asked, CUT))))
    assert (found.state, words in found.found) == (state, True)


# --- outside ----------------------------------------------------------------------------------------------------------


def test_notices_that_go_nowhere_wrongly_or_not_yet(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAFER_NOTICES", raising=False)
    assert the(outside.notices(asked)).state == "warn"
    monkeypatch.setenv("SAFER_NOTICES", "json://127.0.0.1:1/ nothing://s3cretCanary@here")
    found = the(outside.notices(asked))
    assert (found.state, found.found) == ("bad", "not an address that can be used: target 2 (nothing)")
    monkeypatch.setenv("SAFER_NOTICES", "json://user:s3cretCanary@127.0.0.1:1/")
    assert the(outside.notices(asked)) == Finding("notices", "ok", "target 1 (json, 127.0.0.1)")
    outbox = Path(asked.refresh.store) / "notices" / "outbox"
    outbox.mkdir(parents=True)
    (outbox / "drift-1.json").write_text("{}")
    waiting = the(outside.notices(asked))
    assert (waiting.state, waiting.found) == ("warn", "1 not sent yet, to target 1 (json, 127.0.0.1)")


def test_publishers_are_asked_only_when_told_to_and_each_that_is_silent_is_named(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "not asked" in the(outside.publishers(asked)).found
    online = Asked(asked.refresh, TODAY, online=True)
    with Server() as server:
        from safer_assets.publishers.addresses import Addresses

        table = Addresses.load()
        lines = []
        for key in table.keys():  # noqa: SIM118 # no mapping
            filled_in = ["{id}" in address or "{areas}" in address for address in table.several(key)]
            parts = [f"{server.url}/{key}/{'{id}' if part else ''}" for part in filled_in]
            if not any(filled_in):
                server.put(f"/{key}/", b"here")
            lines.append(f"{key} = {parts if len(parts) > 1 else repr(parts[0])}\n".replace("'", '"'))
        (tmp_path / "addresses.toml").write_text("".join(lines))
        monkeypatch.setenv("SAFER_ADDRESSES", str(tmp_path / "addresses.toml"))
        findings = {finding.check: finding for finding in outside.publishers(online)}
        assert {finding.state for finding in findings.values()} == {"ok"}
        assert f"publisher {table.keys()[0]}" in findings
        assert "clock outside" in findings
        assert {seen.method for seen in server.requests} == {"HEAD"} or not server.bytes_sent()
        server.remove("/bank_holidays/")
        (gone,) = [finding for finding in outside.publishers(online) if finding.state == "bad"]
        assert gone.check == "publisher bank_holidays"
        assert "404" in gone.found
    assert {f.state for f in outside.publishers(online)} == {"bad"}, "the server is down"


# --- the command ------------------------------------------------------------------------------------------------------


def test_a_check_that_cannot_be_made_is_a_finding_and_stops_no_other(asked: Asked, tmp_path: Path) -> None:
    folder = tmp_path / "partnership"
    folder.mkdir()
    (folder / "partnership.toml").write_text("board_name = ")
    broken = Asked(BoardRefresh(partnership=str(folder), store=asked.refresh.store, out=asked.refresh.out), TODAY)
    findings = examine(broken)
    bad = [finding for finding in findings if finding.state == "bad"]
    assert [finding.check for finding in bad] == ["meetings", "packs", "publishers"]
    assert all("partnership.toml, line 1" in finding.found for finding in bad)
    assert len(findings) >= len(CHECKS)
    assert worst(findings) == "bad"


def test_the_command_tells_people_and_machines_and_ends_with_1_only_when_it_is_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAFER_NOTICES", raising=False)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    places = ["--partnership", "barnet", "--store", str(tmp_path / "store"), "--out", str(tmp_path / "out")]
    runner = CliRunner(env={"COLUMNS": "200"})
    shown = runner.invoke(main, ["doctor", *places])
    assert shown.exit_code == 0, shown.output
    for words in ("what to do", "nothing is landed", "SAFER_NOTICES is not set"):
        assert words in shown.output
    asked = runner.invoke(main, ["doctor", "--json", *places])
    report = json.loads(asked.output)
    assert report["state"] == "warn"
    assert {"check", "state", "found", "advice"} == set(report["findings"][0])
    assert len({finding["check"] for finding in report["findings"]}) == len(report["findings"]), "names tell them apart"
    (tmp_path / "store").write_text("a file in the folder's place")
    assert runner.invoke(main, ["doctor", "--json", *places]).exit_code == 1
