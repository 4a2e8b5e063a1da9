"""Downloads from a server that misbehaves: the whole file under its name, or nothing new there and one FetchError.

What is here: one test a fault, and what is left on disk after it. What is not: members of archives (test_members.py).
"""

import gzip
import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transport.conftest import quick
from transport.faults import (
    Fault,
    altered,
    cut,
    drip,
    gzip_bomb,
    hang,
    html,
    ignore_range,
    redirect,
    reset,
    too_long,
    too_many,
    too_short,
    unavailable,
)
from transport.server import Request, Response, Server

from safer_assets.errors import FetchError
from safer_assets.transport.http import Downloaded, Http, Validators
from safer_assets.transport.validators import first_byte, whole_size

BODY = b"month,offences\n" + b"".join(b"2024-01,%06d\n" % number for number in range(20_000))
OTHER = BODY.replace(b"2024-01", b"2024-02")
MD5 = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
SHA256 = hashlib.sha256(BODY).hexdigest()
DATE = "Fri, 01 Mar 2024 12:00:00 GMT"


@pytest.fixture
def url(server: Server) -> str:
    return server.put("/rows.csv", BODY, last_modified=DATE)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "fetched" / "rows.csv"


def left(target: Path) -> set[str]:
    """Names in the target's folder."""
    return {path.name for path in target.parent.iterdir()}


def came(target: Path, downloaded: Downloaded | None) -> Downloaded:
    """The download, after a look at the file: it stands there whole and alone."""
    assert downloaded is not None
    assert target.read_bytes() == BODY
    assert (downloaded.bytes, downloaded.sha256) == (len(BODY), SHA256)
    assert left(target) == {"rows.csv"}
    return downloaded


def test_a_file_comes_whole(server: Server, http: Http, url: str, target: Path) -> None:
    told: list[tuple[int, int | None]] = []
    progress = lambda done, whole: told.append((done, whole))  # noqa: E731 # one line, used once
    downloaded = http.download(url, target, size=len(BODY), md5=MD5.upper(), sha256=SHA256, progress=progress)
    assert came(target, downloaded).resumed == 0
    assert told[0] == (0, len(BODY))
    assert told[-1] == (len(BODY), len(BODY))
    assert server.bytes_sent() == http.bytes_received == len(BODY)


def test_an_empty_file_comes_empty(server: Server, http: Http, target: Path) -> None:
    downloaded = http.download(server.put("/empty", b""), target)
    assert downloaded is not None
    assert (downloaded.bytes, target.read_bytes()) == (0, b"")


@pytest.mark.parametrize("etag", [None, ""], ids=["by ETag", "by date"])
def test_what_is_known_is_not_fetched_again(server: Server, http: Http, target: Path, etag: str | None) -> None:
    url = server.put("/rows.csv", BODY, etag=etag, last_modified=DATE)
    first = http.download(url, target)
    assert first is not None
    assert http.download(url, target, known=first.validators) is None
    assert (server.requests[-1].status, server.bytes_sent()) == (304, len(BODY))
    server.put("/rows.csv", OTHER, etag=etag, last_modified="Sat, 02 Mar 2024 12:00:00 GMT")
    assert http.download(url, target, known=first.validators) is not None
    assert target.read_bytes() == OTHER


def test_a_server_that_knows_no_conditions_is_not_read_to_the_end(server: Server, http: Http, target: Path) -> None:
    url = server.put("/large", bytes(30_000_000), etag="v1")
    server.misbehave("/large", Fault(ignore_conditions=True))
    assert http.download(url, target, known=Validators('"v1"')) is None
    assert http.bytes_received == 0
    assert left(target) == set()


@pytest.mark.parametrize(
    "fault",
    [cut(100_000), cut(100_000, chunked=True), reset(100_000), hang(100_000), too_long(7)],
    ids=["cut", "cut in chunks", "reset", "hang", "too long"],
)
def test_a_broken_download_goes_on_where_it_stopped(
    server: Server, http: Http, url: str, target: Path, fault: Fault
) -> None:
    server.misbehave("/rows.csv", fault, times=1)
    downloaded = came(target, http.download(url, target))
    assert downloaded.resumed == (0 if fault.length_off else 1)
    if not fault.length_off:  # a wrong length is refused at once: nothing of it was written
        assert server.requests[1].headers["If-Range"] == downloaded.validators.etag
        assert server.bytes_sent() < 1.3 * len(BODY)


