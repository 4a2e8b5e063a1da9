"""The sample is what it claims to be: repeatable, in the publishers' formats, clean by the data's rules, invented."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from safer_assets import sample
from safer_assets.errors import SettingsError
from safer_assets.partnership import Area, Partnership, load_partnership
from safer_assets.reference import indicators, offence_aliases, places
from safer_assets.sample import met, ons, sample_is_current, street, write_sample

LAST_MONTH = date(2026, 5, 1)
BOROUGH_VINTAGES = ("2024-05", "2025-05", "2026-05")
STREET_FEEDS_ONLY = {sample.STREET_FILE, sample.POPULATION_FILE, sample.LOOKUP_FILE, sample.WARD_LOOKUP_FILE}
STREET_FEEDS_ONLY |= {sample.SMALL_AREA_POPULATION_FILE, sample.WARD_MAP_FILE, sample.SMALL_AREA_MAP_FILE}

Query = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def barnet() -> Partnership:
    return load_partnership("barnet")


@pytest.fixture(scope="module")
def city(barnet: Partnership) -> Partnership:
    """A partnership of another force and without comparator groups."""
    home = Area(code="E09000001", name="City of London")
    return barnet.model_copy(update={"slug": "city", "area": home, "force": "City of London Police", "groups": ()})


@pytest.fixture(scope="module")
def folder(barnet: Partnership, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample of a London borough; tests only read it."""
    return write_sample(tmp_path_factory.mktemp("sample") / "feeds", barnet, LAST_MONTH)


