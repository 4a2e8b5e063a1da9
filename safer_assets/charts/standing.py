"""Where areas stand beside each other by their rate of twelve months, as charts read it.

What is here: rows of the tables `comparators` and `similar_areas`, looked up, and a scale for rates of which one is far
above all others. What is not: how they are found (dbt_like_sql/marts/comparators.sql), drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from safer_assets.charts import cells, reading, wording

if TYPE_CHECKING:
    from safer_assets.charts.context import BoardData, Row
    from safer_assets.charts.origin import Origin

TABLE, SIMILAR = "comparators", "similar_areas"
SIMILAR_GROUP: Final = "similar"
FAR: Final = 1.6
"""A rate beyond this many times the one that tops nine areas in ten is drawn at the edge, with its number."""


@dataclass(frozen=True)
class Standing:
    """One area's rate of an indicator beside the others of a group; numbers are None where they are not known.

    Attributes:
        code: GSS code.
        name: As charts print it.
        value: Offences in the twelve months.
        population: Residents.
        rate: Per 1,000 residents.
        low: Lower end of its 95 % interval, allowing for crimes that come in clusters.
        high: Upper end.
        rank: 1 is the highest; equal rates share a rank.
        rank_low: The highest rank that it could have.
        rank_high: The lowest.
        common: Rate of the group's members together.
        limits: 95 % and 99.8 % limits of the funnel at its population, (low, high) each.
        rest_rate: Rate of the group without it.
        position: higher, similar or lower than the rest, as areas usually differ; empty where not known.
        reason: Why there is no position, or with what in mind to read it.
    """

    code: str
    name: str
    value: int
    population: int
    rate: float
    low: float
    high: float
    rank: int
    rank_low: int
    rank_high: int
    common: float
    limits: tuple[tuple[float, float], tuple[float, float]] | None
    rest_rate: float | None
    position: str
    reason: str

    @property
    def outside(self) -> str:
        """The word high or low where the rate is beyond the 99.8 % limits, else empty."""
        if self.limits is None:
            return ""
        low, high = self.limits[1]
        return "low" if self.rate < low else "high" if self.rate > high else ""

    @property
    def unusual(self) -> str:
        """The word high or low where the rate is beyond the 95 % limits, else empty."""
        if self.limits is None:
            return ""
        low, high = self.limits[0]
        return "low" if self.rate < low else "high" if self.rate > high else ""


def standings(data: BoardData, indicator: str, group_code: str) -> list[Standing]:
    """The areas that have a rank, from the highest rate; of a group's, and the board's own area beside them."""
    if TABLE not in data.tables:
        return []
    every = data.tables[TABLE]
    rows: list[Row] = every[(every["indicator"] == indicator) & (every["group_code"] == group_code)].to_dict("records")
    found = [_standing(row) for row in rows if not cells.is_missing(row.get("rank"))]
    return sorted(found, key=lambda one: (-one.rate, one.code))


def origins(data: BoardData, indicator: str, areas: Sequence[Standing]) -> frozenset[Origin]:
    """Where the figures of these areas come from."""
    found = [reading.reading(data, indicator, "r12", one.code).origins for one in areas]
    return frozenset().union(*found)


def similar_codes(data: BoardData) -> tuple[str, ...]:
    """The areas most like the board's own, the most like first."""
    return tuple(str(row["similar_code"]) for row in data.rows(SIMILAR))


def edge(rates: Sequence[float]) -> float:
    """Where a scale of these rates ends, so that one far above all others does not press the rest together."""
    ordered = sorted(rates, reverse=True)
    usual = ordered[len(ordered) // 10]
    return ordered[0] if usual <= 0 else min(ordered[0], FAR * usual)


def beyond_note(areas: Sequence[Standing]) -> str:
    """' An arrow is beyond the scale: Westminster.'; empty where every rate is on it."""
    end = edge([one.rate for one in areas])
    names = [one.name for one in areas if one.rate > end]
    return f" An arrow is a rate beyond the scale: {wording.listed(names)}." if names else ""


def rank_words(one: Standing) -> str:
    """'23 to 27', or '1' where no other rank is possible."""
    return str(one.rank_low) if one.rank_low == one.rank_high else f"{one.rank_low} to {one.rank_high}"


def _standing(row: Row) -> Standing:
    ends = ("funnel_low", "funnel_high", "funnel_low_998", "funnel_high_998")
    inner_low, inner_high, outer_low, outer_high = (cells.real(row, name) for name in ends)
    known = None not in (inner_low, inner_high, outer_low, outer_high)
    return Standing(
        code=str(row["area_code"]),
        name=str(row["area_name"]),
        value=cells.whole(row, "value") or 0,
        population=cells.whole(row, "population") or 0,
        rate=cells.real(row, "rate") or 0.0,
        low=cells.real(row, "widened_low") or 0.0,
        high=cells.real(row, "widened_high") or 0.0,
        rank=cells.whole(row, "rank") or 0,
        rank_low=cells.whole(row, "rank_low") or 0,
        rank_high=cells.whole(row, "rank_high") or 0,
        common=cells.real(row, "common_rate") or 0.0,
        limits=((inner_low or 0.0, inner_high or 0.0), (outer_low or 0.0, outer_high or 0.0)) if known else None,
        rest_rate=cells.real(row, "rest_rate"),
        position=cells.text(row, "rest_position"),
        reason=cells.text(row, "reason"),
    )
