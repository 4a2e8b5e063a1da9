"""What comes back from a publisher that answers requests badly: an answer after some tries, or one FetchError.

What is here: statuses, redirects, bodies in memory. What is not: files (test_download.py), and hosts that are not there
(test_reach.py).
"""

import gzip
import json
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from transport.faults import (
    Fault,
    cut,
    drip,
    gzip_bomb,
    hang,
    html,
    redirect,
    reset,
    too_long,
    too_many,
    too_short,
    unavailable,
)
from transport.server import Request, Response, Server

from safer_assets.errors import FetchError
from safer_assets.transport.http import Http, StatusError, Validators
from safer_assets.transport.retries import retry_after

ROWS = [{"category": "burglary", "month": "2024-01", "id": number} for number in range(500)]
BODY = json.dumps(ROWS).encode()


@pytest.fixture
def url(server: Server) -> str:
    return server.put("/rows.json", BODY, content_type="application/json")


def test_a_document_comes_and_is_counted(server: Server, http: Http, url: str) -> None:
    assert http.get_json(url) == ROWS
    assert (http.requests_made, http.bytes_received) == (1, len(BODY)) == (1, server.bytes_sent())


def test_it_says_who_asks(server: Server, http: Http, url: str) -> None:
    http.get_json(url, params={"date": "2024-01", "name": "a b&c"})
    agent = server.requests[0].headers["User-Agent"]
    assert agent.startswith("safer-assets/")
    assert "(+data platform of a Community Safety Partnership)" in agent
    assert server.requests[0].path == "/rows.json?date=2024-01&name=a+b%26c"


def test_a_form_is_posted(server: Server, http: Http) -> None:
    url = server.answer("/api/", lambda request: Response.json({"method": request.method, **request.form}))
    assert http.post_json(url + "crimes", {"poly": "51.5,-0.1:51.6,-0.2"}) == {
        "method": "POST",
        "poly": "51.5,-0.1:51.6,-0.2",
    }


def test_a_packed_document_is_unpacked_and_its_wire_bytes_are_counted(server: Server, http: Http) -> None:
    packed = gzip.compress(BODY[:100]) + gzip.compress(BODY[100:])  # several members are one stream
    url = server.answer("/", lambda _request: Response(packed, headers={"Content-Encoding": "gzip"}))
    assert http.get_json(url) == ROWS
    assert http.bytes_received == len(packed)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(server: Server, http: Http, url: str, status: int) -> None:
    server.misbehave("/rows.json", unavailable(status), times=2)
    assert http.get_json(url) == ROWS
    assert len(server.requests) == 3


def test_a_server_that_stays_down_is_named_with_its_status(server: Server, http: Http, url: str) -> None:
    server.misbehave("/rows.json", unavailable())
    with pytest.raises(StatusError, match=r"503 Service Unavailable with an empty body \(3 tries\)") as caught:
        http.get_json(url)
    assert (caught.value.status, caught.value.empty) == (503, True)
    assert len(server.requests) == 3


def test_a_status_that_means_something_is_not_tried_again(server: Server, http: Http, url: str) -> None:
    """data.police.uk says 503 with an empty body where an area holds too many crimes: asking again changes nothing."""
    server.misbehave("/rows.json", unavailable())
    with pytest.raises(StatusError) as caught:
        http.post_json(url, {"poly": "..."}, final={503})
    assert caught.value.empty
    assert len(server.requests) == 1


@pytest.mark.parametrize(("status", "advice"), [(404, "correct the address"), (403, "refuses this machine")])
def test_a_refusal_is_not_tried_again_and_says_what_to_do(
    server: Server, http: Http, url: str, status: int, advice: str
) -> None:
    server.misbehave("/rows.json", Fault(status=status, body=b"no"))
    with pytest.raises(StatusError, match=advice) as caught:
        http.get_json(url)
    assert (caught.value.status, caught.value.empty, len(server.requests)) == (status, False, 1)


