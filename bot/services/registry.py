"""Where the service modules register what they do, by command, name or kind."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from bot.dialog import Option

if TYPE_CHECKING:
    from bot.services.turn import Turn
    from bot.store.tables import Due, Person

Handler = Callable[["Turn", "Person", Any], None]
Options = Callable[["Turn", "Person", Mapping[str, Any], int | None], Sequence[Option]]
Facts = Callable[["Turn", "Person", int | None, Mapping[str, Any]], Mapping[str, Any]]
Owns = Callable[["Turn", "Person", int], bool]
Prefill = Callable[["Turn", "Person", int | None], Mapping[str, Any] | None]
Carry = Callable[["Turn", "Due"], None]
Foresee = Callable[["Turn", "Sequence[Due]"], object]
Action = Callable[["Turn", "Person", str], None]

HANDLERS: dict[type, Handler] = {}
OPTIONS: dict[str, Options] = {}
FACTS: dict[str, Facts] = {}
OWNERS: dict[str, Owns] = {}
PREFILLED: dict[str, Prefill] = {}
DUE: dict[str, Carry] = {}
FORESEEN: dict[str, Foresee] = {}
ACTIONS: dict[str, Action] = {}

F = TypeVar("F", bound=Callable[..., Any])


class Refusal(Exception):
    """A command cannot be done any more; the person is told by this text and the dialog ends."""

    def __init__(self, text_id: str, **args: Any) -> None:
        super().__init__(text_id)
        self.text_id, self.args_for_text = text_id, args


class Unclear(Refusal):
    """An answer in one's own words was not understood; the person is told by this text and asked again.

    A handler raises it before it changes anything.
    """


def _registrar(table: dict[Any, Any], key: Any) -> Callable[[F], F]:
    def register(function: F) -> F:
        if key in table:
            raise ValueError(f"{key!r} is registered twice")
        table[key] = function
        return function

    return register


def handles(command: type) -> Callable[[F], F]:
    """Register `(turn, person, command) -> None` for a command of a dialog; it may raise Refusal."""
    return _registrar(HANDLERS, command)


def options(name: str) -> Callable[[F], F]:
    """Register `(turn, person, answers, subject) -> [Option]` for `Setting(name)`."""
    return _registrar(OPTIONS, name)


def facts(dialog: str) -> Callable[[F], F]:
    """Register `(turn, person, subject, answers) -> dict`: what a dialog's texts may use beside their own."""
    return _registrar(FACTS, dialog)


def owns(subject: str) -> Callable[[F], F]:
    """Register `(turn, person, id) -> bool`: whether a person may deal with a thing of this kind."""
    return _registrar(OWNERS, subject)


def prefills(dialog: str) -> Callable[[F], F]:
    """Register `(turn, person, subject) -> answers or None`: what is known when a dialog begins.

    The questions that it answers are passed over, so that a summary comes first and each can be changed.
    It may raise Refusal when there is nothing to begin.
    """
    return _registrar(PREFILLED, dialog)


def due(kind: str) -> Callable[[F], F]:
    """Register `(turn, due) -> None`: the work of a due row; it settles the row itself only to postpone it."""
    return _registrar(DUE, kind)


def foresees(kind: str) -> Callable[[F], F]:
    """Register `(turn, rows) -> what they need`, read at once before the rows are carried out, and kept until then."""
    return _registrar(FORESEEN, kind)


def action(name: str) -> Callable[[F], F]:
    """Register `(turn, person, argument) -> None` for a button outside dialogs."""
    return _registrar(ACTIONS, name)
