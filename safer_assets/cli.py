"""`safer`: the same jobs for people in a terminal.

What is here: the commands and what they print. What is not: the work itself; a refresh is the job board_refresh, whose
run the UI shows too.
"""

import functools
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from safer_assets.errors import LandingError, SaferError

if TYPE_CHECKING:
    import dagster as dg

    from safer_assets.refresh import BoardRefresh

Command = TypeVar("Command", bound=Callable[..., object])

READABLE = {kind.__name__ for kind in SaferError.__subclasses__()}
DAGSTER_YAML = Path(__file__).resolve().parents[1] / "dagster.yaml"


def readable_errors(command: Command) -> Command:
    """Print what a person can act on and exit with 1; a traceback is for what nobody foresaw."""

    @functools.wraps(command)
    def wrapped(*args: object, **options: object) -> object:
        try:
            return command(*args, **options)
        except SaferError as error:
            words = f"[red]{type(error).__name__}[/]: {escape(str(error))}"
            Console(stderr=True).print(words, highlight=False, soft_wrap=True)
            sys.exit(1)

    return wrapped  # type: ignore[return-value] # the same signature, which functools.wraps does not tell


def partnership_options(command: Command) -> Command:
    """Options that say which partnership, and where its files are kept."""
    for option in (
        click.option("--store", default="", help="Folder of landed files and warehouse [var]."),
        click.option("--partnership", default="", help="Name under partnerships/, or a path to such a folder."),
    ):
        command = option(command)
    return command


def where_options(command: Command) -> Command:
    """Options that say which partnership and whose files."""
    source = click.option("--source", default="", help="'sample' (default), 'live', or a folder of feed files.")
    return partnership_options(source(command))


@click.group()
def main() -> None:
    """Safer Assets: from raw crime feeds to a board pack."""
    # The group may read what a refresh writes and others may not, whoever starts it; definitions.py does the same.
    os.umask(0o027)


@main.command()
@where_options
@click.option("--meeting", default="", help="Board meeting, YYYY-MM-DD [the next one].")
@click.option("--basis", default="", help="as-at (default): files available at the data cut; latest: all landed.")
@click.option("--scheme", default="", help="Category scheme in place of the meeting's own.")
@click.option("--data-month", default="", help="Last month of the figures, YYYY-MM [from the calendar].")
@click.option("--out", default="", help="Folder of the packs [out].")
@readable_errors
def refresh(**asked: str) -> None:
    """Land the source, check it, and make the meeting's pack."""
    from safer_assets.refresh import Basis

    settings = refresh_of(**asked)
    given = {key: value for key, value in asked.items() if value}
    if given.get("basis", "as-at") not in Basis.__members__:
        raise SaferError(f"BASIS={given['basis']} is not one of {', '.join(Basis.__members__)}.")
    check_before_start(settings)
    from safer_assets.automation.ended import tell
    from safer_assets.definitions import defs

    with dagsters_records() as dagster_instance:
        result = defs.resolve_job_def("board_refresh").execute_in_process(
            run_config={"resources": {"refresh": {"config": given}}, "loggers": {"terminal": {}}},
            instance=dagster_instance,
            raise_on_error=False,
        )
        if result.success:
            Console().print(f"\n[bold]Pack[/] {pack_of(result)}", highlight=False, soft_wrap=True)
        else:
            say_failure(result)
        tell(dagster_instance, result.run_id)
    if not result.success:
        sys.exit(1)


