"""Protects: a board's statutory deadlines, the data month they leave room for, and one run a meeting, always."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safer_assets.board import calendar
from safer_assets.board.calendar import Run, Wait, deadlines, due_today, is_working_day
from safer_assets.errors import SettingsError
from safer_assets.partnership import CycleRules, Meeting, load_partnership

RULES = CycleRules(clearance_days=5, checking_days=3)
DAY = timedelta(days=1)


def meeting(day: str, status: str = "confirmed") -> Meeting:
    return Meeting.model_validate({"date": day, "title": "Board", "status": status})


@pytest.fixture(scope="module")
def barnet() -> tuple[Meeting, ...]:
    return load_partnership("barnet", Path(__file__).resolve().parents[2] / "partnerships").meetings


# -- deadlines ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "published"),
    [
        ("2020-10-23", "2020-10-15"),
        ("2023-07-21", "2023-07-13"),
        ("2023-05-12", "2023-05-03"),  # the bank holiday of the Coronation, 8 May
        ("2024-11-29", "2024-11-21"),
        ("2025-03-07", "2025-02-27"),
        ("2025-01-03", "2024-12-23"),  # Christmas, Boxing Day, New Year's Day
    ],
)
def test_papers_are_out_five_clear_working_days_before(held: str, published: str) -> None:
    assert calendar.publication_deadline(date.fromisoformat(held), RULES) == date.fromisoformat(published)


@pytest.mark.parametrize(
    ("held", "clearance", "cut", "month"),
    [
        # Counted by hand: Easter Monday 10 April and May Day 1 May 2023 are no working days.
        ("2023-05-12", "2023-04-25", "2023-04-20", "2023-03-01"),
        ("2024-11-29", "2024-11-14", "2024-11-11", "2024-10-01"),
        (
            "2023-07-21",
            "2023-07-06",
            "2023-07-03",
            "2023-05-01",
        ),  # June comes out on 6 July, when the pack must be ready
        ("2025-01-03", "2024-12-16", "2024-12-11", "2024-11-01"),
        ("2025-02-07", "2025-01-23", "2025-01-20", "2024-12-01"),  # over the end of a year
    ],
)
def test_the_cut_leaves_the_days_to_check_and_to_clear(held: str, clearance: str, cut: str, month: str) -> None:
    due = deadlines(meeting(held), RULES)
    found = (due.clearance.isoformat(), due.data_cut.isoformat(), due.data_month.isoformat())
    assert found == (clearance, cut, month)


@pytest.mark.parametrize("day", ["2020-05-08", "2022-06-03", "2022-09-19", "2023-05-08", "2021-12-28", "2027-12-27"])
def test_proclaimed_moved_and_substitute_bank_holidays_are_known(day: str) -> None:
    assert date.fromisoformat(day).weekday() < 5
    assert not is_working_day(date.fromisoformat(day), RULES)


@pytest.mark.parametrize("day", ["2023-11-30", "2024-01-02", "2023-08-07", "2024-03-18", "2020-05-04"])
def test_holidays_of_scotland_and_northern_ireland_are_worked_in_england(day: str) -> None:
    assert is_working_day(date.fromisoformat(day), RULES)


def test_a_closure_is_no_working_day_and_moves_what_is_counted_over_it() -> None:
    closed = CycleRules(clearance_days=5, checking_days=3, closures=(date(2024, 12, 27), date(2024, 12, 30)))
    assert calendar.publication_deadline(date(2025, 1, 3), closed) == date(2024, 12, 19)
    assert calendar.why_not_working(date(2024, 12, 27), closed) == "office closure"
    assert calendar.why_not_working(date(2024, 12, 26), closed) == "bank holiday: Boxing Day"
    assert calendar.why_not_working(date(2024, 12, 28), closed) == "weekend"
    assert calendar.why_not_working(date(2024, 12, 31), closed) is None


def test_working_days_are_counted_both_ways() -> None:
    good_friday = date(2023, 4, 7)
    assert calendar.working_days_after(good_friday, 1, RULES) == date(2023, 4, 11)
    assert calendar.working_days_before(good_friday, 1, RULES) == date(2023, 4, 6)
    assert calendar.working_days_after(good_friday, 0, RULES) == good_friday
    assert calendar.first_working_day(good_friday, RULES) == date(2023, 4, 11)
    assert calendar.first_working_day(date(2023, 4, 6), RULES) == date(2023, 4, 6)


@pytest.mark.parametrize(
    ("as_at", "month"),
    [
        ("2023-05-05", "2023-03-01"),
        ("2023-05-06", "2023-04-01"),
        ("2023-01-05", "2022-11-01"),
        ("2023-01-06", "2022-12-01"),
        ("2023-02-28", "2023-01-01"),
    ],
)
def test_a_month_is_out_from_its_feed_day(as_at: str, month: str) -> None:
    assert calendar.data_month_on(date.fromisoformat(as_at), RULES) == date.fromisoformat(month)


def test_the_feed_day_is_the_partnerships() -> None:
    late = CycleRules(clearance_days=5, checking_days=3, feed_day=20)
    assert calendar.data_month_on(date(2023, 5, 19), late) == date(2023, 3, 1)
    assert calendar.data_month_on(date(2023, 5, 20), late) == date(2023, 4, 1)


def test_a_preview_uses_what_is_out_today_and_a_late_run_what_was_out_on_the_day() -> None:
    due = deadlines(meeting("2023-05-12"), RULES)
    assert calendar.as_at_day(due, date(2023, 4, 3)) == date(2023, 4, 3)
    assert calendar.as_at_day(due, date(2023, 4, 20)) == date(2023, 4, 20)
    assert calendar.as_at_day(due, date(2026, 1, 1)) == date(2023, 4, 20)


# -- properties of any meeting under any rules -------------------------------------------------------------------------

days = st.dates(date(2016, 1, 1), date(2030, 12, 31))
closures = st.frozensets(st.dates(date(2016, 1, 1), date(2030, 12, 31)), max_size=12).map(tuple)
cycles = st.builds(
    CycleRules,
    clearance_days=st.integers(0, 15),
    checking_days=st.integers(0, 10),
    closures=closures,
    feed_day=st.integers(1, 28),
)


@st.composite
def with_near_closures(draw: st.DrawFn) -> tuple[date, CycleRules]:
    """A meeting, and rules whose closures fall into the weeks before it, where they matter."""
    day, rules = draw(days), draw(cycles)
    before = draw(st.frozensets(st.integers(1, 60), max_size=12))
    return day, rules.model_copy(update={"closures": tuple(day - DAY * back for back in before)})


def working_days_between(first: date, last: date, rules: CycleRules) -> int:
    """Working days strictly between two days, counted one by one: slower than the code, and simpler."""
    between = [first + DAY * step for step in range(1, (last - first).days)]
    return sum(is_working_day(day, rules) for day in between)


@given(with_near_closures())
def test_five_clear_days_stand_between_publication_and_meeting_and_no_later_day_would_do(
    case: tuple[date, CycleRules],
) -> None:
    day, rules = case
    published = calendar.publication_deadline(day, rules)
    assert published < day
    assert is_working_day(published, rules)
    assert working_days_between(published, day, rules) == 5
    assert all(not is_working_day(published + DAY * k, rules) for k in _until_next_working_day(published, rules))


def _until_next_working_day(day: date, rules: CycleRules) -> range:
    """Offsets of the days after `day` that would also leave five clear days, if anyone worked on them."""
    step = 1
    while not is_working_day(day + DAY * step, rules):
        step += 1
    return range(1, step)


@given(with_near_closures())
def test_the_days_before_publication_are_the_configured_ones(case: tuple[date, CycleRules]) -> None:
    day, rules = case
    due = deadlines(Meeting(date=day, title="Board", status="held"), rules)
    assert due.data_cut <= due.clearance <= due.publication < day
    assert is_working_day(due.data_cut, rules)
    assert working_days_between(due.clearance - DAY, due.publication, rules) == rules.clearance_days
    assert working_days_between(due.data_cut - DAY, due.clearance, rules) == rules.checking_days


@given(with_near_closures())
def test_the_data_month_is_the_latest_that_can_be_checked_before_clearance(case: tuple[date, CycleRules]) -> None:
    """The rule as the board states it, forwards from the feed; the code has it backwards from the meeting."""
    day, rules = case
    month = calendar.data_month(day, rules)

    def checked(first_day: date) -> date:
        feed = (first_day + 31 * DAY).replace(day=rules.feed_day)
        return calendar.working_days_after(calendar.first_working_day(feed, rules), rules.checking_days, rules)

    clearance = calendar.clearance_deadline(day, rules)
    assert month.day == 1
    assert checked(month) <= clearance < checked((month + 31 * DAY).replace(day=1))


@given(days, days, cycles)
def test_a_later_meeting_never_has_an_earlier_deadline(one: date, other: date, rules: CycleRules) -> None:
    first, second = (deadlines(Meeting(date=d, title="Board", status="held"), rules) for d in sorted((one, other)))
    assert first.publication <= second.publication
    assert first.clearance <= second.clearance
    assert first.data_cut <= second.data_cut
    assert first.data_month <= second.data_month


@given(with_near_closures())
def test_a_closure_never_gives_anyone_more_time(case: tuple[date, CycleRules]) -> None:
    day, rules = case
    board = Meeting(date=day, title="Board", status="held")
    closed, open_ = deadlines(board, rules), deadlines(board, rules.model_copy(update={"closures": ()}))
    assert closed.publication <= open_.publication
    assert closed.clearance <= open_.clearance
    assert closed.data_cut <= open_.data_cut
    assert closed.data_month <= open_.data_month


# -- which meeting -----------------------------------------------------------------------------------------------------


def test_the_next_meeting_is_the_nearest_and_todays_is_not_past() -> None:
    meetings = [meeting("2025-03-07"), meeting("2023-07-21"), meeting("2024-11-29")]
    assert calendar.next_meeting(meetings, date(2024, 1, 1)).date == date(2024, 11, 29)
    assert calendar.next_meeting(meetings, date(2024, 11, 29)).date == date(2024, 11, 29)
    assert calendar.next_meeting(meetings, date(2024, 11, 30)).date == date(2025, 3, 7)


def test_no_meeting_left_says_which_file_to_write_into() -> None:
    with pytest.raises(SettingsError, match=r"meetings\.csv .* on or after 2025-03-08; the last is 2025-03-07\. Add"):
        calendar.next_meeting([meeting("2025-03-07"), meeting("2023-07-21")], date(2025, 3, 8))


def test_a_day_without_a_meeting_is_answered_with_the_nearest(barnet: tuple[Meeting, ...]) -> None:
    assert calendar.meeting_on(barnet, date(2023, 7, 21)).title
    with pytest.raises(SettingsError, match=r"no meeting on 2023-07-20; nearest: 2023-05-12, 2023-07-21, 2024-11-29\."):
        calendar.meeting_on(barnet, date(2023, 7, 20))


# -- the schedule's decision -------------------------------------------------------------------------------------------


def drive(meetings: Sequence[Meeting], out: Collection[date], first: date, last: date) -> dict[str, str]:
    """Ask on every day from first to last but those of an outage; every run succeeds.

    Returns the day of the run of each meeting that had one, both as text. Fails where a meeting has a second.
    """
    done: dict[date, date] = {}
    for today in (first + DAY * step for step in range((last - first).days + 1)):
        if today in out:
            continue
        decision = due_today(today, meetings, RULES, done)
        if isinstance(decision, Wait):
            assert decision.reason
            continue
        held = decision.meeting.date
        assert held not in done, f"{held} is run on {done[held]} and again on {today}"
        assert is_working_day(today, RULES)
        done[held] = today
    return {held.isoformat(): ran.isoformat() for held, ran in done.items()}


def week(monday: str) -> set[date]:
    return {date.fromisoformat(monday) + DAY * step for step in range(7)}


ON_TIME = {
    "2023-05-12": "2023-04-20",
    "2023-07-21": "2023-07-03",
    "2024-11-29": "2024-11-11",
    "2025-03-07": "2025-02-17",
}


@pytest.mark.parametrize(
    ("outage", "moved"),
    [
        (set(), {}),
        (week("2023-04-17"), {"2023-05-12": "2023-04-24"}),
        (week("2023-07-03"), {"2023-07-21": "2023-07-10"}),
        (week("2024-11-11"), {"2024-11-29": "2024-11-18"}),
        (week("2025-02-17"), {"2025-03-07": "2025-02-24"}),
        (week("2024-04-01"), {}),
    ],
)
def test_every_morning_of_three_years_gives_one_run_a_meeting(
    barnet: tuple[Meeting, ...], outage: set[date], moved: dict[str, str]
) -> None:
    assert drive(barnet, outage, date(2023, 1, 1), date(2025, 12, 31)) == {**ON_TIME, **moved}


@settings(max_examples=40)
@given(
    st.frozensets(st.dates(date(2023, 1, 1), date(2023, 12, 31)), min_size=1, max_size=8),
    st.dates(date(2022, 12, 1), date(2023, 12, 31)),
)
def test_a_week_of_outage_loses_no_board(held: frozenset[date], first_day_out: date) -> None:
    """Meetings as close as they may be: each has its run, none has two, as long as there are mornings enough."""
    meetings = [meeting(day.isoformat()) for day in held]
    out = {first_day_out + DAY * step for step in range(7)}
    ran = drive(meetings, out, date(2022, 11, 1), date(2023, 12, 31))
    mornings = [sum(is_working_day(d, RULES) and d not in out for d in _window(day)) for day in held]
    if min(mornings) >= len(held):
        assert set(ran) == {day.isoformat() for day in held}


def _window(day: date) -> list[date]:
    """The days on which a meeting may be run."""
    cut = calendar.data_cut(day, RULES)
    return [cut + DAY * step for step in range((day - cut).days + 1)]


def test_a_run_that_failed_is_tried_again_until_the_day_of_the_meeting_and_not_after() -> None:
    board = [meeting("2024-11-29"), meeting("2025-03-07")]
    assert due_today(date(2024, 11, 8), board, RULES, ()) != Run(board[0])
    for day in range(11, 30):
        today = date(2024, 11, day)
        expected = is_working_day(today, RULES)
        assert (due_today(today, board, RULES, ()) == Run(board[0])) is expected, today
    assert isinstance(due_today(date(2024, 12, 2), board, RULES, ()), Wait)


def test_of_two_that_are_due_the_nearer_is_run_first() -> None:
    board = [meeting("2024-12-06"), meeting("2024-11-29")]
    today = date(2024, 11, 20)
    assert due_today(today, board, RULES, ()) == Run(board[1])
    assert due_today(today, board, RULES, {date(2024, 11, 29)}) == Run(board[0])
    assert isinstance(due_today(today, board, RULES, {date(2024, 11, 29), date(2024, 12, 6)}), Wait)


NEXT = "papers published by Thu 21 Nov 2024."


@pytest.mark.parametrize(
    ("today", "done", "reason"),
    [
        ("2024-11-05", (), f"Next: the meeting of Fri 29 Nov 2024: data cut Mon 11 Nov 2024 (in 6 days), {NEXT}"),
        (
            "2024-11-10",
            (),
            "Sun 10 Nov 2024 is no working day (weekend). "
            f"Next: the meeting of Fri 29 Nov 2024: data cut Mon 11 Nov 2024 (in 1 day), {NEXT}",
        ),
        (
            "2024-11-16",
            (),
            "Sat 16 Nov 2024 is no working day (weekend). Next: the meeting of Fri 29 Nov 2024: "
            f"data cut Mon 11 Nov 2024 (5 days ago), run on Mon 18 Nov 2024, {NEXT}",
        ),
        (
            "2024-11-12",
            ("2024-11-29",),
            "The pack for the meeting of Fri 29 Nov 2024 is made; its papers are published by Thu 21 Nov 2024. "
            "Next: the meeting of Fri 7 Mar 2025 (provisional): data cut Mon 17 Feb 2025 (in 97 days), "
            "papers published by Thu 27 Feb 2025.",
        ),
        (
            "2025-02-18",
            ("2025-03-07",),
            "The pack for the meeting of Fri 7 Mar 2025 (provisional) is made; "
            "its papers are published by Thu 27 Feb 2025. "
            "meetings.csv lists no meeting after 2025-03-07: add the next one.",
        ),
        (
            "2025-04-18",
            (),
            "Fri 18 Apr 2025 is no working day (bank holiday: Good Friday). meetings.csv lists no meeting "
            "on or after 2025-04-18; the last is 2025-03-07. Add the board's next meeting to it.",
        ),
    ],
)
def test_a_wait_says_which_meeting_is_next_and_what_is_due_when(today: str, done: Sequence[str], reason: str) -> None:
    board = [meeting("2024-11-29"), meeting("2025-03-07", "provisional")]
    made = [date.fromisoformat(day) for day in done]
    assert due_today(date.fromisoformat(today), board, RULES, made) == Wait(reason)


# -- for people --------------------------------------------------------------------------------------------------------


def test_the_steps_that_are_left_shrink_as_the_meeting_comes_near() -> None:
    due = deadlines(meeting("2024-11-29"), RULES)
    steps = calendar.next_steps(due, date(2024, 11, 14))
    assert [(step.what, step.day.isoformat(), step.days_left) for step in steps] == [
        ("pack to clearance", "2024-11-14", 0),
        ("papers published", "2024-11-21", 7),
        ("meeting", "2024-11-29", 15),
    ]
    assert len(calendar.next_steps(due, date(2024, 11, 1))) == 4
    assert calendar.next_steps(due, date(2024, 11, 30)) == ()


def test_the_table_has_every_meeting_in_order_with_the_days_left() -> None:
    board = [meeting("2025-03-07"), meeting("2024-11-29"), meeting("2023-07-21")]
    rows = calendar.meeting_table(board, RULES, date(2024, 11, 12))
    assert [(row.deadlines.meeting.date.isoformat(), row.days_left) for row in rows] == [
        ("2023-07-21", -480),
        ("2024-11-29", 17),
        ("2025-03-07", 115),
    ]
    assert [row.next_step and row.next_step.what for row in rows] == [None, "pack to clearance", "data cut"]
    assert rows[1].deadlines.publication == date(2024, 11, 21)


@pytest.mark.parametrize(
    ("days_off", "words"), [(0, "today"), (1, "in 1 day"), (12, "in 12 days"), (-1, "1 day ago"), (-3, "3 days ago")]
)
def test_days_left_are_written_in_words(days_off: int, words: str) -> None:
    assert calendar.in_days(days_off) == words
