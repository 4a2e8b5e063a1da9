"""Nomis and gov.uk as the tests' server plays them.

What is here: their answers. What is not: what a client should make of them (test_ons.py, test_bank_holidays.py).
"""

import json

from transport.server import Request, Response

from safer_assets.reference import bank_holidays as known


class Nomis:
    """Nomis: makes a table of the districts and mid-years that are asked for, in its own quoting."""

    def __init__(self) -> None:
        self.newest = 2024
        self.changed = 0

    def __call__(self, request: Request) -> Response:
        """The table that a request asks for."""
        query = request.query
        assert query["gender"] == "0"
        assert (query["c_age"], query["measures"]) == ("200", "20100")
        first, last = query["date"].split("-")
        assert (first[:11], last) == ("latestMINUS", "latest")
        years = range(self.newest - int(first[11:]), self.newest + 1)
        rows = [
            f'"{year}","{code}",{300_000 + year + self.changed}'
            for year in years
            for code in query["geography"].split(",")
        ]
        return Response("\n".join(['"DATE_NAME","GEOGRAPHY_CODE","OBS_VALUE"', *rows, ""]).encode(), 200, "text/csv")


def gov_uk(first: int = 2021, last: int = 2028, *, also: dict[str, str] | None = None, without: str = "") -> bytes:
    """The list as gov.uk publishes it, of the years it would have; other divisions are not ours."""
    events = [
        {"title": title, "date": day.isoformat(), "notes": "", "bunting": True}
        for year in range(first, last + 1)
        for day, title in known.of_year(year).items()
        if title != without
    ]
    events += [{"title": title, "date": day, "notes": "", "bunting": True} for day, title in (also or {}).items()]
    return json.dumps(
        {
            "england-and-wales": {"division": "england-and-wales", "events": events},
            "scotland": {"division": "scotland", "events": [{"title": "2nd January", "date": "2026-01-02"}]},
        }
    ).encode()
