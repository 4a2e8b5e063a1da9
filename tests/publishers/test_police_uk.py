"""Protects: of 1.7 GB only the force's new months are read, and whatever the archive does to its past is said."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishers.desks import Place
from publishers.police_uk_player import (
    ARCHIVE,
    SLUG,
    Members,
    PoliceUk,
    directory_size,
    packed_size,
    sample_members,
    street_name,
    with_ballast,
)
from transport.faults import cut, html
from transport.server import Response, Server

from safer_assets.errors import FetchError
from safer_assets.landing import Landing, Manifest
from safer_assets.publishers.fetching import fetch_all
from safer_assets.publishers.police_uk.archive import PoliceUkArchive
from safer_assets.publishers.police_uk.index import Listed, listed_archives, listing_of
from safer_assets.publishers.police_uk.months import GREW, SHRANK, Had, Part, is_wanted, members_of, rows_of, withdrawn

PUBLISHER = PoliceUkArchive()
NEW = "2026-08"
SMALL = 3_000
"""Bytes of the small answers, and of what a range reads beside a member."""
TAIL = 65_536
"""Bytes that are read at the archive's end to find its directory."""


@pytest.fixture(scope="module")
def july(tmp_path_factory: pytest.TempPathFactory) -> Members:
    """The archive's files of August 2023 to July 2026."""
    return with_ballast(sample_members(tmp_path_factory.mktemp("july"), date(2026, 7, 1)))


@pytest.fixture(scope="module")
def august(tmp_path_factory: pytest.TempPathFactory) -> Members:
    """A month later: one month more, one less, and newer outcomes in all others."""
    return with_ballast(sample_members(tmp_path_factory.mktemp("august"), date(2026, 8, 1)))


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def police(server: Server) -> PoliceUk:
    return PoliceUk(server)


@pytest.fixture
def place(police: PoliceUk, tmp_path: Path) -> Place:
    return Place(tmp_path, police.addresses)


def few(members: Members, *months: str) -> Members:
    """Only the force's street files of some months, which is quick."""
    return {street_name(month): members[street_name(month)] for month in months}


def landed(place: Place) -> list[Manifest]:
    return Landing(place.home / "landing").manifests()


def months_landed(place: Place) -> list[str]:
    return [f"{manifest.vintage:%Y-%m}" for manifest in landed(place)]


def clean(place: Place) -> None:
    """A refresh that ends without a problem."""
    fetched, _ = place.refresh(PUBLISHER)
    assert not fetched.problems


def problem(place: Place) -> str:
    """The one problem of the next refresh."""
    fetched, _ = place.refresh(PUBLISHER)
    (found,) = fetched.problems
    return found.message


def cut_rows(text: bytes, keep: float) -> bytes:
    lines = text.splitlines(keepends=True)
    return b"".join(lines[: 1 + int((len(lines) - 1) * keep)])


def concluded(text: bytes) -> bytes:
    """A month whose crimes all came to the longest outcome: more bytes, the same crimes, in another order."""
    rows = list(csv.reader(io.StringIO(text.decode())))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0])
    for row in reversed(rows[1:]):
        row[10] = "Investigation complete; no suspect identified; formal action is not in the public interest"
        writer.writerow(row)
    return out.getvalue().encode()


def test_the_first_fetch_brings_every_month_of_the_force_and_nothing_else(
    server: Server, police: PoliceUk, place: Place, july: Members
) -> None:
    archive = police.publish(july)
    fetched, report = place.refresh(PUBLISHER)
    assert not fetched.problems
    assert len(fetched.fetched) == len(report.new) == 36
    assert {(m.feed, m.force) for m in report.new} == {("police_uk_street", "Metropolitan Police Service")}
    dated = {m.vintage: m.published for m in report.new if m.published}
    assert dated == {date(2026, 7, 1): date(2026, 10, 5)}, "older months were out long before this update"
    assert months_landed(place)[0] == "2023-08"
    assert months_landed(place)[-1] == "2026-07"
    wanted = sum(packed_size(archive, name) for name in july if name.endswith(f"{SLUG}-street.csv"))
    assert wanted < server.bytes_sent(ARCHIVE) < wanted + directory_size(archive) + TAIL + 36 * SMALL
    assert server.bytes_sent(ARCHIVE) < len(archive) / 4


