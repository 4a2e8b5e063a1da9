"""Protects: a proclaimed bank holiday moves the deadlines, and a list that is damaged never takes one away."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishers.desks import TODAY, Place
from publishers.gov_players import gov_uk
from transport.faults import html
from transport.server import Server

from safer_assets.board.calendar import is_working_day, publication_deadline
from safer_assets.partnership import CycleRules
from safer_assets.publishers.bank_holidays import BankHolidays
from safer_assets.reference import bank_holidays as known
from safer_assets.refresh import BoardRefresh

GOV_UK = BankHolidays()
PATH = "/bank-holidays.json"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Place:
    return Place(tmp_path, {"bank_holidays": server.url + PATH})


def rules(home: Path) -> CycleRules:
    return CycleRules(clearance_days=5, checking_days=3).with_holidays(known.kept(home))


# -- the shipped list --------------------------------------------------------------------------------------------------


def test_the_shipped_list_is_whole_for_its_years_and_agrees_with_the_package() -> None:
    assert known.whole_years(known.shipped()) == frozenset(range(2019, 2028))
    for year in range(2019, 2028):
        official, package = known.of_year(year), known.computed(year)
        assert {day for day in official if day.weekday() < 5} == {day for day in package if day.weekday() < 5}


def test_a_year_that_no_list_has_is_the_packages() -> None:
    assert known.of_year(2017) == known.computed(2017)
    assert known.of_year(2031) == known.computed(2031)


# -- what is fetched ---------------------------------------------------------------------------------------------------


def test_a_holiday_proclaimed_later_moves_the_deadline_and_is_said(server: Server, place: Place) -> None:
    meeting, holiday = date(2027, 6, 25), date(2027, 6, 21)
    before = publication_deadline(meeting, rules(place.home))
    server.put(PATH, gov_uk(also={"2027-06-21": "Bank holiday for a jubilee"}))
    report = place.fetch(GOV_UK)
    assert (report.problems, report.fetched, report.answered) == ([], [], ["bank_holidays"])
    assert not is_working_day(holiday, rules(place.home))
    assert publication_deadline(meeting, rules(place.home)) == before - timedelta(days=1)
    assert "Bank holidays 2027 have changed: 2027-06-21 is one. Deadlines are counted anew." in place.said
    assert any(line.startswith("Bank holidays 2027: gov.uk and the installed holidays package") for line in place.said)


def test_the_board_counts_with_what_was_fetched(server: Server, tmp_path: Path) -> None:
    refresh = BoardRefresh(partnership="barnet", source="live", store=str(tmp_path))
    assert is_working_day(date(2027, 6, 21), refresh.settings().cycle)
    server.put(PATH, gov_uk(also={"2027-06-21": "Bank holiday for a jubilee"}))
    Place(refresh.home, {"bank_holidays": server.url + PATH}).fetch(GOV_UK)
    assert not is_working_day(date(2027, 6, 21), refresh.settings().cycle)
    sample = BoardRefresh(partnership="barnet", source="sample", store=str(tmp_path))
    assert is_working_day(date(2027, 6, 21), sample.settings().cycle), "a home of its own"


def test_a_holiday_that_is_moved_is_worked_on_its_old_day(server: Server, place: Place) -> None:
    """As in 2020: the early May holiday went from Monday the 4th to Friday the 8th."""
    server.put(PATH, gov_uk(also={"2027-05-07": "Early May bank holiday"}, without="Early May bank holiday"))
    place.fetch(GOV_UK)
    assert is_working_day(date(2027, 5, 3), rules(place.home))
    assert not is_working_day(date(2027, 5, 7), rules(place.home))
    assert (
        "Bank holidays 2027 have changed: 2027-05-07 is one, 2027-05-03 is none. Deadlines are counted anew."
        in place.said
    )


def test_years_that_drop_out_upstream_stay(server: Server, place: Place) -> None:
    server.put(PATH, gov_uk(2021, 2027, also={"2021-07-12": "Bank holiday for a cup"}))
    place.fetch(GOV_UK)
    server.put(PATH, gov_uk(2025, 2031))
    place.today = TODAY + timedelta(days=30)
    place.fetch(GOV_UK)
    assert date(2021, 7, 12) in known.of_year(2021, known.kept(place.home))
    assert date(2023, 5, 8) in known.of_year(2023, known.kept(place.home)), "shipped"
    assert 2031 in known.whole_years(known.kept(place.home))


def test_the_list_is_asked_for_once_a_week(server: Server, place: Place) -> None:
    server.put(PATH, gov_uk())
    place.fetch(GOV_UK)
    place.today = date.today() + timedelta(days=6)  # noqa: DTZ011 # the book notes the machine's own day
    place.fetch(GOV_UK)
    assert server.count(PATH) == 1
    place.today += timedelta(days=2)
    place.fetch(GOV_UK)
    assert server.count(PATH) == 2
    assert place.said == [], "nothing has changed"


# -- what goes wrong ---------------------------------------------------------------------------------------------------

WHOLE = json.loads(gov_uk())["england-and-wales"]["events"]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({}, "no events under 'england-and-wales'"),
        ([], "no events"),
        ({"england-and-wales": {"events": []}}, "no events"),
        ({"england-and-wales": {"events": {}}}, "no events"),
        ({"scotland": {"events": WHOLE}}, "no events"),
        (
            {"england-and-wales": {"events": [*WHOLE, {"title": "x", "date": "2026-13-01"}]}},
            "cannot be read: .*2026-13",
        ),
        ({"england-and-wales": {"events": [*WHOLE, {"title": "", "date": "2026-12-01"}]}}, "cannot be read"),
        ({"england-and-wales": {"events": [*WHOLE, {"title": "x", "date": "0026-12-01"}]}}, "cannot be read"),
        ({"england-and-wales": {"events": [*WHOLE, "x"]}}, "cannot be read"),
        ({"england-and-wales": {"events": WHOLE[:3]}}, "none of its years is whole: it has 3 days"),
    ],
)
def test_what_is_no_list_is_a_problem_and_changes_nothing(
    payload: Any, words: str, server: Server, place: Place
) -> None:
    server.put(PATH, gov_uk(also={"2027-06-21": "Bank holiday for a jubilee"}))
    place.fetch(GOV_UK)
    before = (place.home / known.FILE).read_bytes()
    server.put(PATH, json.dumps(payload).encode())
    place.today = TODAY + timedelta(days=60)
    (problem,) = place.fetch(GOV_UK).problems
    assert "The list of before is used" in problem.message
    with pytest.raises(known.NotAListError, match=words):
        known.parsed(payload)
    assert (place.home / known.FILE).read_bytes() == before
    assert not is_working_day(date(2027, 6, 21), rules(place.home))


def test_a_page_in_place_of_the_list_is_a_problem(server: Server, place: Place) -> None:
    server.put(PATH, gov_uk())
    server.misbehave(PATH, html())
    assert place.fetch(GOV_UK).problems
    assert known.kept(place.home) == known.shipped()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"england-and-wales": {"events": []}}', b"[1]"])
def test_a_kept_list_that_is_damaged_counts_as_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / known.FILE).write_bytes(content)
    assert known.kept(tmp_path) == known.shipped()


def test_a_kept_list_that_is_lost_is_fetched_again(server: Server, place: Place) -> None:
    server.put(PATH, gov_uk())
    place.fetch(GOV_UK)
    (place.home / known.FILE).unlink()
    place.fetch(GOV_UK)
    assert (place.home / known.FILE).is_file()


@given(st.lists(st.sampled_from(known.shipped()), max_size=40), st.integers(2019, 2027))
def test_a_list_with_days_missing_takes_no_holiday_of_every_year_away(left: list[tuple[date, str]], year: int) -> None:
    """A year is only replaced by one that has New Year, Easter, Christmas and all of the eight."""
    after = known.merged(known.shipped(), tuple(sorted(set(left))))
    lost = set(known.of_year(year)) - set(known.of_year(year, after))
    assert len(lost) <= max(0, len(known.of_year(year)) - 8)
    assert all("bank holiday" in known.of_year(year)[day].lower() for day in lost)


@given(st.lists(st.sampled_from(known.shipped())))
def test_writing_and_reading_a_list_is_the_same_list(left: list[tuple[date, str]]) -> None:
    days = known.merged(known.shipped(), tuple(sorted(set(left))))
    assert known.parsed(json.loads(known.written(days))) == days
    assert known.merged(days, days) == days
