"""What the tests of publishers share: a server on this machine, and a client that does not wait long."""

from collections.abc import Iterator

import pytest
from transport.server import Server

from safer_assets.transport.http import Http


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that plays publishers."""
    with Server() as server:
        yield server


@pytest.fixture
def http() -> Http:
    """A client of the usual rules and short times: a server may be silent for a second."""
    return quick()


def quick(*, attempts: int = 3, slow_after: float = 1, patience: float | None = None) -> Http:
    """The same with other numbers; times are in seconds."""
    return Http(
        connect_timeout=2,
        read_timeout=1,
        attempts=attempts,
        longest_wait=0.02,
        patience=patience,
        slow_after=slow_after,
    )
