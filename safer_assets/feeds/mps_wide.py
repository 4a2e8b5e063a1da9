"""What the Met's three geographic breakdowns share: wide tables, one column a month, and two category schemes.

What is here: month columns and how they become rows, and telling the scheme from the offence names. What is not: the
columns of each file (mps_borough.py, mps_ward.py, mps_lsoa.py) and the names (reference/offence_aliases.csv).
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Final

from safer_assets.feeds.base import Column, Description, TableFeed, is_historical
from safer_assets.feeds.content import Content
from safer_assets.feeds.dates import missing_months
from safer_assets.feeds.headings import Heading, assign, matched
from safer_assets.feeds.tables import Connection, identifier
from safer_assets.reference import offence_aliases

FAMILY: Final = "mps_recorded"
GROUP: Final = Heading("offence_group", "MajorText (or Group)", r"majortext|group|majorcategory")
SUBGROUP: Final = Heading("offence_subgroup", "MinorText (or SubGroup)", r"minortext|subgroup|minorcategory")
BOROUGH: Final = Heading(
    "borough", "LookUp_BoroughName (or BoroughName, BOCU)", r"(lookup)?boroughname|bocu|borough|lookupborough"
)
MONTH_COLUMN: Final = Column("month", "DATE", "First of the month.", "cast(strptime(month || '01', '%Y%m%d') as date)")
LICENSED_URL: Final = "https://data.london.gov.uk/dataset/mps-recorded-crime-geographic-breakdown-exy3m"

_MONTH = re.compile(r"(19|20)\d{4}")
_ALMOST_MONTH = re.compile(r"(19|20)\d{2}(\.\d+)?|[A-Za-z]{3,9}[-/ ]\d{2,4}|\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}(-\d{2})?")
_MONTHS_ENOUGH = 3


class WideFeed(TableFeed):
    """A Met file with offence names in its first columns and counts in a column a month.

    Attributes:
        sparse: Cells of "0" are passed over, for the sake of files with millions of them: in these feeds absent means
            zero. The file's first month keeps its own, so that every source row is there and can be counted.
    """

    publisher = "Metropolitan Police Service"
    url = LICENSED_URL
    enough = 2
    sparse: ClassVar[bool] = False

    def is_wide(self, content: Content) -> bool:
        """Offence names and month columns, or what is left of them in a file that was mended by hand."""
        if not content.is_table:
            return False
        months = sum(bool(_MONTH.fullmatch(h) or _ALMOST_MONTH.fullmatch(h)) for h in content.header)
        offences = matched(content.header, (GROUP, SUBGROUP))
        places = matched(content.header, tuple(h for h in self.headings if h not in (GROUP, SUBGROUP)))
        return (months >= _MONTHS_ENOUGH and offences + places >= 1) or (offences >= 1 and places >= 1 and months >= 1)

    def names(self, content: Content) -> tuple[str, ...]:
        """Offence and place columns by alias, months as YYYYMM.

        Raises:
            FeedError: Anything else stands in the header, or the months are not consecutive, each once.
        """
        names, problems = assign(content.header, self.headings, _month_name)
        headed = [h for h in content.header if _MONTH.fullmatch(h)]
        if lost := Counter(h for h in content.header if _ALMOST_MONTH.fullmatch(h)):
            shown = ", ".join(f"{heading} ({number} times)" for heading, number in lost.items())
            problems.insert(0, f"months must be headed YYYYMM, and these are not: {shown}")
        if wrong := [h for h in headed if not 1 <= int(h[4:]) <= 12]:
            problems.append(f"there is no month {', '.join(wrong)}")
        elif gaps := missing_months([_first_of(h) for h in headed]):
            problems.append(f"months are left out: {', '.join(gaps)}")
        elif not headed and not lost:
            problems.append("it has no month column (YYYYMM)")
        if problems:
            raise self.header_refusal(content, problems)
        return names

    def describe_rows(self, con: Connection, content: Content, names: Sequence[str], rows: int) -> Description:
        """Months from the header, scheme from the offence names."""
        months = [_first_of(name) for name in names if _MONTH.fullmatch(name)]
        pairs = con.execute("select distinct offence_group, offence_subgroup from scanned").fetchall()
        first, last = min(months), max(months)
        return Description(
            scheme=self._scheme(content, {(group or "", subgroup or "") for group, subgroup in pairs}),
            first_month=first,
            vintage=last,
            historical=is_historical(first, last),
            rows=rows,
            columns=content.header,
        )

    def read_rows(self, con: Connection, file_id: str, names: Sequence[str]) -> None:
        """One row a month; blank cells stay, for the gate to find."""
        months = [name for name in names if _MONTH.fullmatch(name)]
        cells = ", ".join(identifier(name) for name in (*self.text_columns[:-2], "month", "offences"))
        kept = f"where offences is distinct from '0' or month = '{min(months)}'" if self.sparse else ""
        con.execute(
            f"insert into incoming by name select ? as file_id, row_number, {cells} "  # noqa: S608 # our own names
            f"from scanned unpivot include nulls (offences for month in (columns('^[0-9]{{6}}$'))) {kept}",
            [file_id],
        )

    def _scheme(self, content: Content, pairs: set[tuple[str, str]]) -> str:
        """The scheme that knows most of the file's (group, sub-group) pairs; the gate reports the pairs it does not."""
        known = Counter(
            alias.scheme
            for alias in offence_aliases()
            if alias.family == FAMILY and (alias.offence_group, alias.offence_subgroup) in pairs
        )
        best = known.most_common(2)
        if not best:
            example = " / ".join(min(pairs))
            raise self.refusal(
                content,
                f"none of its {len(pairs)} offence names is in offence_aliases.csv (such as {example!r}): a scheme "
                "this platform has not met, which needs rows there",
            )
        if len(best) > 1 and best[0][1] == best[1][1]:
            raise self.refusal(content, f"schemes {best[0][0]} and {best[1][0]} know equally many of its offence names")
        return best[0][0]


def _month_name(heading: str) -> str | None:
    # What is nearly a month has its own complaint, and gets a unique name so that it is not complained of twice.
    if _ALMOST_MONTH.fullmatch(heading):
        return ""
    return heading if _MONTH.fullmatch(heading) else None


def _first_of(month: str) -> date:
    return date(int(month[:4]), int(month[4:]), 1)
