"""A meeting as a calendar file (iCalendar, RFC 5545, with the methods of RFC 5546).

The file says no more than when, how long, and a neutral title: other people may see a calendar.
Calendars know a meeting by its uid, and take the entry with the higher sequence as the newer one.
"""

import unicodedata
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

FILE_NAME = "kalender.ics"
"""Neutral, and a word in both languages."""

NOBODY = vCalAddress("invalid:nomail")
"""The methods ask for an organiser; neither person's address is given to the other."""

LONGEST_TITLE = 200


class Method(StrEnum):
    """What a calendar does with the entry: take it up (PUBLISH), take it up or move it (REQUEST), drop it."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def _one_line(text: str) -> str:
    """`text` on one line: nothing is left that could start a line of its own."""
    spaced = "".join(" " if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} else char for char in text)
    return " ".join(spaced.split())[:LONGEST_TITLE]


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change(day: datetime, zone: ZoneInfo) -> datetime:
    """The minute within 24 hours of `day` at which the offset of `zone` changes for good."""
    new = _offset(day + timedelta(days=1), zone)
    minutes = bisect_left(
        range(24 * 60), True, key=lambda minute: _offset(day + timedelta(minutes=minute), zone) == new
    )
    return day + timedelta(minutes=minutes)


def _changes(zone: ZoneInfo, first: datetime, days: int) -> list[datetime]:
    """The instants (UTC) at which the clocks of `zone` are changed, within `days` after `first`."""
    moments = [first + timedelta(days=ahead) for ahead in range(days + 1)]
    return [
        _change(before, zone)
        for before, after in pairwise(moments)
        if _offset(before, zone) != _offset(after, zone)
    ]


def _observance(moment: datetime, zone: ZoneInfo) -> TimezoneStandard | TimezoneDaylight:
    """What holds in `zone` from `moment` on. It begins on the clock of before (RFC 5545, 3.6.5)."""
    since, before = moment.astimezone(zone), _offset(moment - timedelta(minutes=1), zone)
    part = TimezoneDaylight() if since.dst() else TimezoneStandard()
    part.add("dtstart", (moment + before).replace(tzinfo=None))
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", _offset(moment, zone))
    part.add("tzname", since.tzname())
    return part


@lru_cache(maxsize=16)
def _timezone(zone: ZoneInfo, year: int) -> Timezone:
    """The zone from the year before to the year after `year`; those of later years may yet be changed.

    Made here, as icalendar 7.3 tells each spring change an hour late (it uses the clock of after).
    """
    first = datetime(year - 1, 1, 1, tzinfo=UTC)
    timezone = Timezone()
    timezone.add("tzid", zone.key)
    for moment in [first, *_changes(zone, first, 3 * 366)]:
        timezone.add_component(_observance(moment, zone))
    return timezone


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    """`moment` on the local clock; in UTC in the later of two like hours: no other name tells them apart."""
    wall = moment.astimezone(zone)
    return moment.astimezone(UTC) if wall.fold else wall


def _event(uid: str, sequence: int, begins: datetime, ends: datetime, title: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", _one_line(title))
    event.add("class", "PRIVATE")
    event.add("organizer", NOBODY)
    return event


def calendar_file(
    uid: str,
    sequence: int,
    start: datetime,
    duration_minutes: int,
    zone: ZoneInfo,
    title: str,
    method: Method,
    now: datetime,
) -> bytes:
    """The file for one meeting, UTF-8.

    uid: the same for the meeting's whole life. sequence: 0 at first, higher with each move or cancellation.
    start, now: aware. duration_minutes: 1 or more. zone: where the meeting is shown. title: any text.
    Raises ValueError on a naive time, a negative sequence, a duration below one or a uid with odd characters.
    """
    if start.utcoffset() is None or now.utcoffset() is None:
        raise ValueError("a calendar file needs aware times")
    if sequence < 0 or duration_minutes < 1:
        raise ValueError(f"sequence {sequence} or duration {duration_minutes} is too low")
    if not uid or not uid.isascii() or not uid.isprintable():
        raise ValueError("a uid is printable ASCII")
    end = start.astimezone(UTC) + timedelta(minutes=duration_minutes)
    event = _event(uid, sequence, _shown(start, zone), _shown(end, zone), title, now)
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    calendar.add_component(_timezone(zone, start.year))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
