"""Metadata that several assets show: Markdown tables, counts in words, column schemas and lineage.

What is here: the formatting. What is not: any number.
"""

from collections.abc import Iterable, Mapping, Sequence

import dagster as dg

MOST_ROWS = 200


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table for a Markdown metadata value, cut after 200 rows with a line that says so."""
    if not rows:
        return "none"
    lines = [_line(header), _line(["---"] * len(header)), *(_line(row) for row in rows[:MOST_ROWS])]
    if len(rows) > MOST_ROWS:
        lines.append(f"\n... and {len(rows) - MOST_ROWS:,} more")
    return "\n".join(lines)


def counted(number: int, noun: str) -> str:
    """'1 file', '1,200 files'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def table_schema(columns: Iterable[tuple[str, str, str]]) -> dg.TableSchema:
    """A Dagster schema of (name, type, meaning) columns."""
    return dg.TableSchema(
        columns=[dg.TableColumn(name=name, type=kind, description=meaning) for name, kind, meaning in columns]
    )


def table_lineage(origins: Mapping[str, Iterable[tuple[str, str]]]) -> dg.TableColumnLineage:
    """Dagster's column lineage of column -> ('schema.table', column) origins."""
    return dg.TableColumnLineage(
        deps_by_column={
            column: [
                dg.TableColumnDep(asset_key=dg.AssetKey(table.split(".")), column_name=name) for table, name in found
            ]
            for column, found in origins.items()
        }
    )


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
