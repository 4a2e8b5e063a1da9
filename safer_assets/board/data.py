"""What a board's charts and pack are made from, read out of the warehouse.

What is here: the marts and the state of the quality gate as frames. What is not: how they are shown (charts/,
pack_page.py) and how they were made (dbt_like_sql/).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from safer_assets.board.lateness import Standing, late_for_board
from safer_assets.board.tables import chart_tables
from safer_assets.charts import wording
from safer_assets.charts.context import BoardContext, BoardData
from safer_assets.errors import PackError
from safer_assets.feeds import ALL, by_name
from safer_assets.models.build import published_results
from safer_assets.partnership import Partnership
from safer_assets.quality import RULES
from safer_assets.warehouse import Connection, has_table

SERIES_MONTHS = 48
WHY_KEPT_OUT = {
    "refused": ("no_file_refused", "file", "refused by the feed that knows it"),
    "unknown": ("no_file_unknown", "file", "known by no feed"),
    "unread": ("every_publisher_answered", "publisher", "not read to the end, so that newer figures may be out"),
}
"""State in landing.not_used -> the check that says so, what is counted, and the words for it."""


@dataclass(frozen=True)
class Meeting:
    """The row of reference.meeting: the days and rules that the published figures were made under."""

    meeting_date: date
    publication_deadline: date
    data_cut: date
    cut_day: date
    as_at: date
    data_month: date
    basis: str
    scheme_asked: str


@dataclass(frozen=True)
class _File:
    """What lateness looks at of a landed file."""

    feed: str
    name: str
    vintage: date | None
    force: str | None


def read_meeting(con: Connection) -> Meeting:
    """The meeting the warehouse's figures are for; PackError where there are none yet."""
    if not has_table(con, "reference.meeting"):
        raise PackError("The warehouse has no figures yet. Run a refresh first: make board")
    row = con.execute("select * from reference.meeting").fetchone()
    if row is None:
        raise PackError("The warehouse has no meeting. Run a refresh first: make board")
    return Meeting(*row)


def read_board(con: Connection, partnership: Partnership, *, sample: bool) -> BoardData:
    """Context, figures, monthly series and indicators of the warehouse's meeting."""
    meeting = read_meeting(con)
    figures = con.execute("select * from marts.figures order by all").df()
    for column in ("start_month", "end_month", "prior_start_month", "prior_end_month"):
        figures[column] = figures[column].dt.strftime("%Y-%m")
    figures["as_at"] = figures["as_at"].dt.date
    for column in ("value", "prior_value", "change_abs"):
        figures[column] = figures[column].astype("Int64")
    series = con.execute(
        "select months.indicator, months.area_code, areas.area_name, months.month, months.offences, months.source, "
        "months.scheme, strftime(months.vintage, '%Y-%m') as vintage from marts.indicator_months as months inner join ("
        "  select area_code, area_name from reference.areas"
        "  union all select distinct group_code, group_name from reference.group_members"
        ") as areas using (area_code) "
        "where months.month between cast(? as date) - to_months(?) and ? order by all",
        [meeting.data_month, SERIES_MONTHS - 1, meeting.data_month],
    ).df()
    series["offences"] = series["offences"].astype("Int64")
    indicators = con.execute("select * from reference.indicators order by position").df()
    tables = chart_tables(con)
    return BoardData(
        context=_context(con, partnership, meeting, sample, tables),
        figures=figures,
        series=series,
        indicators=indicators,
        tables=tables,
    )


def pack_figures(data: BoardData) -> pd.DataFrame:
    """The rows of figures.csv: every area at the data month, single months before it for the board's own."""
    context = data.context
    own = {context.area_code, *(code for code, _ in context.groups)}
    rows = data.figures
    earlier = (rows["window"] == "month") & (rows["end_month"] < f"{context.data_month:%Y-%m}")
    return rows[~earlier | rows["area_code"].isin(own)]


def pack_evidence(con: Connection) -> pd.DataFrame:
    """The rows of evidence.csv: every area and window at the data month."""
    return con.execute("select * from marts.evidence order by all").df()


def read_sources(con: Connection) -> pd.DataFrame:
    """The files that this meeting's figures may come from, newest first within a feed."""
    frame = con.execute(
        "select files.feed, files.name, files.vintage, files.available_from, files.scheme, files.rows, files.sha256 "
        "from marts.eligible_files as eligible inner join landing.files as files on eligible.file_id = files.file_id "
        "order by files.feed, eligible.newest_rank"
    ).df()
    frame["vintage"] = frame["vintage"].dt.strftime("%Y-%m")
    frame["available_from"] = _dates(frame["available_from"])
    titles = {feed.name: (feed.title, feed.publisher) for feed in ALL}
    frame.insert(1, "title", [titles[name][0] for name in frame["feed"]])
    frame.insert(2, "publisher", [titles[name][1] for name in frame["feed"]])
    return frame


