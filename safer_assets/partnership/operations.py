"""The operations a partnership has registered: operations.toml, a table each.

What is here: what is said of an operation before anything is counted, and its reader. What is not: which small areas
its area is (dbt_like_sql/marts/operation_units.sql) and what came of it (evidence/operations_frame.py).
"""

import calendar
import datetime
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo, field_validator, model_validator

from safer_assets.errors import MapError
from safer_assets.geography import read_polygon
from safer_assets.partnership.files import Location, Settings, Text, did_you_mean, line_of, read_toml, refusal
from safer_assets.reference import indicators

OPERATIONS_FILE = "operations.toml"
FURTHEST_BUFFER = 3000
"""Metres. Beyond it "next door" means nothing in a town, and neighbours of small areas are not kept so far out."""
LONGEST = 36
"""Months; twice that is more than any file of small areas holds."""
_WARD, _LSOA = re.compile(r"[EW]05\d{6}"), re.compile(r"[EW]01\d{6}")

Control = Literal["matched"]


def _slug(text: str) -> str:
    """The text, where it can be a key in tables and paths; ValueError otherwise."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        raise ValueError(f"id {text!r} goes into tables; use only a-z, 0-9 and single hyphens, such as north-2024")
    return text


def _ward(code: str) -> str:
    """The code, where it has the shape of a ward's; ValueError otherwise."""
    if not _WARD.fullmatch(code):
        raise ValueError(f"{code!r} is not a ward code: write E05 or W05 and six digits, such as E05013630")
    return code


def _lsoa(code: str) -> str:
    """The code, where it has the shape of a small area's; ValueError otherwise."""
    if not _LSOA.fullmatch(code):
        raise ValueError(f"{code!r} is not an LSOA code: write E01 or W01 and six digits, such as E01000001")
    return code


def _indicator(slug: str) -> str:
    """The slug, where it is an indicator's; ValueError otherwise."""
    known = [one.indicator for one in indicators()]
    if slug not in known:
        raise ValueError(f"{slug!r} is no indicator of reference/indicators.csv{did_you_mean(slug, known)}")
    return slug


def _day(day: datetime.date) -> datetime.date:
    """The day, where a file of crimes can have it; ValueError otherwise."""
    if not 2000 <= day.year <= 2100:
        raise ValueError(f"date {day.isoformat()!r} is not between the years 2000 and 2100")
    return day


Day = Annotated[datetime.date, Field(strict=True), AfterValidator(_day)]
Offence = Annotated[str, AfterValidator(_indicator)]


class Claim(Settings):
    """What was claimed in public of one offence.

    Attributes:
        offence: The indicator it is about.
        words: The claim as it was made.
        source: Who made it, where, and what it left out.
        change_pct: The change it states, where it states one.
    """

    offence: Offence
    words: Text
    source: Text
    change_pct: Annotated[float, Field(strict=True, ge=-100, le=10_000)] | None = None


