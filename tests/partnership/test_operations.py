"""Protects: a mistake in operations.toml is refused with its line, and a right file means what it says."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from safer_assets.errors import SettingsError
from safer_assets.partnership import load_partnership
from safer_assets.partnership.operations import read_operations, whole_months

PARTNERSHIPS = Path(__file__).parents[2] / "partnerships"

OPERATIONS = """\
# Two operations.
[[operation]]
id = "north-2024"
name = "North"
wards = ["E05000001", "E05000002"]
start = 2024-03-15
end = 2024-09-30
offences = ["burglary", "robbery"]
buffer_metres = 500
control = "matched"
registered_on = 2024-03-01

[[operation.claims]]
offence = "burglary"
words = "Burglary down by half"
source = "A newsletter"
change_pct = -50.0

[[operation]]
id = "south"
name = "South"
lsoas = ["E01000001"]
start = 2023-01-01
end = 2023-01-31
offences = ["robbery"]
buffer_metres = 0
"""

Edit = Callable[..., Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """A function that writes the file above, with one text replaced, and returns its path."""

    def write(old: str = "", new: str = "") -> Path:
        assert not old or OPERATIONS.count(old) == 1, f"{old!r} stands {OPERATIONS.count(old)} times"
        path = tmp_path / "operations.toml"
        path.write_text(OPERATIONS.replace(old, new) if old else OPERATIONS, encoding="utf-8")
        return path

    return write


def refusal(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        read_operations(path)
    return str(caught.value)


def test_a_file_is_read_whole(edited: Edit) -> None:
    north, south = read_operations(edited())
    assert (north.id, north.name, north.wards, north.lsoas) == ("north-2024", "North", ("E05000001", "E05000002"), None)
    assert (north.first_month, north.months) == (datetime.date(2024, 4, 1), 6), "March is not whole"
    assert [(claim.offence, claim.change_pct) for claim in north.claims] == [("burglary", -50.0)]
    assert (south.lsoas, south.first_month, south.months) == (("E01000001",), datetime.date(2023, 1, 1), 1)
    assert (south.registered_on, south.control, south.claims) == (None, "matched", ())


def test_a_partnership_without_the_file_has_no_operations(tmp_path: Path) -> None:
    assert read_operations(tmp_path / "operations.toml") == ()


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2024-01-01", "2024-12-31", ("2024-01-01", 12)),
        ("2024-01-02", "2024-12-30", ("2024-02-01", 10)),
        ("2023-12-02", "2024-02-29", ("2024-01-01", 2)),
        ("2024-02-01", "2024-02-28", None),
        ("2024-02-10", "2024-03-20", None),
    ],
)
def test_whole_months(start: str, end: str, found: tuple[str, int] | None) -> None:
    days = datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)
    assert whole_months(*days) == (found and (datetime.date.fromisoformat(found[0]), found[1]))


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('id = "north-2024"', 'id = "North 2024"', 3, "id 'North 2024' goes into tables"),
        ('id = "south"', 'id = "north-2024"', 20, "there are two operations with the id 'north-2024'"),
        ('name = "South"', 'nmae = "South"', 21, "unknown key 'nmae' (did you mean 'name'?)"),
        ('name = "South"', "", 19, "key 'name' is missing"),
        ('"E05000002"', '"E05000001"', 5, "'E05000001' is in wards of 'north-2024' twice"),
        ('"E05000002"', '"E01000002"', 5, "'E01000002' is not a ward code"),
        ('"E01000001"', '"E0100001"', 22, "'E0100001' is not an LSOA code"),
        ('lsoas = ["E01000001"]', "lsoas = []", 22, "operation.lsoas = [] cannot be used"),
        ('lsoas = ["E01000001"]', "", 19, "operation 'south' needs its area as one of lsoas, wards and polygon"),
        ("lsoas = [", 'wards = ["E05000001"]\nlsoas = [', 19, "operation 'south' needs its area as one of"),
        ("end = 2024-09-30", "end = 2024-03-14", 7, "end 2024-03-14 is before start 2024-03-15: swap the two"),
        ("end = 2024-09-30", "end = 2024-04-29", 7, "there is no whole month from 2024-03-15 to 2024-04-29"),
        ("end = 2024-09-30", "end = 2034-04-30", 7, "from 2024-03-15 to 2034-04-30 are 121 months, more than the 36"),
        ("end = 2024-09-30", "end = 0204-09-30", 7, "date '0204-09-30' is not between the years 2000 and 2100"),
        ("end = 2024-09-30", 'end = "2024-09-30"', 7, "'2024-09-30' is not a day; write it without quotes"),
        ('"burglary", "robbery"', '"burglary", "robery"', 8, "'robery' is no indicator of reference/indicators.csv"),
        ('"burglary", "robbery"', '"burglary", "burglary"', 8, "'burglary' is in offences of 'north-2024' twice"),
        (
            'offence = "burglary"',
            'offence = "theft"',
            14,
            "the claim is about 'theft', which is not among the offences",
        ),
        ("change_pct = -50.0", "change_pct = -150.0", 17, "operation.claims.change_pct = -150.0 cannot be used"),
        ('words = "Burglary', 'word = "Burglary', 15, "unknown key 'word' (did you mean 'words'?)"),
        ("buffer_metres = 500", "buffer_metres = 50000", 9, "operation.buffer_metres = 50000 cannot be used"),
        ('control = "matched"', 'control = "rest"', 10, "control 'rest' is none of matched"),
        ("# Two operations.", "operations = 2", 1, "unknown key 'operations' (did you mean 'operation'?)"),
        ("registered_on = 2024-03-01", "registered_on = 2024-02-30", 11, "this is not TOML"),
    ],
)
def test_a_mistake_names_its_line(edited: Edit, old: str, new: str, line: int, words: str) -> None:
    path = edited(old, new)
    told = refusal(path)
    assert any(found.startswith(f"{path}, line {line}: {words}") for found in told.splitlines()), told


SQUARE = [[-0.27, 51.60], [-0.25, 51.60], [-0.25, 51.61], [-0.27, 51.61], [-0.27, 51.60]]
BOWTIE = [[-0.27, 51.60], [-0.25, 51.61], [-0.25, 51.60], [-0.27, 51.61], [-0.27, 51.60]]
METRES = [[523000.0, 190000.0], [524000.0, 190000.0], [524000.0, 191000.0], [523000.0, 190000.0]]
OTHER_SYSTEM = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}


def polygon(ring: list[list[float]], **more: object) -> str:
    return json.dumps({"type": "Polygon", "coordinates": [ring], **more})


def test_a_drawn_area_is_a_file_of_the_partnership(edited: Edit) -> None:
    path = edited('lsoas = ["E01000001"]', 'polygon = "south.geojson"')
    (path.parent / "south.geojson").write_text(polygon(SQUARE), encoding="utf-8")
    assert read_operations(path)[1].polygon == "south.geojson"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (polygon(BOWTIE), "south.geojson: its outline is not that of an area: Self-intersection"),
        (polygon(METRES), "south.geojson: its coordinates should be degrees"),
        (polygon(SQUARE, crs=OTHER_SYSTEM), "south.geojson: its coordinate system is 3857"),
        ("{", "south.geojson: it is not whole"),
        (polygon([[2.0, 41.0], [2.1, 41.0], [2.1, 41.1], [2.0, 41.0]]), "south.geojson: it lies outside Great Britain"),
        ("", "south.geojson: it cannot be read (No such file or directory)"),
    ],
    ids=["crosses itself", "metres", "another system", "cut off", "elsewhere", "not there"],
)
def test_a_drawn_area_that_cannot_be_used_names_its_line(edited: Edit, text: str, words: str) -> None:
    path = edited('lsoas = ["E01000001"]', 'polygon = "south.geojson"')
    if text:
        (path.parent / "south.geojson").write_text(text, encoding="utf-8")
    assert refusal(path).startswith(f"{path}, line 22: {words}")


def test_a_drawn_area_lies_in_the_partnerships_folder(edited: Edit) -> None:
    path = edited('lsoas = ["E01000001"]', 'polygon = "../south.geojson"')
    (path.parent.parent / "south.geojson").write_text(polygon(SQUARE), encoding="utf-8")
    assert f"line 22: polygon '../south.geojson' lies outside {path.parent}" in refusal(path)


def test_barnet_says_what_is_not_known_of_its_operation() -> None:
    one = load_partnership("barnet", PARTNERSHIPS).operations[0]
    assert one.registered_on is None, "nobody wrote area and dates down before the result was told"
    assert one.assumed
    assert {claim.offence: claim.change_pct for claim in one.claims} == {
        "residential_burglary": -63.0,
        "asb_incidents": -35.0,
    }