@pytest.fixture(scope="module")
def query(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Query:
    """SQL over the files: borough (long, all vintages), dashboard (all three files), street, population, lookup."""
    con = duckdb.connect()

    def load(path: Path, table: str) -> None:
        con.read_csv(str(path), header=True, all_varchar=True).to_table(table)

    con.execute(
        "create table borough (vintage varchar, grp varchar, subgroup varchar, area varchar, month varchar, n varchar)"
    )
    for vintage in BOROUGH_VINTAGES:
        load(folder / sample.BOROUGH_FILE.format(date.fromisoformat(f"{vintage}-01")), "wide")
        con.execute("""
            create table long as
                unpivot wide on columns(* exclude ("Group", SubGroup, BOCU)) into name month value n;
            drop table wide
        """)
        con.execute("insert into borough select ?, * from long", [vintage])
        con.execute("drop table long")
    con.execute("""
        create table dashboard (file varchar, month varchar, area_type varchar, area varchar, area_name varchar,
            code varchar, kind varchar, subkind varchar, measure varchar, year varchar, year_index varchar, n varchar,
            refreshed varchar)
    """)
    for name in ("Other", "TNO", "Knife"):
        load(folder / sample.DASHBOARD_FILE.format(name), "one")
        con.execute("insert into dashboard select ?, * from one", [name])
        con.execute("drop table one")
    unpacked = tmp_path_factory.mktemp("street")
    with zipfile.ZipFile(folder / sample.STREET_FILE) as archive:
        archive.extractall(unpacked)
    load(unpacked / "*" / "*-street.csv", "published")
    con.execute("""
        create table street as select "Crime ID" as id, "Month" as month, "Reported by" as force, "Location" as place,
            "Longitude"::double as lon, "Latitude"::double as lat, "LSOA code" as code, "LSOA name" as area,
            "Crime type" as kind, "Last outcome category" as outcome
        from published
    """)
    load(folder / sample.POPULATION_FILE, "population")
    load(folder / sample.LOOKUP_FILE, "lookup")
    return lambda sql, *values: con.execute(sql, values).fetchall()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def first_line(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as lines:
        return lines.readline().rstrip("\r\n")


# --- repeatable, whole or absent ---


def test_same_parameters_give_the_same_bytes_and_another_seed_does_not(
    folder: Path, barnet: Partnership, city: Partnership, tmp_path: Path
) -> None:
    again = write_sample(tmp_path / "elsewhere", barnet, date(2026, 5, 29))
    assert contents(again) == contents(folder)
    one, two = (contents(write_sample(tmp_path / str(seed), city, LAST_MONTH, seed)) for seed in (1, 2))
    assert one.keys() == two.keys()
    assert one[sample.STREET_FILE] != two[sample.STREET_FILE]
    assert one[sample.POPULATION_FILE] != two[sample.POPULATION_FILE]


def test_a_vintage_does_not_change_when_later_months_are_added(
    folder: Path, barnet: Partnership, tmp_path: Path
) -> None:
    # Otherwise a sample made next year would rewrite history that has already landed.
    later = write_sample(tmp_path / "later", barnet, date(2027, 5, 1))
    name = "MPS Borough Level Crime (most recent 24 months) to 2026-05.csv"
    assert (later / name).read_bytes() == (folder / name).read_bytes()


def test_a_second_call_writes_nothing(city: Partnership, tmp_path: Path) -> None:
    made = tmp_path / "feeds"
    assert not sample_is_current(made, city, LAST_MONTH)
    write_sample(made, city, LAST_MONTH)
    assert sample_is_current(made, city, LAST_MONTH)
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")}
    write_sample(made, city, LAST_MONTH)
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")} == before


def test_another_month_seed_area_or_a_touched_file_makes_a_new_sample(
    city: Partnership, barnet: Partnership, tmp_path: Path
) -> None:
    made = write_sample(tmp_path / "feeds", city, LAST_MONTH)
    assert not sample_is_current(made, city, date(2026, 6, 1))
    assert not sample_is_current(made, city, LAST_MONTH, seed=5)
    assert not sample_is_current(made, barnet, LAST_MONTH)
    (made / sample.POPULATION_FILE).write_text("area_code\n", encoding="utf-8")
    assert not sample_is_current(made, city, LAST_MONTH)
    write_sample(made, city, LAST_MONTH)
    assert first_line(made / sample.POPULATION_FILE) == "area_code,area_name,mid_year,population"


def test_nothing_but_feeds_is_in_the_folder_and_nothing_temporary_is_left(folder: Path) -> None:
    assert {path.name for path in folder.parent.iterdir()} == {"feeds", "feeds.made-from.json"}
    assert {path.name for path in folder.iterdir()} - STREET_FEEDS_ONLY == {
        *(f"MPS Borough Level Crime (most recent 24 months) to {vintage}.csv" for vintage in BOROUGH_VINTAGES),
        *(f"M1045_MonthlyCrimeDashboard_{name}CrimeData.csv" for name in ("Other", "TNO", "Knife")),
        *(sample.VAWG_FILE, sample.SIDECAR.format(sample.VAWG_FILE)),
        *(sample.SURVEY_FILE, sample.SIDECAR.format(sample.SURVEY_FILE)),
        *(f"MPS {kind} Level Crime (most recent 24 months) to 2026-05.csv" for kind in ("Ward", "LSOA")),
    }


def test_a_failed_write_leaves_the_last_sample(
    city: Partnership, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write_sample(tmp_path / "feeds", city, LAST_MONTH)
    before = contents(made)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(street, "write_archive", fail)
    with pytest.raises(OSError, match="disk full"):
        write_sample(made, city, date(2026, 6, 1))
    assert contents(made) == before
    assert {path.name for path in tmp_path.iterdir()} == {"feeds", "feeds.made-from.json"}


def test_a_folder_with_other_files_is_never_replaced(city: Partnership, tmp_path: Path) -> None:
    own = tmp_path / "feeds"
    own.mkdir()
    (own / "latest.zip").write_bytes(b"somebody's archive")
    with pytest.raises(SettingsError, match=r"feeds holds 1 file.*latest\.zip.*Give another folder"):
        write_sample(own, city, LAST_MONTH)
    assert (own / "latest.zip").read_bytes() == b"somebody's archive"
    made = write_sample(tmp_path / "made", city, LAST_MONTH)
    (made / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"notes\.txt"):
        write_sample(made, city, date(2026, 6, 1))
    assert (made / "notes.txt").is_file()


def test_a_sample_is_small(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.iterdir()) < 30_000_000


# --- whose sample ---


def test_a_partnership_of_another_force_gets_no_met_file(city: Partnership, tmp_path: Path) -> None:
    made = write_sample(tmp_path / "feeds", city, LAST_MONTH)
    assert {path.name for path in made.iterdir()} == STREET_FEEDS_ONLY
    with zipfile.ZipFile(made / sample.STREET_FILE) as archive:
        text = archive.read("2026-03/2026-03-city-of-london-street.csv").decode()
    assert "City of London Police" in text
    assert "City of London 901B" in text
    assert "Metropolitan" not in text


def test_a_met_partnership_outside_the_mets_boroughs_is_refused(city: Partnership, tmp_path: Path) -> None:
    wrong = city.model_copy(update={"force": "Metropolitan Police Service"})
    with pytest.raises(SettingsError, match=r"partnership city: E09000001 City of London.*Correct area or force"):
        write_sample(tmp_path / "feeds", wrong, LAST_MONTH)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("force", "slug"),
    [
        ("Metropolitan Police Service", "metropolitan"),
        ("City of London Police", "city-of-london"),
        ("Avon and Somerset Constabulary", "avon-and-somerset"),
        ("Devon & Cornwall Police", "devon-and-cornwall"),
        ("Dyfed-Powys Police", "dyfed-powys"),
    ],
)
def test_forces_are_spelt_in_file_names_as_the_archive_does(force: str, slug: str) -> None:
    assert street.force_slug(force) == slug


# --- the publishers' formats ---


def test_headers_are_the_real_ones(folder: Path, shared_data: Path) -> None:
    real = first_line(shared_data / "mps_borough" / "mps_borough_24m_202407-202606.csv").split(",")
    made = first_line(folder / sample.BOROUGH_FILE.format(LAST_MONTH)).split(",")
    assert made[:3] == real[:3]
    assert made[3:] == [f"{2024 + (5 + n) // 12}{(5 + n) % 12 + 1:02d}" for n in range(24)]
    assert len(made) == len(real)
    other = first_line(shared_data / "mps_dashboard" / "M1045_MonthlyCrimeDashboard_OtherCrimeData.csv")
    assert first_line(folder / sample.DASHBOARD_FILE.format("Other")) == other
    assert first_line(folder / sample.DASHBOARD_FILE.format("Knife")) == other
    tno = other.replace("Crime Type,Crime Subtype", "Offence Group,Offence Subgroup")
    assert first_line(folder / sample.DASHBOARD_FILE.format("TNO")) == tno
    with zipfile.ZipFile(folder / sample.STREET_FILE) as archive:
        heads = {archive.read(name).decode().split("\n", 1)[0] for name in archive.namelist()}
    assert heads == {first_line(shared_data / "police_uk" / "2025-02" / "2025-02-metropolitan-street.csv")}
    population = shared_data / "population" / "ons_mid_year_population_london_boroughs_2011_2022.csv"
    assert first_line(folder / sample.POPULATION_FILE) == first_line(population)
    lookup = first_line(shared_data / "lookups" / "lsoa2011_to_lsoa2021_to_lad2022_EW.csv")
    assert lookup.startswith("\ufeff")
    assert first_line(folder / sample.LOOKUP_FILE) == lookup


def test_months_reach_back_far_enough(query: Query, folder: Path) -> None:
    # 36-month charts need 36 months; a year-on-year comparison of 12-month totals needs 24 in one vintage.
    assert query("select count(distinct month), min(month), max(month) from borough") == [(48, "202206", "202605")]
    spans = query("select vintage, count(distinct month), max(month) from borough group by 1 order by 1")
    assert spans == [("2024-05", 24, "202405"), ("2025-05", 24, "202505"), ("2026-05", 24, "202605")]
    dashboard = query("""
        select file, count(distinct month), max(strptime(month, '%d/%m/%Y')::date), min(refreshed), max(refreshed)
        from dashboard group by 1 order by 1
    """)
    expected = (48, LAST_MONTH, "06/06/2026", "06/06/2026")
    assert dashboard == [("Knife", *expected), ("Other", *expected), ("TNO", *expected)]
    with zipfile.ZipFile(folder / sample.STREET_FILE) as archive:
        names = sorted(archive.namelist())
    assert len(names) == 36
    assert names[0] == "2023-04/2023-04-metropolitan-street.csv"
    assert names[-1] == "2026-03/2026-03-metropolitan-street.csv"
    assert query("select count(distinct month), max(month) from street") == [(36, "2026-03")]
    # Mid-2024 came out at the end of 2025.
    assert query("select max(mid_year), count(distinct area_code) from population") == [("2024", 33)]


def test_violence_against_women_and_girls_is_the_mets_and_dated(folder: Path, shared_data: Path) -> None:
    made = folder / sample.VAWG_FILE
    assert first_line(made) == first_line(next((shared_data / "mps_vawg").glob("*.csv")))
    assert first_line(folder / sample.SIDECAR.format(sample.VAWG_FILE)) == "published = 2026-06-06"
    found = duckdb.read_csv(str(made), header=True, all_varchar=True)
    assert found.aggregate(
        "count(distinct recorded_date_months), max(recorded_date_months), count(distinct borough_name), "
        "count(*) - count(distinct (borough_name, ward_name_clean_2, recorded_date_months, "
        "date_committed_from_date_months))"
    ).fetchall() == [(48, "2026-05-01", 33, 0)]
    assert found.filter("not regexp_full_match(count, '[1-9][0-9]*')").fetchall() == []


def test_the_survey_is_in_the_publishers_shape_and_ends_with_a_whole_quarter(folder: Path, shared_data: Path) -> None:
    made = folder / sample.SURVEY_FILE
    assert first_line(made) == first_line(next((shared_data / "pas").glob("*.csv")))
    found = duckdb.read_csv(str(made), header=True, all_varchar=True, delimiter=";")
    days = [day for (day,) in found.project("Date").distinct().fetchall()]
    assert len(days) == 16
    assert "31/03/2026" in days, "the newest quarter that ends in or before May 2026"
    assert max(day[6:] + day[3:5] for day in days) == "202603"
    assert found.filter("not regexp_full_match(Proportion, '0,[0-9]{2}')").fetchall() == []
    london = found.aggregate("count(distinct MPS) as n", "Date, Measure")
    assert set(london.fetchall()) == {(1,)}


def test_every_borough_has_positive_outcomes(query: Query) -> None:
    assert query("""
        select count(distinct code) from dashboard
        where file = 'Other' and measure = 'Positive Outcomes' and area_type = 'Borough' and subkind = 'Hate crime'
    """) == [(32,)]


@pytest.mark.parametrize(
    ("last_month", "newest"), [(date(2025, 11, 1), 2023), (date(2025, 12, 1), 2024), (date(2026, 11, 1), 2024)]
)
def test_population_is_eighteen_months_behind(last_month: date, newest: int) -> None:
    assert ons.newest_mid_year(last_month) == newest


# --- clean by the rules of the data ---


def test_counts_are_non_negative_whole_numbers(query: Query) -> None:
    assert query("select count(*) from borough where not coalesce(regexp_full_match(n, '[0-9]+'), false)") == [(0,)]
    # The dashboard has no zero rows.
    assert query("select count(*) from dashboard where not coalesce(regexp_full_match(n, '[1-9][0-9]*'), false)") == [
        (0,)
    ]
    assert query("select count(*) from population where population::int not between 100000 and 500000") == [(0,)]


def test_every_name_is_one_the_reference_knows(query: Query) -> None:
    def pairs(scheme: str) -> set[tuple[str, str]]:
        return {(alias.offence_group, alias.offence_subgroup) for alias in offence_aliases() if alias.scheme == scheme}

    assert set(query("select distinct grp, subgroup from borough")) <= pairs("mps-2024")
    assert set(query("select distinct kind, subkind from dashboard")) <= pairs("mps-dashboard")
    street_types = {group or subgroup for group, subgroup in pairs("police-uk-2013")}
    assert {kind for (kind,) in query("select distinct kind from street")} == street_types
    boroughs = {(place.area_code, place.area_name) for place in places() if place.kind == "borough"}
    elsewhere = {place.area_name for place in places() if place.kind == "not_a_place"}
    found = {name for (name,) in query("select distinct area from borough")}
    assert len(boroughs) == 32
    assert {name for _, name in boroughs} < found <= {name for _, name in boroughs} | elsewhere
    named = query("select distinct code, area_name from dashboard where area_type = 'Borough' and code is not null")
    assert set(named) == boroughs


def test_every_indicator_of_the_met_feeds_has_numbers(query: Query, barnet: Partnership) -> None:
    home = barnet.area
    borough = query("select distinct grp, subgroup from borough where area = ? and vintage = '2026-05'", home.name)
    dashboard = query(
        """
        select distinct kind, subkind from dashboard
        where code = ? and measure = 'Offences' and strptime(month, '%d/%m/%Y') > '2025-05-31'
        """,
        home.code,
    )
    found = {("mps_borough", "mps-2024", *pair) for pair in borough}
    found |= {("mps_dashboard", "mps-dashboard", *pair) for pair in dashboard}
    counted = {
        (feed, slug)
        for feed, scheme, group, subgroup in found
        for alias in offence_aliases()
        if (alias.scheme, alias.offence_group, alias.offence_subgroup) == (scheme, group, subgroup)
        for slug in alias.indicators
    }
    wanted = {(i.feeds[0], i.indicator) for i in indicators() if i.feeds[0] in {"mps_borough", "mps_dashboard"}}
    assert len(wanted) > 15
    assert wanted - counted == set()


def test_keys_are_unique_and_rows_of_zeros_are_left_out(query: Query) -> None:
    assert query("""
        select count(*) from (select 1 from borough group by vintage, grp, subgroup, area, month having count(*) > 1)
    """) == [(0,)]
    assert query("""
        select count(*) from (select 1 from borough group by vintage, grp, subgroup, area having sum(n::int) = 0)
    """) == [(0,)]
    # "Unknown" has few offences, so some of its categories must be absent: "absent means zero" is exercised.
    assert query("select count(distinct subgroup) < 31 from borough where area = 'Unknown'") == [(True,)]
    assert query("""
        select count(*) from (
            select 1 from dashboard group by file, month, area_type, area, kind, subkind, measure having count(*) > 1)
    """) == [(0,)]


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("Domestic Abuse violence with injury", "Domestic Abuse"),
        ("Knife Crime with Injury", "Knife Crime"),
        ("Knife Crime with Injury (Personal Robbery)", "Knife Crime with Injury"),
        ("Knife Injury Victims (non DA 1-24)", "Knife Injury Victims (1-24)"),
        ("Lethal Barrel Discharge", "Gun Crime"),
        ("Racist and Religious Crime", "Hate crime"),
        ("Racist Crime", "Racist and Religious Crime"),
        ("Islamophobic Crime", "Faith Crime"),
    ],
)
def test_a_part_is_never_larger_than_its_whole(query: Query, part: str, whole: str) -> None:
    rows = query(
        """
        select coalesce(p.n::int <= w.n::int, false) from dashboard p
        left join dashboard w on w.subkind = ?
            and (w.file, w.month, w.area_type, w.area, w.measure) = (p.file, p.month, p.area_type, p.area, p.measure)
        where p.file = 'Other' and p.measure = 'Offences' and p.subkind = ?
        """,
        whole,
        part,
    )
    assert len(rows) > 100
    assert set(rows) == {(True,)}


