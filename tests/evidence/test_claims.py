"""Protects: an operation's paragraphs say what its numbers hold, and claim nothing where a rule forbids it."""

import re
from dataclasses import replace
from datetime import date

import pytest

from safer_assets.evidence import claims
from safer_assets.evidence.assessment import Area, Assessment, Claim
from safer_assets.evidence.ground import Window

NAN = float("nan")
EMPTY = Area((), 0, 0)
ENTRY = claims.Entry(
    name="North",
    offence="residential burglary",
    counted="offences",
    source="mps_ward",
    is_only_source=False,
    unit_kind="ward",
    first_month=date(2024, 4, 1),
    registered_on=date(2024, 3, 1),
    assumed="",
    claim_words="",
    claim_source="",
    claim_change=NAN,
    minimum_base=50,
)
FELL = Claim(-60.0, 20.0, -3.0, -99.2, -20.8, 1.4, -114.9, -5.1, 0.27, 0.02, "fell more")
CHANCE = Claim(-13.0, 20.0, -0.6, -52.2, 26.2, 1.4, -67.9, 41.9, 0.27, 0.6, "not told from chance")
FOUND = Assessment(
    before=Window(date(2023, 4, 1), date(2023, 9, 1)),
    after=Window(date(2024, 4, 1), date(2024, 9, 1)),
    response=Area(("A",), 120, 62),
    control=Area(("B",), 118, 120),
    buffer=Area(("C", "D"), 240, 230),
    buffer_control=Area(("E", "F"), 236, 244),
    wdq=0.31,
    wdq_reason="",
    net_effect=70.0,
    local=FELL,
    difference=None,
    ratio=None,
    weighted=None,
    placebos=2000,
    usual_before=NAN,
    spike=False,
    refusal="",
)
BY_CHANCE = replace(FOUND, local=CHANCE)
ASSUMED = replace(ENTRY, assumed="Nobody knows when it was.", claim_words="Down 63%", claim_change=-63.0)


def test_a_claim_stands_on_the_interval_by_placebos_alone() -> None:
    told = claims.can_say(ENTRY, FOUND, (), -48.3)
    assert "count 62 offences of residential burglary in North (1 ward) in April to September 2024" in told
    assert "against 120 in April to September 2023 (\u221258, \u221248%)" in told
    assert "60 fewer than was to be expected" in told
    assert "\u2212115 to \u22125" in told
    assert "\u221299" not in told, "the plain interval is no claim"
    assert "The displacement quotient is 0.31: a size alone" in told


def test_what_chance_can_do_is_called_chance() -> None:
    told = claims.can_say(ENTRY, BY_CHANCE, (), NAN)
    assert "not told from chance" in told
    assert "was to be expected" not in told
    assert "%" not in told, "no percentage below the minimum base"


DISAGREES = replace(
    FOUND,
    response=Area(("A",), 2108, 304),
    control=Area(("B",), 1581, 227),
    local=Claim(-450.0, 65.0, -6.9, -577.4, -322.6, 1.0, -577.4, -322.6, 0.02, 0.01, "fell more"),
    ratio=Claim(1.004, 0.09, 0.05, 0.84, 1.199, 1.0, 0.841, 1.212, 0.03, 0.9, "not told from chance"),
    disagrees=True,
    refusal="It did better than its control by the difference alone, and the ratio does not show it",
)


def test_a_difference_that_the_ratio_does_not_show_is_said_with_both_and_not_claimed() -> None:
    refused = claims.refusals(ENTRY, "", DISAGREES)
    assert "expected" not in claims.can_say(ENTRY, DISAGREES, refused, -85.6)
    told = claims.cannot_say(ENTRY, DISAGREES, refused, None)
    assert "No claim is made: it did better than its control by the difference alone, and the ratio does not" in told
    assert (
        "the difference is \u2212450 (\u2212577 to \u2212323 by placebos), and the ratio is 1.00 (0.84 to 1.21)" in told
    )
    assert "the larger of two areas changes by more crimes without any effect" in told
    assert "would need a registered test" not in told
    without = claims.cannot_say(ENTRY, replace(DISAGREES, ratio=None), refused, None)
    assert "a ratio cannot be formed, since a count is 0" in without


REFUSED = [
    (replace(ENTRY, registered_on=None), FOUND, "were not registered before results were visible"),
    (replace(ENTRY, registered_on=date(2024, 5, 6)), FOUND, "registered on 6 May 2024, and figures of its first whole"),
    (replace(ENTRY, assumed="Nobody knows when it was."), FOUND, "its dates or area are assumed"),
    (ENTRY, replace(FOUND, refusal="A break lies inside."), "a break lies inside"),
    (ENTRY, replace(FOUND, refusal="Met files end."), "met files end"),
]


@pytest.mark.parametrize(("entry", "found", "why"), REFUSED)
def test_a_rule_stands_in_place_of_a_claim(entry: claims.Entry, found: Assessment, why: str) -> None:
    refused = claims.refusals(entry, "", found)
    assert len(refused) == (2 if entry.registered_on is None and entry.assumed else 1)
    assert why in "; ".join(refused)
    can = claims.can_say(entry, found, refused, -48.3)
    assert "against 120" in can, "counts stand"
    assert not re.search(r"expected|told from chance|fewer|quotient", can), "and no claim does"
    assert why in claims.cannot_say(entry, found, refused, None)


