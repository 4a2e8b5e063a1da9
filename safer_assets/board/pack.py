"""The board pack on disk: one folder a meeting that is whole or absent.

What is here: which files a pack has, their bytes, manifest.json, and the swap that puts a finished folder in place.
What is not: the page (pack_page.py), the cells of figures (figures.py), and drawing (charts/). The same input gives the
same bytes: nothing here reads a clock. One process writes the packs of a partnership at a time.
"""

import ctypes
import dataclasses
import datetime as dt
import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from safer_assets.board.evidence_rows import evidence_csv, evidence_of
from safer_assets.board.figures import figures_csv, figures_of
from safer_assets.board.lateness import Standing
from safer_assets.board.operations import OperationTold
from safer_assets.board.pack_page import Paper, Row, page
from safer_assets.charts.chart import NoChart, RenderedChart
from safer_assets.charts.context import BoardContext
from safer_assets.charts.grading import findings
from safer_assets.errors import PackError

if TYPE_CHECKING:
    import pandas as pd

CONTRACT = 1
"""Version of the pack's layout and columns; it grows when a reader of packs would have to change."""

CHECK_COLUMNS = ("check", "about", "severity", "message", "who")
SOURCE_COLUMNS = ("feed", "title", "publisher", "name", "vintage", "available_from", "scheme", "rows", "sha256")
REFUSED_COLUMNS = ("name", "reason")

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of linux/fcntl.h and linux/fs.h
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def write_pack(
    out_root: Path,
    slug: str,
    context: BoardContext,
    deadlines: Mapping[str, dt.date],
    figures: "pd.DataFrame",
    evidence: "pd.DataFrame",
    charts: Sequence[RenderedChart | NoChart],
    checks: "pd.DataFrame",
    sources: "pd.DataFrame",
    refused: "pd.DataFrame",
    late: Sequence[Standing] = (),
    operations: Sequence[OperationTold] = (),
) -> Path:
    """Write a meeting's pack to `out_root/<slug>/<meeting date>`, in place of an earlier one.

    Args:
        out_root: Folder of all packs.
        slug: The partnership.
        context: The meeting and how its figures were chosen.
        deadlines: Dates of the meeting by name; `data_cut` is one of them.
        figures: The figures, with at least the columns of figures.FIGURE_COLUMNS.
        evidence: What they may be said to show, with at least the columns of evidence_rows.EVIDENCE_COLUMNS.
        charts: Charts in the order of the page; their PNG and SVG files are copied.
        checks: The checks that did not pass, columns CHECK_COLUMNS.
        sources: The files the figures were made from, columns SOURCE_COLUMNS.
        refused: Files that were not used, columns REFUSED_COLUMNS.
        late: Feeds that the figures need and that were late.
        operations: The partnership's operations, told.

    Returns:
        The pack's folder.

    Raises:
        PackError: The input cannot make a pack; an earlier pack stays as it was.
    """
    if not _NAME.fullmatch(slug):
        raise PackError(f"partnership {slug!r} cannot name a folder; use letters, digits, - and _.")
    paper = Paper(
        context=context,
        deadlines=deadlines,
        figures=figures_of(figures),
        charts=tuple(charts),
        checks=_rows(checks, "checks", CHECK_COLUMNS),
        sources=_newest_first(_rows(sources, "sources", SOURCE_COLUMNS)),
        refused=_rows(refused, "refused", REFUSED_COLUMNS),
        late=tuple(late),
        findings=findings(evidence.to_dict("records"), context.area_code),
        operations=tuple(operations),
    )
    files = {
        "pack.html": page(paper).encode(),
        "figures.csv": figures_csv(paper.figures),
        "evidence.csv": evidence_csv(evidence_of(evidence)),
        **_chart_files(paper),
    }
    files["manifest.json"] = _manifest(slug, paper, files)
    target = out_root / slug / f"{context.meeting_date:%Y-%m-%d}"
    _keep_real_pack(target, paper)
    try:
        _replace_folder(target, files)
    except OSError as error:
        raise PackError(
            f"{target}: the pack could not be written ({error}). The earlier pack, if there was one, stays; "
            "make room or correct the folder's rights and run again."
        ) from error
    return target


def _keep_real_pack(target: Path, paper: Paper) -> None:
    """PackError where a pack of the sample would take the place of one made from real files."""
    manifest = target / "manifest.json"
    if paper.context.sample and manifest.is_file() and not _is_of_sample(manifest):
        raise PackError(
            f"{target} holds a pack made from real files, and this one is made from the sample. Nothing was written; "
            "give the sample a folder of its own with OUT=, or the refresh its real files with SOURCE=."
        )


def _is_of_sample(manifest: Path) -> bool:
    """Whether an earlier pack says so itself; one whose manifest is damaged may be a real one."""
    try:
        return bool(json.loads(manifest.read_bytes())["sample"])
    except (ValueError, KeyError, TypeError):
        return False


def _newest_first(sources: tuple[Row, ...]) -> tuple[Row, ...]:
    """Sources by feed, the newest vintage first."""
    newest = sorted(sources, key=lambda row: str(row["vintage"] or ""), reverse=True)
    return tuple(sorted(newest, key=lambda row: str(row["feed"])))


