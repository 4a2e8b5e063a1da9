"""The field's knowledge as data: indicators, offence names, comparability breaks, places, partnerships and outcomes.

What is here: the six CSV files beside this module and one typed reader for each. What is not: SQL that uses them
(dbt_like_sql), settings of one partnership (partnership/) and any figure. The files are edited by people, so a reader
refuses a row it cannot understand and names its line.
"""

import csv
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from safer_assets.errors import SettingsError

__all__ = [
    "ComparabilityBreak",
    "CspArea",
    "Indicator",
    "OffenceAlias",
    "OutcomeGroup",
    "Place",
    "comparability_breaks",
    "csp_areas",
    "indicators",
    "offence_aliases",
    "outcome_groups",
    "places",
    "reference_path",
]

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "indicators.csv": (
        *("indicator", "name", "short_name", "theme", "counted", "feeds", "good", "disclosure_class"),
        *("percent", "comparator", "position", "definition"),
    ),
    "offence_aliases.csv": ("family", "scheme", "offence_group", "offence_subgroup", "indicators", "note"),
    "comparability_breaks.csv": ("break", "first_month", "indicators", "feeds", "geography", "why"),
    "places.csv": ("area_code", "area_name", "kind", "names"),
    "csp_areas.csv": ("csp_name", "area_codes", "incomplete_from", "note"),
    "outcome_groups.csv": ("outcome", "outcome_group", "note"),
}

# A family is the set of feeds that share one vocabulary of offences; a scheme is one edition of that vocabulary.
SCHEMES: Final[Mapping[str, tuple[str, ...]]] = {
    "mps_recorded": ("mps-before-2024", "mps-2024"),
    "mps_dashboard": ("mps-dashboard",),
    "police_uk": ("police-uk-2013",),
    "home_office": ("home-office",),
}

OUTCOME_GROUPS: Final = (
    "Charged or sent to court",
    "Dealt with out of court",
    "Not in the public interest or passed on",
    "Suspect known but not prosecuted",
    "No suspect identified",
    "Under investigation or no outcome known",
)
"""What becomes of a street-level crime, in the order in which charts show it; the last is no outcome yet."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of indicators.csv: what is counted, where it comes from and how it may be shown.

    Attributes:
        indicator: The stable slug.
        feeds: Feeds that can give it, the preferred one first; one series never mixes two.
        counted: `offences` or `incidents`, the unit of every value.
        good: The direction that is good: `down`, `up` or `none` (never coloured good or bad).
        disclosure_class: `A` open police count, `B` partner aggregate, `C` sensitive.
        percent: Whether a percentage change may be shown at all.
        comparator: `year_earlier` or `previous_period`.
        position: Order on the page, unique.
    """

    indicator: str
    name: str
    short_name: str
    theme: str
    counted: str
    feeds: tuple[str, ...]
    good: str
    disclosure_class: str
    percent: bool
    comparator: str
    position: int
    definition: str


@dataclass(frozen=True, slots=True)
class OffenceAlias:
    """One (group, sub-group) pair as a publisher prints it, and every slug it counts towards (perhaps none)."""

    family: str
    scheme: str
    offence_group: str
    offence_subgroup: str
    indicators: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ComparabilityBreak:
    """A month from which an indicator is counted another way.

    Attributes:
        name: The name that figures print after `not comparable:` or `contains break:`.
        first_month: First day of the first month after the break.
        indicators: The slugs it touches.
        feeds: The feeds it touches; empty means all.
        geography: `all`, `ward` or `small_area`.
    """

    name: str
    first_month: datetime.date
    indicators: tuple[str, ...]
    feeds: tuple[str, ...]
    geography: str
    why: str


@dataclass(frozen=True, slots=True)
class Place:
    """A local authority district, or something that publishers print in the place of one.

    Attributes:
        area_code: The GSS code; empty for `not_a_place`.
        kind: `borough` (one of the 32 in London), `district` (the others, the City of London too) or `not_a_place`.
        names: Other spellings, `area_name` not among them.
    """

    area_code: str
    area_name: str
    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CspArea:
    """A Community Safety Partnership that the Home Office counts and that is not simply the district of its name.

    A district has figures only where every partnership that covers it covers nothing else.

    Attributes:
        area_codes: GSS codes of the districts it covers, wholly or in part; none where it is no district's.
        incomplete_from: First day of the month from which the publisher says its count is not whole; None for most.
    """

    csp_name: str
    area_codes: tuple[str, ...]
    incomplete_from: datetime.date | None
    note: str


