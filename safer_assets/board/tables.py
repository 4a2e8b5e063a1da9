"""The tables that single charts and pages read besides the figures: a query each, and the marts behind it.

What is here: `TABLES`, in the order of the marts. What is not: figures and monthly series, which every chart has
(data.py), and how a table is drawn (charts/).
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from safer_assets.models.sql import read_tables
from safer_assets.warehouse import Connection

TABLES: Final[Mapping[str, str]] = {}
"""Name -> a SELECT over marts, staging and reference; its rows come in an order of its own, so that packs repeat."""


def marts_read() -> frozenset[str]:
    """Every table that the queries name, as 'schema.name'."""
    return frozenset().union(*(read_tables(sql) for sql in TABLES.values()))


def chart_tables(con: Connection) -> dict[str, pd.DataFrame]:
    """Every table, read."""
    return {name: con.execute(sql).df() for name, sql in TABLES.items()}
