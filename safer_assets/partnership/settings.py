"""Typed settings of one partnership: board, area, comparator groups, cycle and limits.

What is here: the models of partnership.toml and the reader of a partnership's whole folder. Mistakes in a file become
one SettingsError that names the file and the line of each. What is not: meetings (meetings.py), operations
(operations.py), and what the dates of a meeting imply (board/calendar.py).
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, PrivateAttr, ValidationInfo, field_validator

from safer_assets.errors import SettingsError
from safer_assets.partnership.files import Location, Settings, Text, did_you_mean, line_of, read_toml, refusal
from safer_assets.partnership.meetings import MEETINGS_FILE, Meeting, read_meetings
from safer_assets.partnership.operations import OPERATIONS_FILE, Operation, read_operations
from safer_assets.reference import Place, bank_holidays, places

SETTINGS_FILE = "partnership.toml"
FOLDER = Path("partnerships")


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


def _group_code(code: str) -> str:
    """The code, where it can stand beside area codes in a table of figures; ValueError otherwise."""
    if not re.fullmatch(r"[A-Z][A-Z0-9-]*", code) or re.fullmatch(r"[A-Z]\d{8}", code):
        raise ValueError(
            f"{code!r} is not a group code: use capitals, digits and hyphens, such as BCU-NW, never an area's own code"
        )
    return code


AreaCode = Annotated[str, AfterValidator(_area_code)]
WorkingDays = Annotated[int, Field(strict=True, ge=0, le=60)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]


class Area(Settings):
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


class Group(Settings):
    """Areas that are added up for comparison; the code stands where an area code does."""

    code: Annotated[str, AfterValidator(_group_code)]
    name: Text
    members: Annotated[tuple[AreaCode, ...], Field(min_length=1)]


class CycleRules(Settings):
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


class QualityLimits(Settings):
    """Shares, from 0 to 1, above which a file of this force is not what it usually is.

    Attributes:
        street_repeat_share_error: Rows of a street file that repeat a Crime ID; above it the file is held back.
        street_unplaced_share_warn: Rows of a street file with no LSOA; above it the pack says so.
    """

    street_repeat_share_error: Share = 0.10
    street_unplaced_share_warn: Share = 0.05


class _TomlSettings(Settings):
    """The content of partnership.toml."""

    board_name: Text
    area: Area
    force: Text
    groups: tuple[Group, ...] = ()
    cycle: CycleRules
    minimum_base: Annotated[int, Field(strict=True, ge=0)] = 50
    quality: QualityLimits = QualityLimits()
    addresses: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)


class Partnership(_TomlSettings):
    """All settings of one partnership.

    Attributes:
        slug: Name of its folder, in paths and run keys.
        force: The force as data.police.uk spells it in "Falls within".
        minimum_base: Counts below this get no percentage change.
        addresses: Where publishers are read, in place of the table's own (publishers/addresses.toml), by its keys.
        meetings: In order of date.
        operations: In the order of operations.toml; none without that file.
        folder: Where it was read from.
    """

    slug: str
    meetings: tuple[Meeting, ...]
    operations: tuple[Operation, ...] = ()
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
        meetings=read_meetings(folder / MEETINGS_FILE),
        operations=read_operations(folder / OPERATIONS_FILE),
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
        f"PARTNERSHIP={name}: there is no folder {named} and no folder at that path{did_you_mean(name, known)}. "
        f"Under {root}/ there are: {', '.join(known) or 'none'}."
    )


def _read_settings(path: Path) -> _TomlSettings:
    """partnership.toml, checked."""
    tables: dict[str, type[BaseModel]] = {"area": Area, "groups": Group, "cycle": CycleRules, "quality": QualityLimits}
    settings, text = read_toml(path, _TomlSettings, tables, {})
    if repeats := list(_repeats(settings.groups)):
        raise refusal(path, [(line_of(text, place, code), words) for place, code, words in repeats])
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
