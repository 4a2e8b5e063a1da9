"""What is fuzzed: one function a parser, which takes bytes and must come back with an answer or one of our errors.

What is here: the targets and what must hold for each. What is not: making the bytes (run.py, with atheris) and the
finds of earlier runs (found/, which test_found.py replays in `make test`).
"""

import atexit
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb

from safer_assets.errors import SaferError
from safer_assets.feeds import ALL, by_name, ods, probe
from safer_assets.feeds.base import TableFeed
from safer_assets.feeds.dates import day_sql, month_sql
from safer_assets.feeds.tables import literal
from safer_assets.landing import Landing
from safer_assets.landing.archives import ArchiveError, Unpacker
from safer_assets.landing.personal import find_personal
from safer_assets.landing.personal_shapes import SUSPECT, first_value, heading_kind
from safer_assets.landing.source import SourceFile
from safer_assets.partnership import load_partnership
from safer_assets.publishers.london.listing import UnknownShapeError, day_of, read_listing
from safer_assets.publishers.police_uk.index import listed_archives
from safer_assets.reference.bank_holidays import NotAListError
from safer_assets.reference.bank_holidays import parsed as bank_holidays
from safer_assets.transport.retries import retry_after
from safer_assets.transport.validators import first_byte, whole_size

SECONDS_EACH = 5  # of a processor
MEMORY = Path("/dev/shm")  # noqa: S108 # thousands of little files, each in a folder of its own that is removed
SETTINGS = """board_name = "B"
force = "F"
[area]
code = "E09000003"
name = "Barnet"
[cycle]
clearance_days = 5
checking_days = 5
"""
MEETINGS = "date,title,status,note\n2023-05-12,Board,held,\n"


def landing(data: bytes) -> None:
    """One file through `Landing.land`: whatever it is, it is landed, refused or unknown, and no row is lost."""
    with _folder() as root:
        source = root / "source"
        source.mkdir()
        (source / "file").write_bytes(data)
        report = Landing(root / "landing").land(source)
        assert report.new or report.known or report.refused or report.unknown, "the file is not accounted for"
        for refusal in (*report.refused, *report.unknown):
            assert refusal.reason, "kept out without a reason"
            assert first_value(refusal.reason) is None, "a reason repeats personal data"
        for manifest in report.new:
            feed = by_name(manifest.feed)
            if not feed.loaded:
                continue
            with duckdb.connect(config={"threads": 1}) as con:
                columns = ", ".join(f'"{name}" {kind}' for name, kind in feed.incoming_columns)
                con.execute(f"create temp table incoming ({columns})")
                feed.read(con, Landing(root / "landing").content_path(manifest), manifest.file_id)
                read = con.execute("select count(distinct row_number) from incoming").fetchone()
            assert read == (manifest.rows,), f"{read} rows read where {manifest.rows} were landed"


def tables(data: bytes) -> None:
    """A file of text as every feed would read it, without the store around it, which is far faster."""
    with _folder() as root:
        path = root / "file"
        path.write_bytes(data)
        contents = probe(path, "file")
        find_personal(contents, _database(), known=True)
        for content in contents:
            for feed in ALL:
                if not content.problem and feed.recognises(content):
                    found = feed.describe(content, _database())
                    assert found.rows > 0, "described as a file without rows"
                    if isinstance(feed, TableFeed):
                        assert len(feed.names(content)) == len(content.header)


def archives(data: bytes) -> None:
    """Packed bytes: unpacked under names of our own, or an error for the whole."""
    with _folder() as root:
        path, staging = root / "file", root / "staging"
        path.write_bytes(data)
        staging.mkdir()
        try:
            parts = Unpacker(staging, lambda _: False).unpack(path, "file")
        except ArchiveError:
            return
        left = {entry for entry in root.rglob("*") if entry.is_file()} - {path}
        assert left == {part.path for part in parts}, "something was written elsewhere, or is gone"


def workbooks(data: bytes) -> None:
    """An .xlsx whose sheet is this XML: read in a process of its own, whatever it does."""
    import fuzz.seeds

    landing(fuzz.seeds.workbook_of(data))


def documents(data: bytes) -> None:
    """An .ods whose content is this XML."""
    import fuzz.seeds

    with _folder() as root:
        path = root / "file"
        path.write_bytes(fuzz.seeds.document_of(data))
        for _, cells, times in ods.rows(path, "file"):
            assert cells
            assert times >= 1


def dates(data: bytes) -> None:
    """A cell as a day and as a month: a date or NULL, and a date reads back as it was written."""
    text = data.decode(errors="replace").replace("\x00", "")
    query = f"select {day_sql('cell')}, {month_sql('cell')} from (select ? as cell)"
    found = _database().execute(query, [text]).fetchone()
    assert found is not None
    if found[1] is not None:
        assert f"{found[1]:%Y-%m}" == text or found[1].year < 1000
    day_of(text)
    retry_after(text, datetime(2026, 1, 1, tzinfo=UTC))
    whole_size(text)
    first_byte(text)


def settings(data: bytes) -> None:
    """partnership.toml and meetings.csv, divided by a zero byte; either is sound where it is left out."""
    toml, _, meetings = data.partition(b"\x00")
    with _folder() as root:
        folder = root / "place"
        folder.mkdir()
        (folder / "partnership.toml").write_bytes(toml or SETTINGS.encode())
        (folder / "meetings.csv").write_bytes(meetings or MEETINGS.encode())
        load_partnership("place", root)


def sidecars(data: bytes) -> None:
    """The file that dates another."""
    with _folder() as root:
        (root / "file.meta.toml").write_bytes(data)
        (root / "file").write_bytes(b"x")
        SourceFile(root / "file", "file").published()


def personal(data: bytes) -> None:
    """Whatever Python finds, DuckDB's quicker matcher has suspected; else the search would pass it over."""
    text = data.decode(errors="replace")
    heading_kind(text[:200])
    if first_value(text):
        suspected = _database().execute(f"select regexp_matches(?, {literal(SUSPECT)})", [text]).fetchone()
        assert suspected == (True,), "found, and not suspected"


def listings(data: bytes) -> None:
    """What publishers' sites answer: JSON of some shape, or a page."""
    text = data.decode(errors="replace")
    listed_archives(text)
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return
    with suppress(NotAListError):
        bank_holidays(payload)
    try:
        read_listing(payload, "https://data.example", id="e5n6w", slug="a-e5n6w", called="a dataset")
    except UnknownShapeError:
        return


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (landing, tables, archives, workbooks, documents, dates, settings, sidecars, personal, listings)
}


def run(name: str, data: bytes) -> None:
    """One target on one input; what is raised, other than our own errors, is a find."""
    said, begun = "answered", sum(os.times()[:4])
    try:
        TARGETS[name](data)
    except SaferError as error:
        said = str(error).strip()
    assert 0 < len(said) < 20_000, "an error without a word, or as long as a book"
    assert sum(os.times()[:4]) - begun < SECONDS_EACH, "it takes too long, here or in a process it starts"


@cache
def _database() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": 1, "memory_limit": "512MB"})
    atexit.register(con.close)
    return con


class _folder:  # noqa: N801 # used as a function
    """A folder of its own, in memory where there is such a thing."""

    def __init__(self) -> None:
        self._held = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)

    def __enter__(self) -> Path:
        return Path(self._held.__enter__())

    def __exit__(self, *about: object) -> None:
        self._held.cleanup()
