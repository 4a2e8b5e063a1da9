"""`kill -9` at every boundary between steps, at files and commits, and at random times: nothing is lost or half-made.

A round begins in an empty place, or in one with good figures when a second batch of files comes; five refreshes are
killed one after the other, and the sixth is left alone. After every kill what is published is one whole state, the
old or the new; after the sixth everything is as if nothing had been killed.
"""

import random
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from faults.trial import Ended, Held, Known, Place, Zygote

SEED = 1829
AT_STEPS = 3
KILLS_WANTED = 100
EMPTY = Held({}, {}, (), ())

Kill = dict[str, object]
Round = tuple[int, bool, tuple[Kill, ...]]


def plan(known: Known) -> list[Round]:
    """Which refreshes are killed when: number of the round, whether its place is empty at first, and its kills.

    The first kill of a round is at a file or a commit (all its work is still to do, so the moment comes). Three are at
    a step's beginning or end, each further on than the one before, and every one of them is used once. The last is some
    time after a step began, from outside.
    """
    chance = random.Random(SEED)  # noqa: S311 # the same kills every time
    boundaries = [label for label in known.moments if label.startswith(("begin ", "end "))]
    begun = [label for label in boundaries if label.startswith("begin ")]
    others = [number for number, label in enumerate(known.moments) if label not in boundaries]
    assert len(boundaries) == len(set(boundaries))
    stride = -(-len(boundaries) // AT_STEPS)
    rounds: list[Round] = []
    for number in range(stride):
        at_steps: list[Kill] = [{"at": label} for label in boundaries[number::stride]]
        kills: tuple[Kill, ...] = (
            {"number": chance.choice(others)},
            *at_steps,
            {"since": chance.choice(begun), "after": known.seconds * chance.uniform(0, 0.1)},
        )
        rounds.append((number, number % 3 == 0, kills))
    return rounds


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing_and_publish_nothing_by_halves(
    tmp_path: Path, known: Known, zygote: Zygote
) -> None:
    rounds = plan(known)
    with Zygote() as second, ThreadPoolExecutor(2) as pool:
        # Each thread only talks to a process of its own; it is these that fork.
        halves = [pool.submit(run_rounds, runner, known, tmp_path, part) for runner, part in
                  ((zygote, rounds[::2]), (second, rounds[1::2]))]  # fmt: skip
        kinds: Counter[str] = sum((half.result() for half in halves), Counter())
    print(f"kills: {dict(kinds)}, in all {kinds.total()}")  # noqa: T201 # the number that docs/reliability.md gives
    assert kinds.total() >= KILLS_WANTED
    steps = {label.split(" ", 1)[1] for label in known.moments if label.startswith("begin ")}
    assert kinds["at"] == 2 * len(steps), "every step's beginning and end was a place of death"


def run_rounds(runner: Zygote, known: Known, folder: Path, rounds: list[Round]) -> Counter[str]:
    """Run rounds, and how many refreshes were killed, by what decided the moment."""
    kinds: Counter[str] = Counter()
    for number, empty, kills in rounds:
        root = folder / f"round-{number}"
        if empty:
            place, old, new = Place(root), EMPTY, known.both_at_once
            root.mkdir()
        else:
            place, old, new = known.good.copy_to(root), known.first, known.both
        for kill in kills:
            ended = runner.refresh(place, known.feed.both, options=None, **kill)
            assert (ended.signal, ended.exit) in ((9, -1), (0, 0)), ended.said
            check_between(f"round {number}, {kill}", runner.state(place), old, new, ended)
            kinds[next(iter(kill))] += ended.signal == 9
        runner.refresh_well(place, known.feed.both)
        assert runner.state(place).differs_from(new) == [], f"round {number}, {kills}"
        shutil.rmtree(root)
    return kinds


def check_between(where: str, held: Held, old: Held, new: Held, ended: Ended) -> None:
    """What others see between a kill and the next refresh is the old state or the new one, whole."""
    tell = f"{where}, killed at {ended.moments[-1:]}"
    assert not held.torn, f"{tell}: {held.torn}"
    packs = {name: digest for name, digest in held.packs.items() if not Path(name).parts[1].startswith(".")}
    assert packs in (old.packs, new.packs), tell
    published = held.of_schema("marts")
    assert published in (old.of_schema("marts"), new.of_schema("marts"), {}), tell
    if not published:
        assert not old.tables, f"{tell}: what was published is gone"
    assert not (packs == new.packs != old.packs and published != new.of_schema("marts")), f"{tell}: pack before figures"


@pytest.mark.slow
def test_records_of_dagster_on_disk_survive_kills_too(tmp_path: Path, known: Known, zygote: Zygote) -> None:
    """The hundred keep Dagster's records in memory, which is quicker; here they are on disk, as in a terminal."""
    place = known.good.copy_to(tmp_path / "place")
    for step in ("landing/files", "raw/street_catch_up", "sql_models", "charts/control_charts_property", "board/pack"):
        ended = zygote.refresh(place, known.feed.both, on_disk=True, since=f"begin {step}", after=0.05)
        assert ended.signal == 9, ended.said
    zygote.refresh_well(place, known.feed.both, on_disk=True)
    assert zygote.state(place).differs_from(known.both) == []
