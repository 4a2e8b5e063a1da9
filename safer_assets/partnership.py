"""Typed settings of one partnership: board, area, comparator groups, cycle, limits and meetings.

What is here: the models and the only reader of `partnerships/<slug>/`. Mistakes in a file become one SettingsError that
names the file and the line of each. What is not: what the dates of a meeting imply (board/calendar.py).
"""

import csv
import datetime
import difflib
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails

from safer_assets.errors import SettingsError
from safer_assets.reference import Place, bank_holidays, places

SETTINGS_FILE = "partnership.toml"
MEETINGS_FILE = "meetings.csv"
FOLDER = Path("partnerships")
MOST_PROBLEMS = 30
"""As many as are listed; who hands in another kind of file needs no more."""

Status = Literal["held", "confirmed", "provisional"]
Location = tuple[int | str, ...]
Problem = tuple[int, str]
"""A line number, first line 1, and what is wrong there."""


@cache
def _districts() -> Mapping[str, Place]:
    """Boroughs and districts by GSS code."""
    return {place.area_code: place for place in places() if place.kind != "not_a_place"}


def _area_code(code: str) -> str:
    """The code, where it is a borough's or district's; ValueError otherwise."""
    if not re.fullmatch(r"[EW]\d{8}", code):
        raise ValueError(f"{code!r} is not an area code: write E or W and eight digits, such as E09000001")
    if code not in _districts():
        raise ValueError(
            f"{code!r} is not the code of a borough or district of England and Wales (reference/places.csv)"
        )
    return code


def _one_line(text: str) -> str:
    """The text, where it can stand on a page and in a spreadsheet; ValueError otherwise."""
    if not text.isprintable():
        raise ValueError(f"{text!r} has a character that cannot be printed, such as a line end: write it on one line")
    if text[0] in "=+-@":
        raise ValueError(f"{text!r} begins as a spreadsheet's formula does: begin with a letter or digit")
    return text


def _group_code(code: str) -> str:
    """The code, where it can stand beside area codes in a table of figures; ValueError otherwise."""
    if not re.fullmatch(r"[A-Z][A-Z0-9-]*", code) or re.fullmatch(r"[A-Z]\d{8}", code):
        raise ValueError(
            f"{code!r} is not a group code: use capitals, digits and hyphens, such as BCU-NW, never an area's own code"
        )
    return code


def _meeting_day(value: object) -> object:
    """A day from a cell's text; years are bounded because a slip there makes a meeting that never comes."""
    if isinstance(value, str):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError(
                f"date {value!r} is not written YYYY-MM-DD, such as 2023-05-12 (a spreadsheet may have changed it)"
            )
        try:
            value = datetime.date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"date {value!r} is no day of the calendar; write YYYY-MM-DD") from error
    if isinstance(value, datetime.date) and not 2000 <= value.year <= 2100:
        raise ValueError(f"date {value.isoformat()!r} is not between the years 2000 and 2100")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_one_line)]
AreaCode = Annotated[str, AfterValidator(_area_code)]
WorkingDays = Annotated[int, Field(strict=True, ge=0, le=60)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]


class _Settings(BaseModel):
    """What all settings share: they never change, and a key nobody knows is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Area(_Settings):
    """The borough or district that the board answers for: GSS code and the name that pages print."""

    code: AreaCode
    name: Text

    @field_validator("name")
    @classmethod
    def _belongs_to_the_code(cls, name: str, info: ValidationInfo) -> str:
        """A right code beside another place's name would print one borough's figures as the other's."""
        place = _districts().get(info.data.get("code", ""))
        if place and name not in (place.area_name, *place.names):
            raise ValueError(f"{place.area_code} is {place.area_name!r}, not {name!r}: correct the code or the name")
        return name


class Group(_Settings):
    """Areas that are added up for comparison; the code stands where an area code does."""

    code: Annotated[str, AfterValidator(_group_code)]
    name: Text
    members: Annotated[tuple[AreaCode, ...], Field(min_length=1)]


class CycleRules(_Settings):
    """The days a board pack takes, all in working days.

    Attributes:
        clearance_days: From the pack being ready to the papers being published.
        checking_days: From the data cut to the pack being ready.
        closures: Days the office is closed beside weekends and bank holidays; also the place for a bank holiday that
            was proclaimed after this version was made, where SOURCE=live cannot fetch the official list.
        feed_day: Day of the month on which the force publishes the month before.
    """

    clearance_days: WorkingDays
    checking_days: WorkingDays
    closures: tuple[Annotated[datetime.date, Field(strict=True)], ...] = ()
    feed_day: Annotated[int, Field(strict=True, ge=1, le=28)] = 6
    _official: bank_holidays.Days | None = PrivateAttr(default=None)

    @property
    def official_holidays(self) -> bank_holidays.Days | None:
        """The official list of bank holidays to count with; None for the shipped one. No setting: it is fetched."""
        return self._official

    def with_holidays(self, official: bank_holidays.Days) -> "CycleRules":
        """The same rules, counting with this official list."""
        rules = self.model_copy()
        rules._official = official
        return rules


