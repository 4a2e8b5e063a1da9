"""The asset check no_drift of landing/files, and the notice of a drift: the old and the new header side by side.

What is here: how a drift is shown. What is not: finding it (landing/drift.py).
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from safer_assets.feeds import by_name
from safer_assets.graph.metadata import counted, markdown_table
from safer_assets.landing.drift import Drift
from safer_assets.notices import Notice, send
from safer_assets.partnership import Partnership
from safer_assets.refresh import BoardRefresh

NO_DRIFT = dg.AssetCheckSpec(
    "no_drift",
    asset=dg.AssetKey(["landing", "files"]),
    description="Every file that came now has the header of the newest file of its feed before it; a file whose header "
    "changed is shown with both headers side by side, landed or refused. Who acts: team:data-engineering.",
)


def drift_result(changes: Sequence[Drift]) -> dg.AssetCheckResult:
    """The check: WARN with what differs, then both whole headers."""
    differing = [
        (drift.feed, old, new, _state(drift), drift.names[0]) for drift in changes for old, new in pairs(drift)
    ]
    whole = [(drift.feed, ", ".join(drift.before), ", ".join(drift.after)) for drift in changes]
    text = "; ".join(f"{by_name(drift.feed).title}: {summary(drift)}" for drift in changes)
    return dg.AssetCheckResult(
        check_name=NO_DRIFT.name,
        asset_key=NO_DRIFT.asset_key,
        passed=not changes,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{text}." if text else "No header has changed.",
        metadata={
            "count": len(changes),
            "differing_columns": dg.MetadataValue.md(
                markdown_table(("feed", "before", "now", "file", "first of them"), differing)
            ),
            "whole_headers": dg.MetadataValue.md(markdown_table(("feed", "before", "now"), whole)),
        },
    )


def tell_of_drift(
    context: dg.AssetExecutionContext, refresh: BoardRefresh, partnership: Partnership, changes: Sequence[Drift]
) -> None:
    """Send a notice of each drift, once for each change of header; a failure to send fails nothing."""
    if changes and not refresh.is_sample:
        said = send([drift_notice(partnership, drift) for drift in changes], Path(refresh.store) / "notices").words()
        if said:
            context.log.info(f"notices: {said}")


def drift_notice(partnership: Partnership, drift: Drift) -> Notice:
    """The notice of one drift, in plain text."""
    width = max(len(old) for old, _ in [("before", ""), *pairs(drift)])
    side_by_side = [f"  {old:<{width}} | {new}" for old, new in [("before", "now"), *pairs(drift)]]
    after = (
        "The file is kept aside and nothing of it is used; figures stand on what was landed before. Next: see the "
        "reason under no_file_refused of landing/files, and tell whoever keeps the platform."
        if drift.refused
        else "The file could be read all the same. Next: nothing, unless its figures look wrong."
    )
    about = hashlib.sha256(repr((drift.before, drift.after, drift.refused)).encode()).hexdigest()
    return Notice(
        kind="drift",
        title=f"{by_name(drift.feed).title}: columns have changed",
        lines=(
            f"{partnership.board_name}.",
            f"{drift.names[0]} has other columns than {drift.before_name}, the newest file of its feed before it:",
            "",
            *side_by_side,
            "",
            f"All columns before: {', '.join(drift.before)}.",
            f"All columns now: {', '.join(drift.after)}.",
            after,
        ),
        about=f"{partnership.slug} {drift.feed} {about}",
    )


def pairs(drift: Drift) -> list[tuple[str, str]]:
    """The columns that differ, old beside new, with words where a side has none."""
    return [(old or "(not there)", new or "(not there)") for old, new in drift.differing]


def summary(drift: Drift) -> str:
    """A drift in a clause."""
    first = "; ".join(
        f"{old!r} is now {new!r}" if old and new else _one_sided(old, new) for old, new in drift.differing
    )
    return f"{first} in {drift.names[0]} ({_state(drift)})"


def _one_sided(old: str, new: str) -> str:
    return f"{old!r} is gone" if old else f"{new!r} is new"


def _state(drift: Drift) -> str:
    files = counted(len(drift.names), "file")
    return f"{files} refused" if drift.refused else f"{files} landed"
