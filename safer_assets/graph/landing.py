"""Asset landing/files: the source's files, landed.

What is here: choosing the source, landing it, reporting what is new, known, refused and unknown. What is not: how a
file is recognised or kept (feeds/, landing/).
"""

from collections.abc import Callable, Iterator, Sequence

import dagster as dg

from safer_assets.board.calendar import data_month_on
from safer_assets.errors import LandingError
from safer_assets.feeds import ALL, LOADED
from safer_assets.graph.damage import damage_result, damage_spec
from safer_assets.graph.drift import NO_DRIFT, drift_result, tell_of_drift
from safer_assets.graph.metadata import Clock, counted, markdown_table
from safer_assets.landing import Landing, LandingReport, Refusal
from safer_assets.landing.drift import drifts
from safer_assets.loading import register
from safer_assets.logs import known
from safer_assets.partnership import Partnership
from safer_assets.publishers.fetching import FetchReport
from safer_assets.refresh import BoardRefresh, today
from safer_assets.terminal import show_transfer
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
ANSWERED = dg.AssetCheckSpec(
    "every_publisher_answered",
    asset=KEY,
    description="With SOURCE=live: every publisher was read to its end; what the others have landed stands. "
    "Who acts: team:data-engineering.",
)


@dg.asset(
    key=KEY,
    check_specs=[REFUSED, UNKNOWN, ANSWERED, NO_DRIFT, damage_spec(KEY)],
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
    clock = Clock()
    partnership = refresh.settings()
    landing = Landing(refresh.landing_folder)
    report, fetched = land_source(refresh, partnership, landing, context.log.info)
    manifests = landing.manifests()
    with warehouse.get_connection() as con:
        register(con, manifests, LOADED, [*not_used(report), *not_read(fetched)])
    context.log.info(
        f"{counted(len(report.new), 'new file')}, {report.known} known, {len(report.refused)} refused, "
        f"{len(report.unknown)} unknown"
    )
    if report.healed:
        context.log.warning(f"{counted(len(report.healed), 'landed file')} had a damaged copy and is whole again")
    tell_of_files(context, report)
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
            "fetched_files": len(fetched.fetched),
            "fetched_bytes": fetched.bytes,
            "requests": fetched.requests,
            **clock.measured(sum(manifest.rows for manifest in manifests)),
        }
    )
    yield _listed(REFUSED, report.refused, "refused")
    yield _listed(UNKNOWN, report.unknown, "known by no feed")
    yield _answered(fetched)
    yield damage_result(KEY, refresh, report)
    changes = drifts(manifests, report.new, report.refused)
    yield drift_result(changes)
    tell_of_drift(context, refresh, partnership, changes)


def land_source(
    refresh: BoardRefresh, partnership: Partnership, landing: Landing, say: Callable[[str], None]
) -> tuple[LandingReport, FetchReport]:
    """Land what the refresh's source holds; for the sample, write it first; for live, fetch it first.

    Raises:
        FetchError: No publisher could be read.
        LandingError: Nothing of the source can be used.
    """
    fetched = FetchReport()
    if refresh.is_live:
        # Imported here: a refresh from a folder needs no HTTP.
        from safer_assets.publishers.live import land_live

        report, fetched = land_live(refresh, partnership, say=say, progress=show_transfer)
        say(fetched.words())
        if not report.new and not report.known:
            raise LandingError(nothing_usable(refresh.source, report))
        return report, fetched
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
    return report, fetched


def not_read(fetched: FetchReport) -> list[tuple[str, Refusal]]:
    """Publishers that could not be read, as the figures' readers are told of them."""
    return [("unread", Refusal(name=problem.publisher, reason=problem.message)) for problem in fetched.problems]


def tell_of_files(context: dg.AssetExecutionContext, report: LandingReport) -> None:
    """A line of the log for each file that is new or cannot be used; a terminal shows the counts alone."""
    for manifest in report.new:
        about = known(feed=manifest.feed, file=manifest.name, rows=manifest.rows)
        context.log.debug(f"landed as {manifest.sha256[:12]}", extra=about)
    for state, refusal in not_used(report):
        context.log.debug(f"{state}: {refusal.reason}", extra=known(file=refusal.name))


def not_used(report: LandingReport) -> list[tuple[str, Refusal]]:
    """Files of the source that were kept out, each with its state."""
    return [*(("refused", item) for item in report.refused), *(("unknown", item) for item in report.unknown)]


def nothing_usable(source: str, report: LandingReport) -> str:
    """What to say where a source has no file that can be used, with every file's reason."""
    files = [f"  {refusal.name}: {refusal.reason}" for _, refusal in not_used(report)]
    if not files:
        return f"SOURCE={source} has no file. Put the publishers' files there, or use SOURCE=sample."
    return "\n".join([f"SOURCE={source} has no usable file. Nothing was changed. Each file and its reason:", *files])


def _answered(fetched: FetchReport) -> dg.AssetCheckResult:
    rows = [(problem.publisher, problem.message) for problem in fetched.problems]
    text = f"{counted(len(rows), 'publisher')} could not be read; see the list." if rows else "None failed."
    return dg.AssetCheckResult(
        check_name=ANSWERED.name,
        asset_key=KEY,
        passed=not rows,
        severity=dg.AssetCheckSeverity.WARN,
        description=text,
        metadata={"count": len(rows), "publishers": dg.MetadataValue.md(markdown_table(("publisher", "reason"), rows))},
    )


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
