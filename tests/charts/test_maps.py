"""Protects the maps: shades in order, no rate without residents, what is on no map, what may be compared."""

from dataclasses import replace
from itertools import pairwise

import map_tables
import pandas as pd
import pytest
from chart_boards import context, usual_board
from hypothesis import given
from hypothesis import strategies as st
from shapely import box, to_wkb

from safer_assets import charts
from safer_assets.charts import classes, hot_spots, legends, mapping, small_area_map, style, ward_map, wording
from safer_assets.charts.cache import _fingerprint
from safer_assets.charts.context import BoardData

RATES = st.lists(st.integers(0, 400).map(float), min_size=1, max_size=60)


def with_table(name: str, frame: pd.DataFrame) -> BoardData:
    data = usual_board()
    return replace(data, tables={**data.tables, name: frame})


def chart(made: charts.Chart | charts.NoChart) -> charts.Chart:
    assert isinstance(made, charts.Chart), made
    return made


def _words(made: charts.Chart) -> str:
    """Every word on the page, lines joined."""
    from matplotlib.text import Text

    return " ".join(text.get_text() for text in made.figure.findobj(Text))


@given(RATES)
def test_classes_are_in_order_hold_everything_and_part_no_equals(values: list[float]) -> None:
    for found in (classes.alike(values), classes.by_share(values)):
        assert len(found.bounds) == len(found.sizes) <= classes.MOST
        assert sum(found.sizes) == len(values)
        assert all(low <= high for low, high in found.bounds)
        assert all(one[1] < other[0] for one, other in pairwise(found.bounds))
        for value, number in zip(values, found.of, strict=True):
            low, high = found.bounds[number]
            assert low <= value <= high


def test_a_fifth_of_all_crime_is_in_each_class_by_share() -> None:
    values = [1.0] * 100 + [10.0] * 10 + [100.0]
    found = classes.by_share(values, most=3)
    assert found.sizes == (100, 10, 1)


def test_shades_darken_also_in_grey() -> None:
    light = [style._luminance(shade) for shade in style.STEPS]
    assert all(one > other for one, other in pairwise(light))
    assert [len(legends.shades(number)) for number in (1, 2, 3, 4, 5)] == [1, 2, 3, 4, 5]


def test_rates_that_print_alike_have_one_shade() -> None:
    rates = [1.04, 0.96, 1.0, 2.0, 2.04, 3.0, 3.01, 3.02, 4.0, 4.2, 5.0, 6.0, 2.96, 4.96, 6.1]
    found = classes.of_rates(rates)
    by_print: dict[str, set[int]] = {}
    for rate, cls in zip(rates, found.of, strict=True):
        by_print.setdefault(wording.rate(rate), set()).add(cls)
    assert all(len(shades) == 1 for shades in by_print.values())
    ends = [wording.rate(end) for bounds in found.bounds for end in set(bounds)]
    assert len(ends) == len(set(ends)), "no two lines of the legend have a bound in common"
    assert classes.of_rates([]).bounds == ()


def test_numbers_never_touch() -> None:
    placed: list[tuple[float, float, float, float]] = []
    for _ in range(12):
        y = mapping._free(placed, 50.0, 50.0, 20.0, 5.0, (0.0, 100.0))
        assert all(abs(y - other) >= 5.0 for _, other, *_ in placed)
        placed.append((50.0, y, 20.0, 5.0))


def test_the_ward_map_says_what_its_table_has() -> None:
    made = chart(ward_map.draw(usual_board()))
    top = made.table[~made.table["Ward"].str.endswith("\u2020")].iloc[0]
    assert made.title.startswith(f"{top['Ward']} had the highest rate of total notifiable offences of 6 wards: ")
    assert f"{top['Total notifiable offences, per 1,000 residents']} per 1,000" in made.title
    assert len(made.table) == len(map_tables.WARDS)
    assert "Residential burglary, 12 months" in made.table


def test_a_ward_with_few_residents_is_marked_and_never_the_message() -> None:
    """Of the usual board's wards one has 400 residents where others have 1,500."""
    frame = usual_board().tables["ward_rates"].copy()
    frame.loc[frame["code"] == "E05900003", "offences"] = 5_000
    made = chart(ward_map.draw(with_table("ward_rates", frame)))
    assert made.table.iloc[0]["Ward"] == "Dale\u2020", "the highest rate, marked"
    assert not made.title.startswith("Dale")
    assert "Fewer than half the residents of a typical ward (Dale)" in _words(made)


def test_a_ward_without_an_estimate_has_no_rate() -> None:
    frame = usual_board().tables["ward_rates"].copy()
    frame["population"] = frame["population"].astype("Int64").where(frame["code"] != "E05900000")
    made = chart(ward_map.draw(with_table("ward_rates", frame)))
    row = made.table[made.table["Ward"] == "Abbey"].iloc[0]
    assert pd.isna(row["Total notifiable offences, per 1,000 residents"])
    assert row["Total notifiable offences, 12 months"] > 0
    assert "Abbey" not in made.alt


def test_eleven_months_are_no_rate() -> None:
    frame = usual_board().tables["ward_rates"].assign(months=11)
    made = ward_map.draw(with_table("ward_rates", frame))
    assert isinstance(made, charts.NoChart)
    assert "twelve months" in made.reason


def test_a_map_of_other_wards_is_not_drawn_and_says_which_are_missing() -> None:
    frame = usual_board().tables["map_shapes"]
    made = ward_map.draw(with_table("map_shapes", frame[frame["code"] != "E05900002"]))
    assert isinstance(made, charts.NoChart)
    assert "no outline of 1 of 6 wards in the ward files (Canal)" in made.reason


