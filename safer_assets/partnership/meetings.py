"""The board's meetings: meetings.csv, a row a meeting.

What is here: its columns and its reader. What is not: what the dates imply (board/calendar.py).
"""

import csv
import datetime
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, ValidationError

from safer_assets.partnership.files import Problem, Settings, Text, did_you_mean, in_words, read_text, refusal

MEETINGS_FILE = "meetings.csv"
Status = Literal["held", "confirmed", "provisional"]


def _meeting_day(value: object) -> object:
    """A day from a cell's text; years are bounded because a slip there makes a meeting that never comes."""
    if isinstance(value, str):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError(
                f"date {value!r} is not written YYYY-MM-DD, such as 2023-05-12 (a spreadsheet may have changed it)"
            )
        try:
            value = datetime.date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"date {value!r} is no day of the calendar; write YYYY-MM-DD") from error
    if isinstance(value, datetime.date) and not 2000 <= value.year <= 2100:
        raise ValueError(f"date {value.isoformat()!r} is not between the years 2000 and 2100")
    return value


class Meeting(Settings):
    """One meeting of the board; `status` says how sure the day is."""

    date: Annotated[datetime.date, BeforeValidator(_meeting_day)]
    title: Text
    status: Status
    note: str = ""


def read_meetings(path: Path) -> tuple[Meeting, ...]:
    """meetings.csv in order of date, checked."""
    # strict: without it a quotation mark that is never closed swallows every meeting after it in silence.
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            rows.append((line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise refusal(path, [(line, f"this row cannot be read ({error}); is a quotation mark left open?")]) from error
    rows = [(at, cells) for at, cells in rows if any(cells)]
    if not rows:
        raise refusal(path, [(1, f"the file is empty; begin it with {','.join(Meeting.model_fields)}")])
    header_line, header = rows[0]
    if problems := list(_header_problems(header_line, header)):
        raise refusal(path, problems)
    return _meetings(path, header, rows[1:])


def _header_problems(line: int, header: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with the column names of meetings.csv."""
    columns = list(Meeting.model_fields)
    for name in header:
        if name not in columns:
            yield line, f"unknown column {name!r}{did_you_mean(name, columns)}; the columns are {','.join(columns)}"
    for name in columns:
        if header.count(name) != 1:
            yield line, f"column {name!r} must stand in the header once, and stands there {header.count(name)} times"


def _meetings(path: Path, header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[Meeting, ...]:
    """The meetings of all rows; every bad row is named at once."""
    problems: list[Problem] = []
    lines: dict[datetime.date, int] = {}
    meetings: list[Meeting] = []
    for line, cells in rows:
        if len(cells) != len(header):
            words = f"{len(cells)} cells where the header has {len(header)}; put text with a comma in double quotes"
            problems.append((line, words))
            continue
        try:
            meeting = Meeting.model_validate(dict(zip(header, cells, strict=True)))
        except ValidationError as error:
            problems += [(line, in_words(e, {}, {"status": get_args(Status)})) for e in error.errors()]
            continue
        if first := lines.get(meeting.date):
            problems.append((line, f"the meeting of {meeting.date} is already on line {first}; keep one of the two"))
        lines.setdefault(meeting.date, line)
        meetings.append(meeting)
    if not rows:
        problems.append((2, "no meeting is listed; add the board's meetings, one a line"))
    if problems:
        raise refusal(path, problems)
    return tuple(sorted(meetings, key=lambda meeting: meeting.date))
