"""The SQL files say enough of themselves that assets, documentation and checks can be made from them alone."""

import re
from pathlib import Path

import pytest

from safer_assets.errors import SettingsError
from safer_assets.graph.models import source_columns
from safer_assets.models.lineage import column_lineage
from safer_assets.models.sql import Model, checks, models, read_file, sources

KNOWN_SOURCES = set(source_columns())


def test_every_model_comes_after_all_it_reads() -> None:
    made: set[str] = set(sources(models()))
    for model in models():
        assert model.reads <= made, f"{model.table} reads what is not made yet: {model.reads - made}"
        made.add(model.table)


def test_nothing_is_read_that_no_room_makes() -> None:
    assert sources((*models(), *checks())) <= KNOWN_SOURCES


@pytest.mark.parametrize("model", models(), ids=lambda model: model.table)
def test_every_column_is_documented_and_nothing_else(model: Model) -> None:
    selected = [name for name in model.selects if name != "*"]
    # Of a computed model the SELECT gives what its function needs; the build takes the header's columns of the result.
    assert model.through or set(selected) <= set(model.columns)
    if "*" not in model.selects and not model.through:
        assert list(model.columns) == selected, "columns stand in the header in the order they are selected"
    assert all(len(meaning) > 5 for meaning in model.columns.values())


@pytest.mark.parametrize("model", [m for m in models() if m.table.startswith("marts.")], ids=lambda model: model.table)
def test_every_mart_has_a_key(model: Model) -> None:
    assert model.unique, "a mart without a key cannot be checked for rows that are counted twice"


def test_checks_say_why_and_who() -> None:
    for check in checks():
        assert check.severity in ("ERROR", "WARN")
        assert check.who.startswith("team:")
        assert check.why.endswith(".")
        assert check.about in {model.table for model in models()}


def test_lineage_reaches_through_common_table_expressions() -> None:
    columns = {model.table: tuple(model.columns) for model in models()} | source_columns()
    figures = next(model for model in models() if model.table == "marts.figures")
    lineage = column_lineage(figures, columns)
    assert set(lineage) == set(figures.columns)
    assert ("marts.window_sums", "value") in lineage["value"]
    assert ("marts.populations", "population") in lineage["rate_per_1000"]
    assert ("reference.comparability_breaks", "break") in lineage["quality"]


def test_no_sql_and_no_code_names_a_partnership() -> None:
    root = Path(__file__).resolve().parents[2]
    files = [*root.glob("dbt_like_sql/**/*.sql"), *root.glob("safer_assets/**/*.py")]
    named = re.compile(r"\b(barnet|harrow|brent)\b", re.IGNORECASE)
    assert not [path.name for path in files if named.search(path.read_text(encoding="utf-8"))]


def test_a_header_that_lacks_something_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "marts"
    folder.mkdir()
    path = folder / "odd.sql"
    path.write_text("select 1 as a")
    with pytest.raises(SettingsError, match=r"odd\.sql: the first line must be '-- marts\.odd"):
        read_file(path)
    path.write_text("-- marts.odd: one row.\nselect 1 as a, 2 as b\n")
    with pytest.raises(SettingsError, match=r"odd\.sql: no '-- @column' line for a, b"):
        read_file(path)
    checks_folder = tmp_path / "checks"
    checks_folder.mkdir()
    path = checks_folder / "odd.sql"
    path.write_text("-- checks.odd: rows.\n-- @about marts.figures\nselect 1 as a\n")
    with pytest.raises(SettingsError, match="@severity"):
        read_file(path)
