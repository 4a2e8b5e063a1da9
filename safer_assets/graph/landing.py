"""Asset landing/files: the source's files, landed.

What is here: choosing the source, landing it, reporting what is new, known, refused and unknown. What is not: how a
file is recognised or kept (feeds/, landing/).
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from safer_assets.board.calendar import data_month_on
from safer_assets.errors import LandingError
from safer_assets.feeds import ALL, LOADED
from safer_assets.graph.metadata import counted, markdown_table
from safer_assets.landing import Landing, LandingReport, Refusal
from safer_assets.loading import register
from safer_assets.partnership import Partnership
from safer_assets.refresh import BoardRefresh, today
from safer_assets.warehouse import Warehouse

KEY = dg.AssetKey(["landing", "files"])
REFUSED = dg.AssetCheckSpec(
    "no_file_refused",
    asset=KEY,
    description="Files that a feed knows but must refuse, with the reason; they are kept aside. "
    "Who acts: team:data-engineering.",
)
UNKNOWN = dg.AssetCheckSpec(
    "no_file_unknown",
    asset=KEY,
    description="Files that no feed knows by their content; they are listed with the reason. "
    "Who acts: team:data-engineering.",
)


@dg.asset(
    key=KEY,
    check_specs=[REFUSED, UNKNOWN],
    kinds={"file"},
    metadata={
        "feeds": dg.MetadataValue.md("\n".join(f"- `{feed.name}`: {feed.title}, {feed.publisher}" for feed in ALL))
    },
)
def landing_files(
    context: dg.AssetExecutionContext, refresh: BoardRefresh, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Every file of the source, recognised by content and kept unchanged under its sha256, with a manifest each.

    The warehouse can be deleted: it is built again from here.
    """
    partnership = refresh.settings()
    landing = Landing(refresh.landing_folder)
    report = land_source(refresh, partnership, landing)
    manifests = landing.manifests()
    with warehouse.get_connection() as con:
        register(con, manifests, LOADED, not_used(report))
    context.log.info(
        f"{counted(len(report.new), 'new file')}, {report.known} known, {len(report.refused)} refused, "
        f"{len(report.unknown)} unknown"
    )
    yield dg.MaterializeResult(
        metadata={
            "new_files": len(report.new),
            "known_files": report.known,
            "landed_files": len(manifests),
            "landed_bytes": sum(manifest.bytes for manifest in manifests),
            "new": dg.MetadataValue.md(
                markdown_table(
                    ("file", "feed", "scheme", "vintage", "rows", "sha256"),
                    [(m.name, m.feed, m.scheme, _month(m.vintage), f"{m.rows:,}", m.sha256[:12]) for m in report.new],
                )
            ),
            "folder": dg.MetadataValue.path(str(refresh.landing_folder)),
        }
    )
    yield _listed(REFUSED, report.refused, "refused")
    yield _listed(UNKNOWN, report.unknown, "known by no feed")


def land_source(refresh: BoardRefresh, partnership: Partnership, landing: Landing) -> LandingReport:
    """Land what the refresh's source holds; for the sample, write it first.

    Raises:
        LandingError: Nothing of the source can be used.
    """
    if refresh.is_sample:
        # Imported here: the generator needs numpy, and a real refresh never does.
        from safer_assets.sample import write_sample

        folder = refresh.home / "feeds"
        write_sample(folder, partnership, data_month_on(today(), partnership.cycle))
    else:
        folder = refresh.source_folder()
    report = landing.land(folder)
    if not report.new and not report.known:
        raise LandingError(nothing_usable(refresh.source, report))
    return report


def not_used(report: LandingReport) -> list[tuple[str, Refusal]]:
    """Files of the source that were kept out, each with its state."""
    return [*(("refused", item) for item in report.refused), *(("unknown", item) for item in report.unknown)]


def nothing_usable(source: str, report: LandingReport) -> str:
    """What to say where a source has no file that can be used, with every file's reason."""
    files = [f"  {refusal.name}: {refusal.reason}" for _, refusal in not_used(report)]
    if not files:
        return f"SOURCE={source} has no file. Put the publishers' files there, or use SOURCE=sample."
    return "\n".join([f"SOURCE={source} has no usable file. Nothing was changed. Each file and its reason:", *files])


def _listed(spec: dg.AssetCheckSpec, refusals: Sequence[Refusal], word: str) -> dg.AssetCheckResult:
    text = "Every file is usable." if not refusals else f"{counted(len(refusals), 'file')} {word}; see the list."
    rows = [(refusal.name, refusal.reason) for refusal in refusals]
    return dg.AssetCheckResult(
        check_name=spec.name,
        asset_key=KEY,
        passed=not refusals,
        severity=dg.AssetCheckSeverity.WARN,
        description=text,
        metadata={"count": len(refusals), "files": dg.MetadataValue.md(markdown_table(("file", "reason"), rows))},
    )


def _month(day: object) -> str:
    return str(day)[:7] if day else ""
