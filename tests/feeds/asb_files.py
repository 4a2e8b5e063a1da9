"""The Met's file of anti-social behaviour in small: the publisher's own header and rows like its own."""

from collections.abc import Sequence
from datetime import date, timedelta

from feeds.feed_files import table

# The header of the publisher's file of September 2024, whole.
HEADER = (
    *("Date", "Hour", "OP01", "Opening_Type_1", "OP02", "Opening_Type_2", "OP03", "Opening_Type_3"),
    *("CL01", "Close_Type_1", "CL02", "Close_Type_2", "CL03", "Close_Type_3", "Resolution_Type_1", "Resolution_Type_2"),
    *("Ward", "Ward_Code", "Response_Time", "Duplicate", "ASBCount", "Datetime", "Ward_WardCode"),
    *("Safer_Neighborhood_Team_Name", "Safer_Neighborhood_Team_Code"),
    *("Safer_Neighborhood_Team_Borough_Name", "Safer_Neighborhood_Team_Borough_Code"),
)


def call(day: str, borough: str = "Enfield", count: str = "1") -> tuple[str, ...]:
    """A call as the publisher prints it; the opening codes are those of a real row."""
    opening = ("215", "ASB Nuisance", "202", "Rowdy Or Inconsiderate Behaviour", "", "")
    closing = ("215", "ASB Nuisance", "", "", "", "", "Area Searched - No Trace", "")
    place = ("E05013688", "Palmers Green", "E05013688", borough, "YE" if borough else "")
    return (day, "09:00", *opening, *closing, "Palmers Green", "", "0", "No", count, "20249", *place)


def calls(first: date, last: date, borough: str = "Enfield", spelt: str = "%d-%m-%Y") -> list[tuple[str, ...]]:
    """A call a day."""
    return [call(f"{first + timedelta(days=step):{spelt}}", borough) for step in range((last - first).days + 1)]


AUTUMN = calls(date(2024, 8, 1), date(2024, 9, 30))


def asb_csv(rows: Sequence[Sequence[str]] = AUTUMN, header: Sequence[str] = HEADER) -> str:
    return table(header, rows)