@dataclass(frozen=True, slots=True)
class OutcomeGroup:
    """An outcome of a street-level crime as data.police.uk prints it, and its group in plain words."""

    outcome: str
    outcome_group: str
    note: str


def reference_path(name: str) -> Path:
    """The path of one reference file, for readers that want the CSV itself.

    Args:
        name: `indicators.csv`, `offence_aliases.csv`, `comparability_breaks.csv`, `places.csv`, `csp_areas.csv`
            or `outcome_groups.csv`.

    Raises:
        SettingsError: There is no such reference file.
    """
    if name not in COLUMNS:
        raise SettingsError(f"{name}: no such reference file; there are {', '.join(COLUMNS)}.")
    return Path(__file__).parent / name


@cache
def indicators() -> tuple[Indicator, ...]:
    """All indicators in the order of their position.

    Raises:
        SettingsError: A row cannot be used; names the file and line.
    """
    found: dict[str, Indicator] = {}
    for row in _rows("indicators.csv"):
        indicator = Indicator(
            indicator=row.new("indicator", found),
            name=row.text("name"),
            short_name=row.text("short_name"),
            theme=row.text("theme"),
            counted=row.one_of("counted", "offences", "incidents"),
            feeds=row.words("feeds"),
            good=row.one_of("good", "down", "up", "none"),
            disclosure_class=row.one_of("disclosure_class", "A", "B", "C"),
            percent=row.one_of("percent", "yes", "no") == "yes",
            comparator=row.one_of("comparator", "year_earlier", "previous_period"),
            position=row.whole_number("position"),
            definition=row.text("definition"),
        )
        found[indicator.indicator] = indicator
    return tuple(sorted(found.values(), key=lambda indicator: indicator.position))


@cache
def offence_aliases() -> tuple[OffenceAlias, ...]:
    """All offence names as published, in file order.

    Raises:
        SettingsError: A row cannot be used, stands twice or names an unknown indicator; names the file and line.
    """
    found: dict[tuple[str, str, str, str], OffenceAlias] = {}
    for row in _rows("offence_aliases.csv"):
        family = row.one_of("family", *SCHEMES)
        scheme = row.one_of("scheme", *SCHEMES[family])
        alias = OffenceAlias(
            family=family,
            scheme=scheme,
            offence_group=row.text("offence_group"),
            offence_subgroup=row.get("offence_subgroup"),
            indicators=row.known_indicators(),
            note=row.get("note"),
        )
        key = (alias.family, alias.scheme, alias.offence_group, alias.offence_subgroup)
        if key in found:
            raise row.error(f"the pair {key} stands twice", "Keep one row.")
        found[key] = alias
    return tuple(found.values())


@cache
def comparability_breaks() -> tuple[ComparabilityBreak, ...]:
    """All comparability breaks that apply from a month on, in file order.

    Raises:
        SettingsError: A row cannot be used; names the file and line.
    """
    found: dict[str, ComparabilityBreak] = {}
    for row in _rows("comparability_breaks.csv"):
        entry = ComparabilityBreak(
            name=row.new("break", found),
            first_month=row.month("first_month"),
            indicators=row.known_indicators(),
            feeds=row.words("feeds"),
            geography=row.one_of("geography", "all", "ward", "small_area"),
            why=row.text("why"),
        )
        found[entry.name] = entry
    return tuple(found.values())


@cache
def places() -> tuple[Place, ...]:
    """All local authority districts of England and Wales (2022) and the publishers' non-places, in file order.

    Raises:
        SettingsError: A row cannot be used, or one spelling means two places; names the file and line.
    """
    found: list[Place] = []
    owner: dict[str, str] = {}
    for row in _rows("places.csv"):
        kind = row.one_of("kind", "borough", "district", "not_a_place")
        code = row.get("area_code")
        if bool(code) == (kind == "not_a_place"):
            raise row.error(f"area_code {code!r} does not go with kind {kind}", "Only not_a_place has no code.")
        name = row.text("area_name")
        place = Place(code, name, kind, tuple(other for other in row.get("names").split("|") if other))
        for spelling in (place.area_name, *place.names):
            if owner.setdefault(spelling.casefold(), name) != name:
                raise row.error(f"{spelling!r} already means {owner[spelling.casefold()]}", "One spelling, one place.")
        found.append(place)
    return tuple(found)


