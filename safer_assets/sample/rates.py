"""The numbers an invented place is made of: typical rates, drifts and seasons, typed by hand.

What is here: rough magnitudes, rounded to one or two figures, so that charts of the sample have a believable scale.
They are parameters of a random generator, not statistics of any place. What is not: the generator (world.py) and the
file formats (met.py, street.py, ons.py).
"""

from typing import NamedTuple


class Offence(NamedTuple):
    """One category of recorded crime and how often it happens in an average invented borough.

    Attributes:
        group: Offence group, as the Met spells it in its category scheme of 2024.
        subgroup: Offence sub-group, same scheme.
        per_1000: Offences per 1,000 residents and year.
        drift: Change a year as a share; 0.05 is a rise of about 5 %.
        swing: Half the height of the seasonal wave as a share of the level.
        peak: Calendar month (1-12) of the seasonal peak.
        society: True for a crime against society, which has no victim.
    """

    group: str
    subgroup: str
    per_1000: float
    drift: float
    swing: float
    peak: int
    society: bool = False


OFFENCES: tuple[Offence, ...] = (
    Offence("ARSON AND CRIMINAL DAMAGE", "ARSON", 0.2, -0.02, 0.10, 7),
    Offence("ARSON AND CRIMINAL DAMAGE", "CRIMINAL DAMAGE", 6.0, -0.03, 0.07, 6),
    Offence("BURGLARY", "BURGLARY BUSINESS AND COMMUNITY", 1.7, -0.02, 0.06, 12),
    Offence("BURGLARY", "RES BURGLARY OF A HOME", 3.0, -0.07, 0.16, 12),
    Offence("BURGLARY", "RES BURGLARY OF UNCONNECTED BUILDING", 1.1, -0.04, 0.10, 10),
    Offence("DRUG OFFENCES", "POSSESSION OF DRUGS", 4.0, 0.06, 0.06, 4, society=True),
    Offence("DRUG OFFENCES", "TRAFFICKING OF DRUGS", 1.5, 0.09, 0.04, 5, society=True),
    Offence("FRAUD AND FORGERY", "FRAUD AND FORGERY", 0.02, 0.0, 0.0, 1),
    Offence("MISCELLANEOUS CRIMES AGAINST SOCIETY", "MISC CRIMES AGAINST SOCIETY", 1.4, 0.04, 0.04, 3, society=True),
    Offence("POSSESSION OF WEAPONS", "POSSESSION OF WEAPONS", 0.8, -0.02, 0.06, 5, society=True),
    Offence("PUBLIC ORDER OFFENCES", "OTHER OFFENCES PUBLIC ORDER", 1.0, -0.01, 0.08, 7, society=True),
    Offence("PUBLIC ORDER OFFENCES", "PUBLIC FEAR, ALARM OR DISTRESS", 4.0, -0.03, 0.12, 7),
    Offence("PUBLIC ORDER OFFENCES", "RACE OR RELIGIOUS AGG PUBLIC FEAR", 1.5, 0.03, 0.12, 7),
    Offence("PUBLIC ORDER OFFENCES", "VIOLENT DISORDER", 0.01, 0.0, 0.20, 8, society=True),
    Offence("ROBBERY", "ROBBERY OF BUSINESS PROPERTY", 0.7, 0.08, 0.05, 11),
    Offence("ROBBERY", "ROBBERY OF PERSONAL PROPERTY", 2.6, -0.06, 0.09, 11),
    Offence("SEXUAL OFFENCES", "OTHER SEXUAL OFFENCES", 2.0, 0.04, 0.08, 7),
    Offence("SEXUAL OFFENCES", "RAPE", 1.0, 0.03, 0.05, 7),
    Offence("THEFT", "BICYCLE THEFT", 1.6, -0.08, 0.32, 8),
    Offence("THEFT", "OTHER THEFT", 11.0, -0.02, 0.05, 7),
    Offence("THEFT", "SHOPLIFTING", 9.0, 0.12, 0.05, 11),
    Offence("THEFT", "THEFT FROM THE PERSON", 7.0, 0.05, 0.10, 12),
    Offence("VEHICLE OFFENCES", "AGGRAVATED VEHICLE TAKING", 0.05, 0.0, 0.0, 1),
    Offence("VEHICLE OFFENCES", "INTERFERING WITH A MOTOR VEHICLE", 1.0, -0.04, 0.06, 11),
    Offence("VEHICLE OFFENCES", "THEFT FROM A VEHICLE", 5.0, -0.09, 0.08, 11),
    Offence("VEHICLE OFFENCES", "THEFT OR UNAUTH TAKING OF A MOTOR VEH", 3.5, -0.03, 0.05, 10),
    Offence("VIOLENCE AGAINST THE PERSON", "DEATH SERIOUS INJURY ILLEGAL DRIVING", 0.02, 0.0, 0.0, 1),
    Offence("VIOLENCE AGAINST THE PERSON", "HOMICIDE", 0.01, 0.0, 0.0, 1),
    Offence("VIOLENCE AGAINST THE PERSON", "STALKING AND HARASSMENT", 7.0, 0.02, 0.05, 7),
    Offence("VIOLENCE AGAINST THE PERSON", "VIOLENCE WITH INJURY", 7.0, -0.02, 0.09, 7),
    Offence("VIOLENCE AGAINST THE PERSON", "VIOLENCE WITHOUT INJURY", 14.0, -0.01, 0.07, 7),
)
"""Every category of the sample's borough files; the categories of one group stand together."""


