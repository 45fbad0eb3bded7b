"""Typed dates and times in Swedish and Danish: what is clear, and what has to be asked back.

Written by hand: dateparser 1.5.0 got 21 of our 132 full dates right, 2 of 25 times ("halv fire" never).

What is decided where people are vague:
- A meeting begins between 07:00 and 21:00, so "kl 3" is 15:00; "kl 7" and "kl 8" fit twice and are asked
  back; "08.00", "8.15" and "15" mean what they say.
- A weekday is the coming one; on that weekday itself today and in a week are asked back while today is
  possible. "Nästa fredag"/"næste fredag" is always asked back. A date without a year is the coming one,
  unless it went by within the last 60 days: then it is past.
- What comes twice in October is asked back; what is skipped in March does not exist.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.language.when_grammar import Clock, Days, Group, Reason, groups, has_day, starting
from bot.language.when_words import items
from bot.times import Hours, instants, local

WAKING = Hours(time(7), time(21))
PARTS = {
    "morning": Hours(time(5), time(12)),
    "forenoon": Hours(time(6), time(12)),
    "midday": Hours(time(11), time(15)),
    "afternoon": Hours(time(12), time(19)),
    "evening": Hours(time(16), time(0)),
    "night": Hours(time(21), time(6)),
}
"""What "på kvällen" and the like allow a number on the 12-hour clock to mean."""

Part = Literal["morning", "forenoon", "midday", "afternoon", "evening", "night"]


@dataclass(frozen=True)
class Exact:
    """One instant, in UTC, still ahead."""

    start: datetime


@dataclass(frozen=True)
class DateOnly:
    """A day, and perhaps the part of it; the time is missing."""

    day: date
    part: Part | None = None


@dataclass(frozen=True)
class TimeOnly:
    """A local time; the day is missing."""

    at: time


@dataclass(frozen=True)
class Ambiguous:
    """Two or more readings to choose from, and why it is unclear: instants (UTC), days, or times.

    Only the reason "several" mixes them ("fredag kl 10 eller lördag").
    """

    options: tuple[datetime | date | time, ...]
    reason: Reason


@dataclass(frozen=True)
class Past:
    """What was meant is over: an instant (UTC), or a day when no time was given."""

    start: datetime | date


@dataclass(frozen=True)
class Nonexistent:
    """There is no such day (30 February), time (25:00), or it is skipped when the clocks change."""

    reason: Literal["no_such_day", "no_such_time", "clock_change"]


@dataclass(frozen=True)
class NotUnderstood:
    """No proposal in the text."""


When = Exact | DateOnly | TimeOnly | Ambiguous | Past | Nonexistent | NotUnderstood


@dataclass(frozen=True)
class Found:
    """A date or time in a text: where (characters), what, and whether it is moved to, from, or refused."""

    start: int
    end: int
    when: When
    role: Literal["", "to", "from", "not"]


@dataclass(frozen=True)
class _Here:
    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return local(self.now, self.zone).date()


def _readings(clock: Clock, part: Part | None) -> tuple[time, ...]:
    """The times that a clock can mean at a part of the day: none, one, or two."""
    if clock.hour > 23 or clock.minute > 59:
        return ()
    literal = time(clock.hour, clock.minute)
    if not clock.spoken:
        return (literal,)
    twice = [time(clock.hour % 12 + half, clock.minute) for half in (0, 12)]
    fitting = tuple(at for at in twice if at in (PARTS[part] if part else WAKING))
    return fitting or (literal,)


def _at(days: Days, times: tuple[time, ...], here: _Here) -> When:
    """What days and times mean together. Both have at least one option."""
    walls = [datetime.combine(day, at) for day in days.options for at in times]
    moments = [moment for wall in walls for moment in instants(wall, here.zone)]
    if not moments:
        return Nonexistent("clock_change")
    ahead = tuple(moment for moment in moments if moment > here.now)
    if not ahead:
        return Past(moments[0])
    if len(ahead) == 1:
        return Exact(ahead[0])
    if len({local(moment, here.zone).date() for moment in ahead}) > 1:
        return Ambiguous(ahead, days.reason)
    return Ambiguous(ahead, "clock_change" if len(times) == 1 else "morning_or_evening")


def _on(days: Days, part: Part | None, here: _Here) -> When:
    """What days mean without a time. At least one option."""
    ahead = tuple(day for day in days.options if day >= here.today)
    if not ahead:
        return Past(days.options[0])
    return DateOnly(ahead[0], part) if len(ahead) == 1 else Ambiguous(ahead, days.reason)


def _weekday(weekday: int, today: date) -> Days:
    first = today + timedelta(days=(weekday - today.weekday()) % 7)
    if first == today:
        return Days((first, first + timedelta(days=7)), "today_or_next_week")
    return Days((first,))


def _checked(days: Days, weekday: int) -> Days:
    """Days that were given a weekday as well: those on it, or both readings when none is."""
    if fitting := tuple(day for day in days.options if day.weekday() == weekday):
        return Days(fitting, days.reason)
    if len(days.options) != 1:
        return days
    (day,) = days.options
    shift = (weekday - day.weekday() + 3) % 7 - 3
    return Days(tuple(sorted((day, day + timedelta(days=shift)))), "weekday_and_date_differ")


def _days(group: Group, today: date) -> Days:
    weekday, days = group.said.get("weekday"), group.said.get("day")
    if days is None:
        return _weekday(group.said["weekday"], today)
    return days if weekday is None else _checked(days, weekday)


def _number_is_a_day(group: Group, days: Days) -> bool:
    """ "torsdag 5", when that Thursday is the 5th: perhaps the date, perhaps the hour."""
    clock: Clock = group.said["clock"]
    return clock.bare and "weekday" in group.said and any(day.day == clock.hour for day in days.options)


def _meaning(group: Group, here: _Here) -> When:
    said = group.said
    part, clock = said.get("part"), said.get("clock")
    if "stretch" in said:
        return Exact(starting(here.now, said["stretch"]))
    times = () if clock is None else _readings(clock, part)
    if clock is not None and not times:
        return Nonexistent("no_such_time")
    if not has_day(group):
        return TimeOnly(times[0]) if len(times) == 1 else Ambiguous(times, "morning_or_evening")
    days = _days(group, here.today)
    if not days.options:
        return Nonexistent("no_such_day")
    if not times or _number_is_a_day(group, days):
        return _on(days, part, here)
    return _at(days, times, here)


def _groups(text: str, here: _Here, language: str) -> tuple[list[Group], list[tuple[int, int]]]:
    found = items(text, language)
    result = groups(found, here.today)
    return result, [(found[group.first].start, found[group.last - 1].end) for group in result]


def find_whens(text: str, now: datetime, zone: ZoneInfo, language: str) -> list[Found]:
    """Every date and time in a text, in order, with its place. Arguments as in `parse_when`."""
    here = _Here(now, zone)
    result, places = _groups(text, here, language)
    return [
        Found(start, end, _meaning(group, here), group.role)
        for group, (start, end) in zip(result, places, strict=True)
    ]


def _proposals(result: list[Group]) -> list[Group]:
    """What the writer wants, of all that was mentioned."""
    wanted = [group for group in result if group.role == "to"]
    wanted = wanted or [group for group in result if group.role == ""]
    return wanted or [group for group in result if group.role == "from"]


def _sharing(proposals: list[Group]) -> list[Group]:
    """ "onsdag eller torsdag kl 10", "fredag kl 10 eller 11": what one lacks its neighbour lends."""
    result = list(proposals)
    for at in range(len(result) - 1, 0, -1):
        later, sooner = result[at].said, result[at - 1].said
        if "clock" in later and "clock" not in sooner and has_day(result[at]):
            lent: dict[str, Any] = {key: later[key] for key in ("clock", "part") if key in later}
            result[at - 1] = replace(result[at - 1], said={**lent, **sooner})
    shared: list[Group] = []
    for group in result:
        if shared and not has_day(group):
            last = shared[-1] if "clock" in shared[-1].said else shared.pop()
            missing: dict[str, Any] = {key: value for key, value in last.said.items() if key != "clock"}
            group = replace(group, said={**missing, **group.said})
        shared.append(group)
    return shared


def _together(whens: list[When]) -> When:
    options: list[datetime | date | time] = []
    for when in whens:
        if isinstance(when, Ambiguous):
            options += when.options
        elif isinstance(when, Exact | DateOnly | TimeOnly):
            options.append(_bare(when))
    if not options:
        return whens[0]
    distinct = tuple(dict.fromkeys(options))
    usable = [when for when in whens if not isinstance(when, Past | Nonexistent)]
    return usable[0] if len(distinct) == 1 or len(usable) == 1 else Ambiguous(distinct, "several")


def _bare(when: Exact | DateOnly | TimeOnly) -> datetime | date | time:
    match when:
        case Exact(start):
            return start
        case DateOnly(day):
            return day
        case TimeOnly(at):
            return at


def parse_when(text: str, now: datetime, zone: ZoneInfo, language: str) -> When:
    """What time a text proposes.

    text: anything a person may write. now: aware. zone: where the clocks are meant. language: "sv" or "da".
    Of several the one moved to is taken ("flytta torsdagen till fredag kl 10"), and what is refused
    ("inte på fredag") left out. Never raises on a text; ValueError when `now` is naive.
    """
    here = _Here(now, zone)
    proposals = _proposals(_groups(text, here, language)[0])
    if not proposals:
        return NotUnderstood()
    return _together([_meaning(group, here) for group in _sharing(proposals)])


def combine(day: date, at: time, now: datetime, zone: ZoneInfo) -> When:
    """A day and a local time that were asked for one after the other.

    Exact, Past, Nonexistent (skipped in March) or Ambiguous (comes twice in October).
    """
    return _at(Days((day,)), (at,), _Here(now, zone))
