"""The board's calendar: what a meeting's date and the cycle's rules make due, and when.

What is here: pure functions of dates; they are told what day it is and know no clock. Working days are those of England
(bank holidays as in reference/bank_holidays.py) less the office's closures. What is not: the Dagster schedule that asks
`due_today` each morning (automation/schedule.py), and reading meetings.csv (partnership/).

Papers are open to inspection for five clear working days before a meeting (Local Government Act 1972 s100B as amended
by SI 2002/715): neither the day they are published nor the day of the meeting counts. Before that the pack is cleared,
before that it is checked, and before that its data are cut:

    data cut --checking_days--> pack ready --clearance_days--> papers published --five clear days--> meeting
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from safer_assets.errors import SettingsError
from safer_assets.partnership import MEETINGS_FILE, CycleRules, Meeting
from safer_assets.reference import bank_holidays

CLEAR_DAYS = 5
"""Statute, not a setting: working days between publication and meeting, both ends excluded."""


@dataclass(frozen=True)
class Deadlines:
    """The days that one meeting makes. All are working days but the meeting itself, which is when the board says.

    Attributes:
        meeting: The meeting they belong to.
        data_cut: Only files available on this day enter the figures.
        clearance: The pack is ready and goes to clearance, at the latest.
        publication: The papers are published, at the latest.
        data_month: First day of the last month that the figures cover.
    """

    meeting: Meeting
    data_cut: date
    clearance: date
    publication: date
    data_month: date


@dataclass(frozen=True)
class Run:
    """The schedule's answer: make this meeting's pack now."""

    meeting: Meeting


@dataclass(frozen=True)
class Wait:
    """The schedule's answer: nothing this morning, and why."""

    reason: str


@dataclass(frozen=True)
class Step:
    """One thing that comes before or with a meeting; `days_left` in calendar days, negative once it is past."""

    what: str
    day: date
    days_left: int


@dataclass(frozen=True)
class MeetingRow:
    """A line of the table of meetings; `days_left` in calendar days to the meeting, negative once it is past.

    `next_step` is None after the meeting.
    """

    deadlines: Deadlines
    days_left: int
    next_step: Step | None


# -- working days ------------------------------------------------------------------------------------------------------


def why_not_working(day: date, rules: CycleRules) -> str | None:
    """Why no one is at work on a day, in words; None on a working day."""
    if day.weekday() >= 5:
        return "weekend"
    if name := bank_holidays.of_year(day.year, rules.official_holidays).get(day):
        return f"bank holiday: {name}"
    return "office closure" if day in rules.closures else None


def is_working_day(day: date, rules: CycleRules) -> bool:
    """Whether the office works on a day."""
    return why_not_working(day, rules) is None


def working_days_before(day: date, count: int, rules: CycleRules) -> date:
    """The working day that lies `count` working days before `day`; `day` itself, working or not, for a count of 0."""
    return _walk(day, count, timedelta(days=-1), rules)


def working_days_after(day: date, count: int, rules: CycleRules) -> date:
    """The working day that lies `count` working days after `day`; `day` itself, working or not, for a count of 0."""
    return _walk(day, count, timedelta(days=1), rules)


def first_working_day(day: date, rules: CycleRules) -> date:
    """`day` where it is a working day, else the next one."""
    return day if is_working_day(day, rules) else working_days_after(day, 1, rules)


def _walk(day: date, count: int, step: timedelta, rules: CycleRules) -> date:
    """The `count`-th working day from `day`, one calendar day at a time: a cycle is a few weeks long."""
    while count > 0:
        day += step
        count -= is_working_day(day, rules)
    return day


# -- the deadlines of a meeting ----------------------------------------------------------------------------------------


def publication_deadline(meeting: date, rules: CycleRules) -> date:
    """Last day on which the papers can be published: five clear working days stand between it and the meeting."""
    return working_days_before(meeting, CLEAR_DAYS + 1, rules)


def clearance_deadline(meeting: date, rules: CycleRules) -> date:
    """Last day on which the pack can go to clearance."""
    return working_days_before(publication_deadline(meeting, rules), rules.clearance_days, rules)


def data_cut(meeting: date, rules: CycleRules) -> date:
    """The day whose available files make the pack: the clearance deadline less the checking days."""
    return working_days_before(clearance_deadline(meeting, rules), rules.checking_days, rules)


def data_month(meeting: date, rules: CycleRules) -> date:
    """The last month a meeting's figures cover: the latest that is out, and can be checked, before clearance begins.

    A month that comes out on a weekend is checked from the next working day. So "its feed day plus the checking days is
    on or before the clearance deadline" says the same as "its feed day is on or before the data cut".
    """
    return data_month_on(data_cut(meeting, rules), rules)


def data_month_on(as_at: date, rules: CycleRules) -> date:
    """First day of the latest month whose feed day, `rules.feed_day` of the month after, is on or before `as_at`."""
    return _months_before(as_at, 1 if as_at.day >= rules.feed_day else 2)


