"""Protects: a Home Office table is known, dated, loaded row for row, and refused by name where it is another."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import knowing, load, read
from feeds.home_office_file import (
    CLOSE,
    HEADER,
    HOME_BURGLARY,
    NOTES,
    OPEN,
    SHOP_BURGLARY,
    WOUNDING,
    Value,
    quarters,
    row,
    row_xml,
    write_sheets,
    write_table,
    write_xml,
)

from safer_assets import feeds
from safer_assets.errors import FeedError
from safer_assets.feeds import Description
from safer_assets.landing import Landing

FEED = feeds.by_name("home_office_csp")
TWO_YEARS = [
    row(year, quarter, csp, offence, number)
    for year, quarter in quarters(2024, 2)
    for csp in ("Barnet", "Unassigned Metropolitan Police")
    for number, offence in enumerate((HOME_BURGLARY, SHOP_BURGLARY, WOUNDING), start=-1)
]


def described(path: Path) -> Description:
    """What the feed says of a file that no other feed knows."""
    contents = feeds.probe(path, "the file")
    content = next(content for content in contents if FEED.recognises(content))
    assert knowing(content) == [FEED]
    with duckdb.connect() as con:
        return FEED.describe(content, con)


def refused(path: Path) -> str:
    with pytest.raises(FeedError) as caught:
        described(path)
    return str(caught.value)


def test_a_table_is_known_by_its_sheets_and_dated_by_its_quarters_and_notes(tmp_path: Path) -> None:
    found = described(write_table(tmp_path / "anything.bin", TWO_YEARS))
    assert (found.first_month, found.vintage) == (date(2024, 4, 1), date(2026, 3, 1))
    assert (found.rows, found.scheme, found.historical) == (48, "home-office", False)
    assert found.refreshed == date(2026, 7, 23)
    assert found.columns == HEADER


def test_notes_may_stand_at_the_end_or_say_nothing(tmp_path: Path) -> None:
    sheets = [("2025_26", [HEADER, *(r for r in TWO_YEARS if r[0] == "2025/26")])]
    assert described(write_sheets(tmp_path / "a.ods", [*sheets, ("Notes", NOTES)])).refreshed == date(2026, 7, 23)
    assert described(write_sheets(tmp_path / "b.ods", sheets)).refreshed is None
    two_cells = ("Notes", [("Updated:", "1 April 2026")])
    assert described(write_sheets(tmp_path / "c.ods", [two_cells, *sheets])).refreshed == date(2026, 4, 1)


def test_columns_are_found_by_their_headings(tmp_path: Path) -> None:
    order = [8, 0, 3, 1, 2, 7, 6, 5, 4]
    renamed = {"Police Force": "Force Name", "Offence Count": "Number of Offences"}
    header = [renamed.get(HEADER[place], HEADER[place]).upper() for place in order]
    turned = [tuple(values[place] for place in order) for values in TWO_YEARS[:24]]
    path = write_sheets(tmp_path / "a.ods", [("2024_25", [("A title",), header, *turned])])
    assert described(path).rows == 24
    with duckdb.connect() as con:
        read(con, FEED, path)
        load(con, FEED)
        assert con.execute("select distinct force, quarter from raw.home_office_csp order by all").fetchall() == [
            ("Metropolitan Police", date(2024, month, 1)) for month in (4, 7, 10)
        ] + [("Metropolitan Police", date(2025, 1, 1))]


def test_every_row_is_loaded_with_its_number_and_its_quarter(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.ods", TWO_YEARS)
    with duckdb.connect() as con:
        read(con, FEED, path)
        load(con, FEED)
        loaded = con.execute("from raw.home_office_csp order by row_number").fetchall()
    assert len(loaded) == len(TWO_YEARS)
    first_months = {1: 4, 2: 7, 3: 10, 4: 1}
    for number, (found, written) in enumerate(zip(loaded, TWO_YEARS, strict=True), start=1):
        year, quarter, force, csp, description, group, subgroup, code, count = written
        month = date(int(str(year)[:4]) + (quarter == 4), first_months[int(quarter)], 1)
        assert found == ("f1", number, year, month, force, csp, group, subgroup, description, code, count)
    assert min(found[-1] for found in loaded) == -1, "corrections below 0 are in the real tables"


def changed(column: int, value: Value, number: int = 5) -> list[tuple[Value, ...]]:
    """The table with one cell changed."""
    values = list(TWO_YEARS[number])
    values[column] = value
    return [*TWO_YEARS[:number], tuple(values), *TWO_YEARS[number + 1 :]]


def test_what_is_not_the_table_any_more_is_refused_by_name(tmp_path: Path) -> None:
    def said(rows: list[tuple[Value, ...]], **options: object) -> str:
        return refused(write_table(tmp_path / "a.ods", rows, **options))  # type: ignore[arg-type] # passed on

    header = [*HEADER[:3], "Place", *HEADER[4:]]
    assert "column CSP Name is missing; column 'Place' is not expected" in said(TWO_YEARS, header=header)
    assert "year '2024/25' and quarter '5', which must be as 2025/26 and 1 to 4" in said(changed(1, 5))
    assert "counts 'n/a' offences, which is not a whole number" in said(changed(8, "n/a"))
    assert "counts '1.5' offences" in said(changed(8, 1.5))
    assert "the quarters that begin in 2025-01 are left out" in said([r for r in TWO_YEARS if r[:2] != ("2024/25", 4)])
    assert "a row of 10 cells, where its header has 9" in said([*TWO_YEARS[:1], (*TWO_YEARS[1], "x"), *TWO_YEARS[2:]])
    assert "its Notes say 'Updated: soon'" in said(TWO_YEARS, notes=[("Updated: soon",)])
    wrong_year = write_sheets(tmp_path / "b.ods", [("2025_26", [HEADER, *TWO_YEARS[:24]])])
    assert "its sheet '2025_26' has a row of the year 2024/25" in refused(wrong_year)
    headless = write_sheets(tmp_path / "c.ods", [("2024_25", [HEADER, *TWO_YEARS[:24]]), ("2025_26", TWO_YEARS[24:])])
    assert "its sheet '2025_26' has no header (its first row is 2025/26, 1, " in refused(headless)


def test_a_table_by_force_is_refused_as_a_near_relation(tmp_path: Path) -> None:
    header = [heading for heading in HEADER if heading != "CSP Name"]
    path = write_sheets(tmp_path / "a.ods", [("2025_26", [header, [*TWO_YEARS[-1][:3], *TWO_YEARS[-1][4:]]])])
    assert "column CSP Name is missing" in refused(path)


def test_a_row_written_once_and_meant_many_times_is_refused(tmp_path: Path) -> None:
    sheet = f'<table:table table:name="2025_26">{row_xml(HEADER)}{row_xml(TWO_YEARS[-1], times=9)}</table:table>'
    assert "has the same row 9 times: 2025/26, 4, " in refused(write_xml(tmp_path / "a.ods", OPEN + sheet + CLOSE))


def test_another_spreadsheet_is_known_to_nobody(tmp_path: Path) -> None:
    (content,) = feeds.probe(write_sheets(tmp_path / "a.ods", [("Sheet1", [("a", "b", "c"), (1, 2, 3)])]), "x")
    assert (content.kind, content.header, knowing(content)) == ("ods", ("a", "b", "c"), [])


def test_landing_keeps_it_whole_and_dates_it_by_the_day_in_its_notes(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    path = write_table(source / "prc-csp-mar2025-mar2026-tables-230726.ods", TWO_YEARS)
    landing = Landing(tmp_path / "landing")
    report = landing.land(source)
    assert (report.refused, report.unknown) == ([], [])
    (manifest,) = report.new
    assert (manifest.feed, manifest.rows, manifest.available_from) == ("home_office_csp", 48, date(2026, 7, 23))
    assert landing.content_path(manifest).read_bytes() == path.read_bytes(), "it is a document, not an archive"


def test_without_a_day_it_counts_as_out_four_months_after_its_last_quarter(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.ods", TWO_YEARS, notes=[("Notes",)])
    (manifest,) = Landing(tmp_path / "landing").land(path).new
    assert manifest.available_from == date(2026, 7, 31)


def test_landing_refuses_an_attack_through_xml_and_says_so(tmp_path: Path) -> None:
    attack = OPEN.replace("<office:document-content", '<!DOCTYPE x [<!ENTITY a "b">]><office:document-content', 1)
    report = Landing(tmp_path / "landing").land(write_xml(tmp_path / "a.ods", attack))
    (refusal,) = [*report.refused, *report.unknown]
    assert "declares a document type" in refusal.reason
    assert report.new == []