class QualityLimits(_Settings):
    """Shares, from 0 to 1, above which a file of this force is not what it usually is.

    Attributes:
        street_repeat_share_error: Rows of a street file that repeat a Crime ID; above it the file is held back.
        street_unplaced_share_warn: Rows of a street file with no LSOA; above it the pack says so.
    """

    street_repeat_share_error: Share = 0.10
    street_unplaced_share_warn: Share = 0.05


class Meeting(_Settings):
    """One meeting of the board; `status` says how sure the day is."""

    date: Annotated[datetime.date, BeforeValidator(_meeting_day)]
    title: Text
    status: Status
    note: str = ""


class _TomlSettings(_Settings):
    """The content of partnership.toml."""

    board_name: Text
    area: Area
    force: Text
    groups: tuple[Group, ...] = ()
    cycle: CycleRules
    minimum_base: Annotated[int, Field(strict=True, ge=0)] = 50
    quality: QualityLimits = QualityLimits()
    addresses: dict[str, str | tuple[str, ...]] = {}


class Partnership(_TomlSettings):
    """All settings of one partnership.

    Attributes:
        slug: Name of its folder, in paths and run keys.
        force: The force as data.police.uk spells it in "Falls within".
        minimum_base: Counts below this get no percentage change.
        addresses: Where publishers are read, in place of the table's own (publishers/addresses.toml), by its keys.
        meetings: In order of date.
        folder: Where it was read from.
    """

    slug: str
    meetings: tuple[Meeting, ...]
    folder: Path


def load_partnership(name_or_path: str, root: Path | None = None) -> Partnership:
    """Read a partnership's folder.

    Args:
        name_or_path: The folder's name below `root`, or a path to a folder anywhere.
        root: The folder that holds the partnerships' folders; `partnerships/` here, unless given.

    Raises:
        SettingsError: There is no such folder, or a file in it cannot be used; names the file and line of each mistake.
    """
    folder = _folder(name_or_path, root or FOLDER)
    slug = folder.resolve().name
    if not re.fullmatch(r"[a-z0-9-]+", slug):
        raise SettingsError(f"{folder}: the folder's name {slug!r} goes into paths; use only a-z, 0-9 and hyphens.")
    settings = _read_settings(folder / SETTINGS_FILE)
    return Partnership(
        slug=slug,
        board_name=settings.board_name,
        area=settings.area,
        force=settings.force,
        groups=settings.groups,
        cycle=settings.cycle,
        minimum_base=settings.minimum_base,
        quality=settings.quality,
        addresses=settings.addresses,
        meetings=_read_meetings(folder / MEETINGS_FILE),
        folder=folder,
    )


def _folder(name_or_path: str, root: Path) -> Path:
    """The folder meant: a name under `root` before a path of the same spelling."""
    name = name_or_path.strip()
    named, given = root / name, Path(name)
    with suppress(OSError, ValueError, RuntimeError):  # a name no folder can have, or the home of nobody
        given = given.expanduser()
        if re.fullmatch(r"[a-z0-9-]+", name) and named.is_dir():
            return named
        if name and given.is_dir():
            return given
    known = sorted(path.parent.name for path in root.glob(f"*/{SETTINGS_FILE}"))
    raise SettingsError(
        f"PARTNERSHIP={name}: there is no folder {named} and no folder at that path{_did_you_mean(name, known)}. "
        f"Under {root}/ there are: {', '.join(known) or 'none'}."
    )


def _read_settings(path: Path) -> _TomlSettings:
    """partnership.toml, checked."""
    text = _read_text(path).replace("\r\n", "\n")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else text.rstrip().count("\n") + 1
        raise _refusal(path, [(line, f"this is not TOML: {error}")]) from error
    try:
        settings = _TomlSettings.model_validate(content)
    except ValidationError as error:
        found = error.errors()
        raise _refusal(path, [(_line_of(text, e["loc"], e["input"]), _in_words(e)) for e in found]) from error
    if repeats := list(_repeats(settings.groups)):
        raise _refusal(path, [(_line_of(text, place, code), words) for place, code, words in repeats])
    return settings


def _repeats(groups: Sequence[Group]) -> Iterator[tuple[Location, str, str]]:
    """Where a group code, or a member within a group, stands a second time: it would be counted twice."""
    codes: set[str] = set()
    for position, group in enumerate(groups):
        if group.code in codes:
            yield (
                ("groups", position, "code"),
                group.code,
                f"there are two groups with the code {group.code!r}; rename one",
            )
        codes.add(group.code)
        for member in sorted({code for code in group.members if group.members.count(code) > 1}):
            words = f"{member!r} is in the group {group.code!r} twice; take one out"
            yield ("groups", position, "members"), member, words


