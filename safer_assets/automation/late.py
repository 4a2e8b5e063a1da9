"""The late-feed sensor: before a board, a feed that should be there and is not is told of, once a working day.

What is here: the sensor. What is not: when a feed is late (board/lateness.py) and the words (words.py).
"""

from datetime import date, datetime
from pathlib import Path

import dagster as dg

from safer_assets.automation.words import late_feed
from safer_assets.board.calendar import deadlines, upcoming, why_not_working
from safer_assets.board.lateness import late_for_board
from safer_assets.landing import Landing
from safer_assets.notices import Notice, send
from safer_assets.refresh import LONDON, BoardRefresh, partnership_names

FIRST_HOUR = 7  # London time; nobody is told anything at night


@dg.sensor(
    minimum_interval_seconds=3600,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Every working day from 07:00: tells those whom SAFER_NOTICES names which feeds are late for the next "
    "board, each once a day. Looks at landed files only.",
)
def late_feed_sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Send what is late; the tick says where every partnership stands."""
    del context
    return dg.SkipReason(tell_of_late_feeds(datetime.now(LONDON)))


def tell_of_late_feeds(now: datetime) -> str:
    """Send what is late at a time in London; where every partnership stands, in words."""
    if now.hour < FIRST_HOUR:
        return f"It is before {FIRST_HOUR}:00; nobody is told anything at night."
    own = BoardRefresh().partnership
    reasons = []
    for name in [own] if own else partnership_names():
        refresh = BoardRefresh(partnership=name)
        notices, reason = late_today(refresh, now.date())
        said = send(notices, Path(refresh.store) / "notices").words() if notices else ""
        reasons.append(f"{reason} {said}".rstrip())
    return "\n".join(reasons) or "There is no partnership."


def late_today(refresh: BoardRefresh, day: date) -> tuple[list[Notice], str]:
    """The notices that a day asks for, and in words why there are so many or none.

    A month counts as needed when it is nominally out by the meeting's data cut; one that is needed and missing is told
    of until the meeting, since a file that should have been out at the cut still enters the figures when it comes.
    """
    partnership = refresh.settings()
    board = partnership.board_name
    if refresh.is_sample:
        return [], f"{board}: the sample is never late. Set SAFER_SOURCE for real files."
    if closed := why_not_working(day, partnership.cycle):
        return [], f"{board}: no working day ({closed})."
    ahead = upcoming(partnership.meetings, day)
    if not ahead:
        return [], f"{board}: meetings.csv lists no meeting to come."
    due = deadlines(ahead[0], partnership.cycle)
    files = Landing(refresh.landing_folder).manifests()
    late = late_for_board(files, partnership.force, day, until=due.data_month)
    late = tuple(standing for standing in late if standing.days_late)
    if not late:
        return [], f"{board}: no feed is late for the meeting of {due.meeting.date}."
    words = " ".join(standing.words() for standing in late)
    return [late_feed(partnership, standing, due) for standing in late], f"{board}: {words}"
