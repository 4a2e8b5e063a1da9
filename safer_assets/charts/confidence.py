"""Trust and confidence in the police, by quarter, from MOPAC's Public Attitude Survey: context beside the figures.

What is here: two questions, the area beside the whole force area. What is not: intervals and tests, since the file does
not say how many people were asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from safer_assets.charts import reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import Origin, source_line
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData, Row

NAME = "confidence"
TABLE = "confidence"
# Question as published -> heading of its panel, and what people who agree say.
QUESTIONS = {
    '"Good Job" local': ("Police do a good job in the local area", "the police do a good job locally"),
    "Trust MPS": ("Trust in the Met", "they trust the Met"),
}
WIDER = "the force area"  # the file has one value for the force, and no name for where it is
WIDER_ALONE = "Force area"
PANEL, STEP = 1.45, 2.1
LABELS = 1.1
FEWEST = 4
BEHIND = 12  # months by which the survey may end before the data month without a word


@dataclass(frozen=True)
class Series:
    """One question: its quarters as month numbers, and the shares of the area and of the force's in per cent."""

    question: str
    quarters: tuple[int, ...]
    own: tuple[float, ...]
    london: tuple[float, ...]


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw a panel a question; a quarter that is not there leaves a gap."""
    context = data.context
    rows = data.rows(TABLE)
    found = [series for question in QUESTIONS if (series := _series(rows, question)) is not None]
    if not found:
        return NoChart(
            NAME,
            f"The Public Attitude Survey has no file with {FEWEST} quarters of {context.area_name} that was out by "
            f"{wording.day_words(context.as_at)}. Its files carry no date: a sidecar beside one says when it came out.",
        )
    first, last = min(series.quarters[0] for series in found), max(series.quarters[-1] for series in found)
    words = style.Words(
        title=_message(context.area_name, found),
        subtitle=f"Public Attitude Survey, share of people who agree, {context.area_name} and {WIDER}, by quarter, "
        f"{reading.span(first, last)}",
        notes=(
            "A survey, beside the police's own records: context, and no measure of crime. The file does not say how "
            "many people were asked, so no interval is drawn and no change is called one.",
            "By design about 400 people are asked in a borough in a year: a difference of 5 points or less is within "
            "chance. Values move as those of whole years do, so neighbouring quarters share people.",
            f"The force area includes {context.area_name}.",
            *_late_note(data, last),
        ),
        source_line=source_line(context, {_origin(row) for row in rows}),
    )
    # One scale for both questions, from the quarter of the scale below the lowest value.
    low = 25 * int(min(min(series.own + series.london) for series in found) // 25)
    page = style.page(context, words, body=len(found) * STEP)
    for number, series in enumerate(found):
        axes = page.axes(0.45, number * STEP + 0.27, page.body[2] - 0.45 - LABELS, PANEL)
        _panel(axes, series, (first, last), low, context.area_name)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, found, context.area_name),
        table=_table(found, context.area_name),
        source_line=words.source_line,
        figure=page.figure,
    )


def _series(rows: list[Row], question: str) -> Series | None:
    """The quarters of one question, oldest first; None for fewer than a year of them."""
    points = sorted(
        (wording.month_number(_day(row)), 100 * float(str(row["share"])), 100 * float(str(row["london_share"])))
        for row in rows
        if row["measure"] == question
    )
    if len(points) < FEWEST:
        return None
    quarters, own, london = zip(*points, strict=True)
    return Series(question, quarters, own, london)


def _day(row: Row) -> date:
    import pandas as pd

    return pd.Timestamp(str(row["quarter_end"])).date()


def _origin(row: Row) -> Origin:
    return Origin(str(row["source"]), "", f"{row['vintage']:%Y-%m}")


def _message(area: str, found: list[Series]) -> str:
    """The newest share of each question, the area's and the force's."""
    parts = [
        f"{_percent(series.own[-1])} said {QUESTIONS[series.question][1]} ({WIDER} {_percent(series.london[-1])})"
        for series in found
    ]
    end = wording.month_words(wording.month_of(found[0].quarters[-1]))
    return f"Of people asked in {area}, {wording.listed(parts)}, at {end}"


def _late_note(data: BoardData, last: int) -> tuple[str, ...]:
    behind = wording.month_number(data.context.data_month) - last
    if behind < BEHIND:
        return ()
    return (f"The newest survey file ends {behind} months before the other figures.",)


def _panel(axes: Axes, series: Series, span: tuple[int, int], low: int, area: str) -> None:
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    first, last = span
    style.plain(axes)
    heading = QUESTIONS[series.question][0]
    axes.set_title(heading, loc="left", x=-0.45 / style.inches(axes), size=style.LABEL, weight="bold", pad=8)
    axes.set_xlim(first - 1, last + 1)
    axes.set_ylim(low, 100)
    axes.yaxis.set_major_locator(MultipleLocator(25))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{round(value)}%"))
    style.month_ticks(axes, first, last, every=12)
    known = dict(zip(series.quarters, zip(series.own, series.london, strict=True), strict=True))
    every = range(series.quarters[0], series.quarters[-1] + 1, 3)
    ends = []
    for position, name in enumerate((area, WIDER_ALONE)):
        colour, dash, marker = style.marks(2)[position]
        heights = [known[quarter][position] if quarter in known else float("nan") for quarter in every]
        axes.plot(every, heights, color=colour, ls=dash, lw=1.7, zorder=3 - position)
        # The wider area's is larger and behind, so that both are seen where the two end alike.
        end: style.Look = {"marker": marker, "ms": 5 + 3 * position, "zorder": 5 - position, "clip_on": False}
        axes.plot([series.quarters[-1]], [heights[-1]], color=colour, **end)
        weight = "normal" if position else "bold"
        label = style.wrapped(f"{name} {_percent(heights[-1])}", LABELS - 0.1, style.LABEL, bold=not position)
        ends.append((heights[-1], "\n".join(label), weight))
    gap = (100 - low) * 0.17 / PANEL * max(text.count("\n") + 1 for _, text, _ in ends)
    right: style.Look = {"transform": axes.get_yaxis_transform(), "size": style.LABEL}
    for y, (_, text, weight) in zip(style.spread([end[0] for end in ends], gap, (low, 100)), ends, strict=True):
        style.put(axes, 1 + 0.06 / style.inches(axes), y, text, weight=weight, **right)


def _percent(value: float) -> str:
    """A published share, which has whole points."""
    return f"{wording.rounded(value)}%"


def _alt(words: style.Words, found: list[Series], area: str) -> str:
    parts = []
    for series in found:
        start, end = (
            wording.month_words(wording.month_of(quarter)) for quarter in (series.quarters[0], series.quarters[-1])
        )
        parts.append(
            f"{QUESTIONS[series.question][0]}: {area} {_percent(series.own[0])} at {start}, "
            f"{_percent(min(series.own))} to {_percent(max(series.own))} since, {_percent(series.own[-1])} at {end}; "
            f"{WIDER} {_percent(series.london[0])} at first, {_percent(series.london[-1])} at the end"
        )
    return f"Line charts. {words.title}. {words.subtitle}. {'. '.join(parts)}."


def _table(found: list[Series], area: str) -> pd.DataFrame:
    columns = ["Quarter to"]
    values: list[dict[int, float]] = []
    for series in found:
        heading = QUESTIONS[series.question][0]
        columns += [f"{heading}, {area}", f"{heading}, {WIDER}"]
        values += [dict(zip(series.quarters, shares, strict=True)) for shares in (series.own, series.london)]
    quarters = sorted({quarter for column in values for quarter in column})
    rows = [
        [
            wording.month_words(wording.month_of(quarter)),
            *(_percent(column[quarter]) if quarter in column else None for column in values),
        ]
        for quarter in quarters
    ]
    return table(columns, rows)