def test_nothing_new_takes_two_small_requests(server: Server, police: PoliceUk, place: Place, july: Members) -> None:
    police.publish(july)
    clean(place)
    before, sent = len(server.requests), server.bytes_sent()
    fetched, report = place.refresh(PUBLISHER)
    assert [(seen.method, seen.path) for seen in server.requests[before:]] == [
        ("GET", "/api/crime-last-updated"),
        ("HEAD", ARCHIVE),
    ]
    assert server.bytes_sent() - sent < 100
    assert (fetched.fetched, report.new, fetched.problems) == ([], [], [])


def test_one_new_month_fetches_only_that_member(
    server: Server, police: PoliceUk, place: Place, july: Members, august: Members
) -> None:
    police.publish(july)
    clean(place)
    archive = police.publish(august)
    police.updated = "2026-11-04"
    before, requests = server.bytes_sent(), len(server.requests)
    fetched, report = place.refresh(PUBLISHER)
    member, directory = packed_size(archive, street_name(NEW)), directory_size(archive)
    assert member <= server.bytes_sent() - before <= member + directory + TAIL + SMALL
    assert len(server.requests) - requests <= 8
    assert [found.name for found in fetched.fetched] == [f"{NEW}-{SLUG}-street.csv"]
    assert [(m.vintage, m.published) for m in report.new] == [(date(2026, 8, 1), date(2026, 11, 4))]
    changed = [name for name in july if name in august and SLUG in name and july[name] != august[name]]
    assert len(changed) >= 30, "outcomes were updated in the other months, and none of them was read"


def test_a_month_with_other_rows_lands_beside_the_first_and_wins(police: PoliceUk, place: Place, july: Members) -> None:
    first = few(july, "2026-06", "2026-07")
    police.publish(first | {street_name("2026-06"): cut_rows(first[street_name("2026-06")], 0.9)})
    clean(place)
    police.publish(first)
    police.updated = "2026-11-04"
    fetched, report = place.refresh(PUBLISHER)
    assert [found.name for found in fetched.fetched] == [f"2026-06-{SLUG}-street.csv"]
    versions = [manifest for manifest in landed(place) if manifest.vintage == date(2026, 6, 1)]
    assert len(versions) == 2
    assert report.new[0].published == max(manifest.published or date.min for manifest in versions)
    said = next(line for line in place.said if "published again" in line)
    assert f"{report.new[0].rows:,} rows" in said
    assert f"{min(manifest.rows for manifest in versions):,} before" in said


def test_a_month_whose_outcomes_alone_changed_is_not_landed_again(
    server: Server, police: PoliceUk, place: Place, july: Members
) -> None:
    first = few(july, "2026-06", "2026-07")
    police.publish(first)
    clean(place)
    later = first | {street_name("2026-07"): concluded(first[street_name("2026-07")])}
    assert len(later[street_name("2026-07")]) > len(first[street_name("2026-07")]) * (1 + GREW)
    police.publish(later)
    fetched, report = place.refresh(PUBLISHER)
    assert (fetched.fetched, report.new, fetched.problems) == ([], [], [])
    assert any("outcomes were updated" in line for line in place.said)
    assert months_landed(place) == ["2026-06", "2026-07"]
    police.publish(later | few(july, "2026-05"))
    sent = server.bytes_sent(ARCHIVE)
    clean(place)
    assert server.bytes_sent(ARCHIVE) - sent < 2 * len(july[street_name("2026-05")]), "July was not read a third time"


