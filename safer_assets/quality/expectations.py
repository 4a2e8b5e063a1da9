"""The table of quality rules: what each loaded feed must look like, why, and who acts when it does not.

What is here: all rules together, and their description. What is not: one feed's rules (rules/), how a kind of rule is
judged (kinds.py, judge.py) and what follows from a verdict (gate.py).

An ERROR holds the whole file back; a WARN lets it load. A rule of scope `row` marks the rows that break it: with WARN
they go to quarantine and the rest of the file loads. A rule of scope `file` speaks about the file and marks no row.
"""

from typing import Final

from safer_assets.quality.expect import Expect
from safer_assets.quality.rules import (
    boundaries,
    home_office_csp,
    mopac_pas,
    mps_asb,
    mps_borough,
    mps_dashboard,
    mps_small_areas,
    mps_vawg,
    ons,
    police_uk_street,
)

__all__ = ["RULES", "Expect", "describe_rules", "rules_of"]

RULES: Final[tuple[Expect, ...]] = (
    *mps_borough.RULES,
    *mps_dashboard.RULES,
    *mps_asb.RULES,
    *mps_vawg.RULES,
    *mopac_pas.RULES,
    *police_uk_street.RULES,
    *ons.POPULATION_RULES,
    *ons.LOOKUP_RULES,
    *home_office_csp.RULES,
    *boundaries.RULES,
    *mps_small_areas.WARD_RULES,
    *mps_small_areas.LSOA_RULES,
)


def rules_of(feed: str) -> tuple[Expect, ...]:
    """The rules of one feed, in the order they are judged and shown."""
    return tuple(rule for rule in RULES if rule.feed == feed)


def describe_rules() -> str:
    """All rules as Markdown, one table a feed, for the documentation."""
    parts = []
    for feed in dict.fromkeys(rule.feed for rule in RULES):
        lines = [
            f"### {feed}",
            "",
            "| rule | what must hold | severity | scope | why | what to do | who |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [
            f"| `{rule.name}` | {rule.title} | {rule.severity} | {rule.scope} "
            f"| {rule.why} | {rule.next_step} | {rule.who} |"
            for rule in rules_of(feed)
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"
