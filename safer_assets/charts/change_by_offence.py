"""The last twelve months against the twelve before, offence by offence, beside the rest of the comparator groups.

What is here: a change in percent with its interval for every indicator that has both counts, and how the groups without
the area changed. What is not: levels (rank_by_rate.py, funnel.py) and months (the control charts).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from safer_assets.charts import cells, reading, rests, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.reading import Reading

NAME = "change_by_offence"
NAMES = 1.95
COUNT, COLUMN = 0.6, 0.72  # width of a printed count, and of a printed change
APART = 0.24  # groups stand this part of a row above and below the own area, so that none hides another
REACH = 2  # the axis ends here, times the largest change: wider intervals run off it with an arrow


@dataclass(frozen=True)
class Line:
    """One offence: the own area's figure, its interval in percent, and the change of each group without the area."""

    year: Reading
    interval: tuple[float, float] | None
    others: tuple[Fraction | None, ...]

    @property
    def way(self) -> int:
        """1 for a rise and -1 for a fall by more than chance and clusters make; else 0."""
        if self.interval is None:
            return 0
        return 1 if self.interval[0] > 0 else -1 if self.interval[1] < 0 else 0


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw the total and then offences from the largest rise to the largest fall; those with counts only come last."""
    context = data.context
    slugs = [slug for slug, row in data.indicator_rows.items() if row["counted"] == "offences"]
    years = reading.readings(data, slugs, "r12")
    lines = [_line(data, year) for year in years if year.prior is not None]
    if not lines:
        return NoChart(
            NAME, f"No offence has counts for {reading.twelve_months(context)} and for the 12 months before."
        )
    lines.sort(key=lambda line: (line.year.indicator != reading.TOTAL, *_order(line.year)))
    absent = [year for year in years if year.prior is None]
    drawn = [
        place for place in range(len(context.drawn_groups)) if any(line.others[place] is not None for line in lines)
    ]
    names = [rests.label(context, *context.drawn_groups[place]) for place in drawn]
    lines = [Line(line.year, line.interval, tuple(line.others[place] for place in drawn)) for line in lines]
    words = style.Words(
        title=_message(data, lines, names),
        subtitle=f"Change of recorded offences, {context.area_name}, 12 months to "
        f"{wording.month_words(context.data_month)} against the 12 months before",
        notes=(
            "Lines are 95% intervals that allow for crimes that come in clusters; one that crosses 0 is no clear "
            "change. Offences overlap: some are part of others. On a base below "
            f"{context.minimum_base}, and for rare offences, a change is a difference of counts and not a percentage.",
            *reading.absent_note(absent),
        ),
        source_line=source_line(context, {origin for line in lines for origin in line.year.origins}),
    )
    height = len(lines) * style.ROW
    right = 2 * COUNT + COLUMN * (1 + len(names)) + 0.1
    heads = _heads([context.area_name, *names])
    above = (max(head.count("\n") for head in heads) + 1) * style.SMALL * style.LINE + 0.26
    page = style.page(context, words, body=height + above + 0.3)
    axes = page.rows(NAMES, above, page.body[2] - NAMES - right, height)
    _plot(axes, lines, heads)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, lines, names),
        table=_table(lines, absent, names),
        source_line=words.source_line,
        figure=page.figure,
    )


def _line(data: BoardData, year: Reading) -> Line:
    interval = _interval(data, year.indicator) if year.percent is not None else None
    return Line(year, interval, tuple(_rest(data, year, code) for code, _ in data.context.drawn_groups))


def _interval(data: BoardData, indicator: str) -> tuple[float, float] | None:
    """The widened interval of the own area's ratio, in percent; None where no evidence gives one."""
    wanted = (indicator, data.context.area_code, "r12", wording.month_number(data.context.data_month))
    for row in data.rows("evidence"):
        if (row["indicator"], row["area_code"], row["window"], cells.month(row, "end_month")) == wanted:
            low, high = cells.real(row, "widened_low"), cells.real(row, "widened_high")
            return None if low is None or high is None else (100 * (low - 1), 100 * (high - 1))
    return None


