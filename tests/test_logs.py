"""The log of refreshes says what happened to which file and names no secret, and never stands in a refresh's way."""

import json
import logging
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warehouse_fixtures import BOROUGHS

from safer_assets.definitions import defs
from safer_assets.graph.raw import raw_key
from safer_assets.logs import MASK, About, RefreshLog, known, redact

SECRET = "hunter2-and-more"  # noqa: S105 # planted, to be looked for
MONTHS = [f"{2024 + month // 12}{month % 12 + 1:02d}" for month in range(24)]


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.delenv("SAFER_LOG", raising=False)
    with dg.instance_for_test() as instance:
        yield instance


def borough_file(folder: Path, name: str, last: str = "7") -> None:
    """A file of the borough feed, which the gate holds back where its last cell is no count."""
    rows = [["BURGLARY", "BURGLARY IN A DWELLING", borough, *["7"] * 24] for borough in (*BOROUGHS, "Unknown")]
    rows[1][-1] = last
    lines = [["MajorText", "MinorText", "BoroughName", *MONTHS], *rows]
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")


def land_and_load(instance: dg.DagsterInstance, source: Path, store: Path) -> dg.ExecuteInProcessResult:
    """Land the folder and load its borough files, as the first steps of a refresh do."""
    asked = {"source": str(source), "store": str(store), "partnership": "partnerships/barnet"}
    return defs.resolve_job_def("board_refresh").execute_in_process(
        run_config={"resources": {"refresh": {"config": asked}}},
        instance=instance,
        asset_selection=[dg.AssetKey(["landing", "files"]), raw_key("mps_borough")],
        raise_on_error=False,
    )


