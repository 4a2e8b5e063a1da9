"""What is outside this machine: those who are told, and the publishers.

What is here: whether each can be reached, with short time limits. What is not: sending (notices.py) and fetching
(publishers/).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from safer_assets.doctor.finding import Asked, Finding, State
from safer_assets.errors import FetchError
from safer_assets.notices import targets

CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
CLOCK_WARN_SECONDS, CLOCK_BAD_SECONDS = 300, 43_200


def notices(asked: Asked) -> Iterator[Finding]:
    """Somebody is told, and nothing waits to be sent."""
    where = targets()
    if not where:
        advice = "Set SAFER_NOTICES to where notices go, such as an address that begins with mailtos://"
        yield Finding("notices", "warn", "SAFER_NOTICES is not set: nobody is told of a late feed or a failure", advice)
        return
    if wrong := [target.label for target in where if not target.is_usable()]:
        advice = "Correct it in SAFER_NOTICES: scheme://user:password@host/... as the library apprise writes it."
        yield Finding("notices", "bad", f"not an address that can be used: {', '.join(wrong)}", advice)
        return
    waiting = len(list((Path(asked.refresh.store) / "notices" / "outbox").glob("*.json")))
    found = ", ".join(target.label for target in where)
    if waiting:
        advice = "Check that these servers run and take the password; what waits is sent with the next notice."
        yield Finding("notices", "warn", f"{waiting} not sent yet, to {found}", advice)
    else:
        yield Finding("notices", "ok", found)


def publishers(asked: Asked) -> Iterator[Finding]:
    """Every address of a publisher answers; asked where the source is live, or when told to."""
    # Imported here: it brings the HTTP client.
    from safer_assets.publishers.addresses import Addresses

    table = Addresses.load(asked.refresh.settings().addresses)
    if not (asked.online or asked.refresh.is_live):
        yield Finding("publishers", "ok", "not asked (--online asks them)")
        return
    wanted = [(key, address) for key in table.keys() for address in table.several(key)]  # noqa: SIM118 # no mapping
    with ThreadPoolExecutor(len(wanted)) as pool:
        answers = list(pool.map(lambda item: _ask(item[1]), wanted))
    for key in table.keys():  # noqa: SIM118 # no mapping
        # Of several addresses one is enough: the first that answers is taken.
        problems = [answer for (name, _), answer in zip(wanted, answers, strict=True) if name == key]
        host = urlsplit(table[key]).hostname
        if all(problems):
            advice = "Check network, proxy and firewall; an address that has moved is put right under [addresses]."
            yield Finding(f"publisher {key}", "bad", f"{host}: {problems[0]}", advice)
        else:
            yield Finding(f"publisher {key}", "ok", f"{host} answers")
    yield from _clock_of(table["bank_holidays"])


def _ask(address: str) -> str:
    """Why an address cannot be read; empty where it can. One with parts to be filled in is asked at its host."""
    from safer_assets.transport.http import Http, StatusError

    client = Http(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, attempts=1, patience=0)
    parts = urlsplit(address)
    whole = "{" not in address
    try:
        client.head(address if whole else f"{parts.scheme}://{parts.netloc}/")
    except StatusError as error:
        return str(error) if whole else ""  # what the host's front page says is no matter: the host is there
    except FetchError as error:
        return str(error)
    return ""


def _clock_of(address: str) -> Iterator[Finding]:
    """How far this clock is from a server's."""
    import requests

    from safer_assets.transport.http import Http

    session = Http(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS).session
    try:
        said = session.head(address, timeout=(CONNECT_SECONDS, READ_SECONDS)).headers["Date"]
        apart = abs((datetime.now(UTC) - parsedate_to_datetime(said)).total_seconds())
    except (requests.RequestException, KeyError, ValueError):
        return  # it does not say; that it cannot be reached is said above
    found = f"{apart:,.0f} seconds from that of {urlsplit(address).hostname}"
    if apart > CLOCK_WARN_SECONDS:
        state: State = "bad" if apart > CLOCK_BAD_SECONDS else "warn"
        yield Finding("clock outside", state, found, "Set the clock: timedatectl set-ntp true")
    else:
        yield Finding("clock outside", "ok", found)
