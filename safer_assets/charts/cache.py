"""Nothing is drawn twice: rendered charts are kept by a fingerprint of the numbers, the words and the drawing code.

What is here: the fingerprint and the folder of rendered charts. What is not: drawing, and packs (board/pack.py).
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd

from safer_assets.charts.chart import Chart, NoChart, RenderedChart
from safer_assets.charts.context import BoardData
from safer_assets.charts.render import preview, render
from safer_assets.errors import PackError

ChartMaker = Callable[[BoardData], Chart | NoChart]
WORDS = ("title", "subtitle", "alt", "source_line")


def chart_name(maker: ChartMaker) -> str:
    """The name of a chart is that of the module that draws it."""
    return maker.__module__.rsplit(".", 1)[-1]


def draw_once(maker: ChartMaker, data: BoardData, folder: Path) -> tuple[RenderedChart | NoChart, bytes, bool]:
    """The rendered chart, its small preview (PNG) and whether it was drawn now rather than found.

    Args:
        maker: The function that draws it.
        data: What it draws.
        folder: Where rendered charts are kept; one folder a fingerprint, put in place whole.

    Raises:
        PackError: It could not be written.
    """
    name = chart_name(maker)
    kept = folder / f"{name}-{_fingerprint(data)}"
    words = _words_of(kept)
    drawn_now = words is None
    if words is None:
        try:
            _draw_into(kept, maker, data)
        except OSError as error:
            raise PackError(
                f"{kept}: the chart could not be written ({error.strerror or error}). Make room or correct the "
                "folder's rights, then run again."
            ) from error
        # Also what was drawn now is read back, so that a pack has the same bytes whether its charts were kept or new.
        words = _words_of(kept)
    if words is None:
        raise PackError(f"{kept}: the chart was written and cannot be read back. Look after the disk, then run again.")
    if "reason" in words:
        return NoChart(name, words["reason"]), b"", drawn_now
    table = pd.DataFrame(words["rows"], columns=words["columns"], dtype=object)
    files = (kept / f"{name}.png", kept / f"{name}.svg")
    chart = RenderedChart(name, words["title"], words["subtitle"], words["alt"], table, words["source_line"], *files)
    return chart, (kept / "preview.png").read_bytes(), drawn_now


def forget_others(folder: Path, keep: BoardData) -> None:
    """Remove charts of other numbers than these; they can be drawn again from the warehouse at any time."""
    current = _fingerprint(keep)
    for kept in folder.iterdir():
        # Also what an interrupted drawing left; tidying up is never a reason to fail.
        if not kept.name.endswith(current):
            shutil.rmtree(kept, ignore_errors=True)


def _draw_into(kept: Path, maker: ChartMaker, data: BoardData) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".drawing-") as temporary:
        fresh = Path(temporary) / "chart"
        fresh.mkdir()
        chart = maker(data)
        if isinstance(chart, NoChart):
            words: dict[str, object] = {"reason": chart.reason}
        else:
            rendered = render(chart, fresh)
            (fresh / "preview.png").write_bytes(preview(rendered.png.read_bytes()))
            words = {key: getattr(chart, key) for key in WORDS}
            words["columns"] = [str(column) for column in chart.table.columns]
            words["rows"] = [[_plain(cell) for cell in row] for row in chart.table.astype(object).to_numpy().tolist()]
        words["files"] = {path.name: _digest(path.read_bytes()) for path in sorted(fresh.iterdir())}
        whole = {"words": words, "sha256": _digest(json.dumps(words).encode())}
        (fresh / "chart.json").write_text(json.dumps(whole), encoding="utf-8")
        shutil.rmtree(kept, ignore_errors=True)  # one that is damaged
        fresh.rename(kept)


def _words_of(kept: Path) -> dict[str, Any] | None:
    """What chart.json says; None where there is none, or where any file of the chart is not what was drawn."""
    try:
        found = json.loads((kept / "chart.json").read_bytes())
        words: dict[str, Any] = found["words"]
        whole = found["sha256"] == _digest(json.dumps(words).encode()) and all(
            _digest((kept / name).read_bytes()) == digest for name, digest in words["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return words if whole else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _plain(cell: object) -> object:
    """A table cell as JSON holds it: numbers and texts as they are, nothing for what is missing."""
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):  # type: ignore[call-overload]
        return None
    if isinstance(cell, int | float | str):
        return cell
    return cell.item() if hasattr(cell, "item") else str(cell)


@lru_cache(maxsize=1)  # the charts of a pack share one board
def _fingerprint(data: BoardData) -> str:
    digest = hashlib.sha256(_code().encode())
    digest.update(repr(data.context).encode())
    tables = [data.tables[name] for name in sorted(data.tables)]
    for frame in (data.figures, data.series, data.indicators, *tables):
        digest.update(repr(list(frame.columns)).encode())
        digest.update(pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy().tobytes())
    return digest.hexdigest()[:16]


@cache
def _code() -> str:
    """Changes with the drawing code and the library that draws."""
    digest = hashlib.sha256(mpl.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
