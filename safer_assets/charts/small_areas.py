"""Counts and rates of wards and small areas as maps show them, with what no map can show beside them.

What is here: `AreaRate`, the rows of the board's tables, which rates stand on few residents, the share without a place.
What is not: outlines and drawing (mapping.py), and how counts are placed (marts.ward_months, marts.small_area_months).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import pandas as pd

from safer_assets.charts import wording
from safer_assets.charts.origin import Origin

if TYPE_CHECKING:
    from datetime import date

    from safer_assets.charts.context import BoardData, Row

WHOLE_YEAR = 12
FEW_RESIDENTS = 0.5
"""Of the median of all areas on the map: fewer residents than this share, and the rate is marked."""

MARK = "\u2020"


@dataclass(frozen=True)
class AreaRate:
    """Twelve months of one area.

    Attributes:
        population: Residents at `mid_year`; None where there is no estimate, so no rate.
        few: Whether the rate stands on so few residents that it says little.
    """

    code: str
    name: str
    offences: int
    population: int | None
    mid_year: int | None
    origin: Origin
    few: bool = False

    @property
    def rate(self) -> float | None:
        """Per 1,000 residents."""
        return None if not self.population else 1000 * self.offences / self.population

    @property
    def marked_name(self) -> str:
        """The name, with a mark where the residents are few."""
        return f"{self.name}{MARK if self.few else ''}"


@dataclass(frozen=True)
class Twelve:
    """One indicator in all areas of a kind, over the twelve months to `end`; `areas` from the highest rate."""

    indicator: str
    end: date
    areas: tuple[AreaRate, ...]

    @property
    def start(self) -> date:
        """First month of the twelve."""
        return wording.month_of(wording.month_number(self.end) - WHOLE_YEAR + 1)

    @property
    def span(self) -> str:
        """'March 2022 to February 2023'."""
        return f"{wording.month_words(self.start)} to {wording.month_words(self.end)}"

    @property
    def origins(self) -> frozenset[Origin]:
        """Where the counts come from."""
        return frozenset(area.origin for area in self.areas)


def twelve_months(data: BoardData, table: str, indicator: str, source: str = "") -> Twelve | None:
    """The areas of a table for one indicator (and source); None where not all of them have all twelve months."""
    rows = [
        row for row in data.rows(table) if row["indicator"] == indicator and (not source or row["source"] == source)
    ]
    if not rows or any(_whole(row["months"]) != WHOLE_YEAR for row in rows):
        return None
    middle = median([people for row in rows if (people := _whole(row["population"])) is not None] or [0])
    areas = [_area(row, middle) for row in rows]
    areas.sort(key=lambda area: (-(area.rate if area.rate is not None else -1.0), -area.offences, area.name, area.code))
    return Twelve(indicator, pd.Timestamp(str(rows[0]["end_month"])).date(), tuple(areas))


def _area(row: Row, middle: float) -> AreaRate:
    population = _whole(row["population"])
    return AreaRate(
        code=str(row["code"]),
        name=str(row["name"]),
        offences=_whole(row["offences"]) or 0,
        population=population,
        mid_year=_whole(row["mid_year"]),
        origin=Origin(str(row["source"]), str(row["scheme"] or ""), str(row["vintage"] or "")),
        few=population is not None and population < FEW_RESIDENTS * middle,
    )


def unplaced_note(data: BoardData, shown: Twelve, place: str) -> str:
    """How much of the area's count is on no map, in a sentence; also that it is not known."""
    source = shown.areas[0].origin.feed
    first, last = pd.Timestamp(shown.start), pd.Timestamp(shown.end)
    rows = [
        row
        for row in data.rows("small_area_unplaced")
        if row["indicator"] == shown.indicator
        and row["source"] == source
        and first <= pd.Timestamp(str(row["month"])) <= last
    ]
    total = sum(_whole(row["total"]) or 0 for row in rows)
    if len(rows) != WHOLE_YEAR or not total:
        return f"How many offences have no {place}, and so are on no map, is not known."
    unplaced = sum(_whole(row["unplaced"]) or 0 for row in rows)
    return (
        f"Unplaced: {wording.count(unplaced)} of {wording.count(total)} offences "
        f"({wording.share(unplaced, total)}) have no {place} and are on no map."
    )


def breaks_between(start: date, end: date, feeds: Collection[str]) -> tuple[str, ...]:
    """A note for each comparability break of small areas that lies inside some months of some feeds; none without."""
    from safer_assets import reference

    return tuple(
        f"Contains break: {change.name}, {wording.month_words(change.first_month)}: places were told in two ways, "
        "before and from then on."
        for change in reference.comparability_breaks()
        if change.geography == "small_area"
        and start < change.first_month <= end
        and (not change.feeds or not set(change.feeds).isdisjoint(feeds))
    )


def residents_note(areas: Sequence[AreaRate], one: str) -> str:
    """Whose residents the rates are of, and which rates are marked."""
    years = sorted({area.mid_year for area in areas if area.mid_year})
    said = (
        f"Residents: ONS mid-year estimates of small areas, mid-{' and mid-'.join(map(str, years))}." if years else ""
    )
    marked = [area.name for area in areas if area.few]
    if marked:
        few = wording.listed(marked) if len(marked) <= 3 else wording.plural(len(marked), one)
        said += f" {MARK} Fewer than half the residents of a typical {one} ({few}): a rate there says little."
    return said.strip()


def _whole(value: object) -> int | None:
    return None if value is None or pd.isna(value) else int(float(str(value)))  # type: ignore[call-overload]
