"""Protects: population and lookups come by themselves, for the partnership's districts, and are asked for rarely."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from publishers.desks import TODAY, Place
from publishers.gov_players import Nomis
from transport.faults import cut, html
from transport.server import Server

from safer_assets.landing import Landing
from safer_assets.partnership import Group
from safer_assets.publishers.addresses import Addresses
from safer_assets.publishers.ons import YEARS, Ons

ONS = Ons()
LOOKUP = "/lookup.csv"
LOOKUP_ROWS = "\ufeffLSOA11CD,LSOA11NM,LSOA21CD,LSOA21NM,CHGIND,LAD22CD,LAD22NM,LAD22NMW,ObjectId\r\n" + "".join(
    f"E0100{n},Barnet 00{n}A,E0100{n},Barnet 00{n}A,U,E09000003,Barnet,,{n}\r\n" for n in range(1000, 1009)
)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def nomis(server: Server) -> Nomis:
    nomis = Nomis()
    server.answer("/nomis.csv", nomis)
    server.put(LOOKUP, LOOKUP_ROWS.encode(), content_type="text/csv")
    return nomis


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Place:
    query = urlsplit(Addresses.load()["nomis_population"]).query  # as shipped, at another host
    return Place(tmp_path, {"nomis_population": f"{server.url}/nomis.csv?{query}", "ons_lookup": server.url + LOOKUP})


def later(place: Place, days: int) -> None:
    """Go on in time, from the machine's own day, which the book notes."""
    place.today = date.today() + timedelta(days=days)  # noqa: DTZ011 # as above


def test_both_tables_are_fetched_landed_and_recognised(server: Server, nomis: Nomis, place: Place) -> None:
    report, landed = place.refresh(ONS)
    assert report.problems == []
    found = {manifest.feed: manifest for manifest in landed.new}
    assert set(found) == {"ons_population", "ons_lookup"}
    population = found["ons_population"]
    assert (population.rows, population.first_month, population.vintage) == (
        *(320, date(2015, 6, 1), date(nomis.newest, 6, 1)),
    )
    assert found["ons_lookup"].rows == 9
    (asked,) = (parse_qs(urlsplit(seen.path).query) for seen in server.requests if seen.path.startswith("/nomis"))
    members = asked["geography"][0].split(",")
    assert len(members) == len(set(members)) == 32, "the area and all members of its groups, each once"
    assert "E09000003" in members
    assert asked["date"] == [YEARS]


def test_nothing_is_asked_for_again_within_a_week(server: Server, nomis: Nomis, place: Place) -> None:
    del nomis
    place.refresh(ONS)
    made = len(server.requests)
    later(place, 6)
    assert place.refresh(ONS)[0].fetched == []
    assert len(server.requests) == made
    later(place, -400)
    place.fetch(ONS)
    assert len(server.requests) > made, "a clock that was set back asks rather than never asking again"


def test_after_a_week_the_same_numbers_are_not_landed_again_and_new_ones_are(
    server: Server, nomis: Nomis, place: Place
) -> None:
    place.refresh(ONS)
    later(place, 8)
    report, landed = place.refresh(ONS)
    assert (report.fetched, landed.new, server.count(LOOKUP)) == ([], [], 1)
    nomis.newest, nomis.changed = 2025, 7
    _, landed = place.refresh(ONS)
    assert [manifest.vintage for manifest in landed.new] == [date(2025, 6, 1)]
    assert len(Landing(place.home / "landing").manifests()) == 3


def test_a_lookup_that_has_not_changed_is_not_sent_again(server: Server, nomis: Nomis, place: Place) -> None:
    del nomis
    place.refresh(ONS)
    sent = server.bytes_sent(LOOKUP)
    later(place, 91)
    place.refresh(ONS)
    assert (server.count(LOOKUP), server.bytes_sent(LOOKUP)) == (2, sent)


def test_other_districts_are_asked_for_at_once(server: Server, nomis: Nomis, place: Place) -> None:
    del nomis
    place.refresh(ONS)
    more = Group(code="ALL", name="All", members=("E09000001",))
    place.partnership = place.partnership.model_copy(update={"groups": (*place.partnership.groups, more)})
    _, landed = place.refresh(ONS)
    assert [manifest.rows for manifest in landed.new] == [330]
    assert server.count(LOOKUP) == 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"status":"Pending","recordCount":35796}',
        b"Sorry, your request could not be completed",
        b'"DATE_NAME","GEOGRAPHY_CODE"\n"2024","E09000003"\n',
    ],
)
def test_a_message_in_place_of_a_table_is_a_problem_and_the_other_table_is_fetched(
    body: bytes, server: Server, nomis: Nomis, place: Place
) -> None:
    del nomis
    server.put(LOOKUP, body)
    report, landed = place.refresh(ONS)
    assert [manifest.feed for manifest in landed.new] == ["ons_population"]
    assert body.decode()[:20].splitlines()[0] in report.problems[0].message
    assert "correct ons_lookup in [addresses]" in report.problems[0].message
    assert landed.unknown == landed.refused == []
    server.put(LOOKUP, LOOKUP_ROWS.encode())
    assert [fetched.name for fetched in place.fetch(ONS).fetched] == ["lsoa_lookup.csv"], "the next refresh asks again"


def test_a_page_or_half_a_table_is_never_landed(server: Server, nomis: Nomis, place: Place) -> None:
    del nomis
    server.misbehave(LOOKUP, cut(100))
    server.misbehave("/nomis.csv*", html())
    report, landed = place.refresh(ONS)
    assert (landed.new, landed.refused, landed.unknown) == ([], [], [])
    assert "ONS mid-year population" in report.problems[0].message
    assert "ONS lookup of LSOAs" in report.problems[0].message


def test_a_token_is_of_the_address_and_asks_nobody(server: Server, nomis: Nomis, place: Place) -> None:
    del nomis
    before = ONS.newest(place.desk())
    place.refresh(ONS)
    made = len(server.requests)
    assert ONS.newest(place.desk()) == before
    assert len(server.requests) == made
    assert len({newest.token for newest in before}) == 2


def test_what_was_fetched_and_never_landed_is_fetched_again(nomis: Nomis, place: Place) -> None:
    del nomis
    place.fetch(ONS)
    assert len(place.fetch(ONS).fetched) == 2


def test_every_partnership_is_served(place: Place) -> None:
    assert ONS.serves(place.partnership)
    assert place.today == TODAY
