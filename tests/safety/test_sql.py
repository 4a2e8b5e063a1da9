"""What stands in files is data: no heading, cell, table name or view of theirs becomes part of a query."""

import sqlite3
import time
from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import BOROUGH_HEADER, borough_csv, read, street_csv, street_row, table
from geography.map_files import geopackage
from landing.landing_files import fill
from shapely import box

from safer_assets.feeds import by_name, probe
from safer_assets.feeds.tables import identifier, literal, scanned
from safer_assets.landing import Landing

QUOTES = (
    "a'b",
    'a"b',
    "a''b",
    'x"); drop table t; --',
    "'); drop table t; --",
    "a\\",
    "$1",
    "?",
    "{0}",
    "%s",
    "--",
    "/*",
)


@pytest.mark.parametrize("text", QUOTES)
def test_names_and_texts_are_quoted(text: str) -> None:
    """Threat: SQL injection through files. What is quoted comes back as it was, and nothing else happens."""
    with duckdb.connect() as con:
        con.execute("create table t as select 1")
        assert con.execute(f"select {literal(text)}").fetchone() == (text,)
        con.execute(f"create table u ({identifier(text)} varchar)")
        assert con.execute("select column_name from duckdb_columns() where table_name = 'u'").fetchone() == (text,)
        assert con.execute("select count(*) from t").fetchone() == (1,)


@pytest.mark.parametrize("text", [text for text in QUOTES if "," not in text])
def test_headings_with_quotes_are_refused_in_words_and_cells_with_quotes_are_read(text: str, tmp_path: Path) -> None:
    """Threat: SQL injection through files."""
    heading = '"' + text.replace('"', '""') + '"'
    rows = [("1",) * 4]
    files: dict[str, str | bytes] = {
        "known": table((*BOROUGH_HEADER, "202301", heading), [("Burglary", "Domestic Burglary", "Barnet", "1", "1")]),
        "unknown": table((heading, "b", "c", "d"), rows),
        "lookup": table(("LSOA21CD", "LAD22CD", "LAD22NM", heading), [("E01000115", "E09000003", "Barnet", "1")]),
    }
    report = Landing(tmp_path / "landing").land(fill(tmp_path / "source", files))
    assert [manifest.feed for manifest in report.new] == ["ons_lookup"], "a lookup may carry other columns"
    reasons = {refusal.name: refusal.reason for refusal in (*report.refused, *report.unknown)}
    assert set(reasons) == {"known", "unknown"}
    cells = [street_row(), street_row("b" * 64)]
    spoilt = [tuple(heading if cell == "On or near High Street" else cell for cell in row) for row in cells]
    path = tmp_path / "street"
    path.write_text(street_csv(spoilt))
    with duckdb.connect() as con:
        con.execute("create table t as select 1")
        read(con, by_name("police_uk_street"), path)
        assert con.execute("select distinct location from incoming").fetchall() == [(text.strip(),)]
        assert con.execute("select count(*) from t").fetchone() == (1,)


@pytest.mark.parametrize("name", ["it's", 'say "x"', "a;b--", "[a]*", "{x}", "%s", "'); drop table t; --"])
def test_folders_and_files_may_be_called_anything(name: str, tmp_path: Path) -> None:
    """Threat: SQL injection through files."""
    folder = tmp_path / name
    folder.mkdir()
    (folder / f"{name}.csv").write_text(borough_csv())
    content = probe(folder / f"{name}.csv", name)[0]
    with duckdb.connect() as con, scanned(con, content, [f"c{n}" for n in range(len(content.header))]):
        assert con.execute("select count(*) from scanned").fetchone() == (3,)
    assert len(Landing(folder / "landing").land(folder).new) == 1


def map_with(path: Path, *statements: str, table: str = "wards") -> Path:
    """A map of one ward, and whatever else somebody put into its database."""
    ward = {"WD24CD": "E05000001", "WD24NM": "A ward"}
    geopackage(path, [(ward, box(524_000, 190_000, 525_000, 191_000))], table=table)
    con = sqlite3.connect(path)
    for statement in statements:
        con.execute(statement)
    con.commit()
    con.close()
    return path


@pytest.mark.parametrize("name", QUOTES)
def test_a_map_may_call_its_tables_anything(name: str, tmp_path: Path) -> None:
    """Threat: SQL injection through files."""
    source = tmp_path / "source"
    source.mkdir()
    map_with(source / "map", table=name)
    assert [manifest.rows for manifest in Landing(tmp_path / "landing").land(source).new] == [1]


def test_a_view_in_a_map_is_not_run(tmp_path: Path) -> None:
    """Threat: SQL injection through files. A view is a query of whoever made the file; this one never ends."""
    source = tmp_path / "source"
    source.mkdir()
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n"
    map_with(
        source / "map",
        f"create view v as {endless}",
        "insert into gpkg_contents values ('v', 'features', 'v', 27700)",
        "insert into gpkg_geometry_columns values ('v', 'i', 'GEOMETRY', 27700, 0, 0)",
    )
    begun = time.monotonic()
    report = Landing(tmp_path / "landing").land(source)
    assert [manifest.rows for manifest in report.new] == [1]
    assert time.monotonic() - begun < 5


def test_a_map_of_brackets_is_not_read_into_memory(tmp_path: Path) -> None:
    """Threat: files that ask for memory. JSON takes up to 25 times its size; a GeoPackage is read table by table."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "map").write_text('{"type": "FeatureCollection", "features": [' + "[]," * (11 << 20) + "[]]}")
    (refusal,) = Landing(tmp_path / "landing").land(source).refused
    assert "take a GeoPackage" in refusal.reason
