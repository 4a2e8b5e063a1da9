"""What a refresh shows in a terminal: one line a step, as it goes.

What is here: a Dagster logger that prints steps instead of events. What is not: what the steps do; the full log is on
the UI's Runs page.
"""

import logging
import time

import dagster as dg
from rich.console import Console
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.status import Status
from rich.table import Table

WIDTH = 34
BAR_WIDTH = 24
MEGABYTE = 1_000_000


_shown: list[Status] = []  # the spinner that is on the terminal now, if there is one


def show_transfer(name: str, done: int, whole: int | None) -> None:
    """Show beside the spinner how far a file is; where there is no terminal, nothing."""
    if not _shown:
        return
    line = Table.grid(padding=(0, 1))
    share = f"{done / MEGABYTE:,.1f} of {whole / MEGABYTE:,.1f} MB" if whole else f"{done / MEGABYTE:,.1f} MB"
    line.add_row(ProgressBar(total=whole, completed=done, width=BAR_WIDTH, pulse=not whole), share, escape(name))
    _shown[-1].update(line)


class StepLines(logging.Handler):
    """Prints a line when a step ends, with what it said; on a terminal a spinner names the step that is running."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.DEBUG)
        self._console = console
        self._status: Status | None = None
        self._started = 0.0
        self._said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record of a run."""
        meta = getattr(record, "dagster_meta", {})
        event = getattr(record, "dagster_event", None)
        kind = getattr(event, "event_type_value", "")
        step = str(meta.get("step_key") or "").replace("__", "/")
        if kind == "STEP_START":
            self._started, self._said = time.monotonic(), []
            if self._console.is_terminal:
                self._status = self._console.status(step)
                self._status.start()
                _shown.append(self._status)
        elif kind in ("STEP_SUCCESS", "STEP_FAILURE"):
            self._stop()
            mark = "[green]✓[/]" if kind == "STEP_SUCCESS" else "[red]✗[/]"
            took = f"{time.monotonic() - self._started:5.1f} s"
            said = escape("; ".join(self._said))
            self._console.print(f"{mark} {escape(step):<{WIDTH}} {took}  {said}", highlight=False, soft_wrap=True)
        elif kind == "STEP_SKIPPED":
            self._console.print(f"[dim]- {escape(step):<{WIDTH}} not run[/]", highlight=False, soft_wrap=True)
        elif not kind and record.levelno >= logging.INFO and step:
            self._said.append(str(meta.get("orig_message", "")))

    def _stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            _shown.remove(self._status)
            self._status = None


@dg.logger({}, description="One line a step, for people in a terminal.")
def terminal_logger(_context: dg.InitLoggerContext) -> logging.Logger:
    """The logger `terminal`, which the command line asks for."""
    logger = logging.Logger("safer_assets.terminal", logging.DEBUG)  # one a run, never shared
    logger.addHandler(StepLines(Console()))
    return logger