def test_a_withdrawn_month_is_named_at_every_refresh_and_stays_landed(
    server: Server, police: PoliceUk, place: Place, july: Members, august: Members
) -> None:
    police.publish(few(july, "2026-05", "2026-06", "2026-07"))
    clean(place)
    police.publish(few(july, "2026-05", "2026-07") | few(august, NEW))
    message = problem(place)
    assert "2026-06" in message
    assert "2026-07" not in message
    assert months_landed(place) == ["2026-05", "2026-06", "2026-07", NEW], "the new month came all the same"
    before = len(server.requests)
    assert "2026-06" in problem(place)
    assert len(server.requests) - before == 2
    police.publish(few(july, "2026-05", "2026-06", "2026-07") | few(august, NEW))
    fetched, _ = place.refresh(PUBLISHER)
    assert not fetched.problems
    assert not fetched.fetched


def test_a_month_that_left_the_span_is_not_withdrawn(police: PoliceUk, place: Place, july: Members) -> None:
    police.publish(few(july, "2026-05", "2026-06"))
    clean(place)
    police.publish(few(july, "2026-06", "2026-07"))
    fetched, _ = place.refresh(PUBLISHER)
    assert not fetched.problems
    assert months_landed(place) == ["2026-05", "2026-06", "2026-07"]


def test_an_archive_that_goes_back_in_time_is_refused_and_forgotten_when_it_is_back(
    police: PoliceUk, place: Place, july: Members
) -> None:
    police.publish(few(july, "2026-05", "2026-06", "2026-07"))
    clean(place)
    police.publish(few(july, "2026-04", "2026-05", "2026-06"))
    message = problem(place)
    assert "ends with 2026-06" in message
    assert "2026-07" in message
    assert months_landed(place) == ["2026-05", "2026-06", "2026-07"]
    police.publish(few(july, "2026-05", "2026-06", "2026-07"))
    fetched, _ = place.refresh(PUBLISHER)
    assert not fetched.problems
    assert not fetched.fetched


def test_the_same_md5_behind_new_validators_is_the_same_archive(
    server: Server, police: PoliceUk, place: Place, july: Members
) -> None:
    archive = police.publish(few(july, "2026-06", "2026-07"))
    clean(place)
    server.put(ARCHIVE, archive, etag="another-server")
    before = server.count(ARCHIVE, "GET")
    fetched, _ = place.refresh(PUBLISHER)
    assert not fetched.problems
    assert server.count(ARCHIVE, "GET") == before
    clean(place)
    assert server.requests[-1].method == "HEAD", "the new validators are remembered"


def test_a_page_of_archives_without_md5_or_that_is_gone_is_said_and_stops_nothing(
    server: Server, police: PoliceUk, place: Place, july: Members
) -> None:
    police.publish(few(july, "2026-06"), md5="not given")
    fetched, _ = place.refresh(PUBLISHER)
    assert len(fetched.fetched) == 1
    assert any("no MD5" in line for line in place.said)
    police.publish(few(july, "2026-06", "2026-07"))
    server.remove("/data/archive/")
    fetched, _ = place.refresh(PUBLISHER)
    assert [found.name for found in fetched.fetched] == [f"2026-07-{SLUG}-street.csv"]
    assert any("page of archives cannot be read" in line for line in place.said)


def test_an_archive_of_another_size_than_the_page_says_is_not_read(
    server: Server, police: PoliceUk, place: Place, july: Members
) -> None:
    police.publish(few(july, "2026-07"), size="1.7 GB")
    assert "1.7 GB" in problem(place)
    assert server.count(ARCHIVE, "GET") == 0


def test_what_was_landed_from_a_folder_is_not_fetched_again(police: PoliceUk, place: Place, july: Members) -> None:
    folder = place.home / "source"
    folder.mkdir()
    (folder / "a.csv").write_bytes(july[street_name("2026-06")])
    Landing(place.home / "landing").land(folder)
    police.publish(few(july, "2026-06", "2026-07"))
    fetched, _ = place.refresh(PUBLISHER)
    assert [found.name for found in fetched.fetched] == [f"2026-07-{SLUG}-street.csv"]


def test_a_landed_month_that_was_cut_to_one_crime_type_is_fetched_whole(
    police: PoliceUk, place: Place, july: Members
) -> None:
    folder = place.home / "source"
    folder.mkdir()
    lines = july[street_name("2026-06")].splitlines(keepends=True)
    (folder / "a.csv").write_bytes(b"".join([lines[0], *(line for line in lines if b"Burglary" in line)]))
    Landing(place.home / "landing").land(folder)
    police.publish(few(july, "2026-06"))
    _, report = place.refresh(PUBLISHER)
    assert [manifest.vintage for manifest in report.new] == [date(2026, 6, 1)]


