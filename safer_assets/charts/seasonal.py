"""The seasons of crime: a heat map of months by years, of the total or, without one, of the most frequent offence.

What is here: counts a month, shaded by offences a day so that short months compare. What is not: seasonal
adjustment, which takes out of the control charts (control.py) what is shown here.
"""

from __future__ import annotations

from calendar import monthrange
from fractions import Fraction
from typing import TYPE_CHECKING

from safer_assets.charts import reading, style, wording
from safer_assets.charts.chart import Chart, NoChart
from safer_assets.charts.origin import source_line
from safer_assets.charts.tables import table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from safer_assets.charts.context import BoardData
    from safer_assets.charts.reading import Monthly, Reading

NAME = "seasonal"
MONTHS = 48
FEWEST = 12
CELL = 0.36


@style.house_style
def draw(data: BoardData) -> Chart | NoChart:
    """Draw a row a year and a column a month; months without a figure stay blank."""
    context = data.context
    shown = reading.leading(data, lambda one: _months(data, one) is not None)
    series = None if shown is None else _months(data, shown)
    if shown is None or series is None:
        return NoChart(NAME, f"No offence has {FEWEST} months of figures for {context.area_name}.")
    name = shown.name
    counts = dict(series.known)
    daily = {number: Fraction(value, _days(number)) for number, value in counts.items()}
    means = _means(daily)
    averaged = reading.span(max(daily) - _whole_years(daily) * 12 + 1, max(daily))
    words = style.Words(
        title=_message(data, name, daily),
        subtitle=f"{name} a month, {context.area_name}, {reading.span(min(daily), max(daily))}",
        notes=(
            f"Shade: offences a day, from {wording.decimal(min(daily.values()))} (lightest) to "
            f"{wording.decimal(max(daily.values()))} (darkest), so that months of different length compare.",
            *((f"Last row: offences a day, mean of {averaged}.",) if means else ()),
            *reading.leading_note(data, shown),
        ),
        source_line=source_line(context, series.origins),
    )
    years = range(series.first // 12, series.numbers[-1] // 12 + 1)
    page = style.page(context, words, body=len(years) * CELL + 0.75)
    axes = page.axes(0.85, 0.3, page.body[2] - 0.85, (len(years) + 1.15) * CELL)
    _plot(axes, list(years), counts, daily, means)
    return Chart(
        name=NAME,
        title=words.title,
        subtitle=words.subtitle,
        alt=_alt(words, counts, daily),
        table=_table(list(years), counts, means),
        source_line=words.source_line,
        figure=page.figure,
    )


def _months(data: BoardData, one: Reading) -> Monthly | None:
    """An indicator's months where there are enough of them, all counted in one way."""
    series = reading.monthly(data, one.indicator, months=MONTHS)
    if series is None or len(series.known) < FEWEST or reading.breaks(one.indicator, series):
        return None
    return series


def _days(number: int) -> int:
    return monthrange(number // 12, number % 12 + 1)[1]


def _whole_years(daily: dict[int, Fraction]) -> int:
    """How many whole years of months, counted back from the last month, have every figure."""
    last, years = max(daily), 0
    while all(number in daily for number in range(last - 12 * years - 11, last - 12 * years + 1)):
        years += 1
    return years


def _means(daily: dict[int, Fraction]) -> dict[int, Fraction]:
    """Mean of offences a day by calendar month (0 = January) over whole years up to the last month; {} without one."""
    years = _whole_years(daily)
    if not years:
        return {}
    numbers = range(max(daily) - 12 * years + 1, max(daily) + 1)
    return {
        month: sum((daily[one] for one in numbers if one % 12 == month), Fraction(0)) / years for month in range(12)
    }


def _message(data: BoardData, name: str, daily: dict[int, Fraction]) -> str:
    means = _means(daily)
    place = data.context.area_name
    if not means:
        top = max(daily, key=lambda number: daily[number])
        month = wording.month_words(wording.month_of(top))
        return f"{name} in {place} peaked in {month}, {wording.decimal(daily[top])} a day"
    high, low = max(means, key=lambda month: means[month]), min(means, key=lambda month: means[month])
    return (
        f"{name} in {place} peaked in {wording.MONTHS[high]}, {wording.decimal(means[high])} a day on average; "
        f"lowest in {wording.MONTHS[low]}, {wording.decimal(means[low])}"
    )


def _plot(
    axes: Axes, years: list[int], counts: dict[int, int], daily: dict[int, Fraction], means: dict[int, Fraction]
) -> None:
    """Cells are one unit wide and high; the row of means stands a little apart from the years."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex
    from matplotlib.patches import Rectangle

    shades = LinearSegmentedColormap.from_list("shades", style.SHADES)
    low, high = float(min(daily.values())), float(max(daily.values()))
    axes.set_xlim(0, 12)
    axes.set_ylim(len(years) + 1.15, 0)
    axes.set_axis_off()

    def cell(column: int, row: float, a_day: Fraction, text: str) -> None:
        colour = to_hex(shades((float(a_day) - low) / (high - low or 1)))
        axes.add_patch(Rectangle((column + 0.02, row + 0.03), 0.96, 0.94, facecolor=colour, lw=0))
        style.put(axes, column + 0.5, row + 0.5, text, size=style.LABEL, color=style.readable_on(colour), ha="center")

    for month in range(12):
        style.put(axes, month + 0.5, -0.3, wording.MONTHS[month][:3], color=style.MUTED, ha="center")
    for row, year in enumerate(years):
        style.put(axes, -0.12, row + 0.5, str(year), color=style.MUTED, size=style.LABEL, ha="right")
        for month in range(12):
            number = year * 12 + month
            if number in counts:
                cell(month, row, daily[number], wording.count(counts[number]))
    if means:
        below = len(years) + 0.15
        style.put(axes, -0.12, below + 0.5, "Mean a day", color=style.MUTED, size=style.LABEL, ha="right")
        for month, mean in means.items():
            cell(month, below, mean, wording.decimal(mean))


def _alt(words: style.Words, counts: dict[int, int], daily: dict[int, Fraction]) -> str:
    means = _means(daily)
    mean = ", ".join(f"{wording.MONTHS[month]} {wording.decimal(value)}" for month, value in means.items())
    high, low = max(counts, key=lambda number: counts[number]), min(counts, key=lambda number: counts[number])
    ends = (
        f"Most in a month {wording.count(counts[high])} ({wording.month_words(wording.month_of(high))}), "
        f"fewest {wording.count(counts[low])} ({wording.month_words(wording.month_of(low))})."
    )
    return f"Heat map. {words.title}. {words.subtitle}. {ends}{f' Mean a day: {mean}.' if mean else ''}"


def _table(years: list[int], counts: dict[int, int], means: dict[int, Fraction]) -> pd.DataFrame:
    rows = []
    for month in range(12):
        mean = wording.decimal(means[month]) if means else None
        rows.append((wording.MONTHS[month], *(counts.get(year * 12 + month) for year in years), mean))
    return table(("Month", *(str(year) for year in years), "Mean a day, whole years"), rows)