class Operation(Settings):
    """One operation: where, when, against what, and what was said of it.

    Attributes:
        id: Key, for ever.
        name: As pages print it.
        lsoas: Its area as LSOA codes; one of `lsoas`, `wards` and `polygon` is given.
        wards: Its area as ward codes.
        polygon: Its area as a GeoJSON file in the partnership's folder.
        start: First day.
        end: Last day.
        offences: Indicators it was meant to lower.
        buffer_metres: How far from its area crime may have moved.
        control: How the areas it is compared with are chosen: `matched` in size and crime before.
        registered_on: Day on which area, dates and offences were written down; none where nobody knows.
        assumed: What of this entry is assumed because nothing better is known; printed beside every result.
        note: For whoever reads the file.
        claims: Claims made in public.
    """

    id: Annotated[str, AfterValidator(_slug)]
    name: Text
    lsoas: Annotated[tuple[Annotated[str, AfterValidator(_lsoa)], ...], Field(min_length=1)] | None = None
    wards: Annotated[tuple[Annotated[str, AfterValidator(_ward)], ...], Field(min_length=1)] | None = None
    polygon: Text | None = None
    start: Day
    end: Day
    offences: Annotated[tuple[Offence, ...], Field(min_length=1)]
    buffer_metres: Annotated[int, Field(strict=True, ge=0, le=FURTHEST_BUFFER)]
    control: Control = "matched"
    registered_on: Day | None = None
    assumed: Text | None = None
    note: Text | None = None
    claims: tuple[Claim, ...] = ()

    @field_validator("claims")
    @classmethod
    def _one_an_offence(cls, claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        """Two claims of one offence would stand beside one result."""
        offences = [claim.offence for claim in claims]
        if twice := next((offence for offence in offences if offences.count(offence) > 1), ""):
            raise ValueError(f"there are two claims about {twice!r}; put them into one")
        return claims

    @field_validator("end")
    @classmethod
    def _whole_months(cls, end: datetime.date, info: ValidationInfo) -> datetime.date:
        """Crimes are published by month, so that an operation needs one whole month at least."""
        start = info.data.get("start")
        if start is None:
            return end
        if end < start:
            raise ValueError(f"end {end} is before start {start}: swap the two")
        if not (months := whole_months(start, end)):
            raise ValueError(f"there is no whole month from {start} to {end}; crimes are published by whole month")
        if months[1] > LONGEST:
            raise ValueError(
                f"from {start} to {end} are {months[1]} months, more than the {LONGEST} that can be compared"
            )
        return end

    @model_validator(mode="after")
    def _one_area(self) -> "Operation":
        given = [name for name in ("lsoas", "wards", "polygon") if getattr(self, name) is not None]
        if len(given) != 1:
            has = " and ".join(given) or "none of them"
            raise ValueError(f"operation {self.id!r} needs its area as one of lsoas, wards and polygon; it has {has}")
        return self

    @property
    def first_month(self) -> datetime.date:
        """First day of its first whole month."""
        return self._months[0]

    @property
    def months(self) -> int:
        """Its whole months."""
        return self._months[1]

    @property
    def _months(self) -> tuple[datetime.date, int]:
        return whole_months(self.start, self.end) or (self.start, 0)  # the validator lets no operation without pass


class _Operations(Settings):
    """The content of operations.toml."""

    operation: Annotated[tuple[Operation, ...], Field(min_length=1)]


def whole_months(start: datetime.date, end: datetime.date) -> tuple[datetime.date, int] | None:
    """First whole month between two days (both in) and how many there are; None where there is none."""
    first = start.year * 12 + start.month - 1 + (start.day > 1)
    last = end.year * 12 + end.month - 1 - (end.day < calendar.monthrange(end.year, end.month)[1])
    return (datetime.date(first // 12, first % 12 + 1, 1), last - first + 1) if last >= first else None


def read_operations(path: Path) -> tuple[Operation, ...]:
    """operations.toml, checked; none where there is no such file.

    Raises:
        SettingsError: Names the file and line of each mistake; a polygon's own mistakes with it.
    """
    if not path.exists():
        return ()
    tables: dict[str, type[BaseModel]] = {"operation": Operation, "claims": Claim}
    found, text = read_toml(path, _Operations, tables, {"control": get_args(Control)})
    problems = [
        (line_of(text, place, value), words)
        for place, value, words in (*_mistakes(found.operation), *_polygons(path.parent, found.operation))
    ]
    if problems:
        raise refusal(path, problems)
    return found.operation


def _mistakes(operations: Sequence[Operation]) -> Iterator[tuple[Location, str, str]]:
    """What is wrong between entries, and between the keys of one: place, value, words."""
    ids: set[str] = set()
    for number, one in enumerate(operations):
        place: Location = ("operation", number)
        if one.id in ids:
            yield (*place, "id"), one.id, f"there are two operations with the id {one.id!r}; rename one"
        ids.add(one.id)
        for key in ("lsoas", "wards", "offences"):
            values: tuple[str, ...] = getattr(one, key) or ()
            for value in sorted({value for value in values if values.count(value) > 1}):
                yield (*place, key), value, f"{value!r} is in {key} of {one.id!r} twice; take one out"
        for position, claim in enumerate(one.claims):
            if claim.offence not in one.offences:
                words = f"the claim is about {claim.offence!r}, which is not among the offences of {one.id!r}; add it"
                yield (*place, "claims", position, "offence"), claim.offence, words


def _polygons(folder: Path, operations: Sequence[Operation]) -> Iterator[tuple[Location, str, str]]:
    """What is wrong with the files of polygons: place, value, words."""
    for number, one in enumerate(operations):
        if one.polygon is None:
            continue
        place: Location = ("operation", number, "polygon")
        path = folder / one.polygon
        if Path(one.polygon).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
            yield place, one.polygon, f"polygon {one.polygon!r} lies outside {folder}; put the file there"
            continue
        try:
            read_polygon(path)
        except MapError as error:
            yield place, one.polygon, str(error).rstrip(".")