@main.command()
@partnership_options
@click.argument("folder")
@readable_errors
def land(folder: str, **asked: str) -> None:
    """Land the files of FOLDER and say what became of each, without refreshing anything."""
    from safer_assets.landing import Landing

    asked["source"] = folder
    settings = refresh_of(**asked)
    settings.settings()  # a slip in the partnership's name must not make a store for it
    console = Console()
    with console.status(f"landing {folder}"):
        report = Landing(settings.landing_folder).land(settings.source_folder())
    table = Table("file", "what became of it", box=None)
    for manifest in report.new:
        table.add_row(escape(manifest.name), f"[green]landed[/] as {manifest.feed}, {manifest.rows:,} rows")
    for refusal in report.refused:
        table.add_row(escape(refusal.name), f"[red]refused[/]: {escape(refusal.reason)}")
    for refusal in report.unknown:
        table.add_row(escape(refusal.name), f"[yellow]unknown[/]: {escape(refusal.reason)}")
    console.print(table)
    console.print(
        f"{len(report.new)} new, {report.known} known, {len(report.refused)} refused, {len(report.unknown)} unknown"
    )
    if not report.new and not report.known:
        sys.exit(1)


@main.command("end-lost-runs")
@readable_errors
def end_lost_runs() -> None:
    """Mark as failed the runs whose process ended with the daemon; for the moment before the daemon starts."""
    from safer_assets.automation.upkeep import end_lost_runs

    with instance() as dagster_instance:
        ended = end_lost_runs(dagster_instance)
    click.echo(" ".join([f"{len(ended)} lost runs ended.", *ended]))


@main.command("set-aside")
@where_options
@click.argument("sha256")
@click.option("--why", required=True, help="The reason, kept beside the file.")
@readable_errors
def set_aside(sha256: str, why: str, **asked: str) -> None:
    """Take a landed file out of every figure, for example one that the gate holds back; the file is kept."""
    from safer_assets.landing import Landing

    settings = refresh_of(**asked)
    settings.settings()
    refusal = Landing(settings.landing_folder).set_aside(sha256, why)
    Console().print(f"{refusal.name} is set aside. The next refresh makes its figures without it.")


@main.command()
@where_options
@click.option("--out", default="", help="Folder of the packs [out].")
@click.option("--deep", is_flag=True, help="Verify every landed file, not only the newest.")
@click.option("--online", is_flag=True, help="Ask every publisher, also where the source is not live.")
@click.option("--json", "as_json", is_flag=True, help="For monitoring: the findings as JSON.")
@readable_errors
def doctor(deep: bool, online: bool, as_json: bool, **asked: str) -> None:
    """Say whether this machine is fit to make the board's pack, and what to do; exit code 1 where it is not."""
    from safer_assets.doctor import Asked, examine, worst
    from safer_assets.refresh import today

    logging.getLogger("dagster").setLevel(logging.ERROR)
    found = examine(Asked(refresh_of(**asked), today(), deep=deep, online=online))
    if as_json:
        click.echo(json.dumps({"state": worst(found), "findings": [vars(finding) for finding in found]}, indent=1))
    else:
        table = Table(box=None)
        for heading in ("check", "state", "what was found", "what to do"):
            table.add_column(heading, overflow="fold")  # a path that is cut off is no use
        colours = {"ok": "green", "warn": "yellow", "bad": "red"}
        for finding in found:
            state = f"[{colours[finding.state]}]{finding.state}[/]"
            table.add_row(escape(finding.check), state, escape(finding.found), escape(finding.advice))
        Console().print(table)
    if worst(found) == "bad":
        sys.exit(1)


@main.command()
@partnership_options
@click.option("--sample", is_flag=True, help="The sample's store in place of the one of real files.")
@click.argument("target", type=click.Path(path_type=Path))
@readable_errors
def backup(target: Path, sample: bool, **asked: str) -> None:
    """Write landed files and warehouse to TARGET: a new tar file, or a folder that gets one named after the time."""
    from safer_assets.backup import backup as write_backup

    asked["source"] = "sample" if sample else "."
    with Console().status(f"backing up to {target}"):
        file, contents = write_backup(refresh_of(**asked), target)
    size = sum(member.bytes for member in contents.members)
    Console().print(f"{file}: {contents.landed_files} landed files, {size:,} bytes", highlight=False, soft_wrap=True)


