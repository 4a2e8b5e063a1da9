"""Answers of the data.police.uk API as one file: each crime once, checked, and placed in its small area.

What is here: from JSON to csv. What is not: the questions (area.py). DuckDB reads, compares and writes;
shapely finds the small area of each place.

Guarded: the API gives its newest month where it does not understand the one asked for, and all crime where it does not
know a category. So every row must say the month that was asked for, and a category that the month has.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from safer_assets.errors import FetchError
from safer_assets.feeds.tables import Connection, first_row, literal
from safer_assets.publishers.police_uk.maps import SmallAreas

_CRIME: Final = (
    "{id: 'BIGINT', persistent_id: 'VARCHAR', month: 'VARCHAR', category: 'VARCHAR', location_type: 'VARCHAR', "
    "context: 'VARCHAR', outcome_status: 'STRUCT(category VARCHAR)', "
    "location: 'STRUCT(latitude VARCHAR, longitude VARCHAR, street STRUCT(name VARCHAR))'}"
)


_DEGREES: Final = ("try_cast(longitude as double)", "try_cast(latitude as double)")


@dataclass(frozen=True)
class Counted:
    """What became of the crimes that the API gave.

    Attributes:
        rows: Written: they lie in a small area of the district.
        outside: Left out: they lie beyond its outline.
    """

    rows: int
    outside: int


def write_crimes(
    target: Path, answers: Iterable[list[object]], *, url: str, month: date, categories: Mapping[str, str],
    areas: SmallAreas,
) -> Counted:  # fmt: skip
    """Write the crimes of all answers to a csv file, in the order of their IDs.

    Args:
        target: The file; nothing stands there where an error is raised.
        answers: Lists of crimes; the same crime may be in several.
        url: Where they come from, for messages.
        month: The month that was asked for.
        categories: Name by slug, of that month.
        areas: Where a crime must lie to be written.

    Raises:
        FetchError: A row is not of the month or of a known category, has no ID or no place; or there is no crime.
    """
    part = target.with_name(f"{target.name}.part")
    with TemporaryDirectory() as folder, closing(duckdb.connect(config={"threads": 1})) as con:
        for number, answer in enumerate(answers):
            Path(folder, f"{number:05}.json").write_text(json.dumps(answer), encoding="utf-8")
        _read(con, f"{folder}/*.json", url)
        _check(con, url, f"{month:%Y-%m}", categories)
        _place(con, areas)
        con.execute(
            'copy (select crimes.id as "API ID", crimes.persistent_id as "Crime ID", crimes.month as "Month", '  # noqa: S608 # quoted
            'crimes.location_type as "Location type", crimes.longitude as "Longitude", crimes.latitude as "Latitude", '
            'crimes.street as "Location", places.code as "LSOA code", places.name as "LSOA name", '
            'categories.name as "Crime type", crimes.outcome as "Last outcome category", crimes.context as "Context" '
            "from crimes inner join places using (id) inner join categories on crimes.category = categories.slug "
            f"order by crimes.id) to {literal(str(part))} (header, delimiter ',')"
        )
        rows, given = first_row(con, "select (select count(*) from places), (select count(*) from crimes)")
    part.replace(target)
    return Counted(rows, given - rows)


def _read(con: Connection, pattern: str, url: str) -> None:
    """Table `crimes`: each ID once; of a crime that came twice, any answer will do."""
    try:
        con.execute(
            "create temp table crimes as select distinct on (id) id, persistent_id, month, category, location_type, "  # noqa: S608 # quoted
            "location.longitude as longitude, location.latitude as latitude, location.street.name as street, "
            f"outcome_status.category as outcome, context from read_json({literal(pattern)}, format = 'array', "
            f"columns = {_CRIME}) order by id"
        )
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise FetchError(
            f"{url}: gave crimes in a shape that is not known ({first}). Nothing was kept; look whether the API has "
            "changed (the change log of data.police.uk)."
        ) from error


def _check(con: Connection, url: str, month: str, categories: Mapping[str, str]) -> None:
    if not first_row(con, "select count(*) from crimes")[0]:
        raise FetchError(
            f"{url}: gave no crime at all for {month}, which it lists as published. Nothing was kept; refresh again "
            "later."
        )
    con.execute("create temp table categories (slug varchar primary key, name varchar)")
    con.executemany("insert into categories values (?, ?)", [list(pair) for pair in categories.items()])
    for problem, shown, wrong in (
        ("are of another month", "month", f"month is distinct from {literal(month)}"),
        (
            "are of a category that crime-categories does not have",
            "category",
            "category is null or category not in (from slugs)",
        ),
        ("have no ID", "id", "id is null"),
        ("have no place", "concat(latitude, ', ', longitude)", f"{_DEGREES[0]} is null or {_DEGREES[1]} is null"),
    ):
        count, example = first_row(
            con,
            "with slugs as (select slug from categories) "  # noqa: S608 # the texts above
            f"select count(*), min(cast({shown} as varchar)) from crimes where {wrong}",
        )
        if count:
            raise FetchError(
                f"{url}: asked for {month}, and {count:,} of its crimes {problem} (such as {example!r}). Nothing was "
                "kept; refresh again later, and look whether the API has changed."
            )


def _place(con: Connection, areas: SmallAreas) -> None:
    """Table `places`: the small area of every crime that lies in one; on a border, the one with the lower code."""
    import numpy as np
    from shapely import STRtree, points

    found = con.execute(
        f"select id, {_DEGREES[0]} as longitude, {_DEGREES[1]} as latitude from crimes order by id"  # noqa: S608 # ours
    ).fetchnumpy()
    tree = STRtree(areas.polygons)
    which, small_area = tree.query(points(found["longitude"], found["latitude"]), predicate="intersects")
    first = np.lexsort((small_area, which))
    which, small_area = which[first], small_area[first]
    once = np.diff(which, prepend=-1) != 0
    placed = {  # noqa: F841 # DuckDB reads it by its name
        "id": found["id"][which[once]],
        "code": np.array(areas.codes)[small_area[once]],
        "name": np.array(areas.names)[small_area[once]],
    }
    con.execute("create temp table places as select * from placed")
