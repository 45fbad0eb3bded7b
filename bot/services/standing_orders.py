"""Commands that work in every state. After a short answer the open question is asked again."""

from collections.abc import Callable

from bot.services import (
    agenda,
    conversing,
    digests,
    greeting,
    help_lines,
    menus,
    pairs,
    resting,
    rights,
    status,
)
from bot.services.buttons import Link, StartData
from bot.services.turn import Turn
from bot.services.words import Command
from bot.store import queries
from bot.store.tables import Match, Person


def obey(turn: Turn, person: Person, command: Command | None, rest: str) -> None:
    """Carry out a command; an unknown one is answered with what there is."""
    if command is None:
        turn.say(person, "engine.unknown_command")
        _go_on(turn, person)
    elif command.dialog is not None:
        begin(turn, person, command.dialog)
    else:
        DIRECT[command.name](turn, person, rest)


def begin(turn: Turn, person: Person, dialog: str, said: str = "", about: int | None = None) -> None:
    """Start a dialog; where it is not said about what: the match that they are in, the meeting that comes next.

    `said` answers the first question already.
    """
    declared = turn.tools.dialogs.get(dialog)
    if declared is None or declared.subject not in status.LIKELY:
        return conversing.start(turn, person, dialog, said=said)
    matches = queries.matches_of(turn.tx, person.id or 0, "connected")
    if declared.subject == "match" and len(matches) > 1:
        rows = [[_with(turn, person, match, dialog)] for match in matches]
        return turn.say(person, "pair.which", rows)
    about = about or status.likely_subject(turn, person, declared.subject)
    if about is not None:
        return conversing.start(turn, person, dialog, about, said=said)
    turn.say(person, f"nothing.{declared.subject}", menus.buttons(turn, person))
    conversing.ask_again(turn, person)


def _with(turn: Turn, person: Person, match: Match, dialog: str) -> Link:
    """A button that starts a dialog about one of several matches, labelled with the other's name."""
    name = pairs.other(turn, match, person).name or turn.plain(person, "pair.nameless")
    return Link(name, str(StartData(dialog, match.id)))


def _start(turn: Turn, person: Person, rest: str) -> None:
    if rest or not conversing.resume(turn, person, paused=True):
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
    "digest": _then_go_on(digests.show),
    "lines": _then_go_on(help_lines.show),
    "pause": lambda turn, person, rest: resting.rest(turn, person),
    "mydata": _then_go_on(rights.choose),
}