def test_retry_after_is_waited_for(server: Server, url: str) -> None:
    http = Http(longest_wait=5)
    server.misbehave("/rows.json", too_many("1"), times=1)
    began = time.monotonic()
    assert http.get_json(url) == ROWS
    assert 1 <= time.monotonic() - began < 4


def test_retry_after_is_waited_for_no_longer_than_allowed(server: Server, url: str) -> None:
    http = Http(longest_wait=0.1)
    server.misbehave("/rows.json", too_many("3600"), times=1)
    began = time.monotonic()
    assert http.get_json(url) == ROWS
    assert time.monotonic() - began < 3


def test_429_without_retry_after_is_asked_again(server: Server, http: Http, url: str) -> None:
    server.misbehave("/rows.json", too_many(), times=1)
    assert http.get_json(url) == ROWS
    assert len(server.requests) == 2


def test_waits_of_all_requests_share_one_patience(server: Server, url: str) -> None:
    http = Http(attempts=50, longest_wait=0.1, patience=0.35)
    server.misbehave("/rows.json", too_many("60"))
    for _ in range(2):
        with pytest.raises(FetchError, match="429"):
            http.get_json(url)
    assert len(server.requests) == 5, "3 waits of 0.1 s fit into 0.35 s: 4 tries, and 1 of the second request"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("7", 7), (" 12 ", 12), ("-1", None), ("soon", None), ("", None), ("9" * 50, 999_999_999)],
)
def test_retry_after_in_seconds(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_retry_after_as_a_date() -> None:
    now = datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert retry_after(format_datetime(now + timedelta(seconds=90), usegmt=True), now) == 90
    assert retry_after(format_datetime(now - timedelta(days=1), usegmt=True), now) == 0
    assert retry_after("Fri, 01 Mar 2024 12:00:30 -0000", now) == 30, "a date without a zone is in UTC"


def test_a_moved_address_is_followed(server: Server, http: Http, url: str) -> None:
    server.move("/old.json", "/rows.json")
    assert http.get_json(server.url + "/old.json") == ROWS
    assert http.head(server.url + "/old.json")[0] == url


def test_a_redirect_loop_ends(server: Server, http: Http, url: str) -> None:
    server.misbehave("/rows.json", redirect("/rows.json"))
    with pytest.raises(FetchError, match="in a circle"):
        http.get_json(url)
    assert len(server.requests) == 1


def test_a_chain_of_redirects_without_end_ends(server: Server, http: Http) -> None:
    def onward(request: Request) -> Response:
        return Response(status=302, headers={"Location": f"/chain/{int(request.path.rpartition('/')[2]) + 1}"})

    url = server.answer("/chain/", onward)
    with pytest.raises(FetchError, match="more than 10 times"):
        http.get_json(url + "0")
    assert len(server.requests) == 11


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/rows", "http://[::1", "data:text/csv,a"])
def test_a_redirect_out_of_http_is_refused(server: Server, http: Http, url: str, target: str) -> None:
    server.misbehave("/rows.json", redirect(target))
    with pytest.raises(FetchError, match="not followed"):
        http.get_json(url)


def test_what_was_posted_is_never_dropped_on_a_redirect(server: Server, http: Http) -> None:
    """A polygon that is lost on the way would bring the crimes of another area."""
    server.answer("/new", lambda request: Response.json(request.form))
    server.move("/moved", "/new", status=301)
    server.move("/kept", "/new", status=308)
    assert http.post_json(server.url + "/kept", {"poly": "1"}) == {"poly": "1"}
    with pytest.raises(FetchError, match="drops what was posted"):
        http.post_json(server.url + "/moved", {"poly": "1"})


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "rows.json", "http://", "http://host:99999999/x", "//host/x", ""]
)
def test_what_is_no_address_is_refused(http: Http, url: str) -> None:
    with pytest.raises(FetchError, match="no address"):
        http.get_json(url)
    assert http.requests_made == 0


@pytest.mark.parametrize("fault", [html(), html(content_type="application/json")])
def test_a_page_in_place_of_data_is_named(server: Server, http: Http, url: str, fault: Fault) -> None:
    server.misbehave("/rows.json", fault)
    with pytest.raises(FetchError, match="web page"):
        http.get_json(url)
    assert len(server.requests) == 1


