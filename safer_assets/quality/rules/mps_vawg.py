"""Rules of the Met's file on violence against women and girls, in which a borough and month stand in several rows.

What is here: what such a file must hold, and why. What is not: reading it (feeds/).
"""

from typing import Final

from safer_assets.feeds.dates import DAY_SPELLINGS, day_sql
from safer_assets.quality.cells import WHOLE_NUMBER, key, number_reason, quoted, sql, text
from safer_assets.quality.expect import ANALYSTS, ERROR, WARN, Expect
from safer_assets.quality.kinds import EachFile, EachRow, NoTwoRows, between, matches, one_of
from safer_assets.quality.known import place_keys
from safer_assets.quality.rules.common import file_has_rows, months_have_no_hole
from safer_assets.quality.rules.mps_wide import absent_boroughs, with_boroughs

FEED: Final = "mps_vawg"
LEAST_OF_A_MONTH: Final = 0.5
"""Of the mean of the twelve months before: every whole month of 2015 to 2026-02 lies between 0.76 and 1.25 of it."""

_MONTH: Final = day_sql("month")
_LAST_MONTHS: Final = sql(
    f"(select file_id, row_number, {_MONTH} as month_of, try_cast(offences as integer) as counted,",
    f"max({_MONTH}) over (partition by file_id) as last_of from incoming)",
)
_BEFORE: Final = "filter (where month_of < last_of and month_of >= last_of - interval 12 month)"

RULES: Final[tuple[Expect, ...]] = (
    file_has_rows(FEED),
    Expect(
        FEED,
        "month_is_a_month",
        f"Every month recorded is the first day of a month, as {DAY_SPELLINGS}",
        ("month",),
        EachRow(
            f"coalesce(cast({_MONTH} as varchar), '')",
            matches(r"20\d{2}-\d{2}-01"),
            quoted("is not the first day of a month", text("month")),
        ),
        ERROR,
        why="A row whose month is unknown cannot be put into any window.",
        next_step="Fetch the file again: a spreadsheet rewrites dates when it saves them.",
    ),
    Expect(
        FEED,
        "month_committed_is_a_month",
        "Every month committed that is given is the first day of a month",
        ("month_committed",),
        EachRow(
            f"coalesce(cast({day_sql('month_committed')} as varchar), '')",
            matches(r"\d{4}-\d{2}-01"),
            quoted("is not the first day of a month", text("month_committed")),
            where=f"{text('month_committed')} <> ''",
        ),
        WARN,
        why="Figures go by the month recorded, so they stand; a month committed that is none means an edited file.",
        next_step="Compare the rows with the publisher's page, and fetch the file again.",
        scope="file",
    ),
    months_have_no_hole(FEED, _MONTH),
    Expect(
        FEED,
        "last_month_is_whole",
        f"The last month has at least {LEAST_OF_A_MONTH:.0%} of the mean of the twelve before it",
        ("month", "offences"),
        EachFile(
            f"coalesce(sum(counted) filter (where month_of = last_of) * count(distinct month_of) {_BEFORE} "
            f"/ nullif(sum(counted) {_BEFORE}, 0), 1)",
            between(LEAST_OF_A_MONTH, None),
            "'the last month has ' || cast(round(100 * value) as integer) || ' % of the mean of those before it'",
            source=_LAST_MONTHS,
        ),
        WARN,
        why="A file that was put up in the middle of a month would read as a fall.",
        next_step="Do not quote the last month; fetch the file again when the publisher has the whole month.",
        who=ANALYSTS,
        scope="file",
    ),
    Expect(
        FEED,
        "count_is_a_whole_number",
        "Every count is a whole number, 0 or more",
        ("offences",),
        EachRow(text("offences"), matches(WHOLE_NUMBER), number_reason("offences")),
        ERROR,
        why="A wrong cell is a wrong total, and nothing downstream could tell.",
        next_step="Fetch the file again; if the publisher's copy has the cell too, report it to them.",
    ),
    Expect(
        FEED,
        "borough_is_known",
        "Every borough is a known place or one of the publisher's known non-places",
        ("borough",),
        EachRow(key("borough"), one_of(place_keys), quoted("is not in places.csv", text("borough"))),
        ERROR,
        why="A place nobody knows would be missing from London's total without a word.",
        next_step="Add the spelling to reference/places.csv, to its place or as not_a_place.",
        who=ANALYSTS,
    ),
    Expect(
        FEED,
        "one_row_a_key",
        "No (borough, ward, month recorded, month committed) stands twice",
        ("borough", "ward_name", "month", "month_committed"),
        NoTwoRows(("borough", "ward_name", "month", "month_committed")),
        ERROR,
        why="Rows of one borough and month are added, so a row that stands twice is counted twice.",
        next_step="Fetch the file again; if the publisher's copy has both rows, ask them which one holds.",
    ),
    Expect(
        FEED,
        "all_boroughs_present",
        "All 32 London boroughs are in the file",
        ("borough",),
        EachFile(
            absent_boroughs(),
            one_of(lambda: frozenset({""})),
            "'no row for ' || value",
            source=with_boroughs(),
        ),
        ERROR,
        why="In this feed absent means zero, so a borough that was cut off would read as a borough without crime.",
        next_step="Fetch the whole file again: this copy was cut or filtered.",
        scope="file",
    ),
)
"""In the order they are judged and shown."""
