"""Rules of the Met's recorded crime by ward and by LSOA; `incoming` has one row a cell of the wide file.

What is here: what only these two of the Met's wide files must hold. What is not: what all three share (mps_wide.py),
reading them (feeds/), and which files have the same wards (dbt_like_sql/marts/ward_months.sql).
"""

from typing import Final

from safer_assets.quality.cells import LSOA_CODE, key, literal, quoted, sql, text
from safer_assets.quality.expect import ANALYSTS, ERROR, WARN, Expect
from safer_assets.quality.kinds import EachFile, EachRow, NoTwoRows, between, matches
from safer_assets.quality.known import non_place_keys, place_or_code_keys
from safer_assets.quality.rules.mps_wide import wide_rules, with_boroughs

WARD: Final = "mps_ward"
LSOA: Final = "mps_lsoa"

# What the airports' and unknown rows have for a ward is not this platform's to judge: they are in no borough's figures.
_OF_A_PLACE: Final = f"{key('borough')} not in ({', '.join(literal(name) for name in non_place_keys())})"


def _has_its_shape(feed: str, column: str, what: str, pattern: str) -> Expect:
    return Expect(
        feed,
        f"{column}_has_its_shape",
        f"Every row of a borough has the code of a {what}",
        (column, "borough"),
        EachRow(text(column), matches(pattern), quoted(f"is not the code of a {what}"), where=_OF_A_PLACE),
        ERROR,
        why="Crimes are placed by this code; a row whose code is none would be missing from the map without a word.",
        next_step="Fetch the file again; if the publisher's copy has the row too, report it to them.",
    )


def _in_one_borough(feed: str, column: str, what: str) -> Expect:
    """The airports may share an area with a borough: the Met books crimes there by its own command."""
    areas = sql(
        f"select file_id, {column} as area, count(distinct london_borough) as boroughs,",
        "string_agg(distinct london_borough, ' and ' order by london_borough) as named",
        f"from {with_boroughs()} group by all",
    )
    return Expect(
        feed,
        f"{column}_in_one_borough",
        f"No {what} stands under two boroughs",
        (column, "borough"),
        EachRow(
            "boroughs",
            between(0, 1),
            f"{column} || ' stands under ' || named",
            source=sql(
                f"(select i.file_id, i.row_number, i.{column}, a.boroughs, a.named",
                f"from incoming i join ({areas}) a on a.file_id = i.file_id and a.area = i.{column})",
            ),
        ),
        ERROR,
        why="Its crimes would be counted for both, or for the wrong one of them.",
        next_step="Fetch the file again; if the publisher's copy has it too, ask them where the crimes were.",
        who=ANALYSTS,
    )


def _months_are_whole(feed: str) -> Expect:
    thin = sql(
        "select file_id, month, placed < 0.5 * median(placed) over (partition by file_id) as is_thin from",
        "(select file_id, month, sum(try_cast(offences as bigint)) as placed from incoming group by file_id, month)",
    )
    return Expect(
        feed,
        "months_are_whole",
        "No month has less than half of the offences that a month of the file has as a rule",
        ("month", "offences"),
        EachFile(
            "count(distinct month) filter (is_thin)",
            between(0, 0),
            "value || ' month(s) with less than half of the usual count'",
            source=sql(
                "(select i.file_id, i.row_number, i.month, t.is_thin from incoming i",
                f"join ({thin}) t using (file_id, month))",
            ),
        ),
        WARN,
        why="In this feed absent means zero, so a month that was cut off would read as a fall; figures leave it out.",
        next_step="Nothing, at a file's first month: the publisher cuts it at a day. Else fetch the file again.",
        who=ANALYSTS,
        scope="file",
    )


def _one_row_a_key(feed: str, *columns: str) -> Expect:
    return Expect(
        feed,
        "one_row_a_key",
        f"No ({', '.join(column.replace('_', ' ') for column in columns)}) stands twice",
        columns,
        NoTwoRows(columns),
        ERROR,
        why="A key that stands twice is counted twice, or one of the two is wrong.",
        next_step="Fetch the file again; if the publisher's copy has both rows, ask them which one holds.",
    )


WARD_RULES: Final[tuple[Expect, ...]] = (
    *wide_rules(WARD),
    _months_are_whole(WARD),
    _has_its_shape(WARD, "ward_code", "ward", r"E05\d{6}"),
    _in_one_borough(WARD, "ward_code", "ward"),
    # The borough is part of the key: in the file to 2025-03 the 23 (ward, group, sub-group) that stand twice are all of
    # Heathrow Villages, once under Hillingdon (281 crimes, all in 2023-04) and once under Aviation Security (17 in that
    # month, about 500 in each later one). The counts differ: two parts of one ward's crimes, which the marts add.
    _one_row_a_key(WARD, "offence_group", "offence_subgroup", "ward_code", "borough", "month"),
)

LSOA_RULES: Final[tuple[Expect, ...]] = (
    *wide_rules(LSOA, place_or_code_keys),
    _months_are_whole(LSOA),
    _has_its_shape(LSOA, "lsoa_code", "LSOA", LSOA_CODE),
    _in_one_borough(LSOA, "lsoa_code", "LSOA"),
    _one_row_a_key(LSOA, "offence_group", "offence_subgroup", "lsoa_code", "borough", "month"),
)
