"""Protects: violence against women and girls is read by the month recorded; the survey's decimal commas stay shares."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from feeds.feed_files import describe, load, read, table, write

from safer_assets import feeds
from safer_assets.errors import FeedError

VAWG, SURVEY = feeds.by_name("mps_vawg"), feeds.by_name("mopac_pas")
VAWG_HEADER = (
    *("bcu_location", "borough_name", "ward_name_clean_2"),
    *("recorded_date_months", "date_committed_from_date_months", "count"),
)
SURVEY_HEADER = ("Date", "Survey", "Borough", "Measure", "Proportion", "MPS")


def test_a_month_recorded_and_a_month_committed_are_two_days(tmp_path: Path) -> None:
    rows = [
        ("North West", "Barnet", "Mill Hill", "2026-01-01", "1973-01-01", "1"),
        ("North West", "Barnet", "Mill Hill", "2026-02-01", "2026-02-01", "6"),
        ("Other", "Other", "", "2026-01-01", "", "40"),
    ]
    path = write(tmp_path, table(VAWG_HEADER, rows))
    feed, found = describe(path)
    assert (feed, found.rows, found.first_month, found.vintage) == (VAWG, 3, date(2026, 1, 1), date(2026, 2, 1))
    with duckdb.connect() as con:
        read(con, VAWG, path)
        load(con, VAWG)
        assert con.execute("from raw.mps_vawg order by row_number").fetchall() == [
            ("f1", 1, "Barnet", "Mill Hill", date(2026, 1, 1), date(1973, 1, 1), 1),
            ("f1", 2, "Barnet", "Mill Hill", date(2026, 2, 1), date(2026, 2, 1), 6),
            ("f1", 3, "Other", None, date(2026, 1, 1), None, 40),
        ]


@pytest.mark.parametrize(("written", "share"), [("0,56", 0.56), ("0,7", 0.7), ("0.7", 0.7), ("1", 1.0), ("0", 0.0)])
def test_a_decimal_comma_is_a_share(written: str, share: float, tmp_path: Path) -> None:
    row = ("31/12/2023", "PAS", "Barnet", "Trust MPS", written, "0,69")
    path = write(tmp_path, table(SURVEY_HEADER, [row], delimiter=";"))
    feed, found = describe(path)
    assert (feed, found.rows, found.vintage) == (SURVEY, 1, date(2023, 12, 1))
    with duckdb.connect() as con:
        read(con, SURVEY, path)
        load(con, SURVEY)
        assert con.execute("from raw.mopac_pas").fetchall() == [
            ("f1", 1, date(2023, 12, 31), "PAS", "Barnet", "Trust MPS", share, 0.69)
        ]


def test_a_month_that_no_spelling_fits_is_refused_with_its_row(tmp_path: Path) -> None:
    rows = [("N", "Barnet", "", "2026-01-01", "", "1"), ("N", "Barnet", "", "Jan-26", "", "1")]
    with pytest.raises(FeedError, match="recorded_date_months of data row 2 is not a day"):
        describe(write(tmp_path, table(VAWG_HEADER, rows)))


def test_a_survey_without_its_own_share_is_refused_by_name(tmp_path: Path) -> None:
    rows = [("31/12/2023", "PAS", "Barnet", "Trust MPS", "0,69")]
    header = (*SURVEY_HEADER[:4], SURVEY_HEADER[5])
    with pytest.raises(FeedError, match="column Proportion is missing"):
        describe(write(tmp_path, table(header, rows, delimiter=";")))


def test_the_published_files_are_read_whole(shared_data: Path) -> None:
    with duckdb.connect() as con:
        read(con, VAWG, next((shared_data / "mps_vawg").glob("*.csv")))
        load(con, VAWG)
        # What a spreadsheet gives for the same cells: rows of Barnet by month recorded.
        assert con.execute("select sum(offences), count(*), max(month) from raw.mps_vawg").fetchall() == [
            (1_612_003, 314_161, date(2026, 2, 1))
        ]
        assert con.execute(
            "select sum(offences) from raw.mps_vawg where borough = 'Barnet' and month = '2026-02-01'"
        ).fetchone() == (362,)
        read(con, SURVEY, next((shared_data / "pas").glob("*.csv")))
        load(con, SURVEY)
        assert con.execute(
            "select measure, share, london_share from raw.mopac_pas where borough = 'Barnet' "
            "and quarter_end = '2023-12-31' and measure in ('Trust MPS', '\"Good Job\" local') order by all"
        ).fetchall() == [('"Good Job" local', 0.47, 0.47), ("Trust MPS", 0.7, 0.69)]
