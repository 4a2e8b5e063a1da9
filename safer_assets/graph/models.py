"""Assets staging/* and marts/*: the SQL models, built together in one transaction.

What is here: specs made from the SQL files, and one step that builds them. What is not: SQL (dbt_like_sql/) and
building (models/).
"""

from collections.abc import Iterator
from itertools import dropwhile

import dagster as dg

from safer_assets.errors import GateError
from safer_assets.feeds import LOADED
from safer_assets.graph.metadata import row_counts, table_lineage, table_schema
from safer_assets.graph.raw import CATCH_UP, STREET, raw_key
from safer_assets.graph.reference import (
    MEETING_COLUMNS,
    TABLES,
    reference_results,
    reference_specs,
    reference_tables,
    run_tags,
)
from safer_assets.loading import FILE_COLUMNS, LOAD_COLUMNS
from safer_assets.logs import known
from safer_assets.models.build import CheckResult, build, own_check_names
from safer_assets.models.lineage import column_lineage
from safer_assets.models.sql import Model, checks, models
from safer_assets.quality.quarantine import QUARANTINE_COLUMNS
from safer_assets.refresh import BoardRefresh, today
from safer_assets.tags import BOARD_RUN
from safer_assets.warehouse import Connection, Warehouse, identifier


def table_key(table: str) -> dg.AssetKey:
    """The asset of 'schema.table'; manifest, loads and quarantine belong to the assets that write them."""
    schema, name = table.split(".")
    if schema == "landing":
        return dg.AssetKey(["landing", "files"])
    return dg.AssetKey(["raw" if schema == "quarantine" else schema, name])


def model_specs() -> list[dg.AssetSpec]:
    """One spec a model: dependencies, documentation and columns from the SQL file itself."""
    return [
        dg.AssetSpec(
            table_key(model.table),
            deps=_deps(model),
            description=_documentation(model),
            kinds={"duckdb", "sql"},
            metadata={
                "dagster/column_schema": table_schema((name, "", meaning) for name, meaning in model.columns.items()),
                "dagster/code_references": dg.CodeReferencesMetadataValue(
                    code_references=[dg.LocalFileCodeReference(file_path=str(model.path), line_number=1)]
                ),
                "materialised_as": "view" if model.is_view else "table",
            },
        )
        for model in models()
    ]


def model_check_specs() -> list[dg.AssetCheckSpec]:
    """The checks that headers ask for, and every file of dbt_like_sql/checks/."""
    own = [
        dg.AssetCheckSpec(name, asset=table_key(model.table), blocking=True, description=words)
        for model in models()
        for name, words in zip(own_check_names(model), _own_words(model), strict=True)
    ]
    files = [
        dg.AssetCheckSpec(
            check.name,
            asset=table_key(check.about),
            blocking=check.severity == "ERROR",
            description=f"{_sentence(check.description)} {check.why} Severity {check.severity}; who acts: {check.who}.",
            additional_deps=[
                table_key(table) for table in sorted(check.reads) if table_key(table) != table_key(check.about)
            ],
        )
        for check in checks()
    ]
    return [*own, *files]


def source_columns() -> dict[str, tuple[str, ...]]:
    """Columns of the tables below the models."""
    return {
        "landing.files": tuple(name for name, _ in FILE_COLUMNS),
        "landing.loads": tuple(name for name, _ in LOAD_COLUMNS),
        **{f"raw.{feed.name}": tuple(column.name for column in feed.raw_columns) for feed in LOADED},
        **{f"quarantine.{feed.name}": tuple(name for name, _ in QUARANTINE_COLUMNS) for feed in LOADED},
        **{f"reference.{name}": tuple(column for column, _, _ in columns) for name, (_, columns) in TABLES.items()},
    }


def _deps(model: Model) -> list[dg.AssetKey]:
    keys = {table_key(table) for table in model.reads}
    if raw_key(STREET) in keys:
        keys.add(CATCH_UP)
    return sorted(keys)


def _documentation(model: Model) -> str:
    """The header's sentences and the SELECT; the rest of the header is the asset's columns and checks."""
    select = "\n".join(dropwhile(lambda line: line.startswith("--"), model.sql.splitlines()))
    return f"{_sentence(model.description)}\n\n```sql\n{select}\n```"


def _sentence(text: str) -> str:
    """What a header says after 'schema.name: ', with the capital it has when it stands alone."""
    return f"{text[:1].upper()}{text[1:]}"


def _own_words(model: Model) -> list[str]:
    """What each check of own_check_names() holds, in a sentence."""
    words = [f"No two rows of {model.table} have the same {', '.join(key)}." for key in model.unique]
    if model.not_null:
        words.append(f"No row of {model.table} is empty in {', '.join(model.not_null)}.")
    return [f"{sentence} Severity ERROR; who acts: team:data-engineering." for sentence in words]


@dg.multi_asset(specs=[*reference_specs(), *model_specs()], check_specs=model_check_specs(), name="sql_models")
def sql_models(
    context: dg.AssetExecutionContext, refresh: BoardRefresh, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Put the meeting in place, build every model that has changed, check all, and publish all or nothing."""
    # Whether it is a board run is said when its pack is written: figures alone are no pack.
    tags = run_tags(refresh, today())
    context.instance.add_run_tags(context.run.run_id, {key: tags[key] for key in tags if key != BOARD_RUN})
    with warehouse.get_connection() as con:
        reference = reference_tables(con, refresh, today())
        outcome = build(con, reference)
        meeting = dict(zip(MEETING_COLUMNS, reference["reference.meeting"][1][0], strict=True))
        context.log.info(
            f"meeting of {meeting['meeting_date']}, data to {str(meeting['data_month'])[:7]}",
            extra=known(meeting=str(meeting["meeting_date"])),
        )
        context.log.info(f"{len(outcome.made)} of {len(models())} models built, {len(outcome.results)} checks")
        if outcome.blocked_by:
            # Nothing was published: no asset may look fresh. The checks say why, then the step fails.
            yield from (_check_result(result) for result in outcome.results)
            raise GateError("\n".join(f"{result.check}: {result.message}" for result in outcome.blocked_by))
        yield from reference_results(reference)
        columns = {model.table: tuple(model.columns) for model in models()} | source_columns()
        for model in models():
            yield dg.MaterializeResult(
                asset_key=table_key(model.table),
                metadata={
                    "dagster/column_schema": table_schema(
                        (name, kind, model.columns.get(name, "")) for name, kind in _types(con, model)
                    ),
                    "dagster/column_lineage": table_lineage(column_lineage(model, columns)),
                    "built_now": model.table in outcome.made,
                    "seconds": outcome.seconds.get(model.table, 0.0),
                    **({} if model.is_view else row_counts(outcome.rows[model.table])),
                },
            )
        yield from (_check_result(result) for result in outcome.results)


def _types(con: Connection, model: Model) -> list[tuple[str, str]]:
    rows = con.execute(f"describe {identifier(model.table)}").fetchall()
    return [(row[0], row[1]) for row in rows]


def _check_result(result: CheckResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=result.check.rsplit(".", 1)[-1],
        asset_key=table_key(result.about),
        passed=result.passed,
        severity=dg.AssetCheckSeverity[result.severity],
        description=result.message,
        metadata={
            "rows_wrong": result.failed,
            "examples": result.examples or "none",
            "why": result.why,
            "who_acts": result.who,
        },
    )
