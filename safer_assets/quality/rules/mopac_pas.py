"""Rules of MOPAC's Public Attitude Survey by borough: shares of people, by quarter and question.

What is here: what such a file must hold, and why. What is not: reading it (feeds/) and how a share may be shown
(charts/). Absent is missing here, never zero.
"""

from typing import Final

from safer_assets.feeds.dates import DAY_SPELLINGS, day_sql
from safer_assets.quality.cells import key, quoted, sql, text
from safer_assets.quality.expect import ANALYSTS, ERROR, WARN, Expect
from safer_assets.quality.kinds import EachFile, EachRow, NoTwoRows, between, matches, one_of
from safer_assets.quality.known import place_keys
from safer_assets.quality.rules.common import file_has_rows

FEED: Final = "mopac_pas"
MEASURES: Final = frozenset(
    {
        *('"Good Job" local', "Trust MPS", "Relied on to be there", "Listen to concerns"),
        *("Understand issues", "Treat everyone fairly", "Informed local", "Contact ward officer"),
    }
)
"""The questions of the published files; another wording is another series."""

SHARE: Final = r" *(?:0(?:[.,]\d{1,6})?|1(?:[.,]0{1,6})?) *"

_DAY: Final = day_sql("day")
_QUARTERS: Final = sql(f"(select file_id, row_number, date_trunc('quarter', {_DAY}) as quarter_of", "from incoming)")
_LONDON: Final = "try_cast(replace(proportion_mps, ',', '.') as double)"
_OF_ONE_QUARTER: Final = "over (partition by file_id, day, survey, measure)"
_LONDON_VALUES: Final = sql(
    f"(select file_id, row_number, max({_LONDON}) {_OF_ONE_QUARTER} > min({_LONDON}) {_OF_ONE_QUARTER} as differs",
    "from incoming)",
)


def _share_is_a_proportion(name: str, column: str, what: str) -> Expect:
    return Expect(
        FEED,
        name,
        f"Every share of {what} is a number from 0 to 1, with a decimal comma or point",
        (column,),
        EachRow(text(column), matches(SHARE), quoted("is not a share from 0 to 1", text(column))),
        ERROR,
        why="A share that is blank, or written as 56 in place of 0,56, would be drawn as something else.",
        next_step="Fetch the file again: a spreadsheet rewrites decimal commas when it saves them.",
    )


RULES: Final[tuple[Expect, ...]] = (
    file_has_rows(FEED),
    Expect(
        FEED,
        "day_is_a_quarter_end",
        f"Every date is the last day of a quarter, as {DAY_SPELLINGS}",
        ("day",),
        EachRow(
            f"coalesce(cast({_DAY} as varchar), '')",
            matches(r"20\d{2}-(?:03-31|06-30|09-30|12-31)"),
            quoted("is not the last day of a quarter", text("day")),
        ),
        ERROR,
        why="A share whose quarter is unknown cannot be put beside any other.",
        next_step="Fetch the file again: a spreadsheet rewrites dates when it saves them.",
    ),
    Expect(
        FEED,
        "quarters_have_no_hole",
        "The quarters from the first to the last are all there",
        ("day",),
        EachFile(
            "coalesce(date_diff('quarter', min(quarter_of), max(quarter_of)) + 1 - count(distinct quarter_of), 0)",
            between(0, 0),
            "value || ' quarter(s) missing between the first and the last'",
            source=_QUARTERS,
        ),
        WARN,
        why="A line drawn across a quarter in which nobody was asked would be invented; charts leave a gap there.",
        next_step="Read in the publisher's note whether the survey was stopped; if not, fetch the file again.",
        who=ANALYSTS,
        scope="file",
    ),
    Expect(
        FEED,
        "survey_is_known",
        "Every row is of the Public Attitude Survey (PAS)",
        ("survey",),
        EachRow(key("survey"), one_of(lambda: frozenset({"pas"})), quoted("is not PAS", text("survey"))),
        ERROR,
        why="Another survey asks other people in another way: its answers are another series.",
        next_step="Fetch the file of the Public Attitude Survey alone.",
        who=ANALYSTS,
    ),
    Expect(
        FEED,
        "measure_is_known",
        "Every measure is one of the questions known so far",
        ("measure",),
        EachRow(text("measure"), one_of(lambda: MEASURES), quoted("is not a known measure", text("measure"))),
        WARN,
        why="A question that was worded anew is a series of its own, which no chart knows yet.",
        next_step="Read the publisher's note on the question, then add it to the rule and the chart.",
        who=ANALYSTS,
        scope="file",
    ),
    Expect(
        FEED,
        "borough_is_known",
        "Every borough is a known place",
        ("borough",),
        EachRow(key("borough"), one_of(place_keys), quoted("is not in places.csv", text("borough"))),
        ERROR,
        why="A place nobody knows would be in no chart, without a word.",
        next_step="Add the spelling to reference/places.csv.",
        who=ANALYSTS,
    ),
    _share_is_a_proportion("share_is_a_proportion", "proportion", "the borough"),
    _share_is_a_proportion("london_share_is_a_proportion", "proportion_mps", "London"),
    Expect(
        FEED,
        "london_is_one_value",
        "Every borough has the same share of London beside it, by quarter and measure",
        ("day", "survey", "measure", "proportion_mps"),
        EachFile(
            "coalesce(count(*) filter (where differs), 0)",
            between(0, 0),
            "value || ' row(s) of quarters with several shares of London'",
            source=_LONDON_VALUES,
        ),
        ERROR,
        why="London has one share a quarter; several mean that columns or rows have slipped.",
        next_step="Fetch the file again; never sort a part of it in a spreadsheet.",
        scope="file",
    ),
    Expect(
        FEED,
        "one_row_a_key",
        "No (date, survey, borough, measure) stands twice",
        ("day", "survey", "borough", "measure"),
        NoTwoRows(("day", "survey", "borough", "measure")),
        ERROR,
        why="Of two shares for one quarter, one is wrong, and nothing downstream could tell which.",
        next_step="Fetch the file again; if the publisher's copy has both rows, ask them which one holds.",
    ),
)
"""In the order they are judged and shown."""
