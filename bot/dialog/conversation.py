"""What the engine works on: a conversation, what comes in, what goes out, and the world it may ask."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

BACK, SKIP, PAUSE, DONE, CHANGE, OWN = "<", ">", "=", "!", "~", "+"
"""Keys of the buttons that every dialog shares. Options never begin with one of them."""


@dataclass(frozen=True)
class Conversation:
    """Where one person stands in one dialog. Answers hold only JSON values."""

    dialog: str
    version: int
    state: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    draft: Any = None
    editing: bool = False
    subject: int | None = None
    ended: bool = False

    def but(self, **changes: Any) -> "Conversation":
        return replace(self, **changes)


@dataclass(frozen=True)
class Begin:
    """The dialog starts: its first question is asked. `answers` are known beforehand."""


@dataclass(frozen=True)
class Resume:
    """The present question is asked again, after a pause or an interruption."""


@dataclass(frozen=True)
class Typed:
    text: str


@dataclass(frozen=True)
class Pressed:
    """A button: the state that it was shown in, and its key."""

    state: str
    key: str


@dataclass(frozen=True)
class Other:
    """Something that no state takes: a photo, a sticker, an edited message ... by kind."""

    kind: str


Incoming = Begin | Resume | Typed | Pressed | Other


@dataclass(frozen=True)
class Option:
    key: str
    label: str


@dataclass(frozen=True)
class Button:
    """`label` is final text when given; else `text_id` is rendered by the caller."""

    key: str
    label: str | None = None
    text_id: str | None = None
    start: str | None = None
    """Name of a dialog that the button starts (offers of an end)."""


@dataclass(frozen=True)
class Say:
    """A text to render, with its buttons in rows.

    `edit` asks for the message whose button was pressed to be changed instead of a new one;
    `settle` is for a question that was answered by button: shown with its answer, without buttons.
    """

    text_id: str
    args: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[tuple[Button, ...], ...] = ()
    state: str | None = None
    progress: tuple[int, int] | None = None
    edit: bool = False
    settle: str | None = None


@dataclass(frozen=True)
class Step:
    """Where the conversation stands now, what is said, what is done, and whether it is paused."""

    conversation: Conversation
    outgoing: tuple[Say, ...] = ()
    commands: tuple[object, ...] = ()
    paused: bool = False


class World(Protocol):
    """What the engine may ask; the caller has it ready, so that a step does no work of its own."""

    now: datetime
    zone: ZoneInfo
    findings: Sequence[Mapping[str, Any]]
    """What language feedback found in the text that came in, as JSON values."""

    def options(self, name: str, answers: Mapping[str, Any]) -> Sequence[Option]:
        """The options that a `Setting` names, given the answers so far."""
        ...

    def label(self, text_id: str) -> str:
        """A short text in the person's language."""
        ...

    def moment(self, text: str) -> "datetime | Misread":
        """A typed date and time, or why it was not taken."""
        ...

    def read(self, about: str, text: str, ticked: Collection[str]) -> "Ticked | None":
        """The options that own words about something ("week") tick, beside or instead of those `ticked` before.

        None when they say nothing of it.
        """
        ...

    def show(self, moment: datetime) -> str:
        """A moment in the person's zone and language."""
        ...

    def day(self, moment: datetime) -> str:
        """A day, short, for a button."""
        ...


@dataclass(frozen=True)
class Ticked:
    """The keys of options that are ticked after own words, and whether these said no more than that (`whole`)."""

    keys: frozenset[str]
    whole: bool


@dataclass(frozen=True)
class Misread:
    """Why a typed moment was not taken, with moments or days to choose from where there are some.

    A single day is taken, and only the time asked for.
    """

    text_id: str
    choices: tuple[datetime, ...] = ()
    days: tuple[date, ...] = ()
