"""The kinds of state that a dialog can have. All are plain frozen data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Answers = Mapping[str, Any]
Condition = Callable[[Answers], bool]


@dataclass(frozen=True)
class Go:
    """Where a state leads, and the command to give on the way (a dataclass whose fields are answers)."""

    target: str
    do: type | None = None


@dataclass(frozen=True)
class Setting:
    """Options that are not known when the dialog is declared: the world looks them up by name."""

    name: str


@dataclass(frozen=True, kw_only=True)
class State:
    """One place in a dialog.

    `go` is the next state: a name, a `Go`, a mapping from the chosen option to either ("*" for every
    other), or None for the next state in the order of declaration. `asked_if` leaves the state out when it is false.
    `leads_back` is false where going back would undo something that was sent.
    """

    name: str
    go: str | Go | Mapping[str, "str | Go"] | None = None
    optional: bool = False
    asked_if: Condition | None = None
    leads_back: bool = True

    @property
    def is_question(self) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class Choose(State):
    """A choice by button. `many` allows several, `own_words` also an answer typed freely.

    `read_as` names what own words are about ("week"): as far as the world can read them, options are ticked.
    `keep` is false for mere forks ("what would you like to do?") that no summary shows.
    """

    options: tuple[str, ...] | Setting
    many: bool = False
    own_words: bool = False
    read_as: str | None = None
    limit: int = 500
    columns: int = 1
    keep: bool = True


@dataclass(frozen=True, kw_only=True)
class Write(State):
    """A text of at most `limit` characters. `feedback` asks for language feedback on it.

    `voice` names whose words these are for the feedback: "message" or "reflection".
    """

    limit: int = 2000
    feedback: str | None = None
    keep: bool = True


@dataclass(frozen=True, kw_only=True)
class When(State):
    """Up to `at_most` moments ahead, by picker or typed. The answer is a list of UTC ISO strings."""

    at_most: int = 3
    days: int = 14
    keep: bool = True


@dataclass(frozen=True, kw_only=True)
class Summary(State):
    """Shows every answer, lets each be changed, and is left by confirming."""


@dataclass(frozen=True, kw_only=True)
class End(State):
    """The last words of a dialog. `offers` are names of dialogs to start with a button."""

    offers: tuple[str, ...] = field(default=())

    @property
    def is_question(self) -> bool:
        return False
