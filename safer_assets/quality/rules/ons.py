"""Rules of the ONS files: mid-year population, and lookups between areas.

What is here: what such a file must hold, and why. What is not: reading it (feeds/).
"""

from typing import Final

from safer_assets.quality.cells import GSS_CODE, LSOA_CODE, number_reason, quoted, sql, text
from safer_assets.quality.expect import ANALYSTS, ERROR, Expect
from safer_assets.quality.kinds import EachRow, NoTwoRows, between, matches
from safer_assets.quality.rules.common import file_has_rows

POPULATION: Final = "ons_population"
POPULATION_LSOA: Final = "ons_population_lsoa"
LOOKUP: Final = "ons_lookup"


def _population_rules(feed: str, code: str, what: str, pattern: str) -> tuple[Expect, ...]:
    """Rules of a table of residents, of (any) area or of an LSOA: they differ in their codes alone."""
    return (
        file_has_rows(feed),
        Expect(
            feed,
            f"{code}_has_its_shape",
            f"Every {what} code is a letter and eight digits",
            (code,),
            EachRow(text(code), matches(pattern), quoted(f"is not an {what} code")),
            ERROR,
            why="Rates are joined by code; a row whose code is none gives its area no rate.",
            next_step="Fetch the file again from ONS.",
        ),
        Expect(
            feed,
            "mid_year_is_plausible",
            "Every year lies between 1981 and 2100",
            ("mid_year",),
            EachRow(
                r"case when regexp_full_match(mid_year, '\d{4}') then cast(mid_year as integer) else 0 end",
                between(1981, 2100),
                quoted("is not a year that ONS estimates", text("mid_year")),
            ),
            ERROR,
            why="A rate uses the year that holds the window's midpoint; a wrong year gives a wrong rate.",
            next_step="Fetch the file again from ONS.",
        ),
        Expect(
            feed,
            "population_is_a_whole_number",
            "Every population is a whole number above 0",
            ("population",),
            EachRow(
                text("population"),
                matches(r" *0*[1-9]\d{0,8} *"),
                f"case when try_cast(population as double) = 0 then 'the population is 0' "
                f"else {number_reason('population')} end",
            ),
            ERROR,
            why="Every rate of the area is divided by this number.",
            next_step="Fetch the file again from ONS: a spreadsheet may have added separators.",
        ),
        Expect(
            feed,
            "one_row_a_key",
            "No (area, year) stands twice",
            (code, "mid_year"),
            NoTwoRows((code, "mid_year")),
            ERROR,
            why="Two populations for one area and year: one of them is wrong, perhaps a projection among estimates.",
            next_step="Find out which source each row is from and land the ONS file alone.",
            who=ANALYSTS,
        ),
    )


POPULATION_RULES: Final[tuple[Expect, ...]] = (
    *_population_rules(POPULATION, "area_code", "area", GSS_CODE),
    *_population_rules(POPULATION_LSOA, "lsoa21_code", "LSOA", LSOA_CODE),
)


def _lookup_code(column: str, what: str, pattern: str) -> Expect:
    """One code column of a lookup; a lookup that lacks the column altogether has it NULL throughout."""
    return Expect(
        LOOKUP,
        f"{column}_has_its_shape",
        f"Every {what} code has its shape, in a lookup that has such codes",
        (column,),
        EachRow(
            text(column),
            matches(pattern),
            quoted(f"is not a {what} code"),
            where="in_this_lookup",
            source=sql(
                "(select * from incoming",
                f"join (select file_id, count({column}) > 0 as in_this_lookup",
                "from incoming group by file_id) using (file_id))",
            ),
        ),
        ERROR,
        why="Crimes are placed through these codes; a code that is none loses the area's crimes.",
        next_step="Fetch the lookup again from the ONS geography portal.",
    )


LOOKUP_RULES: Final[tuple[Expect, ...]] = (
    file_has_rows(LOOKUP),
    _lookup_code("lsoa11_code", "2011 LSOA", LSOA_CODE),
    _lookup_code("lsoa21_code", "2021 LSOA", LSOA_CODE),
    _lookup_code("ward_code", "ward", r"[EW]05\d{6}|S13\d{6}|N08\d{6}"),
    Expect(
        LOOKUP,
        "lad_code_has_its_shape",
        "Every row has the code of a local authority district",
        ("lad_code",),
        EachRow(
            text("lad_code"), matches(r"E0[6-9]\d{6}|W06\d{6}|S12\d{6}|N09\d{6}"), quoted("is not a district code")
        ),
        ERROR,
        why="A small area that lies in no district has its crimes in no partnership.",
        next_step="Fetch the lookup again from the ONS geography portal.",
    ),
    Expect(
        LOOKUP,
        "one_row_a_key",
        "No row stands twice",
        ("lsoa11_code", "lsoa21_code", "ward_code", "lad_code"),
        NoTwoRows(("lsoa11_code", "lsoa21_code", "ward_code", "lad_code")),
        ERROR,
        why="A lookup row that stands twice doubles every crime that is placed through it.",
        next_step="Fetch the lookup again from the ONS geography portal.",
    ),
)
