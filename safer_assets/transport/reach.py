"""Whether a host can be reached at all, so that a refresh without a network ends soon.

What is here: names looked up within a time, hosts that failed remembered, and how long a connection may take. What is
not: the requests (session.py).
"""

import socket
import threading
from urllib.parse import urlsplit

from safer_assets.transport.setbacks import NETWORK, Unreachable

HURRIED = 4.0
"""Seconds for a connection once a host has failed and none has answered yet: there is probably no network."""
TRIES = 2
LEAST = 1.0
"""Seconds that each of a host's network addresses gets at least."""


class Reach:
    """Remembers which hosts could be reached in this refresh.

    Args:
        connect_timeout: Seconds that finding and connecting to a host may take, each.
    """

    def __init__(self, connect_timeout: float) -> None:
        self._connect_timeout = connect_timeout
        self._addresses: dict[str, int] = {}
        self._failures: dict[str, int] = {}
        self._lost: dict[str, str] = {}
        self._answered = False

    def seconds(self, url: str) -> float:
        """Seconds to wait for a connection to one network address of the host, of which the library tries all in turn.

        Raises:
            Unreachable: The name is unknown, or the host failed before; it is not asked again.
        """
        host, door = urlsplit(url).hostname or "", _door(url)
        if door in self._lost:
            raise Unreachable(f"not tried again in this refresh, as before {self._lost[door]}", NETWORK, tries=1)
        allowed = min(self._connect_timeout, HURRIED) if self._hopeless else self._connect_timeout
        if host not in self._addresses:
            self._addresses[host] = _look_up(host, allowed)
        return max(min(LEAST, allowed), allowed / self._addresses[host])

    def answered(self, url: str) -> None:
        """The host has answered: there is a network."""
        self._answered = True
        self._failures.pop(_door(url), None)

    def failed(self, url: str, problem: Unreachable) -> None:
        """The host could not be reached; says how often that is worth trying, and remembers it after the last time."""
        if problem.tries is not None:
            return  # it was not even asked
        problem.tries = 1 if self._hopeless else TRIES
        door = _door(url)
        self._failures[door] = self._failures.get(door, 0) + 1
        if self._failures[door] >= problem.tries:
            self._lost[door] = problem.what

    @property
    def _hopeless(self) -> bool:
        return bool(self._lost) and not self._answered


def _door(url: str) -> str:
    """Host and port, without user and password."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _look_up(host: str, seconds: float) -> int:
    """How many network addresses the host has; in a thread, as the system's own lookup knows no time limit."""
    found: list[int] = []

    def ask() -> None:
        try:
            found.append(len(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError):
            found.append(0)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        raise Unreachable("its name could not be looked up in time", NETWORK)
    if not found[0]:
        raise Unreachable("its name could not be found", NETWORK)
    return found[0]
