"""Duty hours: when somebody reads alerts, as people write them ("mån-fre 8-17; lör 10-14", "always", "never")."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ALWAYS, NEVER = "always", "never"
WEEK = tuple(range(7))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_NAMES = (
    ("mon", "mån", "man"),
    ("tue", "tis", "tir"),
    ("wed", "ons"),
    ("thu", "tor"),
    ("fri", "fre"),
    ("sat", "lör", "lør"),
    ("sun", "sön", "søn"),
)
_GROUPS = {"vardag": range(5), "hverdag": range(5), "weekday": range(5), "helg": (5, 6), "weekend": (5, 6)}
_CLOCK = r"(\d{1,2})(?:[.:](\d{2}))?"
_PART = re.compile(rf"([^\d]*?)\s*(?:kl\.?\s*)?{_CLOCK}\s*(?:-|–|till|til)\s*{_CLOCK}\s*")


@dataclass(frozen=True)
class Duty:
    """From `start` to `end` (local) on these days (0 is Monday); over midnight when `end` is not after `start`."""

    days: tuple[int, ...]
    start: time
    end: time

    def covers(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether somebody is on duty at an aware moment."""
        local = moment.astimezone(zone)
        clock = local.time()
        if self.start < self.end:
            return local.weekday() in self.days and self.start <= clock < self.end
        evening = clock >= self.start and local.weekday() in self.days
        return evening or (clock < self.end and (local.weekday() - 1) % 7 in self.days)

    def next_start(self, after: datetime, zone: ZoneInfo) -> datetime:
        """The first beginning strictly after an aware moment, in the zone."""
        today = after.astimezone(zone).date()
        starts = (self._start_on(today + timedelta(days=ahead), zone) for ahead in range(8))
        return next(start for start in starts if start is not None and start > after)

    def _start_on(self, day: date, zone: ZoneInfo) -> datetime | None:
        return datetime.combine(day, self.start, zone) if day.weekday() in self.days else None

    def __str__(self) -> str:
        days = ",".join(DAYS[day] for day in self.days)
        return f"{days} {self.start:%H:%M}-{self.end:%H:%M}"


def read(text: str) -> tuple[Duty, ...]:
    """The hours that a text names, in Swedish, Danish or English. Raises ValueError where it is not understood."""
    plain = text.strip().casefold()
    if plain == NEVER:
        return ()
    if plain == ALWAYS:
        return (Duty(WEEK, time(0), time(0)),)
    return _parts(plain)


def written(duties: Sequence[Duty]) -> str:
    """As `read` reads it."""
    return "; ".join(map(str, duties)) or NEVER


def _parts(text: str) -> tuple[Duty, ...]:
    """One after another: days, hours. Hours without days are for the days before, or for all."""
    found: list[Duty] = []
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            break
        days, *clock = part.groups()
        before = found[-1].days if found else WEEK
        found.append(Duty(_days(days) or before, _time(clock[0], clock[1]), _time(clock[2], clock[3])))
        at = part.end()
    if not found or text[at:].strip(" .;"):
        raise ValueError(f"no hours like 'mon-fri 08:00-17:00' in {text!r}")
    return tuple(found)


def _time(hour: str, minute: str | None) -> time:
    if int(hour) > 24 or (int(hour) == 24 and int(minute or 0)):
        raise ValueError(f"there is no hour {hour}")
    return time(int(hour) % 24, int(minute or 0))


def _days(text: str) -> tuple[int, ...]:
    """The days of "mån-fre", "mon, wed", "vardagar"; none where none is named."""
    words = re.findall(r"\w+|[-–]", text)
    found: list[int] = []
    ranged = False
    for word in words:
        if word in ("-", "–", "till", "til"):
            ranged = True
            continue
        days = _named(word)
        if ranged and found and days:
            last = found[-1]
            days = tuple((last + ahead) % 7 for ahead in range(1, (days[0] - last) % 7 + 1))
        ranged = False
        found += days
    return tuple(sorted(set(found)))


def _named(word: str) -> tuple[int, ...]:
    if word in ("och", "og", "and", "kl"):
        return ()
    for group, days in _GROUPS.items():
        if word.startswith(group):
            return tuple(days)
    for day, names in enumerate(_NAMES):
        if word.startswith(names):
            return (day,)
    raise ValueError(f"no day is called {word!r}")
