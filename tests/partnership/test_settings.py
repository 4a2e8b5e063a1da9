"""Protects: a mistake in a partnership's files is refused with file and line, and a right file means what it says."""

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from safer_assets.errors import SettingsError
from safer_assets.partnership import CycleRules, Partnership, QualityLimits, load_partnership

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent / "partnerships"
CITY = TESTS / "partnerships" / "city-of-london"

SETTINGS = """\
board_name = "A board"
force = "Avon and Somerset Constabulary"
minimum_base = 20

[area]
code = "E09000007"
name = "Camden"

[[groups]]
code = "NORTH"
name = "Two"
members = ["E09000007", "E09000003"]

# A group over several lines, with a value that looks like a key in a text of several lines.
[[groups]]
code = "SOUTH"
name = '''
code = "SOUTH"'''
members = [
    "E09000008", # code = 1
    'E09000022',

    "E09000028",
]

[cycle]
clearance_days = 5
checking_days = 3
closures = [2026-12-29, 2026-12-30]
"""
MEETINGS = """\
date,title,status,note
2026-03-06,Board,held,
2025-11-28,Board,held,"moved, from October"

2026-12-04,Board,confirmed,
"""

Edit = Callable[..., Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """A function that writes a good partnership, with one text in one of its files replaced, and returns its folder."""

    def write(file: str = "", old: str = "", new: str = "") -> Path:
        folder = tmp_path / "camden"
        folder.mkdir(exist_ok=True)
        for name, text in (("partnership.toml", SETTINGS), ("meetings.csv", MEETINGS)):
            if name == file:
                assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
                text = text.replace(old, new)
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


def refusal(folder: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load_partnership(str(folder))
    return str(caught.value)


# -- right files -------------------------------------------------------------------------------------------------------


def test_a_folder_is_read_whole(edited: Edit) -> None:
    read = load_partnership(str(edited()))
    assert (read.slug, read.board_name, read.force) == ("camden", "A board", "Avon and Somerset Constabulary")
    assert (read.area.code, read.area.name, read.minimum_base) == ("E09000007", "Camden", 20)
    assert [(group.code, group.members) for group in read.groups] == [
        ("NORTH", ("E09000007", "E09000003")),
        ("SOUTH", ("E09000008", "E09000022", "E09000028")),
    ]
    closures = (datetime.date(2026, 12, 29), datetime.date(2026, 12, 30))
    assert read.cycle == CycleRules(clearance_days=5, checking_days=3, closures=closures, feed_day=6)
    assert read.quality == QualityLimits(street_repeat_share_error=0.10, street_unplaced_share_warn=0.05)
    assert [(m.date.isoformat(), m.status, m.note) for m in read.meetings] == [
        ("2025-11-28", "held", "moved, from October"),
        ("2026-03-06", "held", ""),
        ("2026-12-04", "confirmed", ""),
    ], "meetings come in order of date, whatever the order in the file"


def test_barnet_is_what_the_board_is() -> None:
    barnet = load_partnership("barnet", ROOT)
    groups = {group.code: group for group in barnet.groups}
    assert (barnet.slug, barnet.area.code, barnet.force) == ("barnet", "E09000003", "Metropolitan Police Service")
    assert groups["BCU-NW"].members == ("E09000003", "E09000005", "E09000015")
    assert groups["MPS-32"].members == tuple(f"E090000{number:02}" for number in range(2, 34)), "not the City, 01"
    held = [meeting.date.isoformat() for meeting in barnet.meetings if meeting.status == "held"]
    assert held == ["2020-10-23", "2023-05-12", "2023-07-21", "2024-11-29", "2025-03-07"]
    others = [meeting for meeting in barnet.meetings if meeting.status != "held"]
    assert {(m.status, m.note) for m in others} == {("provisional", "provisional: date to be confirmed by the board")}
    assert [(m.date.year, m.date.month) for m in others] == [(year, m) for year in (2027, 2028) for m in (1, 4, 7, 10)]
    assert {m.date.weekday() for m in barnet.meetings} == {4}, "the board meets on Fridays"


def test_a_second_partnership_is_a_second_folder() -> None:
    city = load_partnership(str(CITY))
    assert (city.slug, city.area.code, city.force) == ("city-of-london", "E09000001", "City of London Police")
    assert city.groups == ()
    assert load_partnership("city-of-london", CITY.parent) == city


def test_a_name_is_a_folder_under_partnerships_here(
    edited: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(edited(), tmp_path / "partnerships" / "camden")
    monkeypatch.chdir(tmp_path)
    assert load_partnership("camden").folder == Path("partnerships/camden"), "before ./camden, which is there too"


def test_settings_never_change() -> None:
    city = load_partnership(str(CITY))
    with pytest.raises(ValidationError, match="frozen"):
        city.minimum_base = 0  # type: ignore[misc]


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_editors_may_add_a_byte_order_mark_and_carriage_returns(edited: Edit, newline: str, encoding: str) -> None:
    folder = edited()
    plain = load_partnership(str(folder))
    for file in folder.iterdir():
        file.write_text(file.read_text(encoding="utf-8"), encoding=encoding, newline=newline)
        assert b"\r" in file.read_bytes() or newline == "\n"
    assert load_partnership(str(folder)) == plain


# -- partnership.toml --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("force =", "forces =", 2, "unknown key 'forces' (did you mean 'force'?); known here: board_name, area, force"),
        ("force =", "forces =", 1, "key 'force' is missing"),
        ('name = "Camden"', 'nmae = "Camden"', 7, "unknown key 'nmae' (did you mean 'name'?); known here: code, name"),
        ('name = "Camden"', "", 5, "key 'name' is missing"),
        ("checking_days = 3", "", 26, "key 'checking_days' is missing"),
        ("[cycle]", "[cycles]", 26, "unknown key 'cycles' (did you mean 'cycle'?)"),
        ("closures =", "closure =", 29, "unknown key 'closure' (did you mean 'closures'?)"),
        ('[[groups]]\ncode = "SOUTH"', '[[groups]]\nkode = "SOUTH"', 16, "unknown key 'kode' (did you mean 'code'?)"),
        ('[[groups]]\ncode = "SOUTH"', "[[groups]]", 15, "key 'code' is missing"),
        ('code = "E09000007"', 'code = "Camden"', 6, "'Camden' is not an area code"),
        ('code = "E09000007"', 'code = "E12000007"', 6, "'E12000007' is not the code of a borough or district"),
        ('code = "E09000007"', 'code = "E09000001"', 7, "E09000001 is 'City of London', not 'Camden'"),
        ("'E09000022'", "'E09000099'", 21, "'E09000099' is not the code of a borough or district"),
        ("'E09000022'", "'E090000'", 21, "'E090000' is not an area code"),
        ("'E09000022'", "'E09000028'", 23, "'E09000028' is in the group 'SOUTH' twice"),
        ('["E09000007", "E09000003"]', "[]", 12, "groups.members = [] cannot be used"),
        ('[[groups]]\ncode = "SOUTH"', '[[groups]]\ncode = "NORTH"', 16, "there are two groups with the code 'NORTH'"),
        ('code = "NORTH"', 'code = "E09000002"', 10, "'E09000002' is not a group code"),
        ('code = "NORTH"', 'code = "../north"', 10, "'../north' is not a group code"),
        ("clearance_days = 5", 'clearance_days = "5"', 27, "cycle.clearance_days = '5' cannot be used"),
        ("clearance_days = 5", "clearance_days = true", 27, "cycle.clearance_days = True cannot be used"),
        ("clearance_days = 5", "clearance_days = -1", 27, "cycle.clearance_days = -1 cannot be used"),
        ("checking_days = 3", "checking_days = 3\nfeed_day = 31", 29, "cycle.feed_day = 31 cannot be used"),
        ("2026-12-30", '"30/12/2026"', 29, "'30/12/2026' is not a day; write it without quotes"),
        ("2026-12-30", "2026-02-30", 29, "this is not TOML: Invalid date"),
        ("minimum_base = 20", "minimum_base = 2.5", 3, "minimum_base = 2.5 cannot be used"),
        ('"A board"', '" "', 1, "board_name = ' ' cannot be used"),
        ("[cycle]", "[quality]\nstreet_repeat_share_error = 10\n[cycle]", 27, "quality.street_repeat_share_error = 10"),
        (
            "[cycle]",
            "[quality]\nstreet_repeat_share_error = nan\n[cycle]",
            27,
            "quality.street_repeat_share_error = nan",
        ),
        ("[cycle]", "[cycle", 26, "this is not TOML"),
        ("2026-12-30]", "2026-12-30", 29, "this is not TOML"),
        ("[area]\n", '[area]\ncode = "E09000007"\n', 7, "this is not TOML"),
    ],
)
def test_a_mistake_in_the_settings_names_its_line(edited: Edit, old: str, new: str, line: int, words: str) -> None:
    folder = edited("partnership.toml", old, new)
    place = f"{folder / 'partnership.toml'}, line {line}: {words}"
    assert any(found.startswith(place) for found in refusal(folder).splitlines()), refusal(folder)


def test_a_code_that_is_none_is_one_mistake_and_not_a_wrong_name_too(edited: Edit) -> None:
    told = refusal(edited("partnership.toml", 'code = "E09000007"', 'code = ""'))
    assert "line 6: '' is not an area code" in told
    assert len(told.splitlines()) == 1


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines(edited: Edit) -> None:
    folder = edited("partnership.toml", "minimum_base = 20", "minimal_base = 20\nforse = 1")
    (folder / "partnership.toml").write_text(
        (folder / "partnership.toml").read_text(encoding="utf-8").replace("E09000028", "E09000098"), encoding="utf-8"
    )
    lines = [line.partition("partnership.toml, line ")[2].partition(":")[0] for line in refusal(folder).splitlines()]
    assert lines == ["3", "4", "24"]


# -- meetings.csv ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("2026-12-04", "2026-03-06", 5, "the meeting of 2026-03-06 is already on line 2"),
        ("2026-12-04", "04/12/2026", 5, "date '04/12/2026' is not written YYYY-MM-DD"),
        ("2026-12-04", "2026-13-04", 5, "date '2026-13-04' is no day of the calendar"),
        ("2026-12-04", "20261204", 5, "date '20261204' is not written YYYY-MM-DD"),
        ("2026-12-04", "", 5, "date '' is not written YYYY-MM-DD"),
        ("2026-12-04", "0202-12-04", 5, "date '0202-12-04' is not between the years 2000 and 2100"),
        (
            "confirmed",
            "confimed",
            5,
            "status 'confimed' is none of held, confirmed, provisional (did you mean 'confirmed'?)",
        ),
        ("confirmed", "", 5, "status '' is none of held, confirmed, provisional."),
        ("2026-12-04,Board", "2026-12-04,", 5, "title = '' cannot be used"),
        ("confirmed,", "confirmed,moved, again", 5, "5 cells where the header has 4"),
        ("confirmed,", "confirmed", 5, "3 cells where the header has 4"),
        ('from October"', "from October", 3, "this row cannot be read"),
        (
            "status",
            "state",
            1,
            "unknown column 'state' (did you mean 'status'?); the columns are date,title,status,note",
        ),
        ("status", "state", 1, "column 'status' must stand in the header once, and stands there 0 times"),
        ("note\n", "note,title\n", 1, "column 'title' must stand in the header once, and stands there 2 times"),
        ("date,title,status,note", "date;title;status;note", 1, "unknown column 'date;title;status;note'"),
        (MEETINGS, "", 1, "the file is empty"),
        (MEETINGS.split("\n", 1)[1], "", 2, "no meeting is listed"),
    ],
)
def test_a_mistake_in_the_meetings_names_its_line(edited: Edit, old: str, new: str, line: int, words: str) -> None:
    folder = edited("meetings.csv", old, new)
    place = f"{folder / 'meetings.csv'}, line {line}: {words}"
    assert any(found.startswith(place) for found in refusal(folder).splitlines()), refusal(folder)