class Flag(NamedTuple):
    """One line of the Met's monthly dashboard: a flag on offences, or a part of another flag.

    A flag with a parent is drawn out of the parent's offences, so it is never larger: nesting holds by construction.

    Attributes:
        crime_type: Crime type of the Offences rows.
        subtype: Crime sub-type of the Offences rows.
        parent: Sub-type this one is a part of; empty for a flag that stands alone.
        amount: Share of the parent, or offences per 1,000 residents and year where there is no parent.
        outcome_type: Crime type of the Positive Outcomes rows, some of which the publisher spells differently; empty
            where there are no such rows.
        outcome_subtype: Crime sub-type of the Positive Outcomes rows.
        outcome_share: Share of offences with a positive outcome.
        drift: Change a year as a share (flags without a parent only).
        swing: Seasonal half-height as a share (flags without a parent only).
        peak: Calendar month of the peak.
    """

    crime_type: str
    subtype: str
    parent: str
    amount: float
    outcome_type: str = ""
    outcome_subtype: str = ""
    outcome_share: float = 0.0
    drift: float = 0.0
    swing: float = 0.0
    peak: int = 1


_DA, _GUN, _HATE, _KNIFE, _MISC = "Domestic Abuse", "Gun Crime", "Hate crime", "Knife Crime", "Miscalleneous"
_GUN_ROBBERY, _LBD = "Gun Crime Personal Robbery", "Lethal Barrel Discharge"
_KNIFE_INJURY, _RELIGIOUS, _FAITH = "Knife Crime with Injury", "Racist and Religious Crime", "Faith Crime"

