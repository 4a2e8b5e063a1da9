"""The log of refreshes: a line of JSON for everything that is worth knowing later, without a secret in it.

What is here: the handler that writes <store>/logs/refresh-YYYY-MM.jsonl (and standard error, with SAFER_LOG=json), how
it is tied to a run, the extra fields of a message, and what is masked. What is not: what is said (graph/) and what
people see in a terminal (terminal.py); notices (notices.py).
"""

import json
import logging
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from safer_assets.errors import SaferError

MASK = "***"
SECRET_NAMES = ("PASSWORD", "TOKEN", "SECRET", "KEY")
ADDRESSES_OF_NOTICES = "SAFER_NOTICES"
SHORTEST_SECRET = 4  # masking a shorter value would black out half of every line

_READABLE = {"SaferError", *(kind.__name__ for kind in SaferError.__subclasses__())}

FIELDS = ("feed", "file", "rows", "seconds")
_ATTRIBUTE = "safer"

# https://user:password@host: everything between // and the last @ before the path.
_USER_IN_ADDRESS = re.compile(r"(?<=://)[^\s/?#]+@")
_SECRET_IN_QUERY = re.compile(r"(?i)([?&][\w.-]*(?:password|passwd|token|secret|key|sig|signature)[\w.-]*=)[^&#\s\"']+")

# Values that many variables have and no secret is.
_COMMON = frozenset({"true", "false", "none", "null"})

_LEVELS = {"WARN": "warning", "ERROR": "error"}
"""Dagster's severities of a check."""

# What Dagster tells of itself, and nobody reads again.
_NOT_WORTH_A_LINE = frozenset(
    {
        *("ENGINE_EVENT", "RESOURCE_INIT_STARTED", "RESOURCE_INIT_SUCCESS", "LOGS_CAPTURED", "STEP_OUTPUT"),
        *("STEP_INPUT", "HANDLED_OUTPUT", "LOADED_INPUT", "ASSET_MATERIALIZATION_PLANNED", "STEP_WORKER_STARTING"),
        *("ASSET_CHECK_EVALUATION_PLANNED", "STEP_WORKER_STARTED", "STEP_EXPECTATION_RESULT"),
    }
)


def known(
    *, feed: str = "", file: str = "", rows: int | None = None, seconds: float | None = None, meeting: str = ""
) -> dict[str, object]:
    """The `extra` of a message of a run: what it is about, in fields of its own.

    `context.log.info("loaded", extra=known(feed="mps_borough", file="a.csv", rows=792))`
    """
    given = {"feed": feed, "file": file, "rows": rows, "seconds": seconds, "meeting": meeting}
    return {_ATTRIBUTE: {name: value for name, value in given.items() if value not in ("", None)}}


def redact(text: str) -> str:
    """The text without secrets.

    Masked are user and password in an address, values in its query that are named like a secret, the values of
    environment variables named like one, and the addresses that notices go to.
    """
    for secret in _secrets():
        text = text.replace(secret, MASK)
    text = _USER_IN_ADDRESS.sub(f"{MASK}@", text)
    return _SECRET_IN_QUERY.sub(rf"\1{MASK}", text)


def _secrets() -> list[str]:
    """Values that may not be printed, the longest first so that none is left in part."""
    values = [value for name, value in os.environ.items() if any(word in name.upper() for word in SECRET_NAMES)]
    addresses = os.environ.get(ADDRESSES_OF_NOTICES, "")
    # An address may be told in part or whole: without its scheme it carries the same secret.
    values += [
        addresses,
        *(part for word in re.split(r"[\s,]+", addresses) for part in (word, word.partition("://")[2])),
    ]
    secrets = {value for value in values if len(value) >= SHORTEST_SECRET and value.lower() not in _COMMON}
    return sorted(secrets, key=len, reverse=True)


@dataclass(frozen=True)
class About:
    """What a run's lines have in common: its id, the partnership's folder, where its files are kept, the meeting."""

    run: str
    partnership: str
    store: Path
    meeting: str = ""

    @property
    def folder(self) -> Path:
        """The folder of the logs."""
        return self.store / "logs"