def test_a_note_on_two_lines_does_not_shift_the_lines_that_messages_name(edited: Edit) -> None:
    folder = edited("meetings.csv", '"moved, from October"\n', '"moved,\nfrom October"\n2026-01-32,Board,held,')
    assert f"{folder / 'meetings.csv'}, line 5: date '2026-01-32'" in refusal(folder)


# -- folders and files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["partnership.toml", "meetings.csv"])
def test_a_missing_file_is_named(edited: Edit, file: str) -> None:
    path = edited() / file
    path.unlink()
    assert refusal(path.parent).startswith(f"{path} is missing.")


@pytest.mark.parametrize("file", ["partnership.toml", "meetings.csv"])
@pytest.mark.parametrize(
    ("encoding", "line"),
    [("cp1252", 2), ("utf-16", 1)],
    ids=["as old Windows programs save", "as Excel's Unicode text"],
)
def test_another_encoding_is_named_with_the_line(edited: Edit, file: str, encoding: str, line: int) -> None:
    path = edited() / file
    first, rest = path.read_text(encoding="utf-8").split("\n", 1)
    path.write_text(f"{first}\n# caf\N{LATIN SMALL LETTER E WITH ACUTE}\n{rest}", encoding=encoding)
    assert f"{path}, line {line}: byte 0x" in refusal(path.parent)
    assert "save the file as UTF-8" in refusal(path.parent)


