"""Settings of one partnership, and the only reader of `partnerships/<slug>/`.

What is here: `load_partnership` and the types that the other rooms name. What is not: what follows from the settings.
"""

from safer_assets.partnership.meetings import MEETINGS_FILE, Meeting
from safer_assets.partnership.operations import OPERATIONS_FILE, Claim, Operation
from safer_assets.partnership.settings import Area, CycleRules, Group, Partnership, QualityLimits, load_partnership

__all__ = [
    "MEETINGS_FILE",
    "OPERATIONS_FILE",
    "Area",
    "Claim",
    "CycleRules",
    "Group",
    "Meeting",
    "Operation",
    "Partnership",
    "QualityLimits",
    "load_partnership",
]