def test_a_month_that_was_fetched_and_lost_before_landing_is_fetched_again(
    police: PoliceUk, place: Place, july: Members
) -> None:
    police.publish(few(july, "2026-06", "2026-07"))
    place.fetch(PUBLISHER)
    for path in (place.home / "fetched").rglob("*.csv"):
        path.unlink()
    fetched, report = place.refresh(PUBLISHER)
    assert len(fetched.fetched) == len(report.new) == 2


def test_a_fetch_that_breaks_off_goes_on_with_the_next_month(police: PoliceUk, place: Place, july: Members) -> None:
    police.publish(few(july, "2026-05", "2026-06", "2026-07"))
    seen = [0]

    def break_off(*_args: object) -> None:
        seen[0] += 1
        if seen[0] == 5:  # two months are whole (told of before and after each), the third has begun
            raise KeyboardInterrupt

    desk = replace(place.desk(), progress=break_off)
    with pytest.raises(KeyboardInterrupt):
        fetch_all(desk, (PUBLISHER,), place.home / "fetched")
    Landing(place.home / "landing").land(place.home / "fetched")
    assert months_landed(place) == ["2026-05", "2026-06"]
    fetched, _ = place.refresh(PUBLISHER)
    assert [found.name for found in fetched.fetched] == [f"2026-07-{SLUG}-street.csv"]


def test_a_file_that_landing_refused_is_tried_again_when_it_changes_at_all(
    police: PoliceUk, place: Place, july: Members
) -> None:
    good = july[street_name("2026-07")]
    police.publish({street_name("2026-07"): good.replace(b"LSOA code", b"LSOA kode", 1)})
    _, report = place.refresh(PUBLISHER)
    assert len(report.refused) == 1
    fetched, _ = place.refresh(PUBLISHER)
    assert not fetched.fetched, "the same bytes would be refused again"
    police.publish({street_name("2026-07"): good})
    _, report = place.refresh(PUBLISHER)
    assert len(report.new) == 1


def test_an_unknown_force_lists_the_nearest_names(police: PoliceUk, place: Place, july: Members) -> None:
    police.publish(few(july, "2026-07"))
    police.forces = {"metropolitan": "Metropolitan Police", "essex": "Essex Police"}
    message = problem(place)
    assert "'Metropolitan Police Service'" in message
    assert "nearest are Metropolitan Police" in message


def test_another_force_in_the_settings_is_another_archive(police: PoliceUk, place: Place, july: Members) -> None:
    text = july[street_name("2026-07")].replace(b"Metropolitan Police Service", b"Essex Police")
    police.publish(few(july, "2026-07") | {street_name("2026-07", "essex"): text})
    clean(place)
    place.partnership = place.partnership.model_copy(update={"force": "Essex Police"})
    _, report = place.refresh(PUBLISHER)
    assert [manifest.force for manifest in report.new] == ["Essex Police"]


def test_a_force_without_a_file_is_named(police: PoliceUk, place: Place, july: Members) -> None:
    police.publish({street_name("2026-07", "essex"): july[street_name("2026-07")]})
    assert "no street file of 'metropolitan'" in problem(place)


@pytest.mark.parametrize("day", [None, "", "soon", "2026-13-01", 7])
def test_an_update_without_a_day_is_refused(police: PoliceUk, place: Place, july: Members, day: object) -> None:
    police.publish(few(july, "2026-07"))
    police.updated = day
    assert "where a day as" in problem(place)


def test_a_force_id_that_could_lead_out_of_the_folder_is_refused(police: PoliceUk, place: Place, july: Members) -> None:
    police.publish(few(july, "2026-07"))
    police.forces = {"../../x": "Metropolitan Police Service"}
    assert "a-z, 0-9 and hyphens" in problem(place)


