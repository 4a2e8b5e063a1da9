"""Assets charts/*: one a chart, drawn once per set of numbers.

What is here: the cache of rendered charts, the preview in the asset's metadata. What is not: reading the numbers
(numbers.py) and drawing (charts/).
"""

import base64
import inspect

import dagster as dg

from safer_assets.board.tables import marts_read
from safer_assets.charts import ALL
from safer_assets.charts.cache import ChartMaker, chart_name, draw_once
from safer_assets.charts.chart import NoChart
from safer_assets.graph.metadata import Clock, as_text
from safer_assets.graph.numbers import board_numbers
from safer_assets.graph.reference import check_same_meeting
from safer_assets.refresh import BoardRefresh, today
from safer_assets.warehouse import Warehouse

DEPS = sorted({dg.AssetKey(table.split(".")) for table in ("marts.figures", "marts.indicator_months", *marts_read())})


def chart_key(name: str) -> dg.AssetKey:
    """The asset of a chart."""
    return dg.AssetKey(["charts", name])


def chart_asset(maker: ChartMaker) -> dg.AssetsDefinition:
    """The asset that renders one chart as PNG and SVG, unless the same numbers were rendered before."""
    drawing = inspect.unwrap(maker)
    where = dg.LocalFileCodeReference(
        file_path=inspect.getfile(drawing), line_number=inspect.getsourcelines(drawing)[1]
    )

    @dg.asset(
        key=chart_key(chart_name(maker)),
        deps=DEPS,
        description=(maker.__doc__ or "").strip(),
        kinds={"matplotlib", "image"},
        metadata={"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[where])},
    )
    def draw(
        context: dg.AssetExecutionContext, refresh: BoardRefresh, warehouse: Warehouse
    ) -> dg.MaterializeResult[None]:
        clock = Clock()
        with warehouse.get_connection() as con:
            check_same_meeting(con, refresh, today())
            data = board_numbers(con, refresh)
        rendered, preview, drawn_now = draw_once(maker, data, refresh.chart_folder)
        if isinstance(rendered, NoChart):
            context.log.info(f"no chart: {rendered.reason}")
            return dg.MaterializeResult(metadata={"no_chart": rendered.reason, **clock.measured()})
        context.log.info("drawn" if drawn_now else "unchanged")
        picture = base64.b64encode(preview).decode()
        return dg.MaterializeResult(
            metadata={
                "message": rendered.title,
                "preview": dg.MetadataValue.md(f"![{as_text(rendered.title)}](data:image/png;base64,{picture})"),
                "alt": rendered.alt,
                "png": dg.MetadataValue.path(str(rendered.png)),
                "svg": dg.MetadataValue.path(str(rendered.svg)),
                "drawn_now": drawn_now,
                **clock.measured(),
            }
        )

    return draw


def chart_assets() -> list[dg.AssetsDefinition]:
    """Every chart's asset, in the order of the pack."""
    return [chart_asset(maker) for maker in ALL]
