"""A feed is late when a month that should be out is not landed, and only then; an old month landed changes nothing."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safer_assets.board.lateness import first_choices, has_months, late_for_board, latest_due, standings
from safer_assets.feeds import LOADED
from safer_assets.landing.availability import NOMINAL, QUARTERLY

MET = "Metropolitan Police Service"
OTHER, TNO, KNIFE = (f"M1045_MonthlyCrimeDashboard_{kind}CrimeData.csv" for kind in ("Other", "TNO", "Knife"))


@dataclass(frozen=True)
class Planted:
    """A landed file."""

    feed: str
    vintage: date | None
    name: str = "a.csv"
    force: str | None = None


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def met(vintage: str) -> Planted:
    return Planted("mps_borough", month(vintage))


def street(vintage: str, force: str = MET) -> Planted:
    return Planted("police_uk_street", month(vintage), force=force)


@pytest.mark.parametrize(
    ("feed", "day", "due"),
    [
        ("mps_borough", "2023-04-05", "2023-02"),  # the 6th of the next month
        ("mps_borough", "2023-04-06", "2023-03"),
        ("mps_dashboard", "2024-01-06", "2023-12"),
        ("police_uk_street", "2023-03-30", "2022-12"),  # the last working day of the second month after
        ("police_uk_street", "2023-03-31", "2023-01"),
        ("police_uk_street", "2024-03-27", "2023-12"),
        ("police_uk_street", "2024-03-28", "2024-01"),  # 29 March 2024 is Good Friday, then a weekend
    ],
)
def test_the_latest_month_due_follows_the_publishers_habit(feed: str, day: str, due: str) -> None:
    assert latest_due(feed, date.fromisoformat(day)) == month(due)


@pytest.mark.parametrize("feed", ["mopac_pas", "ons_population", "ons_lookup", "boundaries", "no_such_feed"])
def test_a_feed_without_months_or_habit_is_never_late(feed: str) -> None:
    assert not has_months(feed)
    assert latest_due(feed, date(2023, 4, 6)) is None
    assert standings([Planted(feed, month("2015-01"))], MET, date(2023, 4, 6)) == ()


def test_every_loaded_feed_with_a_habit_can_be_late() -> None:
    assert {"mps_borough", "mps_dashboard", "police_uk_street"} <= {f.name for f in LOADED if has_months(f.name)}


@given(
    st.sampled_from(sorted(feed for feed in NOMINAL if has_months(feed))), st.dates(date(2016, 3, 1), date(2030, 1, 1))
)
def test_the_latest_month_due_is_out_and_the_next_is_not(feed: str, day: date) -> None:
    due = latest_due(feed, day)
    assert due is not None
    step = 3 if feed in QUARTERLY else 1
    out, next_out = NOMINAL[feed](due), NOMINAL[feed]((due + timedelta(days=31 * step)).replace(day=1))
    assert out is not None
    assert next_out is not None
    assert out <= day < next_out


@pytest.mark.parametrize(
    ("day", "late", "days"),
    [("2023-04-05", False, 0), ("2023-04-06", True, 0), ("2023-04-07", True, 1), ("2023-04-20", True, 14)],
)
def test_days_late_are_counted_from_the_day_it_was_due(day: str, late: bool, days: int) -> None:
    (standing,) = standings([met("2023-02")], MET, date.fromisoformat(day))
    assert (standing.is_late, standing.days_late) == (late, days)


def test_of_several_missing_months_the_first_counts() -> None:
    (standing,) = standings([met("2023-01")], MET, date(2023, 4, 20))
    assert (standing.expected, standing.due, standing.days_late) == (month("2023-03"), date(2023, 3, 6), 45)
    assert standing.words() == (
        "Met recorded crime by borough: February 2023 and later were due on 6 March 2023 and had not come by "
        "20 April 2023 (45 days late). The newest month is January 2023."
    )


def test_the_words_say_what_is_missing_since_when() -> None:
    (late,) = standings([met("2023-02")], MET, date(2023, 4, 7))
    assert late.words() == (
        "Met recorded crime by borough: March 2023 was due on 6 April 2023 and had not come by 7 April 2023 "
        "(1 day late). The newest month is February 2023."
    )
    (today,) = standings([met("2023-02")], MET, date(2023, 4, 6))
    assert "(due that very day)" in today.words()
    (on_time,) = standings([met("2023-03")], MET, date(2023, 4, 6))
    assert on_time.words() == "Met recorded crime by borough: on time, March 2023 is landed."


def test_a_backfill_of_old_months_does_not_make_a_feed_look_fresh() -> None:
    before = standings([street("2022-11")], MET, date(2023, 4, 20))
    after = standings([street("2022-11"), street("2019-01"), street("2022-10")], MET, date(2023, 4, 20))
    assert before == after
    assert before[0].is_late


def test_a_feed_of_quarters_is_late_by_quarters() -> None:
    """The quarter to March is out by the end of July; April and May are never waited for by themselves."""
    to_march = [Planted("home_office_csp", month("2026-03"))]
    (standing,) = standings(to_march, MET, date(2026, 10, 30))
    assert (standing.is_late, standing.expected) == (False, month("2026-03"))
    (standing,) = standings(to_march, MET, date(2026, 11, 3))
    assert (standing.expected, standing.due, standing.days_late) == (month("2026-06"), date(2026, 10, 31), 3)
    assert "June 2026 was due on 31 October 2026" in standing.words()


def test_another_forces_months_say_nothing() -> None:
    city = street("2023-01", "City of London Police")
    (standing,) = standings([street("2022-11"), city], MET, date(2023, 4, 20))
    assert standing.newest == month("2022-11")
    assert standings([city], MET, date(2023, 4, 20)) == ()


def test_each_file_of_the_dashboard_is_late_by_itself() -> None:
    files = [
        Planted("mps_dashboard", month("2023-03"), OTHER),
        Planted("mps_dashboard", month("2023-03"), f"x.zip!{TNO}"),
        Planted("mps_dashboard", month("2023-01"), KNIFE),
    ]
    late = [standing for standing in standings(files, MET, date(2023, 4, 20)) if standing.is_late]
    assert [(standing.kind, standing.title) for standing in late] == [("knife", "Met monthly crime dashboard, knife")]
    # A file that does not say which it is may be this one.
    unnamed = [*files, Planted("mps_dashboard", month("2023-03"), "renamed.csv")]
    assert not any(standing.is_late for standing in standings(unnamed, MET, date(2023, 4, 20)))
    alone = standings([Planted("mps_dashboard", month("2023-01"), "renamed.csv")], MET, date(2023, 4, 20))
    assert [(standing.kind, standing.is_late) for standing in alone] == [("", True)]


def test_a_month_that_the_board_does_not_need_is_not_late_for_it() -> None:
    day = date(2023, 4, 20)
    assert late_for_board([met("2023-02")], MET, day, until=month("2023-02")) == ()
    assert [s.expected for s in late_for_board([met("2023-01")], MET, day, until=month("2023-02"))] == [
        month("2023-02")
    ]
    assert late_for_board([met("2023-02")], MET, day, until=month("2023-03"))


def test_a_feed_that_no_indicator_prefers_is_not_late_for_the_board() -> None:
    day = date(2023, 4, 20)
    assert standings([Planted("mps_lsoa", month("2022-01"))], MET, day)[0].is_late
    assert late_for_board([Planted("mps_lsoa", month("2022-01"))], MET, day) == ()


def test_first_choices_are_those_that_are_there() -> None:
    assert first_choices(["police_uk_street"]) == {"police_uk_street"}
    assert first_choices(["mps_borough", "mps_dashboard", "police_uk_street"]) >= {"mps_borough", "mps_dashboard"}
    assert first_choices([]) == set()


months = st.integers(min_value=0, max_value=120).map(lambda number: date(2015 + number // 12, number % 12 + 1, 1))


@given(st.lists(months, min_size=1), st.lists(months), st.dates(date(2016, 1, 1), date(2026, 12, 31)))
def test_only_a_newer_month_can_change_anything(landed: list[date], more: list[date], day: date) -> None:
    files = [Planted("mps_borough", vintage) for vintage in landed]
    older = [Planted("mps_borough", vintage) for vintage in more if vintage <= max(landed)]
    assert standings([*files, *older], MET, day) == standings(files, MET, day)
    assert standings(files, MET, day)[0].is_late == (max(landed) < (latest_due("mps_borough", day) or date.max))
