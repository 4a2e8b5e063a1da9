"""Protects: the Met's files are found whatever their listing looks like today, fetched once, checked and dated."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from feeds.feed_files import borough_csv
from publishers.desks import TODAY, Place
from publishers.london_player import (
    BOROUGH,
    CONTENT,
    DASHBOARDS,
    HISTORY,
    INCIDENTS,
    LSOA,
    TITLES,
    VAWG,
    WARD,
    Datastore,
    dashboard,
)
from transport.faults import altered, html
from transport.server import Server

from safer_assets.errors import FetchError
from safer_assets.partnership import load_partnership
from safer_assets.publishers.london.datasets import BREAKDOWN, DASHBOARD, DATASETS, VIOLENCE
from safer_assets.publishers.london.datastore import LondonDatastore
from safer_assets.publishers.london.listing import UnknownShapeError, day_of, read_listing

LONDON = LondonDatastore()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def datastore(server: Server) -> Datastore:
    return Datastore(server, CONTENT)


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Place:
    return at(server, tmp_path, "v3/{id}")


def at(server: Server, home: Path, *listings: str) -> Place:
    addresses = {
        "london_datastore": server.url,
        "london_dataset_listings": [f"{server.url}/api/{listing}" for listing in listings],
        "london_asb_page": "https://data.london.gov.uk/dataset/mpsantisocialbehaviour",
    }
    return Place(home, addresses)


def files_in(store: Path) -> set[str]:
    return {path.name for path in store.rglob("*.csv")}


# -- what is found -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("listing", ["v3/{id}", "ckan?id={slug}", "ckan?id={id}", "catalogue"])
@pytest.mark.parametrize("relative", [False, True])
def test_files_are_found_in_a_map_in_a_list_in_ckans_wrapping_and_in_a_catalogue(
    listing: str, relative: bool, server: Server, datastore: Datastore, tmp_path: Path
) -> None:
    datastore.relative = relative
    for known, slug in (("e5n6w", DASHBOARD.slug), ("exy3m", BREAKDOWN.slug), ("2yod5", VIOLENCE.slug)):
        datastore.files[slug], TITLES[slug] = datastore.files[known], TITLES[known]  # as {slug} asks for it
        datastore.updated[slug] = datastore.updated[known]
        for name in datastore.files[slug]:
            datastore.put(slug, name)
    place = at(server, tmp_path, listing)
    report = place.fetch(LONDON)
    assert report.problems == []
    assert {fetched.name for fetched in report.fetched} == {BOROUGH, HISTORY, WARD, LSOA, *DASHBOARDS, VAWG, INCIDENTS}
    assert files_in(tmp_path / "fetched") == {fetched.path.name for fetched in report.fetched}
    assert {fetched.published for fetched in report.fetched} == {date(2026, 11, 6)}


def test_the_listing_that_answers_is_remembered_and_a_move_is_said(
    server: Server, datastore: Datastore, tmp_path: Path
) -> None:
    place = at(server, tmp_path, "gone/{id}", "v3/{id}", "ckan?id={id}")
    place.refresh(LONDON)
    assert server.count("/api/gone/") == len(DATASETS)
    place.refresh(LONDON)
    assert server.count("/api/gone/") == len(DATASETS), "the second refresh began with the address that answers"
    datastore.listing_answers = False
    fetched, _ = place.refresh(LONDON)
    assert (fetched.problems, fetched.fetched) == ([], [])
    assert "its listing has moved from" in place.said[0]
    assert "ckan?id={id}" in place.said[0]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"id": "x", "files": []}, "no resources; it has files, id"),
        ({"resources": [{"title": "no address"}]}, "lists 1 resources, none of which has an address"),
        ({"resources": [{"url": "ftp://host/x.csv"}]}, "none of which has an address"),
        ([{"id": "other", "title": "Trees"}], "a catalogue of 1 datasets without e5n6w"),
        ("no", "'no' where a dataset is wanted"),
        (None, "'None' where a dataset is wanted"),
        ({"result": {"resources": 3}}, "no resources"),
        (json.loads('{"error": {"message": "Please use the new API", "__type": "Deprecated Route"}}'), "it has error"),
    ],
)
def test_a_listing_of_another_shape_is_named_as_what_it_is(payload: object, words: str) -> None:
    with pytest.raises(UnknownShapeError, match=words):
        read_listing(payload, "https://data.london.gov.uk", id="e5n6w", slug="x-e5n6w", called="mps")


def test_html_in_place_of_json_is_a_problem_that_names_every_address_and_touches_nothing(
    server: Server, datastore: Datastore, tmp_path: Path
) -> None:
    del datastore
    place = at(server, tmp_path, "v3/{id}", "ckan?id={id}")
    server.misbehave("/api/*", html())
    report = place.fetch(LONDON)
    assert report.fetched == []
    (problem,) = report.problems
    assert problem.message.count("no address answers with the dataset's listing") == len(DATASETS)
    for address in ("/api/v3/{id}", "/api/ckan?id={id}", "correct london_dataset_listings"):
        assert address in problem.message
    assert files_in(tmp_path) == set()


def test_one_dataset_that_fails_does_not_stop_the_others(server: Server, datastore: Datastore, place: Place) -> None:
    del datastore
    server.misbehave("/api/v3/exy3m", html(500))
    report = place.fetch(LONDON)
    assert {fetched.name for fetched in report.fetched} == {*DASHBOARDS, VAWG, INCIDENTS}
    assert "Met recorded crime, geographic breakdown" in report.problems[0].message


# -- what is fetched ---------------------------------------------------------------------------------------------------


def test_nothing_new_is_four_listings_and_no_file(server: Server, datastore: Datastore, place: Place) -> None:
    first, landed = place.refresh(LONDON)
    assert len(first.fetched) == datastore.downloads() == 9
    assert (len(landed.new), landed.refused, landed.unknown) == (9, [], [])
    before = len(server.requests)
    second, _ = place.refresh(LONDON)
    assert (second.fetched, second.problems) == ([], [])
    assert [seen.path.startswith("/api/v3/") for seen in server.requests[before:]] == [True] * len(DATASETS)
    assert place.said == []


def test_without_hash_and_with_a_new_date_an_unchanged_file_is_asked_for_and_not_sent(
    server: Server, datastore: Datastore, place: Place
) -> None:
    datastore.with_hash = False
    place.refresh(LONDON)
    sent = server.bytes_sent("/download/")
    place.refresh(LONDON)
    assert datastore.downloads() == 9, "size, date and address are as before"
    datastore.updated["exy3m"] = "2026-11-20T10:00:00Z"
    report, _ = place.refresh(LONDON)
    assert (report.fetched, datastore.downloads(), server.bytes_sent("/download/")) == ([], 13, sent)
    place.refresh(LONDON)
    assert datastore.downloads() == 13, "the new date is remembered"


def test_a_month_published_twice_with_other_numbers_is_landed_twice(datastore: Datastore, place: Place) -> None:
    place.refresh(LONDON)
    rows = [("Burglary", "Domestic Burglary", "Barnet", "211", "180", "190", "152")]
    datastore.put("exy3m", BOROUGH, borough_csv(rows=rows))
    report, landed = place.refresh(LONDON)
    assert [fetched.name for fetched in report.fetched] == [BOROUGH]
    assert [manifest.vintage for manifest in landed.new] == [date(2023, 2, 1)]
    assert place.said == []


def test_the_same_bytes_put_up_at_a_new_address_are_not_fetched_or_landed_again(
    server: Server, datastore: Datastore, place: Place
) -> None:
    place.refresh(LONDON)
    datastore.extra[BOROUGH] = {"url": server.put("/download/moved/1/borough.csv", CONTENT["exy3m"][BOROUGH].encode())}
    assert place.refresh(LONDON)[0].fetched == []
    datastore.with_hash = False
    fetched, _ = place.refresh(LONDON)
    assert fetched.fetched == []
    assert server.count("/download/moved/1/borough.csv") == 1, "without a hash it is looked at, and thrown away"
    assert files_in(place.home) == set()


def test_a_moved_download_is_followed(server: Server, datastore: Datastore, place: Place) -> None:
    place.refresh(LONDON)
    datastore.put("e5n6w", DASHBOARDS[0], dashboard("999"))
    server.move(datastore.path("e5n6w", DASHBOARDS[0]), server.put("/store/tno.csv", dashboard("999").encode()))
    report, landed = place.refresh(LONDON)
    assert len(landed.new) == len(report.fetched) == 1


def test_a_fetched_file_that_was_never_landed_is_fetched_again(datastore: Datastore, place: Place) -> None:
    place.fetch(LONDON)
    assert len(place.fetch(LONDON).fetched) == 9
    assert datastore.downloads() == 18


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_bytes_that_are_not_those_of_the_listing_are_refused_and_the_others_fetched(
    algorithm: str, server: Server, datastore: Datastore, place: Place
) -> None:
    content = CONTENT["exy3m"][BOROUGH].encode()
    datastore.extra[BOROUGH] = {"hash": f"{algorithm}:{hashlib.new(algorithm, content).hexdigest().upper()}"}
    server.misbehave(datastore.path("exy3m", BOROUGH), altered())
    report = place.fetch(LONDON)
    assert len(report.fetched) == 8
    assert algorithm in report.problems[0].message
    assert BOROUGH not in files_in(place.home)
    server.behave()
    assert BOROUGH in {fetched.name for fetched in place.fetch(LONDON).fetched}


def test_a_size_that_is_not_the_listings_is_refused(datastore: Datastore, place: Place) -> None:
    datastore.extra[BOROUGH] = {"size": 12}
    report = place.fetch(LONDON)
    assert "publisher lists 12" in report.problems[0].message
    assert BOROUGH not in files_in(place.home)


def test_a_page_in_place_of_a_file_is_never_landed(server: Server, datastore: Datastore, place: Place) -> None:
    datastore.extra[BOROUGH] = {"size": None, "hash": ""}
    server.misbehave(datastore.path("exy3m", BOROUGH), html())
    report, landed = place.refresh(LONDON)
    assert len(report.fetched) == 8
    assert landed.refused == []
    assert report.problems


# -- what has changed in a listing -------------------------------------------------------------------------------------


def test_a_file_under_a_new_name_that_is_still_known_is_taken_and_said(datastore: Datastore, place: Place) -> None:
    place.refresh(LONDON)
    new = "MPS borough-level crime, most recent 24 months (July 2026).csv"
    datastore.rename("exy3m", BOROUGH, new)
    report, _ = place.refresh(LONDON)
    assert report.problems == []
    assert any(f"{BOROUGH!r} is now called {new!r}" in line for line in place.said)


def test_a_file_that_vanishes_is_a_problem_with_old_and_new_names_side_by_side(
    datastore: Datastore, place: Place
) -> None:
    place.refresh(LONDON)
    datastore.rename("exy3m", BOROUGH, "Offences by local authority.csv")
    report, _ = place.refresh(LONDON)
    message = report.problems[0].message
    assert f"It was {BOROUGH!r}; the listing has {HISTORY!r}" in message
    assert "'Offences by local authority.csv'" in message
    assert any("new in its listing and not fetched: 'Offences by local authority.csv'" in line for line in place.said)
    assert place.refresh(LONDON)[0].problems, "it stays a problem for as long as it is one"
    assert place.said == [], "and the new name is said once"


def test_csv_comes_before_the_workbook_of_the_same_name_unless_it_was_left_behind(
    datastore: Datastore, place: Place
) -> None:
    name = DASHBOARDS[0]
    book = name.replace(".csv", ".xlsx")
    datastore.put("e5n6w", book, "not a workbook")
    datastore.extra = {name: {"timestamp": "2026-11-06T08:00:00Z"}, book: {"timestamp": "2026-11-06T09:00:00Z"}}
    assert book not in {fetched.name for fetched in place.fetch(LONDON).fetched}
    datastore.extra[name] = {"timestamp": "2026-03-06T08:00:00Z"}
    assert book in {fetched.name for fetched in place.fetch(LONDON).fetched}


def test_of_several_editions_the_newest_is_fetched(datastore: Datastore, place: Place) -> None:
    dated = {
        f"M1045_MonthlyCrimeDashboard_TNOCrimeData_2026{month}.csv": f"2026-{month}-07" for month in ("09", "10", "08")
    }
    datastore.files["e5n6w"].pop(DASHBOARDS[0])
    for name, day in dated.items():
        datastore.put("e5n6w", name, dashboard(day))
        datastore.extra[name] = {"timestamp": day}
    names = {fetched.name for fetched in place.fetch(LONDON).fetched}
    assert names & set(dated) == {"M1045_MonthlyCrimeDashboard_TNOCrimeData_202610.csv"}


# -- dates -------------------------------------------------------------------------------------------------------------


def test_a_historical_file_is_dated_by_its_listing_and_so_usable_as_at(datastore: Datastore, place: Place) -> None:
    datastore.extra[HISTORY] = {"timestamp": "2026-07-07T23:30:00Z"}
    _, landed = place.refresh(LONDON)
    (history,) = (manifest for manifest in landed.new if manifest.historical)
    assert (history.published, history.available_from) == (date(2026, 7, 8), date(2026, 7, 8)), "the day in London"


@pytest.mark.parametrize("wrong", ["2027-01-01T00:00:00Z", "2019-05-01", "soon", "31/12/2025"])
def test_a_date_that_cannot_be_is_said_and_blocks_nothing(wrong: str, datastore: Datastore, place: Place) -> None:
    datastore.extra[HISTORY] = {"timestamp": wrong}
    _, landed = place.refresh(LONDON)
    assert landed.refused == []
    (history,) = (manifest for manifest in landed.new if manifest.historical)
    assert (history.published, history.available_from) == (None, None)
    assert any(f"its listing dates it '{wrong}'" in line for line in place.said)


def test_a_file_without_a_name_is_called_as_its_address_ends() -> None:
    payload = {"resources": [{"url": "/download/x/y/MPS%20Borough%20Level%20Crime.csv?v=2"}]}
    listing = read_listing(payload, "https://data.london.gov.uk", id="exy3m", slug="x", called="x")
    (resource,) = listing.resources
    assert resource.url == "https://data.london.gov.uk/download/x/y/MPS%20Borough%20Level%20Crime.csv?v=2"
    assert (resource.name, resource.title, resource.kind) == ("MPS Borough Level Crime.csv",) * 2 + ("csv",)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-07-07T23:30:00.000Z", date(2026, 7, 8)),
        ("2026-01-07T23:30:00Z", date(2026, 1, 7)),
        ("2026-07-07", date(2026, 7, 7)),
        ("1783467000", date(2026, 7, 8)),
        ("1783467000123", date(2026, 7, 8)),
        ("", None),
        ("7 July 2026", None),
        ("99999999999999", None),
    ],
)
def test_days_are_read_as_the_datastore_has_spelt_them(text: str, day: date | None) -> None:
    assert day_of(text) == day


def test_a_file_that_goes_back_in_time_is_said_and_landed(datastore: Datastore, place: Place) -> None:
    place.refresh(LONDON)
    rows = [("Burglary", "Domestic Burglary", "Barnet", "1", "2")]
    datastore.put("exy3m", BOROUGH, borough_csv(months=("202211", "202212"), rows=rows))
    report, landed = place.refresh(LONDON)
    assert (report.problems, len(landed.new)) == ([], 1)
    assert "it now ends with 2022-12, where one that is landed ends with 2023-02" in place.said[0]


def test_a_renamed_column_is_fetched_and_refused_by_landing_with_its_name(datastore: Datastore, place: Place) -> None:
    place.refresh(LONDON)
    datastore.put("exy3m", BOROUGH, borough_csv(header=("MajorText", "MinorText", "Borough Code")))
    report, landed = place.refresh(LONDON)
    assert [fetched.published for fetched in report.fetched] == [None]
    assert "Borough Code" in landed.refused[0].reason
    assert place.refresh(LONDON)[0].fetched == [], "what was refused is not fetched again until it is replaced"


# -- the rest ----------------------------------------------------------------------------------------------------------


def test_a_token_changes_when_a_wanted_file_does_and_only_then(
    server: Server, datastore: Datastore, place: Place
) -> None:
    def tokens() -> Mapping[str, str]:
        return {newest.dataset: newest.token for newest in LONDON.newest(place.desk())}

    before = tokens()
    assert before == tokens()
    assert datastore.downloads() == 0
    assert server.count("/api/v3/") == 2 * len(DATASETS)
    datastore.put("exy3m", "MPS Ward Level Crime (Historical).csv", "x")
    datastore.put("exy3m", "notes.csv", "x")
    assert before == tokens()
    datastore.put("exy3m", BOROUGH, "other")
    changed = tokens()
    assert {name for name in before if before[name] != changed[name]} == {BREAKDOWN.what}


def test_tokens_are_told_of_the_datasets_that_have_a_listing_and_never_from_the_whole_catalogue(
    server: Server, datastore: Datastore, tmp_path: Path
) -> None:
    del datastore.files["mpsantisocialbehaviour"]
    place = at(server, tmp_path, "v3/{id}", "catalogue")
    assert len(LONDON.newest(place.desk())) == len(DATASETS) - 1
    assert server.count("/api/catalogue") == 0
    server.misbehave("/api/*", html())
    with pytest.raises(FetchError, match="no address answers with the dataset's listing"):
        LONDON.newest(place.desk())


def test_a_dataset_that_only_the_catalogue_has_is_asked_for_by_its_id_from_then_on(
    server: Server, datastore: Datastore, tmp_path: Path
) -> None:
    datastore.rename_dataset("mpsantisocialbehaviour", "2abcd")
    place = at(server, tmp_path, "v3/{id}", "catalogue")
    place.refresh(LONDON)
    assert (server.count("/api/v3/mpsantisocialbehaviour"), server.count("/api/catalogue")) == (1, 1)
    report, _ = place.refresh(LONDON)
    assert (report.problems, report.fetched, place.said) == ([], [], [])
    assert (server.count("/api/v3/2abcd"), server.count("/api/catalogue")) == (1, 1)


def test_a_hostile_name_stays_in_the_folder(datastore: Datastore, place: Place) -> None:
    datastore.extra[BOROUGH] = {"title": BOROUGH, "filename": "../../../.borough level crime\x00.csv"}
    datastore.extra[WARD] = {"filename": "/etc/ward level crime.csv"}
    report = place.fetch(LONDON)
    assert report.problems == []
    assert all(fetched.path.is_relative_to(place.home / "fetched") for fetched in report.fetched)
    names = {fetched.path.name for fetched in report.fetched}
    assert "_etc_ward level crime.csv" in names
    assert not any(name.startswith(".") or name.endswith(".meta.toml") for name in names)


def test_only_partnerships_of_the_met_are_served() -> None:
    barnet = load_partnership("barnet", Path(__file__).resolve().parents[2] / "partnerships")
    city = load_partnership("city-of-london", Path(__file__).resolve().parents[1] / "partnerships")
    assert LONDON.serves(barnet)
    assert not LONDON.serves(city)


def test_todays_date_is_after_the_listings() -> None:
    """The tests' own clock: dates in the future must be in the future of TODAY."""
    assert date(2026, 11, 6) < TODAY < date(2027, 1, 1)
