"""Rules that the Met's three wide files share; `incoming` has one row a cell of the wide file.

What is here: rules about months, counts, offence names and boroughs. What is not: what only one of the files has
(mps_borough.py, mps_small_areas.py), reading them (feeds/).
"""

from collections.abc import Callable
from typing import Final

from safer_assets.quality.cells import PAIR, WHOLE_NUMBER, key, literal, number_reason, quoted, sql, text, values
from safer_assets.quality.expect import ANALYSTS, ERROR, Expect
from safer_assets.quality.kinds import EachFile, EachRow, between, matches, one_of
from safer_assets.quality.known import known_pairs, place_keys
from safer_assets.quality.rules.common import file_has_rows, months_have_no_hole
from safer_assets.reference import offence_aliases, places

LONDON_BOROUGHS: Final = tuple(place for place in places() if place.kind == "borough")


def with_boroughs() -> str:
    """`incoming` with the London borough a row is about (`london_borough`, NULL for what is none), by name or code."""
    spellings = [
        (name.lower(), place.area_name)
        for place in LONDON_BOROUGHS
        for name in (place.area_name, place.area_code, *place.names)
    ]
    return sql(
        "(select incoming.*, london_borough from incoming",
        f"left join (values {values(spellings)}) b(spelling, london_borough) on b.spelling = {key('borough')})",
    )


def absent_boroughs() -> str:
    """SQL aggregate: the London boroughs that no row of the file is about, as text, blank where there is none."""
    boroughs = ", ".join(literal(place.area_name) for place in LONDON_BOROUGHS)
    return (
        "case when count(row_number) = 0 then '' else array_to_string(list_filter("
        f"[{boroughs}], lambda b: not list_contains(coalesce(list(distinct london_borough), []), b)), ', ') end"
    )


def _with_schemes() -> str:
    """`incoming` with the category scheme that alone knows a row's pair (`only_scheme`, NULL where none or several)."""
    pairs = [
        (f"{alias.offence_group} / {alias.offence_subgroup}", alias.scheme)
        for alias in offence_aliases()
        if alias.family == "mps_recorded"
    ]
    of_one_scheme = sql(
        "select pair, any_value(scheme) as only_scheme",
        f"from (values {values(pairs)}) p(pair, scheme) group by pair having count(distinct scheme) = 1",
    )
    return sql(
        "(select file_id, row_number, only_scheme from incoming", f"left join ({of_one_scheme}) s on s.pair = {PAIR})"
    )


def wide_rules(feed: str, boroughs: Callable[[], frozenset[str]] = place_keys) -> tuple[Expect, ...]:
    """The rules that hold of every wide file, in the order they are shown.

    Args:
        feed: The feed that they are for.
        boroughs: What its borough column may hold, in lower case.
    """
    return (
        file_has_rows(feed),
        Expect(
            feed,
            "month_is_a_month",
            "Every month column is headed by a month, YYYYMM",
            ("month",),
            EachRow(text("month"), matches(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])"), quoted("is not a month (YYYYMM)")),
            ERROR,
            why="A column whose month is unknown cannot be put into any window.",
            next_step="Fetch the file again: a spreadsheet rewrites these headers when it saves them.",
        ),
        months_have_no_hole(feed, "try_strptime(month, '%Y%m')"),
        Expect(
            feed,
            "count_is_a_whole_number",
            "Every count is a whole number, 0 or more",
            ("offences",),
            EachRow(text("offences"), matches(WHOLE_NUMBER), number_reason("offences")),
            ERROR,
            why="A wrong cell is a wrong total, and nothing downstream could tell.",
            next_step="Fetch the file again; if the publisher's copy has the cell too, report it to them.",
        ),
        Expect(
            feed,
            "offence_pair_is_known",
            "Every (group, sub-group) pair has a row in reference/offence_aliases.csv",
            ("offence_group", "offence_subgroup"),
            EachRow(PAIR, one_of(lambda: known_pairs("mps_recorded")), quoted("is not in offence_aliases.csv")),
            ERROR,
            why="A pair that no indicator knows would drop out of every total without a word.",
            next_step="Decide which indicators the pair counts towards and add it to offence_aliases.csv.",
            who=ANALYSTS,
        ),
        Expect(
            feed,
            "one_category_scheme",
            "All pairs of a file belong to one category scheme of the publisher",
            ("offence_group", "offence_subgroup"),
            EachFile(
                "count(distinct only_scheme)",
                between(0, 1),
                "'pairs of ' || value || ' category schemes stand in one file'",
                source=_with_schemes(),
            ),
            ERROR,
            why="The Met regrouped its offences in 2024; a file of both schemes counts crimes twice or not at all.",
            next_step="Fetch the file again: it was put together from two; never join schemes by hand.",
            who=ANALYSTS,
            scope="file",
        ),
        Expect(
            feed,
            "borough_is_known",
            "Every borough is a known place or one of the publisher's known non-places",
            ("borough",),
            EachRow(key("borough"), one_of(boroughs), quoted("is not in places.csv", text("borough"))),
            ERROR,
            why="A place nobody knows would be missing from London's total without a word.",
            next_step="Add the spelling to reference/places.csv, to its place or as not_a_place.",
            who=ANALYSTS,
        ),
        Expect(
            feed,
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
