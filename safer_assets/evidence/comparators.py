"""Where an area stands among others over twelve months: its rate, rank, place in a funnel, and against the rest.

What is here: the last step of marts.comparators, all indicators and groups at once. What is not: which areas are
compared (the model's SQL), who is similar (similar.py), drawing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from safer_assets.evidence import chance, funnel, ranks, rates
from safer_assets.evidence.change import Floats

if TYPE_CHECKING:
    import pandas as pd

FEWEST_AREAS: Final = 10
"""How far areas differ is estimated from this many others at least; no funnel is drawn of fewer."""
YEARS_OF_MONTHS: Final = (24, 36)
"""Lengths of monthly series that dispersion is taken from: whole years."""
BREAK: Final = "contains break: "
"""How the quality of a value begins whose window mixes two methods (marts.figures)."""
COUNTED: Final = ("value", "population", "mid_year", "areas", "rank", "rank_low", "rank_high")
COUNTED_REST: Final = ("rest_value", "rest_population")
MEASURED: Final = (
    *("rate", "rate_low", "rate_high", "dispersion", "widened_low", "widened_high"),
    *("common_rate", "funnel_low", "funnel_high", "funnel_low_998", "funnel_high_998", "phi", "tau2"),
    *("rest_rate", "rest_rr", "rest_low", "rest_high", "usual_low", "usual_high"),
)
WORDS: Final = ("outside", "rest_position", "reason")


@dataclass(frozen=True)
class Sets:
    """Every (indicator, group) as a row and its areas as columns, padded with NaN to one width.

    Attributes:
        row: Row of each line of the frame.
        column: Column of each line of the frame.
        there: Which cells are areas at all, shape (rows, columns).
    """

    row: npt.NDArray[np.intp]
    column: npt.NDArray[np.intp]
    there: npt.NDArray[np.bool_]

    def grid(self, values: npt.ArrayLike) -> Floats:
        """A value a line as rows and columns; NaN where there is no area."""
        found: Floats = np.full(self.there.shape, np.nan)
        found[self.row, self.column] = np.asarray(values, dtype=float)
        return found

    def lines(self, grid: Floats) -> Floats:
        """Rows and columns as a value a line."""
        found: Floats = grid[self.row, self.column]
        return found


def compared(areas: "pd.DataFrame") -> "pd.DataFrame":
    """Rates, ranks, funnels and positions of every indicator, group and area.

    The rest of a group is its members without the area itself; it exists only where all of them have the figure and a
    population of the same year.

    Args:
        areas: One row per indicator, group_code and area_code, in that order: end_month, value and population (may be
            missing), mid_year, member (False for the board's own area beside a group that it is not in), shown (whether
            the row is wanted in the result), quality of the value, months (36 or 24 monthly counts, or None).

    Returns:
        The shown rows that have a value, with the columns that the header of marts.comparators documents.
    """
    sets = _sets(areas)
    value, people, year = (sets.grid(_floats(areas[name])) for name in ("value", "population", "mid_year"))
    member = sets.grid(areas["member"].to_numpy(bool)) == 1
    clusters = sets.grid(_dispersion(areas))
    known = np.isfinite(value) & np.isfinite(people)
    value_of, people_of = np.where(known, value, np.nan), np.where(known, people, np.nan)

    found: dict[str, Floats] = {"value": value, "population": people, "mid_year": year, "dispersion": clusters}
    found |= _rates(value_of, people_of, clusters)
    of_all = _of_all(year, known, member, sets.there)[:, np.newaxis]
    found |= ranks.ranked(np.where(of_all, value_of, np.nan), people_of, clusters)
    found |= _funnels(value_of, people_of, member & known & of_all)
    rest, whole, same_year = _rest(value_of, people_of, year, member, sets.there)
    found |= rest
    found |= _usual(sets, areas, value_of, people_of, member & known, rest)
    lines = {name: sets.lines(grid) for name, grid in found.items()}
    flags = {name: sets.lines(grid) == 1 for name, grid in (("whole", whole), ("same_year", same_year))}
    return _frame(areas, lines, flags)


def _floats(column: "pd.Series") -> Floats:
    """Numbers that may be missing, NaN where they are."""
    found: Floats = np.asarray(column.astype("Float64").to_numpy(dtype=float, na_value=np.nan))
    return found


def _sets(areas: "pd.DataFrame") -> Sets:
    keys = areas.groupby(["indicator", "group_code"], sort=False)
    row, column = (place.to_numpy().astype(np.intp) for place in (keys.ngroup(), keys.cumcount()))
    there = np.zeros((int(row.max(initial=-1)) + 1, int(column.max(initial=-1)) + 1), dtype=bool)
    there[row, column] = True
    return Sets(row, column, there)


def _dispersion(areas: "pd.DataFrame") -> Floats:
    """How crimes cluster in time in each area (chance.dispersion); NaN without two whole years of months."""
    phi = np.full(len(areas), np.nan)
    lengths = areas["months"].astype(object).str.len().fillna(0).to_numpy(int)
    for length in YEARS_OF_MONTHS:
        of_length = np.flatnonzero(lengths == length)
        if of_length.size:
            phi[of_length] = chance.dispersion(np.stack(areas["months"].iloc[of_length].to_list()))
    return phi


def _rates(value: Floats, people: Floats, clusters: Floats) -> dict[str, Floats]:
    """Rates with the interval of chance alone, and with that of crimes that cluster as theirs do.

    A count of clusters of size phi is phi times a count of value / phi of them.
    """
    size = np.fmax(clusters, 1.0)
    low, high = rates.count_interval(value)
    wide_low, wide_high = rates.count_interval(value / size)
    ends = {"rate": value, "rate_low": low, "rate_high": high}
    ends |= {"widened_low": wide_low * size, "widened_high": wide_high * size}
    return {name: rates.rate_per_1000(count, people) for name, count in ends.items()}


def _of_all(
    year: Floats, known: npt.NDArray[np.bool_], member: npt.NDArray[np.bool_], there: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Which groups have figures of their own: every member has a figure and a population, all of one year."""
    years = np.where(known, year, np.nan)
    one_year: npt.NDArray[np.bool_] = np.fmax.reduce(years, axis=-1, initial=-np.inf) == np.fmin.reduce(
        years, axis=-1, initial=np.inf
    )
    return one_year & ~(member & there & ~known).any(axis=-1)


