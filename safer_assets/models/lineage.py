"""Where each column of a model comes from, read out of its SELECT.

What is here: the walk from a model's output columns to the columns of the tables it reads. What is not: tables a level
further up; each model answers for its own step only.
"""

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.lineage import Node, lineage

from safer_assets.models.sql import Model

Origin = tuple[str, str]
"""A table 'schema.name' and one of its columns."""


def column_lineage(model: Model, columns_of: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Origin, ...]]:
    """For every column of the model the columns it is made from.

    Args:
        model: The model.
        columns_of: Columns of every table the model reads, 'schema.name' to column names.

    Returns:
        Column to origins, sorted; a column made from none (a constant, a count) has an empty tuple. A column that a
        pure function adds to the SELECT's own is made from all that the SELECT reads.
    """
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for table in model.reads & columns_of.keys():
        folder, name = table.split(".")
        schema.setdefault(folder, {})[name] = dict.fromkeys(columns_of[table], "varchar")
    # Trimming would copy every SELECT for each of its columns, and change no origin.
    nodes = lineage(
        None, model.sql, schema=schema, dialect="duckdb", trim_selects=False, validate_qualify_columns=False
    )
    selected = {name: _origins(node) for name, node in nodes.items()} if isinstance(nodes, dict) else {}
    everything = frozenset[Origin]().union(*selected.values())
    otherwise = everything if model.through else frozenset[Origin]()
    return {column: tuple(sorted(selected.get(column, otherwise))) for column in model.columns}


def _origins(node: Node) -> frozenset[Origin]:
    return frozenset(
        (f"{leaf.expression.db}.{leaf.expression.name}", leaf.name.split(".")[-1].strip('"'))
        for leaf in node.walk()
        if isinstance(leaf.expression, exp.Table) and leaf.expression.db
    )
