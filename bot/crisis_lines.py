"""Lines of help as data: which fit a country, and which are open at a moment."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config import ZONES

FILE = Path(__file__).resolve().parent.parent / "locales" / "crisis_lines.toml"
STALE_AFTER = timedelta(days=150)
"""After so long a line of help wants checking again."""


@dataclass(frozen=True)
class Line:
    """One line of help. `hours`: None for always, else (opens, closes) in the country's zone."""

    country: str
    name: str
    number: str
    who: str
    what: str
    sv: str
    da: str
    source: str
    checked: date
    certainty: str
    hours: tuple[time, time] | None

    def words(self, language: str) -> str:
        return self.sv if language == "sv" else self.da

    def is_open(self, moment: datetime) -> bool:
        if self.hours is None:
            return True
        opens, closes = self.hours
        clock = moment.astimezone(ZoneInfo(ZONES[self.country])).time()
        return opens <= clock < closes if opens < closes else clock >= opens or clock < closes

    def opens_at(self, moment: datetime) -> datetime:
        """The next opening after `moment` (aware), in the country's zone; `moment` itself when open."""
        if self.hours is None or self.is_open(moment):
            return moment
        local = moment.astimezone(ZoneInfo(ZONES[self.country]))
        opening = datetime.combine(local.date(), self.hours[0], local.tzinfo)
        return opening if opening > local else opening + timedelta(days=1)


@cache
def all_lines(file: Path = FILE) -> tuple[Line, ...]:
    data = tomllib.loads(file.read_text("utf-8"))["line"]
    return tuple(Line(**{**item, "hours": _hours(item["hours"])}) for item in data)


def _hours(text: str) -> tuple[time, time] | None:
    if text == "always":
        return None
    opens, closes = text.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def fitting(countries: Sequence[str], *, adult: bool | None) -> list[Line]:
    """The lines for somebody in acute danger, emergency numbers first. `adult` None: not known."""
    lines = [line for line in all_lines() if line.country in countries and line.what != "bereaved"]
    wanted = [line for line in lines if line.who != "children" or not adult]
    return sorted(wanted, key=lambda line: (countries.index(line.country), line.what != "danger"))


def to_show(
    countries: Sequence[str], moment: datetime, *, adult: bool | None
) -> tuple[list[Line], Line | None]:
    """(lines open now, the next to open when no line to talk with is open). 112 is always among them."""
    lines = fitting(countries, adult=adult)
    open_now = [line for line in lines if line.is_open(moment)]
    if any(line.what in ("suicide", "talk") and line.who != "children" for line in open_now):
        return open_now, None
    later = [line for line in lines if line not in open_now and line.what in ("suicide", "talk")]
    return open_now, min(later, key=lambda line: line.opens_at(moment), default=None)


def stale(countries: Sequence[str], today: date) -> list[Line]:
    """The lines of these countries that nobody has checked for STALE_AFTER or longer."""
    return [line for line in all_lines() if line.country in countries and today - line.checked >= STALE_AFTER]
