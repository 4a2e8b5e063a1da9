"""Build every model in one transaction, check it, and publish it only when no check of severity ERROR fails.

What is here: which models have changed, building, the checks. What is not: Dagster (graph/models.py).
"""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from safer_assets.models.computed import digest, step
from safer_assets.models.sql import Model, checks, models, sources
from safer_assets.warehouse import (
    Connection,
    count_rows,
    ensure_table,
    has_table,
    identifier,
    replace_table,
    transaction,
)

Table = tuple[Sequence[tuple[str, str]], Sequence[Sequence[object]]]
"""A small table to put in place: (column, DuckDB type) pairs and rows."""

EXAMPLES = 5
STATE = "quality.built_models"
RESULTS = "quality.model_results"


@dataclass(frozen=True)
class CheckResult:
    """What one check of the models found: `failed` rows are wrong, `examples` shows up to five of them."""

    check: str
    about: str
    severity: str
    failed: int
    examples: str
    why: str
    who: str

    @property
    def passed(self) -> bool:
        """Whether no row is wrong."""
        return self.failed == 0

    @property
    def message(self) -> str:
        """The result in a sentence."""
        if self.passed:
            return "No row is wrong."
        return f"{self.failed:,} rows are wrong, such as {self.examples}. {self.why}"


@dataclass(frozen=True)
class Build:
    """What a build did: the tables made anew, rows a table, every check's result, seconds for each that was made."""

    made: tuple[str, ...]
    rows: Mapping[str, int]
    results: tuple[CheckResult, ...]
    seconds: Mapping[str, float]

    @property
    def blocked_by(self) -> tuple[CheckResult, ...]:
        """The failed checks of severity ERROR; with any, nothing of the build was published."""
        return tuple(result for result in self.results if not result.passed and result.severity == "ERROR")


class _UnpublishedError(Exception):
    """Leaves the transaction, so that it is rolled back, with what was found."""

    def __init__(self, build: Build) -> None:
        super().__init__()
        self.build = build


def build(con: Connection, reference: Mapping[str, Table] | None = None) -> Build:
    """Build what has changed since the last published build: all of it, or (with a failed ERROR check) nothing.

    Args:
        con: The warehouse.
        reference: Small tables that the models read ('reference.meeting' among them), replaced in the same transaction:
            figures and the meeting they are made for are published together or not at all.
    """
    ensure_table(con, STATE, [("model", "VARCHAR"), ("fingerprint", "VARCHAR")])
    if ensure_table(con, RESULTS, [(name, "VARCHAR") for name in CheckResult.__dataclass_fields__]):
        con.execute("delete from quality.built_models")  # results that are gone are found again by building again
    try:
        with transaction(con):
            for table, (columns, rows) in (reference or {}).items():
                replace_table(con, table, columns, rows)
            return _build_stale(con)
    except _UnpublishedError as blocked:
        return blocked.build


def _build_stale(con: Connection) -> Build:
    prints = fingerprints(con)
    checks_print = _digest(check.fingerprint for check in checks())
    before = dict(con.execute("select model, fingerprint from quality.built_models").fetchall())
    stale = [m for m in models() if before.get(m.table) != prints[m.table] or not has_table(con, m.table)]
    seconds = {}
    for model in stale:
        began = time.monotonic()
        make(con, model)
        seconds[model.table] = round(time.monotonic() - began, 3)
    if stale or before.get("checks") != checks_print:
        results = (*(result for model in models() for result in _own_checks(con, model)), *run_checks(con))
        con.execute("delete from quality.built_models")
        con.executemany("insert into quality.built_models values (?, ?)", [*prints.items(), ("checks", checks_print)])
        con.execute("delete from quality.model_results")
        con.executemany(
            "insert into quality.model_results values (?, ?, ?, ?, ?, ?, ?)",
            [list(vars(result).values()) for result in results],
        )
    else:
        results = published_results(con)
    rows = {model.table: count_rows(con, model.table) for model in models() if not model.is_view}
    done = Build(tuple(model.table for model in stale), rows, results, seconds)
    if done.blocked_by:
        raise _UnpublishedError(done)
    return done


def fingerprints(con: Connection) -> dict[str, str]:
    """A digest a model, of its text and of everything below it: equal digests mean equal contents."""
    known = {table: _source_print(con, table) for table in sources(models())}
    for model in models():
        code = digest() if model.through else ""
        known[model.table] = _digest([model.fingerprint, code, *(known[table] for table in sorted(model.reads))])
    return {model.table: known[model.table] for model in models()}


