"""The words of the notices that automation sends, fit for an officer's mailbox: plain text and short subjects.

What is here: pure functions from what happened to a notice. What is not: sending (notices.py). No figure is in a mail:
a pack is not public before it is cleared.
"""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from safer_assets.board.calendar import Deadlines, in_days, on_day
from safer_assets.board.lateness import Standing
from safer_assets.charts.wording import month_words, plural
from safer_assets.notices import Notice
from safer_assets.partnership import Partnership

MOST_LISTED = 12


def failed_run(run_id: str, job: str, meeting: str, causes: Sequence[str]) -> Notice:
    """A run failed: which, for what, why, and what to do.

    Args:
        run_id: The run; a failure is told once.
        job: Name of its job.
        meeting: Day of the meeting, YYYY-MM-DD; empty where the run did not get so far.
        causes: One text a step that failed.
    """
    what = f" for the meeting of {meeting}" if meeting else ""
    lines = [f"Run {run_id} of {job}{what} failed."]
    if meeting:
        lines.append("The last good pack is untouched.")
    lines += causes or ["No step says why: the process was ended from outside, or never began."]
    lines.append("Next: correct the cause, then launch the run again from the Runs page, or run make board.")
    return Notice(kind="failed_run", title=f"Board refresh failed{what}", lines=tuple(lines), about=run_id)


def pack_ready(folder: Path) -> Notice:
    """A pack was written: where it is, and what its first page warns of.

    Args:
        folder: The pack's folder, with its manifest.json.
    """
    pack = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    what = "preview" if pack["preview"] else "pack"
    sample = "SAMPLE: " if pack["sample"] else ""
    meeting = on_day(date.fromisoformat(pack["meeting"]))
    checks = [f"  {check['severity']} {check['check']}: {check['message']}" for check in pack["checks_not_passed"]]
    late = [f"  {feed['words']}" for feed in pack["late_feeds"]]
    lines = [
        f"{pack['board']}, meeting of {meeting}.",
        f"{pack['title']}, as at {on_day(date.fromisoformat(pack['as_at']))}.",
        f"The {what} is at {folder.resolve() / 'pack.html'}",
        "",
        *_listed("Late feeds", late),
        *_listed("Checks that did not pass", checks),
        "",
        "Next: the data cut of this meeting is still to come; figures may change."
        if pack["preview"]
        else f"Next: check the pack and send it to clearance; papers are published by "
        f"{on_day(date.fromisoformat(pack['deadlines']['publication_deadline']))}.",
    ]
    title = f"{sample}Board {what} for {meeting} is ready"
    about = f"{pack['partnership']} {pack['meeting']} {pack['made_from']}"
    return Notice(kind="pack_ready", title=title, lines=tuple(lines), about=about)


def late_feed(partnership: Partnership, standing: Standing, due: Deadlines) -> Notice:
    """A feed is late before a board."""
    meeting, cut = on_day(due.meeting.date), on_day(due.data_cut)
    first = month_words(standing.expected)
    when = in_days((due.data_cut - standing.day).days)
    lines = (
        f"{partnership.board_name}, meeting of {meeting}; data cut on {cut} ({when}).",
        standing.words(),
        "Figures that need it will stand at the older month, come from a feed that counts another way, or be missing.",
        f"Next: look at the publisher's page, fetch the file, and run make board. What is not there by {cut} is not in "
        "the pack.",
    )
    return Notice(
        kind="late_feed",
        title=f"{standing.title}: {first} is {plural(standing.days_late, 'day')} late",
        lines=lines,
        about=f"{partnership.slug} {standing.feed} {standing.kind} {standing.newest} {due.meeting.date} {standing.day}",
    )


def new_months(partnership: Partnership, found: Sequence[str], token: str) -> Notice:
    """A publisher has something new, and a refresh was started.

    Args:
        partnership: The one whose refresh was started.
        found: One line a dataset that is new.
        token: Stands for what the publishers have now.
    """
    return Notice(
        kind="new_month",
        title=f"New at the publishers: {plural(len(found), 'dataset')}",
        lines=(
            f"{partnership.board_name}.",
            *(f"  {line}" for line in found[:MOST_LISTED]),
            *([f"  and {len(found) - MOST_LISTED} more"] if len(found) > MOST_LISTED else []),
            "A refresh was started. Next: nothing; it tells when the pack is ready, or why it failed.",
        ),
        about=f"{partnership.slug} {token}",
    )


def _listed(heading: str, lines: Sequence[str]) -> list[str]:
    """A heading with its lines, cut where a mail would grow too long."""
    if not lines:
        return [f"{heading}: none."]
    more = [f"  and {len(lines) - MOST_LISTED} more, on the pack's first page"] if len(lines) > MOST_LISTED else []
    return [f"{heading}: {len(lines)}.", *lines[:MOST_LISTED], *more]
