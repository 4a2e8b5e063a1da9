"""Rules that several feeds share.

What is here: the rules about a file as such. What is not: any one feed's columns.
"""

from safer_assets.quality.cells import sql
from safer_assets.quality.expect import ERROR, Expect
from safer_assets.quality.kinds import EachFile, between


def file_has_rows(feed: str) -> Expect:
    """Every feed: a file with a header alone says nothing, and nothing must not replace something."""
    return Expect(
        feed,
        "file_has_rows",
        "The file has at least one row",
        (),
        EachFile("count(row_number)", between(1, None), "'the file has a header and no row'"),
        ERROR,
        why="A file without rows is a download that broke off: loaded, it would read as no crime at all.",
        next_step="Fetch the file again from its publisher and land it.",
        scope="file",
    )


def months_have_no_hole(feed: str, day: str) -> Expect:
    """Met feeds, where absent means zero. `day` is SQL of a row's day or month as a DATE, NULL where it is none."""
    return Expect(
        feed,
        "months_have_no_hole",
        "The months from the first to the last are all there",
        ("month",),
        EachFile(
            "coalesce(date_diff('month', min(month_of), max(month_of)) + 1 - count(distinct month_of), 0)",
            between(0, 0),
            "value || ' month(s) missing between the first and the last'",
            source=sql(f"(select file_id, row_number, date_trunc('month', {day}) as month_of", "from incoming)"),
        ),
        ERROR,
        why="In this feed absent means zero, so a missing month would be counted as a month without crime.",
        next_step="Fetch the file again; if the publisher's copy has the hole too, report it to them.",
        scope="file",
    )
