"""Landed files into the warehouse: read, examined, split into loaded and quarantined rows, one transaction a batch.

What is here: which landed files are still to be loaded, and the one way a file reaches raw.<feed>. What is not: how a
file is read (feeds/), what is wrong with a row (quality/), landing itself (landing/).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from safer_assets.feeds import by_name
from safer_assets.feeds.base import Feed
from safer_assets.landing import Landing, Manifest, Refusal
from safer_assets.quality import Limits, Outcome, conservation, examine, held_files, quarantine
from safer_assets.quality.quarantine import QUARANTINE_COLUMNS
from safer_assets.warehouse import Connection, ensure_table, identifier, replace_table, transaction

# A batch shares one validation a rule; this many rows keep it under 300 MB of memory.
BATCH_ROWS = 300_000

FILE_COLUMNS = (
    ("file_id", "VARCHAR"),
    ("sha256", "VARCHAR"),
    ("feed", "VARCHAR"),
    ("scheme", "VARCHAR"),
    ("first_month", "DATE"),
    ("vintage", "DATE"),
    ("historical", "BOOLEAN"),
    ("rows", "BIGINT"),
    ("columns", "VARCHAR[]"),
    ("name", "VARCHAR"),
    ("bytes", "BIGINT"),
    ("landed_at", "TIMESTAMP"),
    ("available_from", "DATE"),
    ("force", "VARCHAR"),
    ("refreshed", "DATE"),
    ("is_loaded", "BOOLEAN"),
)
LOAD_COLUMNS = (
    ("file_id", "VARCHAR"),
    ("feed", "VARCHAR"),
    ("rows_read", "BIGINT"),
    ("rows_loaded", "BIGINT"),
    ("rows_quarantined", "BIGINT"),
    ("held", "BOOLEAN"),
    ("judged_by", "VARCHAR"),
)
RESULT_COLUMNS = (
    ("file_id", "VARCHAR"),
    ("feed", "VARCHAR"),
    ("rule", "VARCHAR"),
    ("severity", "VARCHAR"),
    ("status", "VARCHAR"),
    ("examined", "BIGINT"),
    ("failed", "BIGINT"),
    ("examples", "VARCHAR"),
    ("message", "VARCHAR"),
)
NOT_USED_COLUMNS = (("state", "VARCHAR"), ("name", "VARCHAR"), ("reason", "VARCHAR"))
FILES, LOADS, RESULTS, NOT_USED = "landing.files", "landing.loads", "quality.results", "landing.not_used"


@dataclass(frozen=True)
class Load:
    """What became of one file: rows read = loaded + quarantined; `why_held` is empty unless the gate holds it back."""

    manifest: Manifest
    rows_loaded: int
    rows_quarantined: int
    why_held: str

    @property
    def held(self) -> bool:
        """Whether the gate holds the file back, so that nothing of it is loaded."""
        return bool(self.why_held)


def prepare(con: Connection, feeds: Iterable[Feed]) -> None:
    """Create the tables that files are loaded into, where they are not there yet.

    Where one is of another version of this platform, and so was made anew, every file is loaded again.
    """
    ensure_table(con, FILES, FILE_COLUMNS)
    ensure_table(con, LOADS, LOAD_COLUMNS)
    ensure_table(con, NOT_USED, NOT_USED_COLUMNS)
    made = [ensure_table(con, RESULTS, RESULT_COLUMNS)]
    for feed in feeds:
        made.append(ensure_table(con, f"raw.{feed.name}", [(column.name, column.type) for column in feed.raw_columns]))
        made.append(ensure_table(con, f"quarantine.{feed.name}", QUARANTINE_COLUMNS))
    if any(made):
        con.execute("delete from landing.loads")


def register(
    con: Connection, manifests: Sequence[Manifest], feeds: Sequence[Feed], not_used: Sequence[tuple[str, Refusal]] = ()
) -> None:
    """Make landing.files say what is landed, and take out of the warehouse what is not landed any more.

    Args:
        con: The warehouse.
        manifests: Every landed file.
        feeds: The feeds whose rows are loaded.
        not_used: Files of the source that were kept out: 'refused' or 'unknown', and why.
    """
    with transaction(con):
        prepare(con, feeds)
        replace_table(con, FILES, FILE_COLUMNS, [_file_row(manifest) for manifest in manifests])
        replace_table(con, NOT_USED, NOT_USED_COLUMNS, [(state, item.name, item.reason) for state, item in not_used])
        tables = [LOADS, RESULTS, *(f"{schema}.{feed.name}" for feed in feeds for schema in ("raw", "quarantine"))]
        for table in tables:
            landed = "select file_id from landing.files"
            con.execute(f"delete from {identifier(table)} where file_id not in ({landed})")  # noqa: S608 # quoted


def pending(con: Connection, manifests: Iterable[Manifest], feed: Feed, limits: Limits) -> list[Manifest]:
    """The feed's landed files that are still to be loaded.

    These are new ones, ones that the gate held back before, and ones that were read or judged by other code, reference
    data or limits than today's: a corrected reader must not leave its old numbers standing.
    """
    loaded = {
        row[0]
        for row in con.execute(
            "select file_id from landing.loads where feed = ? and not held and judged_by = ?",
            [feed.name, judged_by(limits)],
        ).fetchall()
    }
    return [manifest for manifest in manifests if manifest.feed == feed.name and manifest.file_id not in loaded]


def judged_by(limits: Limits) -> str:
    """Changes with everything that decides what a file's rows become: readers, rules, reference data and limits."""
    return f"{_code()}-{hashlib.sha256(repr(limits).encode()).hexdigest()[:8]}"


