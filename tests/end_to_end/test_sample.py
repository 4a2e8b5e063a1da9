"""The sample, from generated files to a pack: whole, marked, repeatable, and nothing done twice."""

import json
import shutil
from pathlib import Path

import pytest
from end_to_end.place import HOME, Place, query, read_figures

from safer_assets.errors import PackError
from safer_assets.feeds import LOADED
from safer_assets.graph.numbers import board_numbers
from safer_assets.graph.reference import check_same_meeting
from safer_assets.models.sql import models
from safer_assets.refresh import BoardRefresh, today
from safer_assets.warehouse import open_warehouse


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Path]:
    place = Place(tmp_path_factory.mktemp("sample"))
    return place, place.board()


def test_the_sample_pack_is_whole_and_says_that_it_is_a_sample(sample: tuple[Place, Path]) -> None:
    _, pack = sample
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sample"] is True
    on_disk = {str(path.relative_to(pack)) for path in pack.rglob("*") if path.is_file()}
    assert on_disk == {entry["path"] for entry in manifest["files"]} | {"manifest.json"}
    assert len(list((pack / "charts").glob("*.png"))) >= 8
    page = (pack / "pack.html").read_text(encoding="utf-8")
    assert "SAMPLE" in page
    for chart in (pack / "charts").glob("*.svg"):
        assert "SAMPLE" in chart.read_text(encoding="utf-8"), chart.name
    figures = read_figures(pack)
    shown = [row for row in figures.values() if row["area_code"] == HOME and row["end_month"] == manifest["data_month"]]
    assert sum(row["value"] != "" for row in shown) > 80, "nearly every indicator has its windows"
    assert manifest["checks_not_passed"], "the sample has repeats, which are said"
    assert {check["severity"] for check in manifest["checks_not_passed"]} == {"WARN"}


