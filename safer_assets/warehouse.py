"""The DuckDB warehouse: the only module that opens the database.

What is here: opening and closing, transactions, replacing a slice, and the tables that are not models. What is not:
what a feed's rows look like (feeds/) and what is computed from them (dbt_like_sql/, models.py).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import dagster as dg
import duckdb
from dagster_duckdb import DuckDBResource
from pydantic import Field

from safer_assets.errors import SaferError
from safer_assets.refresh import BoardRefresh

Connection = duckdb.DuckDBPyConnection

SCHEMAS = ("landing", "raw", "quarantine", "quality", "reference", "staging", "marts")


class Warehouse(DuckDBResource):
    """The partnership's DuckDB file. Differs from its parent in three ways that were measured to matter.

    The connection is closed also when an asset raises (the parent leaves the file locked), memory is bounded, and the
    file follows from the refresh that is being run.
    """

    refresh: dg.ResourceDependency[BoardRefresh]
    database: str = Field(default="", description="Set by the refresh: <store>/<partnership>/<sample or real>/.")
    memory_limit: str = Field(default="1GB", description="What DuckDB may use before it spills to disk.")

    @contextmanager
    def get_connection(self) -> Iterator[Connection]:
        """An open connection with every schema in place; closed at the end whatever happens."""
        with open_warehouse(self.refresh, memory_limit=self.memory_limit) as con:
            yield con


@contextmanager
def open_warehouse(
    refresh: BoardRefresh, *, memory_limit: str = "1GB", read_only: bool = False
) -> Iterator[Connection]:
    """Open the refresh's warehouse, also outside Dagster (the command line); closed at the end whatever happens."""
    path = refresh.warehouse_file
    if read_only and not path.exists():
        raise SaferError(f"{path} does not exist yet. Run a refresh first: make board")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        con = duckdb.connect(
            str(path), read_only=read_only, config={"memory_limit": memory_limit, "preserve_insertion_order": "true"}
        )
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise SaferError(
                f"{path} is in use by another refresh. Wait until it has ended (see Runs in the UI), then try again."
            ) from error
        raise SaferError(
            f"{path} cannot be opened: {error}. It holds nothing that is not landed: move it away and refresh again."
        ) from error
    try:
        con.execute("set enable_progress_bar = false")
        if not read_only:
            for schema in SCHEMAS:
                con.execute(f"create schema if not exists {schema}")
        yield con
    finally:
        con.close()


@contextmanager
def transaction(con: Connection) -> Iterator[None]:
    """All or nothing: what is done inside is committed at the end, or rolled back when anything is raised."""
    con.execute("begin transaction")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


def identifier(name: str) -> str:
    """A schema, table or column name, quoted for SQL. Names come from our own files; a stray quote is still refused."""
    if '"' in name or "\x00" in name:
        raise ValueError(f"not a name for a table or column: {name!r}")
    return ".".join(f'"{part}"' for part in name.split("."))


def has_table(con: Connection, table: str) -> bool:
    """Whether a table or view 'schema.name' exists."""
    schema, name = table.split(".")
    return (
        con.execute(
            "select 1 from information_schema.tables where table_schema = ? and table_name = ?", [schema, name]
        ).fetchone()
        is not None
    )


def ensure_table(con: Connection, table: str, columns: Sequence[tuple[str, str]]) -> bool:
    """Create 'schema.name' with (column, DuckDB type) pairs where it is not there yet; True where it was made now.

    One with other columns or types is of another version of this platform, and is made anew; the caller sees to it that
    what it held is made again.
    """
    schema, bare = table.split(".")
    held = con.execute(
        "select column_name, data_type from information_schema.columns where table_schema = ? and table_name = ? "
        "order by ordinal_position",
        [schema, bare],
    ).fetchall()
    if held == list(columns):
        return False
    if held:
        con.execute(f"drop table {identifier(table)}")
    body = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns)
    con.execute(f"create table {identifier(table)} ({body})")
    return True


def count_rows(con: Connection, table: str) -> int:
    """Rows in a table or view."""
    row = con.execute(f"select count(*) from {identifier(table)}").fetchone()  # noqa: S608 # quoted by identifier()
    return int(row[0]) if row else 0


def replace_table(
    con: Connection, table: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[object]]
) -> None:
    """Replace a small table (reference data, the manifest) by these rows, inside the caller's transaction."""
    con.execute(f"drop table if exists {identifier(table)}")
    ensure_table(con, table, columns)
    if rows:
        marks = ", ".join("?" for _ in columns)
        con.executemany(f"insert into {identifier(table)} values ({marks})", [list(row) for row in rows])  # noqa: S608 # quoted
