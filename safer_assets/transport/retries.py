"""Trying again: how often, and how long to wait in between.

What is here: the rule of waits, with jitter, and the bound on all waits of a refresh. What is not: what may be tried
again (setbacks.py).
"""

import logging
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import tenacity

from safer_assets.errors import FetchError
from safer_assets.transport.setbacks import Setback, StatusError, shown

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

FIRST_WAIT = 0.5


class Retries:
    """Tries again what failed, within one budget of waiting for all requests.

    Args:
        attempts: Tries of one request at most.
        longest_wait: Seconds of one wait at most, whatever the server asks for.
        patience: Seconds of waiting in all.
    """

    def __init__(self, attempts: int, longest_wait: float, patience: float) -> None:
        self._attempts, self._longest_wait, self._left = attempts, longest_wait, patience

    def run(self, url: str, attempt: Callable[[], Answer]) -> Answer:
        """The attempt's answer.

        Raises:
            FetchError: All tries failed; it says what the last one brought.
        """
        tries = 0
        setback = Setback("")

        def counted() -> Answer:
            nonlocal tries
            tries += 1
            return attempt()

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Setback),
            wait=self._wait,
            stop=self._enough,
            before_sleep=lambda state: self._say(url, state),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(counted)
        except Setback as last:
            setback = last
        # Raised here, outside the handler, so that no library's error (and no proxy's password in it) hangs on it.
        text = f"{shown(url)}: {setback.what} ({tries} {'try' if tries == 1 else 'tries'}). {setback.advice}"
        if setback.status:
            raise StatusError(text, setback.status, empty=setback.empty)
        raise FetchError(text)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """The server's wish, else doubling from half a second; a random part keeps clients from coming in step."""
        setback = _setback(state)
        wish = FIRST_WAIT * 2 ** (state.attempt_number - 1) if setback.wait is None else setback.wait
        return min(wish + random.uniform(0, FIRST_WAIT), self._longest_wait)  # noqa: S311 # no secret depends on it

    def _enough(self, state: tenacity.RetryCallState) -> bool:
        tries = min(self._attempts, _setback(state).tries or self._attempts)
        return state.attempt_number >= tries or state.upcoming_sleep > self._left

    def _sleep(self, seconds: float) -> None:
        self._left -= seconds
        time.sleep(seconds)

    def _say(self, url: str, state: tenacity.RetryCallState) -> None:
        logger.info("%s: %s; trying again in %.1f s", shown(url), _setback(state).what, state.upcoming_sleep)


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After header asks for, given as seconds or as a date; None where it says nothing usable."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - (now or datetime.now(UTC))).total_seconds())


def _setback(state: tenacity.RetryCallState) -> Setback:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, Setback) else Setback("")
