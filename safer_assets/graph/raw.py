"""Assets raw/*: landed files of each feed, through the quality gate, into the warehouse.

What is here: one asset a feed, its checks, and the monthly partitions of street crime. What is not: the rules
(quality/), reading (feeds/) and loading (loading.py).
"""

from collections.abc import Iterator, Sequence
from datetime import date

import dagster as dg

from safer_assets.errors import GateError
from safer_assets.feeds import LOADED, by_name
from safer_assets.feeds.base import Feed
from safer_assets.graph.freshness import freshness_results, freshness_specs
from safer_assets.graph.metadata import Clock, counted, markdown_table, row_counts, table_schema
from safer_assets.landing import Landing, Manifest
from safer_assets.loading import Load, load, pending
from safer_assets.logs import known
from safer_assets.quality.expectations import Expect, rules_of
from safer_assets.refresh import BoardRefresh
from safer_assets.warehouse import Connection, Warehouse

STREET = "police_uk_street"
CATCH_UP = dg.AssetKey(["raw", "street_catch_up"])
LANDED = dg.AssetKey(["landing", "files"])

# A month M is published on the last working day of M+2: the newest month that can be there is one behind the last
# complete one.
MONTHS = dg.MonthlyPartitionsDefinition(start_date="2016-01", fmt="%Y-%m", end_offset=-1)

Events = Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]


def raw_key(feed: str) -> dg.AssetKey:
    """The asset of a feed's table raw.<feed>."""
    return dg.AssetKey(["raw", feed])


def feed_metadata(feed: Feed) -> dict[str, object]:
    """What is known of a feed's table before anything is loaded: its columns, where it comes from, its licence."""
    return {
        "dagster/column_schema": table_schema((c.name, c.type, c.description) for c in feed.raw_columns),
        "source": dg.MetadataValue.url(feed.url),
        "licence": feed.licence,
    }


