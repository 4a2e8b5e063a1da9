"""Control charts of monthly counts: what their points, limits and breaks are, in numbers and in words.

What is here: rows of the table `control_points` as series, their words, their data table. What is not: the limits and
signals themselves (evidence/), drawing (control_panel.py), which of them stand on which page (control_page.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from safer_assets.charts import cells, grading, reading, wording
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    import pandas as pd

    from safer_assets.charts.context import BoardData, Row
    from safer_assets.charts.icons import Variation
    from safer_assets.charts.origin import Origin

TABLE: Final = "control_points"
WHOLE_FROM = 20  # limits up to less than this are told with one decimal


@dataclass(frozen=True)
class Point:
    """One month: the count as recorded, the value on the chart, and the signal of special cause ('' for none)."""

    month: int
    offences: int | None
    plotted: float | None
    signal: str


@dataclass(frozen=True)
class Stretch:
    """Months between two breaks, which share their limits; limits are None where too few months can bear them."""

    points: tuple[Point, ...]
    mean: float | None
    lower: float | None
    upper: float | None
    trial: bool
    break_before: str

    @property
    def known(self) -> list[Point]:
        """The months that have a value."""
        return [point for point in self.points if point.plotted is not None]


@dataclass(frozen=True)
class Control:
    """One indicator's control chart in the board's own area; `origins` are those of its months."""

    indicator: str
    name: str
    short_name: str
    good: str
    adjusted: bool
    stretches: tuple[Stretch, ...]
    origins: frozenset[Origin]

    @property
    def points(self) -> list[Point]:
        """Every month, oldest first."""
        return [point for stretch in self.stretches for point in stretch.points]

    @property
    def last(self) -> Point:
        """The last month that has a value."""
        return self.stretches[-1].known[-1]

    @property
    def breaks(self) -> list[tuple[int, str]]:
        """(first month after it, name) of every break in view."""
        return [(one.points[0].month, one.break_before) for one in self.stretches if one.break_before]

    @property
    def variation(self) -> Variation | None:
        """What the icon says: the signal of the last month; None without limits."""
        end = self.stretches[-1]
        if end.mean is None:
            return None
        return grading.variation(self.last.signal or "none", self.good, trial=end.trial)

    @property
    def limits_words(self) -> str:
        """'Mean 66, limits 41 to 91', and what else must be known of the last stretch."""
        end = self.stretches[-1]
        if end.mean is None or end.lower is None or end.upper is None:
            return "Too few months for limits"
        # Zero is the floor of a count and no limit that a month could fall below.
        places = 0 if end.upper >= WHOLE_FROM else 1
        least = "0 (floor)" if end.lower <= 0 else wording.decimal(end.lower, places)
        mean, most = wording.decimal(end.mean, places), wording.decimal(end.upper, places)
        # Limits on trial come from too few months for a season, so that they need not say it.
        last = ", trial" if end.trial else "" if self.adjusted else ", as counted"
        return f"Mean {mean}, limits {least} to {most}{last}"

    def recent(self, months: int) -> Point | None:
        """The newest month of special cause among the last `months`; None without one."""
        signalled = [point for point in self.points[-months:] if point.signal]
        return signalled[-1] if signalled else None


def controls(data: BoardData) -> dict[str, Control]:
    """Indicator -> its control chart, in the board's order; those without any value are left out."""
    area = data.context.area_code
    by_indicator: dict[str, list[Row]] = {}
    for row in data.rows(TABLE):
        if row["area_code"] == area:
            by_indicator.setdefault(str(row["indicator"]), []).append(row)
    found = {}
    for slug, facts in data.indicator_rows.items():
        rows = sorted(by_indicator.get(slug, []), key=lambda row: cells.month(row, "month") or 0)
        parts = [_stretch(list(part)) for _, part in groupby(rows, lambda row: cells.whole(row, "segment"))]
        parts = [part for part in parts if part.known]
        if not parts:
            continue
        series = reading.monthly(data, slug, months=len(rows))
        found[slug] = Control(
            indicator=slug,
            name=str(facts["name"]),
            short_name=str(facts["short_name"]),
            good=str(facts["good"]),
            adjusted=cells.flag(rows[-1], "adjusted"),
            stretches=tuple(parts),
            origins=frozenset() if series is None else series.origins,
        )
    return found


def sentence(one: Control) -> str:
    """The panel in words, for alt text."""
    special = [point for point in one.points if point.signal]
    months = "; ".join(
        f"{wording.month_words(wording.month_of(point.month))} ({point.signal})" for point in special[-3:]
    )
    state = one.variation
    end = wording.month_words(wording.month_of(one.last.month))
    said = [
        f"{one.name}: {wording.count(one.last.offences or 0)} in {end}",
        one.limits_words[:1].lower() + one.limits_words[1:],
        *([state.words] if state is not None else []),
        *([f"{wording.plural(len(special), 'month')} of special cause, the last {months}"] if special else []),
        *(
            f"limits begin anew with {wording.month_words(wording.month_of(month))}: {name}"
            for month, name in one.breaks
        ),
    ]
    return ", ".join(said)


def point_table(shown: Iterable[Control]) -> pd.DataFrame:
    """A row a month and indicator: what was counted, what is drawn, and the limits round it."""
    columns = (
        "Indicator",
        "Month",
        "Count",
        "On the chart",
        "Mean",
        "Lower limit",
        "Upper limit",
        "Special cause",
        "Limits",
    )
    rows = []
    for one in shown:
        for stretch in one.stretches:
            limits = [
                None if value is None else _tenth(value) for value in (stretch.mean, stretch.lower, stretch.upper)
            ]
            about = f"from {stretch.break_before}" if stretch.break_before else ""
            kind = ", ".join(part for part in ("trial" if stretch.trial else "", about) if part)
            for point in stretch.points:
                month = wording.month_words(wording.month_of(point.month))
                drawn = None if point.plotted is None else _tenth(point.plotted)
                rows.append((one.name, month, point.offences, drawn, *limits, point.signal, kind))
    return table(columns, rows)


def _stretch(rows: list[Row]) -> Stretch:
    points = []
    for row in rows:
        number = cells.month(row, "month")
        signal = cells.text(row, "signal")
        if number is not None:
            drawn = cells.real(row, "plotted")
            points.append(Point(number, cells.whole(row, "offences"), drawn, "" if signal == "none" else signal))
    last = rows[-1]
    return Stretch(
        points=tuple(points),
        mean=cells.real(last, "mean"),
        lower=cells.real(last, "lower"),
        upper=cells.real(last, "upper"),
        trial=cells.flag(last, "trial"),
        break_before=cells.text(rows[0], "break_before"),
    )


def _tenth(value: float) -> float:
    return float(wording.rounded(value, 1))
