"""Protects: the newest Home Office table is found on its page by what its name says, and fetched once."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from feeds.home_office_file import HOME_BURGLARY, quarters, row, write_table
from publishers.desks import Place
from transport.faults import cut, html
from transport.server import Server

from safer_assets.errors import FetchError
from safer_assets.landing import Landing
from safer_assets.partnership import Partnership
from safer_assets.publishers.home_office import HomeOffice

HOME_OFFICE = HomeOffice()
PAGE = "/government/statistical-data-sets/police-recorded-crime-and-outcomes-open-data-tables"
NEWEST = "prc-csp-mar2021-mar2026-tables-230726.ods"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Place:
    return Place(tmp_path, {"home_office_page": server.url + PAGE})


@pytest.fixture
def table(tmp_path: Path) -> bytes:
    rows = [row(year, quarter, "Barnet", HOME_BURGLARY, 5) for year, quarter in quarters(2025, 1)]
    return write_table(tmp_path / "written.ods", rows).read_bytes()


def publish(server: Server, *names: str, table: bytes = b"") -> None:
    """A page that links these tables, and the tables."""
    links = "".join(f'<p><a class="govuk-link" href="{server.url}/media/6a/{name}">{name}</a></p>\n' for name in names)
    other = f'<a href="{server.url}/media/6a/prc-pfa-mar2013-onwards-tables-230726.ods">by force</a>'
    server.put(PAGE, f"<!doctype html><html><body>{other}{links}</body></html>".encode(), content_type="text/html")
    for name in names:
        server.put(f"/media/6a/{name}", table)


@pytest.mark.parametrize(
    ("names", "newest"),
    [
        (("prc-csp-mar2016-mar2020-tables-230726.ods", NEWEST, "prc-csp-1112-1415-tables.ods"), NEWEST),
        (("prc-csp-mar21-sep25-tables-290126.ods", "prc-csp-mar16-mar20-tables-290126.ods"), "prc-csp-mar21-sep25-"),
        (("prc-csp-mar21-sep25-tables-290126.ods", NEWEST), NEWEST),
        ((NEWEST, "prc-csp-mar2021-mar2026-tables-050826.ods"), "-050826.ods"),
        (("prc-csp-mar16-dec24-tables-240425.ods", "prc-csp-mar16-sep24-tables-300125.ods"), "-dec24-"),
        (("PRC-CSP-Mar2021-Jun2026-Table-221026-v2.ods", NEWEST), "Jun2026"),
    ],
)
def test_the_newest_is_the_one_that_ends_last_then_the_one_that_came_out_last(
    names: tuple[str, ...], newest: str, server: Server, place: Place
) -> None:
    for listed in (names, names[::-1]):
        publish(server, *listed)
        (found,) = HOME_OFFICE.newest(place.desk())
        assert newest in found.token


def test_what_is_new_is_told_from_the_page_alone(server: Server, place: Place, table: bytes) -> None:
    publish(server, NEWEST, table=table)
    (found,) = HOME_OFFICE.newest(place.desk())
    assert (found.publisher, found.month) == ("home_office", date(2026, 3, 1))
    assert [seen.path for seen in server.requests] == [PAGE]
    publish(server, NEWEST, "prc-csp-mar2021-jun2026-tables-221026.ods", table=table)
    (later,) = HOME_OFFICE.newest(place.desk())
    assert (later.month, later.token != found.token) == (date(2026, 6, 1), True)


def test_it_is_fetched_dated_by_its_name_and_landed(server: Server, place: Place, table: bytes) -> None:
    publish(server, "prc-csp-mar2016-mar2020-tables-230726.ods", NEWEST, table=table)
    report, landed = place.refresh(HOME_OFFICE)
    assert report.problems == []
    (manifest,) = landed.new
    assert (manifest.feed, manifest.name) == ("home_office_csp", f"home_office/{NEWEST}")
    assert (manifest.published, manifest.available_from) == (date(2026, 7, 23), date(2026, 7, 23))
    assert server.bytes_sent("/media/6a/prc-csp-mar2016-mar2020-tables-230726.ods") == 0


def test_it_is_not_fetched_twice(server: Server, place: Place, table: bytes) -> None:
    publish(server, NEWEST, table=table)
    place.refresh(HOME_OFFICE)
    sent = server.bytes_sent(f"/media/6a/{NEWEST}")
    report, landed = place.refresh(HOME_OFFICE)
    assert (report.problems, report.fetched, landed.new) == ([], [], [])
    assert server.bytes_sent(f"/media/6a/{NEWEST}") == sent == len(table)


def test_the_same_table_under_a_new_address_is_not_landed_again(server: Server, place: Place, table: bytes) -> None:
    publish(server, NEWEST, table=table)
    place.refresh(HOME_OFFICE)
    publish(server, "prc-csp-mar2021-mar2026-tables-050826.ods", table=table)
    report, _ = place.refresh(HOME_OFFICE)
    assert (report.problems, report.fetched) == ([], [])
    assert len(Landing(place.home / "landing").manifests()) == 1


def test_what_was_fetched_and_lost_is_fetched_again(server: Server, place: Place, table: bytes) -> None:
    publish(server, NEWEST, table=table)
    place.fetch(HOME_OFFICE)
    for path in (place.home / "fetched").rglob("*.ods"):
        path.unlink()
    assert len(place.fetch(HOME_OFFICE).fetched) == 1


def test_a_day_before_its_own_last_month_dates_nothing(server: Server, place: Place, table: bytes) -> None:
    publish(server, "prc-csp-mar2021-mar2026-tables-230725.ods", table=table)
    (fetched,) = place.fetch(HOME_OFFICE).fetched
    assert fetched.published is None
    assert list((place.home / "fetched").rglob("*.toml")) == []


def test_names_of_another_shape_are_listed_with_the_one_before(server: Server, place: Place, table: bytes) -> None:
    publish(server, NEWEST, table=table)
    place.refresh(HOME_OFFICE)
    publish(server, "prc-csp-tables-2026.ods", "prc-csp-abc21-mar26-tables-230726.ods")
    with pytest.raises(FetchError) as caught:
        HOME_OFFICE.newest(place.desk())
    for name in (NEWEST, "prc-csp-tables-2026.ods", "prc-csp-abc21-mar26-tables-230726.ods", "home_office_page"):
        assert name in str(caught.value)


def test_a_page_that_moved_is_followed_and_links_are_read_from_there(
    server: Server, place: Place, table: bytes
) -> None:
    publish(server, NEWEST, table=table)
    server.move(PAGE, "/new-page")
    server.put("/new-page", f"<a href='/media/6a/{NEWEST}?v=1&amp;w=2'>table</a>".encode(), content_type="text/html")
    server.put(f"/media/6a/{NEWEST}?v=1&w=2", table)
    (fetched,) = place.fetch(HOME_OFFICE).fetched
    assert fetched.name == NEWEST


def test_a_table_that_breaks_off_or_is_a_page_is_a_problem_and_leaves_nothing(
    server: Server, place: Place, table: bytes
) -> None:
    publish(server, NEWEST, table=table)
    for fault in (cut(100), html()):
        server.misbehave(f"/media/6a/{NEWEST}", fault)
        report, landed = place.refresh(HOME_OFFICE)
        assert [problem.publisher for problem in report.problems] == ["home_office"]
        assert (report.fetched, landed.new) == ([], [])


def test_every_partnership_of_england_and_wales_is_served(place: Place) -> None:
    def at(code: str) -> Partnership:
        area = place.partnership.area.model_copy(update={"code": code})
        return place.partnership.model_copy(update={"area": area})

    assert [HOME_OFFICE.serves(at(code)) for code in ("E09000003", "E06000060", "W06000015", "S12000033")] == [
        *(True, True, True, False),
    ]
