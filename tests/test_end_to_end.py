"""From files to a pack, through the command line and a real Dagster instance, on the sample and on the real files."""

import csv
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result
from warehouse_fixtures import BOROUGHS

from safer_assets.board.figures import FIGURE_COLUMNS
from safer_assets.cli import main

HOME = "E09000003"
CITY = Path(__file__).parent / "partnerships" / "city-of-london"

Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Place:
    """A store, an out folder and a Dagster instance of their own."""

    root: Path

    def safer(self, command: str, **options: str) -> Result:
        """Run `safer command --option value ...` in this place."""
        options = {"store": str(self.root / "store"), **options}
        if command == "refresh":
            options = {"out": str(self.root / "out"), **options}
        words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
        return CliRunner(env={"DAGSTER_HOME": str(self.root / "dagster"), "COLUMNS": "300"}).invoke(
            main, [*command.split(), *words], catch_exceptions=False
        )

    def board(self, **options: str) -> Path:
        """Refresh, which must succeed, and the folder of the pack."""
        result = self.safer("refresh", **options)
        assert result.exit_code == 0, result.output
        last = result.output.splitlines()[-1]
        assert last.startswith("Pack "), result.output
        return Path(last.removeprefix("Pack ")).parent


def read_figures(pack: Path) -> Mapping[Key, dict[str, str]]:
    """figures.csv by indicator, area, window and end month."""
    with (pack / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == FIGURE_COLUMNS
    return {(row["indicator"], row["area_code"], row["window"], row["end_month"]): row for row in rows}


def query(store: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of a store's warehouse."""
    with duckdb.connect(str(store / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Path]:
    place = Place(tmp_path_factory.mktemp("sample"))
    return place, place.board()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Place:
    """A place in which all real files have been landed and loaded once."""
    place = Place(tmp_path_factory.mktemp("real"))
    place.board(source=str(shared_data), meeting="2023-05-12", data_month="2023-02", out=str(place.root / "first"))
    return place


@pytest.mark.xdist_group("sample")
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


@pytest.mark.xdist_group("sample")
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
    assert again.output.count("nothing new") == 5
    assert "0 of 17 models built" in again.output
    assert {path: path.stat().st_mtime_ns for path in (landed / "charts").rglob("*.png")} == stamps
    assert {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == before


@pytest.mark.xdist_group("sample")
def test_the_warehouse_is_built_again_from_landing_alone(sample: tuple[Place, Path]) -> None:
    place, pack = sample
    before = (pack / "figures.csv").read_bytes()
    store = place.root / "store" / "barnet" / "sample"
    (store / "warehouse.duckdb").unlink()
    shutil.rmtree(store / "charts")
    place.board()
    assert (pack / "figures.csv").read_bytes() == before


@pytest.mark.xdist_group("sample")
def test_every_row_of_every_file_is_loaded_or_quarantined(sample: tuple[Place, Path]) -> None:
    place, _ = sample
    store = place.root / "store" / "barnet" / "sample"
    sums = "sum(rows_read), sum(rows_loaded), sum(rows_quarantined)"
    loads = query(store, f"select feed, {sums} from landing.loads group by feed")
    assert len(loads) == 5
    for feed, read, loaded, quarantined in loads:
        assert isinstance(loaded, int)
        assert isinstance(quarantined, int)
        assert read == loaded + quarantined, feed
    reasons = query(store, "select distinct rule from quarantine.police_uk_street")
    assert reasons == [("older_outcome_of_a_repeat",)]


@pytest.mark.xdist_group("sample")
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


@pytest.mark.xdist_group("real")
def test_the_figures_that_the_minutes_printed(real: Place, shared_data: Path) -> None:
    pack = real.board(source=str(shared_data), meeting="2023-05-12", data_month="2023-02")
    figures = read_figures(pack)
    minuted = {
        ("residential_burglary", "r3"): "522",
        ("non_residential_burglary", "r3"): "169",
        ("personal_robbery", "r3"): "191",
        ("violence_with_injury", "r3"): "540",
        ("violence_with_injury", "r12"): "2324",
    }
    for (indicator, window), value in minuted.items():
        row = figures[indicator, HOME, window, "2023-02"]
        assert (row["value"], row["vintage"], row["as_at"]) == (value, "2023-02", "2023-04-20"), row
    assert figures["violence_with_injury", HOME, "r12", "2023-02"]["prior_value"] == "2271"
    assert figures["violence_with_injury", HOME, "r12", "2023-02"]["change_pct"] == "2.3"
    for indicator in ("knife_crime", "gun_crime", "hate_crime", "domestic_abuse_offences"):
        row = figures[indicator, HOME, "r3", "2023-02"]
        assert (row["value"], row["quality"]) == ("", "missing feed"), "that file was refreshed in 2025"
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    reasons = {Path(entry["name"]).name: entry["reason"] for entry in manifest["refused"]}
    assert "mps_borough_hand_edited.csv" in reasons
    assert "mps_borough_headers_collapsed_to_years.csv" in reasons


@pytest.mark.xdist_group("real")
def test_latest_uses_everything_of_the_meetings_scheme(real: Place, shared_data: Path) -> None:
    figures = read_figures(
        real.board(source=str(shared_data), meeting="2023-05-12", data_month="2023-02", basis="latest")
    )

    def about(indicator: str, window: str) -> tuple[str, str, str]:
        row = figures[indicator, HOME, window, "2023-02"]
        return row["value"], row["scheme"], row["vintage"]

    assert about("residential_burglary", "r3") == ("522", "mps-before-2024", "2023-04"), "504 would be the new scheme"
    assert about("non_residential_burglary", "r3") == ("169", "mps-before-2024", "2023-04")
    assert about("personal_robbery", "r3") == ("187", "mps-before-2024", "2023-04")
    assert about("violence_with_injury", "r3") == ("544", "mps-before-2024", "2023-04")
    assert about("knife_crime_with_injury", "r3")[0] == "18"
    assert about("lethal_barrelled_discharge", "r3")[0] == "10"
    assert about("domestic_abuse_violence_with_injury", "r3")[0] == "163"
    for indicator, value in (("domestic_abuse_violence_with_injury", "700"), ("domestic_abuse_offences", "3078")):
        row = figures[indicator, HOME, "r12", "2023-02"]
        assert (row["value"], row["prior_value"]) == (value, "")
        assert row["quality"] == "no comparator: mps_dashboard starts 2021-08"


@pytest.mark.xdist_group("real")
def test_total_notifiable_offences_of_the_2020_meeting(real: Place, shared_data: Path) -> None:
    figures = read_figures(
        real.board(source=str(shared_data), meeting="2020-10-23", data_month="2020-08", basis="latest")
    )
    row = figures["total_notifiable_offences", HOME, "r12", "2020-08"]
    assert (row["value"], row["prior_value"], row["change_pct"]) == ("28736", "30693", "-6.4")
    assert (row["scheme"], row["vintage"]) == ("mps-before-2024", "2022-01")


@pytest.mark.xdist_group("real")
def test_figures_across_the_break_of_2024_are_not_compared(real: Place, shared_data: Path) -> None:
    figures = read_figures(
        real.board(source=str(shared_data), meeting="2025-03-07", data_month="2025-02", basis="latest")
    )
    for indicator in ("hate_crime", "domestic_abuse_offences", "domestic_abuse_violence_with_injury"):
        row = figures[indicator, HOME, "r12", "2025-02"]
        assert row["quality"].startswith("not comparable: ")
        assert row["value"]
        assert (row["prior_value"], row["change_abs"], row["change_pct"]) == ("", "", "")
    assert figures["burglary", HOME, "r12", "2025-02"]["change_pct"]


def test_the_city_of_london_from_street_files_alone(tmp_path: Path, shared_data: Path) -> None:
    place = Place(tmp_path)
    pack = place.board(
        partnership=str(CITY), source=str(shared_data / "police_uk"), basis="latest", data_month="2025-12"
    )
    figures = read_figures(pack)
    counted = _plain_counts_of_the_city(shared_data)
    assert len({month for _, month in counted}) == 27
    for (indicator, month), offences in counted.items():
        assert figures[indicator, "E09000001", "month", month]["value"] == str(offences), (indicator, month)
    for (indicator, _, _, end), row in figures.items():
        if indicator not in {name for name, _ in counted}:
            assert (row["value"], row["quality"]) == ("", "missing feed"), (indicator, end)
    store = place.root / "store" / "city-of-london" / "real"
    assert query(store, "select sum(stray_rows), sum(unplaced_rows) from marts.street_unplaced") == [(937, 1823)]


def _plain_counts_of_the_city(shared_data: Path) -> dict[tuple[str, str], int]:
    """Counts by hand: the City's rows in the City's LSOAs, one row of those that differ in nothing but the outcome."""
    kinds = {
        "Burglary": "burglary",
        "Robbery": "robbery",
        "Vehicle crime": "vehicle_offences",
        "Public order": "public_order",
        "Drugs": "drug_offences",
        "Possession of weapons": "weapons_possession",
        "Criminal damage and arson": "criminal_damage",
        "Anti-social behaviour": "asb_incidents",
    }
    counts: dict[tuple[str, str], int] = {}
    for path in sorted((shared_data / "police_uk").glob("*/*-city-of-london-street.csv")):
        month = path.parent.name
        counts |= {(indicator, month): 0 for indicator in kinds.values()}
        seen: set[tuple[str, ...]] = set()
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                same = tuple(value for name, value in row.items() if name != "Last outcome category")
                repeated = bool(row["Crime ID"]) and row["Crime type"] != "Anti-social behaviour" and same in seen
                seen.add(same)
                here = row["LSOA name"].startswith("City of London ") and row["Falls within"] == "City of London Police"
                if here and not repeated and row["Crime type"] in kinds:
                    counts[kinds[row["Crime type"]], month] += 1
    return counts


def test_nothing_usable_is_an_error_that_names_every_file(tmp_path: Path, shared_data: Path) -> None:
    place = Place(tmp_path)
    result = place.safer("refresh", source=str(shared_data / "malformed"))
    assert result.exit_code == 1
    assert "mps_borough_hand_edited.csv: " in result.output
    assert "mps_borough_headers_collapsed_to_years.csv: " in result.output
    assert "no usable file" in result.output
    assert not (tmp_path / "out").exists()


def borough_csv(path: Path, months: int = 24, *, spoil: str | None = None) -> Path:
    """A small Met file of every borough, with one cell put in place of a good one."""
    names = [f"{2024 + (month // 12)}{month % 12 + 1:02d}" for month in range(months)]
    lines = [",".join(["MajorText", "MinorText", "BoroughName", *names])]
    lines += [
        ",".join(["BURGLARY", "BURGLARY IN A DWELLING", borough, *["7"] * months]) for borough in (*BOROUGHS, "Unknown")
    ]
    if spoil is not None:
        lines[2] = lines[2][: lines[2].rindex(",") + 1] + spoil
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("cell", ["-3", ""])
def test_a_bad_cell_holds_the_file_back_and_the_last_good_pack_stays(tmp_path: Path, cell: str) -> None:
    place = Place(tmp_path)
    source = tmp_path / "files"
    borough_csv(source / "good.csv")
    asked = {"source": str(source), "basis": "latest", "data_month": "2025-12"}
    pack = place.board(**asked)
    good = {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    store = place.root / "store" / "barnet" / "real"
    figures = query(store, "select * from marts.figures order by all")

    bad = borough_csv(source / "bad.csv", spoil=cell)
    result = place.safer("refresh", **asked)
    assert result.exit_code == 1
    assert "bad.csv" in result.output
    assert "Row 2" in result.output
    assert "Next: " in result.output
    assert {path.name: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == good
    assert query(store, "select * from marts.figures order by all") == figures
    held = query(store, "select rows_read, rows_loaded, rows_quarantined from landing.loads where held")
    assert held == [(33, 0, 33)], "also a held file's rows are accounted for"

    # Setting it aside is the way on: the file is kept, named in the pack, and in no figure.
    sha256 = str(query(store, "select sha256 from landing.files where name = 'bad.csv'")[0][0])
    aside = place.safer(f"set-aside {sha256}", source=str(source), why="a cell was typed over")
    assert aside.exit_code == 0, aside.output
    again = place.board(**asked)
    manifest = json.loads((again / "manifest.json").read_text(encoding="utf-8"))
    assert [entry["reason"] for entry in manifest["refused"]] == ["a cell was typed over"]
    assert (again / "figures.csv").read_bytes() == good["figures.csv"]
    bad.unlink()


def test_what_cannot_be_run_says_why_before_anything_starts(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for options, words in (
        ({"meeting": "2023-05-13"}, "2023-05-13"),
        ({"meeting": "12 May"}, "MEETING=12 May is not a date"),
        ({"data_month": "2023-13"}, "DATA_MONTH=2023-13 is not a month"),
        ({"basis": "newest"}, "BASIS=newest"),
        ({"scheme": "mps-2030"}, "SCHEME=mps-2030 is not a category scheme"),
        ({"source": str(tmp_path / "nowhere")}, "there is no such folder"),
        ({"partnership": "nowhere"}, "PARTNERSHIP=nowhere"),
    ):
        result = place.safer("refresh", **options)
        assert result.exit_code == 1, options
        assert words in result.output, result.output
    assert not (tmp_path / "out").exists()
