"""The loaded code location says what it is, runs what it should, and reloads a month of street crime and no other."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
import pytest

from safer_assets.automation import board_refresh, board_schedule
from safer_assets.definitions import assets, defs
from safer_assets.graph.freshness import NAME as FRESH
from safer_assets.graph.raw import MONTHS, raw_key
from safer_assets.models.sql import checks as sql_checks
from safer_assets.quality.expectations import RULES

ROOT = Path(__file__).resolve().parents[2]
STREET = dg.AssetKey(["raw", "police_uk_street"])
CATCH_UP = dg.AssetKey(["raw", "street_catch_up"])
ROOMS = {"landing", "raw", "reference", "staging", "marts", "charts", "board"}

SPECS = sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key)
CHECKS = sorted(
    (check for definition in assets for check in definition.check_specs),
    key=lambda check: (check.asset_key, check.name),
)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key.to_user_string())
def test_every_asset_says_what_it_is_whose_it_is_and_where_its_code_is(spec: dg.AssetSpec) -> None:
    assert spec.description
    assert spec.description[0].isupper() or spec.description.startswith("data.police.uk"), "a sentence, as the UI shows"
    assert spec.owners
    assert all(owner.startswith("team:") for owner in spec.owners)
    assert spec.kinds
    assert spec.group_name == spec.key.path[0]
    assert spec.group_name in ROOMS
    references = spec.metadata["dagster/code_references"].code_references
    assert references
    for reference in references:
        assert isinstance(reference, dg.LocalFileCodeReference)
        assert Path(reference.file_path).is_file(), reference.file_path


def test_every_room_has_assets() -> None:
    assert {spec.group_name for spec in SPECS} == ROOMS


@pytest.mark.parametrize("room", ["staging", "marts", "charts"])
def test_an_assets_first_code_reference_is_its_own_file(room: str) -> None:
    for spec in SPECS:
        if spec.group_name == room:
            first = spec.metadata["dagster/code_references"].code_references[0]
            assert Path(first.file_path).stem == spec.key.path[-1], "not the module that wraps all of them"


def test_a_models_description_is_its_sentences_and_its_select() -> None:
    for spec in SPECS:
        if spec.group_name in {"staging", "marts"}:
            assert "```sql" in (spec.description or "")
            assert "-- @" not in (spec.description or ""), "columns and checks have places of their own in the UI"


def test_every_check_says_what_holds_and_who_acts() -> None:
    assert len(CHECKS) > 60
    for check in CHECKS:
        words = check.description or ""
        assert words[:1].isupper(), check.key
        assert words.endswith("."), check.key
        assert "who acts: team:" in words.lower(), check.key


def test_a_rule_of_severity_error_blocks_and_a_warning_does_not() -> None:
    on_raw = {
        (check.asset_key, check.name): check.blocking
        for check in CHECKS
        if check.asset_key.path[0] == "raw" and check.name != FRESH
    }
    asked = {
        (CATCH_UP if rule.feed == "police_uk_street" else raw_key(rule.feed), rule.name): rule.severity == "ERROR"
        for rule in RULES
    }
    assert set(asked.values()) == {True, False}
    assert on_raw == asked, "every rule of the gate is a check, and no other check is there"


def test_every_feed_of_months_is_watched_where_it_is_loaded_and_where_a_backfill_runs() -> None:
    watched = {check.asset_key for check in CHECKS if check.name == FRESH}
    assert watched >= {raw_key("mps_borough"), raw_key("mps_dashboard"), CATCH_UP, STREET}
    assert raw_key("ons_population") not in watched
    assert not any(check.blocking for check in CHECKS if check.name == FRESH)


def test_a_check_of_the_models_blocks_when_it_is_an_error() -> None:
    by_name = {check.name: check for check in CHECKS}
    severities = {check.name: check.severity for check in sql_checks()}
    assert set(severities.values()) == {"ERROR", "WARN"}
    for check, severity in severities.items():
        assert by_name[check].blocking == (severity == "ERROR"), check


def test_the_board_job_has_everything_but_the_month_that_needs_a_partition() -> None:
    assert board_refresh.selection.resolve(assets) == {spec.key for spec in SPECS} - {STREET}
    months = defs.resolve_job_def("street_months")
    assert months.partitions_def == MONTHS


def test_the_board_schedule_ticks_at_seven_on_weekdays_in_london() -> None:
    assert board_schedule.execution_timezone == "Europe/London"
    assert board_schedule.cron_schedule == "0 7 * * 1-5"
    assert board_schedule.job_name == "board_refresh"
    assert board_schedule.default_status == dg.DefaultScheduleStatus.RUNNING


def test_the_sensors_and_the_executor() -> None:
    assert {sensor.name for sensor in defs.sensors or ()} == {
        *("landing_sensor", "publisher_sensor", "late_feed_sensor"),
        *("pack_ready_sensor", "failure_sensor", "old_runs_sensor"),
    }
    assert [schedule.name for schedule in defs.schedules or ()] == ["board_schedule"]
    assert defs.executor is dg.in_process_executor
    for job in ("board_refresh", "street_months"):
        assert defs.resolve_job_def(job).executor_def.name == "in_process"


def test_street_crime_has_a_partition_for_every_published_month() -> None:
    partitions = next(spec for spec in SPECS if spec.key == STREET).partitions_def
    assert isinstance(partitions, dg.MonthlyPartitionsDefinition)
    assert partitions.fmt == "%Y-%m"
    now = datetime(2026, 11, 22, tzinfo=ZoneInfo("Europe/London"))
    keys = partitions.get_partition_keys(current_time=now)
    assert keys[0] == "2016-01"
    assert keys[-1] == "2026-09", "September is published on the last working day of November, August is out"
    assert len(keys) == 129


def test_the_launchpad_explains_every_setting_and_fills_in_its_default() -> None:
    run_config = defs.resolve_job_def("board_refresh").run_config_schema.config_type
    settings = _fields(run_config, "resources", "refresh", "config")
    defaults = {
        "meeting": "",
        "basis": "as-at",
        "scheme": "",
        "data_month": "",
        "source": os.environ.get("SAFER_SOURCE", "sample"),
    }
    for setting, default in defaults.items():
        assert not settings[setting].is_required, setting
        assert settings[setting].default_value == default, setting
    for setting, field in settings.items():
        assert len(field.description or "") > 20, setting


def test_pyproject_leaves_the_workspace_file_in_charge() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert not {"dagster", "dg"} & tools.keys(), "either makes Dagster's commands ignore workspace.yaml without a word"


@pytest.mark.parametrize("path", sorted((ROOT / "dbt_like_sql").glob("[!c]*/*.sql")), ids=lambda path: path.stem)
def test_a_model_depends_on_what_its_sql_reads(path: Path) -> None:
    select = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
    reads = set(re.findall(r"\b(?:from|join)\s+((?:landing|raw|quarantine|reference|staging|marts)\.\w+)", select))
    assert reads, "every model reads something"
    expected = {
        dg.AssetKey(["landing", "files"])
        if table.startswith("landing.")
        else dg.AssetKey(table.replace("quarantine.", "raw.").split("."))
        for table in reads
    }
    if STREET in expected:
        expected.add(CATCH_UP)
    spec = next(spec for spec in SPECS if spec.key == dg.AssetKey([path.parent.name, path.stem]))
    assert {dep.asset_key for dep in spec.deps} == expected


@dataclass(frozen=True)
class StreetStore:
    """A store of the sample with its street months loaded, and the instance that was told so."""

    instance: dg.DagsterInstance
    store: Path

    def config(self) -> dg.RunConfig:
        """Settings that keep a run in this store."""
        settings = {"store": str(self.store), "out": str(self.store / "out"), "source": "sample"}
        return dg.RunConfig(resources={"refresh": {"config": settings}})

    def load_month(self, month: str) -> dg.ExecuteInProcessResult:
        """Materialise one month of raw/police_uk_street."""
        return defs.resolve_job_def("street_months").execute_in_process(
            run_config=self.config(), instance=self.instance, partition_key=month, raise_on_error=False
        )

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the warehouse; a statement that changes it gives none."""
        with duckdb.connect(str(next(self.store.glob("*/sample/warehouse.duckdb")))) as con:
            return con.execute(sql).fetchall()

    def rows_by_month(self) -> dict[date, int]:
        """Rows of street crime of every month."""
        rows = self.query("select month, count(*) from raw.police_uk_street group by month order by month")
        return {month: count for month, count in rows if isinstance(month, date) and isinstance(count, int)}


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StreetStore]:
    """The board job's first steps over the sample: landing, and the street months it finds there."""
    with dg.DagsterInstance.ephemeral() as instance:
        place = StreetStore(instance, tmp_path_factory.mktemp("street"))
        result = defs.resolve_job_def("board_refresh").execute_in_process(
            run_config=place.config(),
            instance=instance,
            asset_selection=[dg.AssetKey(["landing", "files"]), CATCH_UP],
        )
        assert result.success
        yield place


