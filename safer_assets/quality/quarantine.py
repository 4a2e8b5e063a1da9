"""Quarantine: where the rows go that break a rule, and the proof that no row went anywhere else.

What is here: writing quarantine.<feed> and counting read = loaded + quarantined. What is not: which rows break a rule
(gate.py) and loading the rest (feeds/, loading.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from safer_assets.errors import GateError
from safer_assets.quality.cells import literal, sql
from safer_assets.quality.expectations import RULES

QUARANTINE_COLUMNS: Final = (
    ("file_id", "VARCHAR"),
    ("sha256", "VARCHAR"),
    ("row_number", "INTEGER"),
    ("rule", "VARCHAR"),
    ("reason", "VARCHAR"),
    ("row_text", "VARCHAR"),
)
"""Name and DuckDB type of every column of quarantine.<feed>."""

HELD_BACK: Final = "file_held_back"
"""The rule under which rows stand that break none themselves, but whose file is held back."""

_FEEDS: Final = frozenset(rule.feed for rule in RULES)


def quarantine(con: duckdb.DuckDBPyConnection, feed: str, held: Mapping[str, str] | None = None) -> dict[str, int]:
    """Write the rows of `incoming` that break a row rule to quarantine.<feed>, in place of what it has of these files.

    A source row goes there once, with all rules it breaks, however many cells of it are wrong; its `row_text` is the
    row as JSON (a list of its cells where the feed unpivots a wide row). Every other row of a file that is held back
    goes there too, with the rule `file_held_back`, the rules that hold the file as its reason, and no text: the row
    stands unchanged in the landed file.

    Args:
        con: Connection with temp tables `incoming` and `failing` as `examine` leaves them, and landing.files.
        feed: Feed the batch belongs to.
        held: Files that are not loaded, with what holds them back (`held_files`).

    Returns:
        Source rows written, by file_id; a file without any is not in it.

    Raises:
        GateError: The feed has no rules, or a file of the batch is not in landing.files.
    """
    table = _table("quarantine", feed)
    _check_landed(con, feed)
    con.execute("create schema if not exists quarantine")
    con.execute(
        f"create table if not exists {table} ({', '.join(f'{name} {kind}' for name, kind in QUARANTINE_COLUMNS)})"
    )
    con.execute("create or replace temp table held_back (file_id varchar, reason varchar)")
    if held:
        con.executemany("insert into held_back values (?, ?)", [list(item) for item in held.items()])
    con.execute(sql(f"delete from {table}", "where file_id in (select file_id from incoming)"))  # noqa: S608 # a known feed
    con.execute(
        sql(
            "with",
            f"broken as ({_broken_rows(con)}),",
            f"held as ({_held_rows()}),",
            "gone as (select * from broken union all select * from held)",
            f"insert into {table}",
            "select gone.file_id, files.sha256, gone.row_number, gone.rule, gone.reason, gone.row_text",
            "from gone join landing.files as files using (file_id) order by gone.file_id, gone.row_number",
        )
    )
    counts = sql(
        f"select file_id, count(*) from {table}",  # noqa: S608 # a known feed
        "where file_id in (select file_id from incoming) group by file_id",
    )
    return dict(con.execute(counts).fetchall())


def _check_landed(con: duckdb.DuckDBPyConnection, feed: str) -> None:
    """Without its sha256 a quarantined row could not be traced to a file."""
    strays = con.execute(
        "select distinct file_id from incoming anti join landing.files using (file_id) order by file_id"
    ).fetchall()
    if strays:
        names = ", ".join(file_id for (file_id,) in strays)
        raise GateError(f"{feed}: rows were read from files that are not in landing.files ({names}). Land them first.")


def _broken_rows(con: duckdb.DuckDBPyConnection) -> str:
    """SQL of the source rows that break a row rule, each once."""
    columns = [
        name for name, *_ in con.execute("describe incoming").fetchall() if name not in ("file_id", "row_number")
    ]
    cells = "{" + ", ".join(f'{literal(name)}: i."{name}"' for name in columns) + "}"
    rules = sql(
        "select file_id, row_number, string_agg(distinct rule, ', ' order by rule) as rule,",
        "string_agg(distinct reason, '; ' order by reason) as reason",
        "from failing group by file_id, row_number",
    )
    texts = sql(
        "select i.file_id, i.row_number, case when count(*) = 1",
        f"then to_json(any_value({cells})) else to_json(list({cells})) end as row_text",
        "from incoming i semi join failing using (file_id, row_number) group by i.file_id, i.row_number",
    )
    return sql(
        "select file_id, row_number, rule, reason, cast(row_text as varchar) as row_text",
        f"from ({rules}) join ({texts}) using (file_id, row_number)",
    )


def _held_rows() -> str:
    """SQL of the rows that break nothing and whose file is held back all the same."""
    return sql(
        f"select distinct i.file_id, i.row_number, {literal(HELD_BACK)} as rule,",
        "'the whole file is held back by: ' || h.reason as reason, cast(null as varchar) as row_text",
        "from incoming i join held_back h using (file_id)",
        "anti join failing f on f.file_id = i.file_id and f.row_number = i.row_number",
    )


@dataclass(frozen=True)
class Conservation:
    """Where the rows of one landed file are; every number counts source rows, whatever a feed makes of one.

    Attributes:
        file_id: First 12 hex digits of the file's sha256.
        name: The file's name, for messages.
        read: Rows the landed file has.
        loaded: Rows of it in raw.<feed>.
        quarantined: Rows of it in quarantine.<feed>.
    """

    file_id: str
    name: str
    read: int
    loaded: int
    quarantined: int

    @property
    def holds(self) -> bool:
        """Whether every row is in exactly one of the two places."""
        return self.read == self.loaded + self.quarantined

    def __str__(self) -> str:
        """The sum in words."""
        return f"{self.name}: {self.read:,} rows read, {self.loaded:,} loaded, {self.quarantined:,} quarantined"


def conservation(con: duckdb.DuckDBPyConnection, feed: str, files: Sequence[str]) -> list[Conservation]:
    """Count the rows of landed files of a feed: what each has, what was loaded, what went to quarantine.

    `read` is what landing counted in the file itself, so rows lost while reading show too.

    Args:
        con: The warehouse.
        feed: Feed the files belong to.
        files: Their file_ids.

    Raises:
        GateError: The feed has no rules.
    """
    statement = sql(
        "select files.file_id, files.name, files.rows, coalesce(loaded.rows, 0), coalesce(quarantined.rows, 0)",
        "from landing.files as files",
        "left join (select file_id, count(distinct row_number) as rows",
        f"from {_table('raw', feed)} where list_contains($files, file_id) group by file_id) loaded using (file_id)",
        "left join (select file_id, count(*) as rows",
        f"from {_table('quarantine', feed)} where list_contains($files, file_id) group by file_id) quarantined",
        "using (file_id) where list_contains($files, files.file_id) order by files.name, files.file_id",
    )
    return [Conservation(*row) for row in con.execute(statement, {"files": list(files)}).fetchall()]


def _table(schema: str, feed: str) -> str:
    if feed not in _FEEDS:
        raise GateError(f"{feed}: there are no quality rules for this feed. Add them to quality/expectations.py.")
    return f"{schema}.{feed}"
