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
    parse_when,
)
from bot.texts import Reader


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
