"""What all tests share: the real open data beside the project, where it is there."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is not a defect: properties are about what holds, never about how fast.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real open data; CI must have it, elsewhere tests that need it skip and say so."""
    if SHARED_DATA.is_dir():
        return SHARED_DATA
    if os.environ.get("CI"):
        pytest.fail(f"CI must have the real data at {SHARED_DATA}, and it is not there.")
    pytest.skip("needs the real open data in ../shared/data, which this machine does not have")