def _read_meetings(path: Path) -> tuple[Meeting, ...]:
    """meetings.csv in order of date, checked."""
    # strict: without it a quotation mark that is never closed swallows every meeting after it in silence.
    reader = csv.reader(io.StringIO(_read_text(path), newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            rows.append((line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise _refusal(path, [(line, f"this row cannot be read ({error}); is a quotation mark left open?")]) from error
    rows = [(at, cells) for at, cells in rows if any(cells)]
    if not rows:
        raise _refusal(path, [(1, f"the file is empty; begin it with {','.join(Meeting.model_fields)}")])
    header_line, header = rows[0]
    if problems := list(_header_problems(header_line, header)):
        raise _refusal(path, problems)
    return _meetings(path, header, rows[1:])


def _header_problems(line: int, header: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with the column names of meetings.csv."""
    columns = list(Meeting.model_fields)
    for name in header:
        if name not in columns:
            yield line, f"unknown column {name!r}{_did_you_mean(name, columns)}; the columns are {','.join(columns)}"
    for name in columns:
        if header.count(name) != 1:
            yield line, f"column {name!r} must stand in the header once, and stands there {header.count(name)} times"


def _meetings(path: Path, header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[Meeting, ...]:
    """The meetings of all rows; every bad row is named at once."""
    problems: list[Problem] = []
    lines: dict[datetime.date, int] = {}
    meetings: list[Meeting] = []
    for line, cells in rows:
        if len(cells) != len(header):
            words = f"{len(cells)} cells where the header has {len(header)}; put text with a comma in double quotes"
            problems.append((line, words))
            continue
        try:
            meeting = Meeting.model_validate(dict(zip(header, cells, strict=True)))
        except ValidationError as error:
            problems += [(line, _in_words(e)) for e in error.errors()]
            continue
        if first := lines.get(meeting.date):
            problems.append((line, f"the meeting of {meeting.date} is already on line {first}; keep one of the two"))
        lines.setdefault(meeting.date, line)
        meetings.append(meeting)
    if not rows:
        problems.append((2, "no meeting is listed; add the board's meetings, one a line"))
    if problems:
        raise _refusal(path, problems)
    return tuple(sorted(meetings, key=lambda meeting: meeting.date))


def _read_text(path: Path) -> str:
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
        raise _refusal(
            path, [(line, f"byte {content[error.start]:#04x} is not UTF-8; save the file as UTF-8")]
        ) from error


def _line_of(text: str, location: Location, value: object) -> int:
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
    return _line_of(text, location[:-1], None) if location else 1


def _exists(content: object, location: Location) -> bool:
    """Whether a nested value is there."""
    for step in location:
        if isinstance(content, list):
            content = dict(enumerate(content))
        if not isinstance(content, dict) or step not in content:
            return False
        content = content[step]
    return True


def _in_words(error: ErrorDetails) -> str:
    """What pydantic found, for the person who wrote the file."""
    location = error["loc"]
    key = str(location[-1])
    if error["type"] == "extra_forbidden":
        keys = _known_keys(location[:-1])
        return f"unknown key {key!r}{_did_you_mean(key, keys)}; known here: {', '.join(keys)}"
    if error["type"] == "missing":
        return f"key {key!r} is missing; add it"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if location[0] == "status":
        known = get_args(Status)
        return f"status {error['input']!r} is none of {', '.join(known)}{_did_you_mean(error['input'], known)}"
    if error["type"] == "date_type":
        return f"{error['input']!r} is not a day; write it without quotes, such as 2026-12-24"
    name = ".".join(str(step) for step in location if isinstance(step, str))
    return f"{name} = {error['input']!r} cannot be used: {error['msg'][0].lower()}{error['msg'][1:]}"


def _known_keys(location: Location) -> list[str]:
    """The keys that the table at `location` of partnership.toml may have."""
    tables: Mapping[int | str, type[BaseModel]]
    tables = {"area": Area, "groups": Group, "cycle": CycleRules, "quality": QualityLimits}
    return list((tables[location[0]] if location else _TomlSettings).model_fields)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question to append to a message where something known is near, else nothing."""
    near = difflib.get_close_matches(name.lower(), list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _refusal(path: Path, problems: Sequence[Problem]) -> SettingsError:
    """One error for all that is wrong with a file, in the order of its lines."""
    lines = [f"{path}, line {line}: {words}." for line, words in sorted(problems)]
    if len(lines) > MOST_PROBLEMS:
        lines[MOST_PROBLEMS:] = [f"... and {len(lines) - MOST_PROBLEMS:,} more."]
    return SettingsError("\n".join(lines))