@pytest.mark.parametrize("draw", [ward_map.draw, small_area_map.draw, hot_spots.draw])
def test_without_any_map_there_is_a_reason(draw: object) -> None:
    assert callable(draw)
    made = draw(with_table("map_shapes", usual_board().tables["map_shapes"].iloc[:0]))
    assert isinstance(made, charts.NoChart)
    assert "map" in made.reason


def test_the_unplaced_share_stands_beside_every_map() -> None:
    said = {
        ward_map.draw: "Unplaced: 36 of 3,000 offences (1.2%) have no ward",
        small_area_map.draw: "Unplaced: 36 of 3,000 offences (1.2%) have no small area",
        hot_spots.draw: "Unplaced: 144 of 10,800 rows",
    }
    for draw, words in said.items():
        assert words in _words(chart(draw(usual_board())))
    unknown = chart(ward_map.draw(with_table("small_area_unplaced", pd.DataFrame())))
    assert "is not known" in _words(unknown)


def test_concentration_is_the_title_of_the_small_area_map() -> None:
    frame = usual_board().tables["small_area_rates"].copy()
    frame["offences"] = [76, *[1] * 23]  # three of 24 places are a tenth, rounded up: 78 of 99
    made = chart(small_area_map.draw(with_table("small_area_rates", frame)))
    assert made.title.startswith("A tenth of the 24 small areas of Barnet had 79% of burglary")
    assert "Gini coefficient 0.73" in made.subtitle


def test_counts_below_five_are_not_listed() -> None:
    frame = usual_board().tables["small_area_rates"].copy()
    frame["offences"] = [4] * 20 + [5, 6, 7, 8]
    made = chart(small_area_map.draw(with_table("small_area_rates", frame)))
    assert sorted(made.table["Offences, 12 months"]) == [5, 6, 7, 8]


def test_a_unit_of_two_small_areas_is_drawn_as_one() -> None:
    shapes = usual_board().tables["map_shapes"].copy()
    shapes.loc[shapes["code"].isin(["E01900000", "E01900001"]), "unit_code"] = "E01000999"
    rates = usual_board().tables["small_area_rates"]
    joined = rates[rates["code"] != "E01900001"].replace({"code": {"E01900000": "E01000999"}})
    data = usual_board()
    data = replace(data, tables={**data.tables, "map_shapes": shapes, "small_area_rates": joined})
    assert chart(small_area_map.draw(data)).title.startswith("A tenth of the 23 small areas")
    assert mapping.unit_shapes(data)["E01000999"].area == pytest.approx(2 * map_tables.SIDE**2, rel=1e-3)


def test_anti_social_behaviour_is_never_among_crimes() -> None:
    frame = usual_board().tables["street_points"]
    made = chart(hot_spots.draw(usual_board()))
    other = chart(hot_spots.draw(with_table("street_points", frame.assign(asb_incidents=10_000))))
    assert made.table.equals(other.table)
    assert f"{frame['crimes'].sum():,} street-level crimes" in made.title


def test_hot_spots_are_the_sums_of_their_points() -> None:
    frame = usual_board().tables["street_points"].copy()
    one = frame.iloc[:3].assign(longitude=frame["longitude"].iloc[0], latitude=frame["latitude"].iloc[0], crimes=500)
    made = chart(hot_spots.draw(with_table("street_points", pd.concat([one, frame.iloc[3:]]))))
    assert made.table.iloc[0]["Crimes"] >= 1_500
    assert made.table.iloc[0]["Snap point with the most crimes"] == "Street 0"


def test_files_cut_to_one_type_say_so() -> None:
    frame = usual_board().tables["street_points"].assign(crime_types=1, only_type="Burglary")
    made = chart(hot_spots.draw(with_table("street_points", frame)))
    assert "(burglary only)" in made.title
    assert made.subtitle.startswith("Street-level crimes (burglary only)")


def test_crimes_off_the_outline_are_left_out_and_counted() -> None:
    frame = usual_board().tables["street_points"].copy()
    crimes = int(frame["crimes"].sum())
    frame.loc[len(frame)] = frame.iloc[0].to_dict() | {"longitude": -3.0, "latitude": 53.0, "crimes": 77}
    made = chart(hot_spots.draw(with_table("street_points", frame)))
    assert f"Half of {crimes:,} " in made.title
    assert "77 crimes lie outside the outline" in _words(made)


def test_months_over_a_break_of_snap_points_are_named() -> None:
    frame = usual_board().tables["street_points"]
    assert "Contains break: data.police.uk snap points, July 2022" in _words(chart(hot_spots.draw(usual_board())))
    later = frame.assign(start_month=pd.Timestamp("2022-07-01"), end_month=pd.Timestamp("2023-06-01"))
    assert "Contains break" not in _words(chart(hot_spots.draw(with_table("street_points", later))))


def test_borders_of_a_sample_are_nobodys() -> None:
    sample = replace(usual_board(), context=context(sample=True))
    assert "Borders are invented" in _words(chart(ward_map.draw(sample)))
    assert "Crown copyright" in _words(chart(ward_map.draw(usual_board())))


def test_another_outline_is_another_picture() -> None:
    shapes = usual_board().tables["map_shapes"].copy()
    before = _fingerprint(usual_board())
    other = bytearray(to_wkb(box(524_000, 190_000, 526_000, 192_001)))
    shapes["geometry"] = [other, *shapes["geometry"].iloc[1:]]
    assert _fingerprint(with_table("map_shapes", shapes)) != before
    assert _fingerprint(with_table("map_shapes", usual_board().tables["map_shapes"].copy())) == before
