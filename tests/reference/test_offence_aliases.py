"""Every published offence name has exactly one row in offence_aliases.csv, and no indicator counts a record twice."""

from collections import Counter
from pathlib import Path

import pytest
from reference.published import dashboard_boroughs, met_files, pairs_of, read, scheme_of, street_crime_types

from safer_assets.reference import OffenceAlias, indicators, offence_aliases

UNSEEN = "Not seen in a file held yet: "
MET_SCHEMES = ("mps-before-2024", "mps-2024")
TOTAL = "total_notifiable_offences"
HOME_OFFICE = "home-office"


def aliases(scheme: str) -> dict[tuple[str, str], OffenceAlias]:
    return {(row.offence_group, row.offence_subgroup): row for row in offence_aliases() if row.scheme == scheme}


@pytest.fixture(scope="module")
def published(shared_data: Path) -> dict[str, set[tuple[str, str]]]:
    """Scheme -> the pairs that the real files print, neighbourhood and positive-outcome rows included."""
    found: dict[str, set[tuple[str, str]]] = {scheme: set() for scheme in MET_SCHEMES}
    for path in met_files(shared_data):
        frame = read(path)
        found[scheme_of(frame)] |= pairs_of(frame)
    found["mps-dashboard"] = set()
    for path in sorted((shared_data / "mps_dashboard").glob("*.csv")):
        found["mps-dashboard"] |= pairs_of(read(path))
    found["police-uk-2013"] = {(crime_type, "") for crime_type in street_crime_types(shared_data)}
    return found


def test_every_published_pair_has_a_row_and_every_other_row_says_it_was_not_seen(
    published: dict[str, set[tuple[str, str]]],
) -> None:
    assert {row.scheme for row in offence_aliases()} == {*published, HOME_OFFICE}
    assert all(row.note.startswith(UNSEEN) for row in aliases(HOME_OFFICE).values()), "no table of it is held yet"
    for scheme, pairs in published.items():
        rows = aliases(scheme)
        assert len(pairs) > 10
        assert pairs - set(rows) == set(), f"{scheme}: published without a row"
        not_seen = {pair for pair, row in rows.items() if row.note.startswith(UNSEEN)}
        assert set(rows) - pairs == not_seen, f"{scheme}: rows whose note is wrong about being seen"


def test_every_indicator_is_fed_by_every_scheme_of_each_feed_it_names() -> None:
    feed_schemes = {
        "mps_borough": MET_SCHEMES,
        "mps_dashboard": ("mps-dashboard",),
        "police_uk_street": ("police-uk-2013",),
        "home_office_csp": (HOME_OFFICE,),
        "mps_asb": (),  # a row is a call: it has no offence names
        "mps_vawg": (),  # every row counts: it has no offence names either
    }
    fed = {(row.scheme, slug) for row in offence_aliases() for slug in row.indicators}
    wanted = {(scheme, i.indicator) for i in indicators() for feed in i.feeds for scheme in feed_schemes[feed]}
    assert fed == wanted


def test_asb_and_what_is_not_notifiable_are_in_no_crime_count() -> None:
    for row in offence_aliases():
        if "asb_incidents" in row.indicators:
            assert row.indicators == ("asb_incidents",)
        name = f"{row.offence_group} {row.offence_subgroup}".casefold()
        if "other accepted" in name or "non-notifiable" in name or "incidents" in name:
            assert row.indicators == (), f"{name} must count towards nothing"


@pytest.mark.parametrize("scheme", MET_SCHEMES)
def test_the_total_is_every_row_of_a_met_file_and_every_other_indicator_a_part_of_it(scheme: str) -> None:
    for row in aliases(scheme).values():
        assert row.indicators[0] == TOTAL, f"{row.offence_group} / {row.offence_subgroup}"


def test_the_home_office_total_is_every_pair_but_fraud_that_no_force_records() -> None:
    rows = aliases(HOME_OFFICE)
    assert {group for (group, _), row in rows.items() if TOTAL not in row.indicators} == {"Fraud offences"}
    assert {subgroup for (group, subgroup) in rows if group == "Fraud offences"} == {
        *("Fraud: Action Fraud", "Fraud: CIFAS", "Fraud: UK Finance"),
    }


@pytest.mark.parametrize("scheme", [*MET_SCHEMES, "mps-dashboard", HOME_OFFICE])
def test_offence_groups_do_not_overlap_and_burglary_is_its_two_parts(scheme: str) -> None:
    parts = {
        "residential_burglary": "burglary",
        "non_residential_burglary": "burglary",
        "personal_robbery": "robbery",
        "violence_with_injury": "violence_against_the_person",
    }
    for row in aliases(scheme).values():
        if TOTAL not in row.indicators or "to March 2017" in row.note:
            continue
        groups = [slug for slug in row.indicators if slug != TOTAL and slug not in parts]
        inside = [slug for slug in row.indicators if slug in parts]
        assert len(groups) <= 1
        assert all([parts[slug]] == groups for slug in inside)
        assert len(inside) == 1 if groups == ["burglary"] else len(inside) <= 1


@pytest.mark.parametrize("scheme", MET_SCHEMES)
def test_a_published_group_is_one_indicator_in_all_its_rows(scheme: str) -> None:
    """One sub-group left out of its group would be a smaller indicator in every month, which no trend would show."""
    groups: dict[str, set[str]] = {}
    for row in aliases(scheme).values():
        shared = groups.setdefault(row.offence_group, set(row.indicators))
        shared &= set(row.indicators)
    found = {slug for shared in groups.values() for slug in shared - {TOTAL}}
    assert {slug for row in aliases(scheme).values() for slug in row.indicators} - found == {
        TOTAL,
        *("residential_burglary", "non_residential_burglary", "personal_robbery", "violence_with_injury"),
    }
    assert sum(len(shared) > 1 for shared in groups.values()) == len(found) == 10


def test_flags_of_the_dashboard_take_one_row_a_borough_month_and_measure(shared_data: Path) -> None:
    """The dashboard's rows contain each other (hate strands, knife sub-types), so an indicator must be one of them."""
    rows = aliases("mps-dashboard")
    frame = dashboard_boroughs(shared_data)
    slugs = [rows[pair].indicators for pair in zip(frame["offence_group"], frame["offence_subgroup"], strict=True)]
    assert max(map(len, slugs)) == 1, "the file held has flags only; no flag row may feed two indicators"
    frame = frame.assign(indicator=[slug[0] if slug else "" for slug in slugs])
    counted = frame[(frame["indicator"] != "") & frame["Area code"].str.startswith("E09", na=False)]
    assert counted["indicator"].nunique() == 7
    assert not counted.duplicated(["indicator", "Area code", "month", "Measure"]).any()
    assert TOTAL not in set(frame["indicator"]), "TNO of the dashboard's other file is another method"


def test_spellings_that_differ_only_in_case_count_towards_the_same() -> None:
    seen: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for row in offence_aliases():
        key = (row.scheme, row.offence_group.casefold(), row.offence_subgroup.casefold())
        assert seen.setdefault(key, row.indicators) == row.indicators, key


def test_street_files_feed_eight_indicators_from_one_crime_type_each() -> None:
    fed = Counter(slug for row in aliases("police-uk-2013").values() for slug in row.indicators)
    assert len(fed) == 8
    assert set(fed.values()) == {1}
