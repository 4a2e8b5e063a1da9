"""Domestic abuse and hate crime, month by month, with the line across which counts do not compare.

What is here: three monthly series with comparability breaks. What is not: strands of hate crime (numbers too small
for a board's chart).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safer_assets.charts import reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.tables import month_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.reading import Monthly, Reading

NAME = "domestic_abuse_hate_crime"
INDICATORS = ("domestic_abuse_offences", "domestic_abuse_violence_with_injury", "hate_crime")
MONTHS = 48
PANEL, STEP = 1.15, 1.82


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw a panel an indicator; a line is cut at a break and has a mean on each side of it."""
    context = data.context
    years = reading.readings(data, INDICATORS, "r12")
    months = {year.indicator: reading.monthly(data, year.indicator, months=MONTHS) for year in years}
    found = [(year, series) for year in years if (series := months[year.indicator]) is not None]
    absent = reading.absent_note(year for year in years if months[year.indicator] is None)
    if not found:
        return NoChart(NAME, absent[0] if absent else "The reference list has no domestic abuse and no hate crime.")
    first = min(series.first for _, series in found)
    last = wording.month_number(context.data_month)
    cut = any(reading.breaks(year.indicator, series) for year, series in found)
    words = style.Words(
        title=_message(data, [year for year, _ in found]),
        subtitle=f"Recorded offences a month, {context.area_name}, {reading.period(context, last - first + 1)}",
        notes=(
            "More reports can mean more trust: a rise is neither good nor bad by itself. Each panel has its own scale.",
            "Orange: mean of the months drawn."
            + (" The two sides of a dashed line are counted in different ways and are not compared." if cut else ""),
            *absent,
        ),
        source_line=source_line(context, {origin for pair in found for one in pair for origin in one.origins}),
    )
    page = style.page(context, words, body=len(found) * STEP - 0.1)
    for number, (year, series) in enumerate(found):
        axes = page.axes(0.45, number * STEP + 0.27, page.body[2] - 0.45 - 1.0, PANEL)
        _panel(axes, year, series, (first, last))
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, found),
        table=month_table({year.name: series for year, series in found}),
        source_line=words.source_line,
        figure=page.figure,
    )


def _message(data: BoardData, years: list[Reading]) -> str:
    """Twelve-month counts with their change where there is one; what may not be compared is not."""
    shown = [year for year in years if year.value is not None]
    if not shown:
        return f"Domestic abuse and hate crime in {data.context.area_name}: no 12-month figure can be shown"
    parts = []
    for year in shown:
        moved = f" {wording.moved(year.percent)} to " if year.percent is not None else " "
        parts.append(f"{wording.in_sentence(year.name)}{moved}{wording.count(year.value or 0)}")
    text = wording.listed(parts)
    apart = all(year.reason.startswith(("not comparable", "contains break")) for year in shown)
    tail = ", not comparable with the 12 months before" if apart else ""
    return f"{text[:1].upper()}{text[1:]} in {reading.twelve_months(data.context)}{tail}"


def _panel(axes: Axes, year: Reading, series: Monthly, span: tuple[int, int]) -> None:
    first, last = span
    style.plain(axes)
    axes.set_title(year.name, loc="left", x=-0.45 / style.inches(axes), size=style.LABEL, weight="bold", pad=8)
    axes.set_xlim(first - 0.5, last + 0.5)
    top = max((value for _, value in series.known), default=0) or 1
    cuts = reading.breaks(year.indicator, series)
    axes.set_ylim(0, top * (1.32 if cuts else 1.12))
    style.count_ticks(axes, most=3)
    style.month_ticks(axes, first, last)
    style.broken_line(
        axes, series.first, series.counts, [number for number, _ in cuts], width=1.6, mean_color=style.ORANGE
    )
    for number, name in cuts:
        side = -1 if number - first > (last - first) / 2 else 1  # the side with more room
        look: style.Look = {"ha": "right" if side < 0 else "left", "bbox": {"fc": style.PAPER, "lw": 0, "pad": 1.5}}
        text = f"{name}, from {wording.month_short(wording.month_of(number))}"
        style.put(axes, number - 0.5 + side * 0.5, top * 1.24, text, color=style.MUTED, **look)
    end, value = series.known[-1]
    axes.plot([end], [value], color=style.NAVY, marker="o", ms=5, clip_on=False)
    label = f"{wording.count(value)}\nin {wording.month_short(wording.month_of(end))}"
    # Beside the axes and not beside the dot, which may stand well inside them: gridlines end before the label.
    right: style.Look = {"transform": axes.get_yaxis_transform(), "va": "center", "linespacing": 1.15}
    style.put(axes, 1 + 0.06 / style.inches(axes), value, label, size=style.LABEL, **right)


def _alt(words: style.Words, found: list[tuple[Reading, Monthly]]) -> str:
    parts = []
    for year, series in found:
        counts = [value for _, value in series.known]
        end, value = series.known[-1]
        month = wording.month_words(wording.month_of(end))
        cuts = [
            f"{name} from {wording.month_words(wording.month_of(number))}"
            for number, name in reading.breaks(year.indicator, series)
        ]
        cut = f", not comparable across {wording.listed(cuts)}" if cuts else ""
        parts.append(
            f"{year.name}: 12 months {year.sentence}; {wording.count(value)} in {month}, "
            f"range {wording.count(min(counts))} to {wording.count(max(counts))}{cut}"
        )
    return f"Line charts. {words.title}. {words.subtitle}. {'. '.join(parts)}."
