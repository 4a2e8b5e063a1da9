"""Metadata that several assets show: Markdown tables, counts in words, seconds and rows, column schemas and lineage.

What is here: the formatting, and the clock of a step. What is not: any other number.
"""

import re
import time
from collections.abc import Iterable, Mapping, Sequence

import dagster as dg

MOST_ROWS = 200

_MARKUP = re.compile(r"[\\`<>\[\]|!&]")


class Clock:
    """How long a step takes; the UI plots both numbers over an asset's materialisations."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def measured(self, rows: int | None = None) -> dict[str, int | float]:
        """Metadata `seconds` since the clock was made, and `rows` where the asset has any."""
        return {"seconds": round(time.monotonic() - self._began, 3), **({} if rows is None else {"rows": rows})}


def row_counts(rows: int) -> dict[str, int]:
    """A table's rows, under the name that Dagster's own pages look for and under the one that all our assets have."""
    return {"dagster/row_count": rows, "rows": rows}


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


def as_text(text: str) -> str:
    """A text as Markdown that shows it and does nothing else: no link, picture, code, HTML or column of a table.

    File names, headings and cells of feeds stand in our tables, and the UI shows Markdown as a page.
    """
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.splitlines()))


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(as_text(str(cell)) for cell in cells) + " |"
