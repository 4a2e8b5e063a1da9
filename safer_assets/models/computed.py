"""Models whose last step SQL cannot take: what a SELECT gives goes through a pure function, frame in and frame out.

What is here: the functions by the names that headers use (`@through name`), and the digest by which a changed function
makes its table anew. What is not: the functions (evidence/, geography/), reading and writing (build.py).
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from safer_assets import evidence, geography
from safer_assets.errors import SettingsError
from safer_assets.evidence import assess, comparators, control_points, operations_frame, outcomes, similar
from safer_assets.geography import operation_areas

if TYPE_CHECKING:
    import pandas as pd

Step = Callable[["pd.DataFrame"], "pd.DataFrame"]

STEPS: Mapping[str, Step] = {
    "comparators": comparators.compared,
    "control_points": control_points.control_points,
    "grade": assess.graded,
    "operation_units": operation_areas.operation_units,
    "operations": operations_frame.assessed,
    "positive_outcomes": outcomes.positive_outcomes,
    "similar_areas": similar.nearest,
}


def step(name: str) -> Step:
    """The function of this name; SettingsError where there is none."""
    if name not in STEPS:
        raise SettingsError(f"-- @through {name}: there is no such step. There are: {', '.join(sorted(STEPS))}.")
    return STEPS[name]


@cache
def digest() -> str:
    """Changes with the text of the rooms that the functions live in."""
    found = hashlib.sha256()
    for room in (evidence, geography):
        for path in sorted(Path(str(room.__file__)).parent.glob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()
