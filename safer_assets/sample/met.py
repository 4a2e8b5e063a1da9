"""The Met's published files, invented: recorded crime by borough, and the three files of the monthly dashboard.

What is here: their headers, rows, vintages and revisions. What is not: rates (rates.py) and areas (world.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safer_assets.sample.rates import (
    DASHBOARD_SHARE,
    FLAGS,
    KNIFE_CRIME_TYPE,
    OFFENCES,
    TNO_CRIME_TYPE,
    TNO_OUTCOME_SHARE,
    TNO_WITH_VICTIM,
    TNO_WITHOUT_VICTIM,
)
from safer_assets.sample.world import (
    HOME_SMALL_AREAS,
    WARD_SMALL_AREAS,
    Counts,
    Floats,
    SampleArea,
    World,
    bounded_years,
    draws,
    level,
    local_drift,
    month_date,
    population,
    season,
    wards,
)

if TYPE_CHECKING:
    import pandas as pd

BOROUGH_HEADER = ("Group", "SubGroup", "BOCU")
BOROUGH_FILE_MONTHS = 24
DASHBOARD_HEADER = (
    "Month_Year",
    "Area Type",
    "Borough_SNT",
    "Area name",
    "Area code",
    "Crime Type",
    "Crime Subtype",
    "Measure",
    "Financial Year",
    "FY_FYIndex",
    "Count",
    "Refresh Date",
)
TNO_HEADER = (*DASHBOARD_HEADER[:5], "Offence Group", "Offence Subgroup", *DASHBOARD_HEADER[7:])

NOT_A_PLACE = (("London Heathrow and London City Airports", 1500.0), ("Unknown", 40.0))
"""Rows of the borough files that are no borough, each about as large as the offences of so many residents."""

NEIGHBOURHOODS = HOME_SMALL_AREAS // WARD_SMALL_AREAS
_UNKNOWN_RESIDENTS = 600.0  # the dashboard's row for offences of no known borough
_MONTHLY_NOISE = 0.04  # offences cluster: months scatter more than a pure chance count would
# Share of offences not yet in a file: in old months, how much more in the newest, and how that fades month by month.
_SETTLED_LOSS, _FRESH_LOSS, _SETTLING = 0.004, 0.016, 0.6
_RECLASSIFIED = 0.003  # share that a file holds and later ones take out again


@dataclass(frozen=True)
class Recorded:
    """Recorded offences as they will settle after all revisions.

    Attributes:
        months: Month numbers, ascending.
        counts: Offences, shape (months, OFFENCES, boroughs then NOT_A_PLACE).
    """

    months: tuple[int, ...]
    counts: Counts


def record(world: World, months: tuple[int, ...]) -> Recorded:
    """Draws the offences of every month; a month's numbers do not depend on which other months are asked for."""
    residents = np.array([_residents(world, area) for area in world.boroughs] + [size for _, size in NOT_A_PLACE])
    typical = np.array([offence.per_1000 for offence in OFFENCES]) / 12 / 1000
    crossed = [(offence.group, offence.subgroup) for offence in OFFENCES]
    levels = np.ones((len(OFFENCES), len(residents)))
    drifts = np.repeat(np.array([[offence.drift] for offence in OFFENCES]), len(residents), axis=1)
    for column, area in enumerate(world.boroughs):
        levels[:, column] = [
            level(area, "all crime", 0.22, world.seed)
            * level(area, group, 0.16, world.seed)
            * level(area, subgroup, 0.10, world.seed)
            for group, subgroup in crossed
        ]
        drifts[:, column] += [local_drift(area, group, world.seed) for group, _ in crossed]
    counts = np.empty((len(months), len(OFFENCES), len(residents)), dtype=np.int64)
    for row, month in enumerate(months):
        rng = draws(world.seed, "recorded", month)
        seasons = np.array([[season(month, offence.swing, offence.peak)] for offence in OFFENCES])
        expected = residents * typical[:, None] * levels * np.exp(drifts * bounded_years(month)) * seasons
        counts[row] = rng.poisson(_noisy(rng, expected))
    return Recorded(months, counts)


def borough_rows(world: World, recorded: Recorded, vintage: int) -> "pd.DataFrame":
    """The 24-month file whose last month is `vintage`: a row per category and borough, none where every month is zero.

    The newest months are not complete yet, and every month was revised a little since the vintage before, as in the
    real files.
    """
    boroughs = [area.name for area in world.boroughs] + [name for name, _ in NOT_A_PLACE]
    keys = [(o.group, o.subgroup, borough) for borough in boroughs for o in OFFENCES]
    counts = published(world, recorded, vintage).transpose(2, 1, 0).reshape(len(keys), BOROUGH_FILE_MONTHS)
    return wide_rows(BOROUGH_HEADER, keys, counts, vintage)