def _funnels(value: Floats, people: Floats, member: npt.NDArray[np.bool_]) -> dict[str, Floats]:
    """The group's common rate and, for enough areas, the over-dispersed limits at each area's population."""
    counts, residents = np.where(member, value, np.nan), np.where(member, people, np.nan)
    together = (np.where(member.any(axis=-1), np.nansum(part, axis=-1), np.nan) for part in (counts, residents))
    common = rates.rate_per_1000(*together)
    enough = member.sum(axis=-1) >= FEWEST_AREAS
    phi, tau2 = (np.where(enough, part, np.nan) for part in funnel.between_areas(counts, residents, common))
    found = {"common_rate": common, "phi": phi, "tau2": tau2}
    grids = {name: np.broadcast_to(part[:, np.newaxis], value.shape) for name, part in found.items()}
    inner, outer = (
        funnel.widened_limits(grids["common_rate"], people, share, grids["tau2"])
        for share in (funnel.INNER, funnel.OUTER)
    )
    grids |= {"funnel_low": inner[0], "funnel_high": inner[1]}
    return grids | {"funnel_low_998": outer[0], "funnel_high_998": outer[1]}


def _rest(
    value: Floats, people: Floats, year: Floats, member: npt.NDArray[np.bool_], there: npt.NDArray[np.bool_]
) -> tuple[dict[str, Floats], Floats, Floats]:
    """The members without the area itself, the exact ratio to them, whether all are there, and of one year."""
    others = _others(member & there)
    whole = ~(others & ~np.isfinite(value)[:, np.newaxis, :]).any(axis=-1) & others.any(axis=-1)
    other_year = others & (year[:, np.newaxis, :] != year[:, :, np.newaxis])
    same_year = ~(other_year & np.isfinite(year)[:, np.newaxis, :]).any(axis=-1)
    sums = [np.where(others, part[:, np.newaxis, :], 0.0).sum(axis=-1) for part in (value, people)]
    rest_value, rest_people = (np.where(whole & same_year & np.isfinite(value), part, np.nan) for part in sums)
    ratio, low, high = rates.ratio_interval(value, people, rest_value, rest_people)
    found = {"rest_value": rest_value, "rest_population": rest_people}
    found |= {"rest_rate": rates.rate_per_1000(rest_value, rest_people)}
    found |= {"rest_rr": ratio, "rest_low": low, "rest_high": high}
    return found, whole.astype(float), same_year.astype(float)


