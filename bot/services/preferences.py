"""What people choose for themselves: language, reminders, quiet hours, language feedback, the digest."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from bot.commands import SetDigest, SetFeedback, SetLanguage, SetQuietHours, SetReminders
from bot.dialog import Option
from bot.services import consents, digests, duty, menus, reminders
from bot.services.access import has_consented
from bot.services.registry import Unclear, facts, handles, options
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Dismissal, Person
from bot.times import QuietHours

QUIET: dict[str, QuietHours] = {
    "early": QuietHours(time(20), time(9)),
    "late": QuietHours(time(22), time(7)),
    "never": QuietHours(time(0), time(0)),
}
"""Quiet hours that are offered beside the organisation's own; equal ends mean none."""

_CLOCK = r"(\d{1,2})(?:[.:]?(\d{2}))?"
_FROM_UNTIL = re.compile(rf"\D*{_CLOCK}\D+{_CLOCK}\D*")


@handles(SetLanguage)
def set_language(turn: Turn, person: Person, command: SetLanguage) -> None:
    """From the next words on; what waits is asked again in the new language."""
    person.language, person.language_chosen = command.language, True
    turn.tx.add(person)
    menus.refresh(turn, person)


@options("settings")
def offered(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    keys = (*_settings(person), "leave")
    return [Option(key, turn.plain(person, f"settings.what.{key}")) for key in keys]


def _settings(person: Person) -> list[str]:
    feedback = ["feedback"] if person.peer != "no" else []
    coordinating = ["digest", "duty"] if person.coordinator else []
    return ["reminders", "quiet", *feedback, *coordinating]


@facts("settings")
def as_it_is(turn: Turn, person: Person, subject: int | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    now = {
        "reminders": f"settings.reminders.{person.reminders}",
        "quiet": "settings.quiet.never",
        "feedback": f"settings.feedback.{'on' if has_consented(turn, person, 'feedback') else 'off'}",
        "digest": f"settings.digest.{digests.rhythm(turn, person)}",
    }
    values = {name: turn.plain(person, text_id) for name, text_id in now.items()}
    values["duty"] = duty.shown(turn, person, duty.hours_of(turn, person))
    quiet = reminders.quiet_hours(turn, person)
    if quiet.start != quiet.end:
        values["quiet"] = _shown(quiet)
    lines = [(turn.plain(person, f"settings.what.{name}"), values[name]) for name in _settings(person)]
    return {"lines": lines, "hour": f"{turn.settings.digest.hour:02}"}


def _shown(quiet: QuietHours) -> str:
    return f"{quiet.start:%H:%M}–{quiet.end:%H:%M}"


@handles(SetReminders)
def set_reminders(turn: Turn, person: Person, command: SetReminders) -> None:
    person.reminders = command.reminders
    turn.tx.add(person)
    reminders.replan(turn, person)


@options("quiet_hours")
def quiet_choices(
    turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None
) -> list[Option]:
    """The organisation's hours first, as they are what holds when nothing is chosen."""
    settings = turn.settings.meetings
    usual = QuietHours(settings.quiet_from, settings.quiet_until)
    timed = {key: hours for key, hours in QUIET.items() if hours.start != hours.end and hours != usual}
    return [
        Option("usual", turn.plain(person, "settings.quiet.usual", hours=_shown(usual))),
        *(Option(key, _shown(hours)) for key, hours in timed.items()),
        Option("never", turn.plain(person, "settings.quiet.never")),
    ]


@handles(SetQuietHours)
def set_quiet_hours(turn: Turn, person: Person, command: SetQuietHours) -> None:
    chosen = QUIET.get(command.quiet) if command.quiet else read_hours(command.quiet_own or "")
    if chosen is None and command.quiet != "usual":
        raise Unclear("settings.quiet.unclear")
    person.quiet_from = f"{chosen.start:%H:%M}" if chosen else None
    person.quiet_until = f"{chosen.end:%H:%M}" if chosen else None
    turn.tx.add(person)
    reminders.replan(turn, person)
    digests.plan_for(turn, person)


def read_hours(text: str) -> QuietHours | None:
    """Hours as people write them ("22-7", "22.30 till 07:15"); None when they are no two different times."""
    found = _FROM_UNTIL.fullmatch(text)
    if found is None:
        return None
    numbers = [int(each or 0) for each in found.groups()]
    try:
        start, end = time(numbers[0] % 24, numbers[1]), time(numbers[2] % 24, numbers[3])
    except ValueError:
        return None
    within = numbers[0] <= 24 and numbers[2] <= 24
    return QuietHours(start, end) if within and start != end else None


@options("feedback_choices")
def feedback_choices(
    turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None
) -> list[Option]:
    again = ("again",) if queries.first(turn.tx, Dismissal, person_id=person.id, always=True) else ()
    return [Option(key, turn.plain(person, f"settings.feedback.{key}")) for key in ("on", "off", *again)]


@handles(SetFeedback)
def set_feedback(turn: Turn, person: Person, command: SetFeedback) -> None:
    """On or off is a yes or no to that purpose; "again" also forgets which rules were switched off."""
    change = consents.withdraw if command.feedback == "off" else consents.give
    change(turn, person, consents.FEEDBACK)
    if command.feedback == "again":
        for dismissal in queries.rows(turn.tx, Dismissal, person_id=person.id, always=True):
            turn.tx.delete(dismissal)


@handles(SetDigest)
def set_digest(turn: Turn, person: Person, command: SetDigest) -> None:
    person.digest = command.digest
    turn.tx.add(person)
    digests.plan_for(turn, person)
