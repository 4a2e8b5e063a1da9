"""SOURCE=live from all publishers to a pack: fetched once, only what is new, and nothing lost without a network."""

import json
import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from end_to_end.place import HOME, Place, query, read_figures
from publishers.everyone import Everyone
from transport.faults import html, reset
from transport.server import Server

from safer_assets.board.calendar import data_month_on
from safer_assets.partnership import load_partnership
from safer_assets.publishers.addresses import VARIABLE
from safer_assets.refresh import today

pytestmark = pytest.mark.slow


def month_before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


@pytest.fixture(scope="module")
def last_month() -> date:
    """The data month of today, which the sample would have too."""
    return data_month_on(today(), load_partnership("barnet").cycle)


@pytest.fixture(scope="module")
def everyone(tmp_path_factory: pytest.TempPathFactory, last_month: date) -> Iterator[Everyone]:
    folder = tmp_path_factory.mktemp("publishers")
    with Server() as server:
        yield Everyone(server, folder, month_before(last_month))


@pytest.fixture(scope="module")
def first(everyone: Everyone, tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Path]:
    """A store after its first live refresh."""
    place = Place(tmp_path_factory.mktemp("live"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(everyone.addresses(place.root / "addresses.toml")))
        return place, place.board(source="live", basis="latest")


@pytest.fixture(autouse=True)
def addresses(everyone: Everyone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(everyone.addresses(tmp_path / "addresses.toml")))


def test_all_publishers_make_a_board_pack(first: tuple[Place, Path]) -> None:
    place, pack = first
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sample"] is False
    store = place.root / "store" / "barnet" / "real"
    landed = {str(feed): files for feed, files in query(store, "select feed, count(*) from landing.files group by 1")}
    assert {
        *("mps_borough", "mps_dashboard", "mps_asb", "police_uk_street", "ons_population", "ons_lookup"),
        *("home_office_csp", "mps_ward", "mps_lsoa", "mps_vawg"),
    } <= set(landed)
    assert landed["police_uk_street"] == 36
    assert query(store, "select * from landing.not_used") == []
    assert not (store / "fetched").exists() or not list((store / "fetched").rglob("*.*")), "what is landed is removed"
    shown = [row for row in read_figures(pack).values() if row["area_code"] == HOME and row["value"]]
    assert len(shown) > 80, "nearly every indicator has its windows"


def test_with_nothing_new_no_file_is_fetched_and_little_time_goes_by(
    everyone: Everyone, first: tuple[Place, Path]
) -> None:
    place, pack = first
    before = {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    sent, downloads = everyone.server.bytes_sent(), everyone.datastore.downloads()
    result = place.safer("refresh", source="live", basis="latest")
    assert result.exit_code == 0, result.output
    assert "0 files fetched" in result.output
    assert everyone.datastore.downloads() == downloads
    assert everyone.server.bytes_sent() - sent < 20_000, "listings and headers alone"
    (line,) = (line for line in result.output.splitlines() if "landing/files" in line and "0 files fetched" in line)
    seconds = float(line.split()[2])
    assert seconds < 10, line
    assert {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == before


def test_a_new_month_brings_that_month_alone(
    everyone: Everyone, first: tuple[Place, Path], last_month: date, tmp_path: Path
) -> None:
    place = Place(tmp_path / "next")
    shutil.copytree(first[0].root, place.root)
    archive = "/data/archive/latest.zip"
    sent = everyone.server.bytes_sent(archive)
    everyone.publish(last_month)
    try:
        result = place.safer("refresh", source="live", basis="latest")
        assert result.exit_code == 0, result.output
        store = place.root / "store" / "barnet" / "real"
        months = "select count(distinct vintage) from landing.files where feed = 'police_uk_street'"
        assert query(store, months) == [(37,)]
        read = everyone.server.bytes_sent(archive) - sent
        whole = len((everyone.folder / f"{last_month:%Y-%m}" / "latest.zip").read_bytes())
        assert read < whole / 4, f"{read:,} of {whole:,} bytes: one month of 36 and the directory"
        newest = "select max(vintage) from landing.files where feed = 'mps_borough'"
        assert query(store, newest) == [(last_month,)]
    finally:
        everyone.publish(month_before(last_month))


def test_a_publisher_that_fails_stops_no_other_and_is_named_in_the_pack(
    everyone: Everyone, first: tuple[Place, Path], tmp_path: Path
) -> None:
    place = Place(tmp_path / "failing")
    shutil.copytree(first[0].root, place.root)
    shutil.rmtree(place.root / "store" / "barnet" / "real" / "landing")
    (place.root / "store" / "barnet" / "real" / "fetched.json").unlink()
    everyone.server.misbehave("/government/*", html())
    try:
        pack = place.board(source="live", basis="latest")
    finally:
        everyone.server.behave()
    store = place.root / "store" / "barnet" / "real"
    assert query(store, "select state, name from landing.not_used") == [("unread", "home_office")]
    assert "1 publisher not read to the end" in (pack / "pack.html").read_text(encoding="utf-8")
    assert query(store, "select count(*) from landing.files where feed = 'mps_borough'") != [(0,)]


def test_a_network_that_is_lost_after_a_good_refresh_is_an_error_though_some_were_not_due(
    everyone: Everyone, first: tuple[Place, Path]
) -> None:
    """ONS and bank holidays are asked once a week or less: that they had nothing to ask must not pass for an answer."""
    place, pack = first
    before = {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    everyone.server.misbehave("/*", reset())
    try:
        result = place.safer("refresh", source="live", basis="latest")
    finally:
        everyone.server.behave()
    assert result.exit_code == 1, result.output
    assert result.output.count("no publisher could be read") == 1
    assert {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == before


def test_without_a_network_one_message_comes_within_a_minute_and_the_pack_stays(
    first: tuple[Place, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, pack = first
    before = {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    monkeypatch.delenv(VARIABLE)
    for name in ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    unreachable = tmp_path / "nowhere.toml"
    from safer_assets.publishers.addresses import Addresses

    shipped = Addresses.load()
    hosts = {key: shipped.several(key) for key in shipped.keys()}  # noqa: SIM118 # not a mapping
    lines = []
    for number, (key, several) in enumerate(hosts.items(), start=1):
        # TEST-NET-1 (RFC 5737): nobody answers there, as behind a firewall that drops packets.
        moved = [f"http://192.0.2.{number}/{address.split('/', 3)[-1]}" for address in several]
        lines.append(f"{key} = {moved[0]!r}" if len(moved) == 1 else f"{key} = {moved!r}")
    unreachable.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(unreachable))
    began = time.monotonic()
    result = place.safer("refresh", source="live", basis="latest")
    took = time.monotonic() - began
    assert result.exit_code == 1
    assert took < 60, f"{took:.0f} s"
    assert result.output.count("no publisher could be read") == 1
    assert "Check the network" in result.output
    assert "The last good figures and pack are as they were." in result.output
    assert {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == before
