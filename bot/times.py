"""Local time and instants: everything stored is UTC, everything agreed between people is local.

Policy at a daylight-saving change: a local time that is skipped moves forward by the skipped hour
(02:30 becomes 03:30), one that comes twice means the first of the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count as counting
from zoneinfo import ZoneInfo


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"a moment needs its offset, got {moment!r}")
    return moment


def to_utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clocks of `zone` show `wall`, by the policy above.

    Raises ValueError when `wall` carries an offset already, OverflowError at the ends of the calendar.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"a wall-clock time carries no zone, got {wall!r}")
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def instants(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Every instant (UTC, in order) at which the clocks of `zone` show the naive `wall`: none, one or two."""
    both = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(moment for moment in both if moment.astimezone(zone).replace(tzinfo=None) == wall))


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """`moment` as the clocks of `zone` show it, aware. Raises ValueError on a naive moment."""
    return _aware(moment).astimezone(zone)


def series(start: datetime, zone: ZoneInfo, every_days: int, count: int) -> list[datetime]:
    """`count` instants (UTC), `every_days` (1 or more) local days apart, all at the local time of `start`.

    Raises ValueError on a naive start or a rhythm below one day.
    """
    if every_days < 1:
        raise ValueError(f"a series needs at least a day between meetings, got {every_days}")
    wall = local(start, zone).replace(tzinfo=None)
    later = (to_utc(wall + timedelta(days=every_days * turn), zone) for turn in range(1, count))
    return [start.astimezone(UTC), *later][:count]


@dataclass(frozen=True)
class Hours:
    """A daily stretch of local time from `start` up to, not with, `end`; past midnight when end < start.

    Equal ends mean an empty stretch.
    """

    start: time
    end: time

    def __contains__(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


QuietHours = Hours

_BREATH = timedelta(minutes=1)


def outside_quiet(due: datetime, quiet: QuietHours, zone: ZoneInfo, latest: datetime) -> datetime:
    """`due`, or the nearest sensible instant (UTC) outside the quiet hours of `zone`.

    Held back until they end, unless that is after `latest`; then the minute before they begin,
    which may lie in the past: whoever sends decides what to do with what is late.
    """
    wall = local(due, zone).replace(tzinfo=None)
    if wall.time() not in quiet:
        return due.astimezone(UTC)
    began = wall.date() if wall.time() >= quiet.start else wall.date() - timedelta(days=1)
    over = began if quiet.start <= quiet.end else began + timedelta(days=1)
    after = to_utc(datetime.combine(over, quiet.end), zone)
    if after <= _aware(latest):
        return after
    return to_utc(datetime.combine(began, quiet.start), zone) - _BREATH


@dataclass(frozen=True)
class Lead:
    """How long before a meeting a reminder is due: whole local days (same clock time), then hours."""

    days: int = 0
    hours: float = 0


DAY_BEFORE = Lead(days=1)
TWO_HOURS_BEFORE = Lead(hours=2)
LAST_USEFUL = timedelta(minutes=30)


def reminder_time(start: datetime, lead: Lead, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """When (UTC) to remind of a meeting at `start`: `lead` before it, kept out of the quiet hours.

    Always before `start`; at least LAST_USEFUL before it when moved for the quiet hours.
    """
    wall = local(start, zone).replace(tzinfo=None) - timedelta(days=lead.days)
    day = to_utc(wall, zone) if lead.days else start
    return outside_quiet(day - timedelta(hours=lead.hours), quiet, zone, start - LAST_USEFUL)


def next_local(at: time, zone: ZoneInfo, after: datetime, weekday: int | None = None) -> datetime:
    """The first instant (UTC) strictly after `after` when the clocks of `zone` show `at`.

    On any day, or only on `weekday` (0 is Monday). `at` is naive.
    """
    today = local(after, zone).date()
    days: Iterator[date] = (today + timedelta(days=ahead) for ahead in counting())
    return next(
        moment
        for day in days
        if weekday is None or day.weekday() == weekday
        if (moment := to_utc(datetime.combine(day, at), zone)) > after
    )
