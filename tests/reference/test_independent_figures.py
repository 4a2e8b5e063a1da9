"""The second arithmetic is itself right: windows by hand, and the board's minuted figures from the real files."""

from pathlib import Path

import pandas as pd
import pytest
from independent_figures import independent_figures

BARNET = "E09000003"
NORTH_WEST = ("E09000003", "E09000005", "E09000015")


def row(figures: pd.DataFrame, indicator: str, window: str, area: str = BARNET) -> dict[str, object]:
    """The one row of an indicator, area and window; None where a value is missing."""
    chosen = figures[(figures["indicator"] == indicator) & (figures["area_code"] == area)]
    chosen = chosen[chosen["window"] == window]
    assert len(chosen) == 1
    return {str(key): None if value is pd.NA else value for key, value in chosen.iloc[0].items()}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years to February 2023 with 1, 2, 3, ... robberies in Barnet, one a month in Brent and none in Harrow."""
    months = [str(period).replace("-", "") for period in pd.period_range("2021-03", "2023-02", freq="M")]
    path = tmp_path_factory.mktemp("tiny") / "borough.csv"
    robbery, theft = "Robbery,Robbery of Personal Property", "Theft,Shoplifting"
    lines = [
        ",".join(["MajorText", "MinorText", "LookUp_BoroughName", *months]),
        ",".join([robbery, "Barnet", *(str(number) for number in range(1, 25))]),
        ",".join([robbery, "Brent", *("1" for _ in months)]),
        ",".join([theft, "Harrow", *("5" for _ in months)]),
        ",".join([theft, "Unknown", *("900" for _ in months)]),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("window", "start", "end", "value", "prior"),
    [
        ("month", "2023-02", "2023-02", 24, 12),
        ("r3", "2022-12", "2023-02", 22 + 23 + 24, 10 + 11 + 12),
        ("r12", "2022-03", "2023-02", sum(range(13, 25)), sum(range(1, 13))),
        ("fyq", "2022-10", "2022-12", 20 + 21 + 22, 8 + 9 + 10),
        ("fytd", "2022-04", "2023-02", sum(range(14, 25)), sum(range(2, 13))),
    ],
)
def test_each_window_is_the_sum_a_person_would_add_up(
    tiny: Path, window: str, start: str, end: str, value: int, prior: int
) -> None:
    found = row(independent_figures(tiny, "2023-02", {}), "personal_robbery", window)
    assert (found["start_month"], found["end_month"]) == (start, end)
    assert (found["value"], found["prior_value"]) == (value, prior)


@pytest.mark.parametrize(
    ("data_month", "quarter", "april"),
    [
        ("2022-03", ("2022-01", "2022-03"), "2021-04"),
        ("2022-04", ("2022-01", "2022-03"), "2022-04"),
        ("2022-05", ("2022-01", "2022-03"), "2022-04"),
        ("2022-06", ("2022-04", "2022-06"), "2022-04"),
        ("2022-12", ("2022-10", "2022-12"), "2022-04"),
        ("2023-01", ("2022-10", "2022-12"), "2022-04"),
    ],
)
def test_the_quarter_is_the_last_complete_one_of_a_year_that_starts_in_april(
    tiny: Path, data_month: str, quarter: tuple[str, str], april: str
) -> None:
    figures = independent_figures(tiny, data_month, {})
    found = row(figures, "robbery", "fyq")
    assert (found["start_month"], found["end_month"]) == quarter
    assert row(figures, "robbery", "fytd")["start_month"] == april


def test_absent_is_zero_groups_are_sums_and_the_unknown_place_is_nowhere(tiny: Path) -> None:
    figures = independent_figures(tiny, "2023-02", {"BCU-NW": NORTH_WEST, "WIDER": (*NORTH_WEST, "E09000007")})
    assert row(figures, "robbery", "r3", "E09000015")["value"] == 0
    assert row(figures, "robbery", "r3", "BCU-NW")["value"] == 22 + 23 + 24 + 3
    assert row(figures, "total_notifiable_offences", "month", "BCU-NW")["value"] == 24 + 1 + 5
    assert "WIDER" not in set(figures["area_code"]), "a group with a member that the file lacks has no total"


def test_a_window_that_the_file_does_not_cover_has_no_value(tiny: Path) -> None:
    figures = independent_figures(tiny, "2022-01", {})
    assert row(figures, "robbery", "r12")["value"] is None
    assert row(figures, "robbery", "r3")["prior_value"] is None
    assert row(figures, "robbery", "r3")["value"] == 9 + 10 + 11


def test_a_pair_without_an_alias_is_an_error_and_not_a_smaller_total(tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "borough.csv"
    path.write_text(tiny.read_text(encoding="utf-8").replace("Shoplifting", "Shop lifting"), encoding="utf-8")
    with pytest.raises(ValueError, match="Shop lifting"):
        independent_figures(path, "2023-02", {})


def test_the_boards_figures_come_out_of_the_files_it_used(shared_data: Path) -> None:
    folder = shared_data / "mps_borough"
    figures = independent_figures(folder / "mps_borough_24m_202103-202302.csv", "2023-02", {})
    got = {slug: row(figures, slug, "r3")["value"] for slug in ("residential_burglary", "non_residential_burglary")}
    got |= {slug: row(figures, slug, "r3")["value"] for slug in ("personal_robbery", "violence_with_injury")}
    assert got == {
        "residential_burglary": 522,
        "non_residential_burglary": 169,
        "personal_robbery": 191,
        "violence_with_injury": 540,
    }
    violence = row(figures, "violence_with_injury", "r12")
    assert (violence["value"], violence["prior_value"]) == (2324, 2271)

    older = independent_figures(folder / "mps_borough_hist_201004-202201.csv", "2020-08", {})
    total = row(older, "total_notifiable_offences", "r12")
    assert (total["value"], total["prior_value"]) == (28736, 30693)


def test_every_borough_file_gives_32_boroughs_and_whole_groups(shared_data: Path) -> None:
    files = sorted((shared_data / "mps_borough").glob("*.csv"))
    assert len(files) == 15
    for path in files:
        last_month = path.stem.removesuffix("_newcats")[-6:]
        everywhere = [f"E090000{number:02}" for number in range(2, 34)]
        figures = independent_figures(path, f"{last_month[:4]}-{last_month[4:]}", {"MPS-32": everywhere})
        assert set(figures["area_code"]) == {*everywhere, "MPS-32"}, path.name
        assert figures["value"].notna().all(), path.name
        assert len(figures) == 15 * 33 * 5, path.name
