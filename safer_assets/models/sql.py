"""One SQL file as a model or a check: its name, its documentation and the tables it reads, all from the file itself.

What is here: the header's directives and their parsing. What is not: running anything.

The header is the comment block at the top: `-- schema.name: one sentence`, more sentences, then directives. For models:
`@column name  meaning` for every column, `@view` for a view in place of a table, `@through name` for a table whose rows
a pure function makes from those of the SELECT (computed.py), `@check unique a, b`, `@check not_null a, b`. For checks:
`@about table`, `@severity ERROR|WARN`, `@why sentence`, `@who team:...`.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import sqlglot
from sqlglot import exp

from safer_assets.errors import SettingsError

FOLDER = Path(__file__).resolve().parents[2] / "dbt_like_sql"
CHECKS = "checks"


@dataclass(frozen=True)
class SqlFile:
    """What one file of dbt_like_sql/ says: `table` is 'schema.name', `reads` the tables its SELECT names."""

    table: str
    path: Path
    sql: str
    description: str
    reads: frozenset[str]
    selects: tuple[str, ...]
    directives: Mapping[str, tuple[str, ...]] = field(repr=False)

    @property
    def name(self) -> str:
        """The file's own name, without folder and ending."""
        return self.table.split(".")[1]

    @property
    def fingerprint(self) -> str:
        """Changes when the file's text changes."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    def one(self, directive: str) -> str:
        """The only value of a directive; SettingsError where it is missing or stands twice."""
        values = self.directives.get(directive, ())
        if len(values) != 1:
            raise SettingsError(
                f"{self.path.name}: the header must have one line '-- @{directive} ...', it has {len(values)}."
            )
        return values[0]


@dataclass(frozen=True)
class Model(SqlFile):
    """A table or view of the warehouse; `columns` maps every column to its meaning, `unique` lists key columns.

    `through` names the function of computed.py that makes the table from what the SELECT gives; empty for most.
    """

    columns: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_view: bool = False
    unique: tuple[tuple[str, ...], ...] = ()
    not_null: tuple[str, ...] = ()
    through: str = ""


@dataclass(frozen=True)
class Check(SqlFile):
    """A query that returns the rows that are wrong; ERROR keeps the whole build from being published."""

    about: str = ""
    severity: str = "ERROR"
    why: str = ""
    who: str = ""


def read_file(path: Path) -> Model | Check:
    """Read one file; SettingsError names what its header lacks."""
    text = path.read_text(encoding="utf-8")
    table = f"{path.parent.name}.{path.stem}"
    header = [line.removeprefix("--").strip() for line in _leading_comments(text)]
    if not header or not header[0].startswith(f"{table}:"):
        raise SettingsError(f"{path.name}: the first line must be '-- {table}: one sentence'.")
    prose = [line for line in header if not line.startswith("@")]
    directives: dict[str, tuple[str, ...]] = {}
    for line in header:
        if line.startswith("@"):
            key, _, value = line.removeprefix("@").partition(" ")
            directives[key] = (*directives.get(key, ()), value.strip())
    query = sqlglot.parse_one(text, read="duckdb")
    base = SqlFile(
        table=table,
        path=path,
        sql=text,
        description=" ".join(prose).removeprefix(f"{table}:").strip(),
        reads=_tables_of(query),
        selects=tuple(query.named_selects) if isinstance(query, exp.Query) else (),
        directives=directives,
    )
    common = vars(base)
    if path.parent.name == CHECKS:
        return Check(
            **common, about=base.one("about"), severity=base.one("severity"), why=base.one("why"), who=base.one("who")
        )
    columns = dict(_split_column(value) for value in directives.get("column", ()))
    through = base.one("through") if "through" in directives else ""
    undocumented = [name for name in base.selects if not through and name != "*" and name not in columns]
    if undocumented:
        raise SettingsError(f"{path.name}: no '-- @column' line for {', '.join(undocumented)}.")
    checks = [value.partition(" ") for value in directives.get("check", ())]
    return Model(
        **common,
        columns=columns,
        is_view="view" in directives,
        unique=tuple(_names(rest) for kind, _, rest in checks if kind == "unique"),
        not_null=tuple(name for kind, _, rest in checks if kind == "not_null" for name in _names(rest)),
        through=through,
    )


def read_tables(sql: str) -> frozenset[str]:
    """The tables that a SELECT names, as 'schema.name'."""
    return _tables_of(sqlglot.parse_one(sql, read="duckdb"))


def _tables_of(query: exp.Expr) -> frozenset[str]:
    return frozenset(f"{found.db}.{found.name}" for found in query.find_all(exp.Table) if found.db)


@cache
def models() -> tuple[Model, ...]:
    """Every model, in an order in which each comes after all that it reads."""
    found = {file.table: file for file in _files() if isinstance(file, Model)}
    order = TopologicalSorter({table: sorted(model.reads & found.keys()) for table, model in sorted(found.items())})
    return tuple(found[table] for table in order.static_order())


@cache
def checks() -> tuple[Check, ...]:
    """Every check of dbt_like_sql/checks/, by name."""
    return tuple(file for file in _files() if isinstance(file, Check))


def sources(of: Sequence[SqlFile]) -> frozenset[str]:
    """The tables that these files read and none of them makes."""
    made = {file.table for file in of}
    return frozenset(table for file in of for table in file.reads if table not in made)


@cache
def _files() -> tuple[Model | Check, ...]:
    return tuple(read_file(path) for path in sorted(FOLDER.glob("*/*.sql")))


def _leading_comments(text: str) -> Iterable[str]:
    for line in text.splitlines():
        if not line.startswith("--"):
            return
        yield line


def _split_column(value: str) -> tuple[str, str]:
    name, _, meaning = value.partition(" ")
    return name, meaning.strip()


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(","))
