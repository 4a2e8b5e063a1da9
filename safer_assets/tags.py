"""Tags that a board run carries, so that the schedule can tell whether a meeting's pack has been made.

What is here: names and values of the tags. What is not: who reads them (automation/) and writes them (graph/).
"""

from datetime import date

PARTNERSHIP = "safer/partnership"
MEETING = "safer/meeting"
AS_AT = "safer/as_at"
FILES = "safer/files"
"""sample or real: a pack made from the sample is not the pack of a board that has real files."""
BOARD_RUN = "safer/board_run"
"""yes for a run that makes the board's own figures: as-at basis, nothing overridden. Anything else is a what-if."""


def board_tags(partnership: str, meeting: date, as_at: date, *, sample: bool, board_run: bool = True) -> dict[str, str]:
    """The tags of a run for a meeting, as at a day."""
    return {
        PARTNERSHIP: partnership,
        MEETING: meeting.isoformat(),
        AS_AT: as_at.isoformat(),
        FILES: files_tag(sample=sample),
        BOARD_RUN: "yes" if board_run else "no",
    }


def files_tag(*, sample: bool) -> str:
    """Which files a run's figures are made from."""
    return "sample" if sample else "real"
