"""What goes wrong on the way to a publisher, in words that carry no secret.

What is here: the errors of one try, and how those of the libraries become them. What is not: whether it is tried again
(retries.py).
"""

import ssl
from http import HTTPStatus
from http.client import IncompleteRead
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as below

from safer_assets.errors import FetchError

NETWORK = "Check the network and the proxy settings (HTTPS_PROXY, NO_PROXY), then refresh again."
LATER = "Refresh again later; what is whole stays."


class Setback(Exception):  # noqa: N818 # not yet an error: it is tried again
    """One try that failed and may be repeated.

    Args:
        what: What came in place of the answer.
        advice: The next step, should all tries fail.
        tries: How often it is worth trying in all; None for the client's own number.
        wait: Seconds that the server asked to wait; None where it did not.
        status: The HTTP status, and `empty` whether it came without a body; 0 where there was none.
    """

    def __init__(
        self,
        what: str,
        advice: str = LATER,
        *,
        tries: int | None = None,
        wait: float | None = None,
        status: int = 0,
        empty: bool = False,
    ) -> None:
        super().__init__(what)
        self.what, self.advice, self.tries, self.wait = what, advice, tries, wait
        self.status, self.empty = status, empty


class Unreachable(Setback):
    """The host could not be found or connected to."""


class StatusError(FetchError):
    """A publisher answered with an HTTP status that is no success.

    Attributes:
        status: The HTTP status.
        empty: Whether the answer had no body; data.police.uk says so that an area holds too many crimes.
    """

    def __init__(self, text: str, status: int, *, empty: bool = False) -> None:
        super().__init__(text)
        self.status, self.empty = status, empty


def shown(url: str) -> str:
    """An address as messages print it: without user, password and query, any of which may be secret."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "(an address that cannot be read)"
    place = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{place}{f':{port}' if port else ''}{parts.path}{'?…' if parts.query else ''}"


def status_words(status: int) -> str:
    """'503 Service Unavailable'."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def status_advice(status: int) -> str:
    """What to do about a status that is no success."""
    if status in (404, 410):
        return "If the publisher has moved it, correct the address in [addresses] of partnership.toml."
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return "The proxy asks for a user and password: put them into HTTPS_PROXY."
    if status in (401, 403):
        return "The publisher or a filter on the way refuses this machine. Open the address in a browser to see which."
    return LATER


def of_connecting(error: Exception, read_timeout: float) -> Setback | FetchError:
    """What an error before the answer's headers means. Its own text is never used: it may hold a proxy's password."""
    reason = _reason(error)
    if isinstance(error, requests.exceptions.SSLError) or isinstance(reason, ssl.SSLError | below.SSLError):
        return FetchError(
            "its certificate could not be verified. If a proxy inspects the traffic, set SSL_CERT_FILE or "
            "REQUESTS_CA_BUNDLE to a file with the proxy's certificate."
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return Unreachable("the proxy did not pass the request on", NETWORK)
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Unreachable("no connection could be made in time", NETWORK)
    if isinstance(error, requests.exceptions.Timeout):
        return Setback(f"it took the request and sent nothing for {read_timeout:g} s", tries=2)
    if isinstance(reason, below.NameResolutionError):
        return Unreachable("its name could not be found", NETWORK)
    if isinstance(reason, below.NewConnectionError):
        return Unreachable("the connection was refused", NETWORK)
    if isinstance(error, requests.exceptions.ConnectionError):
        return Setback("the connection was closed before an answer came")
    if isinstance(error, ValueError):  # the library's errors about addresses and headers are ValueErrors too
        return FetchError("the address cannot be used. Correct it in [addresses] of partnership.toml.")
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return FetchError(
            "the file of trusted certificates cannot be read. Correct SSL_CERT_FILE, REQUESTS_CA_BUNDLE or "
            "CURL_CA_BUNDLE, or unset it."
        )
    return Setback(f"the request failed ({type(error).__name__})")


def of_reading(error: Exception, read_timeout: float) -> Setback:
    """What an error in the middle of a body means."""
    if isinstance(error, below.ReadTimeoutError):
        return Setback(f"it stopped in the middle and sent nothing for {read_timeout:g} s", tries=2)
    if any(isinstance(inner, below.IncompleteRead | IncompleteRead) for inner in error.args):
        return Setback("it was cut off: fewer bytes came than the server announced")
    return Setback("the connection broke in the middle")


def _reason(error: Exception) -> object:
    """What lies below an error of `requests`."""
    inner = error.args[0] if error.args else None
    return getattr(inner, "reason", inner)
