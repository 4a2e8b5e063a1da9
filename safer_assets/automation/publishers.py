"""The publisher sensor: something new at a publisher starts a refresh with SOURCE=live.

What is here: asking every publisher what it has, comparing that with what was fetched for, and deciding. What is not:
how a publisher is asked (publishers/), and fetching, which the run does.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from safer_assets.automation.jobs import board_refresh
from safer_assets.automation.schedule import under_way
from safer_assets.automation.words import new_months
from safer_assets.errors import SaferError
from safer_assets.notices import send
from safer_assets.partnership import Partnership
from safer_assets.refresh import LIVE, BoardRefresh, partnership_names

if TYPE_CHECKING:
    from safer_assets.publishers.desk import Newest, Publisher

PATIENCE_SECONDS = 45.0  # Dagster ends a sensor's evaluation after 60
MOST_TRIES = 3  # runs for one and the same state of the publishers, where they fail
NEW_AT_PUBLISHERS = "safer/new_at_publishers"
"""Tag of a run that this sensor asked for: the state of the publishers that it fetches."""

Tokens = dict[str, str]
"""'publisher/dataset' -> what stands for its content."""


@dataclass(frozen=True)
class Asked:
    """What the publishers answered.

    Attributes:
        newest: What they have.
        silent: Who did not answer, with the reason.
        reached: Whether any was read over the network; one that goes by the calendar alone answers without it.
    """

    newest: tuple["Newest", ...]
    silent: Mapping[str, str]
    reached: bool


@dg.sensor(
    job=board_refresh,
    minimum_interval_seconds=6 * 3600,
    default_status=dg.DefaultSensorStatus.RUNNING
    if os.environ.get("SAFER_SOURCE") == LIVE
    else dg.DefaultSensorStatus.STOPPED,
    description="Every six hours: asks each publisher what it has, from listings and headers alone. Something new "
    "starts a refresh with SOURCE=live. Runs by itself where SAFER_SOURCE is live.",
)
def publisher_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Decide for every partnership, and remember what the publishers had."""
    # Imported here: whoever only looks at the graph needs no HTTP.
    from safer_assets.publishers import PUBLISHERS

    own = BoardRefresh().partnership
    seen: dict[str, Tokens] = json.loads(context.cursor) if context.cursor else {}
    requests, reasons = [], []
    for name in [own] if own else partnership_names():
        refresh = BoardRefresh(partnership=name, source=LIVE)
        request, reason, seen[name] = decide(context.instance, refresh, seen.get(name, {}), PUBLISHERS)
        requests += [request] if request else []
        reasons.append(reason)
    cursor = json.dumps(seen, sort_keys=True)
    if requests:
        return dg.SensorResult(run_requests=requests, cursor=cursor)
    return dg.SensorResult(skip_reason=dg.SkipReason("\n".join(reasons)), cursor=cursor)


def decide(
    instance: dg.DagsterInstance, refresh: BoardRefresh, seen: Tokens, publishers: Sequence["Publisher"]
) -> tuple[dg.RunRequest | None, str, Tokens]:
    """A run for what is new, or None; in words what is newest where; and the tokens to remember.

    A state of the publishers gets one run. Where that fails it gets another at the next evaluation, MOST_TRIES in all,
    because what it was to fetch is still to be fetched. A publisher that does not answer keeps its old tokens.
    """
    partnership = refresh.settings()
    answers = ask(refresh, partnership, publishers)
    tokens = seen | {f"{item.publisher}/{item.dataset}": item.token for item in answers.newest}
    new = [item for item in answers.newest if seen.get(f"{item.publisher}/{item.dataset}") != item.token]
    reason = f"{partnership.board_name}: {_newest_words(answers)}"
    if not answers.reached:
        return None, f"{reason} Nobody could be reached.", seen
    state = hashlib.sha256(json.dumps(tokens, sort_keys=True).encode()).hexdigest()[:16]
    tags = {NEW_AT_PUBLISHERS: f"{partnership.slug}-{state}"}
    runs = instance.get_runs(filters=dg.RunsFilter(tags=tags))
    if any(run.status == dg.DagsterRunStatus.SUCCESS for run in runs):
        return None, f"{reason} Nothing new.", tokens
    if busy := under_way(instance, tags):
        return None, f"{reason} Run {busy} is fetching it.", tokens
    if len(runs) >= MOST_TRIES:
        return None, f"{reason} {len(runs)} runs for it failed: see the Runs page, then launch one by hand.", tokens
    if not runs:
        send([new_months(partnership, [_words(item) for item in new], state)], Path(refresh.store) / "notices")
    request = dg.RunRequest(
        run_key=f"{partnership.slug}:{state}:{len(runs)}",
        run_config=dg.RunConfig(
            resources={"refresh": {"config": {"partnership": refresh.partnership, "source": LIVE}}}
        ),
        tags=tags,
    )
    return request, reason, tokens


def ask(refresh: BoardRefresh, partnership: Partnership, publishers: Sequence["Publisher"]) -> Asked:
    """Ask all publishers at once; one that fails, or is not heard from in time, does not stop the others."""
    from safer_assets.publishers.live import desk_for

    serving = [publisher for publisher in publishers if publisher.serves(partnership)]
    if not serving:
        return Asked((), {}, reached=False)
    pool = ThreadPoolExecutor(len(serving))
    # A desk each: a connection is not shared between threads.
    desks = {publisher.name: desk_for(refresh, partnership, say=_quiet) for publisher in serving}
    asked = {pool.submit(publisher.newest, desks[publisher.name]): publisher.name for publisher in serving}
    answered, unheard = wait(asked, timeout=PATIENCE_SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    newest: list[Newest] = []
    reached = False
    silent = {asked[question]: f"no answer within {PATIENCE_SECONDS:.0f} seconds." for question in unheard}
    for question in answered:
        try:
            newest.extend(question.result())
            reached = reached or desks[asked[question]].http.requests_made > 0
        except SaferError as error:
            silent[asked[question]] = str(error)
    return Asked(tuple(sorted(newest, key=lambda item: (item.publisher, item.dataset))), silent, reached)


def _newest_words(answers: Asked) -> str:
    parts = [_words(item) for item in answers.newest]
    parts += [f"{name} does not answer ({why.rstrip('.')})" for name, why in sorted(answers.silent.items())]
    return f"{'; '.join(parts)}." if parts else "no publisher has anything."


def _words(item: "Newest") -> str:
    return f"{item.publisher} {item.dataset}{f' to {item.month:%Y-%m}' if item.month else ''}"


def _quiet(_line: str) -> None:
    """The tick says what was found; how is no matter."""