@pytest.mark.parametrize("fault", [unavailable(), too_many(), too_many("0"), reset(), hang()])
def test_a_download_that_does_not_begin_is_tried_again(
    server: Server, http: Http, url: str, target: Path, fault: Fault
) -> None:
    server.misbehave("/rows.csv", fault, times=1)
    came(target, http.download(url, target))


def test_a_slow_drip_is_given_up(server: Server, url: str, target: Path) -> None:
    """Each byte resets the read timeout; only the speed shows that this would take days."""
    server.misbehave("/rows.csv", drip(0.05, 10))
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"only \d+ bytes came in \d s \(2 tries\)"):
        quick(slow_after=0.5).download(url, target)
    assert time.monotonic() - began < 5
    assert "rows.csv" not in left(target)


def test_a_part_is_gone_on_with_in_the_next_refresh(server: Server, url: str, target: Path) -> None:
    server.misbehave("/rows.csv", cut(200_000), times=1)
    with pytest.raises(FetchError, match="fewer bytes came"):
        quick(attempts=1).download(url, target)
    assert left(target) == {"rows.csv.part", "rows.csv.part.json"}, "nothing half-written has the file's name"
    assert came(target, quick().download(url, target)).resumed == 1
    assert server.requests[-1].headers["Range"] == "bytes=200000-"
    assert server.bytes_sent() == len(BODY)


def test_a_part_that_was_whole_but_not_renamed_is_only_checked(server: Server, url: str, target: Path) -> None:
    server.misbehave("/rows.csv", hang(len(BODY)), times=1)
    target.parent.mkdir()
    version = Validators(f'"{hashlib.sha256(BODY).hexdigest()[:16]}"', DATE, len(BODY))
    target.with_name("rows.csv.part").write_bytes(BODY)
    target.with_name("rows.csv.part.json").write_text(json.dumps(version.__dict__), encoding="utf-8")
    server.behave()
    came(target, quick().download(url, target))
    assert server.bytes_sent() == 0


@pytest.mark.parametrize("honour_range", [True, False])
def test_a_file_that_changed_since_its_part_comes_anew(
    server: Server, url: str, target: Path, honour_range: bool
) -> None:
    server.put("/rows.csv", OTHER)
    server.misbehave("/rows.csv", cut(200_000), times=1)
    with pytest.raises(FetchError):
        quick(attempts=1).download(url, target)
    server.put("/rows.csv", BODY, honour_range=honour_range)
    assert came(target, quick().download(url, target)).resumed == 0


def test_a_server_that_ignores_if_range_does_not_mix_two_versions(server: Server, url: str, target: Path) -> None:
    """It sends the end of the new file as the end of the old one; its ETag gives it away."""
    server.put("/rows.csv", OTHER)
    server.misbehave("/rows.csv", cut(200_000), times=1)
    with pytest.raises(FetchError):
        quick(attempts=1).download(url, target)

    def careless(request: Request) -> Response:
        start = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        headers = {"Content-Range": f"bytes {start}-{len(BODY) - 1}/{len(BODY)}", "ETag": '"new"'}
        return Response(BODY[start:], 206, "text/csv", headers)

    server.remove("/rows.csv")
    server.answer("/rows.csv", careless)
    came(target, quick().download(url, target))


def test_a_file_that_changes_between_two_ranges_comes_anew(server: Server, http: Http, url: str, target: Path) -> None:
    server.put("/rows.csv", OTHER)
    server.misbehave("/rows.csv", cut(200_000), times=1)
    server.after("/rows.csv", lambda: server.put("/rows.csv", BODY))
    assert came(target, http.download(url, target)).resumed == 0


def test_a_server_that_ignores_range_sends_all_of_it_again(server: Server, http: Http, url: str, target: Path) -> None:
    server.misbehave("/rows.csv", cut(200_000), times=1)
    server.misbehave("/rows.csv", ignore_range())
    assert came(target, http.download(url, target)).resumed == 0


def test_a_server_that_refuses_ranges_is_asked_without(server: Server, http: Http, url: str, target: Path) -> None:
    server.misbehave("/rows.csv", Fault(status=416, body=b""), times=1)
    came(target, http.download(url, target))
    assert "Range" not in server.requests[-1].headers


def test_416_for_a_part_begins_anew(server: Server, url: str, target: Path) -> None:
    server.misbehave("/rows.csv", cut(200_000), times=1)
    server.misbehave("/rows.csv", Fault(status=416, body=b""), times=1)
    came(target, quick().download(url, target))


def test_a_part_without_a_version_is_never_gone_on_with(server: Server, url: str, target: Path) -> None:
    server.put("/rows.csv", BODY, etag="")
    server.misbehave("/rows.csv", cut(200_000), times=1)
    with pytest.raises(FetchError):
        quick(attempts=1).download(url, target)
    assert left(target) == set()


