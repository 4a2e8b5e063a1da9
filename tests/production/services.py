"""A PostgreSQL server, and Dagster's programs as production starts them, for tests.

What is here: starting, asking and stopping real processes. What is not: what they must do (test_postgres.py).
"""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "p@ss/word:%41 of the test"  # noqa: S105 # of a server that lives as long as the test; must survive quoting
USER = "safer"
Found = TypeVar("Found")


@dataclass(frozen=True)
class Postgres:
    """A running server on loopback, which asks for a password."""

    port: int
    programs: Path

    def query(self, sql: str) -> bool:
        """Whether the server does what it is asked for, by its own client."""
        words = ["--host", "127.0.0.1", "--port", str(self.port), "--username", USER, "--no-password", "--no-psqlrc"]
        done = subprocess.run(
            [str(self.programs / "psql"), *words, "--dbname", "postgres", "--command", sql],
            env=os.environ | {"PGPASSWORD": PASSWORD},
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def database(self, name: str) -> Mapping[str, str]:
        """Make a database; the environment by which deploy/dagster.yaml finds it."""
        assert self.query(f'create database "{name}"')
        return {
            "SAFER_POSTGRES_HOST": "127.0.0.1",
            "SAFER_POSTGRES_PORT": str(self.port),
            "SAFER_POSTGRES_DATABASE": name,
            "SAFER_POSTGRES_USER": USER,
            "SAFER_POSTGRES_PASSWORD": PASSWORD,
        }


def server_programs() -> Path:
    """The folder of PostgreSQL's programs; CI must have it, elsewhere these tests skip and say so."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if on_path or found:
        return Path(on_path).resolve().parent if on_path else found[-1].parent
    if os.environ.get("CI"):
        pytest.fail("CI must have PostgreSQL, and there is no program `initdb` (apt-get install postgresql).")
    pytest.skip("needs PostgreSQL, which this machine does not have (apt-get install postgresql)")


@contextlib.contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A server of its own in a folder of its own, gone afterwards. It refuses to run as root: then it is `postgres`."""
    programs = server_programs()
    folder = Path(tempfile.mkdtemp(prefix="safer-postgres-"))
    port = free_port()
    as_user: list[str] = []
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_user = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    secret = folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o644)
    data = folder / "data"
    made = [str(programs / "initdb"), "--pgdata", str(data), "--username", USER, "--pwfile", str(secret)]
    made += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
    subprocess.run([*as_user, *made], check=True, capture_output=True, cwd="/")
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder), "fsync": "off"}
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [*as_user, str(programs / "postgres"), "-D", str(data), "-p", str(port), *words],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        postgres = Postgres(port, programs)
        wait_for(lambda: postgres.query("select 1"), 30, "PostgreSQL to answer")
        yield postgres
    finally:
        server.send_signal(signal.SIGINT)  # ends at once, whoever is still connected
        server.wait(30)
        shutil.rmtree(folder)


@dataclass
class Program:
    """One of Dagster's programs, with what it starts in turn, in a process group of its own."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End it and all it started, as a power cut does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def said(self) -> str:
        """What it has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@dataclass
class Site:
    """A machine in production: DAGSTER_HOME with the shipped settings, a store, an out folder, and its programs."""

    root: Path
    settings: Mapping[str, str]
    programs: list[Program] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """Settings of every program here."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SAFER_", "DAGSTER_"))}
        folders = {"DAGSTER_HOME": "dagster", "SAFER_STORE": "store", "SAFER_OUT": "out"}
        return {**kept, **{name: str(self.root / folder) for name, folder in folders.items()}, **self.settings}

    def install(self) -> None:
        """Put the shipped settings in place, asking the daemon to look more often than in production."""
        home = self.root / "dagster"
        home.mkdir()
        shipped = (ROOT / "deploy" / "dagster.yaml").read_text(encoding="utf-8")
        quicker = shipped.replace("poll_interval_seconds: 30", "poll_interval_seconds: 2")
        assert quicker != shipped
        (home / "dagster.yaml").write_text(quicker, encoding="utf-8")

    def start(self, name: str, *words: str, **settings: str) -> Program:
        """Start `dagster-daemon ...` or `dagster-webserver ...` in the repository, as the units do."""
        log = self.root / f"{name}-{len(self.programs)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [str(Path(sys.executable).with_name(name)), *words, "--workspace", str(ROOT / "workspace.yaml")],
                cwd=ROOT,
                env=self.environment | settings,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self.programs.append(Program(process, log))
        return self.programs[-1]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m ...` here and wait for its end."""
        program = [sys.executable, "-m", *words]
        return subprocess.run(program, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)

    def kill_all(self) -> None:
        """Leave nothing running."""
        for program in self.programs:
            program.kill()


@dataclass(frozen=True)
class Web:
    """A webserver's own interface."""

    address: str

    def ask(self, query: str, variables: Mapping[str, object] | None = None) -> dict[str, object]:
        """What it answers to a GraphQL question, errors included."""
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        request = urllib.request.Request(  # noqa: S310 # our own server, by http
            f"{self.address}/graphql", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 # as above
            found: dict[str, object] = json.load(answer)
        return found

    def is_up(self) -> bool:
        """Whether it answers yet."""
        with contextlib.suppress(OSError):
            return "data" in self.ask("{ version }")
        return False


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def listening(program: Program) -> set[str]:
    """The addresses that a program and all it started listen on by TCP, from the kernel's own table."""
    inodes = set()
    for pid in _group(program.process.pid):
        with contextlib.suppress(OSError):
            for entry in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    inodes.add(str(entry.readlink()))
    found = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and f"socket:[{cells[9]}]" in inodes:
                words = bytes.fromhex(cells[1].partition(":")[0])
                # The kernel prints 32-bit words in the machine's own order.
                turned = b"".join(words[at : at + 4][::-1] for at in range(0, len(words), 4))
                found.add(socket.inet_ntop(family, turned))
    return found


def _group(leader: int) -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.getpgid(int(entry.name)) == leader:
                yield int(entry.name)


def wait_for(found: Callable[[], Found | None], seconds: float, what: str, said: Callable[[], str] = str) -> Found:
    """Ask until the answer is true; fail with what the programs said where it never is."""
    until = time.monotonic() + seconds
    while True:
        if answer := found():
            return answer
        if time.monotonic() > until:
            pytest.fail(f"Waited {seconds:.0f} s for {what}.\n{said()}")
        time.sleep(0.25)
