"""Where the try-out's clock can be moved to, in the organisation's own time zone."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
BEFORE_MEETING = timedelta(hours=2)


class CannotMove(Exception):
    """The clock stays; `reason` is the name of a text for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


NextMeeting = Callable[[], Awaitable[datetime | None]]


async def target(move: Mapping[str, Any], now: datetime, next_meeting: NextMeeting) -> datetime:
    """The aware UTC datetime of one of the moves `{"hours": 1}`, `{"days": 1}`, `{"to": "meeting"}`,
    `{"to": "monday"}` and `{"at": "2026-03-02T08:00"}` (local time).

    Raises CannotMove if it is not ahead of `now`, or there is no such time.
    """
    match dict(move):
        case {"hours": int(hours)}:
            moment = now + timedelta(hours=hours)
        case {"days": int(days)}:
            moment = _local(now.astimezone(ZONE).date() + timedelta(days=days), now.astimezone(ZONE).time())
        case {"to": "meeting"}:
            moment = await _before_meeting(next_meeting)
        case {"to": "monday"}:
            moment = next_monday(now)
        case {"at": str(text)}:
            moment = _parsed(text)
        case _:
            raise CannotMove("clock_unknown")
    if moment <= now:
        raise CannotMove("clock_soon" if move.get("to") == "meeting" else "clock_past")
    return moment


def next_monday(now: datetime) -> datetime:
    """08:00 on the first Monday after `now`, which may be today."""
    local = now.astimezone(ZONE)
    monday = _local(local.date() + timedelta(days=-local.weekday() % 7), time(8))
    return monday if monday > now else _local(local.date() + timedelta(days=7 - local.weekday()), time(8))


async def _before_meeting(next_meeting: NextMeeting) -> datetime:
    meeting = await next_meeting()
    if meeting is None:
        raise CannotMove("clock_no_meeting")
    return (meeting - BEFORE_MEETING).astimezone(UTC)


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CannotMove("clock_unknown") from None


def _local(day: Any, at: time) -> datetime:
    return datetime.combine(day, at, ZONE).astimezone(UTC)