def test_the_home_borough_is_the_sum_of_its_neighbourhoods(query: Query, barnet: Partnership) -> None:
    [(compared, differing)] = query(
        """
        select count(*), count(*) filter (where borough is distinct from neighbourhoods) from (
            select sum(n::int) filter (where area_type = 'Borough') borough,
                sum(n::int) filter (where area_type = 'Safer Neighbourhood Teams') neighbourhoods
            from dashboard where file = 'Other' and starts_with(area, ?) group by month, subkind, measure)
        """,
        barnet.area.name,
    )
    assert compared > 1000
    assert differing == 0


def test_the_knife_file_repeats_the_knife_rows_of_the_other_file(query: Query) -> None:
    knife = query("select * exclude (file) from dashboard where file = 'Knife' order by all")
    assert len(knife) > 1000
    assert knife == query(
        "select * exclude (file) from dashboard where file = 'Other' and kind = 'Knife Crime' order by all"
    )


def test_the_police_revise_what_they_published(query: Query) -> None:
    months = query("""
        select old.month, count(*) filter (where old.n <> new.n) / count(*), sum(new.n::int) / sum(old.n::int) - 1
        from borough old join borough new using (grp, subgroup, area, month)
        where (old.vintage, new.vintage) = ('2025-05', '2026-05') group by 1
    """)
    assert len(months) == 12
    assert all(0.02 < revised < 0.7 for _, revised, _ in months)
    assert all(abs(change) < 0.03 for _, _, change in months)