@cache
def _code() -> str:
    digest = hashlib.sha256()
    here = Path(__file__).parent
    rooms = ("feeds/*.py", "geography/*.py", "quality/**/*.py", "reference/*.csv")
    for path in sorted(path for room in rooms for path in here.glob(room)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def load(con: Connection, landing: Landing, feed: Feed, files: Sequence[Manifest], limits: Limits) -> Iterator[Load]:
    """Load files of one feed through the gate, batch by batch; what a file had loaded before is replaced.

    Every batch is one transaction: a crash leaves whole files, never half of one.

    Raises:
        LandingError: A landed file is not what its manifest says.
    """
    for batch in _batches(files):
        yield from _load_batch(con, landing, feed, batch, limits)


def _load_batch(con: Connection, landing: Landing, feed: Feed, batch: Sequence[Manifest], limits: Limits) -> list[Load]:
    text = ", ".join(f"{identifier(name)} {kind}" for name, kind in feed.incoming_columns)
    con.execute(f"create or replace temp table incoming ({text})")
    for manifest in batch:
        landing.verify(manifest)
        feed.read(con, landing.content_path(manifest), manifest.file_id)
    ids = [manifest.file_id for manifest in batch]
    outcomes = examine(con, feed.name, limits, files=ids)
    held = held_files(outcomes)
    with transaction(con):
        for table in (LOADS, f"raw.{feed.name}"):
            con.execute(f"delete from {identifier(table)} where list_contains(?, file_id)", [ids])  # noqa: S608 # quoted
        _record(con, ids, outcomes)
        quarantine(con, feed.name, held)
        con.execute("delete from incoming where list_contains(?, file_id)", [list(held)])
        feed.insert_raw(con)
        counted = {item.file_id: item for item in conservation(con, feed.name, ids)}
        con.executemany(
            "insert into landing.loads values (?, ?, ?, ?, ?, ?, ?)",
            [
                [file_id, feed.name, found.read, found.loaded, found.quarantined, file_id in held, judged_by(limits)]
                for file_id, found in ((file_id, counted[file_id]) for file_id in ids)
            ],
        )
    for table in ("incoming", "failing"):
        con.execute(f"drop table {table}")
    return [
        Load(m, counted[m.file_id].loaded, counted[m.file_id].quarantined, _why_held(outcomes, m.file_id))
        for m in batch
    ]


def _why_held(outcomes: Sequence[Outcome], file_id: str) -> str:
    return " ".join(outcome.message for outcome in outcomes if outcome.file_id == file_id and outcome.holds_back)


def _file_row(manifest: Manifest) -> list[object]:
    row = {name: getattr(manifest, name, None) for name, _ in FILE_COLUMNS}
    row["columns"] = list(manifest.columns)
    row["landed_at"] = manifest.landed_at.replace(tzinfo=None)  # the warehouse keeps UTC without a zone
    row["is_loaded"] = by_name(manifest.feed).loaded
    return list(row.values())


def _record(con: Connection, files: Sequence[str], outcomes: Sequence[Outcome]) -> None:
    """The gate's outcomes into quality.results, in place of what it has of these files."""
    con.execute("delete from quality.results where list_contains(?, file_id)", [list(files)])
    con.executemany(
        "insert into quality.results values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [[getattr(outcome, name) for name, _ in RESULT_COLUMNS] for outcome in outcomes],
    )


def _batches(files: Sequence[Manifest]) -> Iterator[list[Manifest]]:
    batch: list[Manifest] = []
    for manifest in files:
        if batch and sum(item.rows for item in batch) + manifest.rows > BATCH_ROWS:
            yield batch
            batch = []
        batch.append(manifest)
    if batch:
        yield batch
