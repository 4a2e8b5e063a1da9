"""Data tables that stand under charts.

What is here: rows of plain values to a frame. What is not: which rows (the charts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safer_assets.charts import wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from safer_assets.charts.reading import Monthly


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    """Build the frame; whole numbers stay whole beside missing ones, and text stays text."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns)).convert_dtypes()


def month_table(columns: Mapping[str, Monthly]) -> pd.DataFrame:
    """Build a table of series: a row a month from the first that any of them has, a column a series."""
    counts = [dict(zip(series.numbers, series.counts, strict=True)) for series in columns.values()]
    first = min(series.first for series in columns.values())
    last = max(series.numbers[-1] for series in columns.values())
    rows = [
        (wording.month_words(wording.month_of(number)), *(column.get(number) for column in counts))
        for number in range(first, last + 1)
    ]
    return table(("Month", *columns), rows)