# --- street files have the oddities of real ones, and no others ---


def test_ids_are_blank_for_asb_and_transport_police_only(query: Query) -> None:
    kinds = query("""
        select distinct kind = 'Anti-social behaviour', force = 'British Transport Police', id is null, outcome is null
        from street order by 1, 2
    """)
    assert kinds == [(False, False, False, False), (False, True, True, False), (True, False, True, True)]
    assert query("select count(*) from street where not regexp_full_match(id, '[0-9a-f]{64}')") == [(0,)]


def test_repeats_differ_in_outcome_only(query: Query) -> None:
    repeats = query("""
        select count(*), count(distinct outcome), count(distinct (kind, month, place, code)) from street
        where id is not null group by id having count(*) > 1
    """)
    assert len(repeats) == 36 * 3
    assert set(repeats) == {(2, 2, 1)}


def test_rows_fall_into_the_home_area_but_for_a_few(query: Query, barnet: Partnership) -> None:
    [(unplaced, stray)] = query(
        "select avg((code is null)::int), avg((not starts_with(area, ?))::int) from street", barnet.area.name
    )
    assert 0.005 < unplaced < 0.03
    assert 0.02 < stray < 0.06
    assert query("select count(*) from street anti join lookup on code = LSOA21CD where code is not null") == [(0,)]
    assert set(query("select distinct LAD22NM from lookup")) == {("Barnet",), ("Brent",), ("Harrow",)}
    assert all(700 < rows < 1600 for (rows,) in query("select count(*) from street group by month"))


