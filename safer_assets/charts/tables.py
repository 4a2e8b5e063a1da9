"""Data tables that stand under charts.

What is here: rows of plain values to a frame. What is not: which rows (the charts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    """Build the frame; whole numbers stay whole beside missing ones, and text stays text."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns)).convert_dtypes()
