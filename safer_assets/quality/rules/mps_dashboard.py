"""Rules of the Met's monthly crime dashboard: borough rows, and neighbourhood (ward) rows that repeat them.

What is here: what such a file must hold, and why. What is not: reading it (feeds/).
"""

from typing import Final

from safer_assets.feeds.dates import DAY_SPELLINGS, day_sql
from safer_assets.quality.cells import PAIR, WHOLE_NUMBER, key, literal, number_reason, quoted, text
from safer_assets.quality.expect import ANALYSTS, ERROR, WARN, Expect
from safer_assets.quality.kinds import EachRow, NoTwoRows, matches, one_of
from safer_assets.quality.known import coded_place_keys, known_pairs, place_keys, place_with_code
from safer_assets.quality.rules.common import file_has_rows, months_have_no_hole

FEED: Final = "mps_dashboard"

# Neighbourhood rows name a ward where borough rows name a borough, so rules about boroughs leave them out.
BOROUGH_ROWS: Final = "area_type = 'Borough'"

# Another file of the dashboard may hold the same cell with a later refresh date; within one file no two rows may.
CELL: Final = (
    *("month", "area_type", "borough", "area_name", "area_code"),
    *("offence_group", "offence_subgroup", "measure"),
)

RULES: Final[tuple[Expect, ...]] = (
    file_has_rows(FEED),
    Expect(
        FEED,
        "month_is_a_month",
        f"Every month is the first day of a month, as {DAY_SPELLINGS}",
        ("month",),
        EachRow(
            f"coalesce(cast({day_sql('month')} as varchar), '')",
            matches(r"20\d{2}-\d{2}-01"),
            quoted("is not the first day of a month", text("month")),
        ),
        ERROR,
        why="A row whose month is unknown cannot be put into any window.",
        next_step="Fetch the file again: a spreadsheet rewrites dates when it saves them.",
    ),
    months_have_no_hole(FEED, day_sql("month")),
    Expect(
        FEED,
        "refresh_date_is_a_date",
        f"Every refresh date is a date, as {DAY_SPELLINGS}",
        ("refresh_date",),
        EachRow(
            f"coalesce(cast({day_sql('refresh_date')} as varchar), '')",
            matches(r"20\d{2}-\d{2}-\d{2}"),
            quoted("is not a date", text("refresh_date")),
        ),
        ERROR,
        why="The latest refresh date wins between files, so a row without one cannot be ranked.",
        next_step="Fetch the file again: a spreadsheet rewrites dates when it saves them.",
    ),
    Expect(
        FEED,
        "measure_is_known",
        "Every measure is Offences or Positive Outcomes",
        ("measure",),
        EachRow(
            text("measure"),
            one_of(lambda: frozenset({"Offences", "Positive Outcomes"})),
            quoted("is not a known measure"),
        ),
        ERROR,
        why="Offences and outcomes are never added; a third measure must be understood before it is loaded.",
        next_step="Read the publisher's note on the measure and decide whether it is loaded.",
        who=ANALYSTS,
    ),
    Expect(
        FEED,
        "area_type_is_known",
        "Every area type is Borough or Safer Neighbourhood Teams",
        ("area_type",),
        EachRow(
            text("area_type"),
            one_of(lambda: frozenset({"Borough", "Safer Neighbourhood Teams"})),
            quoted("is not a known area type"),
        ),
        ERROR,
        why="Neighbourhood rows repeat the borough rows, so a row of unknown type may count a crime twice.",
        next_step="Find out what the rows of this type add up to, then add the type to the rule.",
        who=ANALYSTS,
    ),
    Expect(
        FEED,
        "count_is_a_whole_number",
        "Every count is a whole number, 0 or more",
        ("records",),
        EachRow(text("records"), matches(WHOLE_NUMBER), number_reason("records")),
        ERROR,
        why="A wrong cell is a wrong total, and nothing downstream could tell.",
        next_step="Fetch the file again; if the publisher's copy has the cell too, report it to them.",
    ),
    Expect(
        FEED,
        "offence_pair_is_known",
        "Every (crime type, sub-type) pair has a row in reference/offence_aliases.csv, whatever its case",
        ("offence_group", "offence_subgroup"),
        EachRow(
            f"lower({PAIR})",
            one_of(lambda: frozenset(pair.lower() for pair in known_pairs("mps_dashboard"))),
            quoted("is not in offence_aliases.csv", PAIR),
        ),
        ERROR,
        why="A pair that no indicator knows would drop out of every total without a word.",
        next_step="Decide which indicators the pair counts towards and add it to offence_aliases.csv.",
        who=ANALYSTS,
    ),
    Expect(
        FEED,
        "borough_is_known",
        "Every borough row is about a known place or one of the publisher's known non-places",
        ("area_type", "borough"),
        EachRow(
            key("borough"), one_of(place_keys), quoted("is not in places.csv", text("borough")), where=BOROUGH_ROWS
        ),
        ERROR,
        why="A place nobody knows would be missing from London's total without a word.",
        next_step="Add the spelling to reference/places.csv, to its place or as not_a_place.",
        who=ANALYSTS,
    ),
    Expect(
        FEED,
        "area_code_fits_borough",
        "Every borough row of a place carries that place's code",
        ("area_type", "borough", "area_code"),
        EachRow(
            f"{key('borough')} || ' = ' || trim({text('area_code')})",
            one_of(place_with_code),
            f"{text('borough')} || ' has ' || coalesce('the area code ' || area_code, 'no area code')",
            where=f"{BOROUGH_ROWS} and {key('borough')} in ({', '.join(literal(name) for name in coded_place_keys())})",
        ),
        WARN,
        why="The models go by the name, so the figures stand; a code that does not fit means the file was edited.",
        next_step="Compare the rows with the publisher's page; correct places.csv if a code has changed.",
        who=ANALYSTS,
        scope="file",
    ),
    Expect(
        FEED,
        "one_row_a_key",
        "No (month, area, crime type, sub-type, measure) stands twice",
        CELL,
        NoTwoRows(CELL),
        ERROR,
        why="A key that stands twice is counted twice, or one of the two is wrong.",
        next_step="Fetch the file again; if the publisher's copy has both rows, ask them which one holds.",
    ),
)
