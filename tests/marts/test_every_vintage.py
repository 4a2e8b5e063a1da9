"""Every borough's and group's figures equal an independent pandas computation, on every real borough file."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest
from conftest import SHARED_DATA
from independent_figures import independent_figures
from warehouse_fixtures import empty_warehouse, set_meeting

from safer_assets.feeds import by_name
from safer_assets.landing import Landing
from safer_assets.loading import load, register
from safer_assets.models.build import build
from safer_assets.partnership import load_partnership

FILES = sorted(path.name for path in (SHARED_DATA / "mps_borough").glob("*.csv"))
KEYS = ["indicator", "area_code", "window", "end_month"]
NUMBERS = ["value", "prior_value"]


@pytest.mark.parametrize("name", FILES or ["no real data"])
def test_figures_equal_an_independent_computation(name: str, shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "mps_borough" / name
    partnership = load_partnership("barnet")
    landing = Landing(tmp_path / "landing")
    (manifest,) = landing.land(path).new
    assert manifest.vintage is not None
    con = empty_warehouse()
    feed = by_name("mps_borough")
    register(con, [manifest], [feed])
    (done,) = load(con, landing, feed, [manifest], partnership.quality)
    assert (done.rows_loaded, done.rows_quarantined, done.held) == (manifest.rows, 0, False)
    set_meeting(con, data_month=manifest.vintage, as_at=manifest.vintage, basis="latest")
    assert not build(con).blocked_by

    groups = {group.code: group.members for group in partnership.groups}
    expected = independent_figures(path, f"{manifest.vintage:%Y-%m}", groups)
    found = _figures(con)
    both = expected.merge(found, on=KEYS, how="left", suffixes=("_expected", ""), indicator=True)
    assert set(both["area_code"]) >= {"E09000003", "BCU-NW", "MPS-32"}
    assert (both["_merge"] == "both").all(), "every figure of the independent computation is in marts.figures"
    assert len(both) > 34 * 5 * 10
    for number in NUMBERS:
        theirs, ours = both[f"{number}_expected"].astype("Int64"), both[number].astype("Int64")
        differ = both[(theirs.isna() != ours.isna()) | (theirs != ours).fillna(False)]
        assert differ.empty, differ.head().to_string()
    assert found[found["value"].notna()].groupby("indicator").ngroups == expected["indicator"].nunique()


def _figures(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Figures that end in the data month, or in the last quarter at or before it, months as YYYY-MM."""
    return con.execute(
        "select indicator, area_code, \"window\", strftime(end_month, '%Y-%m') as end_month, value, prior_value "
        "from marts.figures cross join reference.meeting where end_month = data_month or \"window\" = 'fyq'"
    ).df()
