"""The program that opens a workbook, in a process of its own with little memory and time (workbooks.py starts it).

What is here: reading with calamine, and the limits. What is not: anything else of this project; it is run by its path,
so that it starts in a tenth of a second. Calamine runs no macro, follows no link and knows no XML entity. But it holds
a sheet as a full rectangle: two cells in opposite corners ask for 400 GB, which would end the process that asks.
"""

import csv
import json
import resource
import sys
from pathlib import Path

MEMORY_BYTES = 2 << 30  # a sheet of 470,000 rows and 12 columns takes 0.6 GB
CPU_SECONDS = 120


def cell_text(cell: object) -> str:
    """A workbook's cell as a csv would have it: a whole number, which Excel keeps as 202301.0, without decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def beginnings(path: str, rows: int) -> dict[str, list[list[str]]]:
    """The first rows of each sheet, by its name."""
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    return {
        name: [
            [cell_text(cell) for cell in row]
            for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=rows)
        ]
        for name in workbook.sheet_names
    }


def write_csv(path: str, sheet_name: str, header_row: int, width: int, target: str) -> None:
    """A sheet from its header on as a csv of the header's width."""
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet_name)
    before, left = sheet.start or (0, 0)  # iter_rows begins at the first row, and column, that hold anything
    with Path(target).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        rows = ([""] * left + [cell_text(cell) for cell in row] for row in sheet.iter_rows())
        for number, row in enumerate(rows, start=before):
            if number >= header_row:
                # Cells right of the header stay: DuckDB then refuses the line instead of dropping what they hold.
                filled = len(row)
                while filled > width and not row[filled - 1]:
                    filled -= 1
                writer.writerow((row + [""] * (width - len(row)))[: max(width, filled)])


def main(task: str, path: str, *about: str) -> None:
    """`beginnings PATH ROWS` or `csv PATH SHEET HEADER_ROW WIDTH TARGET`; says what went wrong on the error stream."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if task == "beginnings":
        sys.stdout.write(json.dumps(beginnings(path, int(about[0]))))
    else:
        write_csv(path, about[0], int(about[1]), int(about[2]), about[3])


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as error:  # whatever calamine raises is said, by the process that asked
        sys.exit(f"{type(error).__name__}: {error}"[:500])