@pytest.mark.xdist_group("street")
def test_the_board_job_marks_every_month_it_loads(street: StreetStore) -> None:
    loaded = street.rows_by_month()
    assert len(loaded) >= 24
    marked = street.instance.get_materialized_partitions(STREET)
    assert marked == {f"{month:%Y-%m}" for month in loaded}
    assert marked <= set(MONTHS.get_partition_keys()), "every one is a month that the UI can show"
    month, count = next(iter(loaded.items()))
    found = street.instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=STREET, asset_partitions=[f"{month:%Y-%m}"]), limit=1
    )
    materialization = found.records[0].asset_materialization
    assert materialization is not None
    assert materialization.metadata["dagster/partition_row_count"].value == count


@pytest.mark.xdist_group("street")
def test_materialising_a_month_loads_that_month_again_and_no_other(street: StreetStore) -> None:
    before = street.rows_by_month()
    chosen, other = sorted(before)[3:5]
    street.query(f"delete from raw.police_uk_street where month = '{chosen}' and row_number % 2 = 0")
    street.query(f"update raw.police_uk_street set location = 'left alone' where month = '{other}'")
    assert street.rows_by_month()[chosen] < before[chosen]
    result = street.load_month(f"{chosen:%Y-%m}")
    assert result.success
    assert street.rows_by_month() == before
    untouched = street.query(
        "select month, count(*) from raw.police_uk_street where location = 'left alone' group by 1"
    )
    assert untouched == [(other, before[other])]
    materialization = result.asset_materializations_for_node("raw__police_uk_street")[0]
    assert materialization.partition == f"{chosen:%Y-%m}"
    assert materialization.metadata["dagster/partition_row_count"].value == before[chosen]
    lost = street.query("select count(*) from landing.loads where rows_read <> rows_loaded + rows_quarantined")
    assert lost == [(0,)]


@pytest.mark.xdist_group("street")
def test_a_month_that_is_not_landed_says_what_to_do(street: StreetStore) -> None:
    before = street.rows_by_month()
    assert date(2016, 1, 1) not in before
    result = street.load_month("2016-01")
    assert not result.success
    failure = result.get_step_failure_events()[0].step_failure_data.user_failure_data
    assert failure is not None
    assert "No street file of 2016-01 is landed" in str(failure.description)
    assert street.rows_by_month() == before


def _fields(config_type: object, *path: str) -> Mapping[str, dg.Field]:
    """The settings at a path of a run configuration."""
    for step in path:
        config_type = _fields(config_type)[step].config_type
    assert isinstance(config_type, dg.Shape)
    return config_type.fields
