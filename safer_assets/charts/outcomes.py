"""Positive outcomes per 100 offences, the area beside its widest group, each with its interval.

What is here: the indicators of the Met's dashboard, which alone counts positive outcomes. What is not: what became of
single crimes (street_outcomes.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from safer_assets.charts import reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import Origin, source_line
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardContext, BoardData, Row

NAME = "outcomes"
TABLE = "positive_outcomes"
NAMES, COUNTS = 1.95, 1.35
STEP = 0.5  # inches a row of two marks
OURS, THEIRS = -0.16, 0.2
KEY = 0.2 + 0.34


@dataclass(frozen=True)
class Rate:
    """Outcomes per offence of one area, with the ends of the 95 % interval, each from 0 to 1."""

    offences: int
    outcomes: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """One indicator: the area's own rate, the group's where it has one, and what must be said of them."""

    name: str
    own: Rate
    group: Rate | None
    quality: str

    @property
    def side(self) -> str:
        """'fewer' or 'more' where the group's rate lies outside the area's interval, else ''."""
        if self.group is None or self.own.low <= self.group.share <= self.own.high:
            return ""
        return "fewer" if self.own.share < self.group.share else "more"


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw a dot with its interval for the area and a square for the group, a row an indicator."""
    context = data.context
    rows = {(str(row["indicator"]), str(row["area_code"])): row for row in data.rows(TABLE)}
    home = [(slug, row) for (slug, code), row in rows.items() if code == context.area_code]
    if not home:
        return NoChart(NAME, f"No feed counts positive outcomes for {context.area_name}.")
    group = context.groups[-1] if context.groups else ("", "")
    names = {slug: str(data.indicator_rows[slug]["name"]) for slug, _ in home}
    lines, absent = [], []
    for slug, row in home:
        own = _rate(row, context.minimum_base)
        if own is None:
            absent.append(f"{names[slug]} ({row['quality'] or 'no rate'})")
            continue
        other = rows.get((slug, group[0]))
        lines.append(Line(names[slug], own, _rate(other, 1) if other else None, str(row["quality"])))
    if not lines:
        return NoChart(NAME, f"No rate of positive outcomes can be drawn for {context.area_name}: {'; '.join(absent)}.")
    beside = group[1] if any(line.group for line in lines) else ""
    words = style.Words(
        title=_message(context, lines, beside),
        subtitle=f"Positive outcomes per 100 offences of the same 12 months, {context.area_name}"
        f"{f' and {beside}' if beside else ''}, {reading.period(context, 12)}",
        notes=(
            "An outcome is counted in the month it was reached, and many belong to offences of earlier months: the "
            "rate is not the share of these offences that were followed up.",
            "Lines through the marks: 95% interval (Wilson)."
            + (f" A difference is named where {beside} lies outside {context.area_name}'s own line." if beside else ""),
            *(reading.contains_note(context, [group[0]]) if beside else ()),
            *_quality_notes(lines),
            *((f"Not drawn: {'; '.join(absent)}.",) if absent else ()),
        ),
        source_line=source_line(context, {_origin(row) for _, row in home}),
    )
    height = len(lines) * STEP
    page = style.page(context, words, body=height + KEY + 0.25)
    axes = page.axes(NAMES, KEY, page.body[2] - NAMES - COUNTS, height)
    _plot(axes, lines, context.area_name, beside)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, lines, context.area_name, beside),
        table=_table(lines, context.area_name, beside),
        source_line=words.source_line,
        figure=page.figure,
    )


def _rate(row: Row, least: int) -> Rate | None:
    """The rate of a row of the table; None without one, and on fewer offences than `least`."""
    import pandas as pd

    if pd.isna(row["share"]) or int(str(row["offences"])) < least:  # type: ignore[call-overload]  # a cell, not a frame
        return None
    share, low, high = (float(str(row[name])) for name in ("share", "low", "high"))
    return Rate(int(str(row["offences"])), int(str(row["outcomes"])), share, low, high)


def _origin(row: Row) -> Origin:
    return Origin(str(row["source"]), str(row["scheme"]), f"{row['vintage']:%Y-%m}")


def _message(context: BoardContext, lines: list[Line], group: str) -> str:
    """Where the area differs from its group, and of how many; without a group, the most frequent offence's rate."""
    if not group:
        most = max(lines, key=lambda line: line.own.offences)
        return (
            f"{context.area_name} had {wording.decimal(100 * most.own.share)} positive outcomes per 100 offences of "
            f"{wording.in_sentence(most.name)} in {reading.twelve_months(context)}"
        )
    sides = {
        side: [wording.in_sentence(line.name) for line in lines if line.side == side] for side in ("fewer", "more")
    }
    parts = [
        f"{side} positive outcomes per offence than {group} for {wording.listed(names)}"
        for side, names in sides.items()
        if names
    ]
    if not parts:
        kinds = wording.plural(len(lines), "kind")
        return (
            f"No clear difference between {context.area_name} and {group} in positive outcomes, for {kinds} of offence"
        )
    rest = sum(1 for line in lines if not line.side)
    tail = f"; no clear difference for {wording.plural(rest, 'other')}" if rest else ""
    return f"{context.area_name} had {' and '.join(parts)}{tail}"


