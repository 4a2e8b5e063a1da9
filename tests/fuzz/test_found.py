"""What fuzzing found, and what it begins from: every input comes back in time, with an answer or one of our errors."""

from pathlib import Path

import pytest
from fuzz.run import FOUND
from fuzz.seeds import seeds
from fuzz.targets import TARGETS, run

FINDS = sorted(path for path in FOUND.glob("*/*") if path.is_file())


@pytest.mark.parametrize("path", FINDS, ids=lambda path: f"{path.parent.name}-{path.name[:12]}")
def test_a_find_stays_mended(path: Path) -> None:
    run(path.parent.name, path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_a_seed_passes(name: str) -> None:
    """A target that chokes on sound input would find nothing else."""
    for seed in seeds(name):
        run(name, seed)
