"""Where each column of a model comes from, read out of its SELECT.

What is here: the walk from a model's output columns to the columns of the tables it reads. What is not: tables a level
further up; each model answers for its own step only.
"""

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.lineage import lineage

from safer_assets.models.sql import Model

Origin = tuple[str, str]
"""A table 'schema.name' and one of its columns."""


def column_lineage(model: Model, columns_of: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Origin, ...]]:
    """For every column of the model the columns it is made from.

    Args:
        model: The model.
        columns_of: Columns of every table the model reads, 'schema.name' to column names.

    Returns:
        Column to origins, sorted; a column made from none (a constant, a count) has an empty tuple.
    """
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for table in model.reads & columns_of.keys():
        folder, name = table.split(".")
        schema.setdefault(folder, {})[name] = dict.fromkeys(columns_of[table], "varchar")
    nodes = lineage(None, model.sql, schema=schema, dialect="duckdb", validate_qualify_columns=False)
    found: dict[str, tuple[Origin, ...]] = {}
    for column in model.columns:
        leaves = nodes[column].walk() if isinstance(nodes, dict) and column in nodes else ()
        origins = {
            (f"{leaf.expression.db}.{leaf.expression.name}", leaf.name.split(".")[-1].strip('"'))
            for leaf in leaves
            if isinstance(leaf.expression, exp.Table) and leaf.expression.db
        }
        found[column] = tuple(sorted(origins))
    return found
