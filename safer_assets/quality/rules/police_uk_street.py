"""Rules of data.police.uk street files, one force and one month a file.

What is here: what such a file must hold, and why; which of two rows of one crime is kept. What is not: reading the file
(feeds/) and which force's rows count (dbt_like_sql).
"""

from typing import Final

from safer_assets.quality.cells import LSOA_CODE, literal, quoted, sql, text
from safer_assets.quality.expect import ANALYSTS, ERROR, WARN, Expect
from safer_assets.quality.kinds import EachRow, ShareOfRows, between, matches, one_of
from safer_assets.quality.known import known_crime_types
from safer_assets.quality.rules.common import file_has_rows

FEED: Final = "police_uk_street"
ASB: Final = "Anti-social behaviour"
TRANSPORT_POLICE: Final = "British Transport Police"

HAS_ID: Final = "coalesce(crime_id, '') <> ''"

# ASB rows are left out whether or not they carry an ID: true repeats look alike, so they are never de-duplicated.
REPEATABLE: Final = f"{HAS_ID} and coalesce(crime_type, '') <> {literal(ASB)}"

# What two rows of one crime share when they differ only in outcome. Another place or type is a crime of its own.
ALL_BUT_OUTCOME: Final = (
    *("crime_id", "month", "reported_by", "falls_within", "longitude", "latitude"),
    *("location", "lsoa_code", "lsoa_name", "crime_type"),
)

# A crime is first under investigation, then perhaps before a court, then concluded; so is its outcome's age. Of two
# outcomes of one age the later row is the newer: the publisher appends.
OUTCOME_AGE: Final = (
    "case when coalesce(last_outcome, '') = '' then 0 when last_outcome = 'Under investigation' then 1 "
    "when last_outcome like 'Awaiting %' then 2 else 3 end"
)

# Each row with its rank among the rows of its crime (1 is kept) and the row that is kept.
RANKED: Final = sql(
    "(select *, row_number() over same as rank_in_crime, first_value(row_number) over same as kept_row",
    f"from incoming where {REPEATABLE}",
    f"window same as (partition by file_id, {', '.join(ALL_BUT_OUTCOME)}",
    f"order by {OUTCOME_AGE} desc, row_number desc))",
)

# Each row with whether its Crime ID stands further up in the file.
WITH_REPEATS: Final = sql(
    f"(select *, {REPEATABLE} and row_number() over same > 1 as seen_before",
    f"from incoming window same as (partition by file_id, {REPEATABLE}, crime_id order by row_number))",
)

WITH_FILE_MONTH: Final = sql(
    "(select * from incoming",
    "join (select file_id, mode(month) as file_month",
    "from incoming group by file_id) using (file_id))",
)

HAS_POINT: Final = "coalesce(longitude, '') <> '' and coalesce(latitude, '') <> ''"

# A box round Great Britain, Northern Ireland and their islands, in degrees (WGS 84).
POINT: Final = (
    "case when coalesce(longitude, '') = '' and coalesce(latitude, '') = '' then 'none' "
    f"when not ({HAS_POINT}) then 'half' "
    "when try_cast(longitude as double) between -8.7 and 1.8 "
    "and try_cast(latitude as double) between 49.8 and 60.9 then 'inside' else 'outside' end"
)
SHOWN_POINT: Final = f"'longitude \"' || {text('longitude')} || '\", latitude \"' || {text('latitude')} || '\"'"

MISPLACED: Final = f"({POINT}) in ('half', 'outside') or not regexp_full_match({text('lsoa_code')}, '({LSOA_CODE})?')"
# Columns that were shifted or swapped spoil nearly every row, slips of a hand a few.
MISPLACED_SHARE: Final = 0.05

