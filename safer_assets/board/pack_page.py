"""pack.html: the board's paper as one page that opens anywhere, without a network.

What is here: which figures the page tells, in which order, and how numbers and dates look on it. What is not: the
layout (templates/pack.html, pack.css), the sentences (sentences.py), and anything written to disk (pack.py).
"""

import base64
import datetime as dt
import itertools
import numbers
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from safer_assets.board.figures import Figure, percent_change
from safer_assets.board.lateness import Standing
from safer_assets.board.operations import OperationTold
from safer_assets.board.rests import OTHER_FILES, without_area
from safer_assets.board.sentences import comparison, headline_case, month_name, reason, sentence
from safer_assets.charts import rests, wording
from safer_assets.charts.chart import NoChart, RenderedChart
from safer_assets.charts.context import BoardContext
from safer_assets.charts.grading import Finding
from safer_assets.charts.icons import Variation
from safer_assets.errors import PackError
from safer_assets.reference import indicators

KEY_FIGURES = (
    ("total_notifiable_offences", "r12"),
    ("residential_burglary", "r3"),
    ("non_residential_burglary", "r3"),
    ("personal_robbery", "r3"),
    ("violence_with_injury", "r3"),
    ("violence_with_injury", "r12"),
    ("knife_crime_with_injury", "r3"),
    ("lethal_barrelled_discharge", "r3"),
    ("domestic_abuse_violence_with_injury", "r3"),
    ("domestic_abuse_offences", "r12"),
    ("asb_incidents", "r12"),
)
"""The figures a board's minutes quote, in their order; those it has open the summary."""

SUMMARY_SENTENCES = 5
"""As many sentences as leave room for the checks on the first printed page."""

WINDOWS = {
    "month": "month",
    "r3": "3 months",
    "r12": "12 months",
    "fyq": "financial quarter",
    "fytd": "financial year to date",
}

MINUTED_WINDOWS = ("r3", "r12", "fyq")
"""The windows that minutes quote; the sentences of the others would only repeat figures.csv."""

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


Row = Mapping[str, object]


@dataclass(frozen=True)
class Paper:
    """All that a pack says.

    Attributes:
        context: The meeting, its area and how its figures were chosen.
        deadlines: Dates of the meeting by name; `data_cut` is one of them.
        figures: All figures, the board's area and others.
        charts: Charts in the order of the page; one that could not be drawn is listed with its reason.
        checks: The checks that did not pass: check, about, severity, message, who.
        sources: The files used: feed, title, publisher, name, vintage, available_from, scheme, rows, sha256.
        refused: Files that were not used: name, reason.
        late: Feeds that the figures need and that were late.
        findings: What the figures of the board's area may be said to show, by indicator, window and number of the last
            month.
        operations: The partnership's operations, the newest first.
    """

    context: BoardContext
    deadlines: Mapping[str, dt.date]
    figures: tuple[Figure, ...]
    charts: tuple[RenderedChart | NoChart, ...]
    checks: tuple[Row, ...]
    sources: tuple[Row, ...]
    refused: tuple[Row, ...]
    late: tuple[Standing, ...]
    findings: Mapping[tuple[str, str, int], Finding]
    operations: tuple[OperationTold, ...] = ()

    @property
    def title(self) -> str:
        """The report's name on the cover sheet."""
        return f"Crime and ASB Performance Dashboard: {wording.month_words(self.context.data_month)}"

    @property
    def drawn(self) -> list[RenderedChart]:
        """The charts that could be drawn."""
        return [chart for chart in self.charts if isinstance(chart, RenderedChart)]

    @property
    def is_preview(self) -> bool:
        """Whether the figures were taken before the meeting's data-cut day, so that the board's own may differ."""
        if "data_cut" not in self.deadlines:
            raise PackError(
                f"pack of {self.context.meeting_date}: no deadline 'data_cut' among {sorted(self.deadlines)}. "
                "No pack was written; give the dates of board/calendar.py."
            )
        return self.context.as_at < self.deadlines["data_cut"]


@dataclass(frozen=True)
class ScoreRow:
    """One indicator of the scorecard: its figures in the board's area and, over 12 months, in the rests of its groups.

    `finding` is what the 12 months may be said to show, `variation` what the last month is on its control chart.
    """

    name: str
    r3: Figure | None
    r12: Figure | None
    groups: tuple[Figure | None, ...]
    finding: Finding
    variation: Variation | None


@dataclass(frozen=True)
class Told:
    """One sentence of the page and the figure it was made from."""

    figure: Figure
    text: str


@dataclass(frozen=True)
class Gap:
    """What some indicators lack, where, and why."""

    names: tuple[str, ...]
    areas: tuple[str, ...]
    windows: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Picture:
    """A chart as the page shows it: the image as a data URI with its size in pixels, and its data as rows of text."""

    chart: RenderedChart
    uri: str
    width: int
    height: int
    header: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


