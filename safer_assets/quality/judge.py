"""Great Expectations, told to look at one small frame and to say plainly what it found.

What is here: the only use of great_expectations, and the three answers it can give: passed, failed, could not be
evaluated. What is not: where frames come from (kinds.py) and what an answer leads to (gate.py).
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from safer_assets.quality.kinds import Limits, Must

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Verdict:
    """What came of one expectation on one frame.

    Attributes:
        failing: Positions (from 0) of the frame's rows whose value breaks the expectation.
        error: Why the expectation could not be evaluated; empty when it could.
    """

    failing: tuple[int, ...] = ()
    error: str = ""


class Judge:
    """An ephemeral Great Expectations context: nothing on disk, no progress bars, no telemetry.

    Made once for a batch of files: the import costs seconds, a judgement about 15 ms.
    """

    def __init__(self) -> None:
        # Read by great_expectations while it is being imported, so it must stand before.
        os.environ["GX_ANALYTICS_ENABLED"] = "False"
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._expectations = gx.expectations
        self._batches = (
            context.data_sources.add_pandas("incoming")
            .add_dataframe_asset("values")
            .add_batch_definition_whole_dataframe("all")
        )

    def judge(self, frame: "pd.DataFrame", must: Must, limits: Limits) -> Verdict:
        """Evaluate one expectation on a frame's column `value`.

        A missing column, like any exception inside Great Expectations, comes back from it as a plain `success=False`
        with the reason hidden in `exception_info`; that is reported here as an error and never as a failure.
        """
        expectation = getattr(self._expectations, must.expectation)(column="value", **must.settings(limits))
        batch = self._batches.get_batch(batch_parameters={"dataframe": frame})
        found = batch.validate(expectation, result_format={"result_format": "COMPLETE"})
        error = _raised(found.exception_info)
        if error:
            return Verdict(error=error)
        if found.success:
            return Verdict()
        failing: Sequence[int] | None = found.result.get("unexpected_index_list")
        if not failing:
            return Verdict(error=f"{must.expectation} failed and did not say which values are wrong")
        return Verdict(failing=tuple(int(position) for position in failing))


def _raised(info: Mapping[str, object] | None) -> str:
    """The messages of the exceptions an expectation swallowed, empty where there were none.

    `exception_info` is one record (`raised_exception`, `exception_message`) or, when a metric broke, one a metric.
    """
    if not info:
        return ""
    records = [info] if "raised_exception" in info else list(info.values())
    messages = [
        str(record.get("exception_message"))
        for record in records
        if isinstance(record, Mapping) and record.get("raised_exception")
    ]
    return "; ".join(dict.fromkeys(messages))
