"""What a chart is drawn from: the board's circumstances and its frames.

What is here: `BoardContext` (who, when, from which files) and `BoardData` (with it the figures, monthly series and
indicators, indexed). What is not: how a figure reads (reading.py), words (wording.py), drawing (style.py, the charts).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

Row = dict[Hashable, object]


@dataclass(frozen=True)
class BoardContext:
    """The circumstances of one board pack; everything that a chart prints beside numbers.

    Attributes:
        board_name: The board, as its papers call it.
        area_code: GSS code of the partnership's own area.
        area_name: Its name, as charts print it.
        groups: (code, name) of the comparator groups, from the nearest to the widest; empty where there is none.
        meeting_date: The day the board meets.
        meeting_title: What the meeting is called.
        data_month: First day of the month that figures run to.
        as_at: The day whose files count.
        basis: `as-at` (files available on that day) or `latest` (everything landed, of the meeting's scheme).
        scheme: The publisher's category scheme.
        sample: True where the feeds were generated; every chart is then watermarked.
        sources: Feed name -> its title under a chart ("Recorded crime by borough"), without vintages.
        minimum_base: A percentage change on a smaller count than this is not printed.
        groups_with_area: Codes of the groups that contain the own area; a chart that compares with them says so.
    """

    board_name: str
    area_code: str
    area_name: str
    groups: tuple[tuple[str, str], ...]
    meeting_date: date
    meeting_title: str
    data_month: date
    as_at: date
    basis: str
    scheme: str
    sample: bool
    sources: Mapping[str, str]
    minimum_base: int
    groups_with_area: tuple[str, ...] = ()

    @property
    def drawn_groups(self) -> tuple[tuple[str, str], ...]:
        """The groups that one chart has room for: all up to four, else the three nearest and the widest."""
        return self.groups if len(self.groups) <= 4 else (*self.groups[:3], self.groups[-1])


@dataclass(frozen=True, eq=False)  # two boards are never compared; one is known by being the same object
class BoardData:
    """One pack's frames with its context.

    Attributes:
        context: See `BoardContext`.
        figures: One row a figure, the columns of figures.csv; months 'YYYY-MM', counts Int64.
        series: indicator, area_code, area_name, month (datetime64), offences (Int64), source, scheme, vintage
            ('YYYY-MM'); up to 48 months, groups included.
        indicators: reference/indicators.csv.
        tables: What single charts need besides, by name (board/tables.py).
    """

    context: BoardContext
    figures: pd.DataFrame
    series: pd.DataFrame
    indicators: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        """The rows of one of `tables`, in its order."""
        return [] if table not in self.tables else self.tables[table].to_dict("records")

    @cached_property
    def figure_rows(self) -> dict[tuple[str, str, str], Row]:
        """(indicator, area code, window) -> the figure's row at the data month (a quarter may end before it)."""
        month = f"{self.context.data_month:%Y-%m}"
        now = self.figures[(self.figures["end_month"] == month) | (self.figures["window"] == "fyq")]
        rows: list[Row] = now.to_dict("records")
        return {(str(row["indicator"]), str(row["area_code"]), str(row["window"])): row for row in rows}

    @cached_property
    def series_frames(self) -> dict[tuple[str, str], pd.DataFrame]:
        """(indicator, area code) -> its months, oldest first."""
        ordered = self.series.sort_values("month", kind="stable")
        return {
            (str(key[0]), str(key[1])): frame
            for key, frame in ordered.groupby(["indicator", "area_code"], sort=False)
            if isinstance(key, tuple)
        }

    @cached_property
    def indicator_rows(self) -> dict[str, Row]:
        """Slug -> the indicator's row, in the order in which boards read them."""
        ordered = self.indicators.assign(position=self.indicators["position"].astype(int)).sort_values("position")
        rows: list[Row] = ordered.to_dict("records")
        return {str(row["indicator"]): row for row in rows}
