"""The day from which an as-at read may use a file, and sidecars, which may say so."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from landing.landing_files import borough, fill

from safer_assets.feeds import ALL
from safer_assets.landing import Landing
from safer_assets.landing.availability import (
    NOMINAL,
    TIMELESS,
    available_from,
    last_working_day_two_months_on,
    sixth_of_next_month,
)

MONTHS = st.dates(date(2010, 1, 1), date(2040, 12, 1)).map(lambda day: day.replace(day=1))


def test_every_feed_has_exactly_one_rule() -> None:
    assert {feed.name for feed in ALL} == TIMELESS | set(NOMINAL)
    assert not TIMELESS & set(NOMINAL)


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (date(2023, 12, 1), date(2024, 2, 29)),
        (date(2024, 1, 1), date(2024, 3, 28)),  # the 29th is Good Friday, then a weekend
        (date(2024, 6, 1), date(2024, 8, 30)),  # the month ends on a Saturday
        (date(2022, 3, 1), date(2022, 5, 31)),
        (date(2019, 10, 1), date(2019, 12, 31)),
    ],
)
def test_street_files_come_on_the_last_working_day_two_months_on(month: date, day: date) -> None:
    assert last_working_day_two_months_on(month) == day


@given(month=MONTHS)
def test_nominal_days_are_in_the_right_month(month: date) -> None:
    street, met = last_working_day_two_months_on(month), sixth_of_next_month(month)
    assert (street.year * 12 + street.month) - (month.year * 12 + month.month) == 2
    assert street.weekday() < 5
    assert (met.day, (met - timedelta(days=6)).month) == (6, month.month)


@pytest.mark.parametrize(
    ("feed", "historical", "refreshed", "published", "day"),
    [
        ("mps_borough", False, None, None, date(2023, 3, 6)),
        ("mps_borough", True, None, None, None),
        ("mps_borough", True, None, date(2023, 5, 1), date(2023, 5, 1)),
        ("mps_dashboard", False, None, None, date(2023, 3, 6)),
        ("mps_dashboard", True, date(2023, 3, 9), None, date(2023, 3, 9)),
        ("mps_dashboard", True, date(2023, 3, 9), date(2023, 3, 1), date(2023, 3, 1)),
        ("police_uk_street", False, None, None, date(2023, 4, 28)),
        ("ons_population", False, None, None, date.min),
        ("mopac_pas", False, None, None, None),
        ("mps_vawg", False, None, None, date(2023, 4, 28)),
        ("mps_vawg", True, None, None, None),
        ("mps_vawg", True, None, date(2023, 4, 3), date(2023, 4, 3)),
    ],
)
def test_what_is_known_goes_before_what_is_nominal(
    feed: str, historical: bool, refreshed: date | None, published: date | None, day: date | None
) -> None:
    found = available_from(
        feed, vintage=date(2023, 2, 1), historical=historical, refreshed=refreshed, published=published
    )
    assert found == day


def test_a_sidecar_dates_a_file_also_one_that_is_landed_already(tmp_path: Path) -> None:
    source = fill(tmp_path / "source", {"x.csv": borough()})
    landing = Landing(tmp_path / "landing")
    landing.land(source)
    assert landing.manifests()[0].available_from == date(2023, 3, 6)
    fill(source, {"x.csv.meta.toml": "published = 2023-03-09\n"})
    report = landing.land(source)
    assert (report.new, report.known, len(report.redated), report.unknown) == ([], 1, 1, [])
    (manifest,) = landing.manifests()
    assert (manifest.published, manifest.available_from) == (date(2023, 3, 9), date(2023, 3, 9))
    assert landing.land(source).redated == []


def test_a_sidecar_dates_everything_in_an_archive(tmp_path: Path) -> None:
    import gzip

    files: dict[str, str | bytes] = {
        "x.gz": gzip.compress(borough().encode()),
        "x.gz.meta.toml": "published = 2023-04-01",
    }
    landing = Landing(tmp_path / "landing")
    assert landing.land(fill(tmp_path / "source", files)).new[0].published == date(2023, 4, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("published = 06/03/2023", "cannot be read"),
        ("publish = 2023-03-06", r"\['publish'\] where published is wanted"),
        ('published = "2023-03-06"', "is not a date"),
        (f"published = {datetime(2023, 3, 6, 12).isoformat()}", "is not a date"),  # noqa: DTZ001 # it must be refused
        ("", "nothing where published is wanted"),
        ("published = 2013-03-06", "but it holds 2023-02"),
    ],
)
def test_a_sidecar_that_cannot_be_used_keeps_its_file_out_until_it_is_mended(
    text: str, words: str, tmp_path: Path
) -> None:
    source = fill(tmp_path / "source", {"x.csv": borough(), "x.csv.meta.toml": text})
    landing = Landing(tmp_path / "landing")
    report = landing.land(source)
    assert landing.manifests() == []
    assert [refusal.name for refusal in report.refused] == ["x.csv"]
    assert re.search(words, report.refused[0].reason)
    fill(source, {"x.csv.meta.toml": "published = 2023-03-06"})
    assert len(landing.land(source).new) == 1


def test_a_sidecar_without_its_file_is_listed(tmp_path: Path) -> None:
    source = fill(tmp_path / "source", {"gone.csv.meta.toml": "published = 2023-03-06"})
    (refusal,) = Landing(tmp_path / "landing").land(source).unknown
    assert "sidecar whose file is not there" in refusal.reason