def _rest(data: BoardData, year: Reading, code: str) -> Fraction | None:
    """The change of a group in percent, without the own area where that is in it."""
    group = reading.reading(data, year.indicator, "r12", code)
    if group.value is None or group.prior is None or not group.percent_allowed:
        return None
    within = code in data.context.groups_with_area
    now, before = (whole - (part or 0 if within else 0) for whole, part in _pairs(group, year))
    return Fraction(100 * (now - before), before) if before >= max(data.context.minimum_base, 1) else None


def _pairs(group: Reading, year: Reading) -> list[tuple[int, int | None]]:
    return [(group.value or 0, year.value), (group.prior or 0, year.prior)]


def _order(year: Reading) -> tuple[bool, Fraction, int]:
    return (year.percent is None, -(year.percent or Fraction(0)), -(year.change or 0))


def _message(data: BoardData, lines: list[Line], names: list[str]) -> str:
    """Count what changed by more than chance, and how many changes the widest group's rest shares."""
    parts = [line for line in lines if line.year.indicator != reading.TOTAL] or lines
    told = [line for line in parts if line.interval is not None]
    area, period = data.context.area_name, reading.twelve_months(data.context)
    if not told:
        rose, fell = (sum(1 for line in parts if (line.year.change or 0) * way > 0) for way in (1, -1))
        return f"Of {wording.plural(len(parts), 'offence')} in {area}, {rose} rose and {fell} fell in {period}"
    rose, fell = (sum(1 for line in told if line.way == way) for way in (1, -1))
    moved = f"{rose} rose and {fell} fell by more than chance"
    text = f"Of {wording.plural(len(told), 'offence')} in {area}, {moved} in {period}"
    beside = [line for line in told if names and line.others[-1] is not None]
    if not beside:
        return text
    rest = names[-1].replace("Rest of ", "the rest of ", 1)
    alike = sum(1 for line in beside if _shares(line))
    many = f"all {alike}" if alike == len(beside) == len(told) else f"{alike or 'none'} of {len(beside)}"
    return f"{text}; for {many} the change of {rest} is within the margin"


def _shares(line: Line) -> bool:
    other, interval = line.others[-1], line.interval
    return other is not None and interval is not None and interval[0] <= other <= interval[1]


def _heads(names: list[str]) -> list[str]:
    """What stands above the changes: names in lines as wide as a column, of which five fit."""
    return ["\n".join(style.wrapped(name, COLUMN - 0.06, style.SMALL)[:5]) for name in names]


def _plot(axes: Axes, lines: list[Line], heads: list[str]) -> None:
    style.plain(axes, grid="x", baseline="none")
    dots = [float(one) for line in lines for one in (line.year.percent, *line.others) if one is not None]
    ends = [end for line in lines for end in line.interval or ()]
    most = max((abs(dot) for dot in dots), default=0.0) * REACH or 5.0
    low, high = max(min(*dots, *ends, 0.0), -most), min(max(*dots, *ends, 0.0), most)
    room = max(high - low, 5.0) * 0.04
    axes.set_xlim(low - room, high + room)
    axes.axvline(0, color=style.INK, lw=1)
    style.percent_ticks(axes, most=4)
    marks = style.marks(len(heads))
    for row, line in enumerate(lines):
        for place, other in enumerate(line.others, start=1):
            colour, _, marker = marks[place]
            if other is not None:
                look: style.Look = {"marker": marker, "mfc": style.PAPER, "mec": colour, "mew": 1.3, "ls": "none"}
                away = APART * (2 * place - 1 - len(line.others)) if len(line.others) > 1 else -APART
                axes.plot([float(other)], [row + away], ms=5, zorder=4, **look)
        if line.year.percent is not None:
            if line.interval is not None:
                _whisker(axes, row, line.interval, (low - room, high + room))
            axes.plot([float(line.year.percent)], [row], marker="o", color=style.NAVY, ms=6.5, ls="none", zorder=5)
    _columns(axes, lines, heads)


