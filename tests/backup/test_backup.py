"""Backup and restore: the same store again in an empty folder, and nothing from an archive that is not whole."""

import io
import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from landing.landing_files import borough, everything_in, fill, street

from safer_assets.backup import Contents, backup, restore
from safer_assets.backup.contents import CONTENTS
from safer_assets.cli import main
from safer_assets.errors import BackupError, LandingError, SaferError, WarehouseError
from safer_assets.landing import Landing
from safer_assets.refresh import BoardRefresh
from safer_assets.warehouse import only_refresh, open_warehouse

Change = Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]


@pytest.fixture
def kept(tmp_path: Path) -> BoardRefresh:
    """A store with three landed files, one refused, one set aside, and a warehouse with a table."""
    refresh = BoardRefresh(partnership="barnet", source=str(tmp_path / "source"), store=str(tmp_path / "store"))
    fill(Path(refresh.source), {"a.csv": borough(1), "b.csv": borough(2), "c.csv": street("2023-12"), "d.csv": b""})
    landing = Landing(refresh.landing_folder)
    landing.land(Path(refresh.source))
    landing.set_aside(landing.manifests()[0].sha256, "for the test")
    with open_warehouse(refresh) as con:
        con.execute("create table raw.kept as select range as n from range(1000)")
    return refresh


@pytest.fixture
def file(kept: BoardRefresh, tmp_path: Path) -> Path:
    """Its backup."""
    return backup(kept, tmp_path / "kept.tar")[0]


