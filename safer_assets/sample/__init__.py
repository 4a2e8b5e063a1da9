"""Generated feeds in the publishers' real formats, so that a newcomer sees a board pack before having any data.

What is here: `write_sample`, which writes a folder of invented files, and `sample_is_current`. What is not: reading
them; the platform lands a sample as it lands any folder. Every number is drawn from typed parameters (rates.py) by a
seeded generator: no real record, count, person or address is in it, and the same partnership, month and seed give the
same bytes.
"""

import json
import shutil
import tempfile
from datetime import date
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from safer_assets.errors import SettingsError
from safer_assets.reference import reference_path

if TYPE_CHECKING:
    from safer_assets.partnership import Partnership

DEFAULT_SEED = 1998
MONTHS = 48
"""Months of Met files: the newest 24-month file and the two before it, a year apart, so that revisions show."""

BOROUGH_FILE = "MPS Borough Level Crime (most recent 24 months) to {:%Y-%m}.csv"
WARD_FILE = "MPS Ward Level Crime (most recent 24 months) to {:%Y-%m}.csv"
LSOA_FILE = "MPS LSOA Level Crime (most recent 24 months) to {:%Y-%m}.csv"
DASHBOARD_FILE = "M1045_MonthlyCrimeDashboard_{}CrimeData.csv"
VAWG_FILE = "MPS VAWG offence count by location.csv"
SURVEY_FILE = "MOPAC PAS borough.csv"
STREET_FILE = "latest.zip"
POPULATION_FILE = "ons_mid_year_population.csv"
SMALL_AREA_POPULATION_FILE = "ons_mid_year_population_lsoa21.csv"
WARD_MAP_FILE = "Wards (December 2024) Boundaries.geojson"
SMALL_AREA_MAP_FILE = "Lower layer Super Output Areas (December 2021) Boundaries.geojson"
LOOKUP_FILE = "LSOA_(2011)_to_LSOA_(2021)_to_Local_Authority_District_(2022)_Best_Fit_Lookup_for_EW.csv"
WARD_LOOKUP_FILE = "LSOA_(2021)_to_Electoral_Ward_(2024)_to_LAD_(2024)_Best_Fit_Lookup_in_EW.csv"

SIDECAR = "{}.meta.toml"
"""Beside a file that does not say itself when it came out."""

_OWN = (
    *(name.replace("{:%Y-%m}", "*") for name in (BOROUGH_FILE, WARD_FILE, LSOA_FILE)),
    DASHBOARD_FILE.replace("{}", "*"),
    *(VAWG_FILE, SIDECAR.format(VAWG_FILE), SURVEY_FILE, SIDECAR.format(SURVEY_FILE)),
    STREET_FILE,
    POPULATION_FILE,
    *(SMALL_AREA_POPULATION_FILE, WARD_MAP_FILE, SMALL_AREA_MAP_FILE),
    LOOKUP_FILE,
    WARD_LOOKUP_FILE,
)
_VINTAGES = (0, 12, 24)  # months before the last month
_REFRESH_DAY = 6


