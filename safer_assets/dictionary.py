"""The generated pages of the documentation: every table and column, and every rule. `make docs` writes both.

What is here: putting together what the rooms already say of themselves (feeds, SQL headers, rules, reference tables) as
Markdown. What is not: any description of its own, except of the few tables that no other room describes. A test fails
when a page on disk is not what these functions give.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from safer_assets.feeds import ALL, LOADED
from safer_assets.graph.reference import TABLES
from safer_assets.loading import FILE_COLUMNS, FILES, LOAD_COLUMNS, LOADS, NOT_USED, NOT_USED_COLUMNS, prepare
from safer_assets.loading import RESULT_COLUMNS as GATE_COLUMNS
from safer_assets.loading import RESULTS as GATE_RESULTS
from safer_assets.models.build import RESULTS as CHECK_RESULTS
from safer_assets.models.build import STATE, CheckResult, make
from safer_assets.models.sql import Model, checks, models
from safer_assets.quality import RULES, describe_rules
from safer_assets.quality.quarantine import QUARANTINE_COLUMNS
from safer_assets.reference import comparability_breaks, indicators
from safer_assets.warehouse import SCHEMAS, identifier, replace_table

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"

Column = tuple[str, str, str]
"""Name, DuckDB type and meaning."""

MADE_BY: Final = "Made by `make docs` from the code itself; edit the code, not this page."

# Tables of the rooms' own bookkeeping. Names and types come from the code that writes them; a column without a meaning
# here stops the page from being made.
BOOKKEEPING: Final[Mapping[str, tuple[str, tuple[tuple[str, str], ...], Mapping[str, str]]]] = {
    FILES: (
        "Every landed file, one row a file.",
        FILE_COLUMNS,
        {
            "file_id": "First 12 hex digits of the sha256.",
            "sha256": "Of the file's content, unpacked.",
            "feed": "Feed that knows the file.",
            "scheme": "Publisher's edition of its categories; empty where the feed has none.",
            "first_month": "First of the first month in the file; empty for what has no months.",
            "vintage": "First of the last month in the file.",
            "historical": "Whether it spans more than 36 months.",
            "rows": "Data rows.",
            "columns": "Headings as published.",
            "name": "Path in the source, members of archives after `!`.",
            "bytes": "Size.",
            "landed_at": "When it was landed, UTC.",
            "available_from": "First day on which an as-at read may use it; empty for never.",
            "force": "Police force, of a data.police.uk file.",
            "refreshed": "Publisher's own date in the file, where it has one.",
            "is_loaded": "Whether rows of its feed reach the warehouse; other feeds are landed only.",
        },
    ),
    LOADS: (
        "What became of the rows of every loaded file: rows read = rows loaded + rows quarantined.",
        LOAD_COLUMNS,
        {
            "file_id": "Key of landing.files.",
            "feed": "Feed of the file.",
            "rows_read": "Data rows of the landed file.",
            "rows_loaded": "Rows of it in `raw.<feed>`.",
            "rows_quarantined": "Rows of it in `quarantine.<feed>`.",
            "held": "Whether the gate holds the whole file back, so that none of it is loaded.",
            "judged_by": "Version of readers, rules, reference data and limits; files of another one are judged again.",
        },
    ),
    NOT_USED: (
        "Files of the last source that were kept out.",
        NOT_USED_COLUMNS,
        {
            "state": "refused (its feed must refuse it, or nobody can read it) or unknown (no feed knows it).",
            "name": "Path in the source.",
            "reason": "Why, and what to do.",
        },
    ),
    GATE_RESULTS: (
        "The quality gate's verdicts, one row a rule and file.",
        GATE_COLUMNS,
        {
            "file_id": "Key of landing.files.",
            "feed": "Feed of the file.",
            "rule": "Name of the rule.",
            "severity": "ERROR or WARN; always ERROR where the rule could not be evaluated.",
            "status": "passed, failed or errored (could not be evaluated).",
            "examined": "Rows the rule looked at.",
            "failed": "Rows that break it; 1 where the file as a whole does.",
            "examples": "Up to five reasons with the row each was first seen in.",
            "message": "All of this in words, with the next step and who takes it.",
        },
    ),
    CHECK_RESULTS: (
        "What the checks of the models found at the last published build.",
        tuple((name, "VARCHAR") for name in CheckResult.__dataclass_fields__),
        {
            "check": "Name of the check.",
            "about": "Table it is about.",
            "severity": "ERROR or WARN.",
            "failed": "Rows that are wrong.",
            "examples": "Up to five of them, as JSON.",
            "why": "What a failure means.",
            "who": "Who acts.",
        },
    ),
    STATE: (
        "Which state of each model is published, so that only what changed is built again.",
        (("model", "VARCHAR"), ("fingerprint", "VARCHAR")),
        {
            "model": "Table, or `checks` for all checks together.",
            "fingerprint": "Digest of its SQL and of everything below it.",
        },
    ),
}

QUARANTINE: Final[Mapping[str, str]] = {
    "file_id": "Key of landing.files.",
    "sha256": "Of the file the row stands in.",
    "row_number": "Data row in the file; 1 is the first row after the header.",
    "rule": "Rules it breaks; `file_held_back` where only its file does.",
    "reason": "What is wrong, in words.",
    "row_text": "The row as JSON; empty where only its file is held back.",
}

ROOMS: Final[Mapping[str, str]] = {
    "landing": "Files as they came in.",
    "raw": "Every row of every loaded file, typed; one table a feed.",
    "quarantine": "Rows that break a rule, and all rows of a file that is held back.",
    "quality": "What the gate and the checks found.",
    "reference": "The field's knowledge, this partnership and this meeting, as tables that the SQL reads.",
    "staging": "One row a source row: renamed, typed, placed.",
    "marts": "What people read.",
}


def data_dictionary() -> str:
    """docs/data-dictionary.md: indicators, feeds, and every table and column of the warehouse."""
    tables = _tables()
    parts = [f"# Data dictionary\n\n{MADE_BY}", _indicators(), _breaks(), _feeds(), "## The warehouse"]
    for room, words in ROOMS.items():
        parts.append(f"### {room}\n\n{words}")
        parts += [
            f"#### `{table}`\n\n{description}\n\n{_table(('column', 'type', 'meaning'), _coded(columns))}"
            for table, (description, columns) in tables.items()
            if table.startswith(f"{room}.")
        ]
    return "\n\n".join(parts) + "\n"


def quality_rules() -> str:
    """docs/quality-rules.md: every rule of the gate and every check of the models, with who acts."""
    of_models = [
        (f"`{check.name}`", f"`{check.about}`", _sentence(check.description), check.severity, check.why, check.who)
        for check in checks()
    ]
    keys = [
        (f"`{model.table}`", "; ".join(", ".join(key) for key in model.unique), ", ".join(model.not_null))
        for model in _models()
        if model.unique or model.not_null
    ]
    parts = [
        f"# Quality rules\n\n{MADE_BY}",
        "An ERROR holds the whole file back and ends the refresh; what was published last stays. A WARN does neither: "
        "the pack lists it. A rule of scope `row` marks the rows that break it: with WARN they go to quarantine and "
        "the rest of the file loads. A rule of scope `file` speaks about the file and marks no row. A rule that could "
        "not be evaluated is an ERROR, whatever its severity.",
        f"## The gate: {len(RULES)} rules\n\n{describe_rules().rstrip()}",
        f"## Checks of the models: {len(of_models)} files of `dbt_like_sql/checks/`\n\n"
        "Each returns the rows that are wrong. An ERROR keeps the whole build from being published.\n\n"
        + _table(("check", "about", "wrong rows", "severity", "why", "who"), of_models),
        "## Keys of the models\n\nAsked for in the models' own headers; a row that breaks one is an ERROR.\n\n"
        + _table(("model", "unique", "never empty"), keys),
    ]
    return "\n\n".join(parts) + "\n"


PAGES: Final = {"data-dictionary.md": data_dictionary, "quality-rules.md": quality_rules}
"""File name in docs/ and the function that gives its text."""


def main() -> None:
    """Write the generated pages."""
    for name, text in PAGES.items():
        (DOCS / name).write_text(text(), encoding="utf-8")


def _tables() -> dict[str, tuple[str, tuple[Column, ...]]]:
    """Every table of the warehouse, in the order of the rooms: its description and columns."""
    found: dict[str, tuple[str, tuple[Column, ...]]] = {
        table: (description, tuple((name, kind, meanings[name]) for name, kind in columns))
        for table, (description, columns, meanings) in BOOKKEEPING.items()
    }
    quarantined = tuple((name, kind, QUARANTINE[name]) for name, kind in QUARANTINE_COLUMNS)
    for feed in LOADED:
        columns = tuple((column.name, column.type, column.description) for column in feed.raw_columns)
        found[f"raw.{feed.name}"] = (f"{feed.title} ({feed.publisher}).", columns)
    found["quarantine.<feed>"] = ("One table a loaded feed, all alike.", quarantined)
    found |= {f"reference.{name}": table for name, table in TABLES.items()}
    types = _model_types()
    for model in _models():
        columns = tuple((name, types[model.table][name], meaning) for name, meaning in model.columns.items())
        found[model.table] = (_sentence(model.description), columns)
    return found


def _models() -> Sequence[Model]:
    return sorted(models(), key=lambda model: model.table)


def _model_types() -> dict[str, dict[str, str]]:
    """Types of the models' columns, which only DuckDB knows: the models are made over empty tables, and it is asked."""
    import duckdb  # in memory: no warehouse is opened

    with duckdb.connect() as con:
        for schema in SCHEMAS:
            con.execute(f"create schema {identifier(schema)}")
        prepare(con, LOADED)
        for name, (_, columns) in TABLES.items():
            replace_table(con, f"reference.{name}", [(column, kind) for column, kind, _ in columns], [])
        types: dict[str, dict[str, str]] = {}
        for model in models():
            make(con, model)
            described = con.execute(f"describe {identifier(model.table)}").fetchall()
            types[model.table] = {row[0]: row[1] for row in described}
    return types


