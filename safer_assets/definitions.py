"""The whole code location on one page: assets, checks, jobs, schedule, sensors, resources, executor.

What is here: the list, and the defaults every asset gets (group and owner). What is not: any asset's own code (graph/).
"""

import logging
import os
from collections.abc import Sequence

import dagster as dg

from safer_assets.automation import (
    board_refresh,
    board_schedule,
    failure_sensor,
    landing_sensor,
    late_feed_sensor,
    old_runs_sensor,
    pack_ready_sensor,
    publisher_sensor,
    street_months,
)
from safer_assets.graph.board import board_pack
from safer_assets.graph.charts import chart_assets
from safer_assets.graph.landing import landing_files
from safer_assets.graph.models import sql_models
from safer_assets.graph.raw import raw_assets
from safer_assets.refresh import BoardRefresh
from safer_assets.terminal import terminal_logger
from safer_assets.warehouse import Warehouse

OWNERS = {"charts": "team:analysis", "board": "team:analysis"}
"""Who owns a group; all others belong to team:data-engineering."""


def with_defaults(assets: Sequence[dg.AssetsDefinition]) -> Sequence[dg.AssetsDefinition]:
    """Give every asset its group (the first part of its key) and that group's owner."""

    def filled(spec: dg.AssetSpec) -> dg.AssetSpec:
        group = spec.key.path[0]
        return spec.replace_attributes(group_name=group, owners=[OWNERS.get(group, "team:data-engineering")])

    return dg.map_asset_specs(filled, assets)


refresh = BoardRefresh.configure_at_launch()

assets = [landing_files, *raw_assets(), sql_models, *chart_assets(), board_pack]

defs = dg.Definitions(
    assets=dg.with_source_code_references(with_defaults(assets)),
    jobs=[board_refresh, street_months],
    schedules=[board_schedule],
    sensors=[
        landing_sensor,
        publisher_sensor,
        late_feed_sensor,
        pack_ready_sensor,
        failure_sensor,
        old_runs_sensor,
    ],
    resources={"refresh": refresh, "warehouse": Warehouse(refresh=refresh)},
    # One process has one DuckDB lock, and a process a step costs seconds each; see docs/decisions.md.
    executor=dg.in_process_executor,
    loggers={"console": dg.colored_console_logger, "terminal": terminal_logger},
)

# The group may read what a run writes and others may not, whoever started the process.
os.umask(0o027)
logging.getLogger("great_expectations").setLevel(logging.ERROR)
