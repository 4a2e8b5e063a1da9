"""Rules of the Met's anti-social behaviour file, in which a row is a call.

What is here: what such a file must hold, and why. What is not: reading it (feeds/). Two calls may agree in every
column, so nothing here looks for repeated rows.
"""

from typing import Final

from safer_assets.feeds.mps_asb import DAY_SPELLINGS, incident_day_sql
from safer_assets.quality.cells import WHOLE_NUMBER, key, number_reason, quoted, sql, text
from safer_assets.quality.expect import ANALYSTS, ERROR, WARN, Expect
from safer_assets.quality.kinds import EachFile, EachRow, ShareOfRows, between, matches, one_of
from safer_assets.quality.known import place_keys
from safer_assets.quality.rules.common import file_has_rows

FEED: Final = "mps_asb"
UNPLACED_SHARE: Final = 0.05
"""Calls without a borough above which a file is unusual: there were 0.97 % in the copy of September 2024."""

_DAY: Final = incident_day_sql("incident_day")
_DAYS: Final = sql(f"(select file_id, row_number, {_DAY} as day_of", "from incoming)")

RULES: Final[tuple[Expect, ...]] = (
    file_has_rows(FEED),
    Expect(
        FEED,
        "day_is_a_day",
        f"Every date is a day, as {DAY_SPELLINGS}",
        ("incident_day",),
        EachRow(
            f"coalesce(cast({_DAY} as varchar), '')",
            matches(r"20\d{2}-\d{2}-\d{2}"),
            quoted("is not a day", text("incident_day")),
        ),
        ERROR,
        why="A call whose day is unknown cannot be put into any month.",
        next_step="Fetch the file again: a spreadsheet rewrites dates when it saves them.",
    ),
    Expect(
        FEED,
        "months_have_no_hole",
        "The months from the first to the last are all there",
        ("incident_day",),
        EachFile(
            "coalesce(date_diff('month', min(day_of), max(day_of)) + 1 "
            "- count(distinct date_trunc('month', day_of)), 0)",
            between(0, 0),
            "value || ' month(s) missing between the first and the last'",
            source=_DAYS,
        ),
        ERROR,
        why="In this feed absent means zero, so a missing month would be counted as a month without a call.",
        next_step="Fetch the file again; if the publisher's copy has the hole too, report it to them.",
        scope="file",
    ),
    Expect(
        FEED,
        "days_have_no_hole",
        "The days from the first to the last are all there",
        ("incident_day",),
        EachFile(
            "coalesce(date_diff('day', min(day_of), max(day_of)) + 1 - count(distinct day_of), 0)",
            between(0, 0),
            "value || ' day(s) without a single call in all London'",
            source=_DAYS,
        ),
        WARN,
        why="London has hundreds of calls a day, so a day without one was lost on the way to the file.",
        next_step="Compare the month with the publisher's own dashboard before it is quoted.",
        scope="file",
    ),
    Expect(
        FEED,
        "months_are_whole",
        "The first day is the first of a month, and the last day the last of one",
        ("incident_day",),
        EachFile(
            "coalesce((day(min(day_of)) <> 1)::integer + (max(day_of) <> last_day(max(day_of)))::integer, 0)",
            between(0, 0),
            "value || ' month(s) at the file''s ends are not whole, and are not counted'",
            source=_DAYS,
        ),
        WARN,
        why="A month that ends on its 12th day would read as a fall, so the models leave it out.",
        next_step="Nothing, if the publisher put the file up in the middle of a month; else fetch it again.",
        scope="file",
    ),
    Expect(
        FEED,
        "count_is_a_whole_number",
        "Every ASBCount is a whole number, 0 or more",
        ("incidents",),
        EachRow(text("incidents"), matches(WHOLE_NUMBER), number_reason("incidents")),
        ERROR,
        why="A wrong cell is a wrong total, and nothing downstream could tell.",
        next_step="Fetch the file again; if the publisher's copy has the cell too, report it to them.",
    ),
    Expect(
        FEED,
        "borough_is_known",
        "Every borough that is given is a known place or one of the publisher's known non-places",
        ("borough",),
        EachRow(
            key("borough"),
            one_of(place_keys),
            quoted("is not in places.csv", text("borough")),
            where=f"{key('borough')} <> ''",
        ),
        ERROR,
        why="A place nobody knows would be missing from London's total without a word.",
        next_step="Add the spelling to reference/places.csv, to its place or as not_a_place.",
        who=ANALYSTS,
    ),
    Expect(
        FEED,
        "unplaced_share",
        f"No more than {UNPLACED_SHARE:.0%} of the calls have no borough",
        ("borough",),
        ShareOfRows(f"{key('borough')} = ''", lambda _: UNPLACED_SHARE, "'no borough is given'"),
        WARN,
        why="Calls without a borough are in no figure, so many of them make every borough look quieter.",
        next_step="Say so beside the figures, and ask the publisher what has changed.",
        who=ANALYSTS,
        scope="file",
    ),
    Expect(
        FEED,
        "no_call_is_a_duplicate",
        "Duplicate says No in every row",
        ("duplicate",),
        EachRow(key("duplicate"), one_of(lambda: frozenset({"no", ""})), quoted("stands in Duplicate", "duplicate")),
        WARN,
        why="All rows seen so far say No; whether ASBCount counts a call that repeats another is not documented.",
        next_step="Ask the publisher whether such rows are in its own totals, then write the answer into this rule.",
        who=ANALYSTS,
        scope="file",
    ),
)
"""In the order they are judged and shown."""
