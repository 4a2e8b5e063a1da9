"""A place of its own for an end-to-end test, with everything the command line needs, and what a pack says there."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from click.testing import CliRunner, Result

from safer_assets.board.evidence_rows import EVIDENCE_COLUMNS
from safer_assets.board.figures import FIGURE_COLUMNS
from safer_assets.cli import main

HOME = "E09000003"

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
    return _read(pack / "figures.csv", FIGURE_COLUMNS)


def read_evidence(pack: Path) -> Mapping[Key, dict[str, str]]:
    """evidence.csv by indicator, area, window and end month."""
    return _read(pack / "evidence.csv", EVIDENCE_COLUMNS)


def _read(path: Path, columns: tuple[str, ...]) -> Mapping[Key, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == columns
    return {(row["indicator"], row["area_code"], row["window"], row["end_month"]): row for row in rows}


def query(store: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of a store's warehouse."""
    with duckdb.connect(str(store / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()
