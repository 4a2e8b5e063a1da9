"""A source folder is not trusted: nothing outside it is read, whatever stands in it and whoever changes it."""

import os
import socket
import threading
import time
from pathlib import Path

import pytest
from landing.landing_files import borough, fill

from safer_assets.landing import Landing, LandingReport
from safer_assets.landing.source import SourceFile

SECRET = borough(424242)


def reasons(report: LandingReport) -> dict[str, str]:
    return {refusal.name: refusal.reason for refusal in (*report.refused, *report.unknown)}


def holds(landing: Landing, text: str) -> bool:
    return any(text.encode() in path.read_bytes() for path in landing.root.rglob("*") if path.is_file())


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return fill(tmp_path / "outside", {"secret": SECRET, "deep/secret": SECRET})


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing")


def test_links_out_of_the_folder_and_loops_are_named_and_not_followed(
    tmp_path: Path, outside: Path, landing: Landing
) -> None:
    """Threat: links in the source folder."""
    source = fill(tmp_path / "source", {"good": borough(1)})
    (source / "file").symlink_to(outside / "secret")
    (source / "folder").symlink_to(outside)
    (source / "chain").symlink_to("file")
    (source / "loop").symlink_to("loop")
    (source / "up").symlink_to("..")
    (source / "self").symlink_to(source)
    report = landing.land(source)
    assert [manifest.name for manifest in report.new] == ["good"]
    assert set(reasons(report)) == {"file", "folder", "chain", "loop", "up"}
    assert not holds(landing, "424242")


def test_a_file_swapped_for_a_link_after_it_was_listed_is_not_followed(
    tmp_path: Path, outside: Path, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threat: links in the source folder. The swap falls just before the opening, each time."""
    source = fill(tmp_path / "source", {"a": borough(1), "deep/b": borough(2), "deeper/still/c": borough(3)})
    real = SourceFile.open

    def swapped(self: SourceFile, path: Path | None = None) -> object:
        if path is None and not self.path.is_symlink():
            if self.name == "a":
                self.path.unlink()
                self.path.symlink_to(outside / "secret")
            elif self.name == "deep/b":
                self.path.parent.rename(source / "was")
                self.path.parent.symlink_to(outside)
                (outside / "b").write_text(SECRET)
            else:
                (source / "deeper").rename(source / "was too")
                (outside / "still").mkdir()
                (outside / "still/c").write_text(SECRET)
                (source / "deeper").symlink_to(outside)
        return real(self, path)

    monkeypatch.setattr(SourceFile, "open", swapped)
    report = landing.land(source)
    assert report.new == []
    assert set(reasons(report)) == {"a", "deep/b", "deeper/still/c"}
    assert not holds(landing, "424242")


def test_a_folder_that_is_swapped_all_the_time_never_yields_what_is_outside(
    tmp_path: Path, outside: Path, landing: Landing
) -> None:
    """Threat: links in the source folder. A race for real, two seconds long."""
    source = fill(tmp_path / "source", {"x/secret": borough(5)})
    until, stop = time.monotonic() + 2, threading.Event()

    def swap() -> None:
        while not stop.is_set():
            (source / "x").rename(source / "y")
            (source / "x").symlink_to(outside)
            (source / "x").unlink()
            (source / "y").rename(source / "x")

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        while time.monotonic() < until:
            landing.land(source)
            (landing.root / "seen.json").unlink(missing_ok=True)
    finally:
        stop.set()
        thread.join()
    assert not holds(landing, "424242")


@pytest.mark.parametrize("name", ["x.csv", "x.csv.meta.toml"])
@pytest.mark.parametrize("kind", ["pipe", "device", "socket"])
def test_special_files_are_never_waited_for(
    kind: str, name: str, tmp_path: Path, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threat: special files. A pipe that nobody writes to would stop the refresh for ever, as file or as sidecar."""
    source = fill(tmp_path / "source", {"good": borough(1), "x.csv": borough(2)})
    if name == "x.csv":
        (source / name).unlink()
    if kind == "pipe":
        os.mkfifo(source / name)
    elif kind == "device":
        if os.geteuid():
            pytest.skip("only root can make a device; CI is root")
        os.mknod(source / name, 0o20600, os.makedev(1, 5))  # /dev/zero, which never ends
    else:
        monkeypatch.chdir(source)  # the path of a socket must be short
        socket.socket(socket.AF_UNIX).bind(name)
    begun = time.monotonic()
    report = landing.land(source)
    assert time.monotonic() - begun < 10
    assert [manifest.name for manifest in report.new if manifest.name == "good"] == ["good"]
    if name == "x.csv":
        assert "is not a regular file" in reasons(report)["x.csv"]


def test_a_pipe_put_in_place_of_a_file_after_it_was_listed_is_not_waited_for(
    tmp_path: Path, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threat: special files."""
    source = fill(tmp_path / "source", {"a": borough(1)})
    real = SourceFile.open

    def swapped(self: SourceFile, path: Path | None = None) -> object:
        if path is None:
            self.path.unlink()
            os.mkfifo(self.path)
        return real(self, path)

    monkeypatch.setattr(SourceFile, "open", swapped)
    assert "no regular file any more" in reasons(landing.land(source))["a"]


def test_a_sidecar_that_is_a_link_is_not_read(tmp_path: Path, outside: Path, landing: Landing) -> None:
    """Threat: links in the source folder. A message would tell the names in it."""
    (outside / "settings.toml").write_text('password_of_the_canary = "x"\n')
    source = fill(tmp_path / "source", {"x.csv": borough(1)})
    (source / "x.csv.meta.toml").symlink_to(outside / "settings.toml")
    report = landing.land(source)
    assert "sidecar" in reasons(report)["x.csv"]
    assert "canary" not in reasons(report)["x.csv"]


@pytest.mark.parametrize("name", [b"\x1b[31mred.csv", b"two\nlines.csv", b"\xff\xfe.csv", b"right\xe2\x80\xaeleft.csv"])
def test_a_name_that_could_give_a_terminal_orders_is_spelt_out(name: bytes, tmp_path: Path, landing: Landing) -> None:
    """Threat: terminal orders in names."""
    source = fill(tmp_path / "source", {"good": borough(1)})
    Path(os.fsdecode(os.fsencode(source) + b"/" + name)).write_text(borough(2))
    report = landing.land(source)
    assert [manifest.name for manifest in report.new] == ["good"]
    ((shown, reason),) = reasons(report).items()
    assert shown.isprintable()
    assert "cannot be printed" in reason
