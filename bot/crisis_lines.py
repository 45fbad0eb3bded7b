"""Lines of help as data: which fit somebody, which are open at a moment, and which want checking again."""

import tomllib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config import ZONES

FILE = Path(__file__).resolve().parent.parent / "locales" / "crisis_lines.toml"
STALE_AFTER = timedelta(days=150)
"""After so long a line of help wants checking again."""


@dataclass(frozen=True)
class Line:
    """One line of help. `hours`: None for always, else (opens, closes) in the country's zone.

    `region` is the key of the one region where it answers, empty for the whole country.
    """

    country: str
    name: str
    number: str
    who: str
    what: str
    sv: str
    da: str
    link: str
    source: str
    checked: date
    certainty: str
    hours: tuple[time, time] | None
    region: str = ""

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

    def checked_on(self, confirmed: date | None) -> date:
        """When it was last checked: by the file, or by whoever confirmed the list later than that."""
        return self.checked if confirmed is None else max(self.checked, confirmed)

    def is_stale(self, today: date, confirmed: date | None = None) -> bool:
        """Whether nobody has checked it for STALE_AFTER or longer."""
        return today - self.checked_on(confirmed) >= STALE_AFTER


@cache
def all_lines(file: Path = FILE) -> tuple[Line, ...]:
    data = tomllib.loads(file.read_text("utf-8"))["line"]
    return tuple(Line(**{**item, "hours": _hours(item["hours"])}) for item in data)


def _hours(text: str) -> tuple[time, time] | None:
    if text == "always":
        return None
    opens, closes = text.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def served(countries: Sequence[str]) -> list[Line]:
    return [line for line in all_lines() if line.country in countries]


def fingerprint(countries: Sequence[str]) -> str:
    """What stands for the list of these countries as it is now: another one when anything shown is changed."""
    return _fingerprint(tuple(served(countries)))


@cache
def _fingerprint(lines: tuple[Line, ...]) -> str:
    shown = sorted(repr(astuple(replace(line, checked=date.min, source=""))) for line in lines)
    return sha256("\n".join(shown).encode()).hexdigest()


def fitting(
    countries: Sequence[str], *, adult: bool | None, region: str | None = None, bereaved: bool = False
) -> list[Line]:
    """The lines for somebody in acute danger, emergency numbers first. `adult` and `region` None: not known.

    `bereaved`: also the lines for those whom somebody has left by suicide.
    """
    wanted = [
        line
        for line in served(countries)
        if (line.who != "children" or not adult)
        and (not line.region or region in (None, line.region))
        and (line.what != "bereaved" or bereaved)
    ]
    return sorted(wanted, key=lambda line: (countries.index(line.country), line.what != "danger"))


def to_show(
    countries: Sequence[str],
    moment: datetime,
    *,
    adult: bool | None,
    region: str | None = None,
    bereaved: bool = False,
) -> tuple[list[Line], Line | None]:
    """(lines open now, the next to open when no line to talk with is open). 112 is always among them.

    For the bereaved, the line to talk with is theirs where there is one.
    """
    lines = fitting(countries, adult=adult, region=region, bereaved=bereaved)
    open_now = [line for line in lines if line.is_open(moment)]
    theirs = any(line.what == "bereaved" for line in lines)
    to_talk = ("bereaved",) if theirs else ("suicide", "talk")
    if any(line.what in to_talk and line.who != "children" for line in open_now):
        return open_now, None
    later = [line for line in lines if line not in open_now and line.what in to_talk]
    return open_now, min(later, key=lambda line: line.opens_at(moment), default=None)


def stale(countries: Sequence[str], today: date, confirmed: date | None = None) -> list[Line]:
    """The lines of these countries that want checking again."""
    return [line for line in served(countries) if line.is_stale(today, confirmed)]