@pytest.mark.parametrize("note", ["", "{", "[]", '{"etag": 5}', '{"etag": "", "size": 9}', '{"nonsense": 1}'])
def test_a_part_with_a_damaged_note_is_dropped(http: Http, url: str, target: Path, note: str) -> None:
    target.parent.mkdir()
    target.with_name("rows.csv.part").write_bytes(b"not ours")
    target.with_name("rows.csv.part.json").write_text(note, encoding="utf-8")
    came(target, http.download(url, target))


def test_a_length_that_is_too_short_is_found_by_the_range(server: Server, http: Http, url: str, target: Path) -> None:
    """No client sees the bytes after Content-Length; asking for a range makes the server say the size twice."""
    server.misbehave("/rows.csv", too_short(1000))
    with pytest.raises(FetchError, match=r"announces 299,015 bytes where 300,015 are left of its 300,015 \(3 tries\)"):
        http.download(url, target)
    assert left(target) == set()


def test_without_ranges_a_short_length_is_found_by_what_the_publisher_lists(
    server: Server, http: Http, url: str, target: Path
) -> None:
    server.misbehave("/rows.csv", Fault(ignore_range=True, length_off=-1000))
    with pytest.raises(FetchError, match="299,015 bytes where its publisher lists 300,015"):
        http.download(url, target, size=len(BODY))
    with pytest.raises(FetchError, match="its md5 is not the one"):
        http.download(url, target, md5=MD5)
    assert left(target) == set()
    server.behave()
    server.misbehave("/rows.csv", Fault(body=BODY[:-5], chunked=True))
    with pytest.raises(FetchError, match="300,010 bytes came where its publisher lists 300,015"):
        http.download(url, target, size=len(BODY))
    assert left(target) == set()


@pytest.mark.parametrize("name", ["md5", "sha256"])
def test_a_wrong_checksum_is_fetched_once_more_and_then_refused(
    server: Server, http: Http, url: str, target: Path, name: str
) -> None:
    listed = {"md5": MD5} if name == "md5" else {"sha256": SHA256}
    server.misbehave("/rows.csv", altered(), times=1)
    came(target, http.download(url, target, **listed))  # type: ignore[arg-type]  # one of two keywords
    target.unlink()
    server.misbehave("/rows.csv", altered())
    with pytest.raises(FetchError, match=rf"its {name} is not the one that its publisher lists \(2 tries\)"):
        http.download(url, target, **listed)  # type: ignore[arg-type]  # one of two keywords
    assert left(target) == set()


@pytest.mark.parametrize(
    "fault",
    [
        html(),
        html(content_type="text/csv"),
        replace(html(content_type="text/csv"), drip=0.001),
        Fault(headers={"Content-Type": "text/html"}),
    ],
    ids=["says so", "says it is data", "byte by byte", "data that says it is a page"],
)
def test_a_page_with_status_200_is_no_file(server: Server, http: Http, url: str, target: Path, fault: Fault) -> None:
    server.misbehave("/rows.csv", fault)
    with pytest.raises(FetchError, match="web page"):
        http.download(url, target)
    assert (left(target), len(server.requests)) == (set(), 1)


def test_the_file_that_was_there_stays_when_the_next_one_fails(
    server: Server, http: Http, url: str, target: Path
) -> None:
    came(target, http.download(url, target))
    server.put("/rows.csv", OTHER)
    for fault in (cut(100), html(), unavailable(), Fault(status=404), altered(), redirect("/rows.csv")):
        server.behave()
        server.misbehave("/rows.csv", fault)
        with pytest.raises(FetchError):
            http.download(url, target, md5=hashlib.md5(OTHER, usedforsecurity=False).hexdigest())
        assert target.read_bytes() == BODY


def test_a_file_above_its_limit_is_not_begun(server: Server, http: Http, url: str, target: Path) -> None:
    with pytest.raises(FetchError, match="larger than 1,000 bytes"):
        http.download(url, target, limit=1000)
    assert (left(target), http.bytes_received) == (set(), 0)
    server.misbehave("/rows.csv", Fault(chunked=True, ignore_range=True))
    with pytest.raises(FetchError, match="larger than 1,000 bytes"):
        http.download(url, target, limit=1000)
    assert left(target) == set(), "nor is a part of it kept where its size was not announced"


