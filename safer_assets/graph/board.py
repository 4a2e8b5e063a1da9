"""Asset board/pack: the meeting's pack on disk.

What is here: collecting what the pack is made from, and saying where it is. What is not: its files and page (board/).
"""

from pathlib import Path

import dagster as dg

from safer_assets.board.data import (
    pack_evidence,
    pack_figures,
    read_checks_not_passed,
    read_late_feeds,
    read_meeting,
    read_sources,
)
from safer_assets.board.operations import told_operations
from safer_assets.board.pack import write_pack
from safer_assets.charts import ALL
from safer_assets.charts.cache import chart_name, draw_once, forget_others
from safer_assets.graph.charts import chart_key
from safer_assets.graph.metadata import Clock
from safer_assets.graph.numbers import board_numbers
from safer_assets.graph.reference import check_same_meeting, run_tags
from safer_assets.refresh import BoardRefresh, today
from safer_assets.warehouse import Warehouse

KEY = dg.AssetKey(["board", "pack"])


@dg.asset(
    key=KEY,
    deps=[
        dg.AssetKey(["marts", "figures"]),
        dg.AssetKey(["marts", "evidence"]),
        *(chart_key(chart_name(maker)) for maker in ALL),
    ],
    kinds={"html", "csv"},
)
def board_pack(
    context: dg.AssetExecutionContext, refresh: BoardRefresh, warehouse: Warehouse
) -> dg.MaterializeResult[None]:
    """The meeting's pack: pack.html, charts, figures.csv, evidence.csv and manifest.json, whole or absent."""
    clock = Clock()
    partnership = refresh.settings()
    with warehouse.get_connection() as con:
        check_same_meeting(con, refresh, today())
        data = board_numbers(con, refresh)
        evidence = pack_evidence(con)
        meeting = read_meeting(con)
        checks = read_checks_not_passed(con)
        sources = read_sources(con)
        late = read_late_feeds(con, partnership)
        not_used = con.execute("select name, reason from landing.not_used order by all").df()
    charts = [draw_once(maker, data, refresh.chart_folder)[0] for maker in ALL]
    figures = pack_figures(data)
    folder = write_pack(
        Path(refresh.out),
        partnership.slug,
        data.context,
        {"publication_deadline": meeting.publication_deadline, "data_cut": meeting.data_cut},
        figures,
        evidence,
        charts,
        checks,
        sources,
        not_used,
        late,
        told_operations(data),
    )
    forget_others(refresh.chart_folder, data)
    context.instance.add_run_tags(context.run.run_id, run_tags(refresh, today()))
    context.log.info(f"{folder}/pack.html")
    return dg.MaterializeResult(
        metadata={
            "pack": dg.MetadataValue.path(str((folder / "pack.html").resolve())),
            "figures_csv": dg.MetadataValue.path(str((folder / "figures.csv").resolve())),
            "figures": len(figures),
            "figures_without_value": int(figures["value"].isna().sum()),
            "checks_not_passed": len(checks),
            "late_feeds": len(late),
            "meeting": str(meeting.meeting_date),
            "data_month": f"{meeting.data_month:%Y-%m}",
            "as_at": str(meeting.as_at),
            **clock.measured(len(figures)),
        }
    )
