"""A run is the board's own only when its pack is written, in the board's place, with nothing overridden."""

from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from safer_assets.definitions import defs
from safer_assets.graph import models as graph_models
from safer_assets.graph.reference import run_tags
from safer_assets.refresh import Basis, BoardRefresh
from safer_assets.tags import AS_AT, BOARD_RUN

CUT = date(2027, 1, 11)


@pytest.mark.parametrize(
    ("refresh", "own"),
    [
        (BoardRefresh(meeting="2027-01-29"), "yes"),
        (BoardRefresh(meeting="2027-01-29", basis=Basis["latest"]), "no"),
        (BoardRefresh(meeting="2027-01-29", scheme="mps-2024"), "no"),
        (BoardRefresh(meeting="2027-01-29", data_month="2026-11"), "no"),
        (BoardRefresh(meeting="2027-01-29", out="elsewhere"), "no"),
        (BoardRefresh(meeting="2027-01-29", store="elsewhere"), "no"),
    ],
)
def test_what_makes_a_board_run(refresh: BoardRefresh, own: str) -> None:
    tags = run_tags(refresh, CUT)
    assert (tags[BOARD_RUN], tags[AS_AT]) == (own, "2027-01-11")


def test_figures_alone_are_no_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"store": str(tmp_path), "meeting": "2027-01-29"}
    monkeypatch.setattr(graph_models, "today", lambda: CUT)
    with dg.instance_for_test() as instance:
        job = defs.resolve_job_def("board_refresh")
        result = job.execute_in_process(
            run_config={"resources": {"refresh": {"config": asked}}},
            instance=instance,
            asset_selection=[dg.AssetKey(["landing", "files"]), *_step_keys("sql_models")],
            raise_on_error=False,
        )
        run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert AS_AT in run.tags, "the step that says which meeting has run"
    assert BOARD_RUN not in run.tags


def _step_keys(name: str) -> list[dg.AssetKey]:
    assets = next(a for a in defs.assets or [] if isinstance(a, dg.AssetsDefinition) and a.node_def.name == name)
    return sorted(assets.keys)
