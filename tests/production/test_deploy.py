"""What is shipped for production holds what its README promises: loopback, no password, no root, nothing unpinned.

What is here: the files as text. What is not: what they do when they run (test_postgres.py).
"""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped] # ships no types
from production.services import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PROGRAM = "/opt/safer-assets/.venv/bin/"
HARDENED = {
    "User": "safer-assets",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0027",
}

each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)


def options(unit: Path) -> dict[str, list[str]]:
    """The settings of a unit, in order; one may stand several times."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def settings() -> dict[str, str]:
    """What settings.env sets."""
    lines = (DEPLOY / "settings.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_all_three_units_are_there() -> None:
    assert [unit.stem for unit in UNITS] == [f"safer-assets-{name}" for name in ("daemon", "operator", "viewer")]


@each_unit
def test_a_unit_is_hardened_and_has_its_secrets_from_a_file(unit: Path) -> None:
    held = options(unit)
    assert {name: held[name] for name in HARDENED} == {name: [value] for name, value in HARDENED.items()}
    assert held["EnvironmentFile"] == ["/etc/safer-assets/settings.env", "/etc/safer-assets/secrets.env"]
    assert "Environment" not in held
    writable = {path for value in held["ReadWritePaths"] for path in value.split()}
    within = "/var/lib/safer-assets" if "daemon" in unit.stem else settings()["DAGSTER_HOME"]
    assert writable == {within}, "pages write no landed file and no pack"


@each_unit
def test_a_webserver_listens_on_loopback_alone(unit: Path) -> None:
    (start,) = options(unit)["ExecStart"]
    words = shlex.split(start)
    assert words[0].startswith(PROGRAM)
    if "daemon" in unit.stem:
        assert words[1:] == ["run", "--workspace", "workspace.yaml"]
        return
    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert ("--read-only" in words) == ("viewer" in unit.stem)


@each_unit
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        if os.environ.get("CI"):
            pytest.fail("CI must have systemd-analyze, and there is no such program (apt-get install systemd).")
        pytest.skip("needs systemd-analyze, which this machine does not have (apt-get install systemd)")
    # It looks for the programs too, which are where the README puts them on a machine in production.
    for name in ("dagster-daemon", "dagster-webserver", "safer"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n", encoding="utf-8")
        program.chmod(0o755)
    here = tmp_path / unit.name
    here.write_text(unit.read_text(encoding="utf-8").replace(PROGRAM, f"{tmp_path}/"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(here)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    broken = tmp_path / f"broken-{unit.name}"
    broken.write_text(here.read_text(encoding="utf-8").replace("ProtectSystem=strict", "ProtectSystem=very"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(broken)], capture_output=True, text=True, check=False
    )
    assert "Failed to parse protect system value" in done.stderr, "what is wrong is found"


def test_make_ui_listens_on_loopback_alone() -> None:
    done = subprocess.run(["make", "--dry-run", "--always-make", "ui"], cwd=ROOT, capture_output=True, text=True)
    (line,) = (line for line in done.stdout.splitlines() if "dagster dev" in line)
    words = shlex.split(line)
    assert words[words.index("--host") + 1] == "127.0.0.1"


def test_the_database_is_named_by_the_environment_and_its_driver_in_full() -> None:
    held = yaml.safe_load((DEPLOY / "dagster.yaml").read_text(encoding="utf-8"))
    database = held["storage"]["postgres"]["postgres_db"]
    assert database.pop("scheme") == "postgresql+psycopg2"
    named = {value["env"] for value in database.values()}
    secrets = re.findall(
        r"^([A-Z_]+)=(.*)$", (DEPLOY / "secrets.env.example").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert ("SAFER_POSTGRES_PASSWORD", "") in secrets
    assert named == {name for name in settings() if "POSTGRES" in name} | {"SAFER_POSTGRES_PASSWORD"}
    assert all(value == "" for _, value in secrets), "an example has no secret in it"
    assert held["concurrency"]["runs"]["max_concurrent_runs"] == 1
    assert held["run_retries"] == {"enabled": True, "max_retries": 2, "retry_on_asset_or_op_failure": False}
    assert not held["telemetry"]["enabled"]
    assert not held["nux"]["enabled"]


def test_the_container_is_no_root_and_installs_nothing_without_a_hash() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    last = text.rsplit("\nFROM ", 1)[1]
    assert re.findall(r"^USER (.+)$", last, re.MULTILINE) == ["10001:10001"]
    for line in re.findall(r"pip install .*", text):
        assert "--require-hashes" in line or "--no-deps --no-build-isolation" in line
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / name).exists() for name in copied.split())


def test_the_containers_publish_on_loopback_alone_and_give_up_every_right() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert ports == {"viewer": ["127.0.0.1:3001:3001"], "operator": ["127.0.0.1:3000:3000"]}
    for name in ("daemon", "viewer", "operator"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True
        assert "no-new-privileges:true" in services[name]["security_opt"]
    assert "--read-only" in services["viewer"]["command"]


def test_the_proxy_asks_everyone_who_it_is_and_fits_the_units() -> None:
    text = (DEPLOY / "nginx" / "safer-assets.conf").read_text(encoding="utf-8")
    servers = [block for block in re.split(r"^server \{", text, flags=re.MULTILINE)[1:] if "listen 443 ssl" in block]
    assert len(servers) == 2
    ports = {
        options(unit)["ExecStart"][0].split("--port ")[1].split()[0] for unit in UNITS if "daemon" not in unit.stem
    }
    assert {port for block in servers for port in re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+);\n", block)} - {
        "4180"
    } == ports
    for block in servers:
        before = block[: block.index("location")]
        assert re.search(r"^    auth_basic_user_file ", before, re.MULTILINE), "the whole server, not one place in it"
        assert "auth_basic off" not in block


def test_no_committed_file_names_where_packages_come_from() -> None:
    for path in sorted(DEPLOY.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"index-url|pypi|trusted-host|docker\.io|ghcr\.io|quay\.io", text), path
