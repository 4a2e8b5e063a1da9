"""Days and months as publishers write them.

What is here: the spellings that are accepted, as SQL, and the check that no month is left out. What is not: which
column holds them.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from safer_assets.feeds.base import months_between
from safer_assets.feeds.tables import identifier

DAY_SHAPES: Final = r"\d{2}/\d{2}/\d{4}|\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?|\d{2}-[A-Za-z]{3}-\d{4}"
DAY_FORMATS: Final = "['%d/%m/%Y', '%Y-%m-%d', '%Y-%m-%d %H:%M:%S', '%d-%b-%Y']"
DAY_SPELLINGS: Final = "01/08/2021 (day first), 2021-08-01 or 01-Aug-2021"


def day_sql(column: str) -> str:
    """SQL for a text column as a DATE; NULL where it is blank or in none of the accepted spellings.

    The shape is checked first: strptime alone would read 01/08/21 as a day of the year 21.
    """
    cell = identifier(column)
    shape = f"regexp_full_match({cell}, '{DAY_SHAPES}')"
    return f"case when {shape} then cast(try_strptime({cell}, {DAY_FORMATS}) as date) end"


def month_sql(column: str) -> str:
    """SQL for a text column YYYY-MM as the first of that month; NULL where it is blank or not a month."""
    cell = identifier(column)
    return (
        f"case when regexp_full_match({cell}, '\\d{{4}}-\\d{{2}}') "
        f"then cast(try_strptime({cell} || '-01', '%Y-%m-%d') as date) end"
    )


def missing_months(months: Sequence[date]) -> list[str]:
    """Months between the first and the last that are not there, as YYYY-MM."""
    if not months:
        return []
    first, there = min(months), set(months)
    every = (
        date(first.year + (first.month - 1 + step) // 12, (first.month - 1 + step) % 12 + 1, 1)
        for step in range(months_between(first, max(months)))
    )
    return [f"{month:%Y-%m}" for month in every if month not in there]