def test_a_page_that_is_wanted_comes_as_text(server: Server, http: Http) -> None:
    url = server.put("/page", "<!doctype html><p>\xa35".encode("latin-1"), content_type="text/html; charset=latin-1")
    assert http.get_text(url) == "<!doctype html><p>\xa35"
    url = server.put("/utf8", "\ufeff\xa35".encode(), content_type="text/html")
    assert http.get_text(url) == "\xa35"
    url = server.put("/odd", "\xa35".encode(), content_type="text/html; charset=nonsense")
    assert http.get_text(url) == "\xa35"


def test_a_gzip_bomb_stops_at_the_limit(server: Server, http: Http, url: str) -> None:
    """100 MB of zeros in 0.1 MB: what is unpacked is never more than the limit and a chunk."""
    server.misbehave("/rows.json", gzip_bomb())
    tracemalloc.start()
    with pytest.raises(FetchError, match="larger than 1,000,000 bytes"):
        http.get_json(url, limit=1_000_000)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4_000_000
    assert http.bytes_received < 100_000


def test_a_plain_body_stops_at_the_limit(server: Server, http: Http) -> None:
    url = server.put("/large", bytes(50_000_000))
    with pytest.raises(FetchError, match="larger than 1,000 bytes"):
        http.get_text(url, limit=1000)
    assert http.bytes_received < 1_000_000


def test_an_encoding_that_was_not_asked_for_is_refused(server: Server, http: Http, url: str) -> None:
    server.misbehave("/rows.json", Fault(headers={"Content-Encoding": "br"}))
    with pytest.raises(FetchError, match="'br', which was not asked for"):
        http.get_json(url)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (cut(1000), "fewer bytes came"),
        (cut(1000, chunked=True), "cut off|broke in the middle"),
        (too_long(10), "fewer bytes came"),
        (too_short(10), "no JSON"),
        (reset(), "closed before an answer"),
        (reset(1000), "broke in the middle"),
        (hang(), "sent nothing for 1 s"),
        (hang(1000), "stopped in the middle"),
        (drip(0.02, 5), r"only [\d,]+ bytes came in \d s"),
        (drip(0.02, 5, chunked=True), r"only [\d,]+ bytes came in \d s"),
        (Fault(body=BODY[:50]), "no JSON"),
        (Fault(body=b"[" * 100_000), "no JSON"),
        (Fault(body=gzip.compress(BODY)[:200], headers={"Content-Encoding": "gzip"}), "ends in the middle"),
        (Fault(body=b"no gzip", headers={"Content-Encoding": "gzip"}), "gzip encoding is damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_body_is_asked_for_again_and_then_named(
    server: Server, http: Http, url: str, fault: Fault, said: str
) -> None:
    server.misbehave("/rows.json", fault, times=1)
    assert http.get_json(url) == ROWS
    assert len(server.requests) == 2
    server.misbehave("/rows.json", fault)
    with pytest.raises(FetchError, match=said):
        http.get_json(url)
    assert 4 <= len(server.requests) <= 5


def test_a_head_tells_place_and_version(server: Server, http: Http) -> None:
    url = server.put("/a.zip", bytes(1234), etag="v1", last_modified="Fri, 01 Mar 2024 12:00:00 GMT")
    assert http.head(url) == (url, Validators('"v1"', "Fri, 01 Mar 2024 12:00:00 GMT", 1234))
    assert http.bytes_received == 0


@pytest.mark.parametrize("status", [403, 405, 501])
def test_a_server_without_head_is_asked_for_one_byte(server: Server, http: Http, status: int) -> None:
    url = server.put("/a.zip", bytes(1234), etag="v1")
    server.misbehave("/a.zip", Fault(status=status, body=b""), times=1)
    assert http.head(url) == (url, Validators('"v1"', "", 1234))
    assert server.requests[-1].headers["Range"] == "bytes=0-0"
    assert http.bytes_received == 0
