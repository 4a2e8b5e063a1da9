"""Assets reference/*: the field's knowledge, this partnership and this meeting, as small tables that the SQL reads.

What is here: the tables, their columns and rows. What is not: the knowledge itself (reference/, partnerships/,
board/calendar.py) and putting the tables in place (graph/models.py).
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import dagster as dg

from safer_assets.board.calendar import Deadlines, data_month_on, deadlines, meeting_on, next_meeting
from safer_assets.errors import PackError, SettingsError
from safer_assets.graph import operations
from safer_assets.graph.metadata import markdown_table, row_counts, table_schema
from safer_assets.models.build import Table
from safer_assets.partnership import Partnership
from safer_assets.reference import (
    ComparabilityBreak,
    CspArea,
    Indicator,
    OffenceAlias,
    OutcomeGroup,
    Place,
    comparability_breaks,
    csp_areas,
    indicators,
    offence_aliases,
    outcome_groups,
    places,
)
from safer_assets.refresh import BoardRefresh
from safer_assets.tags import board_tags
from safer_assets.warehouse import Connection

Column = tuple[str, str, str]
Rows = Sequence[Sequence[object]]
Known = Indicator | OffenceAlias | ComparabilityBreak | Place | CspArea | OutcomeGroup

TABLES: dict[str, tuple[str, tuple[Column, ...]]] = {
    "indicators": (
        "Every indicator a pack can carry: what is counted, its feeds in order of preference, the good direction.",
        (
            ("indicator", "VARCHAR", "Slug, stable for ever."),
            ("name", "VARCHAR", "Name in a table."),
            ("short_name", "VARCHAR", "Name on a chart."),
            ("theme", "VARCHAR", "Heading it stands under."),
            ("counted", "VARCHAR", "offences or incidents."),
            ("feeds", "VARCHAR", "Feeds in order of preference, separated by blanks."),
            ("good", "VARCHAR", "down, up or none; none is never coloured good or bad."),
            ("disclosure_class", "VARCHAR", "A open police count, B partner aggregate, C sensitive."),
            ("percent", "VARCHAR", "no where only counts may be shown."),
            ("comparator", "VARCHAR", "year_earlier or previous_period."),
            ("position", "INTEGER", "Order on a page."),
            ("definition", "VARCHAR", "What is counted, in a sentence."),
        ),
    ),
    "offence_aliases": (
        "Every (group, sub-group) pair a publisher has ever printed, and the indicators it counts towards.",
        (
            ("family", "VARCHAR", "mps_recorded, mps_dashboard, police_uk or home_office."),
            ("scheme", "VARCHAR", "Category scheme."),
            ("offence_group", "VARCHAR", "Group as published."),
            ("offence_subgroup", "VARCHAR", "Sub-group as published."),
            ("indicators", "VARCHAR", "Slugs, separated by blanks."),
            ("note", "VARCHAR", "Why, where it is not plain."),
        ),
    ),
    "comparability_breaks": (
        "Months from which an indicator is counted another way; figures do not compare across them.",
        (
            ("break", "VARCHAR", "Name, as the pack prints it."),
            ("first_month", "DATE", "First month after the break."),
            ("indicators", "VARCHAR", "Slugs it touches, separated by blanks."),
            ("feeds", "VARCHAR", "Feeds it touches; empty for all."),
            ("geography", "VARCHAR", "all, ward or small_area."),
            ("why", "VARCHAR", "What changed, with the source."),
        ),
    ),
    "places": (
        "Districts of England and Wales with every spelling publishers use, and rows that are not places.",
        (
            ("area_code", "VARCHAR", "GSS code; empty for what is not a place."),
            ("area_name", "VARCHAR", "Name this project prints."),
            ("kind", "VARCHAR", "borough, district or not_a_place."),
            ("names", "VARCHAR", "Other spellings, separated by '|'."),
        ),
    ),
    "csp_areas": (
        "Community Safety Partnerships of the Home Office that are not simply the district of their name.",
        (
            ("csp_name", "VARCHAR", "Partnership as published."),
            ("area_codes", "VARCHAR", "Districts it covers, wholly or in part, separated by blanks; may be empty."),
            ("incomplete_from", "DATE", "Month from which its count is not whole, by the publisher's notes."),
            ("note", "VARCHAR", "Why, where it is not plain."),
        ),
    ),
    "outcome_groups": (
        "Every outcome of a street-level crime that data.police.uk has printed, and its group in plain words.",
        (
            ("outcome", "VARCHAR", "Outcome as published."),
            ("outcome_group", "VARCHAR", "Group that charts show."),
            ("note", "VARCHAR", "Why, where it is not plain."),
        ),
    ),
    "areas": (
        "Areas that figures are made for: the board's own and every member of its groups.",
        (("area_code", "VARCHAR", "GSS code."), ("area_name", "VARCHAR", "Name.")),
    ),
    "group_members": (
        "Members of the board's comparator groups, one row a member.",
        (
            ("group_code", "VARCHAR", "The group's own code."),
            ("group_name", "VARCHAR", "Name."),
            ("area_code", "VARCHAR", "GSS code of the member."),
            ("group_size", "BIGINT", "Members of the group; a total exists only where all have the figure."),
        ),
    ),
    "partnership": (
        "The board's own area, its force and the limits it works with, in one row.",
        (
            ("area_code", "VARCHAR", "The board's own area."),
            ("force", "VARCHAR", "Force, as data.police.uk spells it."),
            ("minimum_base", "INTEGER", "Below it a change is printed as a count only."),
            ("unplaced_share_limit", "DOUBLE", "Share of street rows without a place that is worth a warning."),
        ),
    ),
    "meeting": (
        "The one meeting this refresh is for, its days and the rules its figures are made under.",
        (
            ("meeting_date", "DATE", "Day the board meets."),
            ("publication_deadline", "DATE", "Last day to publish: five clear working days before."),
            ("data_cut", "DATE", "Publication deadline less clearance and checking days."),
            ("cut_day", "DATE", "The data cut, or today where that is earlier (a preview)."),
            ("as_at", "DATE", "Day printed on every figure: the cut day, or the newest landing for basis latest."),
            ("data_month", "DATE", "Last month of the figures."),
            ("basis", "VARCHAR", "as-at or latest."),
            ("scheme_asked", "VARCHAR", "Category scheme asked for; empty for the one in force at the cut."),
        ),
    ),
    **operations.TABLES,
}


FROM_SETTINGS = ("areas", "group_members", "partnership", "meeting", *operations.TABLES)
MEETING_COLUMNS = tuple(column for column, _, _ in TABLES["meeting"][1])


def reference_specs() -> list[dg.AssetSpec]:
    """One spec a reference table; graph/models.py puts them in place together with what is built on them."""
    return [
        dg.AssetSpec(
            dg.AssetKey(["reference", name]),
            description=description,
            deps=[dg.AssetKey(["landing", "files"])] if name == "meeting" else [],
            kinds={"toml" if name in FROM_SETTINGS else "csv"},
            metadata={"dagster/column_schema": table_schema(columns)},
        )
        for name, (description, columns) in TABLES.items()
    ]


def reference_tables(con: Connection, refresh: BoardRefresh, day: date) -> dict[str, Table]:
    """Reference data, partnership and meeting of this refresh: 'reference.name' to columns and rows."""
    partnership = refresh.settings()
    check_scheme(refresh.scheme)
    rows = {**knowledge_rows(), **partnership_rows(partnership)}
    rows["meeting"] = [meeting_row(con, refresh, partnership, meeting_days(refresh, partnership, day), day)]
    return {
        f"reference.{name}": ([(column, kind) for column, kind, _ in columns], rows[name])
        for name, (_, columns) in TABLES.items()
    }


def reference_results(tables: Mapping[str, Table]) -> Iterator[dg.MaterializeResult[None]]:
    """What the UI shows of each table."""
    for name, (columns, rows) in tables.items():
        shown = markdown_table([column for column, _ in columns], rows[:20])
        yield dg.MaterializeResult(
            asset_key=dg.AssetKey(name.split(".")),
            metadata={**row_counts(len(rows)), "first_rows": dg.MetadataValue.md(shown)},
        )


def check_same_meeting(con: Connection, refresh: BoardRefresh, day: date) -> None:
    """Refuse to show figures that were made for another meeting than this run is for.

    Raises:
        PackError: Names what the warehouse holds, what was asked for, and what to run.
    """
    asked = dict(zip(MEETING_COLUMNS, reference_tables(con, refresh, day)["reference.meeting"][1][0], strict=True))
    held = dict(zip(MEETING_COLUMNS, con.execute("select * from reference.meeting").fetchone() or (), strict=False))
    differ = [name for name in ("meeting_date", "data_month", "basis", "scheme_asked") if asked[name] != held.get(name)]
    if differ:
        words = ", ".join(f"{name} {held.get(name) or 'none'} and not {asked[name] or 'none'}" for name in differ)
        raise PackError(
            f"The warehouse's figures are for {words}. Run the whole job board_refresh for the meeting you want: "
            "charts and pack alone would show another meeting's figures."
        )


def run_tags(refresh: BoardRefresh, day: date) -> dict[str, str]:
    """The tags of a run of this refresh, as they are once its pack is written.

    It is the board's own only as-at the cut, with nothing overridden, and in the place where the board's packs are.
    """
    partnership = refresh.settings()
    days = meeting_days(refresh, partnership, day)
    usual = BoardRefresh()
    own_rules = not (refresh.scheme or refresh.data_month) and refresh.basis.value == "as-at"
    own_place = (refresh.out, refresh.store) == (usual.out, usual.store)
    cut_day = min(days.data_cut, day)
    return board_tags(
        partnership.slug, days.meeting.date, cut_day, sample=refresh.is_sample, board_run=own_rules and own_place
    )


def meeting_days(refresh: BoardRefresh, partnership: Partnership, day: date) -> Deadlines:
    """The deadlines of the meeting that the refresh asks for; the next one where it asks for none."""
    asked = refresh.meeting_asked()
    meeting = meeting_on(partnership.meetings, asked) if asked else next_meeting(partnership.meetings, day)
    return deadlines(meeting, partnership.cycle)


def check_scheme(scheme: str) -> None:
    """SettingsError where a scheme was asked for that no publisher has."""
    known = sorted({alias.scheme for alias in offence_aliases()})
    if scheme and scheme not in known:
        raise SettingsError(f"SCHEME={scheme} is not a category scheme. There are: {', '.join(known)}.")


def knowledge_rows() -> dict[str, Rows]:
    """The reference CSV files as rows of their tables."""
    return {
        "indicators": [_cells(indicator) for indicator in indicators()],
        "offence_aliases": [_cells(alias) for alias in offence_aliases()],
        "comparability_breaks": [_cells(entry) for entry in comparability_breaks()],
        "places": [_cells(place, between="|") for place in places()],
        "csp_areas": [_cells(entry) for entry in csp_areas()],
        "outcome_groups": [_cells(entry) for entry in outcome_groups()],
    }


def partnership_rows(partnership: Partnership) -> dict[str, Rows]:
    """The partnership's areas and groups as rows of their tables."""
    names = {place.area_code: place.area_name for place in places() if place.area_code}
    codes = sorted({partnership.area.code, *(code for group in partnership.groups for code in group.members)})
    limit = partnership.quality.street_unplaced_share_warn
    return {
        "partnership": [[partnership.area.code, partnership.force, partnership.minimum_base, limit]],
        "areas": [[code, names[code]] for code in codes],
        "group_members": [
            [group.code, group.name, code, len(group.members)] for group in partnership.groups for code in group.members
        ],
        **operations.operation_rows(partnership),
    }


def meeting_row(
    con: Connection, refresh: BoardRefresh, partnership: Partnership, days: Deadlines, day: date
) -> list[object]:
    """The row of reference.meeting."""
    cut_day = min(days.data_cut, day)
    as_at = cut_day
    if refresh.basis.value == "latest":
        newest = con.execute("select cast(max(landed_at) as date) from landing.files").fetchone()
        # A landing under a clock that was wrong may lie ahead; no figure is as at a day that is still to come.
        as_at = min(newest[0], day) if newest and newest[0] else day
    data_month = refresh.data_month_asked() or data_month_on(cut_day, partnership.cycle)
    return [
        *(days.meeting.date, days.publication, days.data_cut, cut_day, as_at, data_month),
        *(refresh.basis.value, refresh.scheme),
    ]


def _cells(record: Known, between: str = " ") -> list[object]:
    """A record's fields as they stand in the CSV: several values in one cell, yes and no for what holds or does not."""
    cells: list[object] = []
    for item in dataclasses.fields(record):
        cell = getattr(record, item.name)
        if isinstance(cell, tuple):
            cell = between.join(cell)
        elif isinstance(cell, bool):
            cell = "yes" if cell else "no"
        cells.append(cell)
    return cells
