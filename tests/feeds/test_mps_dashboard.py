"""The monthly crime dashboard: three files of one shape, csv and workbook, both date orders."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import DASHBOARD_HEADER, dashboard_row, describe, load, read, table, workbook, write

from safer_assets import feeds
from safer_assets.errors import FeedError

MPS_DASHBOARD = feeds.by_name("mps_dashboard")
TNO_HEADER = tuple(
    {"Crime Type": "Offence Group", "Crime Subtype": "Offence Subgroup", "Month_Year": "Month Year"}.get(
        heading, heading
    )
    for heading in DASHBOARD_HEADER
)


def test_the_real_file_is_described_and_keeps_its_blank_area_codes(shared_data: Path) -> None:
    path = shared_data / "mps_dashboard" / "M1045_MonthlyCrimeDashboard_OtherCrimeData.csv"
    _, found = describe(path)
    assert (found.rows, found.scheme) == (472_354, "mps-dashboard")
    assert (found.first_month, found.vintage, found.refreshed) == (
        *(date(2021, 8, 1), date(2025, 7, 1)),
        date(2025, 8, 21),  # two refresh dates in one file: the later
    )
    with duckdb.connect() as con:
        read(con, MPS_DASHBOARD, path)
        load(con, MPS_DASHBOARD)
        counted = con.execute(
            "select count(*), count(*) filter (where area_code is null), count(distinct refresh_date), "
            "sum(records) filter (where area_type = 'Borough' and offence_subgroup = 'Domestic Abuse' "
            "and measure = 'Offences' and area_code = 'E09000003' and month between '2022-03-01' and '2023-02-01') "
            "from raw.mps_dashboard"
        ).fetchall()
    # 3,078 domestic abuse offences in the 12 months to February 2023, as the data's own notes have it.
    assert counted == [(472_354, 2_206, 2, 3_078)]


@pytest.mark.parametrize("header", [DASHBOARD_HEADER, TNO_HEADER, tuple(h.upper() for h in TNO_HEADER)])
@pytest.mark.parametrize(
    ("month", "refresh"),
    [
        ("01/08/2021", "02/09/2021"),
        ("2021-08-01", "2021-09-02"),
        ("01-Aug-2021", "02-Sep-2021"),
        ("2021-08-01 00:00:00", "2021-09-02 07:30:00"),
    ],
)
def test_headers_and_dates_of_every_spelling_give_the_same_rows(
    header: tuple[str, ...], month: str, refresh: str, tmp_path: Path
) -> None:
    path = write(tmp_path, table(header, [dashboard_row(month, refresh)]))
    _, found = describe(path)
    assert (found.vintage, found.refreshed, found.historical) == (date(2021, 8, 1), date(2021, 9, 2), False)
    with duckdb.connect() as con:
        read(con, MPS_DASHBOARD, path)
        load(con, MPS_DASHBOARD)
        place = ("Borough", "Barnet", "Barnet", "E09000003")
        what = ("Domestic Abuse", "Domestic Abuse", "Offences", 273, date(2021, 9, 2))
        assert con.execute("from raw.mps_dashboard").fetchall() == [("f1", 1, date(2021, 8, 1), *place, *what)]


def test_a_workbook_is_read_as_the_csv_is(tmp_path: Path) -> None:
    rows = [dashboard_row("01/08/2021"), dashboard_row("01/09/2021", count="0")]
    cells = [
        [datetime.strptime(row[0], "%d/%m/%Y"), *row[1:10], int(row[10]), datetime(2025, 8, 2)]  # noqa: DTZ001, DTZ007 # cells have no zone
        for row in rows
    ]
    sheet = workbook(tmp_path / "x", [DASHBOARD_HEADER, *cells])
    assert describe(sheet)[1].vintage == date(2021, 9, 1)
    with duckdb.connect() as con:
        read(con, MPS_DASHBOARD, sheet)
        load(con, MPS_DASHBOARD)
        from_sheet = con.execute("from raw.mps_dashboard order by all").fetchall()
        read(con, MPS_DASHBOARD, write(tmp_path, table(DASHBOARD_HEADER, rows)))
        load(con, MPS_DASHBOARD)
        assert con.execute("from raw.mps_dashboard order by all").fetchall() == from_sheet
    assert len(from_sheet) == 2


@pytest.mark.parametrize(
    "month", ["01/13/2021", "08/15/2021", "08/02/2021", "Aug-21", "202108", "01/08/21", "2021-13-01"]
)
def test_a_month_in_another_spelling_or_order_is_refused_by_row(month: str, tmp_path: Path) -> None:
    path = write(tmp_path, table(DASHBOARD_HEADER, [dashboard_row(), dashboard_row(month)]))
    with pytest.raises(FeedError, match=rf"data row 2 has Month_Year '{month}'.*the first of a month.*day first"):
        describe(path)


def test_a_refresh_date_that_is_none_is_refused_by_row(tmp_path: Path) -> None:
    path = write(tmp_path, table(DASHBOARD_HEADER, [dashboard_row(refresh="soon")]))
    with pytest.raises(FeedError, match="data row 1 has Refresh Date 'soon'"):
        describe(path)


def test_a_month_left_out_is_refused(tmp_path: Path) -> None:
    rows = [dashboard_row("01/08/2021"), dashboard_row("01/11/2021")]
    with pytest.raises(FeedError, match="months are left out: 2021-09, 2021-10"):
        describe(write(tmp_path, table(DASHBOARD_HEADER, rows)))


def test_a_renamed_column_is_named_with_what_was_found(tmp_path: Path) -> None:
    header = tuple("Number" if heading == "Count" else heading for heading in DASHBOARD_HEADER)
    with pytest.raises(FeedError, match=r"column Count is missing; column 'Number' is not expected \(found Month_Year"):
        describe(write(tmp_path, table(header, [dashboard_row()])))


def test_a_table_wider_than_its_header_is_refused_in_a_workbook_too(tmp_path: Path) -> None:
    sheet = workbook(tmp_path / "x", [DASHBOARD_HEADER, dashboard_row(), [*dashboard_row(), "a note"]])
    with pytest.raises(FeedError, match="13 cells where the header has 12"):
        describe(sheet)