def run_checks(con: Connection) -> tuple[CheckResult, ...]:
    """Run every file of dbt_like_sql/checks/."""
    return tuple(
        _result(con, check.sql, check.table, check.about, check.severity, check.why, check.who) for check in checks()
    )


def published_results(con: Connection) -> tuple[CheckResult, ...]:
    """The results of the last published build."""
    rows = con.execute("select * from quality.model_results").fetchall()
    return tuple(CheckResult(row[0], row[1], row[2], int(row[3]), *row[4:]) for row in rows)


def published_state(con: Connection) -> str:
    """A digest of what the last published build was made of and for which meeting: equal ones mean equal tables."""
    made = con.execute("select model, fingerprint from quality.built_models order by all").fetchall()
    return _digest([repr(made), repr(con.execute("select * from reference.meeting").fetchall())])


def own_check_names(model: Model) -> Sequence[str]:
    """Names of the checks that a model's header asks for."""
    names = [f"unique_{'_'.join(key)}" for key in model.unique]
    return [*names, "not_null"] if model.not_null else names


def make(con: Connection, model: Model) -> None:
    """Make one model's table or view, in place of an earlier one, with its documentation."""
    kind = "view" if model.is_view else "table"
    schema, name = model.table.split(".")
    found = con.execute(
        "select table_type from information_schema.tables where table_schema = ? and table_name = ?", [schema, name]
    ).fetchone()
    if found and (found[0] == "VIEW") != model.is_view:
        con.execute(f"drop {'view' if found[0] == 'VIEW' else 'table'} {identifier(model.table)}")
    if model.through:
        _compute(con, model)
    else:
        con.execute(f"create or replace {kind} {identifier(model.table)} as {model.sql}")
    con.execute(f"comment on {kind} {identifier(model.table)} is {_text(model.description)}")
    for column, meaning in model.columns.items():
        con.execute(f"comment on column {identifier(model.table)}.{identifier(column)} is {_text(meaning)}")


def _compute(con: Connection, model: Model) -> None:
    """The table of a computed model, its columns those of the header in their order."""
    made = step(model.through)(con.execute(model.sql).df())
    con.register("computed_rows", made)
    columns = ", ".join(identifier(column) for column in model.columns)
    con.execute(f"create or replace table {identifier(model.table)} as select {columns} from computed_rows")  # noqa: S608 # quoted
    con.unregister("computed_rows")


def _own_checks(con: Connection, model: Model) -> list[CheckResult]:
    table = identifier(model.table)
    found = []
    for key, name in zip(model.unique, own_check_names(model), strict=False):
        columns = ", ".join(identifier(column) for column in key)
        sql = f"select {columns}, count(*) as times from {table} group by {columns} having count(*) > 1"  # noqa: S608 # quoted
        why = f"One row per {', '.join(key)}: a second row would be counted twice."
        found.append(_result(con, sql, f"{model.table}.{name}", model.table, "ERROR", why, "team:data-engineering"))
    if model.not_null:
        empty = " or ".join(f"{identifier(column)} is null" for column in model.not_null)
        sql = f"select * from {table} where {empty}"  # noqa: S608 # quoted
        why = f"These columns are never empty: {', '.join(model.not_null)}."
        found.append(_result(con, sql, f"{model.table}.not_null", model.table, "ERROR", why, "team:data-engineering"))
    return found


def _result(con: Connection, sql: str, check: str, about: str, severity: str, why: str, who: str) -> CheckResult:
    wrong = f"({sql.strip().rstrip(';')}\n)"
    failed = con.execute(f"select count(*) from {wrong}").fetchone()  # noqa: S608 # our own files
    count = int(failed[0]) if failed else 0
    examples = ""
    if count:
        # In order, so that the same wrong rows are told in the same words by every run.
        rows = con.execute(
            f"select cast(to_json(wrong) as varchar) as example from {wrong} as wrong order by example limit {EXAMPLES}"  # noqa: S608
        ).fetchall()
        examples = "; ".join(row[0] for row in rows)
    return CheckResult(check, about, severity, count, examples, why, who)


def _source_print(con: Connection, table: str) -> str:
    """A feed's tables are known by the files loaded into them, which spares reading rows; others by rows."""
    if table.startswith(("raw.", "quarantine.")):
        rows = con.execute(
            "select file_id, rows_loaded, rows_quarantined, judged_by from landing.loads "
            "where feed = ? order by file_id",
            [table.split(".")[1]],
        ).fetchall()
        return _digest(str(row) for row in rows)
    row = con.execute(f"select count(*), cast(sum(hash(t)) as varchar) from {identifier(table)} as t").fetchone()  # noqa: S608
    return _digest([str(row)])


def _digest(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