RULES: Final[tuple[Expect, ...]] = (
    file_has_rows(FEED),
    Expect(
        FEED,
        "month_is_a_month",
        "Every month is a month, YYYY-MM",
        ("month",),
        EachRow(text("month"), matches(r"20\d{2}-(?:0[1-9]|1[0-2])"), quoted("is not a month (YYYY-MM)")),
        ERROR,
        why="A row whose month is unknown cannot be put into any window.",
        next_step="Fetch the month again from data.police.uk: a spreadsheet rewrites dates when it saves them.",
    ),
    Expect(
        FEED,
        "one_month_a_file",
        "Every row is of the file's one month",
        ("month",),
        EachRow(
            "coalesce(abs(date_diff('month', try_strptime(file_month, '%Y-%m'), try_strptime(month, '%Y-%m'))), 0)",
            between(0, 0),
            quoted("is not the month of the other rows", "month"),
            source=WITH_FILE_MONTH,
        ),
        ERROR,
        why="Months are loaded and replaced file by file, so a stray month would be counted twice.",
        next_step="Fetch the month again from data.police.uk: this copy was put together from several.",
    ),
    Expect(
        FEED,
        "crime_id_is_64_hex",
        "Every Crime ID is blank or has 64 hexadecimal digits",
        ("crime_id",),
        EachRow(
            "translate(coalesce(crime_id, ''), '0123456789abcdef', 'xxxxxxxxxxxxxxxx')",
            matches("(?:x{64})?"),
            quoted("is not 64 hexadecimal digits", "crime_id"),
        ),
        ERROR,
        why="The ID is what finds repeats and joins outcomes; another shape means the column was cut or shifted.",
        next_step="Fetch the month again from data.police.uk.",
    ),
    Expect(
        FEED,
        "crime_id_is_there",
        "Only anti-social behaviour and British Transport Police rows come without a Crime ID",
        ("crime_id", "crime_type", "reported_by"),
        EachRow(
            f"case when {HAS_ID} then 'has one' when crime_type = {literal(ASB)} then 'anti-social behaviour' "
            f"when reported_by = {literal(TRANSPORT_POLICE)} then 'British Transport Police' else 'blank' end",
            one_of(lambda: frozenset({"has one", "anti-social behaviour", "British Transport Police"})),
            f"{text('crime_type')} || ' of ' || {text('reported_by')} || ' has no Crime ID'",
        ),
        ERROR,
        why="Only ASB and BTP rows come without a Crime ID; any other blank means the file was cut or re-saved.",
        next_step="Fetch the month again from data.police.uk.",
    ),
    Expect(
        FEED,
        "crime_type_is_known",
        "Every crime type has a row in reference/offence_aliases.csv",
        ("crime_type",),
        EachRow(text("crime_type"), one_of(known_crime_types), quoted("is not in offence_aliases.csv")),
        ERROR,
        why="A type that no indicator knows would drop out of every total without a word.",
        next_step="Decide which indicators the type counts towards and add it to offence_aliases.csv.",
        who=ANALYSTS,
    ),
    Expect(
        FEED,
        "falls_within_is_there",
        "Every row says which force's area it falls within",
        ("falls_within",),
        EachRow(f"trim({text('falls_within')})", matches(r".+"), "'Falls within is blank'"),
        ERROR,
        why="Strays are told from a force's own crimes by this column; a row without it can be neither.",
        next_step="Fetch the month again from data.police.uk.",
    ),
    Expect(
        FEED,
        "coordinates_in_britain",
        "Coordinates lie in Great Britain or Northern Ireland, or both are blank",
        ("longitude", "latitude"),
        EachRow(
            POINT,
            one_of(lambda: frozenset({"inside", "none"})),
            f"{SHOWN_POINT} || case value when 'half' then ' is half a point' else ' is not a point in Britain' end",
        ),
        WARN,
        why="A point elsewhere, or half a point, would put the crime on the wrong street; the row is set aside.",
        next_step="Look at the rows in quarantine; fetch the month again if they were edited.",
    ),
    Expect(
        FEED,
        "lsoa_code_has_its_shape",
        "Every LSOA code is blank or E01/W01 and six digits",
        ("lsoa_code",),
        EachRow(text("lsoa_code"), matches(f"(?:{LSOA_CODE})?"), quoted("is not an LSOA code")),
        WARN,
        why="A code that is none puts the crime in no borough; the row is set aside rather than dropped unseen.",
        next_step="Look at the rows in quarantine; fetch the month again if they were edited.",
    ),
    Expect(
        FEED,
        "few_rows_misplaced",
        f"No more than {MISPLACED_SHARE:.0%} of rows have wrong coordinates or a wrong LSOA code",
        ("longitude", "latitude", "lsoa_code"),
        ShareOfRows(
            MISPLACED,
            lambda _: MISPLACED_SHARE,
            f"{SHOWN_POINT} || ', LSOA code \"' || {text('lsoa_code')} || '\"'",
        ),
        ERROR,
        why="One odd row can be set aside; many mean that columns were shifted: the month would come out too low.",
        next_step="Fetch the month again from data.police.uk.",
        scope="file",
    ),
    Expect(
        FEED,
        "lsoa_code_with_coordinates",
        "Every row with coordinates has an LSOA code",
        ("longitude", "latitude", "lsoa_code"),
        ShareOfRows(
            "coalesce(lsoa_code, '') = ''",
            lambda _: 0.0,
            f"{SHOWN_POINT} || ' has no LSOA code'",
            where=HAS_POINT,
        ),
        WARN,
        why="These crimes are in the force's total and in no borough's.",
        next_step="State the share beside small-area figures; the rows are kept.",
        who=ANALYSTS,
        scope="file",
    ),
    Expect(
        FEED,
        "unplaced_share",
        "The share of rows without a place is not above the partnership's limit (street_unplaced_share_warn)",
        ("longitude", "latitude", "lsoa_code"),
        ShareOfRows(
            f"not ({HAS_POINT}) or coalesce(lsoa_code, '') = ''",
            lambda limits: limits.street_unplaced_share_warn,
            "'no place is given'",
        ),
        WARN,
        why="A row without a place is in no borough's figure; far more than usual makes small areas too low.",
        next_step="State the share beside small-area figures; ask the force if it stays high.",
        who=ANALYSTS,
        scope="file",
    ),
    Expect(
        FEED,
        "older_outcome_of_a_repeat",
        "No row repeats another and differs only in an older outcome",
        (*ALL_BUT_OUTCOME, "last_outcome"),
        EachRow(
            "rank_in_crime",
            between(1, 1),
            "'repeats row ' || kept_row || ', which has the newest outcome; this one says \"' || "
            "coalesce(last_outcome, '') || '\"'",
            source=RANKED,
        ),
        WARN,
        why="The publisher repeats a crime when its outcome changes: one crime, kept with its newest outcome.",
        next_step="Nothing, unless the share of repeats grows: the older rows are in quarantine.",
    ),
    Expect(
        FEED,
        "crime_id_repeats",
        "No Crime ID stands twice",
        ("crime_id", "crime_type"),
        ShareOfRows(
            "seen_before",
            lambda _: 0.0,
            "'Crime ID ' || left(crime_id, 12) || '... stands further up'",
            source=WITH_REPEATS,
        ),
        WARN,
        why="Repeats happen: another outcome is set aside, another crime type or place is a crime of its own.",
        next_step="Compare the share with other months of the force.",
        who=ANALYSTS,
        scope="file",
    ),
    Expect(
        FEED,
        "crime_id_repeats_too_often",
        "The share of repeated Crime IDs is not above the partnership's limit (street_repeat_share_error)",
        ("crime_id", "crime_type"),
        ShareOfRows(
            "seen_before",
            lambda limits: limits.street_repeat_share_error,
            "'Crime ID ' || left(crime_id, 12) || '... stands further up'",
            source=WITH_REPEATS,
        ),
        ERROR,
        why="So many repeats mean that the month was appended to itself, and every crime would count twice.",
        next_step="Fetch the month again; if the publisher's copy is the same, raise street_repeat_share_error.",
        scope="file",
    ),
)