def _quality_notes(lines: list[Line]) -> tuple[str, ...]:
    """What the table says beside a rate that is drawn, with the indicators it is about."""
    names: dict[str, list[str]] = {}
    for line in lines:
        if line.quality:
            names.setdefault(line.quality, []).append(line.name)
    return tuple(f"{', '.join(about)}: {quality}." for quality, about in names.items())


def _plot(axes: Axes, lines: list[Line], area: str, group: str) -> None:
    style.plain(axes, grid="x", baseline="left")
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.set_yticks([])
    top = max(rate.high for line in lines for rate in (line.own, line.group) if rate)
    axes.set_xlim(0, 100 * top * 1.04)
    style.count_ticks(axes, vertical=False)
    wide = style.inches(axes)
    left = axes.get_yaxis_transform()
    for row, line in enumerate(lines):
        style.put(axes, -NAMES / wide, row, "\n".join(style.wrapped(line.name, NAMES - 0.1, style.SMALL + 0.5)),
                  size=style.SMALL + 0.5, transform=left, linespacing=1.15)  # fmt: skip
        pairs = ((OURS, line.own, style.NAVY, "o"), (THEIRS, line.group, style.ORANGE, "s"))
        for offset, rate, colour, marker in pairs:
            if rate is None:
                continue
            y = row + offset
            axes.plot((100 * rate.low, 100 * rate.high), (y, y), color=colour, lw=1.6, solid_capstyle="butt")
            axes.plot([100 * rate.share], [y], color=colour, marker=marker, ms=5.5)
            text = (
                f"{wording.decimal(100 * rate.share)}  ({wording.count(rate.outcomes)}/{wording.count(rate.offences)})"
            )
            weight = "bold" if offset == OURS else "normal"
            style.put(axes, 1 + COUNTS / wide, y, text, ha="right", weight=weight, transform=left)
    above: style.Look = {"transform": axes.transAxes, "clip_on": False}
    heading = 1 + 0.16 / (len(lines) * STEP)
    y = heading + 0.2 / (len(lines) * STEP)  # a line of its own: two long names fill it
    place = 0.0
    for name, colour, marker in ((area, style.NAVY, "o"), (group, style.ORANGE, "s")):
        if name:
            axes.plot([place + 0.06 / wide], [y], color=colour, marker=marker, ms=5.5, **above)
            style.put(axes, place + 0.16 / wide, y, name, transform=axes.transAxes)
            place += (style.text_width(name, style.SMALL) + 0.4) / wide
    style.put(axes, 1 + COUNTS / wide, heading, "per 100 (outcomes/offences)", color=style.MUTED, ha="right",
              transform=axes.transAxes)  # fmt: skip


def _words(rate: Rate) -> str:
    return (
        f"{wording.decimal(100 * rate.share)} per 100 ({wording.decimal(100 * rate.low)} to "
        f"{wording.decimal(100 * rate.high)}; {wording.count(rate.outcomes)} outcomes, "
        f"{wording.count(rate.offences)} offences)"
    )


def _alt(words: style.Words, lines: list[Line], area: str, group: str) -> str:
    parts = []
    for line in lines:
        beside = f", {group} {_words(line.group)}" if line.group else ""
        parts.append(f"{line.name}: {area} {_words(line.own)}{beside}")
    return f"Dots with intervals. {words.title}. {words.subtitle}. {'. '.join(parts)}."


def _table(lines: list[Line], area: str, group: str) -> pd.DataFrame:
    columns = ["Indicator"]
    for name in (area, group):
        columns += (
            [f"{name}, offences", f"{name}, positive outcomes", f"{name}, per 100", f"{name}, 95% interval"]
            if name
            else []
        )
    rows = []
    for line in lines:
        cells: list[object] = [line.name]
        for rate in (line.own, line.group)[: 2 if group else 1]:
            cells += _cells(rate)
        rows.append(cells)
    return table(columns, rows)


def _cells(rate: Rate | None) -> list[object]:
    if rate is None:
        return [None, None, None, None]
    low, high = (wording.decimal(100 * end) for end in (rate.low, rate.high))
    return [rate.offences, rate.outcomes, wording.decimal(100 * rate.share), f"{low} to {high}"]