def published(world: World, recorded: Recorded, vintage: int) -> Counts:
    """What the borough file of a vintage says, shape (its 24 months, OFFENCES, boroughs then NOT_A_PLACE)."""
    months = range(vintage - BOROUGH_FILE_MONTHS + 1, vintage + 1)
    settled = recorded.counts[[recorded.months.index(month) for month in months]]
    counts = np.empty_like(settled)
    for row, month in enumerate(months):
        rng = draws(world.seed, "revision", vintage, month)
        missing = _SETTLED_LOSS + _FRESH_LOSS * _SETTLING ** (vintage - month)
        counts[row] = settled[row] - rng.binomial(settled[row], missing) + rng.binomial(settled[row], _RECLASSIFIED)
    return counts


def wide_rows(header: Sequence[str], keys: Sequence[tuple[str, ...]], counts: Counts, vintage: int) -> "pd.DataFrame":
    """A table with a column a month, from counts of shape (keys, months to `vintage`); no row for a key without any."""
    import pandas as pd

    months = [f"{month_date(vintage - before):%Y%m}" for before in reversed(range(counts.shape[1]))]
    frame = pd.concat([pd.DataFrame(keys, columns=list(header)), pd.DataFrame(counts, columns=months)], axis=1)
    return frame.iloc[np.flatnonzero(counts.any(axis=1))]


def dashboard_rows(world: World, recorded: Recorded, refreshed: date) -> dict[str, "pd.DataFrame"]:
    """The three dashboard files by the word in their name: Other, TNO and Knife.

    Offences and positive outcomes of every borough; neighbourhoods (wards) of the home borough only, to keep the files
    small. In the Other and Knife files the home borough is the sum of its neighbourhoods. A flag's parts are never
    larger than the flag, and there are no zero rows.
    """
    offences, outcomes = _flag_counts(world, recorded)
    found = _tno_by_pair(world, recorded)
    victimless = np.array([offence.society for offence in OFFENCES])
    for name, chosen in ((TNO_WITH_VICTIM, ~victimless), (TNO_WITHOUT_VICTIM, victimless)):
        counts = _by_unit(world, recorded, name, found[:, chosen, :].sum(axis=1))
        offences[TNO_CRIME_TYPE, name] = counts
        rng = draws(world.seed, "outcome", name, recorded.months[-1])
        outcomes[TNO_CRIME_TYPE, name] = rng.binomial(counts, TNO_OUTCOME_SHARE[name])
    units = _units(world)
    other = _long(world, recorded, units, offences, "Offences", refreshed, DASHBOARD_HEADER)
    solved = _long(world, recorded, units, outcomes, "Positive Outcomes", refreshed, DASHBOARD_HEADER)
    pairs = {(o.group, o.subgroup): found[:, row, :] for row, o in enumerate(OFFENCES)}
    tno = _long(world, recorded, [_borough_unit(a) for a in world.boroughs], pairs, "Offences", refreshed, TNO_HEADER)
    return {
        "Other": _joined(other, solved),
        "TNO": tno,
        "Knife": _joined(*(part.loc[part["Crime Type"] == KNIFE_CRIME_TYPE] for part in (other, solved))),
    }


_Unit = tuple[str, str, str, str]
"""Area type, Borough_SNT, area name and area code of a dashboard row."""
_Series = dict[tuple[str, str], Counts]
"""Crime type and sub-type to counts of shape (months, units)."""


def _borough_unit(area: SampleArea) -> _Unit:
    return ("Borough", area.name, area.name, area.code)


def _units(world: World) -> list[_Unit]:
    """The areas that are drawn: the other boroughs, one unknown, and the home borough's neighbourhoods."""
    home = world.home
    return [
        *(_borough_unit(area) for area in world.boroughs if area != home),
        ("Borough", "Other / NK", "Unknown", ""),
        *(("Safer Neighbourhood Teams", f"{home.name} {w.name}", w.name, w.code) for w in wards(world, home)),
    ]


def neighbourhood_weights(world: World) -> Floats:
    """Shares of the home borough's offences by neighbourhood; some are three times as busy as others."""
    weights = draws(world.seed, "neighbourhoods", world.home.code).gamma(6.0, 1.0, NEIGHBOURHOODS)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _flag_counts(world: World, recorded: Recorded) -> tuple[_Series, _Series]:
    """Offences and positive outcomes of every flag; a part is a binomial draw out of its parent."""
    others = [area for area in world.boroughs if area != world.home]
    weights = neighbourhood_weights(world)
    at_home = _residents(world, world.home) * weights
    residents = np.concatenate([[_residents(world, area) for area in others], [_UNKNOWN_RESIDENTS], at_home])
    places = [*others, None, *([world.home] * NEIGHBOURHOODS)]
    offences: _Series = {}
    outcomes: _Series = {}
    by_subtype: dict[str, Counts] = {}
    for flag in FLAGS:
        shape = (len(recorded.months), len(residents))
        counts = np.empty(shape, dtype=np.int64)
        if flag.parent:
            for row, month in enumerate(recorded.months):
                rng = draws(world.seed, "flag", flag.subtype, month)
                counts[row] = rng.binomial(by_subtype[flag.parent][row], flag.amount)
        else:
            levels = {area: level(area, flag.subtype, 0.25, world.seed) for area in world.boroughs}
            drifts = {area: flag.drift + local_drift(area, flag.subtype, world.seed) for area in world.boroughs}
            size = np.array([levels[area] if area else 1.0 for area in places]) * residents * flag.amount / 12 / 1000
            drift = np.array([drifts[area] if area else flag.drift for area in places])
            for row, month in enumerate(recorded.months):
                rng = draws(world.seed, "flag", flag.subtype, month)
                expected = size * np.exp(drift * bounded_years(month)) * season(month, flag.swing, flag.peak)
                counts[row] = rng.poisson(_noisy(rng, expected))
        by_subtype[flag.subtype] = offences[flag.crime_type, flag.subtype] = counts
        if flag.outcome_type:
            rng = draws(world.seed, "outcome", flag.subtype, recorded.months[-1])
            outcomes[flag.outcome_type, flag.outcome_subtype] = rng.binomial(counts, flag.outcome_share)
    return offences, outcomes