@dataclass
class RefreshLog(logging.Handler):
    """Writes a run's records as lines of JSON; a line that cannot be written never ends a refresh."""

    about: About
    failed: int = field(default=0, init=False)
    _meeting: str = field(default="", init=False)
    _told: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Take every level."""
        super().__init__(logging.DEBUG)

    __hash__ = logging.Handler.__hash__

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record, if it is worth a line."""
        try:
            if line := self.line(record):
                text = json.dumps(line, ensure_ascii=False, default=str)
                if os.environ.get("SAFER_LOG") == "json":
                    sys.stderr.write(f"{text}\n")
                self._write(text)
        except OSError as error:
            if not self._told:
                self._told = True
                where = f"{self.about.folder} cannot be written ({error.strerror})"
                sys.stderr.write(f"{where}: the refresh goes on without its log.\n")
        except Exception:
            self.handleError(record)

    def line(self, record: logging.LogRecord) -> dict[str, object]:
        """A record as the fields of a line, empty where it is not worth one."""
        event = getattr(record, "dagster_event", None)
        kind = str(getattr(event, "event_type_value", ""))
        self.failed += kind == "STEP_FAILURE"
        check = getattr(event, "event_specific_data", None) if kind == "ASSET_CHECK_EVALUATION" else None
        if kind in _NOT_WORTH_A_LINE or (check is not None and check.passed):
            return {}
        meta = getattr(record, "dagster_meta", None) or {}
        extra = dict(getattr(record, _ATTRIBUTE, {})) | _measured(event)
        self._meeting = str(extra.pop("meeting", "") or self._meeting or self.about.meeting)
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": _LEVELS[check.severity.value] if check else record.levelname.lower(),
            "run": self.about.run,
            "partnership": self.about.partnership,
            "meeting": self._meeting,
            "step": str(meta.get("step_key") or "").replace("__", "/"),
            "event": kind.lower(),
            "asset": _asset(check or event),
            "check": check.check_name if check else "",
            **{name: extra[name] for name in FIELDS if name in extra},
            "message": str(check.description or "") if check else _message(record, meta, event),
        }
        return {name: redact(value) if isinstance(value, str) else value for name, value in line.items() if value != ""}

    def _write(self, line: str) -> None:
        path = self.about.folder / f"refresh-{datetime.now(UTC):%Y-%m}.jsonl"
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        # One write of one line at the end of the file: lines of two refreshes never mix.
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            os.write(file, f"{line}\n".encode())
        finally:
            os.close(file)


@contextmanager
def logged(run_log: logging.Logger, about: About, words: str) -> Iterator[None]:
    """Have everything that a run says from here on written to the log of refreshes too, with its begin and its end.

    A run that has a begin in the log and no end was killed.

    Args:
        run_log: The log manager that Dagster gives to a resource of the run.
        about: The run.
        words: What was asked for.
    """
    handler = RefreshLog(about)
    began = time.monotonic()
    # Dagster takes handlers from its instance's settings alone, which a refresh on another instance would not have;
    # all log managers of a run share this list.
    (manager,) = run_log.handlers
    manager._handlers.append(handler)  # type: ignore[attr-defined] # see above; a test shows that it works
    handler.emit(_record("refresh_begun", logging.INFO, words))
    try:
        yield
    finally:
        manager._handlers.remove(handler)  # type: ignore[attr-defined] # as above
        level, state = (logging.ERROR, "failed") if handler.failed else (logging.INFO, "ended")
        handler.emit(_record(f"refresh_{state}", level, words, seconds=round(time.monotonic() - began, 3)))


def _record(event: str, level: int, words: str, seconds: float | None = None) -> logging.LogRecord:
    about = known(seconds=seconds)[_ATTRIBUTE]
    content = {"msg": words, "levelno": level, "levelname": logging.getLevelName(level), _ATTRIBUTE: about}
    return logging.makeLogRecord({**content, "dagster_event": _Named(event)})


@dataclass(frozen=True)
class _Named:
    """An event of our own, read in the way that Dagster's are."""

    event_type_value: str


def _measured(event: object) -> dict[str, object]:
    """Rows and seconds that an event of Dagster's carries."""
    found: dict[str, object] = {}
    data = getattr(event, "event_specific_data", None)
    if (took := getattr(data, "duration_ms", None)) is not None:
        found["seconds"] = round(took / 1000, 3)
    metadata = getattr(getattr(data, "materialization", None), "metadata", None) or {}
    for name in ("rows", "seconds"):
        if name in metadata:
            found[name] = metadata[name].value
    return found


def _asset(event: object) -> str:
    """The asset that an event is about."""
    key = getattr(event, "asset_key", None)
    return "/".join(key.path) if key is not None else ""


def _message(record: logging.LogRecord, meta: Mapping[str, object], event: object) -> str:
    """What was said; of a failure, our own error, or where the trouble began."""
    text = str(meta.get("orig_message") or record.getMessage())
    error = getattr(getattr(event, "event_specific_data", None), "error", None)
    while error is not None and error.cause is not None and error.cls_name not in _READABLE:
        error = error.cause
    return f"{text} {error.message.strip()}" if error is not None else text
