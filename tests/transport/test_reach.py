"""Hosts that are not there, proxies, certificates, and secrets that must not come out in an error.

What is here: everything between this machine and a publisher. What is not: what a publisher answers (test_http.py).
"""

import logging
import socket
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from transport.certificates import new_certificate
from transport.conftest import quick
from transport.faults import redirect, unavailable
from transport.server import Server

from safer_assets.errors import FetchError
from safer_assets.transport.http import Http

SECRET = "s3cret"  # noqa: S105 # to be looked for where it must not be
FAR = "http://publisher.example"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def black_holes() -> Iterator[list[str]]:
    """Five hosts that take no connection and refuse none: their queues are full, as behind a filter that drops."""
    sockets, urls = [], []
    for number in range(2, 7):
        host = f"127.0.0.{number}"
        listening = socket.socket()
        listening.bind((host, 0))
        listening.listen(0)
        sockets.append(listening)
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
            sockets.append(waiting)
        urls.append(f"http://{host}:{listening.getsockname()[1]}/rows.json")
    yield urls
    for one in sockets:
        one.close()


def refused_url() -> str:
    """An address at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/rows.json"


def told(error: BaseException) -> str:
    """All that a log would show of an error, with whatever hangs on it."""
    return "".join(traceback.format_exception(error)) + repr(error.__context__) + repr(error.__cause__)


def test_a_host_that_refuses_is_tried_twice_and_then_left_alone(http: Http) -> None:
    url = refused_url()
    with pytest.raises(FetchError, match=r"the connection was refused \(2 tries\)\. Check the network and the proxy"):
        http.get_json(url)
    made = http.requests_made
    with pytest.raises(FetchError, match="not tried again in this refresh, as before the connection was refused"):
        http.get_json(url)
    assert http.requests_made == made == 2


def test_a_name_that_is_unknown_is_named(http: Http) -> None:
    with pytest.raises(FetchError, match=r"nowhere\.invalid/x: its name could not be (found|looked up in time)"):
        http.get_json("https://nowhere.invalid/x")


def test_without_a_network_all_publishers_together_end_soon(black_holes: list[str]) -> None:
    """Two tries of the first host and one of each other; at the usual 10 s that is 2 x 10 + 4 x 4 = 36 s, below 60."""
    http = Http(connect_timeout=0.5, longest_wait=0.02)
    began = time.monotonic()
    for url in (*black_holes, *black_holes):
        with pytest.raises(FetchError, match=r"no connection could be made in time|not tried again"):
            http.get_json(url)
    assert http.requests_made == 2 + 4
    assert 6 * 0.5 <= time.monotonic() - began < 6 * 0.5 + 6


def test_one_host_that_is_down_does_not_hurry_the_others(server: Server, http: Http, tmp_path: Path) -> None:
    url = server.put("/rows.csv", b"1")
    assert http.download(url, tmp_path / "rows.csv")
    for _ in range(2):
        with pytest.raises(FetchError, match=r"\(2 tries\)"):
            http.get_json(refused_url())
    assert http.download(url, tmp_path / "rows.csv")


def test_a_proxy_of_the_environment_is_used_with_its_password(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.put("/rows.json", b"[1]")
    monkeypatch.setenv("HTTP_PROXY", server.url.replace("//", f"//user:{SECRET}@"))
    assert quick().get_json(f"{FAR}/rows.json") == [1]
    assert server.requests[0].path == f"{FAR}/rows.json"
    assert "Proxy-Authorization" in server.requests[0].headers


def test_this_machine_is_never_asked_through_a_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", refused_url())
    monkeypatch.setenv("ALL_PROXY", refused_url())
    assert quick().get_json(server.put("/rows.json", b"[1]")) == [1]


def test_a_proxys_password_never_comes_out(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="safer_assets")
    monkeypatch.setenv("HTTP_PROXY", refused_url().replace("//", f"//user:{SECRET}@"))
    with pytest.raises(FetchError, match=rf"{FAR}/rows\.json: the proxy did not pass the request on") as caught:
        quick().get_json(f"{FAR}/rows.json")
    assert SECRET not in told(caught.value) + caplog.text
    assert "trying again" in caplog.text


@pytest.mark.parametrize("status", [503, 404])
def test_a_password_or_token_in_an_address_never_comes_out(
    server: Server, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.INFO, logger="safer_assets")
    server.put("/rows.json", b"[1]")
    server.misbehave("/rows.json", unavailable(status))
    url = server.url.replace("//", f"//user:{SECRET}@") + f"/rows.json?token={SECRET}"
    with pytest.raises(FetchError, match=r"/rows\.json\?…: answered") as caught:
        quick().get_json(url)
    assert SECRET not in told(caught.value) + caplog.text


def test_a_publisher_cannot_send_us_into_our_own_network(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect of a public host to an address of this network would let it read what is only meant for here."""
    monkeypatch.setenv("HTTP_PROXY", server.url)
    for target in ("http://127.0.0.1:1/", "http://localhost/", "http://169.254.169.254/latest", "http://10.0.0.1/"):
        server.misbehave("/rows.json", redirect(target), times=1)
        with pytest.raises(FetchError, match="redirects to a machine of this network"):
            quick().get_json(f"{FAR}/rows.json")


def test_a_certificate_that_nobody_trusts_is_refused_at_once(tmp_path: Path) -> None:
    with Server(new_certificate(tmp_path)) as server:
        http = quick()
        with pytest.raises(FetchError, match=r"certificate could not be verified.*SSL_CERT_FILE"):
            http.get_json(server.put("/rows.json", b"[1]"))
    assert http.requests_made == 1


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_of_the_environment_is_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    certificate = new_certificate(tmp_path)
    monkeypatch.setenv(variable, str(certificate))
    with Server(certificate) as server:
        assert quick().get_json(server.put("/rows.json", b"[1]")) == [1]


def test_a_bundle_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    with Server(new_certificate(tmp_path)) as server, pytest.raises(FetchError, match="Correct SSL_CERT_FILE"):
        quick().get_json(server.put("/rows.json", b"[1]"))


def test_a_redirect_from_https_to_http_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate = new_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Server(certificate) as secure:
        secure.misbehave("/rows.json", redirect(server.put("/rows.json", b"[1]")))
        with pytest.raises(FetchError, match="redirects from https to http"):
            quick().get_json(secure.url + "/rows.json")
    assert server.requests == []