def write_sample(folder: Path, partnership: "Partnership", last_month: date, seed: int = DEFAULT_SEED) -> Path:
    """Writes the sample of a partnership, unless the folder already holds it.

    A partnership of the Metropolitan Police gets recorded crime by borough, ward and LSOA, the dashboard, violence
    against women and girls, the public attitude survey, street files, population, the LSOA lookups and maps of wards
    and LSOAs; any other gets no file of the Met. The folder is written whole beside its place and then renamed into it;
    what was made, and from what, stands in a small file beside it, because a file inside would be landed.

    Args:
        folder: The folder to make or replace.
        partnership: Whose area, force and groups the sample is about.
        last_month: Any day of the last month of the Met's files; street files end two months earlier.
        seed: Another seed gives another invented history.

    Returns:
        `folder`.

    Raises:
        SettingsError: `folder` holds files that this function did not write, or an area code is unknown.
    """
    if sample_is_current(folder, partnership, last_month, seed):
        return folder
    _refuse_foreign_files(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        made, old = beside / "made", beside / "old"
        made.mkdir(mode=0o755)
        _write_files(made, partnership, last_month, seed)
        note = {"made_from": _made_from(partnership, last_month, seed), "files": _files(made)}
        # The note goes first: it lists sizes and times of the new files, so it never vouches for the old ones.
        (beside / "note.json").write_text(json.dumps(note, indent=1), encoding="utf-8")
        (beside / "note.json").replace(_note_of(folder))
        if folder.exists():
            folder.replace(old)
        made.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def sample_is_current(folder: Path, partnership: "Partnership", last_month: date, seed: int = DEFAULT_SEED) -> bool:
    """Whether the folder holds, untouched, the sample that `write_sample` would write now; opens none of its files."""
    try:
        note = json.loads(_note_of(folder).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    expected = {"made_from": _made_from(partnership, last_month, seed), "files": _files(folder)}
    return bool(note == expected)


def _write_files(folder: Path, partnership: "Partnership", last_month: date, seed: int) -> None:
    """All files of the sample."""
    # Imported here: numpy and pandas are not needed to find the sample current, which is the everyday case.
    from safer_assets.sample import maps, met, ons, small_areas, street, survey, violence
    from safer_assets.sample.world import invent_world, month_date, month_number

    world = invent_world(partnership, seed)
    last = month_number(last_month)
    if world.boroughs:
        recorded = met.record(world, tuple(range(last - MONTHS + 1, last + 1)))
        for before in _VINTAGES:
            rows = met.borough_rows(world, recorded, last - before)
            rows.to_csv(folder / BOROUGH_FILE.format(month_date(last - before)), index=False, lineterminator="\n")
        by_ward, by_lsoa = small_areas.small_area_rows(world, recorded, last)
        for name, rows in ((WARD_FILE, by_ward), (LSOA_FILE, by_lsoa)):
            rows.to_csv(folder / name.format(month_date(last)), index=False, lineterminator="\n")
        refreshed = month_date(last + 1).replace(day=_REFRESH_DAY)
        for name, rows in met.dashboard_rows(world, recorded, refreshed).items():
            rows.to_csv(folder / DASHBOARD_FILE.format(name), index=False, lineterminator="\n")
        vawg = violence.vawg_rows(world, recorded.months)
        vawg.to_csv(folder / VAWG_FILE, index=False, lineterminator="\n")
        asked = survey.survey_rows(world, last)
        asked.to_csv(folder / SURVEY_FILE, index=False, lineterminator="\n", sep=survey.SEPARATOR)
        for name in (VAWG_FILE, SURVEY_FILE):
            (folder / SIDECAR.format(name)).write_text(f"published = {refreshed:%Y-%m-%d}\n", encoding="utf-8")
    street.write_archive(folder / STREET_FILE, world, last - street.LAG)
    ons.population_rows(world, last_month).to_csv(folder / POPULATION_FILE, index=False, lineterminator="\n")
    residents = ons.small_area_population_rows(world, last_month)
    residents.to_csv(folder / SMALL_AREA_POPULATION_FILE, index=False, lineterminator="\n")
    maps.write_wards(folder / WARD_MAP_FILE, world)
    maps.write_small_areas(folder / SMALL_AREA_MAP_FILE, world)
    for name, lookup in ((LOOKUP_FILE, ons.lookup_rows(world)), (WARD_LOOKUP_FILE, ons.ward_lookup_rows(world))):
        lookup.to_csv(folder / name, index=False, lineterminator="\n", encoding="utf-8-sig")  # the real ones have a BOM


def _refuse_foreign_files(folder: Path) -> None:
    """Never replaces a folder in which somebody else's files may be."""
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder} is a file, so no sample can be written there. Give a folder.")
    noted = _note_of(folder).is_file()
    if foreign := [name for name in _files(folder) if not noted or not any(fnmatchcase(name, own) for own in _OWN)]:
        raise SettingsError(
            f"{folder} holds {len(foreign)} file(s) that the sample generator did not write, such as {foreign[0]}, "
            "so it is not replaced. Give another folder for the sample, or move these files away."
        )


def _note_of(folder: Path) -> Path:
    """The small file beside a sample's folder that says what the sample was made from."""
    return folder.with_name(f"{folder.name}.made-from.json")


def _files(folder: Path) -> dict[str, list[int]]:
    """Size and time of change of every file in a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): [path.stat().st_size, path.stat().st_mtime_ns] for path in found}


def _made_from(partnership: "Partnership", last_month: date, seed: int) -> dict[str, str | int]:
    """All that a sample's bytes depend on; the generator's own text too, so a changed generator makes a new sample."""
    text = sha256(reference_path("places.csv").read_bytes())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        text.update(module.read_bytes())
    return {
        "area": partnership.area.code,
        "force": partnership.force,
        "groups": " ".join(code for group in partnership.groups for code in group.members),
        "last_month": f"{last_month:%Y-%m}",
        "seed": seed,
        "generator": text.hexdigest(),
    }
