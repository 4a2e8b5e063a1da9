"""The board's calendar: it is filled, and no data cut has passed without a pack.

What is here: the two checks. What is not: deadlines (board/calendar.py).
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from safer_assets.board.calendar import Deadlines, deadlines, in_days, on_day, upcoming
from safer_assets.doctor.finding import Asked, Finding

AHEAD = timedelta(days=183)


def meetings(asked: Asked) -> Iterator[Finding]:
    """A meeting stands in the calendar within six months."""
    partnership = asked.refresh.settings()
    ahead = upcoming(partnership.meetings, asked.today)
    file = partnership.folder / "meetings.csv"
    if not ahead:
        found = f"no meeting on or after {asked.today} in {file}"
        yield Finding("meetings", "bad", found, "Add the board's next meetings: without one there is no refresh.")
        return
    first = ahead[0]
    found = f"{on_day(first.date)}, {first.status}, {in_days((first.date - asked.today).days)}; {len(ahead)} to come"
    if first.date > asked.today + AHEAD:
        yield Finding("meetings", "warn", found, f"Boards meet about quarterly: is one missing in {file}?")
    else:
        yield Finding("meetings", "ok", found)


def packs(asked: Asked) -> Iterator[Finding]:
    """Every meeting to come whose data cut has passed has its pack."""
    partnership = asked.refresh.settings()
    for meeting in upcoming(partnership.meetings, asked.today):
        due = deadlines(meeting, partnership.cycle)
        if due.data_cut > asked.today:
            cut = f"data cut of the next pack on {on_day(due.data_cut)} ({in_days((due.data_cut - asked.today).days)})"
            yield Finding("board packs", "ok", cut)
            return
        folder = Path(asked.refresh.out) / partnership.slug / meeting.date.isoformat()
        if reason := _no_pack(folder, asked):
            late = due.publication < asked.today
            found = f"meeting of {on_day(meeting.date)}: data cut was {on_day(due.data_cut)}, {reason}"
            yield Finding("board packs", "bad" if late else "warn", found, _advice(due, late=late))
        else:
            yield Finding("board packs", "ok", f"meeting of {on_day(meeting.date)}: {folder / 'pack.html'}")


def _no_pack(folder: Path, asked: Asked) -> str:
    """Why what stands in the folder is not the board's pack; empty where it is."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "and there is no pack"
    except ValueError:
        return f"and {folder / 'manifest.json'} is damaged"
    if manifest.get("preview"):
        return "and there is only a preview"
    if manifest.get("sample") and not asked.refresh.is_sample:
        return "and there is only a pack of the sample"
    return ""


def _advice(due: Deadlines, *, late: bool) -> str:
    run = f"make board MEETING={due.meeting.date}"
    papers = on_day(due.publication)
    return f"{run} at once; papers were to be out by {papers}." if late else f"{run}; papers are out by {papers}."
