"""Commands that work in every state. After a short answer the open question is asked again."""

from collections.abc import Callable

from bot.services import agenda, conversing, greeting, menus, resting, rights, status
from bot.services.turn import Turn
from bot.services.words import Command
from bot.store.tables import Person


def obey(turn: Turn, person: Person, command: Command | None, rest: str) -> None:
    """Carry out a command; an unknown one is answered with what there is."""
    if command is None:
        turn.say(person, "engine.unknown_command")
        _go_on(turn, person)
    elif command.dialog is not None:
        conversing.start(turn, person, command.dialog, subject(turn, person, command.dialog))
    else:
        DIRECT[command.name](turn, person, rest)


def subject(turn: Turn, person: Person, dialog: str) -> int | None:
    """What a dialog is about when a person starts it without saying: the match that they are in."""
    declared = turn.tools.dialogs.get(dialog)
    return status.likely_subject(turn, person, declared.subject) if declared and declared.subject else None


def _start(turn: Turn, person: Person, rest: str) -> None:
    if rest or not conversing.resume(turn, person):
        greeting.begin(turn, person, rest)


def _help(turn: Turn, person: Person, rest: str) -> None:
    menus.show(turn, person, "help")
    _go_on(turn, person)


def _go_on(turn: Turn, person: Person) -> None:
    conversing.resume(turn, person)


def _then_go_on(say: Callable[[Turn, Person], None]) -> Callable[[Turn, Person, str], None]:
    def obeyed(turn: Turn, person: Person, rest: str) -> None:
        say(turn, person)
        _go_on(turn, person)

    return obeyed


DIRECT: dict[str, Callable[[Turn, Person, str], None]] = {
    "start": _start,
    "help": _help,
    "status": _then_go_on(status.of_request),
    "meetings": _then_go_on(agenda.show),
    "digest": _then_go_on(status.digest),
    "pause": lambda turn, person, rest: resting.rest(turn, person),
    "mydata": _then_go_on(rights.choose),
}