def modes(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_a_restored_store_is_the_same(kept: BoardRefresh, file: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    home, contents = restore(file, tmp_path / "other")
    assert home == tmp_path / "other" / "barnet" / "real"
    assert contents.landed_files == 2
    assert everything_in(home / "landing") == everything_in(kept.landing_folder)
    assert modes(home) == modes(kept.home)
    restored = BoardRefresh(partnership="barnet", source=kept.source, store=str(tmp_path / "other"))
    with open_warehouse(restored, read_only=True) as con:
        assert con.execute("select sum(n) from raw.kept").fetchone() == (499500,)
    landing = Landing(restored.landing_folder)
    assert landing.damaged() == []
    report = landing.land(Path(kept.source))
    assert (len(report.new), report.known, len(report.refused)) == (0, 2, 2)


def test_a_backup_of_an_unfinished_write_of_the_warehouse_has_it_all(kept: BoardRefresh, tmp_path: Path) -> None:
    """A process that was killed leaves its last commit in a file beside the database."""
    script = (
        "import duckdb, os, signal, sys\n"
        "con = duckdb.connect(sys.argv[1])\n"
        "con.execute('create table raw.last as select 7 as n')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(kept.warehouse_file)], check=False)
    assert kept.warehouse_file.with_name("warehouse.duckdb.wal").exists()
    restore(backup(kept, tmp_path / "b.tar")[0], tmp_path / "other")
    restored = BoardRefresh(partnership="barnet", source=kept.source, store=str(tmp_path / "other"))
    with open_warehouse(restored, read_only=True) as con:
        assert con.execute("select n from raw.last").fetchone() == (7,)


def test_a_backup_waits_for_nobody_and_disturbs_nobody(kept: BoardRefresh, tmp_path: Path) -> None:
    with only_refresh(kept.home), pytest.raises(WarehouseError, match="under way"):
        backup(kept, tmp_path / "b.tar")
    with Landing(kept.landing_folder).still(), pytest.raises(LandingError, match="under way"):
        backup(kept, tmp_path / "b.tar")
    assert not list(tmp_path.glob("b.tar*"))


def test_a_damaged_landed_file_is_never_backed_up_as_if_it_were_whole(kept: BoardRefresh, tmp_path: Path) -> None:
    landing = Landing(kept.landing_folder)
    path = landing.content_path(landing.manifests()[0])
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(LandingError, match="its landed copy has sha256"):
        backup(kept, tmp_path / "b.tar")
    assert not list(tmp_path.glob("b.tar*"))


def test_a_file_that_is_there_is_never_written_over(kept: BoardRefresh, file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(BackupError, match="is there already"):
        backup(kept, file)
    assert file.read_bytes() == before
    named, _ = backup(kept, tmp_path)
    assert named.name.startswith("barnet-real-20")
    with pytest.raises(BackupError, match="nothing to back up"):
        backup(BoardRefresh(partnership="barnet", source=".", store=str(tmp_path / "none")), tmp_path / "b.tar")


def test_a_restore_never_changes_what_is_there(kept: BoardRefresh, file: Path, tmp_path: Path) -> None:
    before = everything_in(kept.home)
    with pytest.raises(BackupError, match="is not empty"):
        restore(file, Path(kept.store))
    assert everything_in(kept.home) == before
    empty = tmp_path / "empty"
    empty.mkdir()
    assert restore(file, Path(kept.store), into=empty)[0] == empty
    assert everything_in(empty / "landing") == everything_in(kept.landing_folder)
    with pytest.raises(BackupError, match="is not empty"):
        restore(file, Path(kept.store), into=empty)


def changed(file: Path, target: Path, change: Change) -> Path:
    """The same archive after a change of its members."""
    with tarfile.open(file) as tar:
        members = [(info, stream.read() if (stream := tar.extractfile(info)) else b"") for info in tar.getmembers()]
    change(members)
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as tar:
        for info, content in members:
            info.size = len(content) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(content))
    return target


def rename(name: str) -> Change:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        members[0][0].name = name

    return change


def retype(kind: bytes) -> Change:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        members[0][0].type = kind
        members[0][0].linkname = "/etc/passwd"

    return change


def relist(field: str, value: object) -> Change:
    """The list says something else of the first member, and agrees with its name."""

    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        contents = Contents.model_validate_json(members[-1][1])
        first = contents.members[0].model_copy(update={field: value})
        if field == "path":
            members[0][0].name = str(value)
        listed = contents.model_copy(update={"members": (first, *contents.members[1:])})
        members[-1] = (members[-1][0], listed.model_dump_json().encode())

    return change


def restate(field: str, value: object) -> Change:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        contents = Contents.model_validate_json(members[-1][1]).model_copy(update={field: value})
        members[-1] = (members[-1][0], contents.model_dump_json().encode())

    return change


def flip(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    info, content = members[0]
    members[0] = (info, bytes([content[0] ^ 1]) + content[1:])


def lose_one(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    del members[0]


def lose_the_list(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    del members[-1]


def twice(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    members.insert(0, members[0])


def grow(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    members[0] = (members[0][0], members[0][1] + b"x")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(flip, "is damaged", id="a flipped bit"),
        pytest.param(grow, "bytes, not", id="another size"),
        pytest.param(lose_one, "are missing", id="a member is gone"),
        pytest.param(twice, "twice", id="a member twice"),
        pytest.param(lose_the_list, CONTENTS, id="no list"),
        pytest.param(rename("landing/files/aa/other"), "not listed", id="a member that is not listed"),
        pytest.param(rename("../../evil"), "no place in a store", id="a name that leads out"),
        pytest.param(rename("/etc/evil"), "no place in a store", id="an absolute name"),
        pytest.param(relist("path", "landing/../../../evil"), "no place in a store", id="leads out, and is listed"),
        pytest.param(relist("path", "charts/evil.svg"), "no place in a store", id="another folder, and listed"),
        pytest.param(relist("path", "landing"), "no place in a store", id="in place of the folder"),
        pytest.param(relist("mode", 0o4755), "damaged or of another version", id="a mode that gives rights"),
        pytest.param(relist("sha256", "0" * 64), "is damaged", id="another sha256"),
        pytest.param(retype(tarfile.SYMTYPE), "not a plain file", id="a link"),
        pytest.param(retype(tarfile.LNKTYPE), "not a plain file", id="a hard link"),
        pytest.param(retype(tarfile.CHRTYPE), "not a plain file", id="a device"),
        pytest.param(retype(tarfile.FIFOTYPE), "not a plain file", id="a pipe"),
        pytest.param(restate("contract", 2), "layout 2", id="a later layout"),
        pytest.param(restate("partnership", "../../evil"), "of another version", id="a name out of the store"),
        pytest.param(restate("kind", "other"), "damaged or of another version", id="another kind"),
    ],
)  # fmt: skip
def test_an_archive_that_is_not_as_it_should_be_is_refused_whole(
    file: Path, tmp_path: Path, change: Change, words: str
) -> None:
    bad = changed(file, tmp_path / "bad.tar", change)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(BackupError, match=words):
        restore(bad, tmp_path / "other")
    left = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert {path.name for path in left} <= {".real.lock"}
    assert not (tmp_path / "other" / "barnet" / "real").exists()


def test_an_archive_that_was_cut_off_is_refused(file: Path, tmp_path: Path) -> None:
    with tarfile.open(file) as tar:
        last = tar.getmembers()[-1]
    bad, whole = tmp_path / "bad.tar", file.read_bytes()
    for size in (
        0,
        100,
        511,
        512,
        5000,
        len(whole) // 2,
        last.offset - 1,
        last.offset,
        last.offset_data + last.size - 1,
    ):
        bad.write_bytes(whole[:size])
        with pytest.raises(BackupError, match=r"bad\.tar"):
            restore(bad, tmp_path / "other")
        assert not (tmp_path / "other" / "barnet" / "real").exists()


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    for name, content in (("page.tar", b"<html>no</html>" * 100), ("gone.tar", None)):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(BackupError, match=name):
            restore(path, tmp_path / "other")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Fail at the given write to disk from now on, as a full disk does."""

    def fail_at(step: int) -> None:
        left = iter(range(step))

        def sync(_: int) -> None:
            if next(left, None) is None:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", sync)

    return fail_at  # type: ignore[return-value] # a fixture may return


def test_a_full_disk_leaves_nothing_half_written(
    kept: BoardRefresh, file: Path, tmp_path: Path, steps: Callable[[int], None]
) -> None:
    steps(0)
    with pytest.raises(BackupError, match="No space left"):
        backup(kept, tmp_path / "second.tar")
    assert not list(tmp_path.glob("second*"))
    for step in (0, 3):
        steps(step)
        with pytest.raises(BackupError, match="No space left"):
            restore(file, tmp_path / "other")
        assert [path.name for path in (tmp_path / "other" / "barnet").iterdir()] == [".real.lock"]


KILLED = """
import os, signal, sys
from pathlib import Path
from safer_assets.backup import backup, restore
from safer_assets.refresh import BoardRefresh
left, sync = int(sys.argv[1]), os.fsync
def dying(number):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    sync(number)
os.fsync = dying
what, file, store = sys.argv[2:]
if what == "backup":
    backup(BoardRefresh(partnership="barnet", source=".", store=store), Path(file))
else:
    restore(Path(file), Path(store))
"""


def test_a_kill_half_way_leaves_nothing_under_the_real_name(kept: BoardRefresh, file: Path, tmp_path: Path) -> None:
    def killed(step: int, what: str, path: Path, store: str) -> None:
        words = [sys.executable, "-c", KILLED, str(step), what, str(path), store]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == -9, done.stderr

    second = tmp_path / "second.tar"
    killed(0, "backup", second, kept.store)
    assert not second.exists()
    assert backup(kept, second)[1].landed_files == 2
    for step in (0, 4):
        killed(step, "restore", file, str(tmp_path / "other"))
        assert not (tmp_path / "other" / "barnet" / "real").exists()
    home, _ = restore(file, tmp_path / "other")
    assert everything_in(home / "landing") == everything_in(kept.landing_folder)
    assert {path.name for path in home.parent.iterdir()} == {"real", ".real.lock"}


def run(command: str, *words: str) -> Result:
    return CliRunner(env={"COLUMNS": "300"}).invoke(main, [command, *words], catch_exceptions=False)


def test_the_commands(kept: BoardRefresh, tmp_path: Path) -> None:
    where = ("--store", kept.store, "--partnership", "barnet")
    made = run("backup", str(tmp_path / "b.tar"), *where)
    assert (made.exit_code, "2 landed files" in made.output) == (0, True), made.output
    assert run("backup", str(tmp_path / "b.tar"), *where).exit_code == 1
    back = run("restore", str(tmp_path / "b.tar"), "--store", str(tmp_path / "other"))
    assert (back.exit_code, "2 landed files, as they were on" in back.output) == (0, True), back.output
    assert run("restore", str(tmp_path / "b.tar"), "--store", str(tmp_path / "other")).exit_code == 1
    there = ("--store", str(tmp_path / "other"), "--partnership", "barnet")
    whole = run("verify", *there)
    assert (whole.exit_code, "2 landed files and the warehouse are whole" in whole.output) == (0, True), whole.output
    path = next(found for found in (tmp_path / "other" / "barnet/real/landing/files").glob("*/*") if not found.suffix)
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    damaged = run("verify", *there)
    assert damaged.exit_code == 1
    assert "its landed copy has sha256" in damaged.output


@pytest.mark.parametrize("error", [BackupError, WarehouseError])
def test_its_errors_are_for_people(error: type[SaferError]) -> None:
    assert issubclass(error, SaferError)
