"""Reading a settings file so that each mistake in it is told with its line.

What is here: text, TOML and lines, and what pydantic finds in words. What is not: what settings there are (settings.py,
meetings.py, operations.py).
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from safer_assets.errors import SettingsError

MOST_PROBLEMS = 30
"""As many as are listed; who hands in another kind of file needs no more."""

Location = tuple[int | str, ...]
Problem = tuple[int, str]
"""A line number, first line 1, and what is wrong there."""
Model = TypeVar("Model", bound=BaseModel)


def one_line(text: str) -> str:
    """The text, where it can stand on a page and in a spreadsheet; ValueError otherwise."""
    if not text.isprintable():
        raise ValueError(f"{text!r} has a character that cannot be printed, such as a line end: write it on one line")
    if text[0] in "=+-@":
        raise ValueError(f"{text!r} begins as a spreadsheet's formula does: begin with a letter or digit")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(one_line)]


class Settings(BaseModel):
    """What all settings share: they never change, and a key nobody knows is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read_toml(
    path: Path,
    model: type[Model],
    tables: Mapping[str, type[BaseModel]],
    choices: Mapping[str, Sequence[str]],
) -> tuple[Model, str]:
    """A TOML file as its model, and its text for `line_of`.

    Args:
        path: The file.
        model: What it must hold.
        tables: Name of a table in it, however deep -> its model, for naming the keys it may have.
        choices: Key -> its values, where there are only a few.

    Raises:
        SettingsError: It is missing, no TOML, or holds mistakes; names the line of each.
    """
    text = read_text(path).replace("\r\n", "\n")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else text.rstrip().count("\n") + 1
        raise refusal(path, [(line, f"this is not TOML: {error}")]) from error
    try:
        return model.model_validate(content), text
    except ValidationError as error:
        every: dict[str, type[BaseModel]] = {**tables, "": model}
        keys = {name: list(table.model_fields) for name, table in every.items()}
        found = error.errors()
        problems = [(line_of(text, e["loc"], e["input"]), in_words(e, keys, choices)) for e in found]
        raise refusal(path, problems) from error


def read_text(path: Path) -> str:
    """A settings file's text; the byte order mark that some editors put first is not part of it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise SettingsError(f"{path} is missing. Write it; the one of another partnership is an example.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(
            path, [(line, f"byte {content[error.start]:#04x} is not UTF-8; save the file as UTF-8")]
        ) from error


def line_of(text: str, location: Location, value: object) -> int:
    """The line of a key, or of a value within its statement, in TOML text that parses.

    tomllib keeps no positions. But a statement ends where the text so far parses again, so the first statement after
    which `location` exists is the one looked for. A key that does not exist is shown at its table.
    """
    lines = text.split("\n")
    start = 0
    for end in range(1, len(lines) + 1):
        try:
            content = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        if location and _exists(content, location):
            # A long array is one statement on many lines: show the line on which the value itself stands. The last such
            # line, because of two equal values it is the second that is one too many.
            spelt = (f'"{value}"', f"'{value}'") if isinstance(value, str) else (str(value),)
            hits = [line for line in range(start, end) if any(form in lines[line] for form in spelt)]
            return (hits[-1] if hits else start) + 1
        start = end
    return line_of(text, location[:-1], None) if location else 1


def _exists(content: object, location: Location) -> bool:
    """Whether a nested value is there."""
    for step in location:
        if isinstance(content, list):
            content = dict(enumerate(content))
        if not isinstance(content, dict) or step not in content:
            return False
        content = content[step]
    return True


def in_words(error: ErrorDetails, keys: Mapping[str, Sequence[str]], choices: Mapping[str, Sequence[str]]) -> str:
    """What pydantic found, for the person who wrote the file.

    Args:
        error: One of its findings.
        keys: Name of a table -> the keys it may have; "" for the file itself.
        choices: Key -> its values, where there are only a few.
    """
    location = error["loc"]
    key = str(location[-1])
    if error["type"] == "extra_forbidden":
        table = next((str(step) for step in reversed(location[:-1]) if isinstance(step, str)), "")
        known = keys[table]
        return f"unknown key {key!r}{did_you_mean(key, known)}; known here: {', '.join(known)}"
    if error["type"] == "missing":
        return f"key {key!r} is missing; add it"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["type"] == "literal_error":
        known = choices[key]
        return f"{key} {error['input']!r} is none of {', '.join(known)}{did_you_mean(str(error['input']), known)}"
    if error["type"] == "date_type":
        return f"{error['input']!r} is not a day; write it without quotes, such as 2026-12-24"
    name = ".".join(str(step) for step in location if isinstance(step, str))
    return f"{name} = {error['input']!r} cannot be used: {error['msg'][0].lower()}{error['msg'][1:]}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question to append to a message where something known is near, else nothing."""
    near = difflib.get_close_matches(name.lower(), list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def refusal(path: Path, problems: Sequence[Problem]) -> SettingsError:
    """One error for all that is wrong with a file, in the order of its lines."""
    lines = [f"{path}, line {line}: {words}." for line, words in sorted(problems)]
    if len(lines) > MOST_PROBLEMS:
        lines[MOST_PROBLEMS:] = [f"... and {len(lines) - MOST_PROBLEMS:,} more."]
    return SettingsError("\n".join(lines))