def test_a_second_run_reads_no_file_and_draws_no_chart(
    sample: tuple[Place, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, pack = sample
    before = {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    landed = place.root / "store" / "barnet" / "sample"
    stamps = {path: path.stat().st_mtime_ns for path in (landed / "charts").rglob("*.png")}

    def no_reading(*_: object, **__: object) -> None:
        raise AssertionError("a landed file was read again")

    monkeypatch.setattr("safer_assets.landing.land.probe", no_reading)
    monkeypatch.setattr("safer_assets.feeds.base.TableFeed.read", no_reading)
    monkeypatch.setattr("safer_assets.charts.cache.render", no_reading)
    again = place.safer("refresh")
    assert again.exit_code == 0, again.output
    assert again.output.count("nothing new") == len(LOADED)
    assert f"0 of {len(models())} models built" in again.output
    assert {path: path.stat().st_mtime_ns for path in (landed / "charts").rglob("*.png")} == stamps
    assert {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_the_warehouse_is_built_again_from_landing_alone(sample: tuple[Place, Path]) -> None:
    place, pack = sample
    before = (pack / "figures.csv").read_bytes()
    store = place.root / "store" / "barnet" / "sample"
    (store / "warehouse.duckdb").unlink()
    shutil.rmtree(store / "charts")
    place.board()
    assert (pack / "figures.csv").read_bytes() == before


def test_every_row_of_every_file_is_loaded_or_quarantined(sample: tuple[Place, Path]) -> None:
    place, _ = sample
    store = place.root / "store" / "barnet" / "sample"
    sums = "sum(rows_read), sum(rows_loaded), sum(rows_quarantined)"
    loads = query(store, f"select feed, {sums} from landing.loads group by feed")
    landed = query(store, "select distinct feed from landing.files where is_loaded")
    assert {row[0] for row in loads} == {row[0] for row in landed}
    assert len(loads) > 10, "the sample has a file of most feeds"
    for feed, read, loaded, quarantined in loads:
        assert isinstance(loaded, int)
        assert isinstance(quarantined, int)
        assert read == loaded + quarantined, feed
    reasons = query(store, "select distinct rule from quarantine.police_uk_street")
    assert reasons == [("older_outcome_of_a_repeat",)]


def test_the_command_line_prints_meetings_and_figures(sample: tuple[Place, Path]) -> None:
    place, pack = sample
    meetings = place.safer("meetings --all")
    assert "Wed 3 May 2023" in meetings.output, "papers of 12 May 2023, before the Coronation bank holiday"
    printed = place.safer("figures burglary")
    month = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))["data_month"]
    value = read_figures(pack)["burglary", HOME, "r12", month]["value"]
    assert f"{int(value):,}" in printed.output
    assert "SAMPLE" in printed.output
    unknown = place.safer("figures arson")
    assert unknown.exit_code == 1
    assert "arson is not an indicator" in unknown.output


@pytest.mark.slow
def test_the_sample_never_takes_the_place_of_a_real_pack(tmp_path: Path, sample: tuple[Place, Path]) -> None:
    place, pack = sample
    held = tmp_path / "out" / "barnet" / pack.name
    held.mkdir(parents=True)
    manifest = held / "manifest.json"
    manifest.write_text('{"sample": false}', encoding="utf-8")
    result = place.safer("refresh", out=str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "made from real files" in result.output
    assert "OUT=" in result.output
    assert manifest.read_text(encoding="utf-8") == '{"sample": false}'


def test_charts_share_what_was_read_until_the_models_or_the_store_are_others(sample: tuple[Place, Path]) -> None:
    place, _ = sample
    refresh = BoardRefresh(store=str(place.root / "store"))
    with open_warehouse(refresh) as con:
        read = board_numbers(con, refresh)
        assert board_numbers(con, refresh) is read
        con.execute("begin")
        con.execute("update quality.built_models set fingerprint = 'another' where model = 'marts.figures'")
        con.execute("update marts.figures set value = 424242 where value is not null")
        again = board_numbers(con, refresh)
        con.execute("rollback")
        assert set(again.figures["value"].dropna()) == {424242}
        assert 424242 not in set(board_numbers(con, refresh).figures["value"].dropna())


def test_charts_and_pack_alone_never_show_another_meetings_figures(sample: tuple[Place, Path]) -> None:
    place, _ = sample
    refresh = BoardRefresh(store=str(place.root / "store"), meeting="2027-04-30")
    with open_warehouse(refresh) as con, pytest.raises(PackError, match="Run the whole job board_refresh"):
        check_same_meeting(con, refresh, today())


@pytest.mark.slow
def test_a_changed_reader_or_rule_reads_the_files_again(
    sample: tuple[Place, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, pack = sample
    before = (pack / "figures.csv").read_bytes()
    monkeypatch.setattr("safer_assets.loading._code", lambda: "another version")
    again = place.safer("refresh")
    assert again.exit_code == 0, again.output
    in_the_sample = query(place.root / "store" / "barnet" / "sample", "select distinct feed from landing.loads")
    assert again.output.count("nothing new") == len(LOADED) - len(in_the_sample), "only feeds without a file"
    assert (pack / "figures.csv").read_bytes() == before


@pytest.mark.slow
def test_a_failed_check_of_the_models_ends_the_run_and_publishes_nothing(sample: tuple[Place, Path]) -> None:
    place, _ = sample
    pack = place.board()  # another test may have left loads of another version, which would be loaded again
    good = {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    warehouse = BoardRefresh(store=str(place.root / "store"))
    with open_warehouse(warehouse) as con:
        con.execute("update landing.loads set rows_loaded = rows_loaded - 1 where feed = 'mps_borough'")
    result = place.safer("refresh")
    assert result.exit_code == 1
    assert "checks.conservation" in result.output
    assert "Nothing is lost" in result.output
    assert {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == good
    with open_warehouse(warehouse) as con:
        con.execute("update landing.loads set rows_loaded = rows_loaded + 1 where feed = 'mps_borough'")
    assert place.safer("refresh").exit_code == 0