@main.command()
@click.option("--store", default="", help="Folder of landed files and warehouse [var].")
@click.option("--into", type=click.Path(path_type=Path), help="An empty folder in place of the partnership's store.")
@click.argument("source", type=click.Path(path_type=Path))
@readable_errors
def restore(source: Path, into: Path | None, **asked: str) -> None:
    """Check the backup SOURCE to the last byte and put it in place of an empty store."""
    from safer_assets.backup import restore as read_backup

    with Console().status(f"restoring {source}"):
        home, contents = read_backup(source, Path(refresh_of(**asked).store), into)
    words = f"{home}: {contents.landed_files} landed files, as they were on {contents.made_at:%-d %b %Y, %H:%M} UTC"
    Console().print(words, highlight=False, soft_wrap=True)


@main.command()
@partnership_options
@click.option("--sample", is_flag=True, help="The sample's store in place of the one of real files.")
@readable_errors
def verify(sample: bool, **asked: str) -> None:
    """Read every landed file and the whole warehouse, and say what is damaged; what is makes way and can be healed."""
    from safer_assets.landing import Landing
    from safer_assets.warehouse import only_refresh, open_warehouse, read_through

    asked["source"] = "sample" if sample else "."
    settings = refresh_of(**asked)
    settings.settings()  # a slip in the partnership's name must not make a store for it
    landing = Landing(settings.landing_folder)
    with only_refresh(settings.home), Console().status(f"reading {settings.home}"):
        damaged = landing.damaged()
        if settings.warehouse_file.exists():
            with open_warehouse(settings) as con:
                read_through(con)
    if damaged:
        raise LandingError("\n".join(damaged))
    Console().print(f"{len(landing.manifests())} landed files and the warehouse are whole.", highlight=False)


@main.command()
@partnership_options
@click.option("--all", "past", is_flag=True, help="Past meetings too.")
@readable_errors
def meetings(past: bool, **asked: str) -> None:
    """Meetings with their deadlines."""
    from safer_assets.board.calendar import in_days, meeting_table, on_day
    from safer_assets.refresh import today

    partnership = refresh_of(**asked).settings()
    table = Table(title=partnership.board_name, title_justify="left", box=None)
    for heading in ("meeting", "status", "papers published by", "data cut", "data month", "days left", "next step"):
        table.add_column(heading)
    for row in meeting_table(partnership.meetings, partnership.cycle, today()):
        due = row.deadlines
        if row.days_left < 0 and not past:
            continue
        step = f"{row.next_step.what} {in_days(row.next_step.days_left)}" if row.next_step else ""
        table.add_row(
            *(on_day(due.meeting.date), due.meeting.status, on_day(due.publication), on_day(due.data_cut)),
            *(f"{due.data_month:%b %Y}", str(row.days_left), step),
        )
    Console().print(table)


@main.command()
@where_options
@click.argument("indicator")
@click.option("--area", default="", help="GSS code or group code [the board's own area and its groups].")
@readable_errors
def figures(indicator: str, area: str, **asked: str) -> None:
    """Print the figures of one INDICATOR from the last refresh."""
    from safer_assets.reference import indicators
    from safer_assets.warehouse import open_warehouse

    known = [item.indicator for item in indicators()]
    if indicator not in known:
        raise SaferError(f"{indicator} is not an indicator. There are: {', '.join(known)}.")
    settings = refresh_of(**asked)
    partnership = settings.settings()
    areas = [area] if area else [partnership.area.code, *(group.code for group in partnership.groups)]
    with open_warehouse(settings, read_only=True) as con:
        rows = con.execute(
            'select area_name, "window", start_month, end_month, value, prior_value, change_abs, change_pct, vintage, '
            "quality from marts.figures cross join reference.meeting "
            "where indicator = ? and list_contains(?, area_code) and (end_month = data_month or \"window\" = 'fyq') "
            "order by list_position(?, area_code), list_position(['month', 'r3', 'fyq', 'fytd', 'r12'], \"window\")",
            [indicator, areas, areas],
        ).fetchall()
    table = Table(title=f"{indicator}{' (SAMPLE)' if settings.is_sample else ''}", title_justify="left", box=None)
    for heading in ("area", "window", "months", "value", "prior", "change", "change %", "vintage", "quality"):
        number = heading in ("value", "prior", "change", "change %")
        # Words may wrap in a narrow terminal; a number or a month that is cut says something else.
        table.add_column(
            heading, justify="right" if number else "left", no_wrap=heading not in ("area", "quality", "months")
        )
    for name, window, start, end, value, prior, change, percent, vintage, quality in rows:
        table.add_row(
            *(name, window, f"{start:%Y-%m} to {end:%Y-%m}", _count(value), _count(prior)),
            *(f"{change:+,}" if change is not None else "", _percent(percent), vintage, quality),
        )
    Console().print(table)