def _months_before(day: date, count: int) -> date:
    """First day of the month `count` months before the month of `day`."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def deadlines(meeting: Meeting, rules: CycleRules) -> Deadlines:
    """All the days that a meeting makes."""
    return Deadlines(
        meeting=meeting,
        data_cut=data_cut(meeting.date, rules),
        clearance=clearance_deadline(meeting.date, rules),
        publication=publication_deadline(meeting.date, rules),
        data_month=data_month(meeting.date, rules),
    )


def as_at_day(due: Deadlines, today: date) -> date:
    """The day whose available files a pack made today uses: its data cut, or today where that is still to come."""
    return min(due.data_cut, today)


# -- which meeting -----------------------------------------------------------------------------------------------------


def upcoming(meetings: Sequence[Meeting], today: date) -> tuple[Meeting, ...]:
    """Meetings that have not passed, nearest first; on its day a meeting has not."""
    return tuple(sorted((m for m in meetings if m.date >= today), key=lambda m: m.date))


def next_meeting(meetings: Sequence[Meeting], today: date) -> Meeting:
    """The nearest meeting that has not passed; SettingsError where none is left."""
    ahead = upcoming(meetings, today)
    if not ahead:
        raise SettingsError(_none_left(meetings, today))
    return ahead[0]


def meeting_on(meetings: Sequence[Meeting], day: date) -> Meeting:
    """The meeting of a day; SettingsError, with the meetings nearest to it, where there is none."""
    for meeting in meetings:
        if meeting.date == day:
            return meeting
    nearest = sorted(sorted(meetings, key=lambda m: abs(m.date - day))[:3], key=lambda m: m.date)
    listed = ", ".join(m.date.isoformat() for m in nearest) or "none"
    raise SettingsError(f"{MEETINGS_FILE} lists no meeting on {day}; nearest: {listed}. Add it, or name one of these.")


def _none_left(meetings: Sequence[Meeting], today: date) -> str:
    """What to say when every meeting is past."""
    last = max((m.date for m in meetings), default=None)
    after = f"; the last is {last}" if last else ""
    return f"{MEETINGS_FILE} lists no meeting on or after {today}{after}. Add the board's next meeting to it."


# -- the schedule's decision -------------------------------------------------------------------------------------------


def due_today(today: date, meetings: Sequence[Meeting], rules: CycleRules, done: Collection[date]) -> Run | Wait:
    """What the schedule does on a morning.

    A meeting is due from its data cut until its day has passed, for as long as no run for it has succeeded: a morning
    that was missed, or a run that failed, is made good on the next working morning. Of two that are due, the nearer one
    is run.

    Args:
        today: The morning.
        meetings: All meetings of the partnership, in any order.
        rules: The partnership's cycle.
        done: Dates of the meetings that have a successful run.
    """
    ahead = upcoming(meetings, today)
    open_ = [deadlines(meeting, rules) for meeting in ahead if meeting.date not in done]
    closed = why_not_working(today, rules)
    for due in open_:
        if due.data_cut <= today and closed is None:
            return Run(due.meeting)

    reasons = [f"{on_day(today)} is no working day ({closed})."] if closed else []
    if ahead and ahead[0].date in done:
        made = deadlines(ahead[0], rules)
        reasons.append(
            f"The pack for the meeting of {_named(made.meeting)} is made; "
            f"its papers are published by {on_day(made.publication)}."
        )
    if open_:
        reasons.append(_what_is_next(open_[0], today, rules))
    elif not ahead:
        reasons.append(_none_left(meetings, today))
    else:
        reasons.append(f"{MEETINGS_FILE} lists no meeting after {ahead[-1].date}: add the next one.")
    return Wait(" ".join(reasons))


def _what_is_next(due: Deadlines, today: date, rules: CycleRules) -> str:
    """The next meeting to be run, and what is due when."""
    cut = f"data cut {on_day(due.data_cut)} ({in_days((due.data_cut - today).days)})"
    run = "" if due.data_cut > today else f", run on {on_day(first_working_day(today, rules))}"
    papers = f"papers published by {on_day(due.publication)}"
    return f"Next: the meeting of {_named(due.meeting)}: {cut}{run}, {papers}."


# -- for people --------------------------------------------------------------------------------------------------------


def next_steps(due: Deadlines, today: date) -> tuple[Step, ...]:
    """What is still to come for a meeting, today's steps included, in order; empty once it has passed."""
    steps = (
        ("data cut", due.data_cut),
        ("pack to clearance", due.clearance),
        ("papers published", due.publication),
        ("meeting", due.meeting.date),
    )
    return tuple(Step(what, day, (day - today).days) for what, day in steps if day >= today)


def meeting_table(meetings: Sequence[Meeting], rules: CycleRules, today: date) -> tuple[MeetingRow, ...]:
    """One row a meeting, past ones too, in order of date."""
    rows = []
    for meeting in sorted(meetings, key=lambda m: m.date):
        due = deadlines(meeting, rules)
        rows.append(MeetingRow(due, (meeting.date - today).days, next(iter(next_steps(due, today)), None)))
    return tuple(rows)


def on_day(day: date) -> str:
    """A day as people write it: Fri 12 May 2023."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def in_days(days: int) -> str:
    """How far a day is, in words: today, in 1 day, in 12 days, 3 days ago."""
    if days == 0:
        return "today"
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return f"in {count}" if days > 0 else f"{count} ago"


def _named(meeting: Meeting) -> str:
    """A meeting's day, and its status where the day may still change."""
    return on_day(meeting.date) + (" (provisional)" if meeting.status == "provisional" else "")