def test_members_with_other_names_are_never_touched(police: PoliceUk, place: Place, july: Members) -> None:
    text = july[street_name("2026-07")]
    strange = ("../2026-06-metropolitan-street.csv", "2026-06/2026-05-metropolitan-street.csv", "/2026-06-x.csv")
    police.publish({street_name("2026-07"): text} | dict.fromkeys(strange, text))
    fetched, _ = place.refresh(PUBLISHER)
    assert [found.name for found in fetched.fetched] == [f"2026-07-{SLUG}-street.csv"]


def test_the_newest_archive_may_be_a_redirect_and_a_moved_one_is_followed(
    server: Server, police: PoliceUk, place: Place, july: Members
) -> None:
    archive = police.publish(few(july, "2026-07"))
    server.remove(ARCHIVE)
    server.put("/elsewhere/2026-07.zip", archive)
    server.answer(ARCHIVE, lambda _: Response(b"", 302, "text/plain", {"Location": "/elsewhere/2026-07.zip"}))
    fetched, _ = place.refresh(PUBLISHER)
    assert len(fetched.fetched) == 1
    assert fetched.fetched[0].url.endswith("/elsewhere/2026-07.zip")


@pytest.mark.parametrize("fault", [html(), cut(1000)])
def test_a_page_or_a_cut_body_in_place_of_the_archive_leaves_all_as_it_was(
    server: Server, police: PoliceUk, place: Place, july: Members, fault: object
) -> None:
    police.publish(few(july, "2026-06"))
    clean(place)
    police.publish(few(july, "2026-06", "2026-07"))
    server.misbehave(ARCHIVE, fault)  # type: ignore[arg-type] # a Fault
    assert problem(place)
    assert months_landed(place) == ["2026-06"]
    server.behave()
    fetched, _ = place.refresh(PUBLISHER)
    assert [found.name for found in fetched.fetched] == [f"2026-07-{SLUG}-street.csv"]


def test_what_is_newest_is_told_without_reading_anything(
    server: Server, police: PoliceUk, place: Place, july: Members
) -> None:
    police.publish(few(july, "2026-06"))
    (unread,) = PUBLISHER.newest(place.desk())
    assert unread.month is None
    clean(place)
    (read,) = PUBLISHER.newest(place.desk())
    assert (read.month, read.token) == (date(2026, 6, 1), unread.token)
    police.publish(few(july, "2026-06", "2026-07"))
    before = server.count(ARCHIVE, "GET")
    (now,) = PUBLISHER.newest(place.desk())
    assert now.token != read.token
    assert server.count(ARCHIVE, "GET") == before


MD5 = "0123456789abcdef0123456789ABCDEF"


@pytest.mark.parametrize(
    "page",
    [
        f'<a href="/data/archive/2026-07.zip">July</a> (1.7 GB) MD5 {MD5}',
        f'<tr><td><a href=2026-07.zip>x</a></td><td>1.7&nbsp;GB</td><td title="{MD5}"></td></tr><tr>'.replace(
            "&nbsp;", " "
        ),
        f"<a href='https://x/2026-07.zip'>a</a><a href='https://x/2026-07.zip'>b</a> <b>1.7</b> <i>GB</i><p>{MD5}",
    ],
)
def test_the_page_of_archives_is_read_whatever_its_layout(page: str) -> None:
    assert listed_archives(page) == {"2026-07": Listed("2026-07", MD5.lower(), "1.7 GB")} or (
        listed_archives(page)["2026-07"].size.split() == ["1.7", "GB"]
        and listed_archives(page)["2026-07"].md5 == MD5.lower()
    )


@given(st.text())
def test_any_page_is_read_without_an_error(page: str) -> None:
    for listing in listed_archives(f'<a href="2026-07.zip">{page}').values():
        assert listing.md5 == "" or len(listing.md5) == 32


def test_the_listing_is_that_of_the_archive_the_address_led_to() -> None:
    found = listed_archives(
        "".join(f'<a href="{name}.zip">x</a> {digit * 32} ' for name, digit in (("2026-07", "a"), ("2026-06", "b")))
    )
    assert listing_of(found, "https://x/2026-06.zip").md5 == "b" * 32
    assert listing_of(found, "https://x/latest.zip").md5 == "a" * 32
    assert listing_of({}, "https://x/latest.zip") == Listed("latest", "", "")