def test_coordinates_are_in_one_small_box_and_absent_without_a_place(query: Query) -> None:
    [(west, east, south, north)] = query("select min(lon), max(lon), min(lat), max(lat) from street")
    assert -1.1 < west < east < -0.9
    assert 52.2 < south < north < 52.35
    absent = query(
        "select distinct lon is null, lat is null, code is null, area is null, place = 'No Location' from street"
    )
    assert set(absent) == {(False,) * 5, (True,) * 5}


def test_the_lookup_has_unchanged_split_and_merged_areas(query: Query) -> None:
    assert set(query("select distinct CHGIND from lookup")) == {("U",), ("S",), ("M",)}
    assert query("select count(*) from lookup where (CHGIND = 'U') <> (LSOA11CD = LSOA21CD)") == [(0,)]


# --- plausible, and plainly invented ---


def test_no_invented_small_area_or_ward_is_a_real_one(query: Query, shared_data: Path) -> None:
    def columns(name: str, *wanted: str) -> set[str]:
        found = duckdb.read_csv(str(shared_data / "lookups" / name), header=True, all_varchar=True)
        return {cell for row in found.select(*wanted).fetchall() for cell in row}

    real = columns("lsoa2011_to_lsoa2021_to_lad2022_EW.csv", "LSOA11CD", "LSOA11NM", "LSOA21CD", "LSOA21NM")
    real |= columns("lsoa2021_to_ward2024_to_lad2024_EW.csv", "WD24CD")
    invented = query("""
        select unnest([LSOA11CD, LSOA11NM, LSOA21CD, LSOA21NM]) from lookup
        union select code from dashboard where area_type = 'Safer Neighbourhood Teams'
    """)
    assert len(invented) > 100
    assert len(real) > 70_000
    assert {cell for (cell,) in invented}.isdisjoint(real)


def test_some_offences_rise_and_some_fall_and_boroughs_differ(query: Query) -> None:
    changes = query("""
        select area, grp, sum(n::int) filter (where month > '202505') / sum(n::int) filter (where month <= '202505')
        from borough where vintage = '2026-05' group by all having sum(n::int) > 400
    """)
    up = {(area, group) for area, group, ratio in changes if ratio > 1.02}
    down = {(area, group) for area, group, ratio in changes if ratio < 0.98}
    assert len({group for _, group in up}) >= 3
    assert len({group for _, group in down}) >= 3
    assert len({area for area, _ in up} & {area for area, _ in down}) > 20
    totals = query("select distinct sum(n::int) from borough where vintage = '2026-05' group by area")
    assert len(totals) == 32 + len(met.NOT_A_PLACE)


def test_asb_peaks_in_summer(query: Query) -> None:
    by_month = query("""
        select month[6:7], count(*) n from street where kind = 'Anti-social behaviour' group by 1 order by n desc
    """)
    assert by_month[0][0] in {"06", "07", "08"}
    assert by_month[-1][0] in {"12", "01", "02"}