def test_registered_in_time_is_no_reason() -> None:
    assert claims.refusals(ENTRY, "", FOUND) == ()
    assert claims.refusals(replace(ENTRY, registered_on=date(2024, 5, 5)), "", FOUND) == ()
    december = replace(ENTRY, first_month=date(2023, 12, 1))
    assert claims.refusals(replace(december, registered_on=date(2024, 1, 5)), "", FOUND) == ()
    assert claims.refusals(replace(december, registered_on=date(2024, 1, 6)), "", FOUND)


def test_the_plain_interval_is_quoted_only_with_how_often_it_is_wrong() -> None:
    told = claims.cannot_say(ENTRY, BY_CHANCE, (), None)
    assert "\u221252 to +26, may not be quoted: of 2,000 placebos, where nothing was done, it calls 27%" in told
    worth = claims.cannot_say(ENTRY, replace(BY_CHANCE, independent=103.7), (), None)
    assert "2,000 placebos (worth 103 independent ones)" in worth


def test_the_least_fall_that_could_be_told_is_said() -> None:
    told = claims.cannot_say(ENTRY, replace(FOUND, detectable=0.45), (), None)
    assert "A fall of less than 45% here would not be told from chance." in told
    assert "No fall, however large, would be told" in claims.cannot_say(ENTRY, FOUND, (), None)


def test_a_spike_before_is_named_as_what_it_is() -> None:
    told = claims.cannot_say(ENTRY, replace(FOUND, spike=True, usual_before=80.4), (), None)
    assert "120 against 80 usually" in told
    assert "regression to the mean" in told


def test_a_quotient_without_meaning_says_so() -> None:
    found = replace(FOUND, wdq=NAN, wdq_reason="The area did no better.")
    assert claims.displacement(found) == ""
    assert "moved next door cannot be said: the area did no better" in claims.cannot_say(ENTRY, found, (), None)


@pytest.mark.parametrize(("wdq", "size"), [(0.25, "0.25"), (-0.5, "\u22120.50"), (-1.25, "\u22121.25")])
def test_the_quotient_is_a_size_and_says_no_direction(wdq: float, size: str) -> None:
    told = claims.displacement(replace(FOUND, wdq=wdq))
    assert f"quotient is {size}: a size alone" in told
    assert "not told from chance" in told
    assert not re.search(r"\b(fell|rose|less|more|moved|spread)\b", told)


def test_an_offence_that_no_file_has_cannot_be_judged() -> None:
    entry = replace(ENTRY, source="", unit_kind="", offence="ASB incidents", claim_words="ASB down 35%")
    refused = claims.refusals(entry, "", None)
    told = claims.cannot_say(entry, None, refused, None)
    assert told.startswith("ASB incidents in North cannot be judged: no landed file counts ASB incidents below")
    assert "\u201cASB down 35%\u201d cannot be checked" in told
    assert claims.can_say(entry, None, refused, NAN) == ""


def test_a_claim_is_held_against_every_window_it_may_mean() -> None:
    sweep = claims.Sweep(3, 12, 145, 5, -66.7, 35.5, 0.008)
    told = claims.cannot_say(ASSUMED, FOUND, claims.refusals(ASSUMED, "", FOUND), sweep)
    assert "\u201cDown 63%\u201d cannot be checked without its dates and counts" in told
    assert "145 windows of 3 to 12 months" in told
    assert "from \u221267% to +36%, and 5 of them fell as much as claimed" in told
    assert "fewer than 1% of such windows" in told
    none = claims.cannot_say(ASSUMED, FOUND, ("x",), replace(sweep, as_large=0, elsewhere=NAN))
    assert "none of them fell as much" in none
    assert "other areas" not in none


def test_later_months_are_told_against_those_before_the_operation() -> None:
    can, cannot = claims.lasting(ENTRY, FOUND, (), -48.3, 6)
    assert can.startswith("6 months on, in April to September 2024, it was 62 offences against 120")
    assert "lower than matched areas would have it" in can
    assert cannot == claims.CAUSE
    can, cannot = claims.lasting(ENTRY, FOUND, ("it was registered late",), NAN, 12)
    assert "told from chance" not in can
    assert cannot == "No claim is made: it was registered late."
    unknown = replace(FOUND, response=EMPTY, refusal="The counts end before.")
    assert claims.lasting(ENTRY, unknown, ("x",), NAN, 12) == (
        "",
        "Whether it lasted 12 months on cannot be said: the counts end before.",
    )


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2024, 4, 1), date(2024, 9, 1), "April to September 2024"),
        (date(2023, 10, 1), date(2024, 3, 1), "October 2023 to March 2024"),
        (date(2024, 5, 1), date(2024, 5, 1), "May 2024"),
    ],
)
def test_span(start: date, end: date, words: str) -> None:
    assert claims.span(Window(start, end)) == words