def _usual(
    sets: Sets,
    areas: "pd.DataFrame",
    value: Floats,
    people: Floats,
    member: npt.NDArray[np.bool_],
    rest: dict[str, Floats],
) -> dict[str, Floats]:
    """The 95 % range in which the area's rate would be, did it differ from the rest as areas differ.

    The spread is that of the other members, without the area itself. A group of too few to tell borrows it, relative to
    the rate, from the largest group in which the area stands. The rest is itself a mean of areas that differ, which
    widens the range.
    """
    others = _others(member)
    counts, residents = (np.where(others, part[:, np.newaxis, :], np.nan) for part in (value, people))
    rate = rest["rest_rate"]
    _, tau2 = funnel.between_areas(counts, residents, rate)
    number = others.sum(axis=-1)
    relative = np.where(number >= FEWEST_AREAS, tau2 / rate**2, np.nan)
    spread = sets.grid(_borrowed(areas, sets.lines(relative), sets.lines(number.astype(float))))
    share = np.where(others, people[:, np.newaxis, :], 0.0) / rest["rest_population"][..., np.newaxis]
    wide = spread * rate**2 * (1 + (share**2).sum(axis=-1))
    low, high = funnel.widened_limits(rate, people, funnel.INNER, wide)
    return {"usual_low": low, "usual_high": high}


def _borrowed(areas: "pd.DataFrame", relative: Floats, number: Floats) -> Floats:
    """A line's own relative spread or, where it has none, that of the same area in the largest group that has one."""
    keys = areas[["indicator", "area_code"]].assign(relative=relative, number=np.where(np.isnan(relative), -1, number))
    order = keys.sort_values("number", ascending=False, kind="stable")
    largest = order.groupby(["indicator", "area_code"], sort=False)["relative"].transform("first")
    return np.where(np.isnan(relative), largest.reindex(areas.index).to_numpy(float), relative)


def _others(member: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """[row, area, other]: whether the other is a member and not the area itself."""
    return member[:, np.newaxis, :] & ~np.eye(member.shape[-1], dtype=bool)


def _frame(areas: "pd.DataFrame", lines: dict[str, Floats], flags: dict[str, npt.NDArray[np.bool_]]) -> "pd.DataFrame":
    import pandas as pd

    found = areas[["indicator", "group_code", "area_code", "end_month"]].copy()
    for name in (*COUNTED, *COUNTED_REST):
        found[name] = pd.Series(lines[name], index=areas.index).astype("Int64")
    for name in MEASURED:
        found[name] = lines[name]
    rate = lines["rate"]
    found["outside"] = _words(rate, lines["funnel_low_998"], lines["funnel_high_998"], ("low", "", "high"))
    breaks = _breaks(areas)
    position = _words(rate, lines["usual_low"], lines["usual_high"], ("lower", "similar", "higher"))
    found["rest_position"] = np.where(breaks != "", "", position)
    found["reason"] = _reasons(breaks, lines, flags)
    shown = areas["shown"].to_numpy(bool) & np.isfinite(lines["value"])
    kinds = dict.fromkeys(("indicator", "group_code", "area_code", *WORDS), "str")
    return found[shown].astype({**kinds, "end_month": "datetime64[s]"}).reset_index(drop=True)


def _words(rate: Floats, low: Floats, high: Floats, words: tuple[str, str, str]) -> npt.NDArray[np.str_]:
    below, within, above = words
    unknown = np.isnan(rate) | np.isnan(low) | np.isnan(high)
    return np.select([unknown, rate < low, rate > high], ["", below, above], within)


def _breaks(areas: "pd.DataFrame") -> npt.NDArray[np.object_]:
    """The breaks that lie inside the twelve months of each line; empty for none."""
    quality = areas["quality"].fillna("").astype(str)
    return quality.where(quality.str.startswith(BREAK), "").str.removeprefix(BREAK).to_numpy(object)


def _reasons(
    breaks: npt.NDArray[np.object_], lines: dict[str, Floats], flags: dict[str, npt.NDArray[np.bool_]]
) -> npt.NDArray[np.object_]:
    """Why there is no position, or with what in mind it is to be read; empty where nothing needs saying."""
    why_not = np.select(
        [
            np.isnan(lines["rate"]),
            ~flags["whole"],
            ~flags["same_year"],
            np.isnan(lines["usual_low"]) & (lines["rest_value"] == 0),
            np.isnan(lines["usual_low"]),
        ],
        [
            "no rate: there is no population estimate",
            "no group total and no rank: not every other member has a figure and a population",
            "no group total and no rank: the population estimates are of different years",
            "no position: the rest of the group has no offence",
            f"no position: how far areas differ is not known from fewer than {FEWEST_AREAS} others",
        ],
        "",
    ).astype(object)
    mixed = np.where(breaks != "", "no position: the 12 months contain a break: " + breaks, "")
    between = np.where((why_not != "") & (mixed != ""), "; ", "")
    joined: npt.NDArray[np.object_] = why_not + between + mixed
    return joined
