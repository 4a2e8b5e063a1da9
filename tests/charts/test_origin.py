"""Protects the line under a chart: it names the feeds, vintages and schemes of the numbers drawn, and the day."""

import pytest
from chart_boards import context

from safer_assets.charts.origin import Origin, source_line, vintage_words

BOROUGH = Origin("mps_borough", "mps-before-2024", "2023-02")
DASHBOARD = Origin("mps_dashboard", "mps-dashboard", "2025-07")


def test_source_line_names_what_was_used_and_the_day() -> None:
    assert source_line(context(), [BOROUGH, BOROUGH], residents=True) == (
        "Source: Met Police recorded crime by borough, vintage 2023-02; ONS mid-year population estimates, mid-2021. "
        "As at 12 April 2023, files available on that day."
    )
    assert source_line(context(sample=True), [BOROUGH]).startswith("SAMPLE, ")


def test_the_newest_files_are_of_the_schemes_drawn() -> None:
    about = context(basis="latest", scheme="mps-before-2024")
    assert source_line(about, [DASHBOARD]).endswith("newest landed files of scheme mps-dashboard.")
    both = source_line(about, [DASHBOARD, BOROUGH])
    assert both.endswith("newest landed files of schemes mps-before-2024 and mps-dashboard.")


def test_a_number_without_a_feed_names_none() -> None:
    assert source_line(context(), [Origin("", "", "")]).startswith("Source: none of the feeds. As at")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([""], ""),
        (["2023-02", "2023-02"], "vintage 2023-02"),
        (["2023-02", "2022-02"], "vintages 2022-02, 2023-02"),
        (["2023-02+2022-02", "2021-01", ""], "vintages 2021-01, 2022-02, 2023-02"),
        (["2023-02+2022-02", "2021-01", "2024-01"], "vintages 2021-01 to 2024-01"),
        (["2022-01..2023-02"], "vintages 2022-01 to 2023-02"),
        (["2022-01..2023-02", "2023-04"], "vintages 2022-01 to 2023-04"),
    ],
)
def test_vintages_in_words(cells: list[str], words: str) -> None:
    assert vintage_words(cells) == words