def _tno_by_pair(world: World, recorded: Recorded) -> Counts:
    """Total notifiable offences as the dashboard finds them, shape (months, OFFENCES, boroughs)."""
    found = np.empty((len(recorded.months), len(OFFENCES), len(world.boroughs)), dtype=np.int64)
    for row, month in enumerate(recorded.months):
        rng = draws(world.seed, "dashboard", month)
        found[row] = rng.binomial(recorded.counts[row, :, : len(world.boroughs)], DASHBOARD_SHARE)
    return found


def _by_unit(world: World, recorded: Recorded, name: str, by_borough: Counts) -> Counts:
    """Counts by borough, shape (months, boroughs), as counts by unit: the home borough's go to its neighbourhoods."""
    home = world.boroughs.index(world.home)
    weights = neighbourhood_weights(world)
    parts = np.array(
        [
            draws(world.seed, "neighbourhood of", name, month).multinomial(total, weights)
            for month, total in zip(recorded.months, by_borough[:, home], strict=True)
        ]
    )
    return np.concatenate([np.delete(by_borough, home, axis=1), np.zeros_like(parts[:, :1]), parts], axis=1)


def _long(
    world: World,
    recorded: Recorded,
    units: list[_Unit],
    series: _Series,
    measure: str,
    refreshed: date,
    header: tuple[str, ...],
) -> "pd.DataFrame":
    """Rows of one measure in the publisher's columns, by month, area and category; adds the home borough's own rows."""
    import pandas as pd

    cube = np.stack(list(series.values()), axis=2)  # (months, units, categories)
    inside = [position for position, unit in enumerate(units) if unit[0] != "Borough"]
    if inside:
        units = [_borough_unit(world.home), *units]
        cube = np.concatenate([cube[:, inside].sum(axis=1, keepdims=True), cube], axis=1)
    order = sorted(range(len(units)), key=lambda position: units[position][:2])
    month, unit, category = np.nonzero(cube[:, order])
    counts = cube[:, order][month, unit, category]
    dates = [month_date(number) for number in recorded.months]
    years = [day.year - (day.month < 4) for day in dates]
    texts = [
        (f"{day:%d/%m/%Y}", f"fy{y % 100:02d}-{(y + 1) % 100:02d}", f"{y % 100:02d}-{(y + 1) % 100:02d}_01")
        for day, y in zip(dates, years, strict=True)
    ]

    def column(values: list[str], positions: NDArray[np.intp]) -> "pd.Categorical[str]":
        distinct = {value: code for code, value in enumerate(dict.fromkeys(values))}
        codes = np.array([distinct[value] for value in values])
        return pd.Categorical.from_codes(codes[positions], pd.Index(list(distinct)))

    columns = [
        column([text[0] for text in texts], month),
        *(column([units[position][part] for position in order], unit) for part in range(4)),
        *(column([pair[part] for pair in series], category) for part in range(2)),
        column([measure], np.zeros_like(month)),
        column([text[1] for text in texts], month),
        column([text[2] for text in texts], month),
        counts,
        column([f"{refreshed:%d/%m/%Y}"], np.zeros_like(month)),
    ]
    return pd.DataFrame(dict(zip(header, columns, strict=True)))


def _joined(*frames: "pd.DataFrame") -> "pd.DataFrame":
    """Frames of the same columns one after the other, as text columns."""
    import pandas as pd

    return pd.concat([frame.astype(object) for frame in frames], ignore_index=True)


def _noisy(rng: np.random.Generator, expected: Floats) -> Floats:
    """Expected counts with the scatter between months that crime has beyond chance."""
    return np.asarray(expected * rng.gamma(_MONTHLY_NOISE**-2, _MONTHLY_NOISE**2, expected.shape), dtype=np.float64)


def _residents(world: World, area: SampleArea) -> float:
    """Residents behind the rates; one year for all months, growth is part of the drift."""
    return float(population(area, 2024, world.seed))
