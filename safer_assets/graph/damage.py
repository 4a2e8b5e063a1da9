"""What is said of files of the store that a disk or a person has damaged, and that were made whole again.

What is here: the check of landing/files. What is not: finding damage and healing it (landing/, warehouse.py).
"""

import dagster as dg

from safer_assets.graph.metadata import counted, markdown_table
from safer_assets.landing import LandingReport
from safer_assets.refresh import BoardRefresh
from safer_assets.warehouse import damaged_copies

NAME = "nothing_damaged"


def damage_spec(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """The check, about an asset."""
    return dg.AssetCheckSpec(
        NAME,
        asset=asset,
        description="Landed files whose copy was damaged and that were landed again, and warehouse files that were "
        "moved aside as damaged and are still there. A disk that damages files damages more: look after it, then "
        "remove the damaged copies. Who acts: team:data-engineering.",
    )


def damage_result(asset: dg.AssetKey, refresh: BoardRefresh, report: LandingReport) -> dg.AssetCheckResult:
    """What was found damaged, by name."""
    rows = [(manifest.name, "landed again") for manifest in report.healed]
    rows += [(path.name, "kept for whoever looks into it; made anew") for path in damaged_copies(refresh)]
    text = f"{counted(len(rows), 'damaged file')}; see the list." if rows else "None is known."
    return dg.AssetCheckResult(
        check_name=NAME,
        asset_key=asset,
        passed=not rows,
        severity=dg.AssetCheckSeverity.WARN,
        description=text,
        metadata={
            "count": len(rows),
            "files": dg.MetadataValue.md(markdown_table(("file", "what became of it"), rows)),
        },
    )