FLAGS: tuple[Flag, ...] = (
    Flag(_DA, _DA, "", 10.0, _DA, _DA, 0.10, -0.02, 0.08, 7),
    Flag(_DA, "Domestic Abuse violence with injury", _DA, 0.22, _DA, "Domestic Abuse Violence with Injury", 0.15),
    Flag(_GUN, _GUN, "", 0.3, _GUN, _GUN, 0.20, -0.06, 0.06, 10),
    Flag(_GUN_ROBBERY, _GUN_ROBBERY, _GUN, 0.15, _GUN, _GUN_ROBBERY, 0.19),
    Flag(_LBD, _LBD, _GUN, 0.15, _GUN, _LBD, 0.40),
    Flag(_HATE, _HATE, "", 2.4, _HATE, _HATE, 0.10, 0.02, 0.13, 7),
    Flag(_HATE, _RELIGIOUS, _HATE, 0.86, _HATE, _RELIGIOUS, 0.09),
    Flag(_HATE, "Racist Crime", _RELIGIOUS, 0.88, _HATE, "Racist Crime", 0.10),
    Flag(_HATE, _FAITH, _RELIGIOUS, 0.15, _HATE, _FAITH, 0.07),
    Flag(_HATE, "AntiSemitic", _FAITH, 0.40, _HATE, "AntiSemitic", 0.08),
    Flag(_HATE, "Islamophobic Crime", _FAITH, 0.45, _HATE, "Islamophobic Crime", 0.08),
    Flag(_HATE, "Homophobic Crime", _HATE, 0.13, _HATE, "Homophobic Crime", 0.14),
    Flag(_HATE, "Disability Crime", _HATE, 0.03, _HATE, "Disability Crime", 0.04),
    Flag(_HATE, "Transphobic Crime", _HATE, 0.015, _HATE, "Transphobic Crime", 0.04),
    Flag(_KNIFE, _KNIFE, "", 1.7, _KNIFE, _KNIFE, 0.12, -0.05, 0.07, 11),
    Flag(_KNIFE, _KNIFE_INJURY, _KNIFE, 0.24, _KNIFE, _KNIFE_INJURY, 0.19),
    Flag(
        _KNIFE,
        "Knife Crime with Injury (Personal Robbery)",
        _KNIFE_INJURY,
        0.14,
        _KNIFE,
        "Knife Crime with Injury (Personal Robbery)",
        0.08,
    ),
    Flag(_KNIFE, "Knife Injury Victims (1-24)", _KNIFE_INJURY, 0.36),
    Flag(_KNIFE, "Knife Injury Victims (non DA 1-24)", "Knife Injury Victims (1-24)", 0.92),
    Flag(_MISC, "Robbery Mobile phone", "", 1.2, _MISC, "Robbery Mobile phone", 0.04, -0.06, 0.10, 11),
    Flag(_MISC, "Theft Person - Mobile phone", "", 5.0, _MISC, "Theft Person - Mobile phone", 0.01, 0.04, 0.10, 12),
)
"""The flags of the dashboard, a parent before its parts."""

KNIFE_CRIME_TYPE = _KNIFE
TNO_CRIME_TYPE = _MISC
TNO_WITH_VICTIM = "TNO Victim Based"
TNO_WITHOUT_VICTIM = "TNO Non Victim Based"
TNO_OUTCOME_SHARE = {TNO_WITH_VICTIM: 0.06, TNO_WITHOUT_VICTIM: 0.45}

DASHBOARD_SHARE = 0.975
"""The dashboard counts total notifiable offences by another method than the borough file and finds fewer of them."""


class StreetType(NamedTuple):
    """One crime type of data.police.uk: records a month in the home area, and its drift and season as in `Offence`."""

    name: str
    a_month: float
    drift: float
    swing: float
    peak: int


ASB = "Anti-social behaviour"

STREET_TYPES: tuple[StreetType, ...] = (
    StreetType(ASB, 260, -0.05, 0.22, 7),
    StreetType("Bicycle theft", 14, -0.08, 0.32, 8),
    StreetType("Burglary", 65, -0.06, 0.14, 12),
    StreetType("Criminal damage and arson", 70, -0.03, 0.07, 6),
    StreetType("Drugs", 45, 0.07, 0.05, 4),
    StreetType("Other crime", 15, 0.04, 0.04, 3),
    StreetType("Other theft", 95, -0.02, 0.05, 7),
    StreetType("Possession of weapons", 8, -0.02, 0.06, 5),
    StreetType("Public order", 50, -0.02, 0.12, 7),
    StreetType("Robbery", 25, -0.05, 0.09, 11),
    StreetType("Shoplifting", 110, 0.10, 0.05, 11),
    StreetType("Theft from the person", 40, 0.05, 0.10, 12),
    StreetType("Vehicle crime", 105, -0.07, 0.08, 11),
    StreetType("Violence and sexual offences", 260, -0.01, 0.08, 7),
)

OPEN_OUTCOME = "Under investigation"
CLOSED_OUTCOMES: tuple[tuple[str, float], ...] = (
    ("Investigation complete; no suspect identified", 0.55),
    ("Unable to prosecute suspect", 0.22),
    ("Status update unavailable", 0.08),
    ("Awaiting court outcome", 0.06),
    ("Local resolution", 0.04),
    ("Offender given a caution", 0.03),
    ("Court result unavailable", 0.02),
)
"""Outcomes of a closed record and their shares, which sum to 1."""