def _whisker(axes: Axes, row: int, interval: tuple[float, float], limits: tuple[float, float]) -> None:
    start, end = max(interval[0], limits[0]), min(interval[1], limits[1])
    axes.plot((start, end), (row, row), color=style.NAVY, lw=2, solid_capstyle="butt", zorder=3)
    for beyond, at, marker in ((interval[0] < limits[0], start, "<"), (interval[1] > limits[1], end, ">")):
        if beyond:
            axes.plot([at], [row], marker=marker, ms=5, color=style.NAVY, ls="none", clip_on=False)


def _columns(axes: Axes, lines: list[Line], heads: list[str]) -> None:
    """Names on the left; counts and changes on the right, headed by what they are and by their mark."""
    wide, left = style.inches(axes), axes.get_yaxis_transform()
    for row, line in enumerate(lines):
        year = line.year
        weight = "bold" if year.indicator == reading.TOTAL else "normal"
        style.put(axes, -NAMES / wide, row, year.name, size=style.SMALL + 0.5, weight=weight, transform=left)
        said = [wording.count(year.prior or 0), wording.count(year.value or 0), year.change_label]
        said += ["none" if other is None else wording.signed_percent(other) for other in line.others]
        for place, (at, text) in enumerate(zip(_places(len(said)), said, strict=True)):
            weight = "bold" if place == 2 else "normal"
            style.put(axes, 1 + at / wide, row, text, ha="right", weight=weight, transform=left)
    head: style.Look = {"ha": "right", "va": "bottom", "linespacing": 1.15, "transform": left, "color": style.MUTED}
    texts = ["12 months\nbefore", "Last 12\nmonths", *heads]
    for place, (at, text) in enumerate(zip(_places(len(texts)), texts, strict=True)):
        style.put(axes, 1 + at / wide, -1.0, text, **head)
        if place >= 2:
            colour, _, marker = style.marks(len(heads))[place - 2]
            dot: style.Look = {"marker": marker, "ls": "none", "transform": left, "clip_on": False, "mec": colour}
            fill = colour if place == 2 else style.PAPER
            axes.plot([1 + (at - 0.06) / wide], [-0.72], ms=6, mfc=fill, mew=1.3, **dot)


def _places(columns: int) -> list[float]:
    """Right edges of two counts and then of changes, in inches right of the dots."""
    return [COUNT, 2 * COUNT, *(2 * COUNT + COLUMN * number for number in range(1, columns - 1))]


def _alt(words: style.Words, lines: list[Line], names: list[str]) -> str:
    said = []
    for line in lines:
        margin = "" if line.interval is None else f", 95% from {' to '.join(_percents(line.interval))}"
        rest = [
            f", {name} {wording.signed_percent(other)}"
            for name, other in zip(names, line.others, strict=True)
            if other is not None
        ]
        said.append(f"{line.year.name} {line.year.sentence}{margin}{''.join(rest)}")
    return f"Dot chart. {words.title}. {words.subtitle}: {'; '.join(said)}."


def _percents(interval: tuple[float, float]) -> tuple[str, str]:
    low, high = interval
    return wording.signed_percent(low), "without limit" if high == float("inf") else wording.signed_percent(high)


def _table(lines: list[Line], absent: list[Reading], names: list[str]) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for line in (*lines, *(Line(year, None, (None,) * len(names)) for year in absent)):
        year = line.year
        ends = ("", "") if line.interval is None else _percents(line.interval)
        others = ["" if other is None else wording.signed_percent(other) for other in line.others]
        rows.append((year.name, year.value, year.prior, year.change, year.change_label, *ends, *others, year.reason))
    columns = ("Offence", "Last 12 months", "12 months before", "Difference", "Change", "From", "To", *names, "Note")
    return table(columns, rows)
