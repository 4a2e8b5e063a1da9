"""Rules of the Met's recorded crime by borough; `incoming` has one row a cell of the wide file.

What is here: what only this one of the Met's wide files must hold. What is not: what they share (mps_wide.py), reading
it (feeds/).
"""

from typing import Final

from safer_assets.quality.expect import ERROR, Expect
from safer_assets.quality.kinds import NoTwoRows
from safer_assets.quality.rules.mps_wide import wide_rules

FEED: Final = "mps_borough"

RULES: Final[tuple[Expect, ...]] = (
    *wide_rules(FEED),
    Expect(
        FEED,
        "one_row_a_key",
        "No (group, sub-group, borough, month) stands twice",
        ("offence_group", "offence_subgroup", "borough", "month"),
        NoTwoRows(("offence_group", "offence_subgroup", "borough", "month")),
        ERROR,
        why="A key that stands twice is counted twice, or one of the two is wrong.",
        next_step="Fetch the file again; if the publisher's copy has both rows, ask them which one holds.",
    ),
)
