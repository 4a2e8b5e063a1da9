"""The DuckDB warehouse: the only module that opens the database.

What is here: opening and closing, one refresh at a time, what is done about a damaged file, transactions, replacing a
slice, and the tables that are not models. What is not: what a feed's rows look like (feeds/) and what is computed from
them (dbt_like_sql/, models.py).
"""

import fcntl
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
from dagster_duckdb import DuckDBResource
from pydantic import Field

from safer_assets.errors import WarehouseError
from safer_assets.refresh import BoardRefresh

Connection = duckdb.DuckDBPyConnection

SCHEMAS = ("landing", "raw", "quarantine", "quality", "reference", "staging", "marts")

# What DuckDB 2.0 says where the bytes of its file are not what it wrote: found by damaging every block of a real file
# in turn. A lock, a missing right and a full disk are said in other words.
_DAMAGE = ("corrupt database file", "not a valid duckdb database file", "could not read enough bytes", "replaying wal")
_FULL = ("no space left", "disk quota")
_BLOCKED = "could not set lock"

# A reader such as `safer figures` is gone in less; a notebook that is left open is not waited for.
PATIENCE_SECONDS = 5.0


class Warehouse(DuckDBResource):
    """The partnership's DuckDB file. Differs from its parent in four ways that were measured to matter.

    The connection is closed also when an asset raises (the parent leaves the file locked), memory is bounded, the file
    follows from the refresh that is being run, and that is the only one for as long as it runs: two that took turns at
    the file, step by step, could each leave the other's figures half replaced.
    """

    refresh: dg.ResourceDependency[BoardRefresh]
    database: str = Field(default="", description="Set by the refresh: <store>/<partnership>/<sample or real>/.")
    memory_limit: str = Field(default="1GB", description="What DuckDB may use before it spills to disk.")

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        """Dagster's own frame round a run: here it keeps a second refresh out."""
        del context
        with only_refresh(self.refresh.home):
            yield self

    @contextmanager
    def get_connection(self) -> Iterator[Connection]:
        """An open connection with every schema in place; closed at the end whatever happens."""
        with open_warehouse(self.refresh, memory_limit=self.memory_limit) as con:
            yield con


@contextmanager
def open_warehouse(
    refresh: BoardRefresh, *, memory_limit: str = "1GB", read_only: bool = False
) -> Iterator[Connection]:
    """Open the refresh's warehouse, also outside Dagster (the command line); closed at the end whatever happens.

    A file that is damaged is moved aside and made anew, because all that it held is made from landing. Where the damage
    shows on opening, that is at once; where it shows later, the next refresh does it.

    Raises:
        WarehouseError: It is in use, damaged, or cannot be written.
    """
    path = refresh.warehouse_file
    if "?" in str(path):
        # DuckDB takes it for the beginning of options, and writes its log beside another name.
        raise WarehouseError(f"{path} has a question mark in its name. Choose another folder with --store.")
    if read_only and not path.exists():
        raise WarehouseError(f"{path} does not exist yet. Run a refresh first: make board")
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "preserve_insertion_order": "true",
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_connect(path, config, read_only=read_only)) as con:
            con.execute("set enable_progress_bar = false")
            if not read_only:
                for schema in SCHEMAS:
                    con.execute(f"create schema if not exists {schema}")
            yield con
    except duckdb.Error as error:
        words = str(error).lower()
        if _is_damage(error, path):
            if read_only:
                raise WarehouseError(
                    f"{path} is damaged ({_first_line(error)}). The next refresh makes it anew from what is landed: "
                    "make board"
                ) from error
            said = _move_aside(path, error, next_step="Run the refresh again: it is then made anew.")
            raise WarehouseError(said) from error
        if any(said in words for said in _FULL):
            raise WarehouseError(
                f"the disk of {path} is full ({_first_line(error)}). What was in the warehouse before is as it was. "
                "Make room, then run again."
            ) from error
        if isinstance(error, duckdb.IOException) and path.name in words:
            raise WarehouseError(
                f"{path} cannot be used: {_first_line(error)}. Correct that, then run again."
            ) from error
        raise


def damaged_copies(refresh: BoardRefresh) -> list[Path]:
    """Files that were moved aside because they were damaged; they are kept until somebody removes them."""
    path = refresh.warehouse_file
    return sorted(path.parent.glob(f"{path.name}.damaged-*"))


@contextmanager
def only_refresh(home: Path) -> Iterator[None]:
    """Keep every other refresh of a partnership's store out for as long as the block runs.

    The lock ends with the process that holds it. It stands beside the store, which may be empty, or not be there yet.

    Raises:
        WarehouseError: Another refresh, a backup or a restore is under way.
    """
    lock = home.with_name(f".{home.name}.lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise WarehouseError(
                    f"another refresh or a backup of {home} is under way. Wait until it has ended (see Runs in "
                    "the UI), then try again."
                ) from error
            yield
    except OSError as error:
        if error.filename != str(lock) and error.filename != str(lock.parent):
            raise
        raise WarehouseError(
            f"{lock.parent} cannot be written ({error.strerror}). Nothing was changed. Correct that, then run again."
        ) from error


def _connect(path: Path, config: dict[str, str | bool | int | float | list[str]], *, read_only: bool) -> Connection:
    """Open the file: wait a little for who has it open, and make it anew where it is damaged."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.Error as error:
            if _BLOCKED in str(error).lower():
                if time.monotonic() < until:
                    time.sleep(0.2)
                    continue
                holder = str(error).partition("Conflicting lock is held in ")[2].partition(" See also")[0]
                raise WarehouseError(
                    f"{path} is open in another program ({holder or 'unknown'}). Close it, or wait until it has ended, "
                    "then try again."
                ) from error
            if read_only or not _is_damage(error, path):
                raise
            dg.get_dagster_logger().warning(_move_aside(path, error, next_step="It is made anew."))


def _is_damage(error: duckdb.Error, path: Path) -> bool:
    """Whether the file's bytes are wrong; a short read of another file, such as a landed one, is not about it."""
    words = str(error).lower()
    of_this = "could not read enough bytes" not in words or str(path).lower() in words
    return of_this and any(said in words for said in _DAMAGE)


def _move_aside(path: Path, error: duckdb.Error, *, next_step: str) -> str:
    """Move a damaged file and its log aside, and say what became of it."""
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    log = path.with_name(f"{path.name}.wal")
    path.replace(aside)
    if log.exists():
        log.replace(aside.with_name(f"{aside.name}.wal"))
    return (
        f"{path} is damaged ({_first_line(error)}) and was moved to {aside.name}. All that it held is made from what "
        f"is landed. {next_step}"
    )


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].rstrip(".")


@contextmanager
def transaction(con: Connection) -> Iterator[None]:
    """All or nothing: what is done inside is committed at the end, or rolled back when anything is raised."""
    con.execute("begin transaction")
    try:
        yield
    except BaseException:
        # After a fault of the disk DuckDB has rolled back and takes no more orders: what went wrong is to be heard.
        with suppress(duckdb.Error):
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


def read_through(con: Connection) -> None:
    """Read every row of every table, so that damage anywhere in the file shows."""
    tables = con.execute("select schema_name || '.' || table_name from duckdb_tables() where not temporary").fetchall()
    for (table,) in tables:
        con.execute(f"select count(hash(t)) from {identifier(table)} as t").fetchone()  # noqa: S608 # quoted by identifier()


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