def _indicators() -> str:
    rows = [
        (
            *(f"`{item.indicator}`", item.name, item.definition, item.counted, ", ".join(item.feeds), item.good),
            *(item.disclosure_class, "yes" if item.percent else "no", item.comparator),
        )
        for item in sorted(indicators(), key=lambda item: item.position)
    ]
    head = (
        "## Indicators\n\nFrom `safer_assets/reference/indicators.csv`. Feeds are in order of preference; one series "
        "never mixes two. Good is the direction that is good. Class: A open police count, B partner aggregate, C "
        "sensitive.\n\n"
    )
    titles = ("indicator", "name", "definition", "counted", "feeds", "good", "class", "percentage", "comparator")
    return head + _table(titles, rows)


def _breaks() -> str:
    rows = [
        (
            *(item.name, f"{item.first_month:%Y-%m}", ", ".join(item.indicators), ", ".join(item.feeds) or "all"),
            *(item.geography, item.why),
        )
        for item in comparability_breaks()
    ]
    head = "## Comparability breaks\n\nFrom `safer_assets/reference/comparability_breaks.csv`.\n\n"
    return head + _table(("break", "first month after", "indicators", "feeds", "geography", "why"), rows)


def _feeds() -> str:
    rows = [
        (f"`{feed.name}`", f"[{feed.title}]({feed.url})", feed.publisher, feed.licence, "yes" if feed.loaded else "no")
        for feed in ALL
    ]
    head = "## Feeds\n\nEvery feed is recognised, described and landed; not every feed's rows are loaded.\n\n"
    return head + _table(("feed", "title", "publisher", "licence", "loaded"), rows)


def _sentence(text: str) -> str:
    """A header's text, which follows the table's name there, as a sentence of its own."""
    return text if text.startswith("data.police.uk") else text[:1].upper() + text[1:]


def _coded(columns: Iterable[Column]) -> list[Column]:
    return [(f"`{name}`", kind, meaning) for name, kind, meaning in columns]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    main()
