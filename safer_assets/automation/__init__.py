"""What starts a refresh by itself, what is watched meanwhile, and what people are told.

What is here: jobs (jobs.py), the board schedule (schedule.py), the watched folder (folder.py), the publishers
(publishers.py), feeds that are late (late.py), ended runs (ended.py), old runs (upkeep.py), the words of notices
(words.py); each is a few lines round a pure decision. What is not: the decisions (board/) and sending (notices.py).
"""

from safer_assets.automation.ended import failure_sensor, pack_ready_sensor
from safer_assets.automation.folder import landing_sensor
from safer_assets.automation.jobs import board_refresh, street_months
from safer_assets.automation.late import late_feed_sensor
from safer_assets.automation.publishers import publisher_sensor
from safer_assets.automation.schedule import board_schedule
from safer_assets.automation.upkeep import old_runs_sensor

__all__ = [
    "board_refresh",
    "board_schedule",
    "failure_sensor",
    "landing_sensor",
    "late_feed_sensor",
    "old_runs_sensor",
    "pack_ready_sensor",
    "publisher_sensor",
    "street_months",
]
