"""Where publishers are read: one table of addresses, which settings can override.

What is here: reading the table and its overrides. What is not: the addresses (addresses.toml).
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from safer_assets.errors import SettingsError

VARIABLE = "SAFER_ADDRESSES"
"""Names a toml file whose addresses win over the partnership's and the table's."""

Value = str | Sequence[str]


class Addresses:
    """The addresses in force, by key.

    Args:
        table: By key, one address, or several that are tried in order.
    """

    def __init__(self, table: Mapping[str, Value]) -> None:
        self._table = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in table.items()}

    @classmethod
    def load(cls, overrides: Mapping[str, Value] | None = None) -> "Addresses":
        """The table with a partnership's overrides, and over them those of the file that SAFER_ADDRESSES names.

        Raises:
            SettingsError: A key is unknown, an address is no address, or the file cannot be read.
        """
        table = _shipped()
        known = {key: isinstance(value, list) for key, value in table.items()}
        table.update(_checked(overrides or {}, known, "partnership.toml, [addresses]"))
        if named := os.environ.get("SAFER_ADDRESSES"):
            table.update(_checked(_read(Path(named)), known, f"{named} ({VARIABLE})"))
        return cls(table)

    def __getitem__(self, key: str) -> str:
        """The address; of several, the first."""
        return self._table[key][0]

    def keys(self) -> tuple[str, ...]:
        """Every key, in the order of the table."""
        return tuple(self._table)

    def several(self, key: str) -> tuple[str, ...]:
        """The addresses under a key, in the order in which they are tried."""
        return self._table[key]


def _shipped() -> dict[str, Value]:
    return tomllib.loads(files(__package__).joinpath("addresses.toml").read_text(encoding="utf-8"))


def _read(path: Path) -> dict[str, Value]:
    """The file's content; SettingsError where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} ({VARIABLE}): cannot be read ({error.strerror}). Correct {VARIABLE}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} ({VARIABLE}): is not TOML ({error}). Correct it.") from error


def _checked(overrides: Mapping[str, Value], known: Mapping[str, bool], where: str) -> dict[str, Value]:
    """The overrides, where each can stand in for what it replaces."""
    for key, value in overrides.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}."
            raise SettingsError(f"{where}: {key!r} is the key of no address: {advice}")
        if not isinstance(value, str) and not known[key]:
            raise SettingsError(f"{where}: {key} is one address, not {type(value).__name__}: write it in quotes.")
        several = [value] if isinstance(value, str) else value
        if not isinstance(several, Sequence) or not several:
            raise SettingsError(f"{where}: {key} is a list of addresses, and one at least: write them in brackets.")
        for address in several:
            _check_one(address, key, where)
    return dict(overrides)


def _check_one(address: object, key: str, where: str) -> None:
    if not isinstance(address, str) or re.search(r"\s", address):
        raise SettingsError(f"{where}: {key} has {address!r}, which is no address. Write http(s)://host/path.")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        # The address itself is not repeated: it may hold a password.
        raise SettingsError(f"{where}: {key} does not begin with http(s):// and a host. Write http(s)://host/path.")