def page(paper: Paper) -> str:
    """The whole page as HTML; the same paper gives the same text."""
    import jinja2

    context = paper.context
    pictures = [_picture(chart) for chart in paper.drawn]
    shown = _at_data_month(paper.figures, f"{context.data_month:%Y-%m}")
    left = without_area(shown, context)
    beside = {**shown, **left}
    given = {**shown, **{place: figure for place, figure in left.items() if figure.quality == OTHER_FILES}}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        day=wording.day_words,
        month=wording.month_words,
        vintage=_vintage,
        available=_available,
        count=wording.count,
        change=change_text,
    )
    return environment.get_template("pack.html").render(
        paper=paper,
        operations=paper.operations,
        context=context,
        summary=_summary(beside, paper),
        scorecard=_scorecard(beside, paper),
        grades=_words_of_grades(),
        scorecard_picture=next((picture for picture in pictures if picture.chart.name == "scorecard"), None),
        pictures=[picture for picture in pictures if picture.chart.name != "scorecard"],
        sentences=_all_sentences(shown, paper),
        gaps=_gaps(given, context, lambda figure: figure.value is None),
        uncompared=_gaps(given, context, lambda figure: figure.value is not None and figure.quality != ""),
        undrawn=[chart for chart in paper.charts if isinstance(chart, NoChart)],
        basis=_basis(context),
        beside=[rests.label(context, code, name) for code, name in context.groups],
        note=" ".join(rests.note(context)),
    )


def change_text(figure: Figure | None) -> str:
    """A change for a table cell: a percentage where the figure carries one, else the difference, else nothing."""
    if figure is None or figure.value is None or figure.prior_value is None:
        return ""
    if figure.change_pct is not None:
        return wording.signed_percent(percent_change(figure.value, figure.prior_value))
    return wording.signed_count(figure.value - figure.prior_value)


def _at_data_month(figures: Sequence[Figure], data_month: str) -> dict[tuple[str, str, str], Figure]:
    """The newest figure of each area, indicator and window; only a financial quarter may end before the data month."""
    chosen: dict[tuple[str, str, str], Figure] = {}
    for figure in figures:
        place = (figure.area_code, figure.indicator, figure.window)
        due = figure.end_month <= data_month if figure.window == "fyq" else figure.end_month == data_month
        if due and (place not in chosen or chosen[place].end_month < figure.end_month):
            chosen[place] = figure
    return chosen


Shown = Mapping[tuple[str, str, str], Figure]


def _names(shown: Shown) -> dict[str, str]:
    """The indicators that the figures have, in the board's order, with names; an unknown one is named by its slug."""
    present = {indicator for _, indicator, _ in shown}
    known = {row.indicator: row.name for row in indicators() if row.indicator in present}
    return known | {slug: slug.replace("_", " ").capitalize() for slug in sorted(present - known.keys())}


def _summary(shown: Shown, paper: Paper) -> list[Told]:
    names, area = _names(shown), paper.context.area_code
    # A partnership whose feeds lack the usual figures opens with what it has, in the board's order.
    wanted = itertools.chain(KEY_FIGURES, ((slug, "r12") for slug in names), ((slug, "r3") for slug in names))
    figures = [shown.get((area, slug, window)) for slug, window in dict.fromkeys(wanted)]
    told = [figure for figure in figures if figure is not None and figure.value is not None]
    return [
        Told(figure, f"{_graded(figure, names, paper)} {_comparison(figure, shown, paper.context)}".rstrip())
        for figure in told[:SUMMARY_SENTENCES]
    ]


def _finding(figure: Figure | None, paper: Paper) -> Finding:
    """What a figure of the board's area may be said to show; nothing where there is no evidence on it."""
    if figure is None:
        return Finding()
    month = wording.month_number(dt.date.fromisoformat(f"{figure.end_month}-01"))
    return paper.findings.get((figure.indicator, figure.window, month), Finding())


def _graded(figure: Figure, names: Mapping[str, str], paper: Paper) -> str:
    """The board's own sentences of a figure, then what its change may be said to show."""
    told = sentence(figure, names[figure.indicator])
    return f"{told} {_finding(figure, paper).sentence}".rstrip() if figure.prior_value is not None else told


def _comparison(figure: Figure, shown: Shown, context: BoardContext) -> str:
    elsewhere = (shown.get((code, figure.indicator, figure.window)) for code, _ in context.groups)
    # A percentage elsewhere says nothing beside a count that has none.
    return comparison([other for other in elsewhere if other is not None]) if figure.change_pct is not None else ""