@pytest.mark.parametrize(
    ("size", "fits"), [(1_700_000_000, True), (1_825_361_100, True), (400_000_000, False), (-1, True)]
)
def test_a_printed_size_is_rounded_and_in_either_unit(size: int, fits: bool) -> None:
    listing = Listed("2026-07", "", "1.7 GB")
    if fits:
        listing.check_size("x", size)
    else:
        with pytest.raises(FetchError, match=r"400,000,000 bytes where .* 1.7 GB"):
            listing.check_size("x", size)


MONTHS = st.integers(2000 * 12, 2100 * 12).map(lambda number: date(number // 12, number % 12 + 1, 1))
PARTS = st.frozensets(MONTHS.map(lambda month: Part(month, "street")), max_size=8)


@given(before=PARTS, now=PARTS, start=MONTHS)
def test_withdrawn_is_what_was_there_is_not_and_should_be(
    before: frozenset[Part], now: frozenset[Part], start: date
) -> None:
    gone = withdrawn(before, now, start)
    assert set(gone) == {part for part in before - now if part.month >= start}
    assert gone == sorted(gone)


@given(size=st.integers(1, 10**8), now=st.integers(1, 10**8), crc=st.integers(0, 3))
def test_a_month_is_looked_into_again_only_when_its_size_says_so(size: int, now: int, crc: int) -> None:
    member = zipfile.ZipInfo("x")
    member.file_size, member.CRC = now, crc
    assert is_wanted(member, None)
    assert is_wanted(member, Had(size, 1, is_landed=False)) == (crc != 1)
    outside = now > size * (1 + GREW) or now < size * (1 - SHRANK)
    assert is_wanted(member, Had(size, 1, is_landed=True)) == (crc != 1 and outside)


def test_a_name_of_the_archive_is_a_month_a_force_and_a_kind() -> None:
    slugs, kinds = ("avon-and-somerset", "essex"), ("outcomes", "stop-and-search", "street")
    names = [street_name("2026-07", slug, kind) for slug in slugs for kind in kinds]
    others = ("2026-07/2026-06-essex-street.csv", "2026-13/2026-13-essex-street.csv", "2026-07/2026-07-street.csv")
    found = members_of([zipfile.ZipInfo(name) for name in (*names, *others)], "x")
    assert {slug: sorted(part.kind for part in parts) for slug, parts in found.items()} == {
        slug: list(kinds) for slug in slugs
    }
    assert {part.month for parts in found.values() for part in parts} == {date(2026, 7, 1)}


def test_a_name_that_stands_twice_in_the_archive_is_refused() -> None:
    twice = [zipfile.ZipInfo(street_name("2026-07"))] * 2
    with pytest.raises(FetchError, match="twice"):
        members_of(twice, "x")


def test_real_months_keep_their_size_within_the_bounds_as_their_crimes_are_concluded(shared_data: Path) -> None:
    """The bounds were measured on these files: bytes a row, newest month and those of a year before."""
    files = sorted((shared_data / "police_uk").glob("*/*-metropolitan-street.csv"))
    a_row = [path.stat().st_size / int(rows_of(path)["rows"].replace(",", "")) for path in files]
    growth = sum(a_row[-24:-12]) / 12 / a_row[-1] - 1
    assert SHRANK < growth < GREW


def test_rows_are_the_same_whatever_their_outcome_and_order(july: Members, tmp_path: Path) -> None:
    text = july[street_name("2026-07")]
    versions = (text, concluded(text), cut_rows(text, 0.999), b"no table at all\n\x00")
    for number, version in enumerate(versions):
        (tmp_path / str(number)).write_bytes(version)
    first, later, fewer, other = (rows_of(tmp_path / str(number)) for number in range(len(versions)))
    assert first == later
    assert first["digest"] != fewer["digest"]
    assert "digest" not in other