def check_before_start(settings: "BoardRefresh") -> None:
    """Say what is wrong with settings, meeting, month, scheme or source before anything is landed.

    Raises:
        SettingsError: One of them cannot be used.
    """
    from safer_assets.graph.reference import check_scheme, meeting_days
    from safer_assets.refresh import today

    meeting_days(settings, settings.settings(), today())
    settings.data_month_asked()
    check_scheme(settings.scheme)
    if settings.is_live:
        from safer_assets.publishers.addresses import Addresses

        Addresses.load(settings.settings().addresses)
    elif not settings.is_sample:
        settings.source_folder()


def refresh_of(**asked: str) -> "BoardRefresh":
    """The refresh that the options describe; what was not given keeps its default."""
    from safer_assets.refresh import Basis, BoardRefresh

    given: dict[str, object] = {key: value for key, value in asked.items() if value}
    if given.get("basis") in Basis.__members__:
        given["basis"] = Basis[str(given["basis"])]
    else:
        given.pop("basis", None)
    return BoardRefresh(**given)  # type: ignore[arg-type] # every option has the name and type of its field


def instance() -> "dg.DagsterInstance":
    """The Dagster instance that the UI shows: DAGSTER_HOME, or var/dagster with our settings."""
    import dagster as dg

    home = Path(os.environ.setdefault("DAGSTER_HOME", str(Path("var/dagster").resolve())))
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        shutil.copy(DAGSTER_YAML, home / "dagster.yaml")
    logging.getLogger("dagster").setLevel(logging.ERROR)
    return dg.DagsterInstance.get()


@contextmanager
def dagsters_records() -> Iterator["dg.DagsterInstance"]:
    """The instance; a sentence in place of a traceback where what it keeps on disk cannot be read or written."""
    from sqlalchemy.exc import OperationalError

    try:
        with instance() as dagster_instance:
            yield dagster_instance
    except OperationalError as error:
        raise SaferError(
            f"Dagster's own records in {os.environ['DAGSTER_HOME']} cannot be read or written ({error.orig}). The last "
            "good figures and pack are as they were. Make room or correct the folder's rights, then run again."
        ) from error


def pack_of(result: "dg.ExecuteInProcessResult") -> str:
    """Where the run's pack is."""
    for event in result.asset_materializations_for_node("board__pack"):
        return str(event.metadata["pack"].value)
    return ""


def say_failure(result: "dg.ExecuteInProcessResult") -> None:
    """Print why each step failed, or why none could begin: our own errors as they are, others with their type."""
    console = Console(stderr=True)
    events = result.get_step_failure_events() or [event for event in result.all_events if event.is_failure]
    for event in events:
        error = event.step_failure_data.error if event.is_step_failure else event.job_failure_data.error
        # Dagster wraps what a step raised: go down to our own error, or to where the trouble began.
        while error and error.cause and error.cls_name not in READABLE:
            error = error.cause
        text = error.message.strip() if error else str(event.message)
        if error and error.cls_name in READABLE:
            text = text.partition(": ")[2]
        console.print(f"\n[red]{(event.step_key or 'refresh').replace('__', '/')} failed.[/] ", end="")
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    console.print("The last good figures and pack are as they were.", highlight=False)


def _count(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _percent(value: float | None) -> str:
    from safer_assets.charts.wording import rounded

    return "" if value is None else f"{rounded(value, 1):+}"


if __name__ == "__main__":
    main()