def _all_sentences(shown: Shown, paper: Paper) -> dict[str, list[Told]]:
    """Every figure of the area in words, by indicator: what minutes and papers quote."""
    told: dict[str, list[Told]] = {}
    names = _names(shown)
    for slug, name in names.items():
        figures = (shown.get((paper.context.area_code, slug, window)) for window in MINUTED_WINDOWS)
        lines = [
            Told(figure, _graded(figure, names, paper))
            for figure in figures
            if figure is not None and figure.value is not None
        ]
        if lines:
            told[headline_case(name)] = lines
    return told


def _scorecard(shown: Shown, paper: Paper) -> list[ScoreRow]:
    area, good = paper.context.area_code, {row.indicator: row.good for row in indicators()}
    rows = []
    for slug, name in _names(shown).items():
        year = shown.get((area, slug, "r12"))
        finding = _finding(year, paper)
        rows.append(
            ScoreRow(
                name=name,
                r3=shown.get((area, slug, "r3")),
                r12=year,
                groups=tuple(shown.get((code, slug, "r12")) for code, _ in paper.context.groups),
                finding=finding,
                variation=finding.variation(good.get(slug, "none")),
            )
        )
    return rows


def _words_of_grades() -> dict[str, str]:
    """The words that a change can be given, and what each means; the reasons for giving none come last."""
    from safer_assets.evidence.grade import RULES

    means = {rule.grade.format(way="rise or fall"): rule.means for rule in reversed(RULES)}
    order = dict.fromkeys(rule.grade.format(way="rise or fall") for rule in (*RULES[3:], *RULES[:3]))
    return {words: means[words] for words in order if words != "no figure"}


def _gaps(shown: Shown, context: BoardContext, lacks: Callable[[Figure], bool]) -> list[Gap]:
    """What the figures of the area and its comparators lack: indicators with one reason and extent stand together."""
    areas = (context.area_code, *(code for code, _ in context.groups))
    together: dict[tuple[tuple[str, ...], tuple[str, ...], str], list[str]] = {}
    for slug, name in _names(shown).items():
        by_quality: dict[str, list[Figure]] = {}
        for window, area in itertools.product(WINDOWS, areas):
            figure = shown.get((area, slug, window))
            if figure is not None and lacks(figure):
                by_quality.setdefault(figure.quality, []).append(figure)
        for quality, lacking in by_quality.items():
            windows = tuple(dict.fromkeys(WINDOWS[figure.window] for figure in lacking))
            where = tuple(dict.fromkeys(figure.area_name for figure in lacking))
            together.setdefault((windows, where, _sentence_case(reason(quality))), []).append(name)
    return [Gap(tuple(names), where, windows, why) for (windows, where, why), names in together.items()]


def _picture(chart: RenderedChart) -> Picture:
    image = chart.png.read_bytes()
    if not image.startswith(_PNG_SIGNATURE):
        raise PackError(
            f"chart {chart.name}: {chart.png.name} is no PNG file. No pack was written; render the chart again."
        )
    width, height = struct.unpack(">II", image[16:24])  # the header chunk comes first and begins with the size
    table = chart.table
    return Picture(
        chart=chart,
        uri=f"data:image/png;base64,{base64.b64encode(image).decode()}",
        width=width,
        height=height,
        header=tuple(str(column) for column in table.columns),
        numeric=tuple(all(_is_number(cell) for cell in table[column].dropna()) for column in table.columns),
        rows=tuple(
            tuple(_table_cell(cell, str(column)) for cell, column in zip(row, table.columns, strict=True))
            for row in table.astype(object).where(table.notna(), None).itertuples(index=False)
        ),
    )


def _table_cell(cell: object, column: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return wording.month_words(cell) if cell.day == 1 else wording.day_words(cell)
    if not _is_number(cell):
        return str(cell)
    if column.lower() == "year":
        return str(cell)
    return wording.count(int(cell)) if cell == int(cell) else wording.decimal(float(cell), 2)


def _is_number(cell: object) -> TypeGuard[int | float]:
    return isinstance(cell, numbers.Real) and not isinstance(cell, bool)


def _basis(context: BoardContext) -> str:
    if context.basis == "as-at":
        return f"Only files that were available on {wording.day_words(context.as_at)} were used."
    day = wording.day_words(context.as_at)
    return f"The newest files landed by {day} were used, also those published after the meeting's data cut."


def _vintage(vintage: object) -> str:
    """The last month of a file, in words; text that is no month stays."""
    if isinstance(vintage, dt.date):
        return wording.month_words(vintage)
    text = str(vintage or "")
    return month_name(text[:7]) if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])(-\d\d)?", text) else text


def _available(day: object) -> str:
    """The day a file could be had, in words."""
    if not isinstance(day, dt.date):
        return str(day or "not dated")
    return "always" if (day.year, day.month, day.day) == (1, 1, 1) else wording.day_words(day)


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
