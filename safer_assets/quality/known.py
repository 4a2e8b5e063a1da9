"""Names that publishers use and the reference tables know, as the sets that rules compare with.

What is here: known pairs, crime types, places. What is not: the tables themselves (reference/).
"""

from functools import cache

from safer_assets.reference import csp_areas, offence_aliases, places


@cache
def known_pairs(family: str) -> frozenset[str]:
    """The (group, sub-group) pairs of a family of feeds as published, 'group / sub-group'."""
    return frozenset(
        f"{alias.offence_group} / {alias.offence_subgroup}" for alias in offence_aliases() if alias.family == family
    )


@cache
def known_crime_types() -> frozenset[str]:
    """The crime types of data.police.uk."""
    return frozenset(alias.offence_group for alias in offence_aliases() if alias.family == "police_uk")


@cache
def place_keys() -> frozenset[str]:
    """Every spelling of a place, and of what publishers print in the place of one, in lower case."""
    return frozenset(name.lower() for place in places() for name in (place.area_name, *place.names))


@cache
def place_or_code_keys() -> frozenset[str]:
    """Every spelling of a place or non-place, and every code of a place, in lower case."""
    return place_keys() | {place.area_code.lower() for place in places() if place.area_code}


@cache
def non_place_keys() -> tuple[str, ...]:
    """Every spelling of what publishers print in the place of a place, in lower case."""
    return tuple(sorted(name.lower() for p in places() if p.kind == "not_a_place" for name in (p.area_name, *p.names)))


@cache
def csp_keys() -> frozenset[str]:
    """Every partnership of the Home Office that is a district or listed in csp_areas.csv, in lower case."""
    return frozenset(coded_place_keys()) | {entry.csp_name.lower() for entry in csp_areas()}


@cache
def place_with_code() -> frozenset[str]:
    """Every spelling of a place in lower case, with the code that belongs to it: 'name = code'."""
    return frozenset(f"{name} = {code}" for name, code in _codes().items())


@cache
def coded_place_keys() -> tuple[str, ...]:
    """Every spelling of a place that has a code, in lower case."""
    return tuple(sorted(_codes()))


@cache
def _codes() -> dict[str, str]:
    return {
        name.lower(): place.area_code
        for place in places()
        if place.area_code
        for name in (place.area_name, *place.names)
    }
