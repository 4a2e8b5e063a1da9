"""The shapes of personal data: headings that name it, and values that look like it.

What is here: the two vocabularies, as pure functions of text. What is not: the search through a file (personal.py). A
person's name or birthday has no shape of its own: it is told by its heading alone.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from safer_assets.feeds.headings import plain

NHS_SHARE: Final = 0.9
NHS_ENOUGH: Final = 3
"""Ten digits without blanks may be any number, and one in eleven has the right check digit by chance: so this many are
asked for, nearly all of them right."""
NHS_LOOKED_AT: Final = 1_000

_WHO = (
    r"(victim|suspect|offender|perpetrator|perp|witness|complainant|client|patient|child|parent|carer|tenant|resident|"
    r"person|subject|nominal|contact|caller|applicant|defendant|accused|staff|employee|officer)s?"
)
_NUMBER = r"(no|num|number|id|ref|reference)s?"
HEADINGS: Final = (
    ("a person's name", rf"({_WHO}|full|first|middle|last|given|family|maiden)?names?"),
    ("a person's name", rf"({_WHO})?(forenames?|surnames?|initials|(full|first|middle|last|given|family)names?)"),
    ("a date of birth", rf"({_WHO})?(dob|dateofbirth|birthdate|birthday|dateborn)"),
    ("an e-mail address", rf"({_WHO}|work|home|personal)?emails?(address(es)?)?"),
    ("a telephone number", rf"({_WHO}|work|home|daytime)?(telephone|phone|mobile|mobilephone|tel)({_NUMBER})?"),
    ("a postal address", rf"({_WHO}|home|postal|last|full|residential|lastknown)?address(es|line\d?|\d)?"),
    ("a full postcode", rf"({_WHO}|home|full)?(post|postal)codes?|pcds?|pcd[78]"),
    ("an NHS number", rf"nhs{_NUMBER}|patient{_NUMBER}"),
    ("a National Insurance number", r"nationalinsurance(no|num|number)?|nino|ni(no|number)"),
    ("a person's number in police records", rf"custody{_NUMBER}|custodyrecord({_NUMBER})?|pnc{_NUMBER}|cro{_NUMBER}"),
    ("a number of an identity document", rf"passport({_NUMBER})?|drivinglicen[cs]e({_NUMBER})?"),
)
"""Kind, and the headings (after `plain`) that are of it."""

_BEFORE, _AFTER = r"(?:^|[^0-9A-Za-z.])", r"(?:$|[^0-9A-Za-z])"
_HERE, _ENDS = r"(?<![0-9A-Za-z.])", r"(?![0-9A-Za-z])"
_AREAS = (
    "A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|"
    "L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)
_UNITS = r"\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}"
_PHONE = r"(?:\+44|0044|0)[ (-]{0,2}0?\)?[1237](?:[ ()-]{0,2}\d){8,9}"
_INSURANCE = r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]"
_TEN_DIGITS = r"\d{3}[ -]?\d{3}[ -]?\d{4}"

SUSPECT: Final = rf"@[A-Za-z0-9-]+\.|{_BEFORE}(?:[A-Z]{{1,2}}{_UNITS}|{_PHONE}|{_INSURANCE}|{_TEN_DIGITS}){_AFTER}"
"""Text without a match holds no value below. For DuckDB's matcher, which needs one pass whatever the pattern."""

# Every pattern begins with something rare and repeats nothing without a bound, so that no text makes it slow.
VALUES: Final = (
    (
        "an e-mail address",
        re.compile(r"(?<=[A-Za-z0-9])@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}(?![A-Za-z])"),
    ),
    ("a full postcode", re.compile(rf"{_HERE}(?:{_AREAS}){_UNITS}{_ENDS}")),
    ("a telephone number", re.compile(rf"{_HERE}{_PHONE}{_ENDS}")),
    ("a National Insurance number", re.compile(rf"{_HERE}(?!BG|GB|KN|NK|NT|TN|ZZ){_INSURANCE}{_ENDS}")),
)
_SPACED = re.compile(rf"{_HERE}\d{{3}}([ -])\d{{3}}\1\d{{4}}{_ENDS}")
_UNSPACED = re.compile(rf"{_HERE}\d{{10}}(?![0-9A-Za-z.])")
_NHS = "an NHS number"


@dataclass(frozen=True, slots=True)
class Value:
    """Something personal in a text: its kind, and where it begins and ends."""

    kind: str
    start: int
    end: int


@cache
def heading_kind(heading: str) -> str:
    """What a column of this heading would hold; empty for nothing personal."""
    name = plain(heading)
    return next((kind for kind, pattern in HEADINGS if re.fullmatch(pattern, name)), "")


def first_value(text: str) -> Value | None:
    """The first value in a text, or None. A text may be a cell or many lines."""
    found = [Value(kind, match.start(), match.end()) for kind, pattern in VALUES if (match := pattern.search(text))]
    found += _nhs_numbers(text)
    return min(found, key=lambda value: value.start, default=None)


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits end with the right check digit: modulus 11 (NHS Data Dictionary, NHS NUMBER)."""
    if len(digits) != 10:
        return False
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return rest != 10 and int(digits[9]) == rest % 11


def _nhs_numbers(text: str) -> list[Value]:
    for match in _SPACED.finditer(text):
        if is_nhs_number(re.sub("[ -]", "", match.group())):
            return [Value(_NHS, match.start(), match.end())]
    numbers = []
    for match in _UNSPACED.finditer(text):
        numbers.append(match)
        if len(numbers) == NHS_LOOKED_AT:
            break
    right = [match for match in numbers if is_nhs_number(match.group())]
    if len(right) >= NHS_ENOUGH and len(right) >= NHS_SHARE * len(numbers):
        return [Value(_NHS, right[0].start(), right[0].end())]
    return []
