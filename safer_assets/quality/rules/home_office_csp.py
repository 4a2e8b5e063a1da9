"""Rules of the Home Office's recorded crime by Community Safety Partnership.

What is here: what such a file must hold, and why. What is not: reading it (feeds/), and withholding the figures of an
area with a pair that nobody knows (dbt_like_sql/marts/indicator_quarters.sql).

A pair or a partnership that is new is a WARN that marks no row: inside London the file is a check and nothing else, and
must not stop a board. No figure is made of an area's quarter that has such a pair.
"""

from typing import Final

from safer_assets.quality.cells import PAIR, key, quoted, text
from safer_assets.quality.expect import ANALYSTS, ERROR, WARN, Expect
from safer_assets.quality.kinds import EachFile, EachRow, NoTwoRows, between, matches, one_of
from safer_assets.quality.known import csp_keys, known_pairs
from safer_assets.quality.rules.common import file_has_rows

FEED: Final = "home_office_csp"
UNASSIGNED: Final = "unassigned %"
KEY: Final = (
    *("financial_year", "financial_quarter", "force", "csp_name"),
    *("offence_group", "offence_subgroup", "offence_description", "offence_code"),
)

_PERIOD = f"{text('financial_year')} || ' Q' || right({text('financial_quarter')}, 1)"
# Quarters since the year 0, so that a hole shows as a difference; NULL for what is no quarter.
_NUMBER = "try_cast(left(financial_year, 4) as integer) * 4 + try_cast(right(financial_quarter, 1) as integer)"

RULES: Final[tuple[Expect, ...]] = (
    file_has_rows(FEED),
    Expect(
        FEED,
        "quarter_is_a_quarter",
        "Every row has a financial year, YYYY/YY, and a quarter from 1 to 4",
        ("financial_year", "financial_quarter"),
        EachRow(_PERIOD, matches(r"20\d{2}/\d{2} Q[1-4]"), quoted("is not a quarter of a financial year")),
        ERROR,
        why="A row whose quarter is unknown cannot be put into any window.",
        next_step="Fetch the file again; if the publisher's copy has the row too, report it to them.",
    ),
    Expect(
        FEED,
        "quarters_have_no_hole",
        "The quarters from the first to the last are all there",
        ("financial_year", "financial_quarter"),
        EachFile(
            f"coalesce(max({_NUMBER}) - min({_NUMBER}) + 1 - count(distinct {_NUMBER}), 0)",
            between(0, 0),
            "value || ' quarter(s) missing between the first and the last'",
        ),
        ERROR,
        why="A year would be summed over fewer than four quarters.",
        next_step="Fetch the file again; if the publisher's copy has the hole too, report it to them.",
        scope="file",
    ),
    Expect(
        FEED,
        "count_is_a_whole_number",
        "Every count is a whole number; it may be below 0, where earlier records were cancelled or moved",
        ("offences",),
        EachRow(text("offences"), matches(r" *-?\d{1,9} *"), quoted("is not a whole number")),
        ERROR,
        why="A wrong cell is a wrong total, and nothing downstream could tell.",
        next_step="Fetch the file again; if the publisher's copy has the cell too, report it to them.",
    ),
    Expect(
        FEED,
        "offence_pair_is_known",
        "Every (group, sub-group) pair has a row in reference/offence_aliases.csv, whatever its case",
        ("offence_group", "offence_subgroup"),
        EachRow(
            f"lower({PAIR})",
            one_of(lambda: frozenset(pair.lower() for pair in known_pairs("home_office"))),
            quoted("is not in offence_aliases.csv", PAIR),
        ),
        WARN,
        why="A pair that no indicator knows would be missing from a total: no figure is made of a quarter that has it.",
        next_step="Decide which indicators the pair counts towards and add it to offence_aliases.csv.",
        who=ANALYSTS,
        scope="file",
    ),
    Expect(
        FEED,
        "partnership_is_known",
        "Every partnership is a district, is listed in reference/csp_areas.csv, or is what a force could not assign",
        ("csp_name",),
        EachRow(
            key("csp_name"),
            one_of(csp_keys),
            quoted("is neither a district nor in csp_areas.csv", text("csp_name")),
            where=f"{key('csp_name')} not like '{UNASSIGNED}'",
        ),
        WARN,
        why="Nobody's figures contain its crimes, and a district that it is a part of would look whole without it.",
        next_step="Find out which districts it covers and add it to csp_areas.csv, or its spelling to places.csv.",
        who=ANALYSTS,
        scope="file",
    ),
    Expect(
        FEED,
        "one_row_a_key",
        "No (year, quarter, force, partnership, offence) stands twice",
        KEY,
        NoTwoRows(KEY),
        ERROR,
        why="A key that stands twice is counted twice, or one of the two is wrong.",
        next_step="Fetch the file again; if the publisher's copy has both rows, ask them which one holds.",
    ),
)
