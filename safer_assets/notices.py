"""Notices to people: a feed is late, a publisher changed its columns, a run failed, a pack is ready.

What is here: what a notice is, sending it by e-mail and webhook, keeping what could not be sent, and never sending the
same one twice. What is not: when there is something to say (automation/, graph/, cli.py).

Where notices go stands in the environment variable SAFER_NOTICES alone, as addresses of the library apprise separated
by blanks, because such an address carries its password: it is in no setting, no log, no metadata and no file here.
"""

import fcntl
import hashlib
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

MOST_TRIES: Final = 12
LONGEST_WAIT: Final = timedelta(days=7)
REMEMBERED: Final = timedelta(days=400)
"""How long a sent notice is known, so that it is not sent again: longer than a year of meetings."""
PATIENCE_SECONDS: Final = 20

# They log addresses whole, with passwords and tokens, at their lower levels.
_TALKATIVE: Final = ("apprise", "urllib3", "requests")

Kind = Literal["late_feed", "drift", "failed_run", "pack_ready", "new_month"]

log = logging.getLogger(__name__)


class Notice(BaseModel):
    """Something that people should know.

    Attributes:
        title: The subject of a mail: short, and understood without the rest.
        lines: The text, plain; the last line says what to do next.
        about: What it is about, so that the same thing is told once: two notices of one kind with one `about` are one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    title: str
    lines: tuple[str, ...]
    about: str

    @property
    def identity(self) -> str:
        """The name it is remembered by."""
        return f"{self.kind}-{hashlib.sha256(self.about.encode()).hexdigest()[:16]}"


class _Letter(BaseModel):
    """A notice on its way: `reached` are the targets that have it, by their number and public name."""

    model_config = ConfigDict(extra="forbid")

    notice: Notice
    written: datetime
    tries: int = 0
    reached: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """One place that notices go to. Its address is a secret and never leaves this module.

    Attributes:
        label: What messages call it: number, scheme and host.
    """

    label: str
    _address: str = field(repr=False)

    def deliver(self, notice: Notice) -> bool:
        """Hand the notice over; False where the other side did not take it."""
        with _silence():
            # Imported here: it takes a third of a second, and a second more to know its services.
            import apprise

            asset = apprise.AppriseAsset(
                storage_mode=apprise.PersistentStoreMode.MEMORY, service_timeout=PATIENCE_SECONDS
            )
            asset.app_id, asset.app_desc = "Safer Assets", "Data platform of a Community Safety Partnership"
            service = apprise.Apprise.instantiate(self._address, asset=asset)
            if service is None:
                return False
            service.notify_format = apprise.NotifyFormat.TEXT
            sender = apprise.Apprise(asset=asset)
            sender.add(service)
            kind = apprise.NotifyType.SUCCESS if notice.kind == "pack_ready" else apprise.NotifyType.WARNING
            body = "\n".join(notice.lines)
            return bool(sender.notify(body, notice.title, notify_type=kind, body_format=apprise.NotifyFormat.TEXT))

    def is_usable(self) -> bool:
        """Whether the library knows what to do with the address; nothing is sent."""
        with _silence():
            import apprise

            return apprise.Apprise.instantiate(self._address) is not None


@dataclass
class Outcome:
    """What became of the notices, in titles, each once.

    Attributes:
        sent: Reached every target.
        kept: Could not be sent to some target, and will be tried again.
        given_up: Were tried too often, or for too long.
        known: Were sent before.
    """

    sent: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)

    def words(self) -> str:
        """In a line, for a log; empty where nothing was to be sent."""
        parts = (("sent", self.sent), ("kept for later", self.kept), ("given up", self.given_up))
        return "; ".join(f"{word}: {', '.join(titles)}" for word, titles in parts if titles)


def targets() -> list[Target]:
    """Where notices go, from SAFER_NOTICES."""
    addresses = os.environ.get("SAFER_NOTICES", "").split()
    return [Target(_label(number, address), address) for number, address in enumerate(addresses, start=1)]


def send(notices: Iterable[Notice], folder: Path, *, now: datetime | None = None) -> Outcome:
    """Send these notices, and those that could not be sent before. Never raises: what failed is logged and kept.

    Args:
        notices: What there is to say; what was sent before is not sent again.
        folder: Where notices are kept: `outbox/` for those to be sent, `sent/` for those that were.
        now: The time, for tests.
    """
    outcome = Outcome()
    where = targets()
    if not where:
        _say_that_nobody_is_told()
        return outcome
    try:
        with _one_at_a_time(folder):
            _Post(folder, where, now or datetime.now(UTC), outcome).send(notices)
    except OSError as error:
        log.warning("notices: %s cannot be written (%s); free the disk or correct its rights.", folder, error.strerror)
    return outcome


class _Post:
    """One round of sending."""

    def __init__(self, folder: Path, where: Sequence[Target], now: datetime, outcome: Outcome) -> None:
        self._outbox = folder / "outbox"
        self._sent = folder / "sent"
        self._where = where
        self._now = now
        self._outcome = outcome
        self._down: set[str] = set()  # a target that did not answer is not waited for again in this round

    def send(self, notices: Iterable[Notice]) -> None:
        for folder in (self._outbox, self._sent):
            folder.mkdir(parents=True, exist_ok=True)
        self._forget_old()
        for notice in notices:
            if (self._sent / f"{notice.identity}.json").exists():
                self._outcome.known.append(notice.title)
            elif not (self._outbox / f"{notice.identity}.json").exists():
                self._write(_Letter(notice=notice, written=self._now))
        waiting = [letter for path in sorted(self._outbox.glob("*.json")) if (letter := _read(path))]
        for letter in sorted(waiting, key=lambda letter: letter.written):
            self._one(letter)

    def _one(self, letter: _Letter) -> None:
        title = letter.notice.title
        for target in self._where:
            if target.label in letter.reached or target.label in self._down:
                continue
            if self._deliver(target, letter.notice):
                letter.reached = (*letter.reached, target.label)
                self._write(letter)  # at once: whatever ends the process, nobody is told twice
            else:
                self._down.add(target.label)
                log.warning("notices: %s did not take %r; it is kept and tried again.", target.label, title)
        letter.tries += 1
        self._write(letter)
        path = self._outbox / f"{letter.notice.identity}.json"
        if all(target.label in letter.reached for target in self._where):
            path.replace(self._sent / path.name)
            self._outcome.sent.append(title)
        elif letter.tries >= MOST_TRIES or self._now - letter.written > LONGEST_WAIT:
            log.error("notices: %r is given up after %d tries; check SAFER_NOTICES.", title, letter.tries)
            path.unlink()
            self._outcome.given_up.append(title)
        else:
            self._outcome.kept.append(title)

    def _deliver(self, target: Target, notice: Notice) -> bool:
        try:
            return target.deliver(notice)
        except Exception as error:  # a refresh must not fail because a message about it did
            # Its text is not logged: a library may have put the address into it.
            log.warning("notices: %s: %s while sending.", target.label, type(error).__name__)
            return False

    def _write(self, letter: _Letter) -> None:
        path = self._outbox / f"{letter.notice.identity}.json"
        beside = path.with_suffix(".part")
        beside.write_text(letter.model_dump_json(indent=1), encoding="utf-8")
        beside.replace(path)

    def _forget_old(self) -> None:
        for path in self._sent.glob("*.json"):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < self._now - REMEMBERED:
                path.unlink()


def _read(path: Path) -> _Letter | None:
    """A kept notice; one that is damaged is removed, since nobody can be told what it said."""
    try:
        return _Letter.model_validate_json(path.read_bytes())
    except ValidationError:
        log.warning("notices: %s is damaged and was removed.", path)
        path.unlink()
        return None


def _label(number: int, address: str) -> str:
    """What may be said of an address: never user, password, path or query, which may all be secret."""
    scheme, mark, _ = address.partition("://")
    if not mark or not scheme.isalnum():
        return f"target {number} of SAFER_NOTICES"
    # Of a service without a server of its own, what stands in the host's place is a token.
    host = _host(address) if scheme in ("mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms") else ""
    return f"target {number} ({scheme}{f', {host}' if host else ''})"


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


@contextmanager
def _silence() -> Iterator[None]:
    """Keep libraries from logging addresses, whatever level the host program has set."""
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait for another process that is sending; it is bounded by PATIENCE_SECONDS a target."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@cache
def _say_that_nobody_is_told() -> None:
    log.debug("notices: SAFER_NOTICES is not set, so nobody is told anything.")
