"""Sums through the alias table over the real files give the figures that are known, in every scheme and vintage."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from reference.published import PAIR, borough_months, dashboard_offences, scheme_of

from safer_assets.reference import offence_aliases

BARNET = "Barnet"
Total = Callable[[str, str, str], int]


def summer(frame: pd.DataFrame, scheme: str, borough: str = BARNET) -> Total:
    """A function (indicator, first month, last month) -> offences of one borough; months are `YYYYMM`."""
    rows = frame[frame["borough"] == borough]

    def total(indicator: str, first: str, last: str) -> int:
        return int(rows[of(rows, scheme, indicator) & rows["month"].between(first, last)]["offences"].sum())

    return total


def of(frame: pd.DataFrame, scheme: str, indicator: str) -> "pd.Series[bool]":
    """Which rows count towards an indicator."""
    pairs = [
        (row.offence_group, row.offence_subgroup)
        for row in offence_aliases()
        if row.scheme == scheme and indicator in row.indicators
    ]
    return pd.Series(pd.MultiIndex.from_frame(frame[PAIR]).isin(pairs), index=frame.index)


@pytest.fixture(scope="module")
def borough_files(shared_data: Path) -> dict[str, pd.DataFrame]:
    """Span of the file name -> the file, one row a pair, borough and month."""
    files = sorted((shared_data / "mps_borough").glob("*.csv"))
    assert len(files) == 15
    return {path.stem.removeprefix("mps_borough_"): borough_months(path) for path in files}


@pytest.fixture(scope="module")
def dashboard(shared_data: Path) -> Total:
    return summer(dashboard_offences(shared_data), "mps-dashboard")


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("residential_burglary", 522),
        ("non_residential_burglary", 169),
        ("personal_robbery", 191),
        ("violence_with_injury", 540),
    ],
)
def test_three_months_to_february_2023_as_minuted(
    borough_files: dict[str, pd.DataFrame], indicator: str, expected: int
) -> None:
    total = summer(borough_files["24m_202103-202302"], "mps-before-2024")
    assert total(indicator, "202212", "202302") == expected


def test_violence_with_injury_in_twelve_months_to_february_2023(borough_files: dict[str, pd.DataFrame]) -> None:
    total = summer(borough_files["24m_202103-202302"], "mps-before-2024")
    assert total("violence_with_injury", "202203", "202302") == 2324
    assert total("violence_with_injury", "202103", "202202") == 2271


@pytest.mark.parametrize(
    ("file", "scheme", "expected"),
    [
        ("hist_201004-202201", "mps-before-2024", (28736, 30693)),
        ("hist_201004-202010", "mps-before-2024", (28781, 30728)),
        ("hist_201004-202311_newcats", "mps-2024", (27919, 30152)),
    ],
)
def test_all_crime_to_august_2020_by_file(
    borough_files: dict[str, pd.DataFrame], file: str, scheme: str, expected: tuple[int, int]
) -> None:
    total = summer(borough_files[file], scheme)
    slug = "total_notifiable_offences"
    assert (total(slug, "201909", "202008"), total(slug, "201809", "201908")) == expected


@pytest.mark.parametrize(
    ("file", "burglary", "theft", "robbery"),
    [
        ("hist_201004-202201", (2975, 3666), (5445, 6841), (1209, 1027)),
        ("hist_201004-202010", (2975, 3666), (5445, 6841), (1211, 1027)),
    ],
)
def test_burglary_theft_and_robbery_round_to_the_minuted_19_20_and_18_per_cent(
    borough_files: dict[str, pd.DataFrame],
    file: str,
    burglary: tuple[int, int],
    theft: tuple[int, int],
    robbery: tuple[int, int],
) -> None:
    total = summer(borough_files[file], "mps-before-2024")
    minuted = {"burglary": (burglary, -19), "theft": (theft, -20), "robbery": (robbery, 18)}
    for slug, (counts, per_cent) in minuted.items():
        now, before = total(slug, "201909", "202008"), total(slug, "201809", "201908")
        assert (now, before) == counts
        assert round(100 * (now - before) / before) == per_cent


def test_flags_of_the_dashboard(dashboard: Total) -> None:
    assert dashboard("knife_crime_with_injury", "202212", "202302") == 18
    assert dashboard("lethal_barrelled_discharge", "202212", "202302") == 10
    assert dashboard("domestic_abuse_violence_with_injury", "202212", "202302") == 163
    assert dashboard("domestic_abuse_violence_with_injury", "202203", "202302") == 700
    assert dashboard("domestic_abuse_offences", "202203", "202302") == 3078


def test_parts_of_the_dashboard_stay_within_their_whole_in_every_borough_and_month(shared_data: Path) -> None:
    frame = dashboard_offences(shared_data)
    frame = frame[frame["Area code"].str.startswith("E09", na=False)]
    counts = {
        slug: frame[of(frame, "mps-dashboard", slug)].set_index(["borough", "month"])["offences"]
        for part_and_whole in (
            ("knife_crime_with_injury", "knife_crime"),
            ("domestic_abuse_violence_with_injury", "domestic_abuse_offences"),
        )
        for slug in part_and_whole
    }
    for part, whole in (
        ("knife_crime_with_injury", "knife_crime"),
        ("domestic_abuse_violence_with_injury", "domestic_abuse_offences"),
    ):
        assert (counts[part].reindex(counts[whole].index, fill_value=0) <= counts[whole]).all()


def test_every_indicator_of_a_borough_file_runs_through_all_its_months(
    borough_files: dict[str, pd.DataFrame],
) -> None:
    """A name that a vintage changed and the table lost would show as months without an offence in all London."""
    slugs = sorted({slug for row in offence_aliases() if row.family == "mps_recorded" for slug in row.indicators})
    for name, frame in borough_files.items():
        scheme = scheme_of(frame)
        for slug in slugs:
            monthly = frame[of(frame, scheme, slug)].groupby("month")["offences"].sum()
            assert monthly.index.nunique() == frame["month"].nunique(), f"{name}: {slug}"
            # Lockdown took at most 60 % from a month's neighbours; a lost name takes more, mostly all.
            typical = monthly.rolling(7, center=True, min_periods=4).median()
            assert (monthly > 0.4 * typical).all(), f"{name}: {slug} {monthly[monthly <= 0.4 * typical].to_dict()}"


def test_residential_burglary_is_whole_in_each_vintage_of_the_2024_scheme(
    borough_files: dict[str, pd.DataFrame],
) -> None:
    """The same month in different vintages moves by revisions only, whatever the names."""
    london = {
        name: frame[of(frame, "mps-2024", "residential_burglary")].groupby("month")["offences"].sum()
        for name, frame in borough_files.items()
        if scheme_of(frame) == "mps-2024"
    }
    assert len(london) == 6
    months = pd.DataFrame(london)
    shared = months[months.notna().sum(axis=1) > 1]
    assert len(shared) > 40
    assert ((shared.max(axis=1) - shared.min(axis=1)) / shared.max(axis=1)).max() < 0.05


def test_the_total_is_the_sum_of_the_whole_file(borough_files: dict[str, pd.DataFrame]) -> None:
    for name, frame in borough_files.items():
        inside = of(frame, scheme_of(frame), "total_notifiable_offences")
        assert inside.all(), f"{name}: {pd.DataFrame(frame[~inside][PAIR]).drop_duplicates().to_dict('records')}"