def test_a_gzip_bomb_stops_at_the_limit(server: Server, http: Http, url: str, target: Path) -> None:
    server.misbehave("/rows.csv", gzip_bomb())
    with pytest.raises(FetchError, match="larger than 5,000,000 bytes"):
        http.download(url, target, limit=5_000_000)
    assert left(target) == set()
    assert http.bytes_received < 100_000


def test_a_gz_file_stays_packed(server: Server, http: Http, target: Path) -> None:
    """It is a file like any other; whoever reads it has a limit of its own."""
    packed = gzip.compress(bytes(50_000_000))
    assert http.download(server.put("/bomb.gz", packed, content_type="application/gzip"), target, limit=100_000)
    assert target.read_bytes() == packed


def test_a_file_that_comes_packed_though_nobody_asked_is_unpacked(
    server: Server, http: Http, url: str, target: Path
) -> None:
    server.misbehave("/rows.csv", Fault(body=gzip.compress(BODY), headers={"Content-Encoding": "gzip"}))
    came(target, http.download(url, target, size=len(BODY), md5=MD5))


def test_a_file_that_moved_is_followed(server: Server, http: Http, url: str, target: Path) -> None:
    server.move("/old.csv", "/rows.csv")
    assert came(target, http.download(server.url + "/old.csv", target)).url == url


def test_a_file_that_is_gone_is_named(server: Server, http: Http, url: str, target: Path) -> None:
    server.remove("/rows.csv")
    with pytest.raises(FetchError, match=r"/rows\.csv: answered 404 Not Found\. If the publisher has moved it"):
        http.download(url, target)
    assert left(target) == set()


def test_a_full_disk_is_named_and_nothing_stays(url: str, tmp_path: Path) -> None:
    """A file size limit of the process stands in for the disk: the same write fails with the same kind of error."""
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from safer_assets.errors import FetchError; from safer_assets.transport.http import Http\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: Http().download(sys.argv[1], Path(sys.argv[2]))\n"
        "except FetchError as error: print(error)\n"
    )
    target = tmp_path / "rows.csv"
    ran = subprocess.run(
        [sys.executable, "-c", script, url, str(target)], capture_output=True, text=True, check=True, env=os.environ
    )
    assert "rows.csv.part: cannot be written (File too large). Make room" in ran.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_server_of_many_faults_still_brings_the_file(server: Server, url: str, target: Path) -> None:
    """All at once, one after the other: the file is whole in the end, and each byte is of one version."""
    for fault in (unavailable(), cut(50_000), too_many("0"), reset(60_000), Fault(status=502), cut(10), reset()):
        server.misbehave("/rows.csv", fault, times=1)
    downloaded = came(target, quick(attempts=8, patience=2).download(url, target, md5=MD5))
    assert downloaded.resumed >= 3


@settings(max_examples=30)
@given(breaks=st.lists(st.tuples(st.booleans(), st.integers(0, len(BODY) - 1)), max_size=4))
def test_wherever_it_breaks_the_file_is_whole_in_the_end(breaks: list[tuple[bool, int]]) -> None:
    with Server() as server, TemporaryDirectory() as folder:
        for is_reset, at in breaks:
            server.misbehave("/rows.csv", reset(at) if is_reset else cut(at), times=1)
        target = Path(folder) / "fetched" / "rows.csv"
        url = server.put("/rows.csv", BODY)
        downloaded = came(target, quick(attempts=len(breaks) + 1, patience=9).download(url, target))
        assert downloaded.resumed <= len(server.requests) - 1 <= len(breaks)


@given(first=st.integers(0, 10**12), length=st.integers(1, 10**12), after=st.integers(0, 10**12))
def test_content_range_is_read_as_it_is_written(first: int, length: int, after: int) -> None:
    header = f"bytes {first}-{first + length - 1}/{first + length + after}"
    assert (first_byte(header), whole_size(header)) == (first, first + length + after)


@given(st.text())
def test_any_content_range_is_read_or_unknown(header: str) -> None:
    assert first_byte(header) >= -1
    assert whole_size(header) >= -1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Validators('"a"', "d", 1), Validators('"a"', "d", 1), True),
        (Validators('"a"'), Validators('W/"a"'), True),
        (Validators('"a"', "d", 1), Validators('"b"', "d", 1), False),
        (Validators('"a"', "d", 1), Validators('"a"', "d", 2), False),
        (Validators("", "d", 1), Validators("", "d", -1), True),
        (Validators("", "d", 1), Validators("", "e", 1), False),
        (Validators("", "", 1), Validators("", "", 1), False),
    ],
)
def test_versions_are_the_same_only_where_that_is_sure(one: Validators, other: Validators, same: bool) -> None:
    assert one.same(other) == other.same(one) == same
