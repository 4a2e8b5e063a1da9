"""Protects comparators in the warehouse: from landed files to ranks, and nothing where there are no groups."""

from datetime import date
from typing import Any

import duckdb
import pytest
from warehouse_fixtures import BOROUGHS, add_borough_file, add_file, empty_warehouse, set_meeting

from safer_assets.models.build import build
from safer_assets.reference import places

CODES = {place.area_name: place.area_code for place in places() if place.kind == "borough"}
HOME = "E09000003"


@pytest.fixture(scope="module")
def whole() -> duckdb.DuckDBPyConnection:
    """Every borough with burglaries and residents, built."""
    con = boroughs()
    built(con)
    return con


def boroughs(without: str = "") -> duckdb.DuckDBPyConnection:
    """Two years of burglary in every borough, and residents that grow, of all but one."""
    con = empty_warehouse()
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 7, 10))
    counts = {name: 40 + 2 * place for place, name in enumerate(sorted(BOROUGHS))}
    add_borough_file(con, "aaaaaaaaaaaa", first="2022-07", last="2024-06", each=0, counts=counts)
    add_population(con, without)
    return con


def add_population(con: duckdb.DuckDBPyConnection, without: str = "") -> None:
    """Residents of every borough and year, and how many they grow by: another number in each."""
    codes = [code for code in sorted(CODES.values()) if code != without]
    first, last = date(2012, 6, 1), date(2022, 6, 1)
    rows = 11 * len(codes)
    add_file(con, "people", "ons_population", "", first=first, last=last, available=None, rows=rows)
    con.execute(
        "insert into raw.ons_population by name "
        "select 'people' as file_id, row_number() over () as row_number, codes.code as area_code, mid_year, "
        "200000 + 5000 * codes.place + 300 * (codes.place % 7) * (mid_year - 2012) as population "
        "from (select unnest(?) as code, generate_subscripts(?, 1) as place) as codes "
        "cross join range(2012, 2023) as years (mid_year)",
        [codes, codes],
    )


def built(con: duckdb.DuckDBPyConnection) -> None:
    outcome = build(con)
    assert not outcome.blocked_by, outcome.blocked_by


def standing(con: duckdb.DuckDBPyConnection, group: str, area: str = HOME) -> dict[str, Any]:
    """The row of burglary of an area in a group."""
    found = con.execute(
        "select * from marts.comparators where indicator = 'burglary' and group_code = ? and area_code = ?",
        [group, area],
    )
    assert found.description is not None
    row = found.fetchone()
    assert row is not None, f"nothing of {area} in {group}"
    return dict(zip([column[0] for column in found.description], row, strict=True))


def test_london_without_the_borough_and_its_rank(whole: duckdb.DuckDBPyConnection) -> None:
    con = whole
    found = standing(con, "MPS-32")
    counts = dict(
        con.execute(
            "select area_code, value from marts.figures where indicator = 'burglary' and \"window\" = 'r12'"
        ).fetchall()
    )
    assert found["value"] == counts[HOME]
    assert found["rest_value"] == counts["MPS-32"] - counts[HOME]
    assert found["areas"] == 32
    assert found["rest_position"] in ("higher", "similar", "lower")
    assert found["dispersion"] == 0, "24 equal months do not vary at all"
    assert (found["mid_year"], found["reason"]) == (2022, "")


def test_a_group_of_three_borrows_londons_spread_and_has_no_funnel(whole: duckdb.DuckDBPyConnection) -> None:
    con = whole
    found = standing(con, "BCU-NW")
    assert (found["areas"], found["funnel_low"], found["tau2"]) == (3, None, None)
    assert found["rest_position"] in ("higher", "similar", "lower")


def test_the_areas_most_alike_are_seven_others_and_a_group_of_their_own(whole: duckdb.DuckDBPyConnection) -> None:
    con = whole
    found = standing(con, "similar")
    alike = [row[0] for row in con.execute("select similar_code from marts.similar_areas order by position").fetchall()]
    assert len(set(alike)) == 7
    assert HOME not in alike
    together = con.execute(
        "select sum(value) from marts.comparators where indicator = 'burglary' and group_code = 'MPS-32' "
        "and list_contains(?, area_code)",
        [alike],
    ).fetchone()
    assert together == (found["rest_value"],)
    only = con.execute("select distinct area_code from marts.comparators where group_code = 'similar'").fetchall()
    assert only == [(HOME,)]


def test_without_one_boroughs_population_nobody_has_a_london_to_compare_with() -> None:
    con = boroughs(without="E09000033")
    built(con)
    found = standing(con, "MPS-32")
    assert (found["rest_value"], found["rest_position"], found["areas"], found["rank"]) == (None, "", None, None)
    assert (found["common_rate"], found["funnel_low"]) == (None, None)
    assert str(found["reason"]).startswith("no group total")
    assert standing(con, "MPS-32", "E09000033")["reason"] == "no rate: there is no population estimate"
    assert con.execute("select count(*) from marts.similar_areas").fetchone() == (0,)


def test_a_partnership_without_groups_is_compared_with_nobody() -> None:
    con = empty_warehouse("tests/partnerships/city-of-london")
    set_meeting(con, data_month=date(2024, 6, 1), as_at=date(2024, 7, 10))
    add_population(con)
    built(con)
    assert con.execute("select count(*) from marts.comparators").fetchone() == (0,)
    assert con.execute("select count(*) from marts.similar_areas").fetchone() == (0,)
