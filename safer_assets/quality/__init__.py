"""The quality gate between landed files and the warehouse.

What lives here: the table of rules, their evaluation with Great Expectations, and the quarantine. What does not:
reading files (feeds/), loading them (loading.py) and showing outcomes as Dagster asset checks (graph/).

In order, for a batch of files of one feed: `examine`, `held_files`, `quarantine`; then the feed loads what is neither
failing nor held, and `conservation` proves that no row is anywhere else.
"""

from safer_assets.quality.expectations import RULES, Expect, describe_rules, rules_of
from safer_assets.quality.gate import examine
from safer_assets.quality.kinds import Limits
from safer_assets.quality.outcome import Outcome, held_files
from safer_assets.quality.quarantine import HELD_BACK, Conservation, conservation, quarantine

__all__ = [
    "HELD_BACK",
    "RULES",
    "Conservation",
    "Expect",
    "Limits",
    "Outcome",
    "conservation",
    "describe_rules",
    "examine",
    "held_files",
    "quarantine",
    "rules_of",
]