def test_a_folder_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"PARTNERSHIP=banet.*did you mean 'barnet'\?.*there are: barnet"):
        load_partnership("banet", ROOT)
    with pytest.raises(SettingsError, match="there are: none"):
        load_partnership("", tmp_path)


def test_a_folder_name_that_would_not_do_in_a_path_is_refused(edited: Edit, tmp_path: Path) -> None:
    shutil.copytree(edited(), tmp_path / "Camden Town")
    assert "the folder's name 'Camden Town' goes into paths" in refusal(tmp_path / "Camden Town")


def test_the_settings_and_their_reader_know_the_same_keys(edited: Edit) -> None:
    """A key of the model that the reader forgot to hand on would silently keep its default."""
    folder = edited(
        "partnership.toml",
        "[cycle]",
        "[quality]\nstreet_repeat_share_error = 0.5\n\n[addresses]\nons_lookup = 'https://example.org/x'\n\n[cycle]",
    )
    (folder / "operations.toml").write_text(
        "[[operation]]\nid = 'one'\nname = 'One'\nwards = ['E05000001']\nstart = 2024-04-01\nend = 2024-04-30\n"
        "offences = ['burglary']\nbuffer_metres = 0\n",
        encoding="utf-8",
    )
    read = load_partnership(str(folder))
    left_alone = {name for name, field in Partnership.model_fields.items() if getattr(read, name) == field.default}
    assert left_alone == set()