def read_late_feeds(con: Connection, partnership: Partnership) -> tuple[Standing, ...]:
    """The feeds that this meeting's figures need and that were late on the day the figures are as at."""
    meeting = read_meeting(con)
    rows = con.execute(
        "select files.feed, files.name, files.vintage, files.force from landing.files as files "
        "inner join landing.loads as loads on files.file_id = loads.file_id and not loads.held "
        "where ? = 'latest' or files.available_from <= ? order by all",
        [meeting.basis, meeting.as_at],
    ).fetchall()
    files = [_File(*row) for row in rows]
    return late_for_board(files, partnership.force, meeting.as_at, until=meeting.data_month)


def read_checks_not_passed(con: Connection) -> pd.DataFrame:
    """Every check that did not pass: of landed files, of the models, and of landing itself."""
    rules = {(rule.feed, rule.name): rule for rule in RULES}
    rows: list[tuple[str, str, str, str, str]] = []
    # Files that no figure of this meeting can come from are not this board's business; the UI has them all.
    gate = con.execute(
        "select results.rule, results.feed, results.severity, count(*), min(files.name), "
        "sum(results.failed), sum(results.examined), bool_or(results.status = 'errored') "
        "from quality.results as results inner join landing.files as files using (file_id) "
        "cross join reference.meeting "
        "where results.status <> 'passed' "
        "and files.file_id in (select file_id from marts.eligible_files) "
        "and (files.vintage is null or files.feed in (select feed from marts.indicator_feeds) "
        "and files.vintage >= data_month - to_months(?) and files.first_month <= data_month) group by all order by all",
        [SERIES_MONTHS - 1],
    ).fetchall()
    for name, feed, severity, files, example, failed, examined, errored in gate:
        rule = rules.get((feed, name))
        if rule is None:
            continue  # a rule of an earlier version; its files are judged again by the next refresh
        about = f"{by_name(feed).title}: {f'{files} files' if files > 1 else example}"
        found = "could not be evaluated" if errored else f"{failed:,} of {examined:,} rows"
        rows.append((name, about, severity, f"{rule.title}: not so for {found}. {rule.why}", rule.who))
    rows.extend(
        (
            result.check.rsplit(".", 1)[-1],
            result.about,
            result.severity,
            f"{result.failed:,} found. {result.why}",
            result.who,
        )
        for result in published_results(con)
        if not result.passed
    )
    kept_out = con.execute("select state, count(*) from landing.not_used group by state order by state").fetchall()
    for state, number in kept_out:
        check, what, words = WHY_KEPT_OUT[state]
        text = f"{wording.plural(number, what)} {words}, listed with the reason under the files not used."
        rows.append((check, "landing", "WARN", text, "team:data-engineering"))
    return pd.DataFrame(rows, columns=["check", "about", "severity", "message", "who"])


def _context(
    con: Connection, partnership: Partnership, meeting: Meeting, sample: bool, tables: Mapping[str, pd.DataFrame]
) -> BoardContext:
    titles = {item.date: item.title for item in partnership.meetings}
    return BoardContext(
        board_name=partnership.board_name,
        area_code=partnership.area.code,
        area_name=partnership.area.name,
        groups=tuple((group.code, group.name) for group in partnership.groups),
        meeting_date=meeting.meeting_date,
        meeting_title=titles[meeting.meeting_date],
        data_month=meeting.data_month,
        as_at=meeting.as_at,
        basis=meeting.basis,
        scheme=_scheme(con),
        sample=sample,
        sources=_source_words(con, tables),
        minimum_base=partnership.minimum_base,
        groups_with_area=tuple(g.code for g in partnership.groups if partnership.area.code in g.members),
    )


def _scheme(con: Connection) -> str:
    """The scheme of the feed that most of the figures come from."""
    row = con.execute(
        "select scheme from marts.figures where scheme <> '' group by scheme order by count(*) desc, scheme limit 1"
    ).fetchone()
    return str(row[0]) if row else ""


def _source_words(con: Connection, tables: Mapping[str, pd.DataFrame]) -> Mapping[str, str]:
    """Feed -> its title, for every feed that a figure, a drawn month or a chart's table of this pack is taken from."""
    rows = con.execute(
        "select months.source from marts.indicator_months as months cross join reference.meeting "
        "where months.month between data_month - to_months(?) and data_month "
        "union select source from marts.figures where value is not null order by all",
        [SERIES_MONTHS - 1],
    ).fetchall()
    drawn = {str(feed) for frame in tables.values() if "source" in frame for feed in frame["source"].dropna()}
    titles = {feed.name: feed.title for feed in ALL}
    words = {feed: titles[feed] for feed in sorted({feed for (feed,) in rows} | drawn & titles.keys())}
    years = [row[0] for row in con.execute("select distinct mid_year from marts.populations order by all").fetchall()]
    if years and "ons_population" in {feed.name for feed in ALL}:
        words["ons_population"] = f"{by_name('ons_population').title}, mid-{' and mid-'.join(map(str, years))}"
    return words


def _dates(column: pd.Series) -> list[date | None]:
    return [
        None if value is None or pd.isna(value) else value.date() if hasattr(value, "date") else value
        for value in column
    ]
