"""Who reads alerts when: the organisation's duty hours, or a coordinator's own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.commands import SetDuty
from bot.dialog import Option
from bot.duty_hours import ALWAYS, NEVER, WEEK, Duty, read, written
from bot.services.registry import Unclear, handles, options
from bot.services.turn import Turn
from bot.store import queries
from bot.store.tables import Person

WORKDAYS = "mon-fri 08:00-17:00"
OFFERED = {"workdays": WORKDAYS, "always": ALWAYS, "never": NEVER}


def hours_of(turn: Turn, person: Person) -> tuple[Duty, ...]:
    return read(turn.settings.safety.duty if person.duty is None else person.duty)


def reachable(turn: Turn, besides: int | None = None) -> list[Person]:
    """Every coordinator (but `besides`) whose chat is open to the bot, in the order of the rota."""
    found = queries.rows(turn.tx, Person, coordinator=True)
    return [each for each in found if each.status not in ("gone", "blocked") and each.id != besides]


def on_duty(turn: Turn, besides: int | None = None) -> list[Person]:
    """The coordinators who read now, in the order of the rota; whoever rests is not among them."""
    return [
        each
        for each in reachable(turn, besides)
        if each.status == "active"
        and any(duty.covers(turn.now, turn.zone(each)) for duty in hours_of(turn, each))
    ]


def next_start(turn: Turn, besides: int | None = None) -> datetime | None:
    """When somebody reads next; None when nobody has said so."""
    starts = [
        duty.next_start(turn.now, turn.zone(each))
        for each in reachable(turn, besides)
        if each.status == "active"
        for duty in hours_of(turn, each)
    ]
    return min(starts, default=None)


# Setting one's own


@options("duty_choices")
def choices(turn: Turn, person: Person, answers: Mapping[str, Any], subject: int | None) -> list[Option]:
    """The organisation's hours first, as they hold when nothing is chosen."""
    usual = shown(turn, person, read(turn.settings.safety.duty))
    return [
        Option("usual", turn.plain(person, "settings.duty.usual", hours=usual)),
        *(Option(key, shown(turn, person, read(text))) for key, text in OFFERED.items()),
    ]


@handles(SetDuty)
def set_duty(turn: Turn, person: Person, command: SetDuty) -> None:
    person.duty = None if command.duty == "usual" else _read(command)
    turn.tx.add(person)
    turn.audit(person, "duty.set")


def _read(command: SetDuty) -> str:
    try:
        return written(read(OFFERED.get(command.duty or "") or command.duty_own or ""))
    except ValueError:
        raise Unclear("settings.duty.unclear") from None


def shown(turn: Turn, person: Person, duties: Sequence[Duty]) -> str:
    """Hours as people read them: "mån–fre 08:00–17:00"."""
    if not duties:
        return turn.plain(person, "settings.duty.never")
    names = turn.plain(person, "settings.duty.days").split()
    return ", ".join(_one(turn, person, duty, names) for duty in duties)


def _one(turn: Turn, person: Person, duty: Duty, names: Sequence[str]) -> str:
    if duty.start == duty.end and duty.days == WEEK:
        return turn.plain(person, "settings.duty.always")
    first, last = duty.days[0], duty.days[-1]
    in_a_row = len(duty.days) > 2 and duty.days == tuple(range(first, last + 1))
    days = f"{names[first]}–{names[last]}" if in_a_row else ", ".join(names[day] for day in duty.days)
    hours = f"{duty.start:%H:%M}–{duty.end:%H:%M}"
    return hours if duty.days == WEEK else f"{days} {hours}"
