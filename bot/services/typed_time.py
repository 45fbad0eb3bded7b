"""A typed date and time as the dialog engine wants it: a moment, or why it was not taken."""

from datetime import date, datetime, time

from bot.dialog.conversation import Misread
from bot.language.when import (
    Ambiguous,
    DateOnly,
    Exact,
    Nonexistent,
    Past,
    TimeOnly,
    When,
    find_whens,
    parse_when,
)
from bot.texts import Reader


def proposes(text: str, now: datetime, reader: Reader) -> bool:
    """Whether a text names a moment, or a day, to meet."""
    found = read(text, now, reader)
    return isinstance(found, datetime) or bool(found.days or found.choices)


def days_named(text: str, now: datetime, reader: Reader, *, moved: bool) -> set[date]:
    """The days (of the reader's zone) that a text names; where something is `moved`, those it is moved from."""
    language = "da" if reader.language == "da" else "sv"
    found = find_whens(text, now, reader.zone, language)
    other_than_target = ("", "from") if any(each.role == "to" for each in found) else ("from",)
    wanted = other_than_target if moved else ("", "from", "not")
    return {day for each in found if each.role in wanted for day in _days(each.when, reader)}


def _days(when: When, reader: Reader) -> list[date]:
    match when:
        case Exact(start):
            return [start.astimezone(reader.zone).date()]
        case DateOnly(day, _):
            return [day]
        case Ambiguous(options, _):
            moments = [
                each.astimezone(reader.zone) if isinstance(each, datetime) else each for each in options
            ]
            return [
                each.date() if isinstance(each, datetime) else each
                for each in moments
                if isinstance(each, date)
            ]
        case _:
            return []


def read(text: str, now: datetime, reader: Reader) -> datetime | Misread:
    """The UTC moment that a text names, ahead of `now`; else what to ask."""
    match parse_when(text, now, reader.zone, "da" if reader.language == "da" else "sv"):
        case Exact(start):
            return start
        case DateOnly(day, _):
            return Misread("engine.when.time_missing", days=(day,))
        case TimeOnly(_):
            return Misread("engine.when.day_missing")
        case Ambiguous(options, _):
            return _ambiguous(options)
        case Past(_):
            return Misread("engine.when.past")
        case Nonexistent(reason):
            return Misread(
                "engine.when.clock_change" if reason == "clock_change" else "engine.when.nonexistent"
            )
        case _:
            return Misread("engine.when.not_understood")


def _ambiguous(options: tuple[datetime | date | time, ...]) -> Misread:
    moments = tuple(each for each in options if isinstance(each, datetime))
    if moments:
        return Misread("engine.when.unclear", choices=moments)
    days = tuple(each for each in options if isinstance(each, date))
    return Misread("engine.when.unclear" if days else "engine.when.day_missing", days=days)