def lines(store: Path) -> list[dict[str, object]]:
    """The lines of this month's log, which is all there is."""
    (path,) = (store / "logs").iterdir()
    assert path.name == f"refresh-{datetime.now(UTC):%Y-%m}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_refresh_tells_of_every_step_and_file(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    source, store = tmp_path / "files", tmp_path / "store"
    borough_file(source, "counts.csv")
    (source / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    run = land_and_load(instance, source, store)
    assert run.success
    told = lines(store)
    assert {(line["run"], line["partnership"]) for line in told} == {(run.run_id, "barnet")}
    assert all(datetime.fromisoformat(str(line["time"])).tzinfo for line in told)
    begun, ended = told[0], told[-1]
    assert (begun["event"], ended["event"]) == ("refresh_begun", "refresh_ended")
    assert f"source {source}" in str(begun["message"])
    assert isinstance(ended["seconds"], float)

    rows = len(BOROUGHS) + 1
    of_file = [line for line in told if line.get("file") == "counts.csv"]
    assert [(line["step"], line["feed"], line["level"]) for line in of_file] == [
        ("landing/files", "mps_borough", "debug"),
        ("raw/mps_borough", "mps_borough", "debug"),
    ]
    assert of_file[1]["rows"] == rows
    assert re.fullmatch(r"landed as [0-9a-f]{12}", str(of_file[0]["message"]))
    (stray,) = (line for line in told if line.get("file") == "notes.csv")
    assert str(stray["message"]).startswith("unknown: ")
    (check,) = (line for line in told if line.get("check") == "no_file_unknown")
    assert (check["level"], check["asset"]) == ("warning", "landing/files")

    for step in ("landing/files", "raw/mps_borough"):
        (success,) = (line for line in told if line.get("event") == "step_success" and line["step"] == step)
        assert isinstance(success["seconds"], float)
    made = {line["asset"]: line for line in told if line.get("event") == "asset_materialization"}["raw/mps_borough"]
    assert made["rows"] == rows
    assert isinstance(made["seconds"], float)


def test_the_ui_can_plot_rows_and_seconds(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    borough_file(tmp_path / "files", "counts.csv")
    for _ in range(2):
        assert land_and_load(instance, tmp_path / "files", tmp_path / "store").success
    for key in (dg.AssetKey(["landing", "files"]), raw_key("mps_borough")):
        for record in instance.fetch_materializations(key, limit=5).records:
            assert record.asset_materialization is not None
            metadata = record.asset_materialization.metadata
            assert isinstance(metadata["seconds"], dg.FloatMetadataValue)
            assert isinstance(metadata["rows"], dg.IntMetadataValue)
            assert metadata["rows"].value, "what the table holds, also where nothing was new"


def test_a_second_refresh_is_added_and_others_cannot_read(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    borough_file(tmp_path / "files", "counts.csv")
    runs = [land_and_load(instance, tmp_path / "files", tmp_path / "store").run_id for _ in range(2)]
    told = lines(tmp_path / "store")
    assert list(dict.fromkeys(line["run"] for line in told)) == runs
    assert [line["run"] for line in told if line.get("event") == "refresh_ended"] == runs, "each has one end"
    folder = tmp_path / "store" / "logs"
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750


def test_a_failure_is_told_in_the_words_people_get_without_a_secret(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAFER_POSTGRES_PASSWORD", SECRET)
    monkeypatch.setenv("SAFER_LOG", "json")
    source = tmp_path / "files"
    borough_file(source, f"counts {SECRET}.csv", last="-3")
    assert not land_and_load(instance, source, tmp_path / "store").success
    told = lines(tmp_path / "store")
    (failure,) = (line for line in told if line.get("event") == "step_failure")
    assert (failure["level"], failure["step"]) == ("error", "raw/mps_borough")
    assert f"The quality gate holds back 1 file.\ncounts {MASK}.csv" in str(failure["message"])
    assert (told[-1]["event"], told[-1]["level"]) == ("refresh_failed", "error")
    (held,) = (line for line in told if str(line["message"]).startswith("held back: "))
    assert held["file"] == f"counts {MASK}.csv"
    assert SECRET not in json.dumps(told)
    on_stderr = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith('{"time"')]
    assert on_stderr == told, "with SAFER_LOG=json standard error has the same lines"


def test_a_log_that_cannot_be_written_ends_no_refresh(
    instance: dg.DagsterInstance, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    borough_file(tmp_path / "files", "counts.csv")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "logs").write_text("a file in the folder's place", encoding="utf-8")
    assert land_and_load(instance, tmp_path / "files", tmp_path / "store").success
    assert capfd.readouterr().err.count("the refresh goes on without its log") == 1


def test_a_record_that_nobody_foresaw_ends_no_refresh(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    handler = RefreshLog(About("run", "barnet", tmp_path))
    broken = logging.makeLogRecord({"msg": "100 %d", "args": ("no number",), "levelname": "INFO"})
    handler.handle(broken)
    assert not (tmp_path / "logs").exists()
    assert "Logging error" in capfd.readouterr().err
    handler.handle(logging.makeLogRecord({"msg": "and on", "levelname": "INFO", **known(meeting="2027-01-29")}))
    assert [(line["message"], line["meeting"]) for line in lines(tmp_path)] == [("and on", "2027-01-29")]


def test_secrets_of_the_environment_are_masked_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SAFER_POSTGRES_PASSWORD", "MY_TOKEN", "A_SECRET", "API_KEY", "lower_password"):
        with monkeypatch.context() as patch:
            patch.setenv(name, SECRET)
            assert redact(f"x{SECRET}y {SECRET}") == f"x{MASK}y {MASK}"
    assert redact(SECRET) == SECRET
    monkeypatch.setenv("USE_KEYRING", "true")
    assert redact("it is true") == "it is true"


def test_addresses_of_notices_are_masked_whole_and_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    mail, hook = "mailtos://us:pw@mail.example.org?to=a@example.org", "json://hooks.example.org/T0/B1/abcdef"
    monkeypatch.setenv("SAFER_NOTICES", f"{mail} {hook}")
    assert redact(f"to {mail} and {hook}: refused") == f"to {MASK} and {MASK}: refused"
    assert "T0/B1/abcdef" not in redact("POST https://hooks.example.org/T0/B1/abcdef: 404")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql+psycopg2://safer:pa%40ss@db:5432/x failed", f"postgresql+psycopg2://{MASK}@db:5432/x failed"),
        ("http://proxy-user:p@ss@proxy:8080", f"http://{MASK}@proxy:8080"),
        ("https://x.org/a?month=2026-01&api_key=abc123&b=1", f"https://x.org/a?month=2026-01&api_key={MASK}&b=1"),
        ("https://x.org/a?X-Amz-Signature=0f0f", f"https://x.org/a?X-Amz-Signature={MASK}"),
        ("https://data.police.uk/api/crimes?date=2026-01", "https://data.police.uk/api/crimes?date=2026-01"),
        ("write to a@example.org, see https://example.org", "write to a@example.org, see https://example.org"),
    ],
)
def test_secrets_in_addresses_are_masked_and_nothing_else(text: str, masked: str) -> None:
    assert redact(text) == masked


# A password of letters that nothing else is written in: one that is a piece of the text around it is no secret there.
PASSWORDS = st.text(alphabet="абвгд@/:#?%& ", min_size=3).map(lambda text: f"ж{text}")


@given(
    PASSWORDS, st.text(alphabet=st.characters(max_codepoint=127)), st.text(alphabet=st.characters(max_codepoint=127))
)
def test_no_password_survives_plain_or_in_an_address(password: str, before: str, after: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFER_POSTGRES_PASSWORD", password)
        quoted = quote(password, safe="")
        told = redact(f"{before}{password}{after} postgresql://safer:{quoted}@db/x postgresql://safer:{password}@db/x")
    assert password not in told
    assert quoted not in told
