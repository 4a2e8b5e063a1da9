"""One request on the wire: the session, the environment's proxy and certificates, and which redirects are followed.

What is here: a single try up to the answer's headers. What is not: trying again (retries.py) and bodies (bodies.py).
"""

import os
from collections.abc import Mapping
from importlib.metadata import version
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions as below
from requests.utils import requote_uri, select_proxy

from safer_assets.errors import FetchError
from safer_assets.transport.reach import Reach
from safer_assets.transport.setbacks import Unreachable, of_connecting, shown

MOST_REDIRECTS = 10
USER_AGENT = f"safer-assets/{version('safer-assets')} (+data platform of a Community Safety Partnership)"


class _Session(requests.Session):
    """Follows no redirect by itself: the library reads their bodies without a limit and knows none of our rules."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 # the library's signature
        """None: this answer is to be handed over as it is."""
        return None


def new_session() -> requests.Session:
    """A session with our User-Agent; proxies and certificates are the environment's.

    `requests` knows REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, which win; SSL_CERT_FILE, which all else on the machine
    goes by, is added here.
    """
    session = _Session()
    session.headers["User-Agent"] = USER_AGENT
    session.verify = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") or True
    return session


class Wire:
    """Sends single requests and follows their redirects.

    Attributes:
        session: The session under it.
        requests_made: Requests sent so far, each redirect counted.
    """

    def __init__(self, connect_timeout: float, read_timeout: float) -> None:
        self.session = new_session()
        self.requests_made = 0
        self._reach = Reach(connect_timeout)
        self._read_timeout = read_timeout

    def send(
        self, method: str, url: str, headers: Mapping[str, str], data: Mapping[str, str] | None = None
    ) -> requests.Response:
        """The answer, its body unread: the caller closes it.

        Raises:
            Setback: No answer came; it may be tried again.
            FetchError: It may not.
        """
        seen = [url]
        reply = self._send_one(method, url, headers, data)
        while reply.is_redirect:
            reply.close()  # its body is never read: it has no limit
            target = _target(reply)
            _check_redirect(reply, target, seen)
            seen.append(target)
            reply = self._send_one(method, target, headers, data)
        return reply

    def _send_one(
        self, method: str, url: str, headers: Mapping[str, str], data: Mapping[str, str] | None
    ) -> requests.Response:
        _check_address(url)
        # A proxy stands between us and the world, never between us and ourselves.
        proxies = {"http": "", "https": "", "all": ""} if _is_local(url, loopback=True) else _proxies(self.session, url)
        proxy = select_proxy(url, proxies) or url
        door = proxy if "://" in proxy else f"http://{proxy}"
        problem: Exception
        try:
            timeout = (self._reach.seconds(door), self._read_timeout)
            self.requests_made += 1
            reply = self.session.request(
                method,
                url,
                data=data,
                headers=dict(headers),
                timeout=timeout,
                proxies=proxies,
                stream=True,
                allow_redirects=False,
            )
        except Unreachable as error:
            problem = error
        except (requests.RequestException, below.HTTPError, OSError) as error:
            problem = of_connecting(error, self._read_timeout)
        else:
            self._reach.answered(door)
            return reply
        if isinstance(problem, Unreachable):
            self._reach.failed(door, problem)
        if isinstance(problem, FetchError):
            raise FetchError(f"{shown(url)}: {problem}")
        raise problem


def _proxies(session: requests.Session, url: str) -> dict[str, str]:
    """The environment's proxies for an address."""
    settings = session.merge_environment_settings(url, {}, True, None, None)
    return {scheme: proxy for scheme, proxy in settings["proxies"].items() if proxy}


def _check_address(url: str) -> None:
    """FetchError where it is no address that can be read: listings have them, too."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise FetchError(
            f"{shown(url)}: is no address that begins with http:// or https:// and a host. It was not read."
        )


def _target(reply: requests.Response) -> str:
    """Where a redirect leads; an address that cannot be read where it leads nowhere."""
    try:
        location = reply.headers["Location"].encode("latin-1").decode("utf-8", "replace")
        return requote_uri(urljoin(reply.url, location))
    except ValueError:
        return "unreadable:"


def _check_redirect(reply: requests.Response, target: str, seen: list[str]) -> None:
    """FetchError where a redirect is not to be followed."""
    source = shown(reply.url)
    to = urlsplit(target)
    if to.scheme not in ("http", "https"):
        raise FetchError(f"{source}: redirects to an address that is no http(s) ({to.scheme}:). It was not followed.")
    if urlsplit(reply.url).scheme == "https" and to.scheme == "http":
        raise FetchError(f"{source}: redirects from https to http ({shown(target)}). It was not followed.")
    if _is_local(target) and not _is_local(reply.url):
        raise FetchError(f"{source}: redirects to a machine of this network ({shown(target)}). It was not followed.")
    if reply.request.method == "POST" and reply.status_code not in (307, 308):
        raise FetchError(
            f"{source}: redirects to {shown(target)} in a way that drops what was posted. Correct the address in "
            "[addresses] of partnership.toml."
        )
    if target in seen or len(seen) > MOST_REDIRECTS:
        raise FetchError(
            f"{source}: redirects in a circle, or more than {MOST_REDIRECTS} times. Refresh again later; if it stays "
            "so, correct the address in [addresses] of partnership.toml."
        )


def _is_local(url: str, *, loopback: bool = False) -> bool:
    """Whether an address names this machine, or (unless `loopback`) its own network, by number or as localhost."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        number = ip_address(host)
    except ValueError:
        return False
    return number.is_loopback or (number.is_private and not loopback)