def check_specs(feed: str, key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """One asset check a rule of the feed; ERROR blocks what is downstream, WARN does not."""
    return [
        dg.AssetCheckSpec(
            rule.name,
            asset=key,
            description=f"{rule.title}. {rule.why} Severity {rule.severity}; who acts: {rule.who}.",
            blocking=rule.severity == "ERROR",
            metadata={"severity": rule.severity, "who_acts": rule.who, "columns": ", ".join(rule.columns)},
        )
        for rule in rules_of(feed)
    ]


def feed_asset(feed: Feed) -> dg.AssetsDefinition:
    """The asset that loads a feed's landed files into raw.<feed>, each once."""

    @dg.asset(
        key=raw_key(feed.name),
        deps=[LANDED],
        check_specs=[*check_specs(feed.name, raw_key(feed.name)), *freshness_specs(feed, raw_key(feed.name))],
        description=f"{feed.title} ({feed.publisher}), every row of every landed file; rows that break a rule are in "
        f"quarantine.{feed.name}.",
        kinds={"duckdb"},
        metadata=feed_metadata(feed),
    )
    def load_feed(context: dg.AssetExecutionContext, refresh: BoardRefresh, warehouse: Warehouse) -> Events:
        clock = Clock()
        with warehouse.get_connection() as con:
            done = load_files(con, refresh, feed, still_to_load(con, refresh, feed))
            context.log.info(summary(done))
            tell_of_files(context, done)
            yield dg.MaterializeResult(metadata=load_metadata(con, feed, done, clock))
            yield from gate_results(con, feed, raw_key(feed.name))
        yield from freshness_results(feed, raw_key(feed.name), Landing(refresh.landing_folder).manifests(), refresh)
        stop_if_held(refresh, done)

    return load_feed


@dg.asset(
    key=CATCH_UP,
    deps=[LANDED],
    check_specs=[*check_specs(STREET, CATCH_UP), *freshness_specs(by_name(STREET), CATCH_UP)],
    kinds={"duckdb"},
)
def street_catch_up(context: dg.AssetExecutionContext, refresh: BoardRefresh, warehouse: Warehouse) -> Events:
    """Every landed street file that is not loaded yet, through the gate; marks its month on raw/police_uk_street.

    A board refresh needs all new months at once, and a run has one partition: so the months are loaded here, and the
    partitioned asset is told. To load one month again, materialise that month of raw/police_uk_street.
    """
    clock = Clock()
    feed = by_name(STREET)
    with warehouse.get_connection() as con:
        done = load_files(con, refresh, feed, still_to_load(con, refresh, feed))
        context.log.info(summary(done))
        tell_of_files(context, done)
        for month in sorted({item.manifest.vintage for item in done if not item.held and item.manifest.vintage}):
            context.log_event(
                dg.AssetMaterialization(
                    raw_key(STREET),
                    partition=f"{month:%Y-%m}",
                    metadata=month_metadata(con, month, _of_month(done, month)),
                )
            )
        yield dg.MaterializeResult(metadata=load_metadata(con, feed, done, clock))
        yield from gate_results(con, feed, CATCH_UP)
    yield from freshness_results(feed, CATCH_UP, Landing(refresh.landing_folder).manifests(), refresh)
    stop_if_held(refresh, done)


@dg.asset(
    key=raw_key(STREET),
    partitions_def=MONTHS,
    deps=[LANDED],
    check_specs=freshness_specs(by_name(STREET), raw_key(STREET)),
    kinds={"duckdb"},
    metadata=feed_metadata(by_name(STREET)),
)
def street_month(context: dg.AssetExecutionContext, refresh: BoardRefresh, warehouse: Warehouse) -> Events:
    """data.police.uk street-level crime, one month a partition; materialising a month loads its landed files again."""
    clock = Clock()
    feed = by_name(STREET)
    month = date.fromisoformat(f"{context.partition_key}-01")
    manifests = Landing(refresh.landing_folder).manifests()
    landed = [m for m in manifests if m.feed == STREET and m.vintage == month]
    if not landed:
        raise dg.Failure(f"No street file of {context.partition_key} is landed. Land one first: safer land FOLDER")
    with warehouse.get_connection() as con:
        done = load_files(con, refresh, feed, landed)
        tell_of_files(context, done)
        stop_if_held(refresh, done)
        yield dg.MaterializeResult(metadata={**month_metadata(con, month, done), **clock.measured()})
    yield from freshness_results(feed, raw_key(STREET), manifests, refresh)


def raw_assets() -> list[dg.AssetsDefinition]:
    """Every asset of this room."""
    return [*(feed_asset(feed) for feed in LOADED if feed.name != STREET), street_catch_up, street_month]


def still_to_load(con: Connection, refresh: BoardRefresh, feed: Feed) -> list[Manifest]:
    """The feed's landed files that are not loaded, or were judged by other rules than today's."""
    manifests = Landing(refresh.landing_folder).manifests()
    return pending(con, manifests, feed, refresh.settings().quality)


def load_files(con: Connection, refresh: BoardRefresh, feed: Feed, files: Sequence[Manifest]) -> list[Load]:
    """Load these files; nothing heavy is imported when there are none."""
    return list(load(con, Landing(refresh.landing_folder), feed, files, refresh.settings().quality)) if files else []


def summary(done: Sequence[Load]) -> str:
    """What was loaded, in a line."""
    if not done:
        return "nothing new"
    held = sum(item.held for item in done)
    rows = sum(item.rows_loaded for item in done)
    aside = sum(item.rows_quarantined for item in done)
    words = f"{counted(len(done) - held, 'file')}, {counted(rows, 'row')} loaded, {aside:,} quarantined"
    return f"{words}, {counted(held, 'file')} HELD BACK" if held else words


def tell_of_files(context: dg.AssetExecutionContext, done: Sequence[Load]) -> None:
    """A line of the log for each file that was read; a terminal shows the summary alone."""
    for item in done:
        words = f"held back: {item.why_held}" if item.held else f"loaded, {item.rows_quarantined:,} rows quarantined"
        about = known(feed=item.manifest.feed, file=item.manifest.name, rows=item.rows_loaded)
        context.log.debug(words, extra=about)


def stop_if_held(refresh: BoardRefresh, done: Sequence[Load]) -> None:
    """End the step where the gate holds a file back: what is downstream must not run on the rest without it.

    Raises:
        GateError: Names every such file, what is wrong with it and what to do.
    """
    held = [item for item in done if item.held]
    if held:
        found = [f"{item.manifest.name} ({item.manifest.file_id}): {item.why_held}" for item in held]
        advice = (
            f"Land a corrected file, and take the bad one out: safer set-aside {held[0].manifest.file_id} --why REASON "
            f'--partnership "{refresh.settings().folder}" --source "{refresh.source}" --store "{refresh.store}"'
        )
        raise GateError("\n".join([f"The quality gate holds back {counted(len(held), 'file')}.", *found, advice]))


def load_metadata(
    con: Connection, feed: Feed, done: Sequence[Load], clock: Clock
) -> dict[str, int | float | dg.MarkdownMetadataValue]:
    """Row counts, seconds, and the files of this run."""
    totals = con.execute(
        "select count(*), coalesce(sum(rows_loaded), 0), coalesce(sum(rows_quarantined), 0) from landing.loads "
        "where feed = ?",
        [feed.name],
    ).fetchone() or (0, 0, 0)
    rows = [
        (
            item.manifest.name,
            str(item.manifest.vintage)[:7],
            f"{item.manifest.rows:,}",
            f"{item.rows_loaded:,}",
            f"{item.rows_quarantined:,}",
            "held back" if item.held else "loaded",
        )
        for item in done
    ]
    return {
        **row_counts(int(totals[1])),
        **clock.measured(),
        "files": int(totals[0]),
        "rows_quarantined": int(totals[2]),
        **_counts(done),
        "loaded_now": dg.MetadataValue.md(
            markdown_table(("file", "vintage", "rows read", "loaded", "quarantined", "state"), rows)
        ),
    }


def month_metadata(con: Connection, month: date, done: Sequence[Load]) -> dict[str, int]:
    """Rows that a month of street crime has, of all forces, and what this run loaded of it."""
    found = con.execute("select count(*) from raw.police_uk_street where month = ?", [month]).fetchone()
    rows = int(found[0]) if found else 0
    return {"dagster/partition_row_count": rows, "rows": rows, **_counts(done)}


def gate_results(con: Connection, feed: Feed, key: dg.AssetKey) -> Iterator[dg.AssetCheckResult]:
    """The latest outcome of every rule over all landed files of the feed, as asset check results."""
    for rule in rules_of(feed.name):
        yield _result(con, rule, key)


def _result(con: Connection, rule: Expect, key: dg.AssetKey) -> dg.AssetCheckResult:
    rows = con.execute(
        "select files.name, results.status, results.examined, results.failed, results.message, results.severity "
        "from quality.results as results inner join landing.files as files on results.file_id = files.file_id "
        "where results.feed = ? and results.rule = ? order by results.failed desc, files.name",
        [rule.feed, rule.name],
    ).fetchall()
    wrong = [row for row in rows if row[1] != "passed"]
    severities = {row[5] for row in wrong}
    severity = dg.AssetCheckSeverity.ERROR if "ERROR" in severities else dg.AssetCheckSeverity.WARN
    if wrong:
        text = f"{len(wrong)} of {counted(len(rows), 'file')}. {wrong[0][0]}: {wrong[0][4]}"
    else:
        text = f"Holds in {counted(len(rows), 'file')}." if rows else "No file of this feed is landed."
    return dg.AssetCheckResult(
        check_name=rule.name,
        asset_key=key,
        passed=not wrong,
        severity=severity,
        description=text,
        metadata={
            "files": len(rows),
            "files_failed": len(wrong),
            "examined": sum(row[2] for row in rows),
            "failed": sum(row[3] for row in rows),
            "why": rule.why,
            "who_acts": rule.who,
            "found": dg.MetadataValue.md(
                markdown_table(
                    ("file", "status", "failed", "message"), [(row[0], row[1], row[3], row[4]) for row in wrong]
                )
            ),
        },
    )


def _of_month(done: Sequence[Load], month: date) -> list[Load]:
    return [item for item in done if item.manifest.vintage == month and not item.held]


def _counts(done: Sequence[Load]) -> dict[str, int]:
    return {
        "files_loaded_now": sum(not item.held for item in done),
        "rows_loaded_now": sum(item.rows_loaded for item in done),
        "rows_quarantined_now": sum(item.rows_quarantined for item in done),
    }
