"""A file is known by what is in it, by one feed at most."""

from collections import Counter
from pathlib import Path

import pytest
from feeds.feed_files import DASHBOARD_HEADER, STREET_HEADER, borough_csv, knowing, table, write

from safer_assets import feeds
from safer_assets.errors import FeedError

FOLDER_FEEDS = {
    "mps_borough": ["mps_borough"],
    "mps_ward": ["mps_ward"],
    "mps_lsoa": ["mps_lsoa"],
    "mps_dashboard": ["mps_dashboard"],
    "mps_vawg": ["mps_vawg"],
    "pas": ["mopac_pas"],
    "lookups": ["ons_lookup"],
    "boundaries": ["boundaries"],
    "malformed": ["mps_borough"],
    "population": ["ons_population", "ons_population_lsoa"],
    "police_uk": ["police_uk_street", "police_uk_outcomes"],
    "police_uk_barnet_2016_2018": ["police_uk_street"],
}


def test_every_real_file_is_known_by_one_feed_and_the_lists_beside_them_by_none(shared_data: Path) -> None:
    found: dict[str, Counter[str]] = {}
    for path in sorted(path for path in shared_data.rglob("*") if path.is_file()):
        (content,) = feeds.probe(path, path.name)
        names = [feed.name for feed in knowing(content)]
        folder = path.relative_to(shared_data).parts[0]
        if folder in FOLDER_FEEDS:
            assert len(names) == 1, (path.name, names)
            assert names[0] in FOLDER_FEEDS[folder], (path.name, names)
            found.setdefault(folder, Counter()).update(names)
        else:
            assert names == [], (path.name, names)
    assert found["police_uk"] == {"police_uk_street": 63, "police_uk_outcomes": 36}
    assert found["mps_borough"] == {"mps_borough": 15}
    assert found["population"] == {"ons_population": 3, "ons_population_lsoa": 1}


@pytest.mark.parametrize(
    ("header", "feed"),
    [
        (("Group", "SubGroup", "BOCU", "202301", "202302"), "mps_borough"),
        (("MajorText", "MinorText", "BoroughName", "202301", "202302"), "mps_borough"),
        (("MajorText", "MinorText", "WardName", "WardCode", "LookUp_BoroughName", "202301"), "mps_ward"),
        (("LSOA Code", "LSOA Name", "Borough", "Major Category", "Minor Category", "202301"), "mps_lsoa"),
        (tuple(heading.replace("_", " ").upper() for heading in DASHBOARD_HEADER), "mps_dashboard"),
        (("date_name", "geography_code", "obs_value"), "ons_population"),
        (("LSOA21CD", "WD24CD", "LAD24CD", "LAD24NM"), "ons_lookup"),
        ((*STREET_HEADER[:9], "Outcome type"), "police_uk_outcomes"),
    ],
)
def test_headings_are_matched_by_alias_whatever_their_case_and_punctuation(
    header: tuple[str, ...], feed: str, tmp_path: Path
) -> None:
    (content,) = feeds.probe(write(tmp_path, table(header, [])), "x")
    assert [known.name for known in knowing(content)] == [feed]


@pytest.mark.parametrize(
    "header",
    [
        "file,sha256,bytes",
        "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range",
        "Group,Total",
        "Date,Count",
        "a line of prose",
    ],
)
def test_other_tables_are_known_to_nobody(header: str, tmp_path: Path) -> None:
    (content,) = feeds.probe(write(tmp_path, f"{header}\n1,2,3\n"), "x")
    assert knowing(content) == []


def test_every_feed_says_what_it_is() -> None:
    for feed in feeds.ALL:
        assert feeds.by_name(feed.name) is feed
        assert feed.title
        assert feed.publisher
        assert feed.licence
        assert feed.url.startswith("https://")
        described = [column.name for column in feed.raw_columns if column.description]
        assert described == [column.name for column in feed.raw_columns]
        assert bool(feed.raw_columns) == feed.loaded
    assert {feed.name for feed in feeds.LOADED} == {
        *("mps_borough", "mps_dashboard", "mps_asb", "police_uk_street", "ons_population", "ons_lookup"),
        *("home_office_csp", "mps_ward", "mps_lsoa", "mps_vawg", "mopac_pas", "ons_population_lsoa", "boundaries"),
    }


def test_an_unknown_feed_name_lists_the_known_ones() -> None:
    with pytest.raises(FeedError, match=r"no feed 'mps_boro'.*mps_borough"):
        feeds.by_name("mps_boro")


def test_a_name_that_promises_something_else_changes_nothing(tmp_path: Path) -> None:
    (content,) = feeds.probe(write(tmp_path, borough_csv(), "2023-01-metropolitan-street.csv"), "x")
    assert [feed.name for feed in knowing(content)] == ["mps_borough"]
