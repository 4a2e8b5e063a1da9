"""Control charts: every other theme, such as knife crime, domestic abuse, hate crime and anti-social behaviour.

What is here: the name of the page. What is not: its layout (control_page.py) and its panels (control.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safer_assets.charts import style
from safer_assets.charts.control_page import draw_page

if TYPE_CHECKING:
    from safer_assets.charts.chart import Chart, NoChart
    from safer_assets.charts.context import BoardData

NAME = "control_charts_flagged"


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw a control chart (XmR) an indicator: monthly counts, limits, and months of special cause."""
    return draw_page(data, NAME)