def _rows(frame: "pd.DataFrame", what: str, columns: tuple[str, ...]) -> tuple[Row, ...]:
    """A frame's rows with None where nothing stands, in an order of their own: errors first, else by their text."""
    if frame.empty:
        return ()
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise PackError(f"{what}: column {missing[0]!r} is missing (found {', '.join(map(str, frame.columns))}).")
    held = frame.loc[:, list(columns)].astype(object)
    held = held.where(held.notna(), None)
    rows = [{str(column): cell for column, cell in row.items()} for row in held.to_dict("records")]
    return tuple(sorted(rows, key=lambda row: (row.get("severity") == "WARN", *map(str, row.values()))))


def _chart_files(paper: Paper) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for chart in paper.drawn:
        if not _NAME.fullmatch(chart.name):
            raise PackError(f"chart {chart.name!r} cannot name a file; use letters, digits, - and _.")
        if f"charts/{chart.name}.png" in files:
            raise PackError(f"chart {chart.name!r} stands twice in the pack; give each chart a name of its own.")
        files[f"charts/{chart.name}.png"] = chart.png.read_bytes()
        files[f"charts/{chart.name}.svg"] = chart.svg.read_bytes()
    return files


def _manifest(slug: str, paper: Paper, files: Mapping[str, bytes]) -> bytes:
    context = paper.context
    about = {field.name: getattr(context, field.name) for field in dataclasses.fields(context)}
    evidence = {
        "sources": paper.sources,
        "checks_not_passed": paper.checks,
        "refused": paper.refused,
        "late_feeds": [_late(standing) for standing in paper.late],
    }
    listed = [
        {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for path, content in sorted(files.items())
    ]
    made_from = {
        "context": about | {"sources": dict(context.sources)},
        "deadlines": dict(paper.deadlines),
        "evidence": evidence,
        # Without the page: it is made from all of these, and a new layout is no new evidence.
        "files": [entry for entry in listed if entry["path"] != "pack.html"],
    }
    return _json(
        {
            "contract": CONTRACT,
            "title": paper.title,
            "partnership": slug,
            "board": context.board_name,
            "area_code": context.area_code,
            "meeting": context.meeting_date,
            "meeting_title": context.meeting_title,
            "data_month": f"{context.data_month:%Y-%m}",
            "as_at": context.as_at,
            "basis": context.basis,
            "scheme": context.scheme,
            "sample": context.sample,
            "preview": paper.is_preview,
            "made_from": hashlib.sha256(_json(made_from)).hexdigest(),
            "deadlines": dict(paper.deadlines),
            "files": listed,
            **evidence,
        }
    )


def _late(standing: Standing) -> dict[str, object]:
    """A late feed as other tools read it; months are YYYY-MM."""
    return {
        "feed": standing.feed,
        "kind": standing.kind,
        "newest_month": f"{standing.newest:%Y-%m}",
        "expected_month": f"{standing.expected:%Y-%m}",
        "due": standing.due,
        "days_late": standing.days_late,
        "words": standing.words(),
    }


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False, default=_plain) + "\n").encode()


def _plain(value: object) -> object:
    """Dates as ISO text, and whatever whole number a frame held as a number."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    raise PackError(f"manifest.json cannot hold {value!r} ({type(value).__name__}).")


def _replace_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Put a folder of exactly these files in place; at every moment either the old or the new one stands there whole.

    Where the system cannot swap two folders in one step, it is two renames. Where a crash falls between them the old
    folder stands beside its place, and the next call puts it back before it does anything else.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = (target.with_name(f".{target.name}.{state}") for state in ("new", "old"))
    _recover(target, fresh, old)
    try:
        _write_folder(fresh, files)
        if not _swap(fresh, target):
            if target.exists():
                target.rename(old)
            fresh.rename(target)
    except BaseException:
        _recover(target, fresh, old)
        raise
    for earlier in (fresh, old):
        shutil.rmtree(earlier, ignore_errors=True)


def _swap(fresh: Path, target: Path) -> bool:
    """Swap two folders in one step; False where there is nothing to swap with, or the system or disk cannot do it.

    This is Linux's renameat2 with RENAME_EXCHANGE, which Python has no name for.
    """
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:
        return False
    return bool(renameat2(_HERE, os.fsencode(fresh), _HERE, os.fsencode(target), _EXCHANGE) == 0)


def _recover(target: Path, fresh: Path, old: Path) -> None:
    """Clear what an interrupted write left; an old pack that was moved aside and never replaced goes back."""
    if old.exists() and not target.exists():
        old.rename(target)
    for leftover in (fresh, old):
        if leftover.exists():
            shutil.rmtree(leftover)


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o750)  # a pack is read by its group before it is published, whatever the umask
        with path.open("wb") as file:
            path.chmod(0o640)
            file.write(content)
            # On disk before the rename is, or a power cut leaves a folder in place with empty files.
            file.flush()
            os.fsync(file.fileno())