@cache
def csp_areas() -> tuple[CspArea, ...]:
    """Partnerships that are parts of a district, several districts, none, or not wholly counted; in file order.

    Raises:
        SettingsError: A row cannot be used; names the file and line.
    """
    codes = {place.area_code for place in places() if place.area_code}
    found: dict[str, CspArea] = {}
    for row in _rows("csp_areas.csv"):
        name = row.new("csp_name", found)
        areas = row.words("area_codes")
        if unknown := [code for code in areas if code not in codes]:
            raise row.error(f"area code {', '.join(unknown)} is not in places.csv", "Add the district there.")
        incomplete = row.month("incomplete_from") if row.get("incomplete_from") else None
        found[name] = CspArea(name, areas, incomplete, row.get("note"))
    return tuple(found.values())


@cache
def outcome_groups() -> tuple[OutcomeGroup, ...]:
    """Every outcome that data.police.uk has printed, in file order.

    Raises:
        SettingsError: A row cannot be used; names the file and line.
    """
    found: dict[str, OutcomeGroup] = {}
    for row in _rows("outcome_groups.csv"):
        outcome = row.new("outcome", found)
        found[outcome] = OutcomeGroup(outcome, row.one_of("outcome_group", *OUTCOME_GROUPS), row.get("note"))
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Row:
    """One data row that knows where it stands, so that every refusal can say so."""

    file: str
    line: int
    cells: Mapping[str, str]

    def error(self, what: str, next_step: str) -> SettingsError:
        return SettingsError(f"{self.file}, line {self.line}: {what}. {next_step}")

    def get(self, column: str) -> str:
        cell = self.cells[column]
        if cell != cell.strip():
            raise self.error(f"{column} {cell!r} has blanks at an end", "Remove them.")
        return cell

    def text(self, column: str) -> str:
        if cell := self.get(column):
            return cell
        raise self.error(f"{column} is empty", "Fill it in.")

    def new(self, column: str, known: Mapping[str, object]) -> str:
        if (cell := self.text(column)) in known:
            raise self.error(f"{column} {cell!r} stands twice", "Keep one row.")
        return cell

    def words(self, column: str) -> tuple[str, ...]:
        return tuple(self.get(column).split())

    def one_of(self, column: str, *allowed: str) -> str:
        if (cell := self.get(column)) in allowed:
            return cell
        raise self.error(f"{column} is {cell!r}", f"It may be {', '.join(allowed)}.")

    def whole_number(self, column: str) -> int:
        cell = self.text(column)
        if cell.isdecimal():
            return int(cell)
        raise self.error(f"{column} is {cell!r}", "Give a whole number.")

    def month(self, column: str) -> datetime.date:
        cell = self.text(column)
        try:
            return datetime.date.fromisoformat(f"{cell}-01")
        except ValueError:
            raise self.error(f"{column} is {cell!r}", "Give a month as YYYY-MM.") from None

    def known_indicators(self) -> tuple[str, ...]:
        slugs = self.words("indicators")
        known = {indicator.indicator for indicator in indicators()}
        if unknown := [slug for slug in slugs if slug not in known]:
            raise self.error(f"unknown indicator {', '.join(unknown)}", "Add it to indicators.csv or correct it here.")
        if len(set(slugs)) != len(slugs):
            raise self.error("an indicator stands twice in the row", "It would count every record twice: keep one.")
        return slugs


def _rows(name: str) -> Iterator[_Row]:
    """The data rows of one reference file, refused when its header or a row's length is not the agreed one."""
    path = reference_path(name)
    with path.open(encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        header = tuple(next(reader, ()))
        if header != COLUMNS[name]:
            raise SettingsError(f"{name}, line 1: the columns are {header}. They must be {COLUMNS[name]}.")
        for cells in reader:
            if len(cells) != len(header):
                raise SettingsError(
                    f"{name}, line {reader.line_num}: {len(cells)} cells, not {len(header)}. "
                    "Put quotes round a text that has a comma."
                )
            yield _Row(name, reader.line_num, dict(zip(header, cells, strict=True)))
