"""One at a time: a lock that ends with the process that holds it, whatever ends the process.

What is here: the lock. What is not: the database's own lock (warehouse.py).
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safer_assets.errors import LandingError


@contextmanager
def alone(lock: Path, busy: str) -> Iterator[None]:
    """Hold `lock` (a file that is made for it) for as long as the block runs.

    Args:
        lock: The file; it stays, because removing it would let two in.
        busy: What to say where another process holds it.

    Raises:
        LandingError: Another process holds it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LandingError(busy) from error
        yield
