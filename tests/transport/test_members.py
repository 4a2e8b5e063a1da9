"""Members of an archive that stays where it is: only their bytes come, all of one version, or one FetchError."""

import io
import random
import struct
import zipfile
from functools import cache, partial
from pathlib import Path

import pytest
from transport.faults import Fault, altered, cut, hang, html, ignore_range, redirect, reset, too_many, unavailable
from transport.server import Server

from safer_assets.errors import FetchError
from safer_assets.transport.http import Http
from safer_assets.transport.members import RemoteArchive

LIMIT = 1 << 20
COUNT = 100


def content(number: int, seed: int = 1) -> bytes:
    """40 kB that pack to about half."""
    return random.Random(f"{seed}/{number}").randbytes(20_000).hex().encode()  # noqa: S311 # test data


@cache
def archive(seed: int = 1, count: int = COUNT) -> bytes:
    """About 2 MB: months of forces, as data.police.uk has them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(count):
            packed.writestr(f"2024-{number:03}/2024-{number:03}-force-street.csv", content(number, seed))
    return stream.getvalue()


ARCHIVE = archive()
OTHER = archive(seed=2)


@pytest.fixture
def url(server: Server) -> str:
    return server.put("/latest.zip", ARCHIVE)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "fetched" / "month.csv"


def test_only_the_member_comes(server: Server, http: Http, url: str, target: Path) -> None:
    with RemoteArchive(http, url) as remote:
        members = remote.members()
        assert [member.filename for member in members] == zipfile.ZipFile(io.BytesIO(ARCHIVE)).namelist()
        assert remote.validators.size == len(ARCHIVE)
        directory = http.bytes_received
        assert remote.save(members[7], target, LIMIT) == 40_000
    assert target.read_bytes() == content(7)
    assert [path.name for path in target.parent.iterdir()] == ["month.csv"]
    assert directory == 1 << 16, "the directory is in the last 64 kB"
    assert http.bytes_received - directory < members[7].compress_size + 200
    assert server.bytes_sent() == http.bytes_received < 0.05 * len(ARCHIVE)


def test_a_directory_above_64_kb_comes_in_a_second_part(server: Server, http: Http, target: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for number in range(2000):
            packed.writestr(f"2024/{number:05}-a-name-that-is-as-long-as-theirs.csv", b"%d" % number)
    with RemoteArchive(http, server.put("/many.zip", stream.getvalue())) as remote:
        assert len(remote.members()) == 2000
        assert remote.save(remote.members()[1999], target, LIMIT) == 4
        assert remote.save(remote.members()[0], target, LIMIT) == 1
    assert target.read_bytes() == b"0"


def test_any_order_of_members_is_read(http: Http, url: str, target: Path) -> None:
    with RemoteArchive(http, url) as remote:
        for number in (COUNT - 1, 0, 5, 5, 4):
            remote.save(remote.members()[number], target, LIMIT)
            assert target.read_bytes() == content(number)


def test_a_redirect_is_followed_once(server: Server, http: Http, target: Path) -> None:
    server.put("/latest.zip", ARCHIVE)
    server.move("/data/archive/latest.zip", "/latest.zip")
    with RemoteArchive(http, server.url + "/data/archive/latest.zip") as remote:
        remote.save(remote.members()[0], target, LIMIT)
        remote.save(remote.members()[1], target, LIMIT)
    assert server.count("/data/archive/latest.zip") == 1


@pytest.mark.parametrize(
    "fault",
    [cut(5000), cut(5000, chunked=True), reset(), reset(5000), hang(), hang(5000), unavailable(), too_many("0")],
    ids=["cut", "cut in chunks", "reset", "reset inside", "hang", "hang inside", "503", "429"],
)
def test_a_broken_range_is_read_again(server: Server, http: Http, url: str, target: Path, fault: Fault) -> None:
    server.misbehave("/latest.zip", fault, times=1)
    with RemoteArchive(http, url) as remote:
        server.misbehave("/latest.zip", fault, times=1)
        remote.save(remote.members()[3], target, LIMIT)
    assert target.read_bytes() == content(3)
    assert len(server.requests) == 4


def test_a_range_that_stays_broken_is_named_and_nothing_stays(
    server: Server, http: Http, url: str, target: Path
) -> None:
    with RemoteArchive(http, url) as remote:
        server.misbehave("/latest.zip", cut(5000))
        with pytest.raises(FetchError, match="fewer bytes came"):
            remote.save(remote.members()[3], target, LIMIT)
        assert list(target.parent.iterdir()) == []
        server.behave()
        remote.save(remote.members()[3], target, LIMIT)
    assert target.read_bytes() == content(3), "the archive is still of use afterwards"


def test_a_server_that_ignores_range_is_not_read(server: Server, http: Http, url: str) -> None:
    """1.7 GB would come."""
    server.misbehave("/latest.zip", ignore_range())
    with pytest.raises(FetchError, match=r"sends the whole file where a part was asked for.*SOURCE="):
        RemoteArchive(http, url).__enter__()
    assert http.bytes_received == 0
    assert len(server.requests) == 2


def test_a_server_that_ignores_range_later_is_not_read(server: Server, http: Http, url: str, target: Path) -> None:
    with RemoteArchive(http, url) as remote:
        before = http.bytes_received
        server.misbehave("/latest.zip", ignore_range())
        with pytest.raises(FetchError, match="sends the whole file"):
            remote.save(remote.members()[0], target, LIMIT)
    assert http.bytes_received == before
    assert list(target.parent.iterdir()) == []


def test_an_altered_member_is_read_again_and_then_refused(server: Server, http: Http, url: str, target: Path) -> None:
    """Its CRC shows what no header does."""
    with RemoteArchive(http, url) as remote:
        server.misbehave("/latest.zip", altered(), times=1)
        remote.save(remote.members()[3], target, LIMIT)
        assert target.read_bytes() == content(3)
        server.misbehave("/latest.zip", altered())
        with pytest.raises(FetchError, match=r"2024-004-force-street\.csv is damaged .* \(2 tries\)"):
            remote.save(remote.members()[4], target, LIMIT)
    assert target.read_bytes() == content(3), "what stood there stays"
    assert len(list(target.parent.iterdir())) == 1


def test_an_archive_that_changes_between_two_ranges_is_refused(
    server: Server, http: Http, url: str, target: Path
) -> None:
    """The offsets are of the old archive: the bytes there are of another file now."""
    with RemoteArchive(http, url) as remote:
        before = remote.validators
        server.put("/latest.zip", OTHER)
        with pytest.raises(FetchError, match="changed while being read"):
            remote.save(remote.members()[3], target, LIMIT)
        assert list(target.parent.iterdir()) == []
        assert remote.validators == before, "whoever remembers it will look again"


def test_an_archive_of_the_same_size_and_another_etag_is_read_anew(
    server: Server, http: Http, url: str, target: Path
) -> None:
    with RemoteArchive(http, url) as remote:
        server.put("/latest.zip", ARCHIVE, etag="published-again")
        remote.save(remote.members()[3], target, LIMIT)
    assert target.read_bytes() == content(3)
    assert len(server.requests) == 1 + 3, "the part that was of another version, the directory, the part"


def test_an_archive_that_changes_elsewhere_is_read_on(server: Server, http: Http, url: str, target: Path) -> None:
    """One month more at the end moves the directory, not what a member holds."""
    with RemoteArchive(http, url) as remote:
        before, member = remote.validators, remote.members()[3]
        server.put("/latest.zip", archive(count=COUNT + 1))
        remote.save(member, target, LIMIT)
        assert target.read_bytes() == content(3)
        assert remote.validators == before


def test_an_archive_that_changes_all_the_time_is_given_up(server: Server, http: Http, url: str, target: Path) -> None:
    with RemoteArchive(http, url) as remote:
        member = remote.members()[3]
        server.put("/latest.zip", archive(count=COUNT + 1))
        for count in range(COUNT + 2, COUNT + 6):
            server.after("/latest.zip", partial(server.put, "/latest.zip", archive(count=count)))
        with pytest.raises(FetchError, match="changed while being read"):
            remote.save(member, target, LIMIT)
    assert list(target.parent.iterdir()) == []


def test_a_directory_that_changes_between_its_two_parts_is_read_anew(server: Server, http: Http) -> None:
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as packed:
        for number in range(2000):
            packed.writestr(f"2024/{number:05}-a-name-that-is-as-long-as-theirs.csv", b"%d" % number)
    url = server.put("/latest.zip", many.getvalue())
    server.after("/latest.zip", lambda: server.put("/latest.zip", ARCHIVE))
    with RemoteArchive(http, url) as remote:
        assert len(remote.members()) == COUNT
        assert remote.validators.size == len(ARCHIVE)


def test_a_server_without_versions_is_held_to_the_size(server: Server, http: Http, target: Path) -> None:
    url = server.put("/latest.zip", ARCHIVE, etag="")
    with RemoteArchive(http, url) as remote:
        remote.save(remote.members()[3], target, LIMIT)
        server.put("/latest.zip", archive(seed=2, count=COUNT + 1), etag="")
        with pytest.raises(FetchError, match="changed while being read"):
            remote.save(remote.members()[4], target, LIMIT)
    assert target.read_bytes() == content(3)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (html(), "web page"),
        (redirect("/latest.zip"), "in a circle"),
        (Fault(status=404), "404 Not Found"),
        (Fault(headers={"Content-Range": "bytes"}), "headers that cannot be used"),
        (Fault(headers={"Content-Range": "bytes 5-9/10"}), "another part than was asked for"),
        (Fault(headers={"Content-Encoding": "gzip"}), "headers that cannot be used"),
    ],
)
def test_an_archive_that_cannot_be_read_is_named(server: Server, http: Http, url: str, fault: Fault, said: str) -> None:
    server.misbehave("/latest.zip", fault)
    with pytest.raises(FetchError, match=said):
        RemoteArchive(http, url).__enter__()


@pytest.mark.parametrize("body", [b"no archive" * 10_000, b"PK", ARCHIVE[:-100], ARCHIVE[:200_000]])
def test_what_is_no_archive_is_named(server: Server, http: Http, body: bytes) -> None:
    with pytest.raises(FetchError, match=r"is no zip archive, or its directory is damaged"):
        RemoteArchive(http, server.put("/latest.zip", body)).__enter__()


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_directory_is_an_archive_or_an_error_of_ours(
    server: Server, http: Http, target: Path, seed: int
) -> None:
    """Whatever bits are wrong, no other error comes out and no wrong bytes are kept."""
    chance = random.Random(seed)  # noqa: S311 # test data
    body = bytearray(archive(count=5))
    for _ in range(chance.randint(1, 4)):
        body[-chance.randint(1, 400)] ^= 1 << chance.randint(0, 7)
    try:
        with RemoteArchive(http, server.put("/latest.zip", bytes(body))) as remote:
            for number, member in enumerate(remote.members()):
                remote.save(member, target, LIMIT)
                assert target.read_bytes() == content(number)
    except FetchError as error:
        assert "/latest.zip" in str(error)  # noqa: PT017 # either outcome is right, and so is its text
    assert not target.with_name("month.csv.part").exists()


def test_a_member_above_its_limit_is_not_begun(server: Server, http: Http, target: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("bomb.csv", bytes(100_000_000))
    with RemoteArchive(http, server.put("/bomb.zip", stream.getvalue())) as remote:
        before = http.bytes_received
        with pytest.raises(FetchError, match=r"bomb\.csv: has 100,000,000 bytes"):
            remote.save(remote.members()[0], target, LIMIT)
    assert http.bytes_received == before
    assert not target.exists()


def test_a_member_that_lies_about_its_size_brings_no_more_than_it_says(
    server: Server, http: Http, target: Path
) -> None:
    """The directory says 1,000 bytes; 100 MB are packed there."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("bomb.csv", bytes(100_000_000))
    body = stream.getvalue().replace(struct.pack("<L", 100_000_000), struct.pack("<L", 1000))
    with RemoteArchive(http, server.put("/bomb.zip", body)) as remote:
        assert remote.members()[0].file_size == 1000
        with pytest.raises(FetchError, match=r"bomb\.csv is damaged"):
            remote.save(remote.members()[0], target, LIMIT)
    assert list(target.parent.iterdir()) == []


def test_a_member_whose_part_of_the_archive_is_far_larger_is_not_read(server: Server, http: Http, target: Path) -> None:
    """Bytes that belong to no member would come along: the archive is odd, and may be made so."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("small.csv", b"1")
        stream.write(bytes(5_000_000))
        packed.start_dir = stream.tell()
    with RemoteArchive(http, server.put("/odd.zip", stream.getvalue())) as remote:
        before = http.bytes_received
        with pytest.raises(FetchError, match=r"a part of 5,000,\d+ bytes would have to be read"):
            remote.save(remote.members()[0], target, LIMIT)
    assert http.bytes_received == before
